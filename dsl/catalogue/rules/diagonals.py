"""Functions of `keras.ops` of diagonals, of differences along an axis, and of powers."""

from __future__ import annotations

from typing import Any

from dsl.catalogue.checks import shape_of
from dsl.catalogue.registry import Output, Refusal, rule
from dsl.catalogue.rules.arranging import any_batch, as_announced
from dsl.catalogue.rules.axes import axis_of
from dsl.shapes.dims import Dim, largest, minus, plus, product, smallest
from dsl.shapes.types import Shape, TensorType


@rule("ops.diagonal")
def diagonal(x: TensorType, *, offset: Any = 0, axis1: int = 0, axis2: int = 1) -> Output | Refusal:
    """The diagonal of each plane, as a last axis."""
    found = _plane(x, axis1, axis2)
    if isinstance(found, Refusal):
        return found
    rows, columns, rest = found
    if not isinstance(offset, int | float):
        unseen = not (isinstance(rows, int) and isinstance(columns, int))
        code = "senseless-value" if unseen else "bad-value"
        return Refusal("`offset` is a whole number", "offset", code=code)
    offset = int(offset)
    refusal = _outside(offset, rows, columns, x, "offset")
    if refusal is not None:
        return refusal
    room = minus(columns, offset) if offset > 0 else plus(rows, offset)
    length = largest(0, smallest(room, smallest(rows, columns)))
    if isinstance(length, int) and not (isinstance(rows, int) and isinstance(columns, int)):
        length = None  # Keras does not look, though there is nothing there
    return Output(TensorType(x.dtype, (*rest, length)))


@rule("ops.tril", "ops.triu")
def triangle(x: TensorType, *, k: Any = 0) -> Output | Refusal:
    """What is below a diagonal of each matrix, or above it."""
    if len(shape_of(x)) < 2:
        return Refusal(f"a matrix is needed, and this is {x}", operand=0, code="cannot-run")
    if not isinstance(k, int):
        return Refusal("`k` is a whole number", "k", code="cannot-run")
    return Output(x)


def _outside(offset: int, rows: Dim, columns: Dim, x: TensorType, argument: str) -> Refusal | None:
    """Whether there is no such diagonal, which Keras sees in the run."""
    below = isinstance(rows, int) and offset and offset <= -rows
    beyond = isinstance(columns, int) and offset and offset >= columns
    if not below and not beyond:
        return None
    words = f"there is no diagonal {offset} in {x}"
    return Refusal(words, argument, 0, "0 is the main one", "cannot-run")


@rule("ops.trace")
def trace(x: TensorType, *, axis1: int = 0, axis2: int = 1) -> Output | Refusal:
    """The sum of each plane's diagonal."""
    from dsl.catalogue.rules.reductions import SUMMED  # noqa: PLC0415 -- seldom needed

    found = _plane(x, axis1, axis2)
    if isinstance(found, Refusal):
        return found
    return Output(TensorType(SUMMED.get(x.dtype or "", x.dtype), found[2]))


def _plane(x: TensorType, axis1: int, axis2: int) -> tuple[Dim, Dim, Shape] | Refusal:
    one, other = axis_of(axis1, x, "axis1"), axis_of(axis2, x, "axis2")
    if isinstance(one, Refusal):
        return one
    if isinstance(other, Refusal):
        return other
    if one == other:
        return Refusal("a plane has two axes", "axis2", code="bad-value")
    shape = shape_of(x)
    return (
        shape[one],
        shape[other],
        tuple(size for at, size in enumerate(shape) if at not in (one, other)),
    )


@rule("ops.diff")
def diff(a: TensorType, *, n: Any = 1, axis: int = -1) -> Output | Refusal:
    """What each element is more than the one before it."""
    at = axis_of(axis, a)
    if isinstance(at, Refusal):
        return at
    sizes = list(shape_of(a))
    if not isinstance(n, int):
        code = "bad-value" if isinstance(sizes[at], int) else "cannot-run"
        return Refusal("`n` is a whole number", "n", code=code)
    sizes[at] = largest(0, minus(sizes[at], n))
    return Output(TensorType(a.dtype, tuple(sizes)))


@rule("ops.diagflat")
def diagflat(x: TensorType, *, k: Any = 0) -> Output | Refusal:
    """All elements on the diagonal of a square, or on one beside it.

    >>> str(diagflat(TensorType("float32", (2, 3)), k=1).value)
    'float32[7, 7] without its batch'
    """
    if not isinstance(k, int | float):
        known = isinstance(product(shape_of(x)), int)
        return Refusal("`k` is a whole number", "k", code="bad-value" if known else "cannot-run")
    side = plus(product(shape_of(x)), abs(int(k)))
    return Output(TensorType(x.dtype, any_batch([side, side])))


@rule("ops.diag")
def diag(x: TensorType, *, k: Any = 0) -> Output | Refusal:
    """A row as the diagonal of a square, or the diagonal of a matrix as a row."""
    shape = shape_of(x)
    if isinstance(k, float) and not k.is_integer():
        return Refusal("`k` is a whole number", "k", code="senseless-value")
    if len(shape) not in (1, 2):
        words = f"`diag` takes a row or a matrix, and this is {x}"
        helps = "`diagonal(x, axis1=1, axis2=2)` takes that of each sample"
        return Refusal(words, operand=0, help=helps, code="wrong-rank")
    if len(shape) == 1 or not isinstance(k, int | float):
        return diagflat(x, k=k)
    rows, columns = shape
    refusal = _outside(int(k), rows, columns, x, "k")
    if refusal is not None:
        return refusal
    room = minus(columns, int(k)) if k > 0 else plus(rows, int(k))
    length = largest(0, smallest(room, smallest(rows, columns)))
    known = isinstance(rows, int) and isinstance(columns, int)
    return Output(TensorType(x.dtype, any_batch([as_announced(1 if known else None, length)])))


@rule("ops.vander")
def vander(x: TensorType, *, N: Any = None, increasing: Any = False) -> Output | Refusal:  # noqa: N803
    """The powers of each number of a row, as many as there are numbers unless `N` says.

    >>> str(vander(TensorType("float32", (5,)), N=3).value)
    'float32[5, 3] without its batch'
    """
    shape = shape_of(x)
    if len(shape) != 1:
        return Refusal(f"`vander` takes a row, and this is {x}", operand=0, code="wrong-rank")
    if N is not None and (not isinstance(N, int) or N < 0):
        return Refusal("`N` is a whole number of 0 or more", "N", code="bad-value")
    if not isinstance(increasing, bool):
        return Refusal("`increasing` is true or false", "increasing", code="bad-value")
    return Output(TensorType(x.dtype, (shape[0], shape[0] if N is None else int(N))))
