"""Nested models: a body goes through once on what it declares, and becomes one layer of the outer graph."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dsl import codes, nodes
from dsl.catalogue.registry import UNKNOWN
from dsl.checker import apply, sparse, typing
from dsl.checker.binding import Binding, flat_tensors
from dsl.checker.bodies import bind_parameters, inner_frame, run
from dsl.checker.scope import Scope
from dsl.checker.values import (
    BlockDefinition,
    ConfiguredBlock,
    Value,
    contains_tensor,
    describe,
    is_unknown,
)  # fmt: skip
from dsl.diagnostics import Label, Problems
from dsl.graph import Operation, Program, Tensor
from dsl.records import replace
from dsl.shapes.counting import total
from dsl.shapes.types import UNKNOWN_TENSOR, TensorType

if TYPE_CHECKING:
    from dsl.checker.frame import Frame
    from dsl.graph import Application
    from dsl.source import Span


def apply_model(span: Span, block: ConfiguredBlock, binding: Binding, frame: Frame) -> Value:
    """Apply a model: a layer of the outer graph, made at its first application."""
    definition = block.definition
    values = binding.values
    tensors = tuple(one for value in values.values() for one in flat_tensors(value))
    if block.operation is None:
        declared = _declared(block, frame)
        inner = _nested(block, span, frame, silent=frame.silent)
        result = run(block, declared, inner, span)
        block.operation = _model_operation(block, inner, frame)
        block.declared = tuple(flat_tensors(list(declared.values())))
        _check_result(definition, result, inner)
    again = sparse.traces_again(block.declared, tensors)
    result, inside = _result_for(block, values, span, frame, keeps_sparse=again)
    if not isinstance(result, Tensor | list | tuple):
        return apply.unknown_application(tensors, span, frame)
    sparse.check_inside(block.words, inside, tensors, span, frame)
    types = tuple(one.type for one in flat_tensors(result))
    madds = total(one.madds for one in inside)
    ends = tuple(flat_tensors(result))
    made = frame.record(block.operation, tensors, types, span, madds, inside, values, ends)
    for one, end in zip(made, ends, strict=True):
        one.sparse = again and end.sparse
    return _as_structure(result, list(made))


def _check_result(definition: BlockDefinition, result: Value, frame: Frame) -> None:
    if not contains_tensor(result) and not is_unknown(result):
        frame.report(
            codes.WRONG_KIND,
            definition.node.name.span,
            f"the model {definition.words} returns {describe(result)}, and a model gives tensors",
            help="return a tensor, or several: return a, b",
        )


def _declared(block: ConfiguredBlock, frame: Frame) -> dict[str, Value]:
    """Fresh inputs of a model, as its own first line declares them."""
    bare = replace(frame, scope=Scope(outer=block.definition.file.visible), dry=False)
    bind_parameters(block, bare)
    found: dict[str, Value] = {}
    for one in block.definition.node.inputs:
        kind = UNKNOWN_TENSOR
        if one.type is not None:
            kind = typing.without_names(typing.declared(one.type, bare, sizes_may_be_new=True))
        else:
            frame.report(
                codes.MISSING_ARGUMENT,
                one.span,
                f"the model {block.definition.words} must say what {one.name.id} is",
                help=f"a nested keras.Model has inputs of its own: {one.name.id}: [224, 224, 3]",
            )
        found[one.name.id] = input_tensor(one.name.id, kind, one.span)
        frame.state.model_inputs[(id(block.definition), one.name.id)] = found[one.name.id]
    return found


def input_tensor(name: str, kind: TensorType, span: Span) -> Tensor:
    """A fresh input of a model."""
    operation = Operation(name, "InputLayer", "input", span, outputs=(kind,), calls=[()])
    return Tensor(kind, operation, 0, span)


def _nested(block: ConfiguredBlock, span: Span, frame: Frame, *, silent: bool) -> Frame:
    """The frame of a model's inside, with a graph of its own."""
    state = replace(
        frame.state,
        program=Program(block.name),
        applications=[],
        makers={},
        names={},
        recorded=set(),
        problems=Problems() if silent else frame.state.problems,
    )
    inner = inner_frame(block, span, frame)
    return replace(inner, state=state, once={} if silent else None, silent=silent)


def _model_operation(block: ConfiguredBlock, inner: Frame, frame: Frame) -> Operation:
    program = inner.state.program
    apply.register_name(block.name, block.span, frame)
    learns = block.trainable and frame.trainable
    return Operation(
        block.name,
        "Functional",
        "model",
        block.span,
        params=program.params,
        trainable_params=program.trainable_params if learns else 0,
        path=frame.path,
        inside=tuple(program.operations),
    )


def _result_for(
    block: ConfiguredBlock,
    operands: dict[str, Value],
    span: Span,
    frame: Frame,
    *,
    keeps_sparse: bool,
) -> tuple[Value, tuple[Application, ...]]:
    """What the model gives for these operands, and what it applies: its body once more, on their shapes."""
    given: dict[str, Value] = {}
    for one in block.definition.node.inputs:
        value = operands.get(one.name.id)
        if not isinstance(value, Tensor):
            return UNKNOWN, ()
        if one.type is not None and not _fits(block, one, value, span, frame):
            return UNKNOWN, ()
        given[one.name.id] = input_tensor(one.name.id, value.type, value.span)
        given[one.name.id].sparse = keeps_sparse and value.sparse
    silent = _nested(replace_shared(block), span, frame, silent=True)
    result = run(replace_shared(block), given, silent, span)
    return result, tuple(silent.state.behind(flat_tensors(result)))


def replace_shared(block: ConfiguredBlock) -> ConfiguredBlock:
    """The block as a fresh one, for a trial run that leaves no trace."""
    return ConfiguredBlock(
        block.definition, block.arguments, block.span, name=block.name, trainable=block.trainable
    )


def _fits(
    block: ConfiguredBlock, parameter: nodes.Parameter, value: Tensor, span: Span, frame: Frame
) -> bool:
    """Whether a tensor may enter a model's input."""
    bare = replace(frame, scope=Scope(outer=block.definition.file.visible), silent=True)
    bind_parameters(block, bare)
    if parameter.type is None:
        return True
    kind = typing.declared(parameter.type, bare, sizes_may_be_new=True)
    clash = typing.clash(kind, value.type)
    if not clash:
        return True
    # A last size of 1 Keras does not compare: it may be squeezed away.
    squeezed = bool(kind.shape) and kind.shape is not None and kind.shape[-1] == 1
    frame.report(
        codes.NOT_AS_ANNOTATED if squeezed else codes.SHAPE_MISMATCH,
        span,
        f"{block.words} takes {kind} as {parameter.name.id}, and this is {value.type}",
        help="bring the tensor to that shape, or declare the input with `?`",
        labels=[
            Label(value.span, f"{value.type} comes from here"),
            Label(parameter.span, f"{parameter.name.id} is declared here"),
        ],
    )
    return False


def _as_structure(value: Value, tensors: list[Tensor]) -> Value:
    if isinstance(value, Tensor):
        return tensors.pop(0)
    if isinstance(value, list | tuple):
        parts = [_as_structure(one, tensors) for one in value]
        return parts if isinstance(value, list) else tuple(parts)
    return value
