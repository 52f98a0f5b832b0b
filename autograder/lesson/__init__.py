"""Turn the text that an author writes into notebooks; it knows nothing about submissions."""

from autograder.lesson.portable_checks import uncarriable_names
from autograder.lesson.release import (
    release_lesson,
    release_page,
    solved_notebook,
    stale_files,
    stale_page_files,
    write_solved,
)
from autograder.lesson.source import (
    HIDDEN,
    SOLUTION,
    LessonSource,
    find_lessons,
    find_pages,
    match_name,
    read_lesson,
)

__all__ = [
    "HIDDEN",
    "SOLUTION",
    "LessonSource",
    "find_lessons",
    "find_pages",
    "match_name",
    "read_lesson",
    "release_lesson",
    "release_page",
    "solved_notebook",
    "stale_files",
    "stale_page_files",
    "uncarriable_names",
    "write_solved",
]
