"""Bodies of blocks and models: gone through anew for each application."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dsl import codes
from dsl.catalogue.registry import UNKNOWN
from dsl.checker import apply, typing
from dsl.checker.expressions import evaluate
from dsl.checker.frame import Frame
from dsl.checker.scope import Binding as Bound
from dsl.checker.scope import Scope
from dsl.graph import Place, Tensor
from dsl.records import replace
from dsl.shapes.types import UNKNOWN_TENSOR

if TYPE_CHECKING:
    from dsl.checker.values import BlockDefinition, ConfiguredBlock, Value
    from dsl.source import Span

DEEPEST = 60
"""Blocks within blocks: far more than any graph has, few enough for Python's own stack."""


def inner_frame(block: ConfiguredBlock, span: Span, frame: Frame) -> Frame:
    """The frame of a block's application."""
    definition = block.definition
    return Frame(
        frame.state,
        definition.file,
        Scope(outer=definition.file.visible),
        scope_key=id(definition.node),
        prefix=block.name,
        path=(*frame.path, block.name),
        places=(*frame.places, Place("block", block.span.text, block.name, span)),
        dry=frame.dry,
        trainable=frame.trainable and block.trainable,
        once=block.made if block.shared else None,
        through=((span, block.words), *frame.through),
        silent=frame.silent,
        definition=definition,
    )


A_BLOCK = 3
"""A body is begun in the time of so many steps."""


def run(block: ConfiguredBlock, operands: dict[str, Value], frame: Frame, span: Span) -> Value:
    """Go through a block's body with its parameters and operands bound; what it returns."""
    from dsl.checker import statements  # noqa: PLC0415 -- statements evaluate expressions in turn

    definition = block.definition
    if len(frame.through) > DEEPEST:
        _report_endless(definition, span, frame)
        return apply.unknown_application(list(operands.values()), span, frame)
    if not frame.step(span, A_BLOCK):
        return apply.unknown_application(list(operands.values()), span, frame)
    bind_parameters(block, frame)
    for one in definition.node.inputs:
        value = operands.get(one.name.id, UNKNOWN)
        if one.name.id not in operands and one.default is not None:
            value = evaluate(one.default, _defaults_frame(frame))
        if one.type is not None and not typing.unify(one.type, value, one.name.id, frame):
            value = _of_unknown_type(value, frame)
        frame.scope.names[one.name.id] = Bound(value, one.name.span, "operand")
    try:
        result = statements.run_body(definition.node.body, frame)
    except RecursionError:
        if len(frame.through) > 1:
            raise
        _report_endless(definition, span, frame)
        result = UNKNOWN
    statements.finish_scope(frame)
    if result is None:
        return apply.unknown_application(list(operands.values()), span, frame)
    return result


def _report_endless(definition: BlockDefinition, span: Span, frame: Frame) -> None:
    """Say once that a block leads to itself without end; it is applied no more."""
    definition.endless = True
    frame.report(
        codes.LIMIT,
        span,
        f"{definition.words} stands more than {DEEPEST} blocks deep in itself",
        help="a block that applies itself needs an `if` that ends it",
    )


def _of_unknown_type(value: Value, frame: Frame) -> Value:
    """An operand that is not what the block declares: it was reported, and nothing more is to be said of it."""
    if not isinstance(value, Tensor):
        return value
    found = Tensor(UNKNOWN_TENSOR, value.operation, value.index, value.span)
    maker = frame.state.makers.get(value)
    if maker is not None:
        found.maker = frame.state.makers[found] = maker
    return found


def _defaults_frame(frame: Frame) -> Frame:
    return replace(frame, scope=frame.file.visible)


def bind_parameters(block: ConfiguredBlock, frame: Frame) -> None:
    """Bind the parameters of a block in the scope of its body."""
    for one in block.definition.node.parameters:
        if one.name.id in block.arguments:
            value = block.arguments[one.name.id]
        elif one.default is not None:
            value = evaluate(one.default, frame)
        else:
            value = UNKNOWN
        frame.scope.names[one.name.id] = Bound(value, one.name.span, "parameter")
