"""The reflection form: kept beside the notebook, restored, nothing of the student's overwritten."""

import subprocess
import sys
from pathlib import Path

import ipywidgets as widgets
import pytest

from transferlab import reflect


@pytest.fixture(autouse=True)
def lesson(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty lesson folder; it is the working directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def areas_of(form: widgets.VBox) -> list[widgets.Textarea]:
    """Return the form's two text areas."""
    return [child for child in form.children if isinstance(child, widgets.Textarea)]


def save(form: widgets.VBox, *texts: str) -> str:
    """Fill the form, press Save, and return what it then says."""
    for area, text in zip(areas_of(form), texts, strict=True):
        area.value = text
    next(child for child in form.children if isinstance(child, widgets.Button)).click()
    return form.children[-1].value


def test_the_form_names_its_questions() -> None:
    areas = areas_of(reflect.form())
    assert [area.description for area in areas] == [
        "Was everything clear?",
        "What could be better?",
    ]
    assert [area.value for area in areas] == ["", ""]


def test_what_is_saved_reads_as_markdown(lesson: Path) -> None:
    assert "Saved to reflection.md." in save(reflect.form(), "Yes, bar one.\nThe slice.", "Más")
    assert (lesson / "reflection.md").read_text(encoding="utf-8") == (
        "# Reflection\n\n## Was everything clear?\n\nYes, bar one.\nThe slice.\n\n"
        "## What could be better?\n\nMás\n"
    )
    assert [path.name for path in lesson.iterdir()] == ["reflection.md"]


def test_nothing_is_written_before_save(lesson: Path) -> None:
    areas_of(reflect.form())[0].value = "typed"
    assert list(lesson.iterdir()) == []


@pytest.mark.parametrize(
    "texts",
    [
        ("", ""),
        ("a\n\nb", ""),
        ("", "## What could be better?\n\n\\## twice\n# Reflection"),
        ("## Was everything clear?\nyes", "\\\\## x"),
        ("<script>", "ünï `code` 🙂"),
    ],
)
def test_a_new_kernel_restores_the_answers(texts: tuple[str, str]) -> None:
    save(reflect.form(), *texts)
    script = (
        "from transferlab import reflect\n"
        "print(ascii([a.value for a in reflect.form().children if hasattr(a, 'rows')]))"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == ascii(list(texts))
    assert run.stderr == ""


def test_saving_again_replaces(lesson: Path) -> None:
    save(reflect.form(), "one", "two")
    save(reflect.form(), "three", "two")
    assert "one" not in (lesson / "reflection.md").read_text()
    assert [path.name for path in lesson.iterdir()] == ["reflection.md"]


@pytest.mark.parametrize("content", [b"my own notes", b"\xff", b"", b"# Reflection\n\n## Else\n"])
def test_a_file_of_someone_else_is_set_aside(lesson: Path, content: bytes) -> None:
    (lesson / "reflection.md").write_bytes(content)
    form = reflect.form()
    assert "kept as reflection.md.bad" in form.children[-1].value
    save(form, "a", "b")
    assert (lesson / "reflection.md.bad").read_bytes() == content
    (lesson / "reflection.md").write_bytes(content)  # written while the form was open
    assert "kept as reflection.md.2.bad" in save(form, "a", "b")
    assert (lesson / "reflection.md.2.bad").read_bytes() == content
    assert [area.value for area in areas_of(reflect.form())] == ["a", "b"]


def test_a_place_that_cannot_be_written_is_one_sentence(
    lesson: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (lesson / "file").touch()
    monkeypatch.setattr(reflect, "FILE", Path("file") / "reflection.md")
    form = reflect.form()
    assert "Not saved" in save(form, "precious", "")
    assert areas_of(form)[0].value == "precious"
