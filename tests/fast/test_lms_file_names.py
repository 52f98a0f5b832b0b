"""Each system's names tell who, when and which attempt; what a student names can't change it."""

from datetime import datetime

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from autograder.lms.file_names import Who, detect, label, without_turn
from autograder.lms.forms import Lms

TIME = datetime(2026, 11, 21, 10, 11, 12)


@pytest.mark.parametrize(
    ("path", "who", "file"),
    [
        (
            "Ada Lovelace_123456_assignsubmission_file_/01_toy.ipynb",
            Who("123456", "Ada Lovelace"),
            "01_toy.ipynb",
        ),
        (
            "Ada Lovelace_123456_assignsubmission_file/data/a.csv",  # Moodle 4.1 and later
            Who("123456", "Ada Lovelace"),
            "data/a.csv",
        ),
        (
            "Ada Lovelace_123456_assignsubmission_file_my_work.ipynb",  # no folders
            Who("123456", "Ada Lovelace"),
            "my_work.ipynb",
        ),
        (
            "Jean-Luc O'Neill-Šťastný_7_assignsubmission_file_/a.ipynb",
            Who("7", "Jean-Luc O'Neill-Šťastný"),
            "a.ipynb",
        ),
        ("王 小明_8_assignsubmission_file_/a.ipynb", Who("8", "王 小明"), "a.ipynb"),
        ("anna_lena_9_assignsubmission_file_/a.ipynb", Who("9", "anna_lena"), "a.ipynb"),
        ("Participant_31_assignsubmission_file_/a.ipynb", Who("31", "Participant"), "a.ipynb"),
        ("Team A_77_assignsubmission_file_/a.ipynb", Who("77", "Team A"), "a.ipynb"),
        ("Default group_assignsubmission_file_/a.ipynb", Who("", "Default group"), "a.ipynb"),
        ("unpacked/Ada L_1_assignsubmission_file_/a.ipynb", Who("1", "Ada L"), "a.ipynb"),
    ],
)
def test_moodle(path, who, file):
    found = label(path, Lms.MOODLE)
    assert (found.who, found.file, found.is_note) == (who, file, False)
    assert path.endswith(found.prefix + found.file)


def test_moodle_online_text_is_no_file():
    assert label("Ada L_1_assignsubmission_onlinetext_/onlinetext.html", Lms.MOODLE).is_note
    assert label("Ada L_1_assignsubmission_onlinetext_onlinetext.html", Lms.MOODLE).is_note


@pytest.mark.parametrize(
    ("name", "who", "late", "turn", "file"),
    [
        ("lovelaceada_12345_67890_01_toy.ipynb", Who("12345", "lovelaceada"), False, 67890, None),
        (
            "lovelaceada_LATE_12345_67890_01_toy-2.ipynb",
            Who("12345", "lovelaceada"),
            True,
            67890,
            "01_toy-2.ipynb",
        ),
        ("šťastnýján_1_2_a.ipynb", Who("1", "šťastnýján"), False, 2, "a.ipynb"),
        ("o_brienpat_1_2_a.ipynb", Who("1", "o_brienpat"), False, 2, "a.ipynb"),
        ("anon_Ab3Cd_67890_12_a.ipynb", Who("anon_Ab3Cd"), False, 67890, "12_a.ipynb"),
        ("LATE_anon_Ab3Cd_67890_a.ipynb", Who("anon_Ab3Cd"), True, 67890, "a.ipynb"),
    ],
)
def test_canvas(name, who, late, turn, file):
    found = label(name, Lms.CANVAS)
    assert (found.who, found.late, found.turn) == (who, late, turn)
    assert found.file == (file or "01_toy.ipynb")
    assert found.prefix + found.file == name
    assert found.when is None


def test_canvas_text_and_link_are_no_files():
    for name in ("lovelaceada_12345_text.html", "lovelaceada_LATE_12345_link.html"):
        assert label(name, Lms.CANVAS).is_note


@pytest.mark.parametrize(
    ("name", "login", "file"),
    [
        ("Lesson 1_ada_attempt_2026-11-21-10-11-12_01_toy.ipynb", "ada", "01_toy.ipynb"),
        ("HW_1_a_lovelace_attempt_2026-11-21-10-11-12_a.ipynb", "a_lovelace", "a.ipynb"),
        ("Aufgabe_jürgen.groß_Versuch_2026-11-21-10-11-12_a b.ipynb", "jürgen.groß", "a b.ipynb"),
        ("Tâche_ada@uni.edu_tentative_2026-11-21-10-11-12_a.ipynb", "ada@uni.edu", "a.ipynb"),
        ("HW_s-1_poging_2026-11-21-10-11-12_a.ipynb", "s-1", "a.ipynb"),
    ],
)
def test_blackboard(name, login, file):
    found = label(name, Lms.BLACKBOARD)
    assert login in found.who.logins
    assert (found.when, found.file, found.is_note) == (TIME, file, False)


def test_blackboard_receipt_and_impossible_time():
    assert label("HW_ada_attempt_2026-11-21-10-11-12.txt", Lms.BLACKBOARD).is_note
    assert not label("HW_ada_attempt_2026-11-21-10-11-12_x.txt", Lms.BLACKBOARD).is_note
    assert label("HW_ada_attempt_2026-13-41-10-11-12_a.ipynb", Lms.BLACKBOARD) is None


def test_folder():
    assert label("ada/01_toy/a.ipynb", Lms.FOLDER).file == "01_toy/a.ipynb"
    assert label("ada.ipynb", Lms.FOLDER).who.logins == ("ada",)
    assert label("ada.b@uni.edu/a.ipynb", Lms.FOLDER).who.logins == ("ada.b@uni.edu",)


@pytest.mark.parametrize(
    ("lms", "before"),
    [
        (Lms.MOODLE, "Ada L_5_assignsubmission_file_/"),
        (Lms.MOODLE, "Ada L_5_assignsubmission_file_"),
        (Lms.CANVAS, "lada_LATE_5_6_"),
        (Lms.BLACKBOARD, "HW_ada_attempt_2026-11-21-10-11-12_"),
        (Lms.FOLDER, "ada/"),
    ],
)
@pytest.mark.parametrize(
    "chosen",
    [
        "x_attempt_2001-01-01-00-00-00_a.ipynb",
        "HW_bob_attempt_2001-01-01-00-00-00_a.ipynb",
        "Bob B_7_assignsubmission_file_/a.ipynb",
        "Bob B_7_assignsubmission_file_a.ipynb",
        "bobb_7_8_a.ipynb",
    ],
)
def test_a_student_cannot_pass_for_another_or_turn_back_the_clock(lms, before, chosen):
    found = label(before + chosen, lms)
    assert found.file == chosen
    assert found.who == label(f"{before}a.ipynb", lms).who
    assert found.when == label(f"{before}a.ipynb", lms).when
    assert found.late == (lms is Lms.CANVAS)


PERSON = st.text(
    st.characters(categories=("L", "Mn", "Nd"), include_characters=" -'."), min_size=1, max_size=30
)
FILE = st.text(st.characters(exclude_categories=("Cc", "Cs"), exclude_characters="/\\"), min_size=1)


@settings(deadline=None)
@given(PERSON, st.integers(1, 10**9), FILE)
def test_whatever_a_moodle_file_is_called(name, number, file):
    found = label(f"{name}_{number}_assignsubmission_file_/{file}", Lms.MOODLE)
    assert (found.who, found.file) == (Who(str(number), name), file)


@settings(deadline=None)
@given(
    st.text(st.characters(categories=("Ll", "Lo")), min_size=1, max_size=30),
    st.booleans(),
    st.integers(1, 10**9),
    st.integers(1, 10**9),
    FILE,
)
def test_whatever_a_canvas_file_is_called(name, late, number, turn, file):
    assume(name != "anon")
    mark = "LATE_" if late else ""
    found = label(f"{name}_{mark}{number}_{turn}_{file}", Lms.CANVAS)
    assert (found.who, found.file) == (Who(str(number), name), file)
    assert (found.late, found.turn) == (late, turn)


@settings(deadline=None)
@given(
    st.text(st.characters(categories=("L", "Nd"), include_characters=" _-"), min_size=1),
    st.text(st.characters(categories=("L", "Nd"), include_characters=".@_-"), min_size=1),
    st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)),
    FILE,
)
def test_whatever_a_blackboard_file_is_called(assignment, login, when, file):
    name = f"{assignment}_{login}_attempt_{when:%Y-%m-%d-%H-%M-%S}_{file}"
    found = label(name, Lms.BLACKBOARD)
    assert login in found.who.logins
    assert (found.when, found.file) == (when.replace(microsecond=0), file)


@settings(deadline=None)
@given(st.text(max_size=60))
def test_no_name_is_too_odd(name):
    for lms in Lms:
        label(name, lms)


def test_the_system_is_told_by_most_of_the_names():
    moodle = [f"A B_{n}_assignsubmission_file_/a.ipynb" for n in range(3)]
    assert detect([*moodle, "notes.txt"]) is Lms.MOODLE
    assert detect(["lada_1_2_a.ipynb", "lbob_LATE_3_4_a.ipynb"]) is Lms.CANVAS
    receipt = "HW_ada_attempt_2026-11-21-10-11-12.txt"
    assert detect([receipt, f"{receipt[:-4]}_a.ipynb"]) is Lms.BLACKBOARD
    assert detect(["ada/a.ipynb", "bob/a.ipynb", "HW_x_attempt_bad_a.ipynb"]) is Lms.FOLDER
    assert detect([]) is Lms.FOLDER


def test_resubmission_marks():
    assert without_turn("01_toy-1.ipynb") == "01_toy.ipynb"
    assert without_turn("01_toy.ipynb") == "01_toy.ipynb"
    assert without_turn("notes-12") == "notes"
