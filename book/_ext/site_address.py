"""Sphinx extension: the site's address, and what a page gives search engines and previews.

It must not know what a page is about: titles and descriptions come from the pages themselves. The
address is the environment variable SITE_URL, or else `html: baseurl` in _config.yml. If both are
empty, addresses are relative: the site is the same, but no preview can fetch its picture.
"""

import os
import re
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from docutils import nodes
from jinja2 import Environment, FileSystemLoader, select_autoescape
from sphinx.application import Sphinx
from sphinx.config import Config

LONGEST_DESCRIPTION = 160  # search engines cut there
PICTURE = "_static/social.png"
PICTURE_SIZE = (1200, 630)
PICTURE_SHOWS = (
    "Transferlab: transfer learning with Keras. Lessons to predict, run, solve and check, "
    "on a laptop, offline. Next to it, a stack of frozen layers under a new head."
)
TOUCH_ICON = "_static/icon-180.png"
PAGES_WITHOUT_TEXT = {"search": "Search the lessons and the pages of this course."}
TEMPLATES = Path(__file__).with_name("templates")


def read_address(app: Sphinx, config: Config) -> None:
    """Take the address from the environment if it is set there; make it end in a slash."""
    address = os.environ.get("SITE_URL") or config.html_baseurl
    config.html_baseurl = address.rstrip("/") + "/" if address else ""


def address_of(base: str, pagename: str) -> str:
    """Return the page's one address; the root page has the site's own."""
    return urljoin(base, "" if base and pagename == "index" else f"{pagename}.html")


def describe(doctree: nodes.document | None, pagename: str) -> str:
    """Return the page's first paragraph on one line, cut to whole sentences if one fits."""
    if doctree is None:
        return PAGES_WITHOUT_TEXT.get(pagename, "")
    paragraphs = (" ".join(p.astext().split()) for p in doctree.findall(nodes.paragraph))
    return shortened(next((text for text in paragraphs if text), ""))


def shortened(text: str) -> str:
    """Return as many sentences as fit into a description, or else as many words."""
    if len(text) <= LONGEST_DESCRIPTION:
        return text
    sentences = re.match(rf".{{40,{LONGEST_DESCRIPTION - 1}}}[.!?](?= )", text)
    if sentences:
        return sentences[0]
    return text[: LONGEST_DESCRIPTION - 1].rpartition(" ")[0].rstrip(",;:") + "…"


def tags(base: str, pagename: str, title: str, description: str, up: str) -> str:
    """Return the head's lines for search engines and previews; `up` leads from page to root."""
    here = address_of(base, pagename) if base else f"{pagename.rpartition('/')[2]}.html"
    width, height = PICTURE_SIZE
    properties = {
        "og:type": "website" if pagename == "index" else "article",
        "og:site_name": "Transferlab",
        "og:title": title,
        "og:description": description,
        "og:url": here,
        "og:image": (base or up) + PICTURE,
        "og:image:width": str(width),
        "og:image:height": str(height),
        "og:image:alt": PICTURE_SHOWS,
    }
    names = {
        "description": description,
        "twitter:card": "summary_large_image",
        "twitter:title": title,
        "twitter:description": description,
        "twitter:image": (base or up) + PICTURE,
        "twitter:image:alt": PICTURE_SHOWS,
    }
    lines = [f'<link rel="apple-touch-icon" href="{up}{TOUCH_ICON}" />']
    if not base:  # with an address Sphinx writes this line itself
        lines.append(f'<link rel="canonical" href="{escape(here)}" />')
    lines += [f'<meta property="{k}" content="{escape(v)}" />' for k, v in properties.items()]
    lines += [f'<meta name="{k}" content="{escape(v)}" />' for k, v in names.items()]
    return "\n".join(lines) + "\n"


def add_tags(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Put the lines for search engines and previews into the page's head."""
    base = app.config.html_baseurl
    if base:
        context["pageurl"] = address_of(base, pagename)
    title = re.sub(r"<[^>]+>", "", context.get("title", "")) or app.config.html_title
    description = describe(doctree, pagename)
    up = "../" * pagename.count("/")
    lines = tags(base, pagename, title, description, up)
    context["metatags"] = context.get("metatags", "") + lines


def sitemap(base: str, pagenames: list[str]) -> str:
    """Return the list of all pages for search engines."""
    entries = "".join(f"  <url><loc>{escape(address_of(base, p))}</loc></url>\n" for p in pagenames)
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{entries}</urlset>\n'
    )


def robots(base: str) -> str:
    """Return a robots.txt that allows everything and names the sitemap if its address is known."""
    return "User-agent: *\nAllow: /\n" + (f"Sitemap: {base}sitemap.xml\n" if base else "")


def write_files_at_the_root(app: Sphinx, failure: Exception | None) -> None:
    """Write the files that a host and a search engine look for next to the pages."""
    if failure or app.builder.name != "html":
        return
    base = app.config.html_baseurl
    pagenames = sorted(app.env.found_docs)
    out = Path(app.outdir)
    (out / "sitemap.xml").write_text(sitemap(base, pagenames), encoding="utf-8")
    (out / "robots.txt").write_text(robots(base), encoding="utf-8")
    (out / ".nojekyll").touch()  # GitHub Pages would drop the folders that begin with _
    templates = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=select_autoescape())
    lost = templates.get_template("404.html").render(
        root=urlsplit(base).path or "/",
        is_known=bool(base),
        pages=[(p, app.env.titles[p].astext()) for p in pagenames if p.startswith("lessons/")],
    )
    (out / "404.html").write_text(lost, encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the extension with Sphinx."""
    app.connect("config-inited", read_address)
    app.connect("html-page-context", add_tags)
    app.connect("build-finished", write_files_at_the_root)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
