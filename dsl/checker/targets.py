"""Targets: names bound to values, and to the parts of values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dsl import codes, nodes
from dsl.catalogue.registry import UNKNOWN
from dsl.checker.expressions import CONSTANTS
from dsl.checker.naming import target_names
from dsl.checker.scope import Binding
from dsl.checker.values import (
    ConfiguredBlock,
    InputRecord,
    Layer,
    PythonObject,
    Value,
    describe,
    is_constant,
    is_unknown,
)  # fmt: skip
from dsl.diagnostics import Label
from dsl.graph import Tensor
from dsl.shapes.types import UNKNOWN_TENSOR

if TYPE_CHECKING:
    from dsl.checker.frame import Frame


def bind_target(target: nodes.Expr, value: Value, kind: str, frame: Frame) -> None:
    """Bind the names of a target to the parts of a value."""
    match target:
        case nodes.Group():
            bind_target(target.value, value, kind, frame)
        case nodes.Name():
            bind_name(target, value, kind, frame)
        case nodes.Tuple() | nodes.List():
            _unpack(target, value, kind, frame)


def bind_name(name: nodes.Name, value: Value, kind: str, frame: Frame) -> None:
    """Bind one name."""
    if name.id == "_":
        return
    if name.id in CONSTANTS:
        frame.report(
            codes.RESERVED_WORD,
            name.span,
            f"{name.id} is a value of the language and no name",
            help=f"take another name, such as {name.id}_",
        )
        frame.scope.names[name.id] = Binding(UNKNOWN, name.span, "lost")
        return
    known = frame.scope.find(name.id)
    if known is not None and known.kind == "const" and known.span != name.span:
        frame.report(
            codes.REBOUND,
            name.span,
            f"{name.id} is a constant, and may not be bound again",
            help="choose another name, or write the first one without `const`",
            labels=[Label(known.span, f"{name.id} is made a constant here")],
        )
        return
    own = frame.scope.names.get(name.id)
    if own is not None and own.kind == "block":
        frame.report(
            codes.REBOUND,
            name.span,
            f"{name.id} is a {own.value.node.kind}, and may not be bound again",
            help="choose another name",
            labels=[Label(own.span, f"{name.id} is defined here")],
        )
        return
    if isinstance(value, Layer | ConfiguredBlock | PythonObject) and not value.bound:
        value.bound = name.id
    frame.scope.names[name.id] = Binding(value, name.span, kind)
    if frame.at_top and not frame.loops and kind != "loop":
        _show_to_blocks(name.id, value, kind, frame)


def _show_to_blocks(name: str, value: Value, kind: str, frame: Frame) -> None:
    """A value bound once at top level is seen by blocks, and so are shared layers."""
    if kind == "shared" or (is_constant(value) and frame.file.names.bound_once(0, name)):
        frame.file.visible.names[name] = frame.scope.names[name]


def _unpack(target: nodes.Tuple | nodes.List, value: Value, kind: str, frame: Frame) -> None:
    items = target.items
    starred = [number for number, item in enumerate(items) if isinstance(item, nodes.Splat)]
    parts = _parts(target, value, len(items), frame)
    if parts is None:
        for name in target_names(target):
            frame.scope.names[name] = Binding(UNKNOWN, target.span, kind)
        return
    if starred:
        first, after = starred[0], len(items) - starred[0] - 1
        middle = list(parts[first : len(parts) - after])
        parts = [*parts[:first], middle, *parts[len(parts) - after :]]
    if len(parts) != len(items):
        frame.report(
            codes.WRONG_OPERANDS,
            target.span,
            f"{len(items)} names for {len(parts)} {'values' if len(parts) != 1 else 'value'}",
            help=_names_help(parts),
            labels=_made_here(parts),
        )
        parts = [UNKNOWN] * len(items)
    for item, part in zip(items, parts, strict=True):
        bind_target(item.value if isinstance(item, nodes.Splat) else item, part, kind, frame)


def _parts(target: nodes.Expr, value: Value, count: int, frame: Frame) -> list[Value] | None:
    match value:
        case list() | tuple():
            return list(value)
        case InputRecord():
            return list(value.fields.values())
        case Tensor() if value.type == UNKNOWN_TENSOR:
            return split(value, count, frame)
    if is_unknown(value):
        return None
    helps = "give one name to it, or slice: x[:, 0]"
    if isinstance(value, Tensor) and value.operation.class_name in RECURRENT:
        helps = "give a recurrent layer return_state to have its states, or slice: x[:, 0]"
    frame.report(
        codes.WRONG_OPERANDS,
        target.span,
        f"{count} names for one thing: {describe(value)}",
        help=helps if isinstance(value, Tensor) else "a list or tuple is spread over several names",
    )
    return None


def split(value: Tensor, count: int, frame: Frame) -> list[Value]:
    """An opaque layer's output taken apart: it gives as many tensors as are named."""
    operation = value.operation
    parts = [
        value,
        *(Tensor(UNKNOWN_TENSOR, operation, index, value.span) for index in range(1, count)),
    ]
    application = frame.state.makers.get(value)
    if application is not None:
        operation.outputs = tuple(UNKNOWN_TENSOR for _ in range(count))
        application.outputs = tuple(parts)
        for part in parts:
            part.maker = frame.state.makers[part] = application
    return list(parts)


RECURRENT = frozenset({"LSTM", "GRU", "SimpleRNN", "RNN", "Bidirectional"})

STATES = {
    ("LSTM", 3): "out, h, c", ("GRU", 2): "out, h", ("SimpleRNN", 2): "out, h",
    ("Bidirectional", 3): "out, h, h_back", ("Bidirectional", 5): "out, h, c, h_back, c_back",
}  # fmt: skip
"""How the outputs of recurrent layers that give their states may be called, by layer and number."""


def _makers(parts: list[Value]) -> list[Tensor]:
    """The first of several tensors that one operation makes; nothing where they come from several."""
    tensors = [one for one in parts if isinstance(one, Tensor)]
    makers = {(id(one.operation), one.index) for one in tensors}
    whole = 1 < len(parts) == len(makers) == len(tensors[0].operation.outputs) if tensors else False
    return tensors[:1] if whole and len({maker for maker, _ in makers}) == 1 else []


def _names_help(parts: list[Value]) -> str:
    for first in _makers(parts):
        names = STATES.get((first.operation.class_name, len(parts)))
        if names:
            return f"it gives its states too: {names} = …, with `_` for one that is not needed"
    return "name each of them; `_` stands for one that is not needed"


def _made_here(parts: list[Value]) -> list[Label]:
    said = "this {} gives {} tensors"
    return [Label(t.span, said.format(t.operation.class_name, len(parts))) for t in _makers(parts)]
