"""Layers that scale, cut and disturb images."""

from __future__ import annotations

from typing import Any

from dsl.catalogue.checks import channels_axis, kept_dtype, refuse_map, shape_of, with_space
from dsl.catalogue.registry import Output, Policy, Refusal, rule
from dsl.shapes.dims import same, show
from dsl.shapes.types import TensorType


@rule("Rescaling")
def rescaling(x: TensorType, *, scale: Any, policy: Policy) -> Output | Refusal:
    """The same shape, multiplied; a list of factors has one for each place of the last axis."""
    shape = shape_of(x)
    several = isinstance(scale, list | tuple) and len(scale) != 1 and len(shape) > 1
    if several and same(shape[-1], len(scale)) is False:
        return Refusal(
            f"{len(scale)} factors don't meet the last axis of {x}, which is {show(shape[-1])}",
            argument="scale",
            operand=0,
        )
    return Output(TensorType(policy.compute, x.shape))


@rule(
    "AugMix",
    "AutoContrast",
    "ContrastLimitedAdaptiveHistogramEqualization",
    "RandAugment",
    "RandomBrightness",
    "RandomColorDegeneration",
    "RandomColorJitter",
    "RandomContrast",
    "RandomElasticTransform",
    "RandomErasing",
    "RandomFlip",
    "RandomGaussianBlur",
    "RandomGrayscale",
    "RandomHue",
    "RandomInvert",
    "RandomPerspective",
    "RandomPosterization",
    "RandomRotation",
    "RandomSaturation",
    "RandomSharpness",
    "RandomShear",
    "RandomTranslation",
    "RandomZoom",
    "Solarization",
)
def disturbed_image(
    x: TensorType, *, policy: Policy, symbol: str, data_format: str | None = None
) -> Output | Refusal:
    """The same shape."""
    refusal = refuse_map(symbol, x, 2, data_format)
    if refusal is not None:
        return refusal
    channels = shape_of(x)[channels_axis(data_format)]
    if symbol == "RandomColorDegeneration" and same(channels, 3) is False:
        words = f"RandomColorDegeneration takes images of 3 channels, and {x} has {show(channels)}"
        return Refusal(words, operand=0)
    own = kept_dtype(x, policy) if symbol == "RandomGrayscale" else policy.compute
    return Output(TensorType(own, x.shape))


@rule("Resizing", "CenterCrop", "RandomCrop")
def resized(
    x: TensorType,
    *,
    height: int,
    width: int,
    data_format: str | None,
    policy: Policy,
    symbol: str,
) -> Output | Refusal:
    """Another height and width.

    >>> from dsl.shapes.types import BATCH
    >>> x = TensorType("uint8", (BATCH, None, None, 3))
    >>> how = {"data_format": None, "policy": Policy(), "symbol": "Resizing"}
    >>> str(resized(x, height=32, width=48, **how).value)
    'float32[32, 48, 3]'
    """
    refusal = refuse_map(symbol, x, 2, data_format)
    if refusal is not None:
        return refusal
    shape = shape_of(x)
    channels = shape[channels_axis(data_format)]
    space = (height, width)
    return Output(TensorType(policy.compute, with_space(shape[0], space, channels, data_format)))


@rule("Equalization")
def equalization(x: TensorType) -> Refusal:
    """Keras's `Model` takes it for a cycle: it hands on the very tensor that it is given."""
    return Refusal(
        f"Equalization can't stand in a model, where it is given {x}",
        help="equalize the data before they reach the model",
        code="wrong-kind",
    )
