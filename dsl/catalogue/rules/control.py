"""Functions of `keras.ops` that apply a Python function: what it gives, and multiplies, is known to itself alone."""

from __future__ import annotations

from typing import Any

from dsl.catalogue.registry import UNKNOWN, Output, Refusal, Structure, copes_with_unknown, rule
from dsl.shapes.types import UNKNOWN_TENSOR, TensorType


@rule("ops.map", "ops.vectorized_map", "ops.associative_scan")
@copes_with_unknown
def mapped(f: Any, xs: Any) -> Output:  # noqa: ARG001 -- Keras's
    """Whatever the function makes of each slice."""
    return Output(UNKNOWN_TENSOR, madds=None)


@rule("ops.switch")
@copes_with_unknown
def switch(index: Any, branches: Any, *operands: Any) -> Output:  # noqa: ARG001 -- Keras's
    """Whatever the first branch makes of the operands."""
    return Output(UNKNOWN_TENSOR, madds=None)


@rule("ops.scan")
@copes_with_unknown
def scan(f: Any, init: Any, xs: Any = None) -> Output:  # noqa: ARG001 -- Keras's
    """What is carried in the end, and what was given on the way."""
    return Output((UNKNOWN_TENSOR, UNKNOWN_TENSOR), madds=None)


@rule("ops.jvp")
@copes_with_unknown
def jvp(fun: Any, primals: Any, tangents: Any, *, has_aux: Any = False) -> Output:  # noqa: ARG001 -- Keras's
    """What the function gives, how it changes along the tangents, and what it gives besides."""
    count = 3 if has_aux and has_aux is not UNKNOWN else 2
    return Output((UNKNOWN_TENSOR,) * count, madds=None)


@rule("ops.while_loop")
@copes_with_unknown
def while_loop(cond: Any, body: Any, loop_vars: Any) -> Output | Refusal:  # noqa: ARG001 -- Keras's
    """What goes in comes out, of the same shapes."""
    found = _same(loop_vars)
    if found is not None:
        return Output(found, madds=None)
    words = "`loop_vars` holds tensors alone"
    return Refusal(words, "loop_vars", help="`zeros_like(x)` makes a tensor", code="wrong-operands")


def _same(value: Any) -> Structure | None:
    """Types in their structure; None where something else is among them."""
    if isinstance(value, TensorType) or value is UNKNOWN:
        return value if isinstance(value, TensorType) else UNKNOWN_TENSOR
    if not isinstance(value, list | tuple) or not value:
        return None
    parts = [_same(one) for one in value]
    if None in parts:
        return None
    return [p for p in parts if p] if isinstance(value, list) else tuple(p for p in parts if p)


@rule("ops.fori_loop")
@copes_with_unknown
def fori_loop(lower: Any, upper: Any, body_fun: Any, init_val: TensorType) -> Output:  # noqa: ARG001 -- Keras's
    """What goes in comes out, of the same shape."""
    return Output(_same(init_val) or UNKNOWN_TENSOR, madds=None)
