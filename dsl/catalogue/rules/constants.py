"""Functions of `keras.ops` that make constants, without a tensor."""

from __future__ import annotations

from math import ceil
from typing import Any

from dsl.catalogue.registry import Output, Refusal, rule
from dsl.catalogue.rules.operands import promoted
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
