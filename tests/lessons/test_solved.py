"""What comes of a lesson's run: outputs for the website, an outcome for each answer, errors."""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbclient
import nbformat
import pytest

from tests.lessons import nbval_recorder, solved
from tests.lessons.solved import (
    AnswerStopped,
    LessonStopped,
    Run,
    SolvedLesson,
    SolvedLessons,
    run_by_nbval,
)
from transferlab import check

# A cell for each kind of message that the lessons' kernels send. (No lesson captures output in a
# widget, and nbclient, which answers the kernel then, may wait forever for what comes next.)
TALKATIVE = (
    "import sys, ipywidgets\nfrom IPython.display import clear_output, display",
    "print('out')\nprint('err', file=sys.stderr)\n6 * 7",
    "shown = display('before', display_id='d')",
    "shown.update('after')",
    "print('gone')\nclear_output(wait=True)\nprint('kept')",
    "slider = ipywidgets.IntSlider(3)\nslider",
    "slider.value = 4",
    "_",
)
RANDOM = re.compile("[0-9a-f]{32}")  # the name of a widget


def written(folder: Path, *cells: str) -> Path:
    folder.mkdir(exist_ok=True)
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [nbformat.v4.new_code_cell(s, id=f"c{i}") for i, s in enumerate(cells)]
    path = folder / "lesson.ipynb"
    nbformat.write(notebook, path)
    return path


def comparable(executed: str) -> object:
    """Return an executed notebook without times and random names, and without `states`."""
    notebook = json.loads(RANDOM.sub("widget", executed))
    del notebook["metadata"]["widgets"]
    for cell in notebook["cells"]:
        cell["metadata"]["execution"] = sorted(cell["metadata"]["execution"])
    return notebook


def states(executed: str) -> list[str]:
    """Return the states of the widgets, which are sorted by random names in the notebook."""
    (stored,) = json.loads(executed)["metadata"]["widgets"].values()
    found = [json.dumps(state, sort_keys=True) for state in stored["state"].values()]
    return sorted(RANDOM.sub("widget", state) for state in found)


def test_the_executed_notebook_is_the_one_that_nbclient_makes(tmp_path: Path) -> None:
    path = written(tmp_path, *TALKATIVE)
    client = nbclient.NotebookClient(nbformat.read(path, as_version=4))
    wanted = nbformat.writes(client.execute())
    made = run_by_nbval(path).executed.decode()
    assert comparable(made) == comparable(wanted)
    assert states(made) == states(wanted)
    assert '"value": 4' in "".join(states(made)), "the widgets are empty"


ANSWERS = {
    "right": "made = mine = given + 1",
    "of another answer": "made = mine",
    "wrong": "from transferlab import check\nraise check.CheckFailed('Wrong: look again.')",
    "the end": "import os; os._exit(1)",
    "after the end": "made = given",
}


@pytest.fixture(scope="module")
def lesson(tmp_path_factory: pytest.TempPathFactory) -> SolvedLesson:
    """A lesson that defines `given`, with a check that prints what an answer made of it."""
    path = written(tmp_path_factory.mktemp("lesson"), "given = 1")
    cells = {"make_check": "print('made', made)"}
    offer(path, *ANSWERS.values(), check_cell=cells["make_check"])
    return SolvedLesson("lesson", cells, {}, run_by_nbval(path))


def offer(notebook: Path, *answers: str, check_cell: str) -> None:
    """Let answers be tried after the last cell of a notebook."""
    to_try = [{"exercise": "make", "source": each, "check": check_cell} for each in answers]
    notebook.with_name(nbval_recorder.ANSWERS).write_text(json.dumps(to_try))


def test_an_answer_has_the_lessons_names_and_no_other_answers(lesson: SolvedLesson) -> None:
    assert lesson.judge("make", ANSWERS["right"]) == "made 2\n"
    with pytest.raises(AnswerStopped, match="'mine' is not defined") as stopped:
        lesson.judge("make", ANSWERS["of another answer"])
    assert 'File "<make>", line 1' in str(stopped.value.__cause__)


def test_an_answer_fails_with_the_message_of_its_check(lesson: SolvedLesson) -> None:
    with pytest.raises(check.CheckFailed, match=r"^Wrong: look again\.$"):
        lesson.judge("make", ANSWERS["wrong"])


def test_an_answer_that_ends_the_kernel_takes_no_earlier_outcome_with_it(
    lesson: SolvedLesson,
) -> None:
    for answer in ("the end", "after the end"):
        with pytest.raises(LessonStopped, match="at this answer or before it"):
            lesson.judge("make", ANSWERS[answer])
    assert lesson.run.exit_code == 0, "the lesson itself has run"


@pytest.mark.parametrize(
    ("cell", "said"), [("1 / 0", "ZeroDivisionError"), ("import os; os._exit(1)", "kernel died")]
)
def test_a_lesson_that_stops_gives_neither_outputs_nor_outcomes(
    tmp_path: Path, cell: str, said: str
) -> None:
    path = written(tmp_path, cell, "print(1)")
    offer(path, "made = 1", check_cell="")
    run = run_by_nbval(path)
    assert run.exit_code == 1
    assert said in run.report
    assert not run.outcomes
    with pytest.raises(LessonStopped, match=said):
        SolvedLesson("lesson", {}, {}, run).judge("make", "made = 1")


def test_a_lesson_runs_once_whoever_asks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source, ran = tmp_path / "02_x.py", tmp_path / "ran"
    source.write_text(f"# %%\nwith open({str(ran)!r}, 'a') as ran:\n    ran.write('once ')\n")
    monkeypatch.setattr(solved, "LESSONS", [source])
    monkeypatch.setattr(solved, "COURSE", tmp_path / "course")
    (tmp_path / "course").mkdir()
    written(tmp_path / "course" / "02_x").rename(tmp_path / "course" / "02_x" / "02_x.ipynb")
    with ThreadPoolExecutor() as processes:
        runs: list[Run] = [
            lesson.run
            for lesson in processes.map(lambda _: SolvedLessons(tmp_path)["02_x"], range(2))
        ]
    assert runs[0].executed == runs[1].executed
    assert ran.read_text() == "once "
