"""Layers that disturb what they are given in training, and hand it on otherwise."""

from __future__ import annotations

from dsl.catalogue.checks import announced_only, refuse_map, shape_of
from dsl.catalogue.registry import Output, Policy, Refusal, rule
from dsl.shapes.dims import same, show
from dsl.shapes.types import TensorType


@rule("GaussianDropout", "GaussianNoise")
def disturbed(x: TensorType, *, policy: Policy, symbol: str) -> Output:
    """The same shape."""
    value = TensorType(policy.compute, x.shape)
    return Output(value, warnings=announced_only(symbol, x, policy))


@rule("Dropout", "AlphaDropout")
def dropout(
    x: TensorType, *, noise_shape: object, policy: Policy, symbol: str
) -> Output | Refusal:
    """The same shape; `noise_shape` must stretch to it."""
    shape = shape_of(x)
    noise = noise_shape if isinstance(noise_shape, list | tuple) else None
    if noise is not None and len(noise) != len(shape):
        return Refusal(
            f"noise_shape has {len(noise)} axes, and {x} has {len(shape)} with its batch",
            argument="noise_shape",
            operand=0,
            code="wrong-rank",
        )
    for size, there in zip(noise or (), shape, strict=False):
        if size not in (None, 1) and same(size, there) is False:
            return Refusal(
                f"noise_shape has {size} where {x} has {show(there)}",
                argument="noise_shape",
                operand=0,
            )
    return disturbed(x, policy=policy, symbol=symbol)


@rule("SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D")
def spatial_dropout(
    x: TensorType, *, policy: Policy, symbol: str, data_format: str | None = None
) -> Output | Refusal:
    """The same shape, whole channels at a time."""
    refusal = refuse_map(symbol, x, int(symbol[-2]), data_format)
    return refusal or disturbed(x, policy=policy, symbol=symbol)
