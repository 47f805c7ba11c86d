"""Functions of `keras.ops` that join tensors, or part one."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from dsl.catalogue.checks import shape_of
from dsl.catalogue.registry import Output, Refusal, Structure, rule
from dsl.catalogue.rules.axes import axis_of
from dsl.catalogue.rules.merging import clash, list_problem
from dsl.catalogue.rules.operands import promoted
from dsl.records import replace
from dsl.shapes.dims import Dim, floor_div, minus, plus, product, same, show, times
from dsl.shapes.types import Shape, TensorType

MOST_PARTS = 10_000
"""Parts that `unstack` may make: Keras makes a tensor of each."""


@rule("ops.concatenate")
def concatenate(xs: list[TensorType], *, axis: int = 0) -> Output | Refusal:
    """Along one axis, by default the batch.

    >>> from dsl.shapes.dims import BATCH
    >>> x = TensorType("float32", (BATCH, 4))
    >>> str(concatenate([x, x], axis=-1).value)
    'float32[8]'
    """
    return list_problem(xs) or _joined(xs, axis)


@rule("ops.vstack")
def vstack(xs: list[TensorType]) -> Output | Refusal:
    """Along axis 0, the batch."""
    return list_problem(xs) or _joined(xs, 0)


@rule("ops.hstack")
def hstack(xs: list[TensorType]) -> Output | Refusal:
    """Along axis 1."""
    return list_problem(xs) or _joined(xs, 1)


@rule("ops.dstack")
def dstack(xs: list[TensorType]) -> Output | Refusal:
    """Along axis 2, which a row or a matrix gets first.

    >>> str(dstack([TensorType("float32", (3,)), TensorType("float32", (3,))]).value)
    'float32[1, 3, 2] without its batch'
    """
    return list_problem(xs) or _joined([TensorType(x.dtype, _deep(x)) for x in xs], 2)


def _deep(x: TensorType) -> Shape:
    shape = shape_of(x)
    if len(shape) < 2:
        return (1, *(shape or (1,)), 1)
    return shape if len(shape) > 2 else (*shape, 1)


@rule("ops.append")
def append(x1: TensorType, x2: TensorType, *, axis: Any = None) -> Output | Refusal:
    """The second behind the first; without an axis, all in one row."""
    if axis is not None:
        return _append_problem(x1, x2, axis) or _joined([x1, x2], axis)
    dtype = promoted([x1, x2])
    if isinstance(dtype, Refusal):
        return dtype
    size = plus(product(shape_of(x1)), product(shape_of(x2)))
    return Output(TensorType(dtype, (size,)))


def _append_problem(x1: TensorType, x2: TensorType, axis: int) -> Refusal | None:
    """Keras adds the sizes, which it must know."""
    for index, x in enumerate((x1, x2)):
        at = axis_of(axis, x)
        if isinstance(at, int) and not isinstance(shape_of(x)[at], int):
            words = f"axis {at} of {x} must be a known number"
            return Refusal(words, None, index, "`concatenate([a, b], axis=1)` does", "unknown-size")
    return None


def _joined(xs: list[TensorType], axis: int) -> Output | Refusal:
    at = axis_of(axis, xs[0])
    dtype = promoted(xs)
    if isinstance(at, Refusal):
        return at
    if isinstance(dtype, Refusal):
        return dtype
    sizes = list(shape_of(xs[0]))
    for index, x in enumerate(xs[1:], 1):
        if not _agree(shape_of(xs[0]), shape_of(x), at):
            return clash(xs, index, 0, f"all axes but axis {at} must agree")
        sizes[at] = plus(sizes[at], shape_of(x)[at])
    if at == 0 and not isinstance(sizes[0], int):
        sizes[0] = None  # several batches are any batch to what follows
    return Output(TensorType(dtype, tuple(sizes)))


def _agree(one: Shape, other: Shape, but: int | None = None) -> bool:
    return len(one) == len(other) and all(
        at == but or same(a, b) is not False
        for at, (a, b) in enumerate(zip(one, other, strict=True))
    )


@rule("ops.stack")
def stack(x: list[TensorType], *, axis: int = 0) -> Output | Refusal:
    """Along a new axis, by default in front of the batch.

    >>> from dsl.shapes.dims import BATCH
    >>> x = TensorType("float32", (BATCH, 4))
    >>> str(stack([x, x, x], axis=1).value)
    'float32[3, 4]'
    """
    refusal = list_problem(x)
    if refusal is not None:
        return refusal
    at, dtype = axis_of(axis, x[0], more=1), promoted(x)
    if isinstance(at, Refusal):
        return at
    if isinstance(dtype, Refusal):
        return dtype
    shape = shape_of(x[0])
    for index, one in enumerate(x[1:], 1):
        if not _agree(shape, shape_of(one)):
            return clash(x, index, 0, "only tensors of one shape can be stacked")
    return Output(TensorType(dtype, (*shape[:at], len(x), *shape[at:])))


# ---- parts


@rule("ops.split")
def split(x: TensorType, *, indices_or_sections: Any, axis: int = 0) -> Output | Refusal:
    """So many equal parts, or parts that end at these indices.

    >>> from dsl.shapes.dims import BATCH
    >>> x = TensorType("float32", (BATCH, 10))
    >>> [str(part) for part in split(x, indices_or_sections=[3, 7], axis=1).value]
    ['float32[3]', 'float32[4]', 'float32[3]']
    """
    at = axis_of(axis, x)
    if isinstance(at, Refusal):
        return at
    size = shape_of(x)[at]
    sizes: list[Dim] | Refusal
    if isinstance(indices_or_sections, int):
        sizes = _equal(size, indices_or_sections, at)
    elif isinstance(indices_or_sections, list | tuple):
        sizes = _between(size, list(indices_or_sections))
    else:
        # Letters are taken for ends, of which Keras subtracts those that it knows.
        text = isinstance(indices_or_sections, str) and len(indices_or_sections) < 1
        code = "cannot-run" if text else "bad-value"
        words = "parts are a number, or a list of ends"
        return Refusal(words, "indices_or_sections", code=code)
    return sizes if isinstance(sizes, Refusal) else _parts(x, at, sizes)


PARTED = {"ops.vsplit": (0, 2), "ops.hsplit": (1, 1), "ops.dsplit": (2, 3)}
"""The axis that each of these splits, and how many axes it asks for."""


@rule(*PARTED)
def split_plane(x: TensorType, *, indices_or_sections: Any, symbol: str) -> Output | Refusal:
    """Split along axis 0, 1 or 2; of a row, its only one."""
    axis, least = PARTED[symbol]
    if len(shape_of(x)) < least:
        words = f"{symbol.removeprefix('ops.')} splits axis {axis}, and {x} has none"
        return Refusal(words, operand=0, code="wrong-rank")
    return split(x, indices_or_sections=indices_or_sections, axis=min(axis, len(shape_of(x)) - 1))


def _equal(size: Dim, count: int, axis: int) -> list[Dim] | Refusal:
    uneven = isinstance(size, int) and (count == 0 or size % count != 0)
    if count < 1 or uneven:
        words = f"the {show(size)} of axis {axis} cannot be split into {count} equal parts"
        code = "bad-value" if uneven else "cannot-run"
        helps = f"choose a number of parts that divides {show(size)}, or a list of places to cut at"
        return Refusal(words, "indices_or_sections", 0, helps, code)
    part = floor_div(size, count)
    whole = part if times(part, count) == size else None
    return [whole] * count


def _between(size: Dim, indices: list[Any]) -> list[Dim] | Refusal:
    if not all(isinstance(one, int) for one in indices):
        return Refusal("an end is a whole number", "indices_or_sections", code="bad-value")
    ends: list[Dim] = [0, *indices, size]
    sizes = [minus(stop, start) for start, stop in pairwise(ends)]
    if not indices:
        return Refusal("a list of ends has at least one", "indices_or_sections", code="cannot-run")
    if any(isinstance(part, int) and part < 0 for part in sizes):
        words = f"{indices} are not in order, or go beyond the {show(size)} of the axis"
        return Refusal(words, "indices_or_sections", code="bad-value")
    return sizes


def _parts(x: TensorType, axis: int, sizes: list[Dim]) -> Output:
    return Output(_list_of_parts(x, axis, sizes))


def _list_of_parts(x: TensorType, axis: int, sizes: list[Dim]) -> list[Structure]:
    shape = shape_of(x)
    return [TensorType(x.dtype, (*shape[:axis], size, *shape[axis + 1 :])) for size in sizes]


@rule("ops.array_split")
def array_split(x: TensorType, *, indices_or_sections: int, axis: int = 0) -> Output | Refusal:
    """So many parts, the first ones larger by one where they can't be equal."""
    count = indices_or_sections
    if not isinstance(count, int) or count < 1:
        words = "parts are a positive whole number here"
        return Refusal(
            words, "indices_or_sections", help="`split` takes a list of ends", code="bad-value"
        )
    at = axis_of(axis, x)
    if isinstance(at, Refusal):
        late = isinstance(axis, int) and -2 * len(shape_of(x)) <= axis < 0
        return replace(at, code="cannot-run") if late else at
    size = shape_of(x)[at]
    if not isinstance(size, int):
        return Output(tuple(_list_of_parts(x, at, [None] * count)))
    part, more = divmod(size, count)
    return _parts(x, at, [part + (index < more) for index in range(count)])


@rule("ops.unstack")
def unstack(x: TensorType, *, num: int | None = None, axis: int = 0) -> Output | Refusal:
    """A list of slices along an axis."""
    at = axis_of(axis, x)
    if isinstance(at, Refusal):
        return at
    shape = shape_of(x)
    count = shape[at] if num is None else num
    if isinstance(num, int) and num > 0 and same(shape[at], num) is False:
        words = f"axis {at} of {x} has not {num} parts"
        return Refusal(words, "num", help="leave out `num`", code="cannot-run")
    if isinstance(count, int) and count < 0:
        return Refusal("`num` is a positive whole number", "num", code="cannot-run")
    if not isinstance(count, int):
        words = f"axis {at} of {x} is not known, so nor is the number of parts"
        return Refusal(words, "axis", 0, "give `num`", "unknown-size")
    if count > MOST_PARTS:
        return Refusal(f"{count:,} parts are more than a graph can have", "num", code="limit")
    part = TensorType(x.dtype, (*shape[:at], *shape[at + 1 :]))
    return Output([part] * count)


@rule("ops.meshgrid")
def meshgrid(*x: TensorType, indexing: str = "xy") -> Output | Refusal:
    """A grid of coordinates for each tensor."""
    if indexing not in ("xy", "ij"):
        return Refusal("indexing must be xy or ij", "indexing", code="bad-value")
    if not all(isinstance(one, TensorType) for one in x):
        return Refusal("a grid is of tensors, and one of these is none", code="wrong-operands")
    if len(x) < (2 if indexing == "xy" else 1):
        return Refusal("a grid needs at least two tensors", code="wrong-operands")
    sizes = [product(shape_of(one)) for one in x]
    dtype = "float32" if indexing == "ij" else x[-1].dtype
    if indexing == "xy":
        sizes[0], sizes[1] = sizes[1], sizes[0]
    others = [str(one.dtype) for one in x if one.dtype != dtype]
    surprise = f"the model announces {dtype}, and the run gives {', '.join(others)}"
    mixed = {one.dtype for one in x if one.dtype not in (None, "bool")}
    if len(mixed) > 1 and x[0].dtype != "bool":
        helps = "cast them to one dtype first"
        return Refusal(
            "a grid is of tensors of one dtype", operand=0, help=helps, code="cannot-run"
        )
    grids: list[Structure] = [TensorType(dtype, tuple(sizes)) for _ in x]
    return Output(grids, warnings=(surprise,) if others else ())
