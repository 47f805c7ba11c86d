"""Layers and functions meet tensors: each application becomes a node of the graph."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from dsl import codes, nodes
from dsl.catalogue import lookup
from dsl.catalogue.application import apply as apply_rule
from dsl.catalogue.application import policy_of, rule_of
from dsl.catalogue.registry import Output, Refusal
from dsl.catalogue.unheld import why_unheld
from dsl.catalogue.weights import WITHOUT, holds_weights
from dsl.checker import batches, operators, sparse
from dsl.checker.binding import Binding, flat_tensors
from dsl.checker.operand_checks import operands_are_tensors
from dsl.checker.values import (
    ConfiguredBlock,
    Layer,
    PythonObject,
    Value,
    configured,
    holds_unknown,
    is_unknown,
)  # fmt: skip
from dsl.diagnostics import Label
from dsl.graph import Operation, Tensor
from dsl.records import replace
from dsl.shapes.types import UNKNOWN_TENSOR, TensorType

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dsl.catalogue.registry import Structure
    from dsl.checker.facts import Bound
    from dsl.checker.frame import Frame
    from dsl.source import Span


def unknown_application(values: Sequence[Value], span: Span, frame: Frame) -> Tensor:
    """An application of which nothing is known: it keeps the graph connected where something failed."""
    if not values or any(is_unknown(value) for value in values):
        frame.lose()
    inputs = tuple(symbolic(one for value in values for one in flat_tensors(value)))
    operation = Operation(
        "", "?", "unknown", span, params=None, trainable_params=None, path=frame.path
    )
    return frame.record(operation, inputs, (UNKNOWN_TENSOR,), span)[0]


def symbolic(tensors: Any) -> list[Tensor]:
    """Those tensors that hang on inputs: constants are no part of the graph."""
    return [tensor for tensor in tensors if tensor.operation.kind != "constant"]


def structured(value: Structure, tensors: Sequence[Tensor]) -> Value:
    """Tensors in the structure of their types."""
    rest = iter(tensors)

    def build(part: Structure) -> Value:
        if isinstance(part, TensorType):
            return next(rest)
        return (
            [build(one) for one in part]
            if isinstance(part, list)
            else tuple(build(one) for one in part)
        )

    return build(value)


def apply_layer(
    layer: Layer, binding: Binding, operands: Sequence[Bound], span: Span, frame: Frame
) -> Value:
    """Apply a configured layer.

    Args:
        layer: what is applied.
        binding: the call's arguments by parameter.
        operands: those that go by position, in order.
        span: the application.
        frame: where.
    """
    if binding.failed or not operands_are_tensors(layer.words, binding, operands, frame):
        _remember(layer, span, frame)
        return unknown_application([bound.value for bound in binding.order], span, frame)
    tensors = tuple(one for bound in binding.written for one in flat_tensors(bound.value))
    if not _may_apply(layer, binding, tensors, operands, span, frame):
        return unknown_application(tensors, span, frame)
    values = [configured(bound.value) for bound in binding.rest]
    named = {name: configured(bound.value) for name, bound in binding.found.items()}
    outcome = apply_rule(
        layer.symbol, configured_arguments(layer), values, named, frame.state.policy
    )
    if all(map(batches.is_constant, tensors)) and isinstance(outcome, Output):
        return _at_once(layer, outcome, span, frame)
    outcome = batches.spread(outcome, tensors)
    return _finish(layer, outcome, tensors, binding, span, frame)


def _at_once(layer: Layer, outcome: Output, span: Span, frame: Frame) -> Value:
    """What a layer without weights makes of constants: Keras computes it while the model is built."""
    if not isinstance(outcome.value, TensorType) or outcome.warnings:
        _report_on_constant(layer, span, frame)
        return unknown_application((), span, frame)
    operation = Operation("", layer.symbol.canonical, "constant", span)
    return Tensor(outcome.value, operation, 0, span)


def _report_on_constant(layer: Layer, span: Span, frame: Frame) -> None:
    frame.lose()
    frame.report(
        codes.ON_CONSTANT,
        span,
        f"{layer.words} is applied to a constant: Keras would build it, and lose its weights in silence",
        help="apply it to a tensor that hangs on an input; positions(x) gives 0, 1, 2, … along axis 1 of x",
    )


def configured_arguments(layer: Layer) -> dict[str, Any]:
    """A layer's arguments as rules see them; those that Keras decides are left to its defaults."""
    return {
        name: configured(value) for name, value in layer.arguments.items() if name in layer.given
    }


def _may_apply(
    layer: Layer,
    binding: Binding,
    tensors: tuple[Tensor, ...],
    operands: Sequence[Bound],
    span: Span,
    frame: Frame,
) -> bool:
    if any(holds_unknown(bound.value) for bound in operands):
        _remember(layer, span, frame)
        frame.lose()
        return False
    if not tensors:
        frame.report(
            codes.WRONG_OPERANDS,
            span,
            f"{layer.words} is applied to nothing",
            help=f"give it a tensor: {span.text.split('(')[0]}(…)(x)",
        )
        return False
    if all(map(batches.is_constant, tensors)):
        if layer.symbol.canonical in WITHOUT:
            return once_only(layer, span, frame)
        _report_on_constant(layer, span, frame)
        return False
    lost = batches.refuse_lost(layer, binding, span, frame)
    return not lost and once_only(layer, span, frame)


def once_only(thing: Layer | ConfiguredBlock | PythonObject, span: Span, frame: Frame) -> bool:
    """Whether something may be applied (again); remembers that it was."""
    if frame.dry:
        thing.applied.append(span)
        return True
    before = thing.operation is not None or (isinstance(thing, ConfiguredBlock) and thing.ran)
    if before and not thing.shared and _has_weights(thing):
        name = thing.bound or "layer"
        frame.report(
            codes.APPLIED_TWICE,
            span,
            f"{thing.words} is applied for the second time, and it holds weights",
            help=f"for one set of weights write `shared {name} = …`; for two, configure it twice",
            labels=[Label(thing.applied[0], "it is applied here first")] if thing.applied else [],
        )
    _remember(thing, span, frame)
    if isinstance(thing, ConfiguredBlock):
        thing.ran = thing.ran or not frame.silent
    return True


def _has_weights(thing: Layer | ConfiguredBlock | PythonObject) -> bool:
    return not isinstance(thing, Layer) or holds_weights(thing.symbol, configured(thing).arguments)


def _remember(thing: Layer | ConfiguredBlock | PythonObject, span: Span, frame: Frame) -> None:
    if not frame.silent:
        thing.applied.append(span)


def _finish(
    layer: Layer,
    outcome: Output | Refusal | None,
    tensors: tuple[Tensor, ...],
    binding: Binding,
    span: Span,
    frame: Frame,
) -> Value:
    if isinstance(outcome, Refusal):
        outcome = _sibling(_swapped(outcome, layer), layer, tensors)
        place = _place_of(outcome, layer, binding, span, frame)
        _report_refusal(outcome, tensors, binding, place, frame)
        return unknown_application(tensors, span, frame)
    if outcome is None:
        if report_unheld(layer.symbol.key, layer.span, frame):
            return unknown_application(tensors, span, frame)
        outcome = Output(UNKNOWN_TENSOR, params=None, madds=None)
    if _is_news(outcome, tensors, layer) and not any(map(holds_unknown, binding.values.values())):
        warn_unknown(layer.symbol.name, layer.span, frame, span)
    for words_ in outcome.warnings:
        frame.report(
            codes.SURPRISE,
            span,
            words_,
            help=_run_help(words_, tensors),
        )
    operation = operation_of(layer, outcome, tensors, span, frame)
    types = operators.flat(outcome.value)
    if layer.symbol.namespace == "applications" and not frame.dry:
        shapes = frame.state.input_shapes.setdefault(id(layer.node), [])
        shapes.append(tensors[0].type.shape)
    call, within = _call(layer, binding), outcome.within
    arguments = operation.arguments
    policy = policy_of(layer.symbol, rule_of(layer.symbol), arguments, frame.state.policy)
    if any(one.sparse for one in tensors):
        sparse.check_layer(layer.symbol.key, arguments, call, policy, binding, frame)
    made = frame.record(
        operation,
        tuple(symbolic(tensors)),
        types,
        span,
        outcome.madds,
        call=call,
        within=within,
    )
    sparse.mark(made, layer.symbol.key, arguments, tensors, policy)
    return structured(outcome.value, made)


def _run_help(words_: str, tensors: Sequence[Tensor]) -> str:
    """What to do where a run differs from what is announced: an input may be declared as floats."""
    first = tensors[0] if tensors else None
    if "takes floats" in words_ and first is not None and first.operation.kind == "input":
        shape = str(first.type).partition("[")[2]
        return f"declare the input as floats: {first.operation.name}: [{shape}"
    return "what the model announces and what a run gives differ here"


def _call(layer: Layer, binding: Binding) -> dict[str, Value]:
    """What a call gives, by parameter, in the order of the signature."""
    names = [one.name for one in layer.symbol.call_parameters]
    rest = {str(number): bound.value for number, bound in enumerate(binding.rest)}
    given = {**rest, **binding.values}
    return {**{name: given[name] for name in names if name in given}, **given}


def report_unheld(key: str, span: Span, frame: Frame) -> bool:
    """Whether no functional model can hold something of Keras; a report says why."""
    found = why_unheld(key)
    if found is None:
        return False
    words_, help_ = found
    frame.report(codes.UNHELD, span, words_, help=help_)
    return True


def _is_news(outcome: Output, tensors: Sequence[Tensor], layer: Layer) -> bool:
    """Whether a shape is unknown that nothing which goes in explains."""
    return (
        any(one.shape is None for one in operators.flat(outcome.value))
        and all(one.type.shape is not None for one in tensors)
        and not holds_unknown(layer)
    )


def warn_unknown(name: str, span: Span, frame: Frame, applied_at: Span | None = None) -> None:
    """Say that what something gives is not known.

    Args:
        name: what gives it.
        span: where the words point to.
        frame: where.
        applied_at: the application, if it is another place.
    """
    if (applied_at or span) in frame.annotated:
        words_, help_ = "is taken from the annotation", "the model proves it when it is built"
    else:
        words_ = (
            "is not known to the compiler: its shape, dtype and parameters are taken as unknown"
        )
        help_ = "annotate the tensor to have it proved when the model is built: y: float32[64] = …"
    frame.report(codes.UNKNOWN_SHAPE, span, f"what {name} gives {words_}", help=help_)


def operation_of(
    layer: Layer, outcome: Output, tensors: tuple[Tensor, ...], span: Span, frame: Frame
) -> Operation:
    """The layer's one operation, made at its first application."""
    if layer.operation is not None:
        _check_same_weights(layer, outcome, tensors, span, frame)
        return layer.operation
    trainable = (
        layer.trainable and frame.trainable and layer.arguments.get("trainable") is not False
    )
    params = outcome.params
    learn = None if params is None else (params - outcome.frozen if trainable else 0)
    is_model = layer.symbol.namespace == "applications"
    arguments = configured_arguments(layer)
    policy = policy_of(layer.symbol, rule_of(layer.symbol), arguments, frame.state.policy)
    operation = Operation(
        layer.name,
        "Functional" if is_model else layer.symbol.canonical,
        "model" if is_model else "layer",
        layer.span,
        params=params,
        trainable_params=learn,
        path=frame.path,
        symbol=layer.symbol.key,
        arguments=arguments,
        variable_dtype=policy.variable,
        narrow=outcome.narrow,
    )
    if not frame.dry:
        register_name(layer.name, argument_place(layer, "name", frame) or layer.span, frame)
        layer.operation = operation
        frame.state.layers[operation] = layer
    return operation


def register_name(name: str, span: Span, frame: Frame) -> None:
    """Note the name of a layer; two of one name are a mistake."""
    known = frame.state.names.get(name)
    if known is None:
        frame.state.names[name] = span
        return
    in_loop = (
        f'number it in the loop: name=f"{name}.{{i}}"'
        if known == span
        else "give one of them another name"
    )
    frame.report(
        codes.DUPLICATE_NAME,
        span,
        f"two layers are called {name}",
        help=in_loop,
        labels=[] if known == span else [Label(known, "the other one is here")],
    )


def _check_same_weights(
    layer: Layer, outcome: Output, tensors: tuple[Tensor, ...], span: Span, frame: Frame
) -> None:
    operation = layer.operation
    if (
        operation is None
        or outcome.params is None
        or operation.params is None
        or outcome.params == operation.params
    ):
        return
    first = layer.applied[0] if layer.applied else layer.span
    made = [inputs[0] for inputs in operation.calls if inputs]
    before = made[0].type if made else "another width"
    frame.report(
        codes.SHAPE_MISMATCH,
        span,
        f"{layer.words} was made for {before}, and gets {tensors[0].type} here: other weights would be needed",
        help="one set of weights takes tensors of one width: bring them to it first, or use two layers",
        labels=[Label(first, "its weights are made here")],
    )


def _report_refusal(
    refusal: Refusal,
    tensors: tuple[Tensor, ...],
    binding: Binding,
    span: Span,
    frame: Frame,
) -> None:
    refusal = replace(refusal, words=operators.named(refusal.words, _operand_nodes(binding)))
    operators.report_refusal(refusal, span, tensors, frame)


def _swapped(refusal: Refusal, layer: Layer) -> Refusal:
    """A refusal of a window that is too large, with the two numbers in order where they look swapped."""
    filters, window = layer.arguments.get("filters"), layer.arguments.get("kernel_size")
    if refusal.code != "too-small" or type(filters) is not int or type(window) is not int:
        return refusal
    if not filters < SWAPPED_FILTERS <= window or layer.given & {"filters", "kernel_size"} == set():
        return refusal
    help_ = (
        f"filters come first, then the size of the window: {layer.symbol.name}({window}, {filters})"
    )
    return replace(refusal, help=help_)


def _sibling(refusal: Refusal, layer: Layer, tensors: tuple[Tensor, ...]) -> Refusal:
    """A refusal of a number of axes, with the layer of the same kind that takes as many."""
    name, rank = layer.symbol.name, len(tensors[0].type.shape or ()) - 2 if tensors else 0
    axes = re.search(r"[123]D", name)
    if refusal.code != "wrong-rank" or axes is None or not 1 <= rank <= MOST_AXES:
        return refusal
    other = name.replace(axes[0], f"{rank}D")
    if other == name or lookup.symbol("layers", other) is None or axes[0] != "1D":
        return refusal
    return replace(
        refusal,
        help=f"{other} takes such a tensor; {refusal.help}" if refusal.help else f"write {other}",
    )


MOST_AXES = 3
"""Of a map, between the batch and the channels."""

SWAPPED_FILTERS = 8
"""A layer has no fewer filters as a rule, and a window no more steps."""


def _place_of(refusal: Refusal, layer: Layer, binding: Binding, span: Span, frame: Frame) -> Span:
    """Where a refusal points to: the argument at fault, of the call or of the configuration."""
    if refusal.argument in binding.spans:
        return binding.spans[refusal.argument]
    return argument_place(layer, refusal.argument or "", frame) or span


def argument_place(layer: Layer, name: str, frame: Frame) -> Span | None:
    """Where a layer's configuration gives an argument."""
    bound = frame.state.facts.bound_of(layer.node)
    nodes_ = [one.node for one in bound if one.parameter == name]
    return nodes_[0].span if nodes_ and nodes_[0] is not None else None


def _operand_nodes(binding: Binding) -> list[nodes.Expr]:
    """The expressions of a call's operands, those of a list one by one; none where an arrow gives some."""
    found: list[nodes.Expr] = []
    for bound in binding.written:
        if bound.node is None:
            return []
        listed = bound.node if isinstance(bound.node, nodes.List | nodes.Tuple) else None
        found.extend(listed.items if listed is not None else [bound.node])
    return found
