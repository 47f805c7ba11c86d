"""Functions of `keras.ops` that make constants, without a tensor."""

from __future__ import annotations

from math import ceil
from typing import Any

from dsl.catalogue.registry import Output, Refusal, rule
from dsl.catalogue.rules.axes import axis_of
from dsl.catalogue.rules.elementwise import counted, floating
from dsl.catalogue.rules.operands import kind_of, meet, operand_problem, promoted
from dsl.shapes.dtypes import is_float, is_integer
from dsl.shapes.types import TensorType


@rule("ops.arange")
def arange(
    *, start: Any, stop: Any = None, step: Any = None, dtype: str | None = None
) -> Output | Refusal:
    """Numbers from start to before stop.

    >>> arange(start=10).value.shape, arange(start=1, stop=2, step=0.25).value.dtype
    ((10,), 'float32')
    """
    first, last = (0, start) if stop is None else (start, stop)
    by = 1 if step is None else step
    for name, value in (("start", first), ("stop", last), ("step", by)):
        if not isinstance(value, int | float):
            return Refusal("`arange` takes numbers", name, code="bad-value")
    if by == 0:
        return Refusal("a step of 0 leads nowhere", "step", code="bad-value")
    found = dtype or promoted([first, last, by])
    if isinstance(found, Refusal):
        return found
    return Output(TensorType(found, (max(0, ceil((last - first) / by)),)))


@rule("ops.zeros", "ops.ones", "ops.empty")
def alike(*, shape: Any, dtype: str | None = None) -> Output | Refusal:
    """A constant of this shape."""
    sizes = (shape,) if isinstance(shape, int) else tuple(shape)
    if not all(isinstance(size, int) and size >= 0 for size in sizes):
        return Refusal("a constant's sizes are numbers", "shape", code="bad-value")
    return Output(TensorType(dtype or "float32", sizes))


@rule("ops.full")
def full(*, shape: Any, dtype: str | None = None) -> Output | Refusal:
    """A constant of this shape, filled with one number."""
    return alike(shape=shape, dtype=dtype)


@rule("ops.eye")
def eye(*, N: int, M: int | None = None, dtype: str | None = None) -> Output:  # noqa: N803
    """Ones on the diagonal."""
    return Output(TensorType(dtype or "float32", (N, N if M is None else M)))


@rule("ops.identity")
def identity(*, n: int, dtype: str | None = None) -> Output:
    """Ones on the diagonal of a square."""
    return Output(TensorType(dtype or "float32", (n, n)))


@rule("ops.tri")
def tri(*, N: Any, M: Any = None, dtype: str | None = None) -> Output | Refusal:  # noqa: N803
    """Ones below a diagonal."""
    for name, size in (("N", N), ("M", N if M is None else M)):
        if not isinstance(size, int) or size < 0:
            return Refusal(f"`{name}` is a whole number of 0 or more", name, code="bad-value")
    return Output(TensorType(dtype or "float32", (int(N), int(N if M is None else M))))


@rule("ops.bartlett", "ops.blackman", "ops.hamming", "ops.hanning", "ops.kaiser")
def window(*, x: Any, symbol: str) -> Output | Refusal:
    """A window of so many numbers, which must be known.

    >>> str(window(x=10, symbol="ops.hanning").value)
    'float32[10] without its batch'
    """
    name = symbol.removeprefix("ops.")
    if isinstance(x, TensorType):
        return Refusal(
            f"`{name}` takes a number, and no tensor",
            "x",
            help=f"write {name}(10)",
            code="wrong-operands",
        )
    least = 1 if name == "kaiser" else 0
    if not isinstance(x, int | float) or x < least:
        return Refusal(f"`{name}` takes a number of {least} or more", "x", code="bad-value")
    return Output(TensorType("float32", (int(x),)))


# ---- between two ends


@rule("ops.linspace", "ops.logspace", "ops.geomspace")
def spaced(
    start: Any,
    stop: Any,
    *,
    symbol: str,
    num: Any = 50,
    dtype: str | None = None,
    axis: Any = 0,
    retstep: bool = False,
) -> Output | Refusal:
    """So many numbers from one end to the other, along a new axis.

    >>> str(spaced(0, TensorType("float16", (4,)), symbol="ops.linspace", num=3).value)
    'float32[3, 4] without its batch'
    """
    refusal = operand_problem([start, stop]) or _count_problem(num)
    if refusal is not None:
        return refusal
    met = meet([start, stop])
    if isinstance(met, Refusal):
        return met
    sizes, warnings = met
    shape = TensorType("float32", sizes)
    at = axis_of(axis, shape, more=1)
    if isinstance(at, Refusal):
        return at
    symbolic = any(isinstance(one, TensorType) for one in (start, stop))
    if not symbolic and dtype is not None and not _spaced_in(symbol, dtype):
        return Refusal(f"these numbers cannot be {dtype}", "dtype", code="bad-value")
    own = kind_of(counted(start)) if symbolic else None
    found = dtype or own or "float32"
    made = TensorType(floating(found) if symbolic else found, (*sizes[:at], num, *sizes[at:]))
    if not retstep:
        return Output(made, warnings=warnings)
    if symbolic:
        return Refusal(
            "the step is no tensor of a graph",
            "retstep",
            help="leave out `retstep`",
            code="bad-value",
        )
    return Output((made, TensorType(found, ())))


def _spaced_in(symbol: str, dtype: str) -> bool:
    """Whether TensorFlow counts in a dtype."""
    return is_float(dtype) or (is_integer(dtype) and symbol != "ops.geomspace")


def _count_problem(num: Any) -> Refusal | None:
    if num is None or (isinstance(num, int) and num >= 0):
        return None
    return Refusal("`num` is a whole number of 0 or more", "num", code="bad-value")
