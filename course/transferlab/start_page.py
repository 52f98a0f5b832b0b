"""The path through the course, for the start page: what is there, what is done, what comes next.

It shows what `course` has read, and must not read or write a file itself.
"""

import re
from collections.abc import Sequence
from html import escape

from IPython.display import HTML

from transferlab import course, progress, quiz

Standings = Sequence[tuple[course.CourseLesson, course.Standing]]

_STYLE = """<style>
.tl-path { max-width: 68em; line-height: 1.45; overflow-x: auto }
.tl-path table { border-collapse: collapse; font-size: inherit; margin: 1em 0;
  table-layout: auto; width: 100% }
.tl-path tbody tr { background: none !important }
.tl-path :is(th, td) { text-align: left !important; vertical-align: top; padding: .5em 1em .5em 0;
  line-height: inherit;
  white-space: normal; border-bottom: 1px solid var(--jp-border-color2, #ccc) }
.tl-path thead th { border-bottom-width: 2px; font-weight: 600 }
.tl-path tbody th { font-weight: 400; width: 99% }
.tl-path tbody th > a { font-weight: 600 }
.tl-path td { white-space: nowrap }
.tl-path progress { width: 4.5em }
.tl-path summary { cursor: pointer }
.tl-path details ul { margin: .2em 0 0 }
.tl-path .tl-next { font-size: 1.15em; margin: .6em 0 }
.tl-path svg { display: block; width: 100%; max-width: 46em; height: auto; margin-top: 1em }
.tl-path figure { margin: 0 } .tl-path figcaption { font-size: .92em }
.tl-path svg text { font-size: 13px; text-anchor: middle; dominant-baseline: central }
</style>"""


def panel() -> HTML:
    """Return the lessons with their aims, time, needs and progress, and the one to continue with.

    Run it again to bring it up to date. A file that cannot be read is named next to its lesson.
    Raises `course.CourseError` when there is no lesson here.
    """
    lessons = course.lessons(course.find())
    standings = [(lesson, course.standing(lesson)) for lesson in lessons]
    parts = [_continue(standings), _overall(standings), _map(standings), _table(standings)]
    return HTML(f'{_STYLE}<div class="tl-path">{"".join(parts)}</div>')


def worked(minutes: int) -> str:
    """Return a number of minutes in words, such as `"1 h 05 min"`."""
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02} min"


def _continue(standings: Standings) -> str:
    lesson = course.next_lesson(standings)
    if lesson is None:
        return '<p class="tl-next">You have done all lessons. Save your summary below.</p>'
    begun = any(stand.state != "not started" for _, stand in standings)
    return f'<p class="tl-next">{"Continue" if begun else "Begin"} with {_link(lesson)}</p>'


def _overall(standings: Standings) -> str:
    stands = [stand for _, stand in standings]
    done = sum(stand.state == "done" for stand in stands)
    passed, checks = sum(s.passed for s in stands), sum(len(le.exercises) for le, _ in standings)
    right, questions = sum(s.right for s in stands), sum(s.questions for s in stands)
    minutes = worked(sum(stand.minutes for stand in stands))
    text = (
        f"{done} of {len(stands)} lessons done: {passed} of {checks} checks passed, "
        f"{right} of {questions} questions right, {minutes} spent"
    )
    return progress.bar(text, passed + right, checks + questions)


def _table(standings: Standings) -> str:
    heads = ("Lesson", "Takes", "Needs", "State", "Checks passed", "Quiz right", "You spent")
    head = "".join(f'<th scope="col">{name}</th>' for name in heads)
    rows = "".join(_row(lesson, stand) for lesson, stand in standings)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _row(lesson: course.CourseLesson, stand: course.Standing) -> str:
    marks = {"not started": "○", "in progress": "◐", "done": "●"}
    problem = f"<div>⚠ {escape(stand.problem)}</div>" if stand.problem else ""
    checks, questions = len(lesson.exercises), stand.questions
    cells = (
        f"{lesson.minutes} min" if lesson.minutes else "",
        ", ".join(map(str, lesson.needs)) or "nothing",
        f'<span aria-hidden="true">{marks[stand.state]}</span> {stand.state}',
        progress.bar(f"{stand.passed} of {checks}", stand.passed, checks),
        progress.bar(f"{stand.right} of {questions}", stand.right, questions),
        worked(stand.minutes),
    )
    row = f'<th scope="row">{_link(lesson)}{_aims(lesson)}{problem}</th>'
    return f"<tr>{row}{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def _link(lesson: course.CourseLesson) -> str:
    folder = lesson.notebook.parent.name
    return (
        f'<a href="{escape(folder)}/{escape(lesson.notebook.name)}">'
        f"{lesson.number}. {escape(lesson.title)}</a>"
    )


def _aims(lesson: course.CourseLesson) -> str:
    if not lesson.aims:
        return ""
    first, *rest = map(_inline, lesson.aims)
    if not rest:
        return f"<div>Afterwards you can {first}</div>"
    items = "".join(f"<li>{aim}</li>" for aim in rest)
    return (
        f"<details><summary>Afterwards you can {first} (and {len(rest)} more)</summary>"
        f"<ul>{items}</ul></details>"
    )


def _inline(markdown: str) -> str:
    """Return a phrase of Markdown with code and emphasis as HTML."""
    return re.sub(
        r"(?P<code><code>.*?</code>)|(?P<stars>\*{1,2})(?P<text>[^*]+)(?P=stars)",
        lambda found: found["code"] or f"<em>{found['text']}</em>",
        quiz.with_code(markdown),
    )


def _map(standings: Standings) -> str:
    """Draw the lessons in a row, and an arc from each to every later one that needs it."""
    step, radius, arch = 60, 15, 11
    numbers = {lesson.number: place for place, (lesson, _) in enumerate(standings)}
    arcs = [
        (numbers[need], numbers[lesson.number])
        for lesson, _ in standings
        for need in lesson.needs
        if need in numbers
    ]
    if not arcs:
        return ""
    line = arch * max(end - start for start, end in arcs) + 2 * radius
    size = f"0 0 {step * len(standings)} {line + radius + 4}"
    paths = "".join(
        f'<path d="M{_x(start, step)} {line - radius} A{step * (end - start) / 2:g} '
        f'{arch * (end - start)} 0 0 1 {_x(end, step)} {line - radius}"/>'
        for start, end in arcs
    )
    circles = "".join(
        _circle(_x(place, step), line, radius, lesson.number, stand.state)
        for place, (lesson, stand) in enumerate(standings)
    )
    said = "; ".join(
        f"lesson {lesson.number} needs {' and '.join(map(str, lesson.needs))}"
        for lesson, _ in standings
        if lesson.needs
    )
    return (
        f'<figure><svg viewBox="{size}" role="img" aria-label="What needs what: {said}.">'
        f'<g fill="none" stroke="currentColor" stroke-opacity=".45" stroke-width="1.5">{paths}</g>'
        f"{circles}</svg><figcaption>An arc leads from a lesson to a later one that needs it. "
        "Filled: done. Thick: in progress.</figcaption></figure>"
    )


def _x(place: int, step: int) -> int:
    return step * place + step // 2


def _circle(x: int, y: int, radius: int, number: int, state: course.State) -> str:
    width = {"not started": 1, "in progress": 4, "done": 1}[state]
    fill, ink = "none", "currentColor"
    if state == "done":
        fill, ink = "currentColor", "var(--jp-layout-color0, white)"
    return (
        f'<circle cx="{x}" cy="{y}" r="{radius}" fill="{fill}" stroke="currentColor" '
        f'stroke-width="{width}"/><text x="{x}" y="{y}" fill="{ink}">{number}</text>'
    )
