"""Chains: `->` sends what stands on its left into what stands on its right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dsl import codes, nodes
from dsl.catalogue import lookup
from dsl.catalogue.registry import UNKNOWN
from dsl.checker import apply, blocks, calls, python_calls, words
from dsl.checker.expressions import CONSTANTS, evaluate
from dsl.checker.naming import MERGES
from dsl.checker.values import (
    BlockDefinition,
    ConfiguredBlock,
    Function,
    Layer,
    LayerClass,
    PythonObject,
    Value,
    describe,
    is_mistaken,
    is_unknown,
)  # fmt: skip
from dsl.graph import Tensor

if TYPE_CHECKING:
    from dsl.checker.frame import Frame


def chain(node: nodes.Chain, frame: Frame) -> Value:
    """The value that comes out of the last stage."""
    first = node.stages[0]
    value = evaluate(first, frame)
    if not _may_flow(value):
        _report_source(first, value, frame)
        value = apply.unknown_application([], first.span, frame)
    for stage in node.stages[1:]:
        if frame.state.work.stopped:
            return UNKNOWN
        value = _send(value, stage, frame)
    return value


def _may_flow(value: Value) -> bool:
    return isinstance(value, Tensor | list | tuple) or is_unknown(value)


def _some_input(frame: Frame) -> str:
    """What a chain may begin with: an operand of the block, or an input."""
    block = frame.definition
    inputs = [one.name.id for one in block.node.inputs] if block is not None else []
    return next(iter(inputs or [one.name for one in frame.state.program.inputs]), "x")


def _short(node: nodes.Expr) -> str:
    return node.span.text if len(node.span.text) < 40 else "Dense(32)"


def _report_source(node: nodes.Expr, value: Value, frame: Frame) -> None:
    is_layer = isinstance(value, Layer | LayerClass | ConfiguredBlock | BlockDefinition)
    frame.report(
        codes.NOT_APPLIED if is_layer else codes.WRONG_KIND,
        node.span,
        f"`->` sends tensors, and {describe(value)} stands on its left",
        help=f"a chain begins with a tensor: {_some_input(frame)} -> {_short(node)} -> …",
    )


def _send(value: Value, stage: nodes.Expr, frame: Frame) -> Value:
    """Send a value into one stage."""
    if isinstance(stage, nodes.Binary | nodes.Compare | nodes.IfElse | nodes.Unary):
        evaluate(stage, frame.unapplied())
        return apply.unknown_application(
            [value, UNKNOWN], stage.span, frame
        )  # told when it was read
    inner = nodes.strip(stage)
    if isinstance(inner, nodes.Call):
        return _into_call(value, inner, frame)
    if (
        isinstance(inner, nodes.Name)
        and inner.id not in CONSTANTS
        and frame.scope.find(inner.id) is None
    ):
        return _into_unbound(value, inner, frame)
    target = evaluate(inner, frame)
    return _into_value(value, inner, target, frame)


def _into_unbound(value: Value, name: nodes.Name, frame: Frame) -> Value:
    symbol = words.layer(name.id)
    if symbol is not None:
        return _into_value(value, name, LayerClass(symbol), frame)
    if name.id in MERGES and isinstance(value, list | tuple):
        merge = lookup.symbol("layers", name.id)
        if merge is not None:
            return calls.call_function(name, merge, (), (value,), frame)
    function = words.function(name.id)
    if name.id == "positions":
        return calls.call_with(name, name, (), (value,), frame)
    if function is None:
        words.report_unknown(name.span, name.id, frame, called=True)
        meant = words.meant(name.id, frame)
        if meant:
            return _send(value, nodes.Name(meant, span=name.span), frame)
        return apply.unknown_application([value], name.span, frame)
    return calls.call_function(name, function, (), (value,), frame)


def _into_value(value: Value, stage: nodes.Expr, target: Value, frame: Frame) -> Value:
    """Send into what a name or an expression stands for."""
    match target:
        case LayerClass():
            target = calls.configure(stage, target.symbol, (), frame)
        case BlockDefinition():
            target = blocks.configure(stage, target, (), frame)
        case PythonObject() if target.is_class:
            target = python_calls.configure(stage, target, (), frame)
        case Function():
            return calls.call_function(stage, target.symbol, (), (value,), frame)
    if is_unknown(target):
        return apply.unknown_application([value], stage.span, frame)
    if is_mistaken(value) and isinstance(target, Tensor):
        return apply.unknown_application([UNKNOWN], stage.span, frame)
    if not isinstance(target, Layer | ConfiguredBlock | PythonObject | str):
        joined = "join two tensors with [a, b] -> Concatenate, or a + b"
        each = f"send it into each by itself: [{_shown(stage)}]"
        frame.report(
            codes.WRONG_KIND,
            stage.span,
            f"`->` sends into a layer, block, model or function, not {describe(target)}",
            help=joined
            if isinstance(target, Tensor)
            else each
            if isinstance(target, list | tuple)
            else "write what it goes into: x -> Dense(32)",
        )
        return apply.unknown_application([value], stage.span, frame)
    return calls.use(stage, stage, target, (), _spread(value, target), frame)


def _shown(stage: nodes.Expr) -> str:
    """The items of a list as layers that are applied."""
    items = stage.items if isinstance(stage, nodes.List | nodes.Tuple) else ()
    return ", ".join(f"{item.span.text}(x)" for item in items[:3]) or "f(x) for f in layers"


def _spread(value: Value, target: Value) -> tuple[Value, ...]:
    """The operands of a stage: a list goes whole to what takes one, and is spread over a block of several."""
    several = isinstance(target, ConfiguredBlock) and len(target.definition.node.inputs) > 1
    return tuple(value) if several and isinstance(value, list | tuple) else (value,)


def _into_call(value: Value, call: nodes.Call, frame: Frame) -> Value:
    """Send into a stage with parentheses: a configuration, a function, or an application with further arguments."""
    callee = nodes.strip(call.callee)
    if (
        isinstance(callee, nodes.Name)
        and callee.id not in CONSTANTS
        and frame.scope.find(callee.id) is None
    ):
        if words.layer(callee.id) is not None:
            return _into_value(value, call, evaluate(call, frame), frame)
        return calls.call_with(call, callee, call.arguments, (value,), frame)
    target = evaluate(callee, frame)
    configures = isinstance(target, LayerClass | BlockDefinition) or (
        isinstance(target, PythonObject) and target.is_class
    )
    if configures:
        return _into_value(value, call, evaluate(call, frame), frame)
    if is_unknown(target):
        calls.use(call, callee, target, call.arguments, (), frame)
        return apply.unknown_application([value], call.span, frame)
    return calls.use(call, callee, target, call.arguments, _spread(value, target), frame)
