"""Layers that disturb what they are given in training, and hand it on otherwise."""

from __future__ import annotations

from dsl.catalogue.checks import announced_only, refuse_map, shape_of
from dsl.catalogue.registry import Output, Policy, Refusal, rule
from dsl.shapes.broadcast import Clash, broadcast
from dsl.shapes.types import TensorType


@rule("GaussianDropout", "GaussianNoise")
def disturbed(x: TensorType, *, policy: Policy, symbol: str) -> Output:
    """The same shape."""
    value = TensorType(policy.compute, x.shape)
    return Output(value, warnings=announced_only(symbol, x, policy))


@rule("Dropout", "AlphaDropout")
def dropout(
    x: TensorType, *, rate: float, noise_shape: object, policy: Policy, symbol: str
) -> Output | Refusal:
    """The same shape; `noise_shape` must stretch to it, where some are dropped."""
    if rate in (0, 1):
        return disturbed(x, policy=policy, symbol=symbol)
    noise = tuple(noise_shape) if isinstance(noise_shape, list | tuple) else ()
    shape = shape_of(x)
    filled = tuple(
        there if size is None else size for size, there in zip(noise, shape, strict=False)
    )
    met = broadcast((*filled, *noise[len(shape) :]), shape)
    if isinstance(met, Clash):
        return Refusal(
            f"a noise_shape of {list(noise)} does not stretch to {x} and its batch",
            argument="noise_shape",
            operand=0,
            help="one size for each axis, the batch (none) first; 1 shares the noise",
            code="cannot-run",
        )
    made = disturbed(x, policy=policy, symbol=symbol)
    if len(met) == len(shape):
        return made
    words = f"a noise_shape of {len(noise)} sizes gives {x} further axes in training"
    return Output(made.value, warnings=(*made.warnings, words))


@rule("SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D")
def spatial_dropout(
    x: TensorType, *, policy: Policy, symbol: str, data_format: str | None = None
) -> Output | Refusal:
    """The same shape, whole channels at a time."""
    refusal = refuse_map(symbol, x, int(symbol[-2]), data_format)
    return refusal or disturbed(x, policy=policy, symbol=symbol)
