"""What the tests look for in a lesson's notebook: exercises, prose, imports, figures, explorers."""

import ast

import nbformat


def grade_ids(notebook: nbformat.NotebookNode) -> list[str]:
    return [c.metadata.nbgrader.grade_id for c in notebook.cells if "nbgrader" in c.metadata]


def exercises(notebook: nbformat.NotebookNode) -> list[str]:
    names = grade_ids(notebook)
    return [name for name in names if f"{name}_check" in names]


def code_cells(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def prose(notebook: nbformat.NotebookNode) -> str:
    return "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


def imports(code: str) -> dict[str, str]:
    """Return the names that some code imports, each with the module it comes from."""
    return {
        alias.asname or alias.name.partition(".")[0]: getattr(node, "module", None) or alias.name
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }


def imported_in(notebook: nbformat.NotebookNode) -> dict[str, str]:
    return {name: of for cell in code_cells(notebook) for name, of in imports(cell.source).items()}


def last_call(code: str) -> ast.Call | None:
    """Return the call that a cell ends with and whose value it shows."""
    body = ast.parse(code).body
    last = body[-1].value if body and isinstance(body[-1], ast.Expr) else None
    return last if isinstance(last, ast.Call) else None


def shown_by_see(code: str, imported: dict[str, str]) -> str:
    """Return the name of the function of `transferlab.see` whose value a cell shows, else ""."""
    call = last_call(code)
    match call and call.func:
        case ast.Name(name) if imported.get(name, "").startswith("transferlab.see"):
            return name
        case ast.Attribute(ast.Name(module), name) if module == "see" or imported.get(
            module, ""
        ).startswith("transferlab.see"):
            return name
    return ""
