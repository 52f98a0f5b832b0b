"""Draws the site's preview picture and touch icon from their SVG: `python -m tests.site.emblems`.

Both are committed, since a build has no browser. It must not know a page.
"""

import base64
from pathlib import Path

from playwright.sync_api import Browser

from tests.support.browser import ROOT, chromium

BOOK = ROOT / "book"
FONT = BOOK / "node_modules/@fontsource-variable/inter/files/inter-latin-wght-normal.woff2"
# What is drawn -> where, and its size in pixels.
EMBLEMS = (
    (BOOK / "social.svg", BOOK / "_static" / "social.png", (1200, 630)),
    (BOOK / "_static" / "logo.svg", BOOK / "_static" / "icon-180.png", (180, 180)),
)


def draw(browser: Browser, source: Path, out: Path, size: tuple[int, int]) -> None:
    """Show an SVG file as large as it is to be, in the site's own font, and keep what is seen."""
    width, height = size
    font = base64.b64encode(FONT.read_bytes()).decode()
    page = browser.new_page(viewport={"width": width, "height": height})
    page.set_content(
        "<style>body{margin:0}svg{display:block;width:100vw;height:100vh}"
        "@font-face{font-family:Inter;font-weight:100 900;"
        f'src:url("data:font/woff2;base64,{font}")}}'
        f"</style>{source.read_text(encoding='utf-8')}"
    )
    page.evaluate("document.fonts.ready")
    page.screenshot(path=out, omit_background=True)
    page.close()


def main() -> None:
    """Draw all of them."""
    with chromium() as browser:
        for source, out, size in EMBLEMS:
            draw(browser, source, out, size)


if __name__ == "__main__":
    main()
