"""The folders hold what they promise: imports go down, in no circle, and through package faces."""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# From the bottom up. What is in one line knows nothing of the others in it, nor of what is above.
LAYERS = (
    {"errors", "limits", "wording"},
    {"answer_bank"},
    {"carry", "files"},
    {"cells", "processes"},
    {"execution", "runner", "scoring"},
    {"workspace"},
    {"lesson"},
    {"record", "submission"},
    {"grading"},
    {"class_report", "demo_class", "lms"},
    {"commands"},
    {"cli"},
)
HEIGHT = {name: height for height, layer in enumerate(LAYERS) for name in layer}
# By the zygote, which imports no runner, and by the configuration file in a workspace.
CALLED_BY_NAME = {("runner", "serve"), ("workspace", "configure")}
# Where the code stands, and the first part of its modules' names.
SOURCES = (("autograder", "autograder"), ("course/transferlab", "transferlab"), ("book", ""))


@dataclass(frozen=True)
class Import:
    """One module imports another, or a name that another has."""

    importer: str
    imported: str
    name: str = ""

    def __str__(self) -> str:
        what = f"{self.imported}.{self.name}" if self.name else self.imported
        return f"{self.importer} imports {what}"


def modules() -> dict[str, Path]:
    """Every module of ours, by its name."""
    found = {}
    for folder, package in SOURCES:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "node_modules" not in path.parts and "_ext" not in path.parts:
                inner = path.relative_to(ROOT / folder).with_suffix("").parts
                parts = [part for part in (package, *inner) if part not in ("", "__init__")]
                found[".".join(parts)] = path
    return found


def imports_in(importer: str, code: str) -> Iterator[Import]:
    """Every import in a module's code, those inside of functions too."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            yield from (Import(importer, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{importer} has a relative import"
            for alias in node.names:
                if node.module == "autograder":  # a package or module, whatever it looks like
                    yield Import(importer, f"autograder.{alias.name}")
                else:
                    yield Import(importer, node.module or "", alias.name)
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
            named = [each.value for each in node.args[:1] if isinstance(each, ast.Constant)]
            yield from (Import(importer, str(name)) for name in named)


@cache
def all_imports() -> tuple[Import, ...]:
    return tuple(
        each
        for module, path in modules().items()
        for each in imports_in(module, path.read_text(encoding="utf-8"))
    )


def part(module: str) -> str:
    """The package or module directly below `autograder`; empty for anything else."""
    top, _, rest = module.partition(".")
    return rest.partition(".")[0] if top == "autograder" else ""


def upward(imports: Iterable[Import]) -> list[str]:
    """The imports that lead to a layer that isn't below the importer's own."""
    return [
        str(each)
        for each in imports
        if part(each.importer) and part(each.imported)
        if part(each.importer) != part(each.imported)
        if HEIGHT[part(each.imported)] >= HEIGHT[part(each.importer)]
    ]


def past_a_face(imports: Iterable[Import], faces: dict[str, set[str]]) -> list[str]:
    """The imports from outside a package that ask for more than its face shows."""
    return [
        str(each)
        for each in imports
        if part(each.imported) in faces and part(each.importer) != part(each.imported)
        if each.imported != f"autograder.{part(each.imported)}"
        or each.name not in faces[part(each.imported)]
    ]


def through_own_face(imports: Iterable[Import]) -> list[str]:
    """The imports by which a module asks the face of its own package, which imports the module."""
    return [
        str(each)
        for each in imports
        if part(each.importer) and each.imported == f"autograder.{part(each.importer)}"
        if each.importer != each.imported and f"{each.imported}.{each.name}" not in modules()
    ]


def circle(imports: Iterable[Import], known: Iterable[str]) -> list[str]:
    """The modules of one circle of imports; empty if there is none."""
    names = set(known)
    leads: dict[str, set[str]] = {name: set() for name in names}
    for each in imports:
        whole = f"{each.imported}.{each.name}"
        target = whole if whole in names else each.imported
        # Its own package is imported before a module in any case.
        if target in names and not f"{each.importer}.".startswith(f"{target}."):
            leads[each.importer].add(target)
    try:
        TopologicalSorter(leads).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def faces() -> dict[str, set[str]]:
    """What each package below `autograder` shows, by its `__all__`."""
    found = {}
    for path in sorted((ROOT / "autograder").glob("*/__init__.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        shown = [
            node.value
            for node in tree.body
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
        ]
        assert len(shown) == 1, f"{path.parent.name}/__init__.py has no __all__"
        found[path.parent.name] = set(ast.literal_eval(shown[0]))
    return found


def test_every_module_has_its_layer() -> None:
    found = {part(module) for module in modules()} - {""}
    assert found == set(HEIGHT)


def test_imports_go_down() -> None:
    assert upward(all_imports()) == []


def test_no_circle_of_imports() -> None:
    assert circle(all_imports(), modules()) == []
    assert through_own_face(all_imports()) == []


def test_a_package_is_entered_by_its_face() -> None:
    assert past_a_face(all_imports(), faces()) == []


def test_a_face_is_one_sentence_and_what_others_use() -> None:
    """A name that nobody outside asks for is no part of a face."""
    used = {
        (part(each.imported), each.name)
        for each in all_imports()
        if part(each.importer) != part(each.imported)
    }
    for package, names in faces().items():
        path = ROOT / "autograder" / package / "__init__.py"
        said = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
        assert said.partition("\n")[0].endswith("."), package
        idle = {name for name in names if (package, name) not in used | CALLED_BY_NAME}
        assert not idle, f"{package} shows {sorted(idle)}, which nothing uses"


@pytest.mark.parametrize("package", ["transferlab", "builder"])
def test_what_students_have_needs_nothing_of_the_graders(package: str) -> None:
    """Nor does the grader need the website, nor the course either of them."""
    forbidden = {"transferlab": ("autograder", "builder", "tests"), "builder": ("tests",)}[package]
    assert not [
        str(each)
        for each in all_imports()
        if each.importer.partition(".")[0] == package
        and each.imported.partition(".")[0] in forbidden
    ]
    assert not [
        str(each)
        for each in all_imports()
        if each.importer.startswith("autograder")
        and each.imported.partition(".")[0] in ("builder", "build", "tests")
    ]


BAD = [
    Import("autograder.files.atomic", "autograder.grading", "Grading"),
    Import("autograder.cells.names", "autograder.processes", "Usage"),
    Import("autograder.grading.lesson", "autograder.cells.names", "bindings_in"),
    Import("autograder.grading.lesson", "autograder.cells", "hidden"),
]


@pytest.mark.parametrize(
    "code",
    [
        "from autograder import grading",
        "import autograder.grading.engine",
        "def f():\n    from autograder.grading import Grading",
        "import importlib\nimportlib.import_module('autograder.grading')",
    ],
)
def test_an_import_is_found_however_it_is_written(code: str) -> None:
    found = list(imports_in("autograder.cells.names", code))
    assert len(upward(found)) == 1


def test_a_wrong_import_is_named() -> None:
    whole = list(imports_in("autograder.lms.names", "from autograder import cells"))
    assert past_a_face(whole, {"cells": {"bindings_in"}})
    own = Import("autograder.cells.parsing", "autograder.cells", "bindings_in")
    assert through_own_face([own, Import("autograder.cells.names", "autograder.cells", "parsing")])
    assert upward(BAD) == [str(BAD[0]), str(BAD[1])]
    assert past_a_face(BAD[2:], {"cells": {"bindings_in"}}) == [str(BAD[2]), str(BAD[3])]
    around = [Import("a", "b"), Import("b", "c.d", "e"), Import("c.d", "a")]
    assert set(circle(around, {"a", "b", "c", "c.d"})) == {"a", "b", "c.d"}
