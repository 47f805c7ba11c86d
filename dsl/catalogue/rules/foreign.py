"""Layers that carry what Keras did not make: a Python function, a model of JAX, a saved model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dsl.catalogue.registry import UNKNOWN, Output, Policy, copes_with_unknown, rule
from dsl.shapes.types import TensorType

if TYPE_CHECKING:
    from dsl.shapes.dims import Dim

ON_TRUST = "the model announces output_shape, and the run gives what the function makes"


@rule("Lambda")
@copes_with_unknown
def python_function(x: Any, *, output_shape: Any, policy: Policy) -> Output | None:
    """What `output_shape` says of it, without the batch; else only Python knows.

    >>> from dsl.shapes.types import BATCH
    >>> x = TensorType("float32", (BATCH, 8))
    >>> str(python_function(x, output_shape=(3,), policy=Policy()).value)
    'float32[3]'
    """
    if output_shape is None or output_shape is UNKNOWN:
        return None
    first = x[0] if isinstance(x, list | tuple) else x
    batch = first.shape[0] if isinstance(first, TensorType) and first.shape else None
    if isinstance(output_shape, tuple):
        return Output(_behind(batch, output_shape, policy), warnings=(ON_TRUST,), madds=None)
    several = tuple(_behind(batch, shape, policy) for shape in output_shape)
    return Output(several, warnings=(ON_TRUST,), madds=None)


def _behind(batch: Dim, sizes: Any, policy: Policy) -> TensorType:
    known = (None if size is UNKNOWN else size for size in sizes)
    return TensorType(policy.compute, (batch, *known))


@rule("JaxLayer", "FlaxLayer", "TFSMLayer")
@copes_with_unknown
def foreign_model(*tensors: Any) -> None:
    """Only the model inside knows what it gives."""
