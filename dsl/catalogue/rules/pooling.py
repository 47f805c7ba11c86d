"""Poolings: in windows, over everything, to a given size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dsl.catalogue.checks import (
    announced_only,
    channels_axis,
    refuse_map,
    shape_of,
    space_of,
    tuple_of,
    with_space,
)
from dsl.catalogue.registry import Output, Policy, Refusal, rule
from dsl.catalogue.rules.convolution import refuse_windows
from dsl.records import replace
from dsl.shapes.types import TensorType
from dsl.shapes.windows import slide

if TYPE_CHECKING:
    from dsl.shapes.types import Shape


@rule(
    "AveragePooling1D",
    "AveragePooling2D",
    "AveragePooling3D",
    "MaxPooling1D",
    "MaxPooling2D",
    "MaxPooling3D",
)
def pooling(
    x: TensorType,
    *,
    pool_size: Any,
    strides: Any,
    padding: str,
    data_format: str | None,
    policy: Policy,
    symbol: str,
) -> Output | Refusal:
    """One number for each window; strides are the windows' size unless given."""
    axes = _axes(symbol)
    window = tuple_of(pool_size, axes)
    steps = window if strides is None else tuple_of(strides, axes)
    refusal = refuse_map(symbol, x, axes, data_format) or refuse_windows(
        symbol, x, window, padding, data_format, (1,) * axes
    )
    if refusal is not None:
        return refusal
    sizes = zip(space_of(shape_of(x), data_format), window, steps, strict=True)
    space = tuple(slide(size, wide, step, padding) for size, wide, step in sizes)
    return _pooled(symbol, x, space, data_format, policy)


@rule(
    "GlobalAveragePooling1D",
    "GlobalAveragePooling2D",
    "GlobalAveragePooling3D",
    "GlobalMaxPooling1D",
    "GlobalMaxPooling2D",
    "GlobalMaxPooling3D",
)
def global_pooling(
    x: TensorType, *, data_format: str | None, keepdims: bool, policy: Policy, symbol: str
) -> Output | Refusal:
    """One number for each channel.

    >>> from dsl.shapes.types import BATCH
    >>> x = TensorType("float32", (BATCH, None, None, 64))
    >>> how = {"data_format": None, "keepdims": False, "policy": Policy()}
    >>> str(global_pooling(x, **how, symbol="GlobalMaxPooling2D").value)
    'float32[64]'
    """
    axes = _axes(symbol)
    refusal = refuse_map(symbol, x, axes, data_format)
    if refusal is not None:
        return refusal
    return _pooled(symbol, x, (1,) * axes if keepdims else (), data_format, policy)


@rule(
    "AdaptiveAveragePooling1D",
    "AdaptiveAveragePooling2D",
    "AdaptiveAveragePooling3D",
    "AdaptiveMaxPooling1D",
    "AdaptiveMaxPooling2D",
    "AdaptiveMaxPooling3D",
)
def adaptive_pooling(
    x: TensorType, *, output_size: Any, data_format: str | None, policy: Policy, symbol: str
) -> Output | Refusal:
    """The space becomes `output_size`, whatever it was."""
    axes = _axes(symbol)
    refusal = refuse_map(symbol, x, axes, data_format)
    if refusal is not None and not (axes > 1 and len(shape_of(x)) == 3):
        return replace(refusal, code="cannot-run")
    made = _pooled(symbol, x, tuple_of(output_size, axes), data_format, policy)
    words = f"a sequence is pooled along one axis in the run, and the model announces {axes}"
    return made if refusal is None else replace(made, warnings=(*made.warnings, words))


def _axes(symbol: str) -> int:
    return int(symbol[-2])


def _pooled(
    symbol: str, x: TensorType, space: Shape, data_format: str | None, policy: Policy
) -> Output:
    shape = shape_of(x)
    channels = shape[channels_axis(data_format)]
    return Output(
        TensorType(policy.compute, with_space(shape[0], space, channels, data_format)),
        warnings=announced_only(symbol, x, policy),
    )
