"""Frames and plain values: what goes over comes back, and no bytes whatever do harm."""

import datetime
import math
import pathlib
import random
import subprocess
import sys
from collections import Counter, OrderedDict, namedtuple
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import pytest
from scipy import sparse

from autograder.carry import CarryError, frames
from autograder.carry.frames import Limits
from autograder.carry.objects import Foreign
from autograder.carry.parcels import Parcels
from transferlab.experiment import Comparison, Difference

ROOT = pathlib.Path(__file__).parents[2]
SMALL = Limits(frame=200_000, header=50_000, parts=2000, depth=20, elements=10_000, text=1000)


def no_call(name, args, kwargs):
    raise AssertionError("nothing is called here")


def sides(limits=None):
    """Return the ends of a conversation: the judge's and the student's."""
    return tuple(
        Parcels(
            is_judge=is_judge, call=no_call, trusted=("transferlab",), limits=limits or Limits()
        )
        for is_judge in (True, False)
    )


def carried(value, limits=None):
    judge, student = sides(limits)
    kind, answer = judge.unpack(student.pack("return", value))
    assert kind == "return"
    return answer


class Colour(IntEnum):
    RED = 1


class Text(str):
    def __eq__(self, other):
        return True

    __hash__ = str.__hash__


class Number(float):
    def __eq__(self, other):
        return True

    __hash__ = float.__hash__


Point = namedtuple("Point", "x y")


@dataclass
class OfNoTrustedPackage:
    number: int = 1


PLAIN = [
    None,
    True,
    0,
    -1,
    2**70,
    1.5,
    math.inf,
    -0.0,
    2 - 3j,
    "",
    "Füße \ud800 \0",
    b"\0\xff",
    slice(None, -3),
    range(3, 9, 2),
    Ellipsis,
    [1, [2.0, ("a", None)]],
    (),
    {1, "two", (3,)},
    frozenset({4}),
    {"b": 1, "a": 2, (1, 2): [3], None: b""},
    pathlib.Path("a/b.png"),
    datetime.datetime(2026, 1, 2, 3, 4, 5, 6),
    datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC),
    datetime.date(2026, 1, 2),
]


@pytest.mark.parametrize("value", PLAIN, ids=range(len(PLAIN)))
def test_plain_values_come_back(value):
    answer = carried(value)
    assert type(answer) is type(value)
    # A set's order is its own; whatever else differs shows in `repr`.
    assert answer == value if type(value) is set else repr(answer) == repr(value)


def test_nan_and_order():
    assert math.isnan(carried(math.nan))
    assert list(carried({"z": 1, "a": 2})) == ["z", "a"]


@pytest.mark.parametrize(
    "array",
    [
        np.arange(6, dtype="int16").reshape(2, 3).T,
        np.array(3.5),
        np.zeros((0, 4), "float32"),
        np.zeros((2, 0), "<U3"),
        np.array([True, False]),
        np.array([1 + 2j], "complex64"),
        np.array(["a", "Füße"]),
        np.array([b"ab", b"c"]),
        np.arange(3, dtype=">i4"),
        np.array([[1, "two"], [None, [4]]], dtype=object),
        np.zeros((3, 2), "float16")[:, 0],
    ],
    ids=lambda array: f"{array.dtype}{array.shape}",
)
def test_arrays_come_back(array):
    answer = carried(array)
    assert type(answer) is np.ndarray
    assert answer.shape == array.shape
    assert answer.dtype == array.dtype.newbyteorder("<")
    assert answer.tolist() == array.tolist()
    assert answer.flags.writeable


def test_numpy_scalars_keep_their_type():
    numbers = (np.float32(0.1), np.int64(3), np.bool_(True), np.uint8(255))
    for scalar in (*numbers, np.str_("a"), np.str_("")):
        answer = carried(scalar)
        assert type(answer) is type(scalar)
        assert answer == scalar


@pytest.mark.parametrize("form", ["csr", "csc", "coo", "lil", "dok"])
def test_sparse_matrices_come_back(form):
    for kind in (sparse.csr_matrix, sparse.csr_array):
        matrix = kind(np.array([[0, 1.5], [0, 0], [2, 0]])).asformat(form)
        answer = carried(matrix)
        assert type(answer) is type(matrix)
        assert (answer.toarray() == matrix.toarray()).all()


def test_records_of_trusted_packages_are_made_by_their_class():
    comparison = Comparison({"a": (0.5, 0.6), "b": (0.7, 0.9)})
    assert carried(comparison) == comparison
    difference = comparison.difference("a", "b")
    assert type(carried(difference)) is Difference
    assert carried(difference) == difference


def test_nothing_of_the_senders_own_classes_arrives():
    for value, wanted in (
        (Text("a"), "a"),
        (Number(2), 2.0),
        (Colour.RED, 1),
        (OrderedDict(a=1), {"a": 1}),
        (Counter("a"), {"a": 1}),
        (Point(1, 2), (1, 2)),
        ({}.keys(), []),
        (np.ma.array([1]), np.array([1])),
    ):
        answer = carried(value)
        assert type(answer) is type(wanted)
        assert str.__eq__(answer, wanted) if isinstance(wanted, str) else answer == wanted
    assert list(carried(n * n for n in range(3))) == [0, 1, 4]


def test_what_cannot_be_carried_becomes_a_stand_in():
    odd = [object(), OfNoTrustedPackage(), 2**5000, np.array("2026", "datetime64[D]"), "x" * 5000]
    answer = carried([1, *odd, 2], Limits(text=1000))
    assert [type(each).__name__ for each in answer[1:-1]] == [
        *("object", "OfNoTrustedPackage", "int", "ndarray", "str")
    ]
    assert all(isinstance(each, Foreign) for each in answer[1:-1])
    assert answer[0] == 1
    assert answer[-1] == 2
    with pytest.raises(AttributeError):
        answer[1].anything = 1


def test_too_much_becomes_a_stand_in():
    assert isinstance(carried(list(range(3000)), SMALL), Foreign)
    assert isinstance(carried(np.zeros(20_000), SMALL), Foreign)
    deep = []
    for _ in range(100):
        deep = [deep]
    assert type(carried(deep, SMALL)) is list


def test_aliases_and_cycles_within_a_message():
    shared = np.zeros(3)
    one, other, (inner,) = carried([shared, shared, (shared,)])
    assert one is other is inner
    loop = [1]
    loop.append({"self": loop})
    answer = carried(loop)
    assert answer[1]["self"] is answer
    odd = ([],)
    odd[0].append(odd)
    assert isinstance(carried(odd)[0][0], Foreign)


def test_what_came_from_a_process_goes_back_as_that_very_object():
    judge, student = sides()
    secret, function = object(), print
    _, there = student.unpack(judge.pack("return", [secret, function]))
    _, here = judge.unpack(student.pack("return", there[::-1]))
    assert here[0] is function
    assert here[1] is secret


def test_an_object_is_the_same_in_all_messages():
    judge, student = sides()
    odd = object()
    _, first = judge.unpack(student.pack("return", odd))
    _, second = judge.unpack(student.pack("return", [odd]))
    assert second[0] is first


def header(value, **more):
    return frames.pack(
        {"kind": "return", "value": value, **more}, [b"\x02", b"\xff" * 4, b"a" * 8, b""]
    )


@pytest.mark.parametrize(
    "value",
    [
        ["ref", "j1"],
        ["ref", ["j1"]],
        ["foreign", "j1", "object"],
        ["foreign", "s0", "object"],
        ["function", "s1"],
        ["keras", "saving", "load_model"],
        ["keras", "layers", "Lambda"],
        ["keras", "layers", "__builtins__"],
        ["again", 0],
        ["tuple", 0, [["again", 0]]],
        ["record", 0, "os", "stat_result", []],
        ["record", 0, "transferlab", "annotations", []],
        ["record", 0, "transferlab.sweeps.__main__", "Method", []],
        ["record", 0, "transferlab.experiment", "Comparison", [["rows", 1]]],
        ["record", 0, "transferlab.experiment", "ExperimentError", []],
        ["array", 0, "|O", [1], 2],
        ["array", 0, "|b1", [1], 0],
        ["array", 0, "<U1", [1], 1],
        ["array", 0, "<f8", [2], 2],
        ["array", 0, "<f8", [-1], 2],
        ["array", 0, "<f8", [10**30, 0], 2],
        ["array", 0, "<U0", [10**12], 2],
        ["array", 0, "<U0", [10**7], 3],
        ["array", 0, "|S0", [1], 3],
        ["array", 0, "<f8", [1], True],
        ["list", 0, [["array", 1, "<f8", [1], 2], ["array", 2, "<f8", [1], 2]]],
        ["objects", 0, [2], [1]],
        ["sparse", 0, ["csr", True, [10**9, 10**9]], *[["<f8", [1], 2]] * 3],
        ["set", 0, [["list", 1, []]]],
        ["dict", 0, [1]],
        ["scalar", "<i8", 1.5],
        ["scalar", "|i1", 1000],
        ["range", 1, 2, 0],
        ["range", 1.0, 2, 3],
        ["date", "yesterday"],
        ["path", 3],
        ["iterator", 3],
        ["_list", 0, []],
        [],
        {"list": 1},
    ],
    ids=str,
)
def test_values_that_nobody_could_have_sent(value):
    judge, _ = sides()
    with pytest.raises(CarryError):
        judge.unpack(header(value))


@pytest.mark.parametrize(
    "more",
    [
        {"definitions": 3},
        {"definitions": [3]},
        {"definitions": [{}] * 6000},
        {"definitions": [{"define": "layer", "id": "j1"}]},
        {"changes": [["j1", {}]]},
        {"changes": [["s1", {}, 3]]},
        {"kind": 3},
    ],
    ids=lambda more: str(more)[:60],
)
def test_headers_that_nobody_could_have_sent(more):
    judge, _ = sides()
    with pytest.raises(CarryError):
        judge.unpack(header(None, **more))


def test_frames_that_nobody_could_have_sent():
    whole = frames.pack({"kind": "return"}, [b"abc"])
    assert frames.unpack(whole, SMALL) == ({"kind": "return"}, [b"abc"])
    deep = b"[" * 1900
    for bad in (
        b"",
        whole[:-1],
        whole + b" ",
        b"\xff" * len(whole),
        frames.pack({}, []).replace(b"{}", b"[]"),
        frames.pack({}, []).replace(b"{}", b"\xff\xff"),
        frames._COUNTS.pack(len(deep), 0) + deep,
        frames.pack({"a": [0] * 3000}, []),
        frames.pack({"a": "b" * 60_000}, []),
        frames.pack({}, [b"a" * 300_000]),
    ):
        with pytest.raises(CarryError):
            frames.unpack(bad, SMALL)


def sample():
    """A message with one of everything that is plain."""
    _, student = sides()
    arrays = [np.arange(4.0), np.array(["a", "b"]), np.array([True]), np.array([None, 1])]
    odd = [np.float32(2), sparse.eye(3).tocsr(), Comparison({"a": (0.5,)}), object(), print]
    return student.pack("return", [*PLAIN, *arrays, *odd])


def mutated(frame, rng):
    changed = bytearray(frame)
    for _ in range(rng.randint(1, 6)):
        place = rng.randrange(len(changed))
        match rng.randrange(4):
            case 0:
                changed[place] = rng.randrange(256)
            case 1:
                changed[place] ^= 1 << rng.randrange(8)
            case 2:
                changed[place] = rng.choice(b'[]{}",0123456789-.etn')
            case 3:
                there = rng.randrange(len(changed))
                changed[place : place + 4] = changed[there : there + 4]
    return bytes(changed)


@pytest.mark.parametrize("seed", range(4))
def test_mutated_messages_are_read_or_refused(seed):
    rng = random.Random(seed)
    frame = sample()
    read = 0
    for _ in range(1500):
        judge, _ = sides()
        try:
            judge.unpack(mutated(frame, rng))
        except CarryError:
            continue
        read += 1
    assert 0 < read < 1500


def test_noise_is_refused():
    rng = random.Random(0)
    judge, _ = sides()
    for _ in range(500):
        with pytest.raises(CarryError):
            judge.unpack(rng.randbytes(rng.randrange(200)))


def test_importing_imports_no_keras():
    code = (
        "import sys; import autograder.carry; from autograder.carry import Judge; "
        "from autograder.carry.parcels import Parcels; "
        "side = lambda is_judge: Parcels(is_judge=is_judge, call=print, trusted=(), "
        "limits=__import__('autograder.carry.frames').carry.frames.Limits()); "
        "judge, student = side(True), side(False); "
        "assert judge.unpack(student.pack('return', [1, {2: print}])); "
        "assert not {'keras', 'tensorflow', 'scipy'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
