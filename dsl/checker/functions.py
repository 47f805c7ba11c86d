"""Functions of tensors: each application is an operation of the graph."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dsl import codes
from dsl.catalogue import operators as catalogue_operators
from dsl.catalogue.application import apply as apply_rule
from dsl.catalogue.application import operands_of, rule_of
from dsl.catalogue.registry import UNKNOWN, Output, Refusal
from dsl.catalogue.sparse import of_operation
from dsl.checker import operators, sparse, words
from dsl.checker.apply import (
    report_unheld,
    structured,
    symbolic,
    unknown_application,
    warn_unknown,
)
from dsl.checker.attributes import shape_value
from dsl.checker.binding import Binding, flat_tensors
from dsl.checker.operand_checks import check_operand, is_thing
from dsl.checker.values import (
    UnknownSize,
    Value,
    configured,
    is_unknown,
)  # fmt: skip
from dsl.graph import Operation, Tensor
from dsl.shapes.types import UNKNOWN_TENSOR

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dsl.catalogue.lookup import Symbol
    from dsl.checker.frame import Frame
    from dsl.source import Span


def apply_function(symbol: Symbol, binding: Binding, span: Span, frame: Frame) -> Value:
    """Apply a function of `keras.ops` or `keras.activations`."""
    values = [bound.value for bound in binding.written]
    tensors = tuple(one for value in values for one in flat_tensors(value))
    if binding.failed or any(is_unknown(value) for value in values):
        return unknown_application(values, span, frame)
    if symbol.key in VALUES:
        return _value(symbol, values, span, frame)
    if not _function_values_fit(symbol, binding, frame):
        return unknown_application(values, span, frame)
    if symbol.namespace == "random" and not symbolic(tensors):
        frame.report(
            codes.FROZEN_NOISE,
            span,
            f"random.{symbol.name} draws once, while the model is built: every run sees the same numbers",
            help="layers draw anew at each step: GaussianNoise(0.1)(x), Dropout(0.5)(x)",
        )
    arguments = {name: configured(bound.value) for name, bound in binding.found.items()}
    positional = [configured(bound.value) for bound in binding.rest]
    outcome = apply_rule(symbol, {}, positional, arguments, frame.state.policy)
    if isinstance(outcome, Refusal):
        place = binding.spans.get(refusal_argument(outcome), span)
        operators.report_refusal(outcome, place if outcome.argument else span, tensors, frame)
        return unknown_application(values, span, frame)
    if outcome is None:
        if symbolic(tensors) and report_unheld(symbol.key, span, frame):
            return unknown_application(values, span, frame)
        outcome = Output(UNKNOWN_TENSOR, madds=None)
    if _is_news(outcome, tensors):
        warn_unknown(symbol.name, span, frame)
    made = _function_result(symbol, arguments, outcome, tensors, span, frame)
    _mark_sparse(symbol, binding, arguments, made)
    return made


def _mark_sparse(
    symbol: Symbol, binding: Binding, arguments: Mapping[str, Any], made: Value
) -> None:
    """Set whether Keras takes for sparse what a function gives."""
    rule, values = rule_of(symbol), binding.values
    count = 0 if rule is None else len(operands_of(rule))
    operands = [values[one.name] for one in symbol.parameters[:count] if one.name in values]
    operands += [bound.value for bound in binding.rest]
    class_name = catalogue_operators.operation_class(symbol.key)
    for one in flat_tensors(made) if class_name else ():
        one.sparse = of_operation(class_name, sparse.flags(operands), arguments)


VALUES = frozenset({"ops.shape", "ops.dtype", "ops.is_tensor"})
"""Functions that Keras answers with a Python value while the model is built."""


def _value(symbol: Symbol, values: list[Value], span: Span, frame: Frame) -> Value:
    """What `x.shape` and `x.dtype` are, asked for by a function."""
    tensor = values[0] if len(values) == 1 else None
    if not isinstance(tensor, Tensor):
        check_operand(symbol.name, "", tensor, span, frame)
        return UNKNOWN
    if symbol.key == "ops.is_tensor":
        return not symbolic([tensor])
    return shape_value(tensor) if symbol.key == "ops.shape" else tensor.type.dtype or UNKNOWN


def _is_news(outcome: Output, tensors: tuple[Tensor, ...]) -> bool:
    """Whether a shape is unknown that no operand's unknown shape explains."""
    known = all(tensor.type.shape is not None for tensor in tensors)
    return known and any(one.shape is None for one in operators.flat(outcome.value))


def refusal_argument(refusal: Refusal) -> str:
    """The argument at fault, empty where none is."""
    return refusal.argument or ""


def _function_values_fit(symbol: Symbol, binding: Binding, frame: Frame) -> bool:
    fine = True
    for name, bound in binding.found.items():
        span = bound.node.span if bound.node is not None else binding.spans[name]
        if is_thing(bound.value):
            fine = check_operand(symbol.name, "", bound.value, bound.node or span, frame) and fine
        elif isinstance(bound.value, UnknownSize):
            frame.report(
                codes.UNKNOWN_SIZE,
                span,
                f"{name} of {symbol.name} must be a number, and this size is not known here ({bound.value})",
                help="declare the size in the input, or write the number",
            )
            fine = False
    return fine


def _function_result(
    symbol: Symbol,
    arguments: Mapping[str, Any],
    outcome: Output,
    tensors: tuple[Tensor, ...],
    span: Span,
    frame: Frame,
) -> Value:
    for words_ in outcome.warnings:
        frame.report(
            codes.SURPRISE,
            span,
            words_,
            help="what the model announces and what a run gives differ here",
        )
    types = operators.flat(outcome.value)
    operands = tuple(symbolic(tensors))
    if not operands:
        constant = Operation("", symbol.name, "constant", span)
        return structured(
            outcome.value, [Tensor(one, constant, i, span) for i, one in enumerate(types)]
        )
    class_name = catalogue_operators.operation_class(symbol.key)
    if not class_name:
        return tensors[0]  # the function gives what it gets, and leaves no operation
    made = operators.add_operation(
        class_name,
        words.snake(class_name),
        operands,
        types,
        span,
        frame,
        outcome.madds,
        symbol.key,
        arguments,
    )
    return structured(outcome.value, made)
