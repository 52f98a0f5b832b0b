"""Jupyter Book in a process of its own, ready when the pages are.

Run as `python -P book/builder/sphinx_process.py`: it imports what Sphinx needs while
the pages are still being written, waits until a folder is named on its standard input, and then
does what `jupyter-book build` does with it, warnings being errors.
It must not know what the pages are about.
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

# Sphinx forks for every few pages: what is compiled here is not compiled in each of the processes.
get_validator(4, 5)
get_lexer_by_name("ipython3")
# A build is over before looking for garbage would pay: a page is a tree of all its words.
gc.disable()

if folder := sys.stdin.readline().strip():
    main(["build", folder, "-W", "-n", "--keep-going"])
