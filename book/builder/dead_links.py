"""Check that each link and anchor within a built site exists, and list the links that leave it.

It must not know how the site was built, and it contacts no other host. In book/,
`python -m builder.dead_links SITE` prints the addresses outside, for someone to check now and then.
"""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from builder.outside_requests import pages_of, read

LEADS_BY = {
    "a": "href",
    "area": "href",
    "form": "action",
    "iframe": "src",
    "img": "src",
    "link": "href",
    "script": "src",
    "source": "src",
}
# A host shows this page for addresses at any depth, so its links begin at the root of the host.
AT_ANY_DEPTH = "404.html"
MADE_BY_SCRIPTS = ("", "top")


@dataclass
class Page:
    """What matters here about a page: its links, and the anchors that links can lead to."""

    leads: list[str] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Take in an element."""
        self.anchors |= {attributes[name] for name in ("id", "name") if name in attributes}
        leads_by = LEADS_BY.get(tag, "")
        if leads_by in attributes and attributes.get("rel") != "canonical":
            self.leads.append(attributes[leads_by])

    def close(self) -> None:
        """Do nothing; lxml requires this method."""


def is_outside(link: str) -> bool:
    """Return whether a link leaves the site."""
    return link.startswith("//") or bool(urlsplit(link).scheme)


def dead(site: Path) -> Iterator[str]:
    """Yield one sentence for each link of `site` whose target within the site is missing."""
    pages = {path.resolve(): read(path, Page()) for path in pages_of(site)}
    for path, page in pages.items():
        inside = sorted({link for link in page.leads if not is_outside(link)})
        for link in inside if path.name != AT_ANY_DEPTH else ():
            if problem := _problem(path, link, pages):
                yield f"{path.relative_to(site.resolve())} leads to {link}: {problem}."


def _problem(path: Path, link: str, pages: dict[Path, Page]) -> str:
    """Return why the target of a link on the page at `path` is missing; empty if it isn't."""
    parts = urlsplit(link)
    target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
    if target.is_dir():
        target /= "index.html"
    if not target.exists():
        return "that file does not exist"
    anchor = unquote(parts.fragment)
    if target in pages and anchor not in MADE_BY_SCRIPTS and anchor not in pages[target].anchors:
        return "that page does not have this anchor"
    return ""


def outside(site: Path) -> dict[str, list[str]]:
    """Return the web addresses that `site` links to, each with the pages that link to it."""
    found: dict[str, list[str]] = {}
    for path in pages_of(site):
        leads = read(path, Page()).leads
        for link in {link for link in leads if link.startswith(("http:", "https:"))}:
            found.setdefault(link, []).append(path.relative_to(site).as_posix())
    return dict(sorted(found.items()))


def main() -> int:
    """Print the addresses outside and the dead links; return 0, or 1 if any link is dead."""
    site = Path(sys.argv[1] if len(sys.argv) > 1 else "_build/site")
    for link, pages in outside(site).items():
        print(f"{link} ({pages[0]}{f' and {len(pages) - 1} more' if pages[1:] else ''})")
    complaints = list(dead(site))
    for complaint in complaints:
        print(complaint, file=sys.stderr)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
