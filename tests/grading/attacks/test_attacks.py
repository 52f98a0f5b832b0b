"""A class of attackers, graded once: each gets what the work deserves, and nobody is disturbed."""

import re
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.grading.attacks.attackers import TOY, Attack, load
from tests.grading.attacks.siege import HONEST, Siege, besiege, points_gained
from tests.grading.killing import wait_until_left

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux can shut code in")

ATTACKS = load()
# What the grader itself may grow by: the submissions' outputs, 40 MB each at most, as objects.
MOST_MEMORY = 1_000_000_000


@pytest.fixture(scope="module")
def siege(tmp_path_factory) -> Siege:
    """The class, graded."""
    return besiege(tmp_path_factory.mktemp("siege"), ATTACKS)


# A widget's, in which any two digits may stand beside each other.
RANDOM_ID = re.compile("[0-9a-f]{32}")


def cases(field=None):
    """The attacks as parameters, those that say something in a field."""
    for attack in ATTACKS:
        if field is None or attack.says(field):
            yield pytest.param(attack, id=attack.name)


@pytest.mark.parametrize("attack", list(cases()))
def test_gets_what_the_work_deserves(siege, attack: Attack):
    outcome = siege.outcomes[attack.name]
    told = siege.reasons(attack.name)
    assert outcome.score == attack.score, told
    assert re.search(attack.says("seen"), told), told
    if outcome.score != 6:
        assert outcome.reason or any(check.reason for check in outcome.checks)
    shown = RANDOM_ID.sub("", siege.outputs(attack.name))
    assert re.search(attack.says("shows"), shown), shown[:2000]
    if never := attack.says("never"):
        assert not re.search(never, shown), shown[:2000]


def test_all_rows_of_the_table_are_there():
    kinds = {attack.kind for attack in ATTACKS}
    ours = {"grade", "carrier", "keras", "spy", "record", "resources", "hostile"}
    assert kinds == {*ours, "files", "innocent"}


def test_no_attack_gains_a_point(siege):
    assert points_gained(siege, ATTACKS) == 0


def test_the_honest_are_not_disturbed(siege):
    for student in HONEST:
        assert siege.outcomes[student].score == 6
        assert siege.reasons(student).count(": \n") >= 2


def test_everyone_has_one_record(siege):
    expected = {*HONEST, *(attack.name for attack in ATTACKS)}
    lessons = Counter(siege.lessons.values())
    scores = {}
    with siege.workspace.gradebook() as book:
        for lesson, size in lessons.items():
            submissions = book.assignment_submissions(lesson)
            scores |= {entry.student_id: entry.score for entry in submissions}
            assert len(submissions) == size
    assert set(scores) == set(siege.outcomes) == expected
    for student, score in scores.items():
        assert score == (siege.outcomes[student].score or 0)


def test_nothing_was_changed_or_left(siege):
    assert siege.unchanged
    assert siege.left_files == []
    assert not list(siege.workspace.root.parent.rglob("*attacked*"))
    assert not Path("/usr/attacked").exists()


def test_nobody_knocked(siege):
    assert siege.visitors == 0


def test_the_grader_stays_small(siege):
    assert siege.grown < MOST_MEMORY


def test_no_process_is_left(siege):
    wait_until_left(str(siege.workspace.root.parent))  # others may be grading on this machine


def test_a_forged_timestamp_is_overwritten(siege):
    with siege.workspace.gradebook() as book:
        submission = book.find_submission(TOY, "record_forged_timestamp")
    assert submission.timestamp.year > 2020


@pytest.mark.parametrize("attack", list(cases("page")))
def test_nothing_on_a_page_acts_by_itself(siege, attack):
    folder = siege.workspace.feedback / attack.name / attack.lesson
    page = (folder / f"{attack.lesson}.html").read_text()
    assert not re.search(r"<script[\s>]", page.partition("</head>")[2], re.IGNORECASE)
    assert not re.search(r"<meta[^>]*http-equiv=.?refresh", page, re.IGNORECASE)
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', page)[1]
    assert page.index(policy) < page.index("<style")
    # What is left, such as `onerror`, is forbidden to run, to load, to send or to lead elsewhere.
    for rule in ("default-src 'none'", "form-action 'none'", "base-uri 'none'"):
        assert rule in policy
    assert "script-src" not in policy
