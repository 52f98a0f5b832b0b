"""Check that a built site asks no other host for anything; it must not know how it was built.

A link that a reader may click is not a request. What a page loads by itself is.
"""

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

LOADED_BY = {
    "audio": ("src",),
    "embed": ("src",),
    "iframe": ("src",),
    "img": ("src", "srcset"),
    "input": ("src",),
    "link": ("href",),
    "object": ("data",),
    "script": ("src", "data-jupyter-widgets-cdn"),
    "source": ("src", "srcset"),
    "track": ("src",),
    "use": ("href",),
    "video": ("src", "poster"),
}
# What a page only names: its own address.
NAMED_BY = ("canonical",)
# Services that a Jupyter Book can call on when it is told to: none may be wired up here.
SERVICES = ("thebe", "mybinder.org", "cdn.jsdelivr.net", "cdnjs.cloudflare.com", "unpkg.com")


class _Page(HTMLParser):
    """Collects what a page loads and the text of its scripts."""

    def __init__(self) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.scripts: list[str] = []
        self.has_policy = False
        self._in_script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if given.get("rel") not in NAMED_BY:
            self.loads += [given[name] for name in LOADED_BY.get(tag, ()) if name in given]
        self._in_script = tag == "script" and "json" not in given.get("type", "")
        if given.get("http-equiv", "").lower() == "content-security-policy":
            self.has_policy = True

    def handle_endtag(self, tag: str) -> None:
        self._in_script = False

    def handle_data(self, data: str) -> None:
        if self._in_script:
            self.scripts.append(data)


def pages_of(site: Path) -> list[Path]:
    """The pages of `site`; what lies under _static/ are the theme's parts, not pages."""
    return sorted(p for p in site.rglob("*.html") if p.relative_to(site).parts[0] != "_static")


def outside_requests(site: Path) -> Iterator[str]:
    """One sentence for each page of `site` that could ask another host for something."""
    for path in pages_of(site):
        page = _Page()
        page.feed(path.read_text(encoding="utf-8"))
        where = path.relative_to(site)
        for url in page.loads:
            if url.startswith(("http:", "https:", "//")):
                yield f"{where} loads {url}."
        for service in SERVICES:
            if any(service in script for script in page.scripts):
                yield f"{where} calls on {service}."
        if not page.has_policy:
            yield f"{where} has no content security policy."
