"""The frame around the checks of an exercise: how they begin, fail, pass and are recorded.

The other modules of this package hold the checks, one topic each; `answers` holds what all of them
ask of an answer. A check uses only the public Keras API. It must not know how an answer was
written, or anything about points and grading.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from transferlab import progress_file
from transferlab.errors import TransferlabError


class CheckFailed(TransferlabError, AssertionError):
    """An answer is wrong; the message names the misconception and the next step."""


class NotAttempted(TransferlabError):
    """The exercise still holds its stub."""


@contextmanager
def exercise(grade_id: str) -> Iterator[None]:
    """Run the checks of one exercise, say how it went, and record it in the progress file.

    Args:
        grade_id: the exercise's name, for example ``"freeze_base"``.

    Raises:
        NotAttempted: when the stub was left in place.
        CheckFailed: when a check fails, or when the answer itself raises.
        TransferlabError: a problem of the course itself, unchanged.
    """
    try:
        yield
    except NotImplementedError:
        raise NotAttempted(
            f"{grade_id}: not attempted yet. Replace the `raise NotImplementedError` line of the "
            "exercise above with your own code, run that cell, then run this one again."
        ) from None
    except CheckFailed:
        progress_file.record_check(grade_id, passed=False)
        raise
    except TransferlabError:
        raise  # a problem of the course, such as a damaged backbone file, is no wrong answer
    except Exception as error:
        progress_file.record_check(grade_id, passed=False)
        raise CheckFailed(f"{grade_id}: {_explain(error)}") from error
    progress_file.record_check(grade_id, passed=True)
    print(f"✅ {grade_id}: passed. (Grading tries other cases too.)")


@contextmanager
def another_case(description: str) -> Iterator[None]:
    """Say which case a check inside this block is about: one that the student does not see.

    Raises:
        CheckFailed: the failure of the check inside, with the description in front.
    """
    try:
        yield
    except CheckFailed as failure:
        raise CheckFailed(f"In another case ({description}): {failure}") from None


def _explain(error: Exception) -> str:
    """Turn an exception from a student's function into a sentence with a next step."""
    text = str(error)
    if isinstance(error, AttributeError) and "'list' object has no attribute" in text:
        return (
            "`model.layers[...]` is a plain Python list, and a list cannot be frozen. Loop over it "
            "and set the flag on each layer: `for layer in ...: layer.trainable = False`."
        )
    if isinstance(error, NameError):
        return (
            f"{text}. Is it spelt right? If it comes from a cell above, run that cell; after a "
            "kernel restart, run all cells above (Run > Run All Above Selected Cell)."
        )
    if "Unknown variable" in text:
        return (
            "the optimizer met a weight that it did not know. An optimizer belongs to the set of "
            "weights it was built for: give `compile` a new one."
        )
    if "has no defined input" in text or "has no defined output" in text:
        return (
            "a `Sequential` that was built or loaded has no `.input` and no `.output` of its own. "
            "It does have lists of them: `model.inputs[0]` and `model.outputs[0]`."
        )
    if "is not connected to `inputs`" in text:
        return (
            "no path leads from these inputs to these outputs: they come from different graphs. "
            "Start from `inputs[0]` of the same model that the output tensor belongs to. For a "
            "layer inside a nested model that is the nested one."
        )
    first_line = text.splitlines()[0] if text else "no message"
    return (
        f"your code stopped with {type(error).__name__}: {first_line.rstrip('.')}. "
        "Run your function by itself in a new cell to see where."
    )
