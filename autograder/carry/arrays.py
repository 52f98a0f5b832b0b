"""Turn NumPy arrays, sparse matrices and tensors into raw bytes with a dtype and a shape, and back.

Only numbers, truth values and strings of fixed width. It must not import TensorFlow or SciPy before
there is a value of theirs.
"""

import re
import sys
from typing import Any

import numpy as np

from autograder.carry.errors import CarryError, Uncarriable
from autograder.carry.frames import Limits

_DTYPE = re.compile(r"<[iu][248]|\|[iu]1|\|b1|<f[248]|<c(8|16)|<U\d{1,6}|\|S\d{1,6}")
_FORMATS = ("csr", "csc", "coo", "bsr", "lil", "dok", "dia")
_MOST_AXES = 16
_LAST_CHARACTER = 0x10FFFF
_KINDS = {"b": bool, "i": int, "u": int, "f": float, "U": str}


def dtype_text(dtype: np.dtype) -> str:
    """Return the dtype as text, in the byte order in which elements are sent.

    Raises:
        Uncarriable: the dtype is not one that is carried.
    """
    text = dtype.newbyteorder("<").str
    if not _DTYPE.fullmatch(text):
        raise Uncarriable
    return text


def to_bytes(array: np.ndarray) -> bytes:
    """Return the elements as they are sent, row by row."""
    return np.ascontiguousarray(array, array.dtype.newbyteorder("<")).tobytes()


def from_bytes(dtype: object, shape: object, data: bytes, limits: Limits) -> np.ndarray:
    """Return an array that owns its memory.

    Raises:
        CarryError: dtype, shape and bytes don't match, or the array is too large.
    """
    sizes = shape_of(shape, limits)
    if type(dtype) is not str or not _DTYPE.fullmatch(dtype):
        raise CarryError("an array has a dtype that is not carried")
    kind = np.dtype(dtype)
    if not kind.itemsize:  # NumPy would give each element a width for which no bytes were sent
        raise CarryError("an array has elements without width")
    if kind.itemsize * count(sizes) != len(data):
        raise CarryError("an array is not as large as it says")
    try:
        array = np.frombuffer(data, kind).reshape(sizes) if data else np.zeros(sizes, kind)
    except ValueError:
        raise CarryError("an array can't have that shape") from None
    array = array.copy()
    _check_elements(array)
    return array


def shape_of(shape: object, limits: Limits) -> tuple[int, ...]:
    """Return a shape as a tuple.

    Raises:
        CarryError: it is not a shape, or has too many elements.
    """
    if type(shape) is not list or len(shape) > _MOST_AXES:
        raise CarryError("an array has no shape")
    if any(type(n) is not int or not 0 <= n <= limits.elements for n in shape):
        raise CarryError("an array has no shape")
    if count(shape) > limits.elements:
        raise CarryError("an array is too large")
    return tuple(shape)


def count(shape: tuple[int, ...] | list[int]) -> int:
    """Return how many elements an array of that shape has; Python's integers can't overflow."""
    product = 1
    for size in shape:
        product *= size
    return product


def _check_elements(array: np.ndarray) -> None:
    """Check that bytes are truth values or characters: NumPy doesn't, and these are untrusted."""
    if array.dtype.kind == "b" and array.size and array.view(np.uint8).max() > 1:
        raise CarryError("an array holds something that is not a truth value")
    if array.dtype.kind == "U" and array.size and array.dtype.itemsize:
        points = np.ascontiguousarray(array).reshape(-1).view(np.uint32)
        if points.max() > _LAST_CHARACTER:
            raise CarryError("an array holds something that is not a character")


def scalar(value: np.generic) -> list[Any]:
    """Return a NumPy scalar as a dtype and a plain value.

    Raises:
        Uncarriable: its dtype is not carried.
    """
    dtype = dtype_text(value.dtype)
    if value.dtype.kind not in _KINDS:
        raise Uncarriable
    return [dtype, value.item()]


def from_scalar(dtype: object, value: object) -> np.generic:
    """Return a NumPy scalar.

    Raises:
        CarryError: dtype and value don't match.
    """
    if type(dtype) is not str or not _DTYPE.fullmatch(dtype):
        raise CarryError("a number has a dtype that is not carried")
    kind = np.dtype(dtype)
    if type(value) is not _KINDS.get(kind.kind):
        raise CarryError("a number is not of its dtype")
    try:
        return kind.type(value)
    except (OverflowError, ValueError, TypeError):
        raise CarryError("a number does not fit its dtype") from None


def is_sparse(value: object) -> bool:
    """Return whether this is a SciPy sparse matrix or array."""
    sparse = sys.modules.get("scipy.sparse")
    return sparse is not None and sparse.issparse(value)


def sparse_parts(value: Any) -> tuple[list[Any], list[np.ndarray]]:
    """Return what a sparse matrix is (format, array or matrix, shape), and data, rows, columns.

    Raises:
        Uncarriable: it doesn't have two axes, or its format is not carried.
    """
    if len(value.shape) != 2 or value.format not in _FORMATS:
        raise Uncarriable
    plain = value.tocoo()
    of_arrays = not isinstance(value, sys.modules["scipy.sparse"].spmatrix)
    about = [value.format, of_arrays, [int(n) for n in value.shape]]
    return about, [plain.data, plain.row, plain.col]


def from_sparse_parts(
    about: object, parts: tuple[np.ndarray, np.ndarray, np.ndarray], limits: Limits
) -> object:
    """Return a sparse matrix.

    Raises:
        CarryError: the parts don't match.
    """
    if type(about) is not list or len(about) != 3 or about[0] not in _FORMATS:
        raise CarryError("a sparse matrix has no known format")
    shape = shape_of(about[2], limits)
    data, rows, columns = parts
    if len(shape) != 2 or data.dtype.kind not in "biufc" or {rows.ndim, columns.ndim} != {1}:
        raise CarryError("a sparse matrix is not made of columns of numbers")
    if data.shape != rows.shape or data.shape != columns.shape:
        raise CarryError("a sparse matrix has positions without a number")
    for places, size in zip((rows, columns), shape, strict=True):
        if places.dtype.kind not in "iu" or (places.size and not _within(places, size)):
            raise CarryError("a sparse matrix has numbers outside its shape")
    from scipy import sparse

    kind = sparse.coo_array if about[1] is True else sparse.coo_matrix
    return kind((data, (rows, columns)), shape=shape).asformat(about[0])


def _within(places: np.ndarray, size: int) -> bool:
    return int(places.min()) >= 0 and int(places.max()) < size


def is_tensor(value: object) -> bool:
    """Return whether this is a TensorFlow tensor or variable that holds values now."""
    tensorflow = sys.modules.get("tensorflow")
    if tensorflow is None or not hasattr(tensorflow, "Tensor"):
        return False
    return isinstance(value, (tensorflow.Tensor, tensorflow.Variable)) and hasattr(value, "numpy")


def is_shape(value: object) -> bool:
    """Return whether this is a TensorFlow shape with a known number of axes."""
    tensorflow = sys.modules.get("tensorflow")
    if tensorflow is None or not hasattr(tensorflow, "TensorShape"):
        return False
    return isinstance(value, tensorflow.TensorShape) and value.rank is not None


def to_tensor(array: np.ndarray) -> object:
    """Return a TensorFlow tensor.

    Raises:
        CarryError: the array doesn't hold numbers.
    """
    if array.dtype.kind not in "biufc":
        raise CarryError("a tensor holds no numbers")
    import tensorflow

    return tensorflow.constant(array)
