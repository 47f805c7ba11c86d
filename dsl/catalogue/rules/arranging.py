"""Functions of `keras.ops` that arrange elements anew: other axes, the same numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dsl.catalogue.checks import bad_value, shape_of
from dsl.catalogue.registry import Output, Refusal, rule
from dsl.catalogue.rules.axes import axes_of, axis_of, sizes_given
from dsl.shapes.broadcast import Clash, broadcast
from dsl.shapes.dims import (
    BATCH,
    Dim,
    floor_div,
    plus,
    product,
    same,
    show,
    times,
)
from dsl.shapes.types import Shape, TensorType

if TYPE_CHECKING:
    from collections.abc import Sequence


@rule("ops.reshape")
def reshape(x: TensorType, *, newshape: Any) -> Output | Refusal:
    """The same numbers in another shape; one size may be -1, whatever is left.

    >>> x = TensorType("float32", (BATCH, 4, 6))
    >>> str(reshape(x, newshape=(-1, 24)).value)
    'float32[24]'
    """
    if not isinstance(newshape, int | list | tuple):
        helps = "newshape=(-1, 8)"
        words = "the new shape is a list of sizes"
        return Refusal(words, "newshape", help=helps, code="cannot-run")
    wanted = (newshape,) if isinstance(newshape, int) else tuple(newshape)
    refusal = _target_problem(wanted)
    if refusal is not None:
        return refusal
    total = product(shape_of(x))
    rest = product([size for size in wanted if size != -1])
    if -1 not in wanted:
        if same(total, rest) is False and isinstance(total, int):
            return bad_value(
                f"{x} has {show(total)} elements, and {list(wanted)} {show(rest)}", "newshape"
            )
        return Output(TensorType(x.dtype, wanted))
    left = _left_over(total, rest)
    if left == -1:
        words = f"the {show(total)} elements of {x} cannot be shared out in {show(rest)}s"
        return bad_value(words, "newshape")
    sizes = [left if size == -1 else size for size in wanted]
    if sizes[0] != BATCH and not isinstance(sizes[0], int):
        sizes[0] = None  # a multiple of the batch, which Keras announces as any batch
    return Output(TensorType(x.dtype, tuple(sizes)))


def _target_problem(wanted: tuple[Any, ...]) -> Refusal | None:
    for size in wanted:
        if size is not None and (not isinstance(size, int) or size < -1):
            code = "bad-value" if isinstance(size, int) else "cannot-run"
            helps = "sizes are numbers, and one may be -1"
            return Refusal(f"{size!r} is no size", "newshape", help=helps, code=code)
    if wanted.count(-1) > 1:
        return bad_value("only one size may be -1", "newshape")
    return None


def _left_over(total: Dim, rest: Dim) -> Dim:
    """What -1 stands for; -1 where nothing fits."""
    if total is None or rest is None:
        return None
    if rest == 0:
        return -1 if isinstance(total, int) else None
    left = floor_div(total, rest)
    if times(left, rest) == total:
        return left
    return -1 if isinstance(total, int) else None


@rule("ops.ravel")
def ravel(x: TensorType) -> Output:
    """All in one row."""
    return Output(TensorType(x.dtype, (product(shape_of(x)),)))


@rule("ops.transpose")
def transpose(x: TensorType, *, axes: Any = None) -> Output | Refusal:
    """The axes in another order; without an order, reversed.

    >>> x = TensorType("float32", (BATCH, 4, 6))
    >>> str(transpose(x, axes=(0, 2, 1)).value)
    'float32[6, 4]'
    """
    shape = shape_of(x)
    if axes is None:
        return Output(TensorType(x.dtype, shape[::-1]))
    if not isinstance(axes, list | tuple):
        return bad_value("`axes` is a list of all axes", "axes", "`transpose(x, (0, 2, 1))`")
    if len(axes) != len(shape):
        words = f"{list(axes)} names {len(axes)} axes, and {x} has {len(shape)}, its batch included"
        return bad_value(words, "axes", "axis 0 is the batch: `transpose(x, (0, 2, 1))`")
    order = axes_of(list(axes), x, "axes")
    if isinstance(order, Refusal):
        return order
    return Output(TensorType(x.dtype, tuple(shape[axis] for axis in order)))


@rule("ops.swapaxes")
def swapaxes(x: TensorType, *, axis1: int, axis2: int) -> Output | Refusal:
    """Two axes changed for one another."""
    one, other = axis_of(axis1, x, "axis1"), axis_of(axis2, x, "axis2")
    if isinstance(one, Refusal):
        return one
    if isinstance(other, Refusal):
        return other
    shape = list(shape_of(x))
    shape[one], shape[other] = shape[other], shape[one]
    return Output(TensorType(x.dtype, tuple(shape)))


@rule("ops.moveaxis")
def moveaxis(x: TensorType, *, source: Any, destination: Any) -> Output | Refusal:
    """Axes to other places, the rest in their order."""
    for name, axis in (("source", source), ("destination", destination)):
        if axis is None:
            return bad_value("an axis is a whole number, and none is none", name)
    counts = [len(one) if isinstance(one, list | tuple) else 1 for one in (source, destination)]
    if counts[0] != counts[1]:
        return bad_value(f"{counts[0]} axes cannot go to {counts[1]} places", "destination")
    sources, targets = (
        axes_of(source, x, "source", twice="cannot-run"),
        axes_of(destination, x, "destination"),
    )
    if isinstance(sources, Refusal):
        return sources
    if isinstance(targets, Refusal):
        return targets
    shape = shape_of(x)
    placed = dict(zip(targets, (shape[axis] for axis in sources), strict=True))
    others = iter([size for axis, size in enumerate(shape) if axis not in sources])
    sizes = [placed[at] if at in placed else next(others) for at in range(len(shape))]
    return Output(TensorType(x.dtype, tuple(sizes)))


@rule("ops.expand_dims")
def expand_dims(x: TensorType, *, axis: Any) -> Output | Refusal:
    """New axes of one.

    >>> str(expand_dims(TensorType("float32", (BATCH, 4)), axis=-1).value)
    'float32[4, 1]'
    """
    if axis is None:
        return bad_value(
            "an axis is a whole number, and none is none", "axis", "-1 adds one at the end"
        )
    more = len(axis) if isinstance(axis, list | tuple) else 1
    found = axes_of(axis, x, "axis", more)
    if isinstance(found, Refusal):
        return found
    sizes = iter(shape_of(x))
    rank = len(shape_of(x)) + more
    return Output(
        TensorType(x.dtype, tuple(1 if at in found else next(sizes) for at in range(rank)))
    )


@rule("ops.squeeze")
def squeeze(x: TensorType, *, axis: Any = None) -> Output | Refusal:
    """Without axes of one."""
    shape = shape_of(x)
    if axis is None:
        return Output(TensorType(x.dtype, tuple(size for size in shape if size != 1)))
    found = axes_of(axis, x)
    if isinstance(found, Refusal):
        return found
    if not found and 1 in shape:
        run = TensorType(x.dtype, tuple(size for size in shape if size != 1))
        return Output(x, warnings=(f"the model announces {x}, and the run gives {run}",))
    for at in found:
        if shape[at] != 1:
            words = f"axis {at} of {x} is {show(shape[at])}, and only an axis of 1 can be squeezed"
            return bad_value(words, "axis")
    return Output(TensorType(x.dtype, tuple(s for at, s in enumerate(shape) if at not in found)))


@rule("ops.broadcast_to")
def broadcast_to(x: TensorType, *, shape: Any) -> Output | Refusal:
    """Stretched to a shape."""
    wanted = sizes_given(shape)
    if isinstance(wanted, Refusal):
        return wanted
    if isinstance(broadcast(shape_of(x), wanted), Clash):
        return bad_value(f"{x} cannot be stretched to {list(wanted)}", "shape")
    if len(wanted) < len(shape_of(x)):
        words = f"{x} has more axes than {list(wanted)}, its batch included"
        return Refusal(words, "shape", code="cannot-run")
    return Output(TensorType(x.dtype, wanted))


@rule("ops.repeat")
def repeat(x: TensorType, *, repeats: Any, axis: Any = None) -> Output | Refusal:
    """Each element several times; without an axis, all in one row."""
    if not _are_counts(repeats):
        words = "`repeats` is a whole number, or a list of these"
        return Refusal(words, "repeats", code="senseless-value" if axis is None else "bad-value")
    counts = [repeats] if isinstance(repeats, int) else list(repeats)
    sizes = list(shape_of(x)) if axis is not None else [product(shape_of(x))]
    at = axis_of(axis, x) if axis is not None else 0
    if isinstance(at, Refusal):
        return at
    size = sizes[at]
    if len(counts) == 1:
        sizes[at] = as_announced(size, times(size, counts[0]))
    elif isinstance(size, int) and size != len(counts):
        return bad_value(f"{len(counts)} counts do not go with an axis of {size}", "repeats")
    else:
        sizes[at] = sum(counts) if isinstance(size, int) else None
    return _less_than_none(x, sizes, counts) or Output(TensorType(x.dtype, any_batch(sizes)))


def any_batch(sizes: Sequence[Dim]) -> Shape:
    """A multiple of the batch is any batch to what follows, as it is to Keras."""
    first = sizes[0] if sizes else 1
    return (
        (first if isinstance(first, int) or first == BATCH else None, *sizes[1:]) if sizes else ()
    )


@rule("ops.tile")
def tile(x: TensorType, *, repeats: Any) -> Output | Refusal:
    """The whole several times along each axis."""
    if not _are_counts(repeats):
        # Keras multiplies sizes that it knows alone.
        seen = not isinstance(repeats, list | tuple) or len(repeats) > len(shape_of(x))
        seen = seen or any(isinstance(size, int) for size in shape_of(x)[-len(repeats) :])
        words = "`repeats` is a whole number, or a list of these"
        return Refusal(words, "repeats", code="bad-value" if seen else "cannot-run")
    counts = [repeats] if isinstance(repeats, int) else list(repeats)
    shape = list(shape_of(x))
    counts = [1] * (len(shape) - len(counts)) + counts
    shape = [*[1] * (len(counts) - len(shape)), *shape]
    made = [as_announced(size, times(size, by)) for size, by in zip(shape, counts, strict=True)]
    return _less_than_none(x, made, counts) or Output(TensorType(x.dtype, any_batch(made)))


def _are_counts(repeats: Any) -> bool:
    listed = repeats if isinstance(repeats, list | tuple) else [repeats]
    return all(isinstance(one, int) for one in listed)


def _less_than_none(x: TensorType, sizes: Sequence[Dim], counts: list[int]) -> Refusal | None:
    """Why counts below zero are refused: at once where a size is known, else in the run."""
    if min(counts, default=0) >= 0:
        return None
    at_once = any(isinstance(size, int) and size < 0 for size in sizes)
    words = f"{min(counts)} times {x} is nothing"
    return Refusal(words, "repeats", code="bad-value" if at_once else "cannot-run")


def as_announced(size: Dim, made: Dim) -> Dim:
    """Keras makes nothing of an unknown size, though none of it is nothing."""
    return made if isinstance(size, int) or not isinstance(made, int) else None


@rule("ops.pad")
def pad(x: TensorType, *, pad_width: Any) -> Output | Refusal:
    """More before and after, for each axis or for all alike.

    >>> str(pad(TensorType("float32", (BATCH, 4)), pad_width=((0, 0), (1, 2))).value)
    'float32[7]'
    """
    shape = shape_of(x)
    pairs = _pairs(pad_width)
    if pairs is None:
        helps = "pad_width=((0, 0), (1, 2))"
        words = "`pad_width` is a number, or a pair for each axis"
        # Keras looks at the pairs of sizes that it knows alone.
        seen = not _is_one(pad_width) or any(isinstance(size, int) for size in shape)
        return Refusal(words, "pad_width", None, helps, "bad-value" if seen else "cannot-run")
    if len(pairs) == 1:
        pairs = pairs * len(shape)
    if len(pairs) != len(shape):
        words = (
            f"{len(pairs)} pairs do not go with the {len(shape)} axes of {x}, its batch included"
        )
        return bad_value(words, "pad_width", "begin with (0, 0) for the batch")
    sizes = [plus(size, before + after) for size, (before, after) in zip(shape, pairs, strict=True)]
    if any(isinstance(size, int) and size < 0 for size in sizes):
        return bad_value(f"nothing is left of {x}", "pad_width")
    return Output(TensorType(x.dtype, any_batch(sizes)))


def _pairs(width: Any) -> list[tuple[int, int]] | None:
    """What is put before and after; None where it is no such thing."""
    if isinstance(width, int):
        return [(width, width)]
    listed = isinstance(width, list | tuple) and len(width) > 0
    pairs = [width] if listed and isinstance(width[0], int) else width
    if not listed or not all(_is_pair(pair) for pair in pairs):
        return None
    return [(pair[0], pair[1]) for pair in pairs]


def _is_one(width: Any) -> bool:
    """Whether it is a number in brackets, where a pair is needed."""
    return isinstance(width, list | tuple) and len(width) == 1 and isinstance(width[0], int)


def _is_pair(value: Any) -> bool:
    return (
        isinstance(value, list | tuple)
        and len(value) > 1
        and all(isinstance(one, int) for one in value)
    )


@rule("ops.rot90")
def rot90(x: TensorType, *, k: Any = 1, axes: Any = (0, 1)) -> Output | Refusal:
    """A plane turned; announced as turned once."""
    if len(shape_of(x)) < 2:
        return Refusal(f"a plane has two axes, and this is {x}", operand=0, code="wrong-rank")
    if not isinstance(axes, list | tuple) or len(axes) != 2:
        return bad_value("a plane has two axes", "axes", "axes=(1, 2)")
    found = axes_of(list(axes), x, "axes")
    if isinstance(found, Refusal):
        return found
    if not isinstance(k, int):
        return Refusal("`k` is a whole number", "k", code="cannot-run")
    turned = swapaxes(x, axis1=found[0], axis2=found[1])
    if k % 2 or isinstance(turned, Refusal) or turned.value == x:
        return turned
    return Output(
        turned.value, warnings=(f"the model announces {turned.value}, the run gives {x}",)
    )
