"""What lints look up: layers with their operations, where the source gives an argument, what stands behind an output."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dsl import nodes
from dsl.catalogue import lookup
from dsl.checker.values import Function, Layer, LayerClass

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dsl.checker.frame import Frame
    from dsl.graph import Operation, Tensor
    from dsl.shapes.types import TensorType
    from dsl.source import Span

FLOATS = ("float", "bfloat")

LAYER_ACTIVATIONS = {
    "ELU": "elu",
    "LeakyReLU": "leaky_relu",
    "PReLU": "leaky_relu",
    "ReLU": "relu",
    "Softmax": "softmax",
}
"""Layers that are an activation."""


def layers(frame: Frame) -> Iterator[tuple[Operation, Layer]]:
    """Applied layers, those inside nested models too, each once (a nested model's body is run for each shape)."""
    seen: set[str] = set()
    for operation, layer in frame.state.layers.items():
        if operation.name not in seen:
            seen.add(operation.name)
            yield operation, layer


def place(layer: Layer, parameter: str, frame: Frame) -> Span:
    """Where the source gives a parameter of a layer; the whole configuration where it does not."""
    fact = frame.state.facts.get(layer.node) if layer.node is not None else None
    for bound in getattr(fact, "bound", ()):
        if bound.parameter == parameter and bound.node is not None:
            span: Span = bound.node.span
            return span
    return layer.span


def activation(value: Any) -> str:
    """The activation that an argument stands for: Keras's own word, `linear` for none, empty where not known."""
    match value:
        case None:
            return "linear"
        case str():
            symbol = lookup.resolve_word("activations", value)
            return symbol.canonical if symbol is not None else ""
        case Function():
            return activation(value.symbol.name)
        case Layer() | LayerClass():
            return LAYER_ACTIVATIONS.get(value.symbol.key, "")
    return ""


def source(tensor: Tensor, frame: Frame) -> Tensor:
    """The tensor behind the Identity that only names an output."""
    if id(tensor.operation) in frame.state.identity_operations:
        return tensor.operation.calls[0][0]
    return tensor


def is_float(tensor: Tensor) -> bool:
    """Whether a tensor is known to hold floats."""
    return (tensor.type.dtype or "").startswith(FLOATS)


def size_of(kind: TensorType, axis: Any = -1) -> int | None:
    """The size of an axis, by default the last; None where it is no known number."""
    shape = kind.shape
    if shape is None or not isinstance(axis, int) or not -len(shape) <= axis < len(shape):
        return None
    size = shape[axis]
    return size if isinstance(size, int) else None


def words_of(expression: nodes.Expr) -> str:
    """A loss or metric as the source calls it, without its configuration."""
    named = expression.callee if isinstance(expression, nodes.Call) else expression
    return named.span.text
