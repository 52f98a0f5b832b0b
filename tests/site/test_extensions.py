"""The book's own Sphinx extensions and its link check, part by part; no site is built here."""

import base64
import io
from pathlib import Path
from xml.etree import ElementTree

import lesson_links
import numpy as np
import pictures
import pytest
import site_address
from builder import dead_links
from docutils.core import publish_doctree
from PIL import Image

BASE = "https://example.org/transferlab/"
REPOSITORY = "https://github.com/someone/transferlab"
LESSON = "02_anatomy_and_freezing"


# ---------------------------------------------------------------- links


@pytest.mark.parametrize(
    ("link", "says"),
    [
        ("other.html", ""),
        ("other.html#there", ""),
        ("sub/", ""),
        ("#here", ""),
        ("#", ""),
        ("https://keras.io", ""),
        ("mailto:somebody", ""),
        ("with%20blank.png", ""),
        ("gone.html", "that file does not exist"),
        ("other.html#gone", "does not have this anchor"),
        ("#gone", "does not have this anchor"),
    ],
)
def test_dead_link_is_told(tmp_path: Path, link: str, says: str) -> None:
    (tmp_path / "index.html").write_text(f'<h1 id="here">A</h1><a href="{link}">B</a>')
    (tmp_path / "other.html").write_text('<h2 id="there">C</h2>')
    (tmp_path / "with blank.png").touch()
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "index.html").touch()
    told = list(dead_links.dead(tmp_path))
    assert bool(told) == bool(says)
    assert says in "".join(told)


def test_links_that_leave_are_listed_once(tmp_path: Path) -> None:
    for name in ("a.html", "b.html"):
        (tmp_path / name).write_text('<a href="https://keras.io">K</a><a href="a.html">A</a>' * 2)
    assert dead_links.outside(tmp_path) == {"https://keras.io": ["a.html", "b.html"]}


# ---------------------------------------------------------------- address


def test_address_stands_in_every_line_that_needs_it() -> None:
    lines = site_address.tags(BASE, "lessons/02_x", "Freezing", 'Say "why".', "../")
    assert f'property="og:url" content="{BASE}lessons/02_x.html"' in lines
    assert f'property="og:image" content="{BASE}_static/social.png"' in lines
    assert 'content="Say &quot;why&quot;."' in lines
    assert site_address.address_of(BASE, "index") == BASE
    found = ElementTree.fromstring(site_address.sitemap(BASE, ["index", "lessons/02_x"]))
    assert [entry[0].text for entry in found] == [BASE, f"{BASE}lessons/02_x.html"]
    assert f"Sitemap: {BASE}sitemap.xml" in site_address.robots(BASE)


def test_without_an_address_all_is_relative() -> None:
    lines = site_address.tags("", "lessons/02_x", "Freezing", "Why.", "../")
    assert "http" not in lines
    assert '<link rel="canonical" href="02_x.html" />' in lines
    assert 'property="og:image" content="../_static/social.png"' in lines
    assert "Sitemap" not in site_address.robots("")


@pytest.mark.parametrize(
    ("text", "gives"),
    [
        ("Short.", "Short."),
        ("One sentence that is long enough to stand. " + "x" * 200, None),
        ("word " * 60, None),
    ],
)
def test_description_is_short_and_ends_well(text: str, gives: str | None) -> None:
    made = site_address.shortened(text.strip())
    assert len(made) <= site_address.LONGEST_DESCRIPTION
    assert made[-1] in ".…"
    assert gives in (None, made)


def test_description_is_the_first_paragraph() -> None:
    page = publish_doctree("Title\n=====\n\nOne\ntwo.\n\nThree.\n")
    assert site_address.describe(page, "page") == "One two."
    assert site_address.describe(None, "search")


# ---------------------------------------------------------------- under a lesson's title


def test_no_link_leads_to_a_repository_that_nobody_named() -> None:
    made = lesson_links.panel(LESSON, "../downloads/x", "", "main", {})
    assert "http" not in made
    assert f'href="../downloads/x/{LESSON}.ipynb" download' in made
    assert "make lab" in made


def test_named_repository_opens_in_binder_and_colab() -> None:
    made = lesson_links.panel(
        LESSON, "x", REPOSITORY + ".git", "main", {"run_seconds": "21", "run_day": "2026-11-21"}
    )
    where = f"course%2F{LESSON}%2F{LESSON}.ipynb"
    assert f"mybinder.org/v2/gh/someone/transferlab/main?urlpath=lab%2Ftree%2F{where}" in made
    assert f"github/someone/transferlab/blob/main/course/{LESSON}/{LESSON}.ipynb" in made
    assert f"%cd transferlab/course/{LESSON}" in made
    assert "in 21 s on 2026-11-21" in made


# ---------------------------------------------------------------- pictures


def png(pixels: np.ndarray) -> bytes:
    """An array of greys as a PNG file."""
    stream = io.BytesIO()
    Image.fromarray(pixels.astype(np.uint8)).save(stream, format="png")
    return stream.getvalue()


def plot() -> np.ndarray:
    """Black lines and a grey bar on white paper."""
    pixels = np.full((60, 80), 255)
    pixels[::10] = pixels[:, ::20] = 0
    pixels[21:29, 21:39] = 201  # a bar
    return pixels


def letters() -> np.ndarray:
    """The same paper with a shaded square on it."""
    pixels = plot()
    pixels[10:40, 20:60] = np.arange(40)
    return pixels


def test_plot_is_told_from_a_picture() -> None:
    assert pictures.facts(png(plot())) == (80, 60, True)
    assert pictures.facts(png(letters())) == (80, 60, False)


def test_pictures_of_a_page_get_their_size_and_the_later_ones_wait(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(png(plot()))
    image = '<img alt="a plot of it" src="../_images/a.png" />'
    made = pictures.dress_files(image * 2, {"a.png": tmp_path / "a.png"})
    assert made.count('width="80" height="60" class="plot') == 2
    assert made.count('loading="lazy"') == 1
    assert pictures.dress_files(image, {}) == image


def test_pictures_within_widgets_get_their_size() -> None:
    data = base64.b64encode(png(letters())).decode()
    made = pictures.dress_embedded(f'{{"value": "<img src=\\"data:image/png;base64,{data}\\">"}}')
    assert r"width=\"80\" height=\"60\" class=\"picture" in made
