"""What is in the exchange belongs to the students: neither its times nor its links are believed."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from autograder.workspace import collector, exchange
from autograder.workspace.folders import CONFIG_FILE, create_workspace
from autograder.workspace.timestamp_file import timestamp_in, timestamp_text

pytestmark = pytest.mark.skipif(os.name == "nt", reason="nbgrader's exchange is not for Windows")
LESSON = "01_toy"
LONG_AGO = "2020-01-02 03:04:05.678901 UTC"
SECRET = "only for the instructor"


class Exchange:
    """A workspace whose exchange students write into."""

    def __init__(self, root: Path) -> None:
        self.workspace = create_workspace(root)
        self.inbound = root / "exchange" / "transferlab" / "inbound"
        self.inbound.mkdir(parents=True)

    def hand_in(self, student: str, time: str, text: str = "mine", number: int = 0) -> Path:
        """What `nbgrader submit` leaves, with a time of the student's choice."""
        folder = self.inbound / f"{student}+{LESSON}+{time}+random{number}"
        folder.mkdir()
        (folder / f"{LESSON}.ipynb").write_text(text)
        (folder / "timestamp.txt").write_text(time)
        return folder

    def collect(self) -> list[str]:
        """Collect as `autograder grade --collect` does; return what it warns of."""
        return exchange.collect(LESSON, self.workspace)

    def collected(self, student: str) -> Path:
        """The folder that was taken in."""
        return self.workspace.submitted / student / LESSON


@pytest.fixture
def exchanged(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return Exchange(tmp_path / "grading")


def now() -> datetime:
    """UTC without a time zone, as nbgrader has it."""
    return datetime.now(UTC).replace(tzinfo=None)


def test_an_honest_time_stays(exchanged):
    said = now() - timedelta(seconds=30)
    exchanged.hand_in("ada", timestamp_text(said))
    assert [w for w in exchanged.collect() if "changed" in w] == []
    assert timestamp_in(exchanged.collected("ada")) == said
    assert (exchanged.collected("ada") / f"{LESSON}.ipynb").read_text() == "mine"


def test_an_earlier_time_is_not_believed(exchanged):
    before = now()
    exchanged.hand_in("ada", LONG_AGO)
    (warning,) = (w for w in exchanged.collect() if "changed" in w)
    assert "ada's submission says that it is from 2020-01-02 03:04 UTC" in warning
    assert timestamp_in(exchanged.collected("ada")) >= before - timedelta(seconds=5)


def test_a_change_after_handing_in_counts(exchanged, monkeypatch):
    monkeypatch.setattr(collector, "PATIENCE", timedelta(0))
    said = now()
    folder = exchanged.hand_in("ada", timestamp_text(said))
    notebook = folder / f"{LESSON}.ipynb"
    notebook.write_text("changed")
    os.utime(notebook, (0, 0))  # a student may set this one
    exchanged.collect()
    assert timestamp_in(exchanged.collected("ada")) > said


def test_a_time_in_the_file_alone_is_not_believed(exchanged):
    said = now()
    folder = exchanged.hand_in("ada", timestamp_text(said))
    (folder / "timestamp.txt").write_text(LONG_AGO)
    exchanged.collect()
    assert timestamp_in(exchanged.collected("ada")) == said


def test_what_was_collected_is_not_collected_again(exchanged):
    exchanged.hand_in("ada", LONG_AGO)
    exchanged.collect()
    (exchanged.collected("ada") / "mark").touch()
    assert [w for w in exchanged.collect() if "changed" in w] == []
    assert (exchanged.collected("ada") / "mark").exists()


def test_after_a_move_the_names_can_be_believed(exchanged):
    config = exchanged.workspace.root / CONFIG_FILE
    config.write_text(config.read_text() + "\nc.TrustedCollect.file_times = False\n")
    exchanged.hand_in("ada", LONG_AGO)
    exchanged.collect()
    assert timestamp_in(exchanged.collected("ada")).year == 2020


def test_links_and_pipes_are_left_out(exchanged, tmp_path):
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "notes.txt").write_text(SECRET)
    folder = exchanged.hand_in("ada", timestamp_text(now()))
    (folder / "notes.txt").symlink_to(secret / "notes.txt")
    (folder / "notes").symlink_to(secret)
    os.mkfifo(folder / "pipe")
    (exchanged.inbound / f"bela+{LESSON}+{timestamp_text(now())}+random").symlink_to(secret)
    exchanged.hand_in("chen", timestamp_text(now()))
    exchanged.collect()
    assert {path.name for path in exchanged.collected("ada").iterdir()} == {
        f"{LESSON}.ipynb",
        "timestamp.txt",
    }
    assert {path.name for path in exchanged.collected("bela").iterdir()} == {"timestamp.txt"}
    assert exchanged.collected("chen").is_dir()


@pytest.mark.parametrize("time", ["soon", "9" * 60])
def test_a_name_without_a_time_stops_nobody(exchanged, time):
    exchanged.hand_in("ada", time)
    exchanged.hand_in("bela", timestamp_text(now()))
    exchanged.collect()
    assert (now() - timestamp_in(exchanged.collected("ada"))).total_seconds() < 60
    assert exchanged.collected("bela").is_dir()


def test_the_newest_counts_by_the_time_that_counts(exchanged):
    exchanged.hand_in("ada", timestamp_text(now() - timedelta(minutes=1)), "honest", number=1)
    late = exchanged.hand_in("ada", LONG_AGO, "backdated", number=2)
    (late / "more").touch()
    exchanged.collect()
    assert (exchanged.collected("ada") / f"{LESSON}.ipynb").read_text() == "backdated"
