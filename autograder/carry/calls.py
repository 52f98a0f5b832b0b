"""Let a judge call a student's functions, which may call back the functions they are given.

The two sides wait for each other, so that only one works at a time. Each message is a kind and a
value: `begin`, `fetch` (a name), `call` (function, arguments, keywords, seed), `return` (a value),
`raise` (an error). It must not know what is checked, nor how values are carried.
"""

import builtins
import contextlib
import random
import sys
from collections.abc import Collection, MutableMapping
from dataclasses import dataclass
from typing import Any

from autograder.carry.errors import CarryError, StudentError
from autograder.carry.frames import Limits, Transport
from autograder.carry.objects import Foreign, is_name
from autograder.carry.parcels import Parcels

TRUSTED = ("transferlab",)
_LONGEST_TEXT = 2000
_INTERRUPTED = "it took too long and was stopped: look for a loop that never ends"
_SEEDS = 2**31
_ENDS = (StopIteration, StopAsyncIteration)


@dataclass(frozen=True)
class CallLimits:
    """How often the two sides may call each other.

    Attributes:
        calls: calls of a student's functions.
        callbacks: calls of the judge's functions by the student.
        depth: calls within calls.
    """

    calls: int = 1000
    callbacks: int = 10_000
    depth: int = 6


class Judge:
    """The trusted end: it fetches values from the student, and functions that it can call.

    Each judge is for one check; the next one starts without anything that this one has seen.
    """

    def __init__(
        self,
        transport: Transport,
        calls: CallLimits | None = None,
        *,
        trusted: Collection[str] = TRUSTED,
        limits: Limits | None = None,
    ) -> None:
        self._transport, self._limits = transport, calls or CallLimits()
        self._parcels = Parcels(
            is_judge=True, call=self._call, trusted=trusted, limits=limits or Limits()
        )
        self._calls = self._callbacks = self._depth = 0
        self._raised: list[BaseException] = []
        self._ask("begin", None)

    def fetch(self, name: str) -> object:
        """Return what the student has defined under a name.

        Raises:
            NameError: the student has defined nothing under it.
            CarryError: the student's end sends something that is not an answer.
        """
        return self._ask("fetch", name)

    def stand_ins(self) -> list[str]:
        """Return the type names of the values that could not be carried from the student."""
        objects = self._parcels.objects
        values = (objects.find(name, object) for name in objects)
        return [type(value).__name__ for value in values if isinstance(value, Foreign)]

    def _call(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> object:
        self._calls += 1
        if self._calls > self._limits.calls or self._depth >= self._limits.depth:
            raise CarryError("the student's functions were called too often or too deeply")
        self._depth += 1
        try:
            seed = random.randrange(_SEEDS)
            return self._ask("call", [name, list(args), kwargs, seed])
        finally:
            self._depth -= 1

    def _ask(self, kind: str, value: object) -> object:
        self._transport.send(self._parcels.pack(kind, value))
        while True:
            match self._parcels.unpack(self._transport.receive()):
                case ["return", answer]:
                    return answer
                case ["raise", dict() as report]:
                    raise self._error(report)
                case ["call", [str() as name, list() as args, dict() as kwargs, None]]:
                    self._answer(name, args, kwargs)
                case _:
                    raise CarryError("a message is of an unexpected kind")

    def _answer(self, name: str, args: list[Any], kwargs: dict[Any, Any]) -> None:
        """Run a function of the judge that the student calls, and send the student the result."""
        self._callbacks += 1
        if self._callbacks > self._limits.callbacks:
            raise CarryError("the student called back too often")
        function = self._parcels.objects.find(name, object)
        if name[:1] != "j" or not callable(function):
            raise CarryError("the student called something that is not a function of the judge")
        try:
            answer = function(*args, **kwargs)
        except CarryError:
            raise
        except Exception as error:
            self._raised.append(error)
            report = _report(error) | {"origin": len(self._raised) - 1}
            self._transport.send(self._parcels.pack("raise", report))
        else:
            self._transport.send(self._parcels.pack("return", answer))

    def _error(self, report: dict[Any, Any]) -> BaseException:
        origin = report.get("origin")
        if type(origin) is int and 0 <= origin < len(self._raised):
            return self._raised[origin]
        return _as_exception(report)


class Student:
    """The other end, in whose process the student's code has run.

    Args:
        transport: the connection to the judge.
        namespace: what the student's cells have defined.

    Attributes:
        calling: whether a student's function is running, or its result is being read (it may be a
            generator); at any other moment an interrupt would cut a message in two.
    """

    def __init__(
        self,
        transport: Transport,
        namespace: MutableMapping[str, Any],
        *,
        trusted: Collection[str] = TRUSTED,
        limits: Limits | None = None,
    ) -> None:
        self._transport, self._namespace = transport, namespace
        self._trusted, self._limits = trusted, limits or Limits()
        self._parcels = self._new_parcels()
        self.calling = False

    def serve(self) -> None:
        """Answer until the judge has gone."""
        with contextlib.suppress(CarryError, OSError):
            while True:
                self.answer()

    def answer(self) -> None:
        """Wait for one message and answer it.

        Raises:
            CarryError, OSError: the judge has gone.
        """
        self._serve(*self._parcels.unpack(self._transport.receive()))

    def _new_parcels(self) -> Parcels:
        return Parcels(is_judge=False, call=self._call, trusted=self._trusted, limits=self._limits)

    def _serve(self, kind: str, value: Any) -> None:
        before = self.calling
        try:
            self.calling = True
            try:
                frame = self._parcels.pack("return", self._answer(kind, value))
            finally:
                self.calling = before
        except BaseException as error:  # whatever it is, it is reported to the judge
            origin = getattr(error, "_carry_origin", None)
            frame = self._parcels.pack("raise", _report(error) | {"origin": origin})
        self._transport.send(frame)

    def _answer(self, kind: str, value: Any) -> object:
        if kind == "begin":
            self._parcels = self._new_parcels()
            return None
        if kind == "fetch":
            if value not in self._namespace:
                raise NameError(f"name {value!r} is not defined")
            return self._namespace[value]
        name, args, kwargs, seed = value
        _set_seed(seed)
        return self._parcels.objects.find(name, object)(*args, **kwargs)  # type: ignore[operator]

    def _call(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> object:
        self._transport.send(self._parcels.pack("call", [name, list(args), kwargs, None]))
        while True:
            kind, value = self._parcels.unpack(self._transport.receive())
            if kind == "return":
                return value
            if kind == "raise":
                error = _as_exception(value)
                error.__dict__["_carry_origin"] = value["origin"]
                raise error
            self._serve(kind, value)


def _report(error: BaseException) -> dict[str, Any]:
    """Return the name and text of an error; a KeyError's text is its key, not the key's `repr`."""
    if isinstance(error, KeyboardInterrupt):
        return {"name": "TimeoutError", "text": _INTERRUPTED}
    one = error.args[0] if len(error.args) == 1 else None
    try:
        text = one if isinstance(one, str) else str(error)
    except Exception:
        text = ""
    return {"name": type(error).__name__, "text": text[:_LONGEST_TEXT]}


def _as_exception(report: dict[Any, Any]) -> Exception:
    """Return the built-in exception of that name, or a `StudentError` whose class has that name.

    Exceptions that end an iteration don't count as built-in here: `all(map(function, cases))` would
    take one for the end of the cases.
    """
    name, text = report.get("name"), report.get("text")
    if not is_name(name) or type(text) is not str or len(text) > _LONGEST_TEXT:
        raise CarryError("an error has no name or no text")
    kind = vars(builtins).get(str(name))
    if isinstance(kind, type) and issubclass(kind, Exception) and kind not in _ENDS:
        try:
            return kind(text)
        except TypeError:
            pass  # its constructor needs more than a text
    return type(str(name), (StudentError,), {})(text)


def _set_seed(seed: int) -> None:
    """Set the random seeds, so that random results are the same each time this is graded."""
    random.seed(seed)
    if "keras" in sys.modules:
        sys.modules["keras"].utils.set_random_seed(seed)
    elif "numpy" in sys.modules:
        sys.modules["numpy"].random.seed(seed)
