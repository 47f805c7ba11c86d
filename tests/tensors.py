"""Types of tensors, and cases made of them, in the fewest words."""

from __future__ import annotations

from typing import Any

from dsl.catalogue import lookup
from dsl.catalogue.registry import Configured
from dsl.shapes.dims import BATCH
from dsl.shapes.types import TensorType


def tensor(*sizes: Any, dtype: str = "float32") -> TensorType:
    """A tensor of these sizes, its batch in front."""
    return TensorType(dtype, (BATCH, *sizes))


def typed(*sizes: Any, dtype: str = "float32") -> TensorType:
    """A tensor of these sizes and no other."""
    return TensorType(dtype, sizes)


def made(key: str, **arguments: Any) -> Configured:
    """A layer, or an object with settings, with Keras's defaults for the rest."""
    symbol = lookup.by_key(key)
    assert symbol is not None, key
    return Configured(key, {**symbol.defaults, **arguments})


def of_ops(name: str, *operands: Any, **arguments: Any) -> tuple[Any, ...]:
    """A case of a function of `keras.ops`."""
    return (f"ops.{name}", arguments, *operands)
