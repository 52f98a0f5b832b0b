"""The numbers of the class report, each against one that was worked out by hand."""

import numpy as np
import pytest

from autograder.class_report.statistics import difficulty, discrimination, rest_of, spread


def test_difficulty_is_the_mean_share_of_the_points() -> None:
    # (2 + 2 + 1 + 0) / (4 * 2) = 5 / 8
    assert difficulty([2, 2, 1, 0], 2) == 0.625
    assert difficulty([1, np.nan, 0], 1) == 0.5, "who has no score yet is not counted"
    assert difficulty([np.nan], 1) is None
    assert difficulty([], 1) is None


def test_discrimination_is_the_correlation_with_the_rest() -> None:
    # x = 0 0 1 1 1, mean 0.6; rest = 1 2 3 4 5, mean 3.
    # Sum of products of deviations: -0.6*-2 + -0.6*-1 + 0.4*0 + 0.4*1 + 0.4*2 = 3.0
    # Sums of squares: 2 * 0.36 + 3 * 0.16 = 1.2 and 10; r = 3 / sqrt(12) = 0.8660
    assert discrimination([0, 0, 1, 1, 1], [1, 2, 3, 4, 5]) == pytest.approx(3 / 12**0.5)
    assert discrimination([1, 1, 0, 0, 0], [1, 2, 3, 4, 5]) == pytest.approx(-3 / 12**0.5)


def test_discrimination_leaves_out_who_has_no_score() -> None:
    missing = discrimination([0, 0, np.nan, 1, 1, 1], [1, 2, 99, 3, 4, 5])
    assert missing == pytest.approx(3 / 12**0.5)


@pytest.mark.parametrize(
    ("scores", "rest"),
    [
        ([0, 1, 1, 0], [1, 2, 3, 4]),  # four students
        ([1, 1, 1, 1, 1], [1, 2, 3, 4, 5]),  # all have it
        ([0, 1, 0, 1, 0], [3, 3, 3, 3, 3]),  # nothing to compare with
        ([], []),
    ],
)
def test_discrimination_is_not_defined_where_nothing_can_be_said(scores, rest) -> None:
    assert discrimination(scores, rest) is None


def test_the_rest_has_everything_but_the_item() -> None:
    table = np.array([[1.0, 2.0, 4.0], [np.nan, 1.0, 1.0]])
    assert rest_of(table).tolist() == [[6.0, 5.0, 3.0], [2.0, 1.0, 1.0]]


def test_spread_has_quartiles_between_neighbours() -> None:
    # Sorted 10 20 40 100: the quartile lies at place 0.75, between 10 and 20.
    found = spread([40, 10, 100, np.nan, 20])
    assert found is not None
    assert (found.count, found.least, found.most) == (4, 10, 100)
    assert (found.lower, found.median, found.upper) == (17.5, 30, 55)
    assert spread([np.nan]) is None
    one = spread([70])
    assert one is not None
    assert (one.lower, one.median, one.upper) == (70, 70, 70)
