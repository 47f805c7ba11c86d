"""Layers that scale, cut and disturb images."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dsl.catalogue.checks import (
    announced_only,
    channels_axis,
    kept_dtype,
    refuse_rank,
    shape_of,
    space_of,
    with_space,
)
from dsl.catalogue.layer_run_dtypes import surprise
from dsl.catalogue.registry import Output, Policy, Refusal, rule
from dsl.records import replace
from dsl.shapes.dims import same, show
from dsl.shapes.types import TensorType

if TYPE_CHECKING:
    from dsl.shapes.types import Shape

LOOK_AT_RANK = ("CenterCrop", "RandomColorDegeneration")
"""Layers that look at their operand while the model is built."""
LEAST_RANKS = {"Resizing": 2, "RandomCrop": 3}
"""Ranks below which these raise while the model is built; otherwise they build, and fail in the run."""
COLOURS = {
    "RandomColorDegeneration": (3,),
    "RandomGrayscale": (1, 3),
    "RandomHue": (3,),
    "RandomSaturation": (3,),
}
"""Numbers of channels that layers take, which look at colours."""

AS_GIVEN = frozenset(
    {
        "ContrastLimitedAdaptiveHistogramEqualization",
        "MaxNumBoundingBoxes",
        "MixUp",
        "RandomBrightness",
        "RandomColorDegeneration",
        "RandomColorJitter",
        "RandomContrast",
        "RandomHue",
        "RandomInvert",
        "RandomPosterization",
        "RandomSaturation",
    }
)
"""Layers that announce floats, and outside of training give whole numbers as they came."""


@rule("Rescaling")
def rescaling(x: TensorType, *, scale: Any, offset: Any, policy: Policy) -> Output | Refusal:
    """The same shape, multiplied; a list of factors has one for each place of the last axis."""
    for name, value in (("scale", scale), ("offset", offset)):
        refusal = _refuse_factors(name, value, x)
        if refusal is not None:
            return refusal
    several = max((len(one) for one in (scale, offset) if isinstance(one, list | tuple)), default=1)
    value = TensorType(policy.compute, x.shape)
    if several == 1 or not x.shape or x.shape[-1] != 1:
        return Output(value)
    real = TensorType(policy.compute, (*x.shape[:-1], several))
    return Output(value, warnings=(f"the model announces {value}, and the run gives {real}",))


def _refuse_factors(name: str, value: Any, x: TensorType) -> Refusal | None:
    """Why factors, or what is added, do not meet the last axis in the run."""
    shape = shape_of(x)
    several = isinstance(value, list | tuple) and len(value) != 1 and len(shape) > 1
    if not several or shape[-1] == 1 or same(shape[-1], len(value)) is not False:
        return None
    words = f"{len(value)} factors don't meet the last axis of {x}, which is {show(shape[-1])}"
    return Refusal(words, argument=name, operand=0, code="cannot-run")


@rule(
    "AugMix",
    "AutoContrast",
    "ContrastLimitedAdaptiveHistogramEqualization",
    "CutMix",
    "MaxNumBoundingBoxes",
    "MixUp",
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
    refusal = refuse_image(symbol, x) or _refuse_channels(symbol, x, data_format)
    if refusal is not None:
        return refusal
    own = kept_dtype(x, policy) if symbol == "RandomGrayscale" else policy.compute
    given = announced_only(symbol, x, policy) if symbol in AS_GIVEN else ()
    return Output(TensorType(own, x.shape), warnings=given)


def refuse_image(symbol: str, x: TensorType) -> Refusal | None:
    """Why a tensor is neither images nor a single one; most layers say so in the run, and not before."""
    rank = len(shape_of(x))
    if rank in (3, 4):
        return None
    refusal = refuse_rank(symbol, x, ("height", "width", "channels"))
    at_once = symbol in LOOK_AT_RANK or rank < LEAST_RANKS.get(symbol, 0)
    return replace(refusal, code="wrong-rank" if at_once else "cannot-run") if refusal else None


def _refuse_channels(symbol: str, x: TensorType, data_format: str | None) -> Refusal | None:
    """Why images of so many channels can't be taken, by layers that look at their colours."""
    first = data_format == "channels_first"
    channels = shape_of(x)[(1 if len(shape_of(x)) == 4 else 0) if first else -1]
    takes = COLOURS.get(symbol)
    if takes is None or any(same(channels, one) is not False for one in takes):
        return None
    words = f"{symbol} takes images of {' or '.join(map(str, takes))} channels, and {x} has {show(channels)}"
    code = "shape-mismatch" if symbol in LOOK_AT_RANK else "cannot-run"
    helps = "leave the layer out where the images have no colours"
    return Refusal(words, operand=0, help=helps, code=code)


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
    refusal = refuse_image(symbol, x)
    if refusal is not None:
        return refusal
    shape, wanted = shape_of(x), (height, width)
    batch = shape if len(shape) == 4 else (None, *shape)
    channels = batch[channels_axis(data_format)]
    made = with_space(batch[0], wanted, channels, data_format)[4 - len(shape) :]
    warnings = _as_it_came(symbol, space_of(batch, data_format), wanted, policy)
    if symbol == "Resizing":
        warnings = announced_only(symbol, x, policy)
    return Output(TensorType(policy.compute, made), warnings=warnings)


def _as_it_came(
    symbol: str, space: Shape, wanted: tuple[int, int], policy: Policy
) -> tuple[str, ...]:
    """What a crop does in a run where it does not cut."""
    sizes = list(zip(space, wanted, strict=True))
    if symbol == "RandomCrop" and space != wanted:
        return (
            "RandomCrop cuts in training alone: evaluate and predict leave the image as it came",
        )
    if symbol != "CenterCrop" or policy.compute == "float32":
        return ()
    if any(isinstance(size, int) and size < want for size, want in sizes):
        return surprise(symbol, "", policy.compute, "float32")  # it is resized
    if all(isinstance(size, int) or want == 1 for size, want in sizes):
        return ()
    words = f"CenterCrop gives float32 for {policy.compute} where an image is smaller than the crop"
    return (words,)
