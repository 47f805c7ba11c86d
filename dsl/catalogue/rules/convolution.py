"""Convolutions: plain, transposed, depthwise, separable."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

from dsl.catalogue.checks import (
    SPACE,
    announced_only,
    channels_axis,
    number,
    refuse_map,
    refuse_unknown,
    shape_of,
    space_of,
    tuple_of,
    with_space,
)
from dsl.catalogue.registry import Output, Policy, Refusal, rule
from dsl.catalogue.rules.core import with_lora
from dsl.records import replace
from dsl.shapes.counting import Within, count
from dsl.shapes.dims import show
from dsl.shapes.types import TensorType
from dsl.shapes.windows import extent, fits, slide, spread

if TYPE_CHECKING:
    from dsl.shapes.types import Shape


@rule("Conv1D", "Conv2D", "Conv3D")
def convolution(
    x: TensorType,
    *,
    filters: int,
    kernel_size: Any,
    strides: Any,
    padding: str,
    data_format: str | None,
    dilation_rate: Any,
    groups: int,
    use_bias: bool,
    lora_rank: int | None = None,
    policy: Policy,
    symbol: str,
) -> Output | Refusal:
    """Windows slide over the space; the channels become `filters`."""
    axes = _rank(symbol)
    kernel, steps, holes = (tuple_of(v, axes) for v in (kernel_size, strides, dilation_rate))
    refusal = (
        _refuse_strided_holes(symbol, steps, holes)
        or _refuse_groups(filters, groups)
        or refuse_map(symbol, x, axes, data_format)
        or refuse_unknown(symbol, x, channels_axis(data_format), "number of channels")
        or _refuse_channels_in_groups(x, groups, data_format)
        or refuse_windows(symbol, x, kernel, padding, data_format, holes)
    )
    if refusal is not None:
        return refusal
    value = _slid(x, filters, kernel, steps, padding, data_format, holes, policy)
    inputs = prod(kernel) * _channels(x, data_format) // groups
    bias, uses = filters if use_bias else 0, _places(value, data_format)
    made = with_lora(value, inputs, filters, uses=uses, bias=bias, rank=lora_rank)
    return replace(made, warnings=announced_only(symbol, x, policy))


@rule("DepthwiseConv1D", "DepthwiseConv2D")
def depthwise(
    x: TensorType,
    *,
    kernel_size: Any,
    strides: Any,
    padding: str,
    depth_multiplier: int,
    data_format: str | None,
    dilation_rate: Any,
    use_bias: bool,
    policy: Policy,
    symbol: str,
) -> Output | Refusal:
    """Windows slide over each channel by itself, which becomes `depth_multiplier` of them."""
    axes = _rank(symbol)
    kernel, steps, holes = (tuple_of(v, axes) for v in (kernel_size, strides, dilation_rate))
    refusal = (
        refuse_map(symbol, x, axes, data_format)
        or refuse_unknown(symbol, x, channels_axis(data_format), "number of channels")
        or refuse_windows(symbol, x, kernel, padding, data_format, holes)
    )
    if refusal is not None:
        return refusal
    made = _channels(x, data_format) * depth_multiplier
    value = _slid(x, made, kernel, steps, padding, data_format, holes, policy)
    weights = prod(kernel) * made
    madds = count(_places(value, data_format), weights)
    warnings = announced_only(symbol, x, policy)
    return Output(value, weights + (made if use_bias else 0), warnings=warnings, madds=madds)


@rule("SeparableConv1D", "SeparableConv2D")
def separable(
    x: TensorType,
    *,
    filters: int,
    kernel_size: Any,
    strides: Any,
    padding: str,
    data_format: str | None,
    dilation_rate: Any,
    depth_multiplier: int,
    use_bias: bool,
    policy: Policy,
    symbol: str,
) -> Output | Refusal:
    """A depthwise convolution, whose channels are then mixed into `filters`."""
    axes = _rank(symbol)
    kernel, steps, holes = (tuple_of(v, axes) for v in (kernel_size, strides, dilation_rate))
    refusal = (
        refuse_map(symbol, x, axes, data_format)
        or refuse_unknown(symbol, x, channels_axis(data_format), "number of channels")
        or refuse_windows(symbol, x, kernel, padding, data_format, holes)
    )
    if refusal is not None:
        return refusal
    made = _channels(x, data_format) * depth_multiplier
    value = _slid(x, filters, kernel, steps, padding, data_format, holes, policy)
    mixing = made * filters
    weights = prod(kernel) * made + mixing
    places = _places(value, data_format)
    madds, within = count(places, weights), Within(inner=count(places, mixing) or 0)
    warnings = announced_only(symbol, x, policy)
    params = weights + (filters if use_bias else 0)
    return Output(value, params, warnings=warnings, madds=madds, within=within)


@rule("Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose")
def transposed(
    x: TensorType,
    *,
    filters: int,
    kernel_size: Any,
    strides: Any,
    padding: str,
    output_padding: Any,
    data_format: str | None,
    dilation_rate: Any,
    use_bias: bool,
    policy: Policy,
    symbol: str,
) -> Output | Refusal:
    """Each place spreads over a window: the way back from a strided convolution."""
    axes = _rank(symbol)
    kernel, steps, holes = (tuple_of(v, axes) for v in (kernel_size, strides, dilation_rate))
    more = tuple_of(output_padding, axes)
    refusal = (
        _refuse_strided_holes(symbol, steps, holes)
        or _refuse_output_padding(more, steps)
        or refuse_map(symbol, x, axes, data_format)
        or refuse_unknown(symbol, x, channels_axis(data_format), "number of channels")
    )
    if refusal is not None:
        return refusal
    sizes = zip(space_of(shape_of(x), data_format), kernel, steps, holes, more, strict=True)
    space = tuple(spread(n, k, s, padding.lower(), d, p) for n, k, s, d, p in sizes)
    value = TensorType(policy.compute, with_space(shape_of(x)[0], space, filters, data_format))
    kernels = prod(kernel) * _channels(x, data_format) * filters
    madds = count(_places(x, data_format), kernels)
    warnings = announced_only(symbol, x, policy)
    return Output(value, kernels + (filters if use_bias else 0), warnings=warnings, madds=madds)


def refuse_windows(
    symbol: str,
    x: TensorType,
    window: tuple[int, ...],
    padding: str,
    data_format: str | None,
    dilation: tuple[int, ...],
) -> Refusal | None:
    """Why a window does not fit into a map, if it does not."""
    if padding.lower() != "valid":
        return None
    space = space_of(shape_of(x), data_format)
    for name, size, width, hole in zip(SPACE[len(space)], space, window, dilation, strict=True):
        if not fits(size, width, hole):
            return Refusal(
                f"the window of {extent(width, hole)} is larger than the {name} of {x},"
                f" which is {show(size)}",
                argument="pool_size" if "Pooling" in symbol else "kernel_size",
                operand=0,
                help=_last(x, data_format)
                or "a smaller window, padding same, or less pooling before it",
                code="too-small",
            )
    return None


def _last(x: TensorType, data_format: str | None) -> str:
    """What to write where the channels of an image seem to stand first: few, before a square."""
    sizes = shape_of(x)[1:]
    if data_format == "channels_first" or len(sizes) != 3 or sizes[0] not in (1, 3, 4):
        return ""
    if sizes[1] != sizes[2] or not isinstance(sizes[2], int) or sizes[2] < 8:
        return ""
    return f"channels stand last: [{sizes[1]}, {sizes[2]}, {sizes[0]}]; where the data have them first, write data_format=channels_first"


def _rank(symbol: str) -> int:
    """The number of axes that a layer's windows slide over: the digit in its name."""
    return next(int(letter) for letter in symbol if letter.isdigit())


def _places(x: TensorType, data_format: str | None) -> int | None:
    """In how many places of a map a window is multiplied with the kernel."""
    shape = shape_of(x)
    return count(shape[0], *space_of(shape, data_format))


def _channels(x: TensorType, data_format: str | None) -> int:
    return number(shape_of(x)[channels_axis(data_format)])


def _slid(
    x: TensorType,
    channels: int,
    kernel: tuple[int, ...],
    steps: tuple[int, ...],
    padding: str,
    data_format: str | None,
    holes: tuple[int, ...],
    policy: Policy,
) -> TensorType:
    sizes = zip(space_of(shape_of(x), data_format), kernel, steps, holes, strict=True)
    space: Shape = tuple(slide(n, k, s, padding.lower(), d) for n, k, s, d in sizes)
    return TensorType(policy.compute, with_space(shape_of(x)[0], space, channels, data_format))


def _refuse_strided_holes(
    symbol: str, steps: tuple[int, ...], holes: tuple[int, ...]
) -> Refusal | None:
    if max(steps) == 1 or max(holes) == 1:
        return None
    return Refusal(
        f"{symbol} takes strides or a dilation_rate above 1, not both",
        argument="dilation_rate",
        help="leave one of them out",
        code="bad-value",
    )


def _refuse_groups(filters: int, groups: int) -> Refusal | None:
    if filters % groups == 0:
        return None
    words = f"{filters} filters can't be shared out evenly among {groups} groups"
    helps = "choose filters that the groups divide"
    return Refusal(words, argument="groups", help=helps, code="bad-value")


def _refuse_channels_in_groups(
    x: TensorType, groups: int, data_format: str | None
) -> Refusal | None:
    channels = _channels(x, data_format)
    if channels % groups == 0:
        return None
    return Refusal(
        f"the {channels} channels of {x} can't be shared out evenly among {groups} groups",
        argument="groups",
        operand=0,
        help="choose groups that divide the channels",
    )


def _refuse_output_padding(more: tuple[Any, ...], steps: tuple[int, ...]) -> Refusal | None:
    for extra, step in zip(more, steps, strict=True):
        if extra is not None and extra >= step:
            return Refusal(
                f"an output_padding of {extra} must be smaller than the stride, which is {step}",
                argument="output_padding",
                help=f"choose an output_padding from 0 to {step - 1}",
                code="bad-value",
            )
    return None
