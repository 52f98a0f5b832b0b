"""Looks at every page of the built site as a reader's browser does, and tells what is wrong.

Tests and the benchmark share one walk: each page is opened once in light and once in dark. It must
not know what a page is about.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page

from tests.support.browser import ROOT

AXE = ROOT / "book" / "node_modules" / "axe-core" / "axe.min.js"
MODES = ("light", "dark")
WIDTHS = (360, 768, 1280)
WIDGETS_READY = "document.documentElement.dataset.widgets !== 'coming'"
# axe's verdicts, one line for each element that it blames.
RUN_AXE = """async () => {
  const found = await axe.run(document, {resultTypes: ["violations"]});
  return found.violations.flatMap(rule => rule.nodes.map(node =>
    `${rule.id}: ${node.html.slice(0, 160)} ${(node.any[0] || node.all[0] || {}).message || ""}`));
}"""
# What else a page must have; each line is one complaint.
LOOK = """() => {
  const wrong = [];
  const shown = element => element.checkVisibility();
  const meta = name => document.querySelector(`meta[name="${name}"], meta[property="${name}"]`);
  const description = meta("description")?.content ?? "";
  if (description.length < 20 || description.length > 160)
    wrong.push(`its description has ${description.length} characters`);
  if (!location.pathname.endsWith("404.html"))
    for (const name of ["og:title", "og:description", "og:image", "twitter:card"])
      if (!meta(name)?.content) wrong.push(`it has no ${name}`);
  if (!document.documentElement.lang) wrong.push("it does not name its language");
  const first = [...document.querySelectorAll("h1")].filter(shown);
  if (first.length != 1) wrong.push(`it shows ${first.length} first headings`);
  for (const image of document.querySelectorAll("article img")) {
    const source = (image.getAttribute("src") || "").slice(0, 60);
    if ((image.alt || "").trim().split(/\\s+/).length < 3)
      wrong.push(`${source} says "${image.alt}" in its place`);
    if (!image.getAttribute("width") || !image.getAttribute("height"))
      wrong.push(`${source} has no size before it has come`);
  }
  return wrong;
}"""


@dataclass(frozen=True)
class Complaint:
    """What is wrong with a page; `kind` is "host", "console", "axe", "content" or "sideways"."""

    kind: str
    page: str
    what: str

    def __str__(self) -> str:
        return f"{self.page}: {self.what}"


def audit(browser: Browser, address: str, pages: Sequence[str]) -> list[Complaint]:
    """Open each of `pages`, as paths below `address`, in both modes; return all complaints."""
    found: list[Complaint] = []
    for mode in MODES:
        context = browser.new_context(
            color_scheme=mode,
            reduced_motion="reduce",  # a colour on its way to another has any contrast
            viewport={"width": 1280, "height": 800},
        )
        page = context.new_page()
        name = ""

        def complain(kind: str, what: str) -> None:
            found.append(Complaint(kind, name, what))  # noqa: B023

        listen(page, urlsplit(address).netloc, complain)
        for path in pages:
            name = f"{path} ({mode})"
            page.goto(address + path, wait_until="load")
            page.wait_for_function(WIDGETS_READY)
            for kind, what in look_at(page, thoroughly=mode == MODES[0]):
                complain(kind, what)
        context.close()
    return found


def listen(page: Page, host: str, complain: Callable[[str, str], None]) -> None:
    """Complain of each request to another host, each failed one, and each error that is logged."""

    def on_request(request: Any) -> None:
        url = urlsplit(request.url)
        if url.scheme.startswith("http") and url.netloc != host:
            complain("host", f"asks {request.url}")

    def on_response(response: Any) -> None:
        if response.status >= 400:
            complain("host", f"gets {response.status} for {response.url}")

    def on_console(message: Any) -> None:
        if message.type == "error":
            complain("console", f"logs {message.text}")

    page.on("request", on_request)
    page.on("response", on_response)
    page.on("console", on_console)
    page.on("pageerror", lambda error: complain("console", f"throws {error}"))


def look_at(page: Page, thoroughly: bool) -> Iterator[tuple[str, str]]:
    """What is wrong with the open page; what no mode changes is looked at only `thoroughly`."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    yield from (("axe", said) for said in page.evaluate(RUN_AXE))
    if not thoroughly:
        return
    yield from (("content", said) for said in page.evaluate(LOOK))
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        needed = page.evaluate("document.documentElement.scrollWidth")
        if needed > width:
            yield "sideways", f"needs {needed} pixels where there are {width}"
