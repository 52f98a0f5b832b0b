"""Check that a built site requests nothing from another host.

A link that a reader may click is not a request; what a page loads by itself is. It must not know
how the site was built.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TypeVar

from lxml import etree

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
# A page only names this address, which is its own, and does not load it.
NAMED_BY = ("canonical",)
# Services that a Jupyter Book can be configured to use: no page may use one here.
SERVICES = ("thebe", "mybinder.org", "cdn.jsdelivr.net", "cdnjs.cloudflare.com", "unpkg.com")

Collector = TypeVar("Collector")


def read(path: Path, collector: Collector) -> Collector:
    """Have lxml pass the elements of a page to a collector, its parser's target; return that."""
    etree.HTML(path.read_bytes(), etree.HTMLParser(target=collector, encoding="utf-8"))
    return collector


class _Page:
    """A collector of what a page loads and of the text of its scripts."""

    def __init__(self) -> None:
        self.loads: list[str] = []
        self.scripts: list[str] = []
        self.has_policy = False
        self._in_script = False

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if attributes.get("rel") not in NAMED_BY:
            names = LOADED_BY.get(tag, ())
            self.loads += [attributes[name] for name in names if name in attributes]
        self._in_script = tag == "script" and "json" not in attributes.get("type", "")
        if attributes.get("http-equiv", "").lower() == "content-security-policy":
            self.has_policy = True

    def end(self, tag: str) -> None:
        self._in_script = False

    def data(self, text: str) -> None:
        if self._in_script:
            self.scripts.append(text)

    def close(self) -> None:
        """Do nothing; lxml requires this method."""


def pages_of(site: Path) -> list[Path]:
    """Return the pages of `site`; the files in _static/ are parts of the theme, not pages."""
    return sorted(p for p in site.rglob("*.html") if p.relative_to(site).parts[0] != "_static")


def outside_requests(site: Path) -> Iterator[str]:
    """Yield a sentence for each way in which a page of `site` could contact another host."""
    for path in pages_of(site):
        page = read(path, _Page())
        where = path.relative_to(site)
        for url in page.loads:
            if url.startswith(("http:", "https:", "//")):
                yield f"{where} loads {url}."
        for service in SERVICES:
            if any(service in script for script in page.scripts):
                yield f"{where} uses {service}."
        if not page.has_policy:
            yield f"{where} has no content security policy."
