"""Inputs and outputs: what data, losses and metrics know by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dsl import codes, nodes
from dsl.catalogue import lookup
from dsl.catalogue.registry import UNKNOWN
from dsl.checker import apply, batches, typing
from dsl.checker.arguments import bind
from dsl.checker.binding import INPUTS
from dsl.checker.expressions import evaluate
from dsl.checker.scope import Binding
from dsl.checker.values import (
    BlockDefinition,
    ConfiguredBlock,
    InputRecord,
    Layer,
    LayerClass,
    Value,
    applied,
    describe,
    holds_unknown,
    is_unknown,
)  # fmt: skip
from dsl.diagnostics import Label
from dsl.graph import Endpoint, Operation, Tensor
from dsl.records import replace
from dsl.shapes.types import TensorType

if TYPE_CHECKING:
    from dsl.checker.frame import Frame
    from dsl.source import Span

INPUT_SETTINGS = ("batch_size", "sparse", "ragged", "optional")


def declare_input(statement: nodes.Input, frame: Frame) -> None:
    """Declare one input, or a record of them."""
    if statement.type is not None:
        settings = _settings(statement, frame)
        tensor = _declare(statement.name, statement.type, settings.get("batch_size"), frame)
        tensor.sparse = settings.get("sparse") is True
        frame.fact(statement, settings)
        _bind(statement.name, tensor, frame)
        return
    fields: dict[str, Tensor] = {}
    for one in statement.fields:
        if one.name.id in fields:
            _report_twice(one.name, fields[one.name.id].span, frame)
            continue
        fields[one.name.id] = _declare(one.name, one.type, None, frame)
    _bind(statement.name, InputRecord(fields), frame)


def _bind(name: nodes.Name, value: Value, frame: Frame) -> None:
    known = frame.scope.names.get(name.id)
    if known is not None and known.kind in {"input", "const", "block"}:
        frame.report(
            codes.DUPLICATE_NAME if known.kind == "input" else codes.REBOUND,
            name.span,
            f"{name.id} is declared already"
            if known.kind == "input"
            else f"{name.id} is bound already",
            help="give one of them another name",
            labels=[Label(known.span, f"{name.id} stands here first")],
        )
    frame.scope.names[name.id] = Binding(value, name.span, "input")


def _settings(statement: nodes.Input, frame: Frame) -> dict[str, Value]:
    symbol = lookup.symbol("layers", "Input")
    if not statement.arguments or symbol is None:
        return {}
    parameters = [one for one in symbol.parameters if one.name in INPUT_SETTINGS]
    keywords = [lookup.Parameter(one.name, lookup.KEYWORD, one.default) for one in parameters]
    others = [one for one in symbol.parameters if one.name in INPUTS]
    found = bind(
        "an input", keywords, symbol, statement.arguments, frame, statement.span, others=others
    )
    values = found.values
    size = values.get("batch_size")
    if (
        size is not None
        and not is_unknown(size)
        and (isinstance(size, bool) or not isinstance(size, int) or size < 1)
    ):
        frame.report(
            codes.BAD_VALUE,
            found.spans["batch_size"],
            f"the batch size is a positive whole number, not {describe(size)}",
            help="leave it out: the batch is implied",
        )
        values.pop("batch_size")
    if values.get("sparse") is True and values.get("ragged") is True:
        frame.report(
            codes.BAD_VALUE,
            found.spans["ragged"],
            "an input is sparse or ragged, and not both",
            help="leave one of them out",
        )
        values.pop("ragged")
    return values


def _declare(name: nodes.Name, node: nodes.Type, batch: Value, frame: Frame) -> Tensor:
    kind = typing.declared(node, frame, sizes_may_be_new=True)
    if isinstance(batch, int) and kind.shape is not None:
        frame.state.batch_sizes.add(batch)
        kind = TensorType(kind.dtype, (batch, *kind.shape[1:]))
    check_endpoint_name(name, "input", frame)
    state = frame.state
    if name.id in state.names:
        _report_twice(name, state.names[name.id], frame)
    state.names.setdefault(name.id, name.span)
    operation = Operation(name.id, "InputLayer", "input", name.span)
    (tensor,) = frame.record(operation, (), (kind,), name.span, madds=0)
    state.program.inputs.append(Endpoint(name.id, tensor, name.span))
    return tensor


def _report_twice(name: nodes.Name, first: Span, frame: Frame) -> None:
    frame.lose()
    frame.report(
        codes.DUPLICATE_NAME,
        name.span,
        f"two things are called {name.id}",
        help="give one of them another name: data, losses and metrics go by it",
        labels=[Label(first, f"{name.id} stands here first")],
    )


def check_endpoint_name(name: nodes.Name, kind: str, frame: Frame) -> None:
    """Inputs and outputs are known by their names outside: these must be ASCII."""
    if not name.id.isascii() or name.id.startswith("_"):
        frame.report(
            codes.BAD_NAME,
            name.span,
            f"the {kind} {name.id} needs a name of ASCII letters, digits and `_` that begins with a letter",
            help="data, losses and metrics go by it, and Keras takes no other",
        )


def declare_output(statement: nodes.Output, frame: Frame) -> None:
    """Declare outputs: bound here, or known names."""
    if statement.value is None:
        for name in statement.names:
            _declare_output(name, evaluate(name, frame), frame)
        return
    within = replace(frame, annotated=typing.annotated(statement.types, statement.value))
    value = evaluate(statement.value, within)
    if statement.types:
        value = typing.check_annotations(statement.types, value, statement.span, frame)
    from dsl.checker.targets import bind_target  # noqa: PLC0415 -- targets bind as statements do

    if len(statement.names) == 1:
        target: nodes.Expr = statement.names[0]
    else:
        span = statement.names[0].span.to(statement.names[-1].span)
        target = nodes.Tuple(span=span, items=statement.names, parenthesised=False)
    bind_target(target, value, "output", frame)
    for name in statement.names:
        binding = frame.scope.names.get(name.id)
        _declare_output(name, UNKNOWN if binding is None else binding.value, frame, statement.value)
        if binding is not None:
            binding.used = True


def _declare_output(
    name: nodes.Name, value: Value, frame: Frame, source: nodes.Expr | None = None
) -> None:
    check_endpoint_name(name, "output", frame)
    if frame.dry:
        return
    outputs = frame.state.program.outputs
    if name.id in frame.state.output_places:
        _report_twice(name, next(one.span for one in outputs if one.name == name.id), frame)
        return
    entry = next((one for one in frame.state.program.inputs if one.name == name.id), None)
    if entry is not None:
        frame.report(
            codes.DUPLICATE_NAME,
            name.span,
            f"the output {name.id} bears the name of an input",
            help=f"give it another name: output {name.id}_out = {(source or name).span.text}",
            labels=[Label(entry.span, f"the input {name.id} is here")],
        )
    if isinstance(value, Layer | LayerClass | ConfiguredBlock | BlockDefinition):
        value = _not_applied(name, value, source, frame)
    if not isinstance(value, Tensor):
        if not is_unknown(value):
            frame.report(
                codes.WRONG_KIND,
                (source or name).span,
                f"the output {name.id} is {describe(value)}, and an output is one tensor",
                help="name each output: output a, b = …"
                if isinstance(value, list | tuple)
                else "give it a tensor",
            )
        value = apply.unknown_application([UNKNOWN], name.span, frame)
    elif value.operation.kind != "constant" and not batches.keeps_batch(value, frame):
        frame.report(
            codes.LOST_BATCH,
            (source or name).span,
            f"the output {name.id} is {value.type}, and an output keeps it",
            help="axis 0 is the batch: reduce or slice from axis 1 on (sum(x, axis=1), x[:, 0])",
            labels=[Label(value.span, "the batch is lost here")],
        )
    outputs.append(Endpoint(name.id, value, name.span))
    frame.state.output_places[name.id] = len(frame.state.program.operations)


def _not_applied(name: nodes.Name, value: Value, source: nodes.Expr | None, frame: Frame) -> Value:
    if isinstance(value, Layer | ConfiguredBlock) and value.bound == name.id:
        value.bound = ""
    shown = (source or name).span.text
    if isinstance(value, Layer) and holds_unknown(value):
        return UNKNOWN  # a mistake inside it was told
    frame.report(
        codes.NOT_APPLIED,
        (source or name).span,
        f"the output {name.id} is {describe(value)}, which was not applied to a tensor",
        help=f"apply it: output {name.id} = {applied(value, shown)}",
    )
    return UNKNOWN
