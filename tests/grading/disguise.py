"""What tests of similarity share: answers that nobody else wrote, and copies made unlike them."""

import ast
import random
import re
from collections.abc import Iterator

_WORDS = ("total", "kept", "picked", "found", "rate", "layer", "weight", "size", "block", "seen")
_CALLS = ("sum", "len", "max", "sorted", "abs", "np.mean", "np.prod", "keras.ops.sum", "zip", "any")
_PARTS = ("trainable", "shape", "name", "weights", "layers", "inputs", "output", "dtype", "units")
_OPERATORS = ("+", "-", "*", "/", "//", "%", "@", "<", ">=", "==")


def invented(name: str, chance: random.Random, length: int = 10) -> str:
    """A function of `length` statements, each made at random: nobody writes the same by chance."""
    names = ["model"]
    lines = [f"def {name}(model):"]
    indent = "    "
    for _ in range(length):
        new = chance.choice(_WORDS)
        kind = chance.random()
        if kind < 0.2:
            lines.append(f"{indent}for {new} in {_expression(names, chance)}:")
            lines.append(
                f"{indent}    {new}.{chance.choice(_PARTS)} = {_expression(names, chance)}"
            )
        elif kind < 0.4:
            lines.append(f"{indent}if {_expression(names, chance)}:")
            lines.append(f"{indent}    {new} = {_expression(names, chance)}")
        else:
            lines.append(f"{indent}{new} = {_expression(names, chance)}")
        names.append(new)
    return "\n".join([*lines, f"{indent}return {_expression(names, chance)}"])


def _expression(names: list[str], chance: random.Random, depth: int = 2) -> str:
    if not depth or chance.random() < 0.15:
        return chance.choice([*names, *names, str(chance.randrange(9))])
    inner = [_expression(names, chance, depth - 1) for _ in range(2)]
    match chance.randrange(4):
        case 0:
            return f"{chance.choice(_CALLS)}({', '.join(inner)})"
        case 1:
            return f"{chance.choice(names)}.{chance.choice(_PARTS)}"
        case 2:
            return f"({inner[0]} {chance.choice(_OPERATORS)} {inner[1]})"
        case _:
            return f"[{inner[0]} for {chance.choice(_WORDS)} in {inner[1]}]"


def disguised(code: str, chance: random.Random) -> str:
    """A copy with other names, texts, comments and layout, with prints, in another order."""
    tree = ast.parse(code)
    tree = _Renamed(tree).visit(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.For | ast.If):
            node.body = list(_decorated(_reordered(node.body, chance), chance))
    lines = ast.unparse(ast.fix_missing_locations(tree)).splitlines()
    commented = [f"{line}  # so that it works" if number % 3 else line + "\n" for number, line in
                 enumerate(lines)]  # fmt: skip
    return re.sub(r"(?m)^( +)", lambda found: found[1] * 2, "\n".join(commented))


class _Renamed(ast.NodeTransformer):
    """Gives every name that the code binds another one, but not what its functions are called."""

    def __init__(self, tree: ast.Module) -> None:
        kept = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
        bound = {node.id for node in ast.walk(tree) if _is_stored(node)}
        bound |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
        self._names = {name: f"my_{place}" for place, name in enumerate(sorted(bound - kept))}

    def visit_Name(self, node: ast.Name) -> ast.Name:
        return ast.Name(self._names.get(node.id, node.id), node.ctx)

    def visit_arg(self, node: ast.arg) -> ast.arg:
        return ast.arg(self._names.get(node.arg, node.arg))

    def visit_Constant(self, node: ast.Constant) -> ast.Constant:
        return ast.Constant("other words") if isinstance(node.value, str) else node


def _is_stored(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)


def _reordered(body: list[ast.stmt], chance: random.Random) -> list[ast.stmt]:
    """Swap neighbours that need nothing of each other."""
    body = list(body)
    for place in range(len(body) - 1):
        first, second = body[place : place + 2]
        both_assign = isinstance(first, ast.Assign) and isinstance(second, ast.Assign)
        if both_assign and not _names_in(first) & _names_in(second) and chance.random() < 0.8:
            body[place : place + 2] = [second, first]
    return body


def _names_in(node: ast.AST) -> set[str]:
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}


def _decorated(body: list[ast.stmt], chance: random.Random) -> Iterator[ast.stmt]:
    for node in body:
        if chance.random() < 0.3:
            yield from ast.parse("print('so far', 42)").body
        yield node
