"""The lists that the systems export, and whom a download's names mean in them."""

from datetime import datetime

import pytest

from autograder.errors import RosterError
from autograder.lms.file_names import Who
from autograder.lms.forms import Lms
from autograder.lms.roster import read_roster, safe_id
from autograder.lms.rows import Doubtful

WORKSHEET = """\
Identifier,Full name,Email address,Status,Grade,Maximum grade,Grade can be changed,\
Last modified (submission),Last modified (grade),Feedback comments
Participant 101,Ada Lovelace,ada@uni.edu,Submitted,,6.00,Yes,\
"Saturday, 21 November 2026, 10:11 AM",-,
Participant 102,Ján Šťastný,jan@uni.edu,No submission,,6.00,Yes,-,-,
"""
CANVAS = """\
Student,ID,SIS User ID,SIS Login ID,Section,Toy lesson (77),Current Score
    Points Possible,,,,,6,(read only)
"Lovelace, Ada",5001,S1,ada,Course 1,,
"Müller-Groß, Anna Lena",5002,S2,anna,Course 1,,
"Student, Test",5003,,5d41402abc4b2a76b9719d911017c592,Course 1,,
"""
BLACKBOARD = (
    "Last Name\tFirst Name\tUsername\tStudent ID\nLovelace\tAda\tada\tS1\nØre\tKåre\tk_o\tS2"
)


@pytest.fixture
def roster(tmp_path):
    """Read a roster given by its text."""

    def roster(text, encoding="utf-8", id_column=None):
        path = tmp_path / "roster.csv"
        path.write_bytes(text.encode(encoding))
        return read_roster(path, id_column)

    return roster


def test_moodles_worksheet(roster):
    found = roster(WORKSHEET, "utf-8-sig")
    ada, jan = found.people
    assert (ada.student, ada.first, ada.when) == (
        "ada@uni.edu",
        "Ada Lovelace",
        datetime(2026, 11, 21, 10, 11),
    )
    assert (jan.when, found.notes) == (None, ())
    assert found.find(Who("101", "Ada Lovelace"), Lms.MOODLE) is ada
    assert found.find(Who("102", "Participant"), Lms.MOODLE) is jan
    assert found.find(Who("999", "jan stastny"), Lms.MOODLE) is jan


def test_a_worksheet_of_another_assignment_is_noticed(roster):
    with pytest.raises(Doubtful, match="says that 101 is Ada Lovelace, not Bob Builder") as doubt:
        roster(WORKSHEET).find(Who("101", "Bob Builder"), Lms.MOODLE)
    assert "worksheet of exactly this assignment" in doubt.value.advice


def test_times_in_another_language_are_told(roster):
    found = roster(WORKSHEET.replace("Saturday, 21 November 2026, 10:11 AM", "sobota 21. 11. 2026"))
    assert found.people[0].when is None
    assert "1 times such as sobota" in found.notes[0]


def test_canvas_gradebook(roster):
    found = roster(CANVAS)
    ada, anna, _ = found.people
    assert (ada.student, ada.first, ada.last) == ("ada", "Ada", "Lovelace")
    assert found.special["Toy lesson (77)"] == "6"
    assert found.find(Who("5002", "whatever"), Lms.CANVAS) is anna
    assert found.find(Who("1", "müllergroßannalena"), Lms.CANVAS) is anna
    assert found.find(Who("1", "mullergrossannalena"), Lms.CANVAS) is anna
    with pytest.raises(Doubtful, match="nobody in the roster"):
        found.find(Who("5001", "müller"), Lms.MOODLE)  # Canvas's numbers are not Moodle's


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "cp1252"])
def test_blackboards_list_in_any_encoding(roster, encoding):
    found = roster(BLACKBOARD, encoding)
    assert [person.student for person in found.people] == ["ada", "k_o"]
    assert found.find(Who(logins=("o", "k_o")), Lms.BLACKBOARD).student == "k_o"
    assert found.find(Who(logins=("ADA",)), Lms.BLACKBOARD).student == "ada"
    assert found.find(Who(name="Kare Ore", logins=("x",)), Lms.FOLDER).student == "k_o"
    assert found.find(Who(logins=("s2",)), Lms.FOLDER).student == "k_o"


def test_semicolons_and_a_chosen_column(roster):
    found = roster("Vorname;Nachname;Matrikelnummer;Konto\nAda;L;007;al\n", id_column="konto")
    assert found.people[0].student == "al"
    with pytest.raises(RosterError, match="no column 'nix'"):
        roster("a;b\n1;2\n", id_column="nix")


def test_two_students_of_one_name(roster):
    found = roster("Username,First name,Last name\na1,Ada,Lee\na2,Ada,Lee\na3,Áda,Leé\n")
    with pytest.raises(Doubtful, match="fits 2 students in the roster: a1 and a2"):
        found.find(Who("5", "Ada Lee"), Lms.MOODLE)
    assert found.find(Who("5", "Áda Leé"), Lms.MOODLE).student == "a3"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "no column that names a student"),
        ("Grade,Comment\n5,x\n", "no column that names a student"),
        ("Username\n", "holds no student"),
        ("Username\nada\nADA\n", "two rows for ADA"),
        ('Username\n"' + "x" * 200_000 + '"\n', "is not a CSV file"),
    ],
)
def test_what_is_no_roster_says_so(roster, text, told):
    with pytest.raises(RosterError, match=told):
        roster(text)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("ada", "ada"),
        ("../../etc", "etc"),
        ("Ada Lovelace", "Ada_Lovelace"),
        ("a/b\\c", "a_b_c"),
        ("ada.b+1@uni.edu", "ada.b+1@uni.edu"),
        ("..", ""),
        ("王小明", "王小明"),
    ],
)
def test_ids_are_names_of_folders(text, wanted):
    assert safe_id(text) == wanted
