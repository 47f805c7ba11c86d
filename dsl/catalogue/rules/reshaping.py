"""Layers that move, cut, pad or repeat what is there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dsl.catalogue.checks import (
    SPACE,
    announced_only,
    like,
    refuse_map,
    refuse_rank,
    shape_of,
    space_of,
    tuple_of,
    with_space,
)
from dsl.catalogue.registry import Output, Policy, Refusal, rule
from dsl.shapes.dims import Dim, floor_div, is_positive, minus, plus, product, same, show, times
from dsl.shapes.types import TensorType

if TYPE_CHECKING:
    from dsl.shapes.types import Shape


@rule("Flatten")
def flatten(x: TensorType, *, policy: Policy) -> Output:
    """All axes behind the batch become one.

    >>> from dsl.shapes.types import BATCH
    >>> str(flatten(TensorType("float32", (BATCH, 7, 7, 64)), policy=Policy()).value)
    'float32[3136]'
    """
    batch, *sizes = shape_of(x)
    return Output(like(x, (batch, product(sizes)), policy))


@rule("Reshape")
def reshape(x: TensorType, *, target_shape: Any, policy: Policy) -> Output | Refusal:
    """The same numbers in other axes; one of them may be -1.

    >>> from dsl.shapes.types import BATCH
    >>> x = TensorType("float32", (BATCH, 784))
    >>> str(reshape(x, target_shape=(28, 28, -1), policy=Policy()).value)
    'float32[28, 28, 1]'
    """
    batch, *sizes = shape_of(x)
    there = product(sizes)
    refusal = _refuse_reshape(x, there, target_shape)
    if refusal is not None:
        return refusal
    rest = _rest(there, product([size for size in target_shape if size not in (-1, None)]))
    made = (rest if size == -1 else size for size in target_shape)
    return Output(like(x, (batch, *made), policy))


def _rest(there: Dim, wanted: Dim) -> Dim:
    """What is left for an axis of -1; unknown unless it divides."""
    if wanted == 0 or wanted is None:
        return None
    rest = floor_div(there, wanted)
    return rest if same(times(rest, wanted), there) else None


def _refuse_reshape(x: TensorType, there: Dim, target: Any) -> Refusal | None:
    """Why the numbers do not fill the axes, if it is proved that they do not."""
    wanted = product([size for size in target if size not in (-1, None)])
    free = len([size for size in target if size in (-1, None)])
    shown = f"Reshape(({', '.join(map(_size, target))}{',' if len(target) == 1 else ''}))"
    if free > 1:
        words = f"{shown} leaves {free} sizes open, and only one can be computed"
        helps = "write -1 for one of them, and numbers for the others"
        return Refusal(words, argument="target_shape", help=helps, code="bad-value")
    if free and isinstance(there, int) and isinstance(wanted, int):
        fits = wanted != 0 and there % wanted == 0
    else:
        fits = bool(free) or same(there, wanted) is not False
    if fits:
        return None
    need = f"needs {'a multiple of ' if free else ''}{show(wanted)} numbers"
    helps = f"choose sizes whose product is {show(there)}; -1 stands for the one that fits"
    behind = list(target)[1:]
    if behind and not free and same(there, product(behind)) is True:
        helps = f"the batch stands in no shape: Reshape([{', '.join(map(_size, behind))}])"
    # what is not a number is trusted while the model is built
    code = "shape-mismatch" if isinstance(there, int) else "cannot-run"
    return Refusal(f"{shown} {need}, and {x} has {show(there)}", "target_shape", 0, helps, code)


def _size(size: int | None) -> str:
    return "-1" if size is None else str(size)


@rule("Permute")
def permute(x: TensorType, *, dims: Any, policy: Policy) -> Output | Refusal:
    """The axes in another order, counted from 1.

    >>> from dsl.shapes.types import BATCH
    >>> str(permute(TensorType("float32", (BATCH, 10, 64)), dims=(2, 1), policy=Policy()).value)
    'float32[64, 10]'
    """
    shape = shape_of(x)
    if len(shape) != len(dims) + 1:
        return Refusal(
            f"Permute(({', '.join(map(str, dims))})) orders {len(dims)} axes, and {x} has"
            f" {len(shape) - 1} behind the batch",
            argument="dims",
            operand=0,
            help=f"write each of the numbers 1 to {len(shape) - 1} once, in the order meant",
            code="wrong-rank",
        )
    return Output(like(x, (shape[0], *(shape[axis] for axis in dims)), policy))


@rule("RepeatVector")
def repeat_vector(x: TensorType, *, n: int, policy: Policy) -> Output | Refusal:
    """A vector as `n` equal steps."""
    refusal = refuse_rank("RepeatVector", x, ("features",))
    if refusal is not None:
        return refusal
    batch, size = shape_of(x)
    return Output(
        TensorType(policy.compute, (batch, n, size)),
        warnings=announced_only("RepeatVector", x, policy),
    )


@rule("Cropping1D", "Cropping2D", "Cropping3D")
def cropping(
    x: TensorType,
    *,
    cropping: Any,
    policy: Policy,
    symbol: str,
    data_format: str | None = None,
) -> Output | Refusal:
    """So many are cut off at both ends of each axis of the space."""
    axes = int(symbol[-2])
    refusal = refuse_map(symbol, x, axes, data_format)
    if refusal is not None:
        return refusal
    space = space_of(shape_of(x), data_format)
    refusal = _refuse_fractions("cropping", cropping, space, "cannot-run")
    if refusal is not None:
        return refusal
    left = tuple(
        minus(size, sum(ends)) for size, ends in zip(space, ends_of(cropping, axes), strict=True)
    )
    for name, size, before in zip(SPACE[axes], left, space, strict=True):
        if is_positive(minus(1, size)):
            return Refusal(
                f"{symbol} leaves nothing of the {name} of {x}, which is {show(before)}",
                argument="cropping",
                help="cut off less: the numbers count for both ends",
                operand=0,
                code="too-small",
            )
    return _with(symbol, x, left, data_format, policy)


@rule("ZeroPadding1D", "ZeroPadding2D", "ZeroPadding3D")
def zero_padding(
    x: TensorType, *, padding: Any, data_format: str | None, policy: Policy, symbol: str
) -> Output | Refusal:
    """So many zeros are put at both ends of each axis of the space."""
    axes = int(symbol[-2])
    refusal = refuse_map(symbol, x, axes, data_format)
    if refusal is not None:
        return refusal
    space = space_of(shape_of(x), data_format)
    refusal = _refuse_fractions("padding", padding, space, "senseless-value")
    if refusal is not None:
        return refusal
    sizes = tuple(
        plus(size, sum(ends)) for size, ends in zip(space, ends_of(padding, axes), strict=True)
    )
    return _with(symbol, x, sizes, data_format, policy)


@rule("UpSampling1D", "UpSampling2D", "UpSampling3D")
def up_sampling(
    x: TensorType,
    *,
    size: Any,
    policy: Policy,
    symbol: str,
    data_format: str | None = None,
) -> Output | Refusal:
    """Every place becomes `size` of them."""
    axes = int(symbol[-2])
    refusal = refuse_map(symbol, x, axes, data_format)
    if refusal is not None:
        return refusal
    space = space_of(shape_of(x), data_format)
    sizes = tuple(times(n, by) for n, by in zip(space, tuple_of(size, axes), strict=True))
    return _with(symbol, x, sizes, data_format, policy)


def _refuse_fractions(name: str, value: Any, space: Shape, unseen: str) -> Refusal | None:
    """Why ends are no whole numbers; of an axis of unknown size Keras does not reckon with them."""
    if isinstance(value, int):
        return None
    of_axes = zip(space, ends_of(value, len(space)), strict=True)
    odd = [size for size, ends in of_axes if not all(isinstance(one, int) for one in ends)]
    if not odd:
        return None
    code = "bad-value" if any(isinstance(size, int) for size in odd) else unseen
    return Refusal(f"{name} is of whole numbers, not {value}", argument=name, code=code)


def ends_of(value: Any, axes: int) -> tuple[tuple[int, int], ...]:
    """How many at both ends of each axis, as Keras reads the argument.

    >>> ends_of(2, 2), ends_of((1, 2), 1), ends_of((1, 2), 2), ends_of(((0, 1), (2, 3)), 2)
    (((2, 2), (2, 2)), ((1, 2),), ((1, 1), (2, 2)), ((0, 1), (2, 3)))
    """
    if isinstance(value, int):
        return ((value, value),) * axes
    if axes == 1:
        return ((value[0], value[1]),)
    return tuple((ends, ends) if isinstance(ends, int) else tuple(ends) for ends in value)


def _with(
    symbol: str, x: TensorType, space: Shape, data_format: str | None, policy: Policy
) -> Output:
    shape = shape_of(x)
    channels = shape[1 if data_format == "channels_first" else -1]
    return Output(
        TensorType(policy.compute, with_space(shape[0], space, channels, data_format)),
        warnings=announced_only(symbol, x, policy),
    )
