"""A page of a lesson as the pages around it read it; it must not know which pages those are.

What is read is the page and not the author's source, so nothing can be shown that a reader may not
see.
"""

from dataclasses import dataclass

from nbformat import NotebookNode

from transferlab import course


@dataclass(frozen=True)
class LessonPage:
    """A lesson on the site.

    Attributes:
        lesson: what its opening says of it.
        notebook: its page, a notebook; the pages' maker may still change it.
    """

    lesson: course.Lesson
    notebook: NotebookNode

    @property
    def path(self) -> str:
        """Where the page lies among the pages, as a link from a page at the top names it."""
        return f"lessons/{self.lesson.notebook.name}"

    @property
    def title(self) -> str:
        """Its number and its name."""
        return f"{self.lesson.number}. {self.lesson.title}"

    @property
    def prose(self) -> list[NotebookNode]:
        """Its text cells, hints left out: a reader opens those when all else is read."""
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
    """The lessons by their numbers, each a link, in words: `[lesson 1](…), [2](…) and [5](…)`."""
    each = [f"[{page.lesson.number}]({page.path})" for page in pages]
    if len(each) == 1:
        return f"[lesson {pages[0].lesson.number}]({pages[0].path})"
    return f"lessons {', '.join(each[:-1])} and {each[-1]}"
