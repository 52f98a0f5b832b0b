"""Progress: written whole or not at all, never lost, never in the lesson's way."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell

from transferlab import progress, progress_file, quiz


@pytest.fixture(autouse=True)
def lesson(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a lesson folder with two questions; it is the working directory."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(progress_file, "_last", None)
    monkeypatch.setattr(progress_file, "_worked", 0.0)
    questions = [
        quiz.Question(
            name, f"{name}?", (quiz.Choice("a", "Yes.", True), quiz.Choice("b", "No.", False))
        )
        for name in ("one", "two")
    ]
    quiz.save_questions(questions)
    return tmp_path


def files(folder: Path) -> set[str]:
    """Return the names in a folder."""
    return {path.name for path in folder.iterdir()}


def text_of(html: str) -> str:
    """Return what a reader reads of some HTML."""
    words = []
    for part in html.split("<"):
        words += part.partition(">")[2].split()
    return " ".join(words)


def test_nothing_yet() -> None:
    assert progress_file.load() == progress_file.Progress()


def test_the_file_holds_answers_and_checks(lesson: Path) -> None:
    assert progress_file.record_answer("one", 1, "abc") == ""
    assert progress_file.record_check("freeze_base", passed=False) == ""
    assert json.loads((lesson / "progress.json").read_text()) == {
        "version": 1,
        "answers": {"one": {"choice": 1, "tries": 1, "fingerprint": "abc"}},
        "checks": {"freeze_base": {"passed": False, "tries": 1}},
        "seconds": 0,
    }
    assert progress_file.load() == progress_file.Progress(
        {"one": progress_file.Answer(1, 1, "abc")}, {"freeze_base": progress_file.Check(False, 1)}
    )
    assert files(lesson) == {"quiz.json", "progress.json"}, "a draft was left behind"


def test_a_file_without_fingerprints_is_read(lesson: Path) -> None:
    stored = {"version": 1, "answers": {"one": {"choice": 0, "tries": 2}}, "checks": {}}
    (lesson / "progress.json").write_text(json.dumps(stored))
    assert progress_file.load().answers == {"one": progress_file.Answer(choice=0, tries=2)}


def test_answer_tries() -> None:
    for choice in (1, 1, 0, 0, 1):
        progress_file.record_answer("one", choice)
    assert progress_file.load().answers["one"] == progress_file.Answer(choice=1, tries=3)


def test_check_tries_end_with_the_first_pass() -> None:
    for passed in (False, False, True, True, True):
        progress_file.record_check("freeze_base", passed)
    assert progress_file.load().checks["freeze_base"] == progress_file.Check(passed=True, tries=3)
    progress_file.record_check("freeze_base", passed=False)
    assert progress_file.load().checks["freeze_base"].passed is False


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    """The time that the module sees, a list of one number; cells can be run."""
    now = [1000.0]
    monkeypatch.setattr(progress_file.time, "monotonic", lambda: now[0])
    shell = InteractiveShell.instance()
    yield now
    with suppress(ValueError):
        shell.events.unregister("post_run_cell", progress._after_cell)
    InteractiveShell.clear_instance()


def run_cell_after(seconds: float, clock: list[float]) -> None:
    """Let time pass, then run a cell."""
    clock[0] += seconds
    assert InteractiveShell.instance().run_cell("None").success


def test_the_panel_begins_the_lesson_once(lesson: Path, clock: list[float]) -> None:
    progress.panel()
    assert progress_file.load() == progress_file.Progress()
    before = (lesson / "progress.json").read_bytes()
    progress_file.record_answer("one", 0)
    after = (lesson / "progress.json").read_bytes()
    assert after != before
    progress.panel()
    assert (lesson / "progress.json").read_bytes() == after, "showing the panel is no work"


def test_seconds_worked_leave_breaks_out(clock: list[float]) -> None:
    progress.panel()
    run_cell_after(40, clock)
    assert progress_file.load().seconds == 0, "not worth a write yet"
    run_cell_after(progress_file.BREAK, clock)
    assert progress_file.load().seconds == 640
    run_cell_after(progress_file.BREAK + 1, clock)
    run_cell_after(20, clock)
    clock[0] += 30.5
    progress_file.record_answer("one", 0)
    assert progress_file.load().seconds == 690
    clock[0] += 0.5
    progress_file.record_check("freeze_base", passed=True)
    assert progress_file.load().seconds == 691, "half seconds add up"
    assert progress_file.load().answers["one"].tries == 1


def test_a_file_without_seconds_is_read(lesson: Path) -> None:
    stored = {"version": 1, "answers": {}, "checks": {"a": {"passed": True, "tries": 1}}}
    (lesson / "progress.json").write_text(json.dumps(stored))
    assert progress_file.load() == progress_file.Progress(
        checks={"a": progress_file.Check(True, 1)}
    )


def test_reading_another_lessons_file_changes_nothing(lesson: Path) -> None:
    (lesson / "other").mkdir()
    file = lesson / "other" / "progress.json"
    assert progress_file.read(file) == progress_file.Progress()
    file.write_text("{")
    with pytest.raises(ValueError, match="Expecting property name"):
        progress_file.read(file)
    assert files(lesson / "other") == {"progress.json"}


def test_two_kernels_add_to_one_file() -> None:
    progress_file.record_answer("one", 0)
    other = "from transferlab import progress_file; progress_file.record_check('freeze_base', True)"
    subprocess.run([sys.executable, "-c", other], check=True)
    progress_file.record_answer("two", 0)
    state = progress_file.load()
    assert set(state.answers) == {"one", "two"}
    assert set(state.checks) == {"freeze_base"}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[]",
        b"null",
        b"[" * 100_000,
        b'{"version": 2, "answers": {}, "checks": {}}',
        b'{"version": 1, "answers": []}',
        b'{"version": 1, "answers": {"one": 1}, "checks": {}}',
        b'{"version": 1, "answers": {"one": {"choice": "0", "tries": 1}}, "checks": {}}',
        b'{"version": 1, "answers": {"one": {"choice": true, "tries": 1}}, "checks": {}}',
        b'{"version": 1, "answers": {"one": {"choice": 0, "tries": NaN}}, "checks": {}}',
        b'{"version": 1, "answers": {"one": {"choice": 0}}, "checks": {}}',
        b'{"version": 1, "answers": {}, "checks": {"a": {"passed": 1, "tries": 1}}}',
        b'{"version": 1, "answers": {}, "checks": {}, "seconds": 1.5}',
        b'{"version": 1, "answers": {}, "checks": {}, "seconds": -1}',
    ],
)
def test_a_damaged_file_is_set_aside(
    lesson: Path, content: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    (lesson / "progress.json").write_bytes(content)
    assert progress_file.load() == progress_file.Progress()
    captured = capsys.readouterr()
    assert captured.out.startswith("progress.json could not be read, so it was kept as ")
    assert captured.out.count("\n") == 1
    assert captured.err == ""
    assert (lesson / "progress.json.bad").read_bytes() == content
    progress_file.record_answer("one", 0)
    assert progress_file.load().answers["one"].choice == 0
    assert capsys.readouterr().out == "", "the sentence belongs to the damage alone"


def test_nothing_set_aside_is_overwritten(lesson: Path) -> None:
    for content in ("first", "second", "third"):
        (lesson / "progress.json").write_text(content)
        progress_file.load()
    kept = [(lesson / f"progress.json{n}.bad").read_text() for n in ("", ".2", ".3")]
    assert kept == ["first", "second", "third"]


def test_a_folder_in_the_place_of_the_file_is_set_aside(lesson: Path) -> None:
    (lesson / "progress.json").mkdir()
    (lesson / "progress.json" / "precious").write_text("kept")
    progress_file.record_answer("one", 0)
    assert progress_file.load().answers["one"].choice == 0
    assert (lesson / "progress.json.bad" / "precious").read_text() == "kept"


def test_a_place_that_cannot_be_written_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(progress_file, "FILE", Path("quiz.json") / "progress.json")
    problem = progress_file.record_check("freeze_base", passed=True)
    assert problem.startswith("Your progress could not be saved")
    out = capsys.readouterr().out
    assert problem in out
    assert "Traceback" not in out
    assert progress_file.load().checks["freeze_base"].passed, "lost for this session"


FULL_DISK = """
import resource
from transferlab import progress, progress_file
progress_file.record_answer("one", 1)
resource.setrlimit(resource.RLIMIT_FSIZE, (5, resource.RLIM_INFINITY))
panel = progress.panel()
assert "could not be saved" in progress_file.record_answer("two", 1)
assert set(progress_file.load().answers) == {"one", "two"}
assert "2 of 2 answered" in panel.value and "Not saved" in panel.value
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
print(open("progress.json").read())
assert progress_file.record_answer("one", 0) == ""
assert "Not saved" not in panel.value
"""


def test_a_full_disk_harms_nothing_and_the_rest_is_saved_later(lesson: Path) -> None:
    run = subprocess.run([sys.executable, "-c", FULL_DISK], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    assert run.stderr == ""
    while_full = json.loads(run.stdout[run.stdout.index("{") :])
    assert set(while_full["answers"]) == {"one"}, "the old file was harmed"
    assert set(progress_file.load().answers) == {"one", "two"}
    assert files(lesson) == {"quiz.json", "progress.json"}, "a draft was left behind"


def test_the_file_is_replaced_in_one_step(lesson: Path) -> None:
    progress_file.record_answer("one", 1)
    with (lesson / "progress.json").open() as reader:  # someone is reading, or copying, the file
        progress_file.record_answer("one", 0)
        assert json.load(reader)["answers"]["one"]["choice"] == 1


def test_the_file_can_be_read_by_whoever_collects_it(lesson: Path) -> None:
    (lesson / "other").touch()
    progress_file.record_answer("one", 1)
    assert (lesson / "progress.json").stat().st_mode == (lesson / "other").stat().st_mode


def test_the_panel_follows(lesson: Path) -> None:
    panel = progress.panel(["freeze_base", "count_trainable"])
    assert "Quiz: 0 of 2 answered, 0 right" in text_of(panel.value)
    assert "Checks: 0 of 2 passed" in text_of(panel.value)
    assert "count_trainable : not tried yet" in text_of(panel.value)
    quiz.ask("one").children[1].value = "a"
    quiz.ask("two").children[1].value = "b"
    progress_file.record_check("freeze_base", passed=False)
    progress_file.record_check("freeze_base", passed=True)
    assert "Quiz: 2 of 2 answered, 1 right" in text_of(panel.value)
    assert "Checks: 1 of 2 passed" in text_of(panel.value)
    assert "freeze_base : ✅ passed (2 tries)" in text_of(panel.value)
    assert '<progress value="1" max="2">' in panel.value
    progress_file.record_check("freeze_base", passed=False)
    assert "freeze_base : not passed yet (3 tries)" in text_of(panel.value)


def test_the_panel_shows_what_an_earlier_kernel_recorded() -> None:
    quiz.ask("one").children[1].value = "a"
    progress_file.record_check("freeze_base", passed=True)
    script = "from transferlab import progress; print(progress.panel().value)"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert "Quiz: 1 of 2 answered, 1 right" in text_of(run.stdout)
    assert "freeze_base : ✅ passed (1 try)" in text_of(run.stdout)
    assert run.stderr == ""


def test_the_panel_without_a_quiz_says_so(lesson: Path) -> None:
    (lesson / "quiz.json").unlink()
    assert "quiz.json is missing" in text_of(progress.panel().value)
    progress_file.record_check("freeze_base", passed=True)
    assert "Checks: 1 of 1 passed" in text_of(progress.panel().value)


def test_names_are_shown_as_text() -> None:
    progress_file.record_check("<script>", passed=True)
    assert "<script>" not in progress.panel().value
