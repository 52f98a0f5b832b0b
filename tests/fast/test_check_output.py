"""What an executed check cell is worth: a point must be shown, and a warning costs none."""

import pytest
from nbformat.v4 import new_code_cell, new_output

from autograder.scoring.check_output import Verdict, score_check


def check(*outputs, count=1):
    """An executed check cell with these outputs."""
    return new_code_cell("check()", execution_count=count, outputs=list(outputs))


def printed(text, name="stdout"):
    return new_output("stream", name=name, text=text)


def returned(text):
    return new_output("execute_result", {"text/plain": text}, execution_count=1)


def raised(name, message=""):
    return new_output("error", ename=name, evalue=message, traceback=[])


FULL = [
    pytest.param(check(printed("passed")), id="printed"),
    pytest.param(check(printed("a log line\n", "stderr"), printed("passed")), id="warned"),
    pytest.param(check(printed("passed"), printed("a log line", "stderr")), id="warned after"),
    pytest.param(check(returned("4")), id="returned"),
    pytest.param(check(printed("3 of 4"), returned("4.0")), id="printed and returned"),
    pytest.param(check(new_output("display_data", {"text/plain": "fig"})), id="displayed"),
]


@pytest.mark.parametrize("cell", FULL)
def test_full_marks(cell):
    assert score_check(cell, 4) == Verdict(4, 4)


def test_partial_marks_have_a_reason():
    assert score_check(check(returned("2.5")), 4) == Verdict(2.5, 4, "2.5 of 4 points.")


NOTHING = {
    "The check was not run.": check(printed("passed"), count=None),
    "printed nothing": check(),
    "nothing shows that it passed": check(printed(" \n"), printed("warning", "stderr")),
    "Freeze the base.": check(printed("..."), raised("CheckFailed", "Freeze the base.")),
    "Half of 4 is 2.": check(raised("AssertionError", "Half of 4 is 2.")),
    "AssertionError": check(raised("AssertionError")),
    "NameError: name 'f' is not defined": check(raised("NameError", "name 'f' is not defined")),
    "took too long": check(raised("KeyboardInterrupt"), raised("CellTimeoutError")),
    "returned 'nan'": check(returned("nan")),
    "returned '-1'": check(returned("-1")),
    "returned 'inf'": check(returned("inf")),
    "returned '5'": check(returned("5")),
    "returned \"'full marks'\"": check(returned("'full marks'")),
    "returned ''": check(new_output("execute_result", {"text/html": "4"}, execution_count=1)),
}


@pytest.mark.parametrize("reason", NOTHING)
def test_nothing_with_a_reason(reason):
    verdict = score_check(NOTHING[reason], 4)
    assert verdict.score == 0
    assert reason in verdict.reason
    assert "\n" not in verdict.reason


def test_error_after_a_number_is_an_error():
    assert score_check(check(returned("4"), raised("ValueError", "no")), 4).score == 0


def test_a_long_message_is_cut():
    assert len(score_check(check(raised("ValueError", "x" * 10_000)), 1).reason) < 1000
