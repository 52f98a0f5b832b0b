"""Grading runs the cells that the rule in `needed` names: a case for each part of the rule."""

import sys
import time
import warnings
from concurrent.futures import ThreadPoolExecutor

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder.cells import names, parsing
from autograder.cells.names import ANY_NAME, bindings_in
from autograder.cells.needed import needed, reasons


def graded(source, kind="grade"):
    meta = {"grade_id": "x", "grade": kind == "grade", "solution": kind == "solution"}
    return new_code_cell(source, metadata={"nbgrader": meta})


def demonstration(source):
    return new_code_cell(source, metadata={"tags": ["demonstration"]})


def book(*cells):
    """Make a notebook; a cell given as text is an ungraded one, except the last."""
    *others, last = cells
    made = [new_code_cell(cell) if isinstance(cell, str) else cell for cell in others]
    return new_notebook(cells=[*made, graded(last) if isinstance(last, str) else last])


DEF = "def f(b):\n    return b"
ALL_RUN = {
    "an import": ("import math", "assert 1"),
    "an import inside try": ("try:\n    import x\nexcept E:\n    y = 1", "assert 1"),
    "a star import": ("from m import *", "assert 1"),
    "binds a used name": ("a = 1", "assert a"),
    "binds it in a loop": ("for a in range(3):\n    pass", "assert a"),
    "binds it in passing": ("print(a := 1)", "assert a"),
    "binds it in a function": ("def g():\n    global a\n    a = 1", "assert a"),
    "binds it again": ("a = 1", "a = 2", "assert a"),
    "deletes it": ("a = 1", "del a", "assert a"),
    "used by a cell that is run": ("a = 1", "b = a", "c = b", "assert c"),
    "used in a function": ("a = 1", "def g():\n    return a", "assert g()"),
    "bound after the function": ("def g():\n    return a", "a = 1", "assert g()"),
    "used, then bound by the same cell": ("a = 1", "c = a\na = 2", "assert c"),
    "bound from itself": ("a = 1", "assert (a := a + 1)"),
    "bound by a loop over itself": ("a = 1", "for a in g(a):\n    pass"),
    "added to by the check": ("a = 1", "a += 1\nassert 1"),
    "deleted by the check": ("a = 1", "del a"),
    "read and bound by a function": (
        "a = 1",
        "def g():\n    global a\n    a = a + 1",
        "g()",
    ),
    "a default value": ("a = 1", "def g(b=a):\n    return b\na = 2"),
    "a default value of a lambda": ("a = 1", "g = lambda b=a: b\na = 2"),
    "a decorator": ("a = g", "@a\ndef h(): pass\na = 1"),
    "the body of a class": ("a = 1", "class C:\n    b = a\na = 2"),
    "a class's name of the same name": ("a = 1", "class C:\n    a = a"),
    "called before it is bound": ("a = 1", "def g():\n    return a\nb = g()\na = 2"),
    "read where only a function within binds it": (
        "a = 1",
        "def g():\n    def h():\n        a = 2\n    return a\nb = g()\na = 3",
    ),
    "a lambda before it is bound": ("a = 1", "b = lambda: a\na = 3\nb()"),
    "after a comprehension over that name": ("a = 1", "[a for a in range(3)]\na += 1"),
    "bound by one branch": ("a = 1", "if g():\n    a = 2\nassert a"),
    "bound in a try that may fail": ("a = 1", "try:\n    a = g()\nexcept E:\n    pass\nassert a"),
    "bound by a loop that may be empty": ("a = 1", "for a in g():\n    pass\nassert a"),
    "only annotated": ("a = 1", "a: int\nassert a"),
    "caught, and then gone": ("a = 1", "try:\n    g()\nexcept E as a:\n    pass\nassert a"),
    "an imported name that is bound again": (
        "from m import a",
        "a = list(a)",
        "a.append(1)",
        "assert a",
    ),
    "vars": ("a = 1", "b = vars()['a']", "assert b"),
    "added to": ("a = 1", "a += 1", "assert a"),
    "changed in an attribute": ("a = g()", "a.b = 1", "assert a"),
    "changed in an attribute of a part": ("a = g()", "a.get('x').b = 1", "assert a"),
    "changed in an item": ("a = []", "a[0] = 1", "assert a"),
    "an item deleted": ("a = []", "del a[0]", "assert a"),
    "a part that is added to": ("a = []", "a[0].b += 1", "assert a"),
    "changed in a loop": ("a = []", "for i in range(3):\n    a[i] = 1", "assert a"),
    "a method called": ("a = []", "a.append(1)", "assert a"),
    "a method of a part called": ("a = []", "a[0].b.append(1)", "assert a"),
    "an item of an imported module": ("import os", "os.environ['A'] = '1'", "os.f()"),
    "a magic, and all before it": ("a = 1", "%matplotlib inline", "assert 1"),
    "a cell magic": ("a = 1", "%%time\ng()", "assert 1"),
    "invalid Python": ("a = 1", "b = = 1", "assert 1"),
    "a very long cell": ("a = 1", "b = 1\n" * 10_000, "assert 1"),
    "exec": ("a = 1", "exec('b = 1')", "assert 1"),
    "globals in a function": ("a = 1", "def g():\n    return globals()['a']", "assert g()"),
    "a magic in an answer": ("a = 1", graded("%time b = a", "solution")),
    "a demonstration before an answer with a magic": (demonstration("a = 1"), "%time g(a)"),
    "a demonstration that binds a used name": (demonstration("a = 1"), "assert a"),
    "a demonstration that binds it under a magic": (demonstration("%%time\na = 1"), "assert a"),
}
SECOND_SKIPPED = {
    "binds another name": ("a = 1", "b = 2", "assert a"),
    "uses a needed name": ("a = 1", "b = a + 1", "assert a"),
    "shows it": ("a = 1", "print(a)", "assert a"),
    "calls a needed function": (DEF, "c = f(1)", "assert f(1)"),
    "trains a model of its own": ("a = 1", "b = g()\nb.fit(a)\nb.c = 1", "assert a"),
    "the check binds it first": ("a = 1", "a = 2", "a = 3\nassert a"),
    "the check binds it in a with": ("a = 1", "a = 2", "with c():\n    a = 3\n    g(a)"),
    "the check binds it in a loop": ("a = 1", "a = 2", "for a in c:\n    g(a)"),
    "the check catches it": ("a = 1", "a = 2", "try:\n    g()\nexcept E as a:\n    g(a)"),
    "the check imports it": ("a = 1", "a = 2", "import a\nassert a"),
    "the check defines it": ("a = 1", "a = 2", "def a():\n    pass\na()"),
    "a parameter of that name": ("a = 1", "a = 2", "def g(a):\n    return a"),
    "a variable of a comprehension": ("a = 1", "a = 2", "assert [a for a in c]"),
    "a variable of a comprehension, bound later": (
        "a = 1",
        "a = 2",
        "b = {a: g(a) for a in c}\nfor a in b:\n    pass",
    ),
    "a comprehension's own name": ("x = 1", "a = 1", "assert [a for a in range(3)]"),
    "bound by both branches": ("x = 1", "a = 1", "if g():\n    a = 1\nelse:\n    a = 2\nassert a"),
    "a name of a class": ("x = 1", "a = 1", "class C:\n    a = 2\n    b = a\nassert C"),
    "a local variable of that name": ("a = 1", "def g():\n    a = 2", "assert a"),
    "an import in a function": ("a = 1", "def g():\n    import m", "assert a"),
    "a call on an imported name": ("import m", "m.seed(0)\nm.a.set(1)", "assert m"),
    "a part of what a function returns": (DEF, "f(1).b = 2\nf(1).append(2)", "assert f(1)"),
    "not followed: a function changes it": ("a = []", "g(a)", "assert a"),
    "not followed: a method in an expression": ("a = []", "c = a.pop()", "assert a"),
    "a demonstration that changes it": ("a = []", demonstration("a.b = 1\na.c()"), "assert a"),
    "a demonstration that imports": ("a = 1", demonstration("import m"), "assert a"),
    "a demonstration with a magic": ("a = 1", demonstration("%time b = 1"), "assert a"),
}


@pytest.mark.parametrize("cells", ALL_RUN.values(), ids=ALL_RUN.keys())
def test_what_the_rule_names_is_run(cells):
    assert needed(book(*cells)) == set(range(len(cells)))


@pytest.mark.parametrize("cells", SECOND_SKIPPED.values(), ids=SECOND_SKIPPED.keys())
def test_nothing_else_is_run(cells):
    assert 1 not in needed(book(*cells))


def test_all_graded_cells_are_run_and_nothing_after_the_last():
    cells = [graded("a = 1", "solution"), new_markdown_cell("a"), graded("assert b")]
    notebook = new_notebook(cells=[*cells, new_code_cell("import m\nb = 1"), new_code_cell("%a")])
    assert needed(notebook) == {0, 2}
    assert needed(new_notebook(cells=[new_code_cell("%time a")])) == set()


def test_a_cell_with_a_magic_needs_nothing_after_it():
    answer = graded("%time g()", "solution")
    assert needed(book("a = 1", answer, "b = 1", "assert 1")) == {0, 1, 3}


def test_the_answer_decides():
    cells = ["data = load()", "data.clear()", "other = 1"]
    solution = "def f():\n    return {}"
    plain = book(*cells, graded(solution.format(1), "solution"), "assert f()")
    using = book(*cells, graded(solution.format("data"), "solution"), "assert f()")
    assert needed(plain) == {3, 4}
    assert needed(using) == {0, 1, 3, 4}


def test_reasons_say_which_cell_needs_what():
    cells = ["import m", "a = []", "a.append(1)", "b = 1", "%time 1", "assert a"]
    assert reasons(book(*cells[:4], cells[5])) == {
        0: "It imports.",
        1: "It binds a, which cell 5 uses.",
        2: "It changes a, which cell 5 uses.",
        4: "It is graded.",
    }
    found = reasons(book(*cells))
    assert found[3] == "Cell 5 may use any name that it binds."
    assert found[4].startswith("It may use or bind any name")


HOSTILE = {
    "a zero byte": "a = '\0'",
    "half a character": "a = '\ud800'",
    "a deep nest": "a = " + "-" * 40_000 + "1",
    "many brackets": "(" * 40_000,
    "a long sum": "a = " + "1+" * 20_000 + "1",
    "a long chain": "a" + ".b" * 20_000 + " = 1",
    "many targets": "a = " * 10_000 + "1",
    "a tall tower": "if a:\n    b\n" + "elif a:\n    b\n" * 2000,
    "nested functions": "".join(" " * i + f"def f{i}():\n" for i in range(99)) + " " * 99 + "a",
    "many spaces": "from " + " " * 40_000,
}


@pytest.mark.parametrize("source", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_text_is_run_and_takes_no_time(source):
    began = time.process_time()
    assert 1 in needed(book("a = 1", graded(source, "solution"), "assert 1"))
    assert time.process_time() - began < 5


def test_many_cells_take_no_time():
    chain = [f"a{i} = a{i + 1}\nb.append(1)" for i in range(3000)]
    began = time.process_time()
    assert len(needed(book(*chain, "assert a0, b"))) == 3001
    assert time.process_time() - began < 15


def test_a_star_import_binds_anything():
    assert bindings_in("try:\n    from m import *\nexcept E:\n    a = 1").binds == {"a", ANY_NAME}


def test_a_cell_read_before_is_not_parsed_again(monkeypatch):
    parsed = []
    monkeypatch.setattr(
        parsing, "tree", lambda code, tree=parsing.tree: parsed.append(code) or tree(code)
    )
    cells = ["known_a = 1", "known_b = 2", "assert known_a"]
    long = "known_c = 1\n" * 1000
    assert needed(book(*cells)) == {0, 2}
    assert needed(book(long, *cells)) == {1, 3}
    assert needed(book(long, *cells)) == {1, 3}
    assert sorted(parsed) == sorted([*cells, long, long])


def test_odd_escapes_warn_nobody():
    odd = "a = '\\d'"
    assert "\\d" in odd
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert needed(book(odd, "b = '\\w'", "assert a")) == {0, 2}
        assert bindings_in(odd).binds == {"a"}
        with pytest.raises(SyntaxError):
            compile(odd, "<other>", "exec")


def test_many_threads_find_the_same():
    """Python counts the depth of trees for all threads together."""
    names._kept.cache_clear()
    notebooks = [book(*(f"# {n}\n{c}" for c in cells)) for n in range(9) for cells in _TEXTS]
    one_by_one = list(map(reasons, notebooks))
    names._kept.cache_clear()
    before = warnings.filters[1:]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        with ThreadPoolExecutor(8) as threads:
            assert list(threads.map(reasons, notebooks)) == one_by_one
    finally:
        sys.setswitchinterval(interval)
    assert warnings.filters[1:] == before


_TEXTS = [cells for cells in ALL_RUN.values() if all(isinstance(cell, str) for cell in cells)]
