"""The conversation: calls both ways, errors, limits, and what a call can't change."""

import queue
import random
import socket
import threading

import numpy as np
import pytest

from autograder.carry import CarryError, Judge, SocketTransport, Student
from autograder.carry.calls import CallLimits
from autograder.carry.errors import StudentError
from autograder.carry.frames import Limits, pack


class Pipe:
    """One end of two queues; it counts the bytes that are sent."""

    def __init__(self, incoming, outgoing):
        self._incoming, self._outgoing = incoming, outgoing
        self.sent = 0

    def send(self, frame):
        self.sent += len(frame)
        self._outgoing.put(frame)

    def receive(self):
        frame = self._incoming.get(timeout=60)
        if frame is None:
            raise OSError
        return frame


@pytest.fixture
def judging():
    """Return a function: the student's definitions to a judge."""
    ends = []

    def start(limits=None, **namespace):
        there, back = queue.Queue(), queue.Queue()
        student = Student(Pipe(there, back), namespace)
        threading.Thread(target=student.serve, daemon=True).start()
        ends.append(there)
        return Judge(Pipe(back, there), limits)

    yield start
    for end in ends:
        end.put(None)


class Scripted:
    """A student's end that says what it is told to say."""

    def __init__(self, *frames):
        self._frames = list(frames)

    def send(self, frame):
        pass

    def receive(self):
        return self._frames.pop(0)


BEGUN = pack({"kind": "return", "value": None}, [])


def test_calls_by_position_and_by_name(judging):
    judge = judging(scale=lambda x, *, by=2: [by * x, {"by": by}])
    scale = judge.fetch("scale")
    assert scale(np.arange(2), by=3)[0].tolist() == [0, 3]
    assert scale(1) == [2, {"by": 2}]
    assert scale.__name__ == "<lambda>"
    assert scale.signature == "(x, *, by=2)"


def test_fetches_what_is_no_function(judging):
    judge = judging(answer=42)
    assert judge.fetch("answer") == 42
    with pytest.raises(NameError, match="'other' is not defined"):
        judge.fetch("other")


def test_tells_what_could_not_be_carried(judging):
    judge = judging(f=lambda: [1, threading.Lock(), object()])
    assert judge.stand_ins() == []
    judge.fetch("f")()
    assert judge.stand_ins() == ["lock", "object"]


def test_calls_back(judging):
    def curve(score, seeds):
        return {seed: score(seed, scale=10) for seed in seeds}

    asked = []

    def score(seed, scale):
        asked.append(seed)
        return seed * scale

    assert judging(curve=curve).fetch("curve")(score, range(3)) == {0: 0, 1: 10, 2: 20}
    assert asked == [0, 1, 2]


def test_functions_come_back_as_themselves(judging):
    def twice(function):
        return function, lambda x: function(function(x))

    def judges(x):
        return x + 1

    same, new = judging(twice=twice).fetch("twice")(judges)
    assert same is judges
    assert new(1) == 3


def test_calls_within_calls_end(judging):
    judge = judging(CallLimits(depth=4), ping=lambda pong, n: pong(n + 1))
    ping = judge.fetch("ping")
    deepest = []

    def pong(n):
        deepest.append(n)
        return ping(pong, n)

    with pytest.raises(CarryError, match="too deeply"):
        ping(pong, 0)
    assert deepest == [1, 2, 3, 4]


def test_too_many_calls_end(judging):
    judge = judging(CallLimits(calls=2, callbacks=5), f=lambda g: [g() for _ in range(9)])
    f = judge.fetch("f")
    with pytest.raises(CarryError, match="called back too often"):
        f(lambda: 1)
    judge = judging(CallLimits(calls=2), f=abs)
    f = judge.fetch("f")
    assert [f(-1), f(-2)] == [1, 2]
    with pytest.raises(CarryError, match="too often"):
        f(-3)


def raising(error):
    def function(*args):
        raise error

    return function


@pytest.mark.parametrize(
    "error",
    [
        NotImplementedError(),
        NameError("name 'x' is not defined"),
        KeyError("key"),
        AttributeError("'list' object has no attribute 'trainable'"),
        AssertionError("no"),
        FileNotFoundError(2, "No such file"),
    ],
    ids=repr,
)
def test_built_in_errors_keep_their_type_and_text(judging, error):
    with pytest.raises(type(error)) as raised:
        judging(f=raising(error)).fetch("f")()
    assert type(raised.value) is type(error)
    assert str(raised.value) == str(error)


@pytest.mark.parametrize("error", [StopIteration("no more"), StopAsyncIteration()], ids=repr)
def test_no_error_ends_an_iteration_of_the_judges(judging, error):
    f = judging(f=raising(error)).fetch("f")
    with pytest.raises(StudentError) as raised:
        all(map(f, [1, 2]))
    assert type(raised.value).__name__ == type(error).__name__


class Own(Exception):
    def __str__(self):
        raise ValueError


@pytest.mark.parametrize(
    "error",
    [SystemExit(3), Own(), UnicodeDecodeError("utf-8", b"a", 0, 1, "bad")],
    ids=lambda error: type(error).__name__,
)
def test_other_errors_keep_their_name(judging, error):
    with pytest.raises(StudentError) as raised:
        judging(f=raising(error)).fetch("f")()
    assert type(raised.value).__name__ == type(error).__name__


def test_an_interrupt_says_why(judging):
    with pytest.raises(TimeoutError, match="took too long and was stopped"):
        judging(f=raising(KeyboardInterrupt())).fetch("f")()


def test_long_texts_are_cut(judging):
    with pytest.raises(ValueError, match=r"^x{2000}$"):
        judging(f=raising(ValueError("x" * 5000))).fetch("f")()


def test_the_judges_own_error_comes_back_as_itself(judging):
    class Failed(Exception):
        pass

    mine = Failed("no")
    judge = judging(f=lambda g: g(), h=lambda g: _caught(g))
    with pytest.raises(Failed) as raised:
        judge.fetch("f")(raising(mine))
    assert raised.value is mine
    assert judge.fetch("h")(raising(KeyError("k"))) == "KeyError: 'k'"


def _caught(function):
    try:
        return function()
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def test_arguments_are_the_students_to_change_and_nobody_elses(judging):
    def spoil(array, items, table):
        array[:] = 0
        items.clear()
        table["a"] = 0
        return array

    array, items, table = np.ones(2), [1], {"a": 1}
    answer = judging(spoil=spoil).fetch("spoil")(array, items, table)
    assert answer.tolist() == [0, 0]
    assert (array.tolist(), items, table) == ([1, 1], [1], {"a": 1})


def test_chance_is_the_judges(judging):
    def draw():
        return random.random(), float(np.random.rand())

    draws = []
    for _ in range(2):
        random.seed(5)
        f = judging(draw=draw).fetch("draw")
        draws.append((f(), f()))
    assert draws[0] == draws[1]
    assert draws[0][0] != draws[0][1]


def test_each_judge_begins_anew(judging):
    there, back = queue.Queue(), queue.Queue()
    student = Student(Pipe(there, back), {"keep": lambda x: x})
    threading.Thread(target=student.serve, daemon=True).start()
    secret = object()
    for _ in range(2):
        assert Judge(Pipe(back, there)).fetch("keep")(secret) is secret
    there.put(None)


def test_sockets_carry_frames():
    one, other = map(SocketTransport, socket.socketpair())
    one.send(b"abc")
    one.send(b"")
    assert (other.receive(), other.receive()) == (b"abc", b"")
    small = Limits(frame=2)
    end, far = socket.socketpair()
    SocketTransport(end).send(b"abc")
    with pytest.raises(CarryError, match="too long"):
        SocketTransport(far, small).receive()
    end.close()
    with pytest.raises(CarryError, match="gone"):
        SocketTransport(far).receive()


@pytest.mark.parametrize(
    "header",
    [
        {"kind": "begin", "value": None},
        {"kind": "return"},
        {"kind": "raise", "value": None},
        {"kind": "raise", "value": ["dict", 0, ["name", "os.system", "text", "a"]]},
        {"kind": "raise", "value": ["dict", 0, ["name", "ValueError", "text", 3]]},
        {"kind": "raise", "value": ["dict", 0, ["name", "ValueError", "text", "x" * 9999]]},
        {"kind": "call", "value": ["list", 0, ["j1", ["list", 1, []], ["dict", 2, []], None]]},
        {"kind": "call", "value": ["list", 0, ["j1", ["list", 1, []], ["dict", 2, []], 1]]},
        {"kind": "call", "value": None},
    ],
    ids=str,
)
def test_answers_that_no_student_gives(header):
    frame = pack(header, [])
    judge = Judge(Scripted(BEGUN, frame))
    if header == {"kind": "return"}:
        assert judge.fetch("f") is None
        return
    with pytest.raises(CarryError):
        judge.fetch("f")


def test_only_functions_of_the_judges_can_be_called():
    made = pack({"kind": "return", "value": ["foreign", "s1", "object"]}, [])
    for name in ("s1", "j1", "print"):
        call = ["list", 0, [name, ["list", 1, []], ["dict", 2, []], None]]
        judge = Judge(Scripted(BEGUN, made, pack({"kind": "call", "value": call}, [])))
        judge.fetch("f")
        with pytest.raises(CarryError):
            judge.fetch("f")
