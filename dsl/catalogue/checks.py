"""What many rules ask of their operands, and the words in which they refuse them."""

from __future__ import annotations

from math import isqrt
from typing import TYPE_CHECKING, Any

from dsl.catalogue.layer_run_dtypes import run_dtype, surprise
from dsl.catalogue.registry import Refusal
from dsl.shapes.dims import Dim, show
from dsl.shapes.dtypes import is_float, promote
from dsl.shapes.types import TensorType

if TYPE_CHECKING:
    from dsl.catalogue.registry import Policy
    from dsl.shapes.types import Shape

SPACE = {1: ("steps",), 2: ("height", "width"), 3: ("depth", "height", "width")}
"""What the axes of a map are called, by their number."""


def shape_of(x: TensorType) -> Shape:
    """The operand's shape; rules are called with known ranks alone."""
    return x.shape or ()


def number(size: Dim) -> int:
    """A size that is known to be a number (`refuse_unknown` passed it)."""
    return size if isinstance(size, int) else 0


def tuple_of(value: Any, length: int) -> tuple[Any, ...]:
    """A number for every axis, or one for each.

    >>> tuple_of(3, 2), tuple_of([3, 4], 2)
    ((3, 3), (3, 4))
    """
    return tuple(value) if isinstance(value, list | tuple) else (value,) * length


def channels_axis(data_format: str | None) -> int:
    """The axis of the channels.

    >>> channels_axis(None), channels_axis("channels_first")
    (-1, 1)
    """
    return 1 if data_format == "channels_first" else -1


def space_of(shape: Shape, data_format: str | None) -> Shape:
    """The sizes of a map, without batch and channels."""
    return shape[2:] if data_format == "channels_first" else shape[1:-1]


def with_space(batch: Dim, space: Shape, channels: Dim, data_format: str | None) -> Shape:
    """The shape of a map."""
    if data_format == "channels_first":
        return (batch, channels, *space)
    return (batch, *space, channels)


def kept_dtype(x: TensorType, policy: Policy) -> str | None:
    """The dtype of a layer that hands its input on: floats are cast, others are not."""
    return policy.compute if is_float(x.dtype) and policy.autocast else x.dtype


def like(x: TensorType, shape: Shape, policy: Policy) -> TensorType:
    """A tensor of that shape, of the input's dtype as `kept_dtype` has it."""
    return TensorType(kept_dtype(x, policy), shape)


def bad_value(words: str, argument: str, helps: str = "") -> Refusal:
    """That Keras refuses the value of an argument."""
    return Refusal(words, argument, help=helps, code="bad-value")


def announced_only(symbol: str, x: TensorType, policy: Policy) -> tuple[str, ...]:
    """A warning, where a layer announces what it computes in and the run gives something else."""
    kept = kept_dtype(x, policy)
    if kept is None:
        return ()
    return surprise(symbol, kept, policy.compute, run_dtype(symbol, kept, policy.compute))


def multiplied(symbol: str, x: TensorType, policy: Policy) -> tuple[str, ...]:
    """The same of a layer that multiplies with its weights: the run gives what both come to."""
    kept = kept_dtype(x, policy)
    real = promote(kept, policy.weights or policy.compute) if kept is not None else None
    return surprise(symbol, str(kept), policy.compute, real)


def refuse_map(symbol: str, x: TensorType, axes: int, data_format: str | None) -> Refusal | None:
    """Why a tensor is no map of so many axes with channels, if it is none."""
    names = SPACE[axes]
    first = data_format == "channels_first"
    return refuse_rank(symbol, x, ("channels", *names) if first else (*names, "channels"))


def refuse_rank(symbol: str, x: TensorType, axes: tuple[str, ...]) -> Refusal | None:
    """Why a tensor does not have these axes, if it has another number of them."""
    if len(shape_of(x)) == len(axes) + 1:
        return None
    words = f"{symbol} takes a tensor of [{', '.join(axes)}], and this is {x}"
    return Refusal(words, operand=0, help=_reshape(x, len(axes)), code="wrong-rank")


def refuse_unknown(symbol: str, x: TensorType, axis: int, what: str) -> Refusal | None:
    """Why an axis whose size the weights depend on is no number, if it is none."""
    size = shape_of(x)[axis]
    if isinstance(size, int):
        return None
    return Refusal(
        f"{symbol} must know the {what} to make its weights, and it is {show(size)} in {x}",
        operand=0,
        help="declare the input with numbers there, or take the open axes out by pooling over them (GlobalAveragePooling…)",
        code="unknown-size",
    )


def _reshape(x: TensorType, wanted: int) -> str:
    """How a tensor comes to another number of axes, where its sizes say."""
    sizes = shape_of(x)[1:]
    if len(sizes) > wanted:
        return _fewer(sizes, wanted)
    numbers = [size for size in sizes if isinstance(size, int)]
    if not numbers or len(numbers) != len(sizes):
        return "Reshape gives it another number of axes"
    if len(numbers) == 1 and wanted == 3:
        return _square(numbers[0])
    target = (*numbers, *(1 for _ in range(wanted - len(numbers))))
    if wanted == 2 and len(numbers) == 1 and str(x.dtype).startswith(("int", "uint")):
        return "`Embedding` gives each number a row, or Reshape makes an axis of 1"
    return f"Reshape(({', '.join(map(str, target))})) first"


def _square(size: int) -> str:
    """How a flat image gets its axes back."""
    for channels in (1, 3):
        side = isqrt(size // channels)
        if side > 1 and side * side * channels == size:
            return f"Reshape(({side}, {side}, {channels})) first"
    return "Reshape((height, width, channels)) first"


def _fewer(sizes: Shape, wanted: int) -> str:
    if wanted == 1:
        return "Flatten first"
    if len(sizes) == wanted + 1 and wanted > 2:
        return (
            "TimeDistributed around the layer applies it to each step; the batch stands in no type"
        )
    merged, kept = sizes[: 1 - wanted], sizes[1 - wanted :]
    if any(size is None for size in merged[1:]) or not all(isinstance(n, int) for n in kept):
        return "Reshape makes one axis of several"
    return f"Reshape((-1, {', '.join(map(show, kept))})) makes one axis of {len(merged)}"


def refuse_axis(symbol: str, x: TensorType, axis: Any) -> Refusal | None:
    """Why an axis, or one of several, is none of the tensor's, if it is none."""
    rank = len(shape_of(x))
    axes = axis if isinstance(axis, list | tuple) else (axis,)
    counted = [one % rank for one in axes if isinstance(one, int) and -rank <= one < rank]
    if len(set(counted)) < len(counted):
        words = f"{symbol} is given one axis of {x} twice"
        return Refusal(words, argument="axis", operand=0, code="bad-value")
    for number in axes:
        if isinstance(number, int) and not -rank <= number < rank:
            return Refusal(
                f"{symbol} is given axis {number}, and {x} has axes 0 (the batch) to {rank - 1}",
                argument="axis",
                operand=0,
                help=f"axis -1 is the last one, and axis {rank - 1} too",
                code="wrong-rank",
            )
    return None
