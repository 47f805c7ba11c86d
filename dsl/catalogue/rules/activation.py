"""Activations that are layers of their own."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

from dsl.catalogue.checks import (
    announced_only,
    kept_dtype,
    number,
    refuse_axis,
    refuse_unknown,
    shape_of,
)
from dsl.catalogue.layer_run_dtypes import FAILS, surprise
from dsl.catalogue.registry import Output, Policy, Refusal, rule
from dsl.records import replace
from dsl.shapes.broadcast import Clash, broadcast
from dsl.shapes.dtypes import is_integer
from dsl.shapes.types import TensorType

if TYPE_CHECKING:
    from collections.abc import Iterable


@rule("ReLU")
def relu(
    x: TensorType, *, negative_slope: Any, max_value: Any, threshold: Any, policy: Policy
) -> Output:
    """The same shape; a slope below zero makes floats of whole numbers, in the plainest form alone."""
    kept = kept_dtype(x, policy)
    if not negative_slope or not is_integer(kept):
        return elementwise(x, policy=policy, symbol="ReLU")
    real = "float32" if max_value is None and not threshold else FAILS
    value = TensorType(policy.compute, x.shape)
    return Output(value, warnings=surprise("ReLU", str(kept), policy.compute, real))


@rule("LeakyReLU", "ELU")
def elementwise(x: TensorType, *, policy: Policy, symbol: str) -> Output:
    """The same shape."""
    value = TensorType(policy.compute, x.shape)
    return Output(value, warnings=announced_only(symbol, x, policy))


@rule("PReLU")
def prelu(x: TensorType, *, shared_axes: Any, policy: Policy) -> Output | Refusal:
    """A slope for every place behind the batch, but along axes that share it.

    >>> from dsl.shapes.types import BATCH
    >>> x = TensorType("float32", (BATCH, None, 8, 3))
    >>> prelu(x, shared_axes=(1, 2), policy=Policy()).params
    3
    """
    shape = shape_of(x)
    shared = set(_axes(shared_axes))
    if shared and min(shared) < 1:
        taken = min(shared) > 1 - len(shape)
        return Refusal(
            f"shared_axes counts axes from 1 up, and {min(shared)} would share another one",
            argument="shared_axes",
            code="senseless-value" if taken else "bad-value",
        )
    refusal = refuse_axis("PReLU", x, tuple(shared))
    if refusal is not None:
        return refusal
    own = [axis for axis in range(1, len(shape)) if axis not in shared]
    for axis in own:
        refusal = refuse_unknown("PReLU", x, axis, f"size of axis {axis}")
        if refusal is not None:
            return Refusal(
                refusal.words,
                operand=0,
                help=f"shared_axes=[{axis}] lets that axis share its slopes",
                code=refusal.code,
            )
    made = elementwise(x, policy=policy, symbol="PReLU")
    return Output(made.value, prod(number(shape[axis]) for axis in own), 0, made.warnings)


@rule("Softmax")
def softmax(
    x: TensorType, *, axis: Any, mask: TensorType | None, policy: Policy
) -> Output | Refusal:
    """The same shape, sums of 1 along an axis."""
    refusal = refuse_axis("Softmax", x, axis)
    if refusal is None and isinstance(axis, list | tuple) and not axis:
        refusal = Refusal("Softmax is given no axis at all", argument="axis")
    if refusal is not None:
        return replace(refusal, code="cannot-run")
    refusal = _refuse_mask(x, mask)
    return refusal or elementwise(x, policy=policy, symbol="Softmax")


def _refuse_mask(x: TensorType, mask: Any) -> Refusal | None:
    if not isinstance(mask, TensorType):
        return None
    shape = shape_of(x)
    met = broadcast(shape, shape_of(mask))
    if not isinstance(met, Clash) and len(met) == len(shape):
        return None
    return Refusal(f"a mask of {mask} does not fit to {x}", argument="mask", code="cannot-run")


def _axes(value: Any) -> Iterable[int]:
    if value is None:
        return ()
    return tuple(value) if isinstance(value, list | tuple) else (value,)
