"""A lesson's page, as the pages around it read it; it must not know which pages those are.

They read the page and not the author's source, so nothing can be shown that a reader must not see.
"""

from dataclasses import dataclass

from nbformat import NotebookNode

from transferlab import course


@dataclass(frozen=True)
class LessonPage:
    """A lesson on the site.

    Attributes:
        lesson: the facts from the lesson's opening.
        notebook: its page, a notebook, which may still be changed while the pages are made.
    """

    lesson: course.CourseLesson
    notebook: NotebookNode

    @property
    def path(self) -> str:
        """The path of the page, as a link from a page at the top writes it."""
        return f"lessons/{self.lesson.notebook.name}"

    @property
    def title(self) -> str:
        """Its number and its name."""
        return f"{self.lesson.number}. {self.lesson.title}"

    @property
    def prose(self) -> list[NotebookNode]:
        """Its text cells without the hints, which a reader opens after reading everything else."""
        return [
            cell
            for cell in self.notebook.cells
            if cell.cell_type == "markdown" and "hints" not in cell.metadata.get("tags", [])
        ]

    @property
    def code(self) -> str:
        """All its code."""
        return "\n".join(c.source for c in self.notebook.cells if c.cell_type == "code")


def as_links(pages: list[LessonPage]) -> str:
    """Return links to the lessons by number, as words: `lessons [1](…), [2](…) and [5](…)`."""
    each = [f"[{page.lesson.number}]({page.path})" for page in pages]
    if len(each) == 1:
        return f"[lesson {pages[0].lesson.number}]({pages[0].path})"
    return f"lessons {', '.join(each[:-1])} and {each[-1]}"
