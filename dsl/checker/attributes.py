"""What stands behind a dot: the shape of a tensor, a field of a record, a name of Keras."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dsl import codes
from dsl.catalogue import lookup
from dsl.catalogue.registry import UNKNOWN
from dsl.checker import words
from dsl.checker.facts import SymbolFact
from dsl.checker.habits import METHODS
from dsl.checker.values import (
    ConfiguredBlock,
    Function,
    InputRecord,
    Layer,
    LayerClass,
    UnknownSize,
    Value,
    describe,
    is_unknown,
)  # fmt: skip
from dsl.graph import Tensor

if TYPE_CHECKING:
    from dsl import nodes
    from dsl.checker.frame import Frame


LONGEST_TEXT = 40
"""Letters of what stands before a method, as a help line repeats it."""


def attribute_of(node: nodes.Attribute, value: Value, frame: Frame) -> Value:
    """What `.name` is of a value; UNKNOWN after a diagnostic."""
    match value:
        case Tensor() if node.name == "shape":
            return shape_value(value)
        case Tensor() if node.name == "dtype":
            return value.type.dtype or UNKNOWN
        case Tensor() if node.name == "ndim":
            return UNKNOWN if value.type.shape is None else len(value.type.shape)
        case InputRecord() if node.name in value.fields:
            return value.fields[node.name]
    if is_unknown(value):
        return UNKNOWN
    _report_attribute(node, value, frame)
    return UNKNOWN


def shape_value(tensor: Tensor) -> Value:
    """`x.shape` as a value: a tuple of numbers and unknown sizes, the batch first."""
    if tensor.type.shape is None:
        return UNKNOWN
    return tuple(size if isinstance(size, int) else UnknownSize(size) for size in tensor.type.shape)


def of_keras(node: nodes.Attribute, path: str, frame: Frame) -> Value:
    """What a dotted name means whose root nothing binds: a layer or function, or a mistake."""
    symbol = words.dotted_symbol(path)
    if symbol is None:
        words.report_unknown_path(node, path, frame)
        return UNKNOWN
    frame.fact(node, SymbolFact(symbol))
    return (
        LayerClass(symbol)
        if symbol.kind == "class" or symbol.namespace == "applications"
        else Function(symbol)
    )


def _report_attribute(node: nodes.Attribute, value: Value, frame: Frame) -> None:
    if isinstance(value, InputRecord):
        near = lookup.closest(node.name, list(value.fields), 3)
        frame.report(
            codes.UNKNOWN_NAME,
            node.name_span,
            f"this record has no field {node.name}",
            help=words.did_you_mean(near) or "its fields are " + ", ".join(value.fields),
            fix=words.mend(node.name_span, node.name, near),
        )
        return
    text = node.value.span.text
    short = text if len(text) < LONGEST_TEXT and "\n" not in text else "x"
    method = METHODS.get(node.name, "").replace("{x}", short) or words.as_method(text, node.name)
    frame.report(
        codes.UNKNOWN_NAME,
        node.name_span,
        f"{describe(value)} has no .{node.name}",
        help=method or _attribute_help(node, value),
    )


def _attribute_help(node: nodes.Attribute, value: Value) -> str:
    if isinstance(value, dict):
        return f'write {node.value.span.text}["{node.name}"]'
    if isinstance(value, Layer | ConfiguredBlock):
        return f"apply it to a tensor: {node.value.span.text}(x)"
    if isinstance(value, list | tuple):
        return "lists have operators and slices: xs[-1], xs[:-1], xs + [x]"
    return "a tensor has .shape, .dtype and .ndim; a record of inputs has its fields"
