"""Write the notebook that opens the table of a class and draws the report's plots from it.

The notebook needs only NumPy and matplotlib, and reads only the table; it is a start for your own
analysis. This module must not know how the table was made.
"""

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

_INTRODUCTION = """\
# The class in numbers: your own analysis

`{table}` has one row for each student, lesson and check. The rows of kind `question` break down the
one of kind `quiz`: leave one of the two kinds out of a sum. Empty means "not known" or "submitted
nothing". The table holds names and grades: keep it where the gradebook is kept."""
_OPEN = """\
import csv
from collections import defaultdict
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

with Path({table!r}).open(encoding="utf-8", newline="") as file:
    rows = list(csv.DictReader(file))
print(len(rows), "rows;", ", ".join(rows[0]))"""
_SCORES_TEXT = """\
## Scores

The score of a submission is the sum over its checks; the quiz counts once."""
_SCORES = """\
points, most = defaultdict(float), defaultdict(float)
for row in rows:
    graded = row["state"] in ("graded", "ended early")
    if graded and row["kind"] != "question":
        points[row["lesson"], row["student"]] += float(row["score"] or 0)
        most[row["lesson"], row["student"]] += float(row["max_score"])
lessons = sorted({lesson for lesson, _ in points})
percent = {
    lesson: np.array([100 * points[pair] / most[pair] for pair in points if pair[0] == lesson])
    for lesson in lessons
}
for lesson in lessons:
    plt.figure(figsize=(5, 2.2))
    plt.hist(percent[lesson].clip(0, 100), bins=range(0, 101, 10), edgecolor="white")
    plt.axvline(np.median(percent[lesson]), color="black", linestyle="--", label="median")
    plt.title(lesson)
    plt.xlabel("score (% of the points)")
    plt.ylabel("students")
    plt.legend()
    plt.show()"""
_PROGRESS_TEXT = """\
## Progress over the lessons

Bars show the middle half of the class, dots the median."""
_PROGRESS = """\
quartiles = np.array([np.percentile(percent[lesson], [25, 50, 75]) for lesson in lessons])
places = np.arange(len(lessons))
plt.figure(figsize=(5, 3))
plt.vlines(places, quartiles[:, 0], quartiles[:, 2], linewidth=9, alpha=0.3)
plt.plot(places, quartiles[:, 1], marker="o")
plt.xticks(places, lessons, rotation=30, ha="right")
plt.ylim(-3, 103)
plt.ylabel("score (%)")
plt.show()"""
_ITEMS_TEXT = """\
## Difficulty and discrimination

Difficulty p is the mean score as a share of the points (1 is easy). Discrimination r is the
correlation with the rest of the lesson, without the item; it needs five students and is not defined
where all have the same score."""
_ITEMS = """\
for lesson in lessons:
    scores, most_of = defaultdict(dict), {}
    has_questions = any(row["kind"] == "question" for row in rows if row["lesson"] == lesson)
    for row in rows:
        left_out = row["kind"] == ("quiz" if has_questions else "question")
        if row["lesson"] == lesson and row["score"] and not left_out:
            if row["state"] in ("graded", "ended early"):
                scores[row["check"]][row["student"]] = float(row["score"])
                most_of[row["check"]] = float(row["max_score"])
    students = sorted({student for given in scores.values() for student in given})
    table = np.array([[scores[i].get(s, np.nan) for i in scores] for s in students])
    p = np.nanmean(table, axis=0) / [most_of[i] for i in scores]
    filled = np.nan_to_num(table)
    rest = filled.sum(axis=1, keepdims=True) - filled
    r = []
    for item in range(table.shape[1]):
        known = ~np.isnan(table[:, item])
        x, others = table[known, item], rest[known, item]
        varies = known.sum() >= 5 and np.ptp(x) > 1e-9 and np.ptp(others) > 1e-9
        r.append(np.corrcoef(x, others)[0, 1] if varies else np.nan)
    figure, (left, right) = plt.subplots(1, 2, sharey=True, figsize=(6, 0.8 + 0.25 * len(p)))
    left.barh(list(scores), p)
    left.invert_yaxis()
    left.set(title=lesson, xlim=(0, 1), xlabel="difficulty p (share of the points)")
    right.axvline(0, color="black", linewidth=0.8)
    right.scatter(r, range(len(r)))
    right.set(xlim=(-1.05, 1.05), xlabel="discrimination r")
    plt.show()"""
_FAILURES_TEXT = "## Commonest failed checks"
_FAILURES = """\
failed = defaultdict(int)
for row in rows:
    if row["misconception"]:
        failed[row["lesson"], row["check"], row["misconception"]] += 1
for (lesson, check, what), count in sorted(failed.items(), key=lambda each: -each[1])[:20]:
    print(f"{count:4}  {lesson}  {check}: {what}")"""
_TIME_TEXT = """\
## Time

The students' own machines count the minutes, for a whole lesson; the seconds are the processor time
of grading a whole submission."""
_TIME = """\
for column, unit in (
    ("minutes_worked", "work (minutes)"),
    ("grading_seconds", "grading (processor seconds)"),
):
    spent = {(row["lesson"], row["student"]): float(row[column]) for row in rows if row[column]}
    known = [lesson for lesson in lessons if any(pair[0] == lesson for pair in spent)]
    if known:
        plt.figure(figsize=(5, 2.5))
        plt.boxplot([[spent[pair] for pair in spent if pair[0] == lesson] for lesson in known])
        plt.xticks(range(1, len(known) + 1), known, rotation=30, ha="right")
        plt.ylabel(unit)
        plt.show()"""


def as_notebook(table: str) -> str:
    """Return the notebook (nbformat 4) as JSON; `table` is the file next to it that it opens."""
    parts = [
        (_INTRODUCTION.format(table=table), _OPEN.format(table=table)),
        (_SCORES_TEXT, _SCORES),
        (_PROGRESS_TEXT, _PROGRESS),
        (_ITEMS_TEXT, _ITEMS),
        (_FAILURES_TEXT, _FAILURES),
        (_TIME_TEXT, _TIME),
    ]
    notebook = new_notebook(
        metadata={
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        }
    )
    for number, (text, code) in enumerate(parts, start=1):
        notebook.cells.append(new_markdown_cell(text, id=f"text-{number}"))
        notebook.cells.append(new_code_cell(code, id=f"code-{number}"))
    return nbformat.writes(notebook).rstrip("\n") + "\n"
