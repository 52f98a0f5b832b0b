"""Which names a code cell binds and uses, and whether it sets anything that has no name.

Reads Python, and runs none of it. It must not know notebooks, exercises or scores.
"""

import ast
import builtins
import re
import symtable
import warnings
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field

# A text so long is no lesson's; to read it might take a hostile one's time.
_LONGEST = 30_000
STATE = "<state>"  # stands among a function's names if calling it sets something without a name
_READS_ANYTHING = {
    *("exec", "eval", "globals", "locals", "vars", "dir", "get_ipython", "__import__"),
    *("__builtins__", "builtins", "importlib", "inspect", "gc", "ctypes", "__main__"),
}
_LEADS_ANYWHERE = {"__globals__", "__builtins__", "f_globals", "f_locals", "_getframe"}
_HISTORY = re.compile(r"_+|_\d+|_i+\d*|_[oid]h|In|Out")
_FROM_LIBRARY_BY_NAME = {"getattr", "setattr", "delattr"}
# Words in the names of library functions that set something for all that comes after.
_SETS = {
    *("seed", "set", "reset", "use", "enable", "disable", "clear", "register", "config", "patch"),
    *("configure", "install", "limits", "seterr", "chdir", "putenv", "filterwarnings"),
    *("simplefilter", "basicConfig", "setLevel"),
}
# Of a list or dict inside a library: `sys.path.append`. `np.append` changes nothing.
_CHANGES = {
    *("append", "extend", "insert", "update", "setdefault", "pop", "popitem", "remove", "add"),
    *("discard", "sort", "reverse"),
}
_WRITES = {
    *("save", "savez", "savefig", "savetxt", "dump", "write", "writelines", "open", "mkdir"),
    *("mkdtemp", "makedirs", "unlink", "rename", "rmdir", "rmtree", "touch", "extractall"),
    *("copyfile", "copytree", "move", "system", "Popen", "run"),
}
_WRITES_WITH = re.compile(r"(save|write)_\w+|to_(csv|json|excel|parquet|pickle|hdf|html|sql|file)")
_PURE_BUILTINS = frozenset(dir(builtins)) - {"open"}
_Function = ast.FunctionDef | ast.AsyncFunctionDef


class Unreadable(ValueError):
    """What a cell binds and uses can't be told by reading it."""


@dataclass(frozen=True)
class Kinds:
    """What the names of a notebook stand for.

    `imported` holds names of what comes from libraries, `bodies` what the functions defined in
    the notebook use when they are called, `objects` all other names: what they stand for can be
    changed, or can hold or call something that can.
    """

    imported: Set[str]
    bodies: Mapping[str, Set[str]]
    objects: Set[str]


@dataclass
class Names:
    """What one cell binds (or deletes), uses as earlier cells left it, and mentions at all.

    Functions that it mentions count with all that they use when called, except where it only
    defines them. `sets` tells whether it sets something that has no name: a random seed, say.
    """

    binds: set[str] = field(default_factory=set)
    uses: set[str] = field(default_factory=set)
    mentions: set[str] = field(default_factory=set)
    sets: bool = False


def parse(source: str) -> ast.Module:
    """Parse a cell.

    Raises:
        Unreadable: it isn't Python (a magic, say), or has a way to reach names unseen (`exec`).
    """
    if len(source) > _LONGEST:
        raise Unreadable("it is very long")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a student's odd escapes
            tree = ast.parse(source)
        for node in ast.walk(tree):
            _refuse_hidden_names(node)
        for statement in _simple_statements(tree.body):
            _symbols(statement)  # some errors, such as `nonlocal` at the top, show only here
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise Unreadable(str(error) or type(error).__name__) from error
    return tree


def kinds_of(trees: Iterable[ast.Module]) -> Kinds:
    """Tell what the names that some cells bind stand for."""
    trees = list(trees)
    bodies: dict[str, set[str]] = {}
    objects: set[str] = set()
    imported = {name for tree in trees for name in _imported(tree)}
    statements = [s for tree in trees for s in _simple_statements(tree.body)]
    for statement in statements:
        imported |= _new_names(statement, imported)
    for statement in statements:
        if isinstance(statement, _Function) and _is_plain(statement):
            bodies.setdefault(statement.name, set()).update(_body(statement, imported))
            objects |= _symbols(statement)[1] - {statement.name}
        elif not isinstance(statement, ast.Import | ast.ImportFrom):
            objects |= _symbols(statement)[1] - _new_names(statement, imported)
    for name in {name for tree in trees for name in _with_attributes(tree)} | objects:
        if bodies.pop(name, None) is not None:  # `f.calls += 1`: a function that is changed
            objects.add(name)
    return Kinds(imported, bodies, objects)


def names_of(tree: ast.Module, kinds: Kinds) -> Names:
    """Tell what a cell binds, uses, mentions and sets.

    Raises:
        Unreadable: it reads what IPython has kept of earlier cells (`_`, `Out`), or is nested too
            deeply.
    """
    reader = _Reader(kinds)
    try:
        reader.block(tree.body, set())
    except RecursionError as error:
        raise Unreadable("it is nested too deeply") from error
    for name in reader.names.uses:
        if _HISTORY.fullmatch(name):
            raise Unreadable(f"{name} is what an earlier cell showed")
    known = kinds.imported | kinds.bodies.keys() | kinds.objects | _PURE_BUILTINS
    for statement in tree.body:
        match statement:
            case ast.Expr(ast.Name(name)) if name not in known:
                raise Unreadable(f"{name} may be a magic")  # IPython allows `reset` for `%reset`
    return reader.names


class _Reader:
    """Goes through a cell from the top, and knows at each point what the cell itself has bound."""

    def __init__(self, kinds: Kinds) -> None:
        self.kinds = kinds
        self.names = Names()

    def block(self, statements: Iterable[ast.stmt], bound: set[str]) -> None:
        for statement in statements:
            branches = _branches(statement)
            for heads, body in branches:
                # It may break off or never begin, so nothing is bound for sure after it.
                self.block([*heads, *body], set(bound))
            if not branches:
                self._simple(statement, bound)

    def _simple(self, statement: ast.stmt, bound: set[str]) -> None:
        outer, binds, inner = _symbols(statement)
        defines = (
            isinstance(statement, _Function)
            and _is_plain(statement)
            and statement.name in self.kinds.bodies
        )
        mentioned = self._with_bodies(outer if defines else outer | inner)
        if isinstance(statement, ast.Delete):
            mentioned |= binds
        self.names.mentions |= mentioned
        self.names.uses |= mentioned - bound
        self.names.binds |= binds
        self.names.sets |= isinstance(statement, ast.Import | ast.ImportFrom) or (
            not defines and any(_sets(node, self.kinds.imported) for node in ast.walk(statement))
        )
        if isinstance(statement, ast.Delete):
            bound -= binds
        else:
            bound |= binds - _perhaps_bound(statement)

    def _with_bodies(self, names: Set[str]) -> set[str]:
        found: set[str] = set()
        waiting = set(names)
        while waiting:
            name = waiting.pop()
            found.add(name)
            waiting |= self.kinds.bodies.get(name, frozenset()) - found
        return found


def _branches(statement: ast.stmt) -> list[tuple[list[ast.stmt], list[ast.stmt]]]:
    """The blocks of a compound statement, each after what is done before it; else none."""
    match statement:
        case ast.If(test, body, orelse) | ast.While(test, body, orelse):
            return [([ast.Expr(test)], body), ([ast.Expr(test)], orelse)]
        case ast.For(target, values, body, orelse) | ast.AsyncFor(target, values, body, orelse):
            return [([_assign(target, values)], body), ([], orelse)]
        case ast.With(items, body) | ast.AsyncWith(items, body):
            return [([_entered(item) for item in items], body)]
        case ast.Try(body, handlers, orelse, final) | ast.TryStar(body, handlers, orelse, final):
            caught = [([_caught(handler)], handler.body) for handler in handlers]
            return [([], body), *caught, ([], orelse), ([], final)]
        case ast.Match(subject, cases):
            return [([_matched(subject, case)], case.body) for case in cases]
    return []


def _assign(target: ast.expr, value: ast.expr) -> ast.stmt:
    return ast.Assign([target], value, lineno=0)


def _entered(item: ast.withitem) -> ast.stmt:
    context = item.context_expr
    return _assign(item.optional_vars, context) if item.optional_vars else ast.Expr(context)


def _caught(handler: ast.ExceptHandler) -> ast.stmt:
    error = handler.type or ast.Constant(None)
    name = ast.Name(handler.name, ast.Store()) if handler.name else None
    return _assign(name, error) if name else ast.Expr(error)


def _matched(subject: ast.expr, case: ast.match_case) -> ast.stmt:
    return ast.Match(subject, [ast.match_case(case.pattern, case.guard, [ast.Pass()])])


def _simple_statements(statements: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    for statement in statements:
        branches = _branches(statement)
        if not branches:
            yield statement
        for heads, body in branches:
            yield from heads
            yield from _simple_statements(body)


def _symbols(statement: ast.stmt) -> tuple[set[str], set[str], set[str]]:
    """What a statement reads itself, what it binds, and what the functions in it read."""
    if isinstance(statement, ast.AugAssign):
        value = ast.BinOp(statement.target, statement.op, statement.value)
        statement = _assign(statement.target, value)
    code = ast.unparse(ast.fix_missing_locations(statement))
    table = symtable.symtable(code, "<cell>", "exec")
    symbols = table.get_symbols()
    reads = {symbol.get_name() for symbol in symbols if symbol.is_referenced()}
    binds = {
        symbol.get_name()
        for symbol in symbols
        if symbol.is_assigned() or symbol.is_imported() or symbol.is_declared_global()
    }
    for node in ast.walk(statement):
        if isinstance(node, ast.Global):
            binds |= set(node.names)
    return reads, binds, set(_inner_names(table))


def _inner_names(table: symtable.SymbolTable) -> Iterator[str]:
    for child in table.get_children():
        # A class body may read a global name and then bind its own of that name.
        is_class = child.get_type() == "class"
        for symbol in child.get_symbols():
            is_read = symbol.is_referenced() and (symbol.is_global() or is_class)
            if is_read or symbol.is_declared_global():
                yield symbol.get_name()
        yield from _inner_names(child)


def _perhaps_bound(statement: ast.stmt) -> set[str]:
    """Names that a statement binds only if it comes to that: `a or (b := 1)`, `global c`."""
    perhaps: set[str] = set()
    for node in ast.walk(statement):
        if isinstance(node, ast.NamedExpr):
            perhaps.add(node.target.id)
        elif isinstance(node, ast.Global):
            perhaps |= set(node.names)
    if isinstance(statement, ast.AnnAssign) and not statement.value:
        perhaps |= _symbols(statement)[1]
    return perhaps


def _is_plain(function: _Function) -> bool:
    """Whether a function holds no object; a decorator or a default value might be or make one."""
    defaults = [*function.args.defaults, *filter(None, function.args.kw_defaults)]
    return not function.decorator_list and all(isinstance(node, ast.Constant) for node in defaults)


def _body(function: ast.stmt, imported: Set[str]) -> set[str]:
    names = _symbols(function)[2]
    # The random state is not among it. What a demonstration's functions draw or seed in the
    # course of their work leaves it anywhere; a check must not depend on that.
    if any(_sets(node, imported, seeds=False) for node in ast.walk(function)):
        names.add(STATE)
    return names


def _imported(tree: ast.Module) -> set[str]:
    """Names that are imported anywhere in a cell, its functions included."""
    return {
        alias.asname or alias.name.partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }


def _new_names(statement: ast.stmt, imported: Set[str]) -> set[str]:
    """Further names that a statement gives to parts of libraries: `layers = keras.layers`."""
    match statement:
        case ast.Assign([ast.Name(name)], ast.Attribute() as value):
            chain = [node for node in ast.walk(value) if isinstance(node, ast.expr)]
            plain = all(isinstance(node, ast.Attribute | ast.Name) for node in chain)
            return {name} if plain and _root(value) in imported else set()
    return set()


def _with_attributes(tree: ast.Module) -> set[str]:
    return {
        node.value.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    }


def _sets(node: ast.AST, imported: Set[str], *, seeds: bool = True) -> bool:
    """Whether a part of a statement sets something that has no name here, or writes a file."""
    match node:
        case (
            ast.Attribute(ctx=ast.Store() | ast.Del()) | ast.Subscript(ctx=ast.Store() | ast.Del())
        ):
            return _root(node) in imported
        case ast.Expr(ast.Call() as call) if _root(call) in imported:
            # Called for its effect, and given nothing of this notebook that it could have it on.
            mentioned = {name.id for name in ast.walk(call) if isinstance(name, ast.Name)}
            return mentioned <= imported | _PURE_BUILTINS and (seeds or not _seeds(call))
        case ast.Call():
            return (seeds or not _seeds(node)) and _calls_a_setter(node, imported)
    return False


def _calls_a_setter(call: ast.Call, imported: Set[str]) -> bool:
    name = _last_name(call)
    if name in _WRITES or _WRITES_WITH.fullmatch(name):
        return True
    if name in _FROM_LIBRARY_BY_NAME and call.args:
        return name != "getattr" and _root(call.args[0]) in imported
    if isinstance(call.func, ast.Call) and _last_name(call.func) == "getattr":
        return bool(call.func.args) and _root(call.func.args[0]) in imported
    if _root(call) not in imported:
        return False
    inside = isinstance(call.func, ast.Attribute) and not isinstance(call.func.value, ast.Name)
    return bool(_SETS & {name, *name.split("_")}) or (inside and name in _CHANGES)


def _seeds(call: ast.Call) -> bool:
    return "seed" in _last_name(call).split("_")


def _last_name(call: ast.Call) -> str:
    match call.func:
        case ast.Name(name) | ast.Attribute(_, name):
            return name
    return ""


def _root(node: ast.AST) -> str:
    """The name that a chain such as `keras.utils.f(1)[0].g` begins with."""
    while True:
        match node:
            case ast.Name(name):
                return name
            case ast.Attribute(value) | ast.Subscript(value) | ast.Call(value):
                node = value
            case _:
                return ""


def _refuse_hidden_names(node: ast.AST) -> None:
    match node:
        case ast.Name(name) if name in _READS_ANYTHING:
            raise Unreadable(f"{name} may reach any name")
        case ast.Attribute(_, name) if name in _LEADS_ANYWHERE:
            raise Unreadable(f"{name} may reach any name")
        case ast.Attribute(ast.Name("sys"), "modules"):
            raise Unreadable("sys.modules may reach any name")
        case ast.ImportFrom(module, names):
            _refuse_modules([module or "", *(alias.name for alias in names)])
        case ast.Import(names):
            _refuse_modules([alias.name for alias in names])


def _refuse_modules(modules: list[str]) -> None:
    for module in modules:
        if module == "*" or module.partition(".")[0] in _READS_ANYTHING:
            raise Unreadable(f"an import of {module} may bind or reach any name")
