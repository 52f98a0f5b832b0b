"""Run Jupyter Book in its own process, ready when the pages are.

Run as `python -P book/builder/sphinx_process.py`, it imports what Sphinx needs while the pages are
still being written, waits until a folder is named on its standard input, and then does what
`jupyter-book build` does with it. Warnings are errors. It must not know what the pages are about.
"""

import gc
import sys

# ruff: noqa: F401 - Jupyter Book would import these only when it begins to build.
import jupyter_book.sphinx
import myst_nb.sphinx_ext
import sphinx.builders.html
import sphinx.search.en
import sphinx_book_theme
from jupyter_book.cli.main import main
from nbformat.validator import get_validator
from pygments.lexers import get_lexer_by_name

# Sphinx forks for every few pages: what is compiled here need not be compiled in each process.
get_validator(4, 5)
get_lexer_by_name("ipython3")
# Garbage collection costs more than it gains in a short build: a page is a tree of all its words.
gc.disable()

if folder := sys.stdin.readline().strip():
    main(["build", folder, "-W", "-n", "--keep-going"])
