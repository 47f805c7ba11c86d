"""Normalizations."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

from dsl.catalogue.checks import announced_only, number, refuse_axis, refuse_unknown, shape_of
from dsl.catalogue.kinds import is_number
from dsl.catalogue.registry import Output, Policy, Refusal, rule
from dsl.catalogue.rules.operands import literal
from dsl.records import replace
from dsl.shapes.types import TensorType

if TYPE_CHECKING:
    from dsl.shapes.types import Shape

TWICE_IN_SILENCE = ("LayerNormalization", "RMSNormalization")
"""Layers that take one axis twice, and make weights for each."""


@rule("BatchNormalization")
def batch_normalization(
    x: TensorType,
    *,
    axis: int,
    center: bool,
    scale: bool,
    renorm: bool,
    renorm_clipping: Any = None,
    policy: Policy,
) -> Output | Refusal:
    """Mean and variance of each channel move along, and are not trained.

    >>> from dsl.shapes.types import BATCH
    >>> x = TensorType("float32", (BATCH, 8, 8, 64))
    >>> how = {"axis": -1, "center": True, "scale": True, "renorm": False, "policy": Policy()}
    >>> out = batch_normalization(x, **how)
    >>> out.params, out.frozen
    (256, 128)
    """
    sizes = _weighed("BatchNormalization", x, axis)
    if isinstance(sizes, Refusal):
        return sizes
    refusal = _refuse_clipping(renorm_clipping, renorm)
    if refusal is not None:
        return refusal
    moving = (5 if renorm else 2) * sizes[0]
    learned = (bool(center) + bool(scale)) * sizes[0]
    return _like("BatchNormalization", x, policy, learned + moving, moving)


def _refuse_clipping(clipping: Any, renorm: bool) -> Refusal | None:
    """Why these are no limits of the correction; Keras looks at them with `renorm` alone."""
    if clipping is None or (isinstance(clipping, dict) and _are_limits(clipping)):
        return None
    words = (
        "renorm_clipping has limits by the names rmax, rmin (not above rmax) and dmax (0 or more)"
    )
    code = "bad-value" if renorm and clipping else "senseless-value"
    helps = 'write {"rmax": 3.0, "rmin": 0.3, "dmax": 5.0}'
    return Refusal(words, "renorm_clipping", help=helps, code=code)


def _are_limits(given: dict[str, Any]) -> bool:
    low: Any = given.get("rmin")
    high: Any = given.get("rmax")
    numbers = all(is_number(one) for one in given.values() if one is not None)
    if not numbers or not set(given) <= {"rmin", "rmax", "dmax"}:
        return False
    return (None in (low, high) or low <= high) and (given.get("dmax") or 0) >= 0


@rule("LayerNormalization")
def layer_normalization(
    x: TensorType,
    *,
    axis: Any,
    center: bool,
    scale: bool,
    rms_scaling: bool = False,
    policy: Policy,
) -> Output | Refusal:
    """Each example by itself, over one axis or several."""
    sizes = _weighed("LayerNormalization", x, axis)
    if isinstance(sizes, Refusal):
        return sizes
    kinds = 1 if rms_scaling else bool(center) + bool(scale)
    return _like("LayerNormalization", x, policy, kinds * prod(sizes))


@rule("RMSNormalization")
def rms_normalization(x: TensorType, *, axis: Any, policy: Policy) -> Output | Refusal:
    """By the root of the mean square, over one axis or several."""
    sizes = _weighed("RMSNormalization", x, axis)
    if isinstance(sizes, Refusal):
        return sizes
    last = sorted(_positive(axis, len(shape_of(x)))) == list(
        range(len(shape_of(x)) - len(sizes), len(shape_of(x)))
    )
    made = _like("RMSNormalization", x, policy, prod(sizes))
    if last or prod(sizes) == 1:
        return made
    words = f"RMSNormalization(axis={axis}) fails in the run unless its axes are the last ones"
    return Output(made.value, made.params, warnings=(*made.warnings, words))


@rule("GroupNormalization")
def group_normalization(
    x: TensorType, *, groups: int, axis: int, center: bool, scale: bool, policy: Policy
) -> Output | Refusal:
    """Channels in groups; -1 is a group for each."""
    sizes = _weighed("GroupNormalization", x, axis)
    if isinstance(sizes, Refusal):
        return sizes
    if groups != -1 and sizes[0] % groups != 0:
        return Refusal(
            f"the {sizes[0]} channels of {x} can't be shared out evenly among {groups} groups",
            argument="groups",
            operand=0,
            help="groups divides the number of channels; it is 32 unless given",
        )
    return _like("GroupNormalization", x, policy, (bool(center) + bool(scale)) * sizes[0])


@rule("UnitNormalization")
def unit_normalization(x: TensorType, *, axis: Any, policy: Policy) -> Output | Refusal:
    """To length 1 along an axis."""
    refusal = refuse_axis("UnitNormalization", x, axis)
    if refusal is not None and refusal.code == "bad-value":
        refusal = replace(refusal, code="senseless-value")  # an axis named twice
    return refusal or _like("UnitNormalization", x, policy, 0)


@rule("Normalization")
def normalization(
    x: TensorType, *, axis: Any, mean: Any, variance: Any, policy: Policy
) -> Output | Refusal:
    """By mean and variance of data that were seen before, or given."""
    if (mean is None) != (variance is None):
        return Refusal(
            "Normalization takes mean and variance together, or neither",
            argument="mean" if variance is None else "variance",
            code="bad-value",
        )
    if mean is not None and _form(mean) != _form(variance):
        words = "mean and variance must have one shape"
        return Refusal(words, argument="variance", code="bad-value")
    axes = () if axis is None else axis
    refusal = refuse_axis("Normalization", x, axes)
    if refusal is not None:
        return refusal
    sizes = _weighed("Normalization", x, axes) if axis is not None else ()
    if isinstance(sizes, Refusal):
        return sizes
    if mean is None:
        numbers = 2 * prod(sizes) + 1
        return _like("Normalization", x, policy, numbers, numbers)
    refusal = _refuse_known("mean", mean, sizes) or _refuse_known("variance", variance, sizes)
    return refusal or _like("Normalization", x, policy, 0)


def _form(value: Any) -> tuple[int, ...]:
    """The shape of a number, or of numbers in lists."""
    if not isinstance(value, list | tuple):
        return ()
    return (len(value), *(_form(value[0]) if value else ()))


def _refuse_known(name: str, value: Any, sizes: tuple[int, ...]) -> Refusal | None:
    """Why a mean or variance does not go with the axes that are kept: it has one of its numbers for each place, or one for all."""
    own = literal(value)
    if own is None:
        return Refusal(f"{name} is a number, or numbers in lists", name, code="bad-value")
    shape = shape_of(own)
    last = sizes[len(sizes) - len(shape) :]
    if len(shape) <= len(sizes) and all(a in (1, b) for a, b in zip(shape, last, strict=True)):
        return None
    kept = f"the axes that are kept have the sizes {list(sizes)}" if sizes else "no axis is kept"
    helps = "give a number for each place of `axis`, or one number for all"
    return Refusal(
        f"{name} has the shape {list(shape)}, and {kept}", name, help=helps, code="bad-value"
    )


def _positive(axis: Any, rank: int) -> list[int]:
    axes = axis if isinstance(axis, list | tuple) else (axis,)
    return [one + rank if one < 0 else one for one in axes]


def _weighed(symbol: str, x: TensorType, axis: Any) -> tuple[int, ...] | Refusal:
    """The sizes of the axes that have weights."""
    refusal = refuse_axis(symbol, x, axis)
    if refusal is not None:
        twice = refusal.code == "bad-value" and symbol in TWICE_IN_SILENCE
        return replace(refusal, code="senseless-value") if twice else refusal
    shape: Shape = shape_of(x)
    sizes = []
    for axis_number in sorted(_positive(axis, len(shape))):
        refusal = refuse_unknown(symbol, x, axis_number, f"size of axis {axis_number}")
        if refusal is not None:
            return refusal
        sizes.append(number(shape[axis_number]))
    return tuple(sizes)


def _like(symbol: str, x: TensorType, policy: Policy, params: int, frozen: int = 0) -> Output:
    value = TensorType(policy.compute, x.shape)
    return Output(value, params, frozen, announced_only(symbol, x, policy))
