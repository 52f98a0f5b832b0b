"""Try answers in the kernel in which their lesson has just run.

The kernel runs this file by its path, so it imports nothing of the project.
"""

import contextlib
import io
import json
import traceback
from pathlib import Path


def try_answers(namespace: dict[str, object], folder: str) -> None:
    """Try each answer in `answers.json`; write a line for each to `outcomes.jsonl`.

    Each gets its own copy of the names that the lesson has defined.
    """
    answers = json.loads(Path(folder, "answers.json").read_text(encoding="utf-8"))
    with Path(folder, "outcomes.jsonl").open("w", encoding="utf-8") as outcomes:
        for answer in answers:
            outcome = try_answer(dict(namespace), **answer)
            # Whole lines, so that what breaks the kernel takes no earlier outcome with it.
            print(json.dumps(outcome), file=outcomes, flush=True)


def try_answer(
    namespace: dict[str, object], exercise: str, source: str, check: str
) -> dict[str, str]:
    """Run an answer and the check after it; return what was printed and the error, if any."""
    printed = io.StringIO()
    outcome = {"exercise": exercise, "source": source}
    try:
        with contextlib.redirect_stdout(printed):
            exec(compile(source, f"<{exercise}>", "exec"), namespace)
            exec(compile(check, f"<{exercise}_check>", "exec"), namespace)
    except Exception as error:
        outcome["error"] = type(error).__name__
        outcome["message"] = str(error)
        outcome["traceback"] = traceback.format_exc()
    return {**outcome, "printed": printed.getvalue()}
