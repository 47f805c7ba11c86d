"""Layers that multiply, embed, or change nothing."""

from __future__ import annotations

from dsl.catalogue.registry import Output, Policy, Refusal, rule
from dsl.shapes.dims import show
from dsl.shapes.types import TensorType


@rule("Dense")
def dense(x: TensorType, *, units: int, use_bias: bool, policy: Policy) -> Output | Refusal:
    """The last axis becomes `units`."""
    size = x.shape[-1]
    if not isinstance(size, int):
        return Refusal(f"Dense must know the size of the last axis, and it is {show(size)}", operand=0, code="unknown-size")
    return Output(TensorType(policy.compute, (*x.shape[:-1], units)), size * units + units * use_bias)
