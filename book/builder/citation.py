"""How to cite the course, read from CITATION.cff; it knows no page."""

from dataclasses import dataclass
from pathlib import Path

import yaml


@dataclass(frozen=True)
class Citation:
    """The contents of CITATION.cff.

    Attributes:
        about: what the title does not say.
        released: the year, or None before there is a release.
    """

    author: str
    title: str
    about: str
    version: str
    released: int | None

    @property
    def sentence(self) -> str:
        """The citation for a list of references."""
        return (
            f"{self.author} ({self.released or 'unreleased'}). *{self.title}: {self.about}*, "
            f"version {self.version}."
        )

    @property
    def bibtex(self) -> str:
        """The citation for LaTeX."""
        fields = {
            "author": f"{{{self.author}}}",  # a second pair of braces: no first and last name
            "title": f"{self.title}: {self.about}",
            "version": self.version,
            "year": self.released,
        }
        lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
        return "\n".join(["@software{transferlab,", *lines, "}"])


def read(path: Path) -> Citation:
    """Read CITATION.cff, which names one author, a group."""
    said = yaml.safe_load(path.read_text(encoding="utf-8"))
    day = said.get("date-released")
    return Citation(
        author=said["authors"][0]["name"],
        title=said["title"],
        about=said["abstract"],
        version=str(said["version"]),
        released=day.year if day else None,
    )
