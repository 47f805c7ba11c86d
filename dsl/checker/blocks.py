"""Blocks and models: configured and applied as layers are; a model becomes one layer of the outer graph."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dsl import codes, nodes
from dsl.catalogue.lookup import KEYWORD, POSITIONAL, REQUIRED, Parameter
from dsl.catalogue.registry import UNKNOWN
from dsl.checker import apply, operand_checks, sparse, typing, words
from dsl.checker.arguments import bind, require
from dsl.checker.binding import Binding, flat_tensors
from dsl.checker.expressions import CONSTANTS, evaluate
from dsl.checker.facts import ApplyFact, MakeFact
from dsl.checker.frame import Frame
from dsl.checker.scope import Binding as Bound
from dsl.checker.scope import Scope
from dsl.checker.values import (
    BlockDefinition,
    ConfiguredBlock,
    Layer,
    PythonObject,
    Value,
    configured,
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
    from collections.abc import Sequence

    from dsl.graph import Application
    from dsl.source import Span

DEEPEST = 60
"""Blocks within blocks: far more than any graph has, few enough for Python's own stack."""


def once(layer: Layer, frame: Frame) -> Layer:
    """Within a shared block: what the first application made under that name."""
    if frame.once is None or frame.dry:
        return layer
    made: Layer = frame.once.setdefault(layer.name, layer)
    made.shared = True
    if made is not layer and _settings(made) != _settings(layer):
        frame.report(
            codes.SHAPE_MISMATCH,
            layer.span,
            f"{layer.symbol.name} of a shared block would be configured otherwise here than where it was made",
            help="a shared block has one set of layers: give both applications tensors of one shape",
            labels=[Label(made.applied[0], "it is made and applied here first")]
            if made.applied
            else [],
        )
    return made


def share(value: Value) -> None:
    """Make a thing one for all its applications, and so the layers that it was given."""
    match value:
        case Layer() | PythonObject():
            value.shared = True
        case ConfiguredBlock():
            value.shared = True
            share([*value.arguments.values()])
        case list() | tuple():
            for one in value:
                share(one)


def _settings(layer: Layer) -> object:
    return configured(layer)


def configure(
    node: nodes.Expr, definition: BlockDefinition, arguments: Sequence[nodes.Argument], frame: Frame
) -> Value:
    """The first parentheses of a block or model."""
    own = [_parameter(one) for one in definition.node.parameters]
    names = {one.name for one in own}
    extra = [Parameter(name, KEYWORD, None) for name in ("name", "trainable") if name not in names]
    binding = bind(
        definition.words,
        [*own, *extra],
        None,
        _with_flags(definition, arguments, frame),
        frame,
        node.span,
        others=[_parameter(one) for one in definition.node.inputs],
    )
    require(binding)
    definition.used = definition.used or not frame.dry
    snake = words.snake(definition.words)
    frame.fact(node, MakeFact(definition, binding.written, snake, frame.scope_key))
    _refuse_tensors(definition, binding, frame)
    if binding.failed:
        return UNKNOWN
    block = ConfiguredBlock(
        definition, binding.values, node.span, name=_name_of(node, snake, binding, names, frame)
    )
    if "trainable" not in names and binding.values.get("trainable") is False:
        block.trainable = False
    if frame.once is not None and not frame.dry:
        made = frame.once.setdefault(block.name, block)
        made.shared = True
        return made
    return block


def _parameter(node: nodes.Parameter) -> Parameter:
    return Parameter(node.name.id, POSITIONAL, REQUIRED if node.default is None else UNKNOWN)


def _with_flags(
    definition: BlockDefinition, arguments: Sequence[nodes.Argument], frame: Frame
) -> list[nodes.Argument]:
    """The arguments, where a bare word that names a parameter whose default is false sets it."""
    flags = {
        one.name.id
        for one in definition.node.parameters
        if isinstance(one.default, nodes.Name) and CONSTANTS.get(one.default.id, True) is False
    }
    found = []
    for one in arguments:
        value = one.value
        if (
            not one.name
            and isinstance(value, nodes.Name)
            and value.id in flags
            and frame.scope.find(value.id) is None
        ):
            true = nodes.Name(span=value.span, id="true")
            found.append(
                nodes.Argument(span=one.span, name=value.id, value=true, name_span=value.span)
            )
        else:
            found.append(one)
    return found


def _name_of(node: nodes.Expr, snake: str, binding: Binding, own: set[str], frame: Frame) -> str:
    explicit = binding.values.get("name") if "name" not in own else None
    if isinstance(explicit, str):
        return f"{frame.prefix}.{explicit}" if frame.prefix else explicit
    return frame.layer_name(node, snake)


def _refuse_tensors(definition: BlockDefinition, binding: Binding, frame: Frame) -> None:
    for bound in binding.found.values():
        if not contains_tensor(bound.value):
            continue
        span = bound.node.span if bound.node is not None else binding.place
        binding.failed = True
        frame.report(
            codes.TENSOR_CONFIGURES,
            span,
            f"{describe(bound.value)} stands where {definition.words} is configured",
            help=f"the first parentheses configure, the second apply: {definition.words}(…)({span.text})",
        )


# ---- applying


def apply_block(
    node: nodes.Expr,
    block: ConfiguredBlock,
    arguments: Sequence[nodes.Argument],
    piped: Sequence[Value],
    frame: Frame,
) -> Value:
    """The second parentheses of a block or model."""
    inputs = block.definition.node.inputs
    piped = list(piped)
    parameters = [_parameter(one) for one in inputs]
    binding = bind(
        block.words,
        parameters,
        None,
        arguments,
        frame,
        node.span,
        piped=piped,
        operands=True,
        others=[_parameter(one) for one in block.definition.node.parameters],
    )
    kind = "model" if block.definition.is_model else "block"
    spreads = (_spread(binding, parameters) or len(piped) > 1) and kind == "block"
    given, order = binding.given(len(piped)), tuple(one.name.id for one in inputs)
    frame.applied_fact(node, ApplyFact(kind, given, order, block.definition, spreads))
    require(binding, "" if block.bound else "(…)")
    values = [bound.value for bound in binding.order]
    fine = [
        operand_checks.check_operand(block.words, name, bound.value, bound.node or node.span, frame)
        for name, bound in binding.found.items()
        if not (bound.value is None and not block.definition.is_model)
    ]
    if binding.failed or not all(fine) or any(is_unknown(value) for value in values):
        block.applied.append(node.span)
        block.definition.applications.append(node.span)
        return apply.unknown_application(values, node.span, frame)
    if block.definition.endless:
        return apply.unknown_application([*values, UNKNOWN], node.span, frame)
    again = block.ran and not block.shared and not frame.dry
    if not apply.once_only(block, node.span, frame):
        return UNKNOWN
    if again:
        return apply.unknown_application(values, node.span, frame)
    if frame.dry:
        return apply.unknown_application(values, node.span, frame)
    block.definition.applications.append(node.span)
    if block.definition.is_model:
        return _apply_model(node.span, block, binding, frame)
    inner = inner_frame(block, node.span, frame)
    return run(block, binding.values, inner, node.span)


def _spread(binding: Binding, parameters: list[Parameter]) -> bool:
    """`judge([a, b])` is `judge(a, b)` for what takes several tensors; whether that was done."""
    first = parameters[0].name if parameters else ""
    only = binding.found.get(first)
    if only is None or len(binding.found) != 1 or not isinstance(only.value, list | tuple):
        return False
    if len(parameters) < 2 or len(only.value) > len(parameters):
        return False
    for parameter, value in zip(parameters, only.value, strict=False):
        binding.found[parameter.name] = replace(only, parameter=parameter.name, value=value)
    return True


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
        dry=frame.dry,
        trainable=frame.trainable and block.trainable,
        once=block.made if block.shared else None,
        through=((span, block.words), *frame.through),
        silent=frame.silent,
        definition=definition,
    )


def run(block: ConfiguredBlock, operands: dict[str, Value], frame: Frame, span: Span) -> Value:
    """Go through a block's body with its parameters and operands bound; what it returns."""
    from dsl.checker import statements  # noqa: PLC0415 -- statements evaluate expressions in turn

    definition = block.definition
    if len(frame.through) > DEEPEST:
        _report_endless(definition, span, frame)
        return apply.unknown_application(list(operands.values()), span, frame)
    _bind_parameters(block, frame)
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


def _bind_parameters(block: ConfiguredBlock, frame: Frame) -> None:
    for one in block.definition.node.parameters:
        if one.name.id in block.arguments:
            value = block.arguments[one.name.id]
        elif one.default is not None:
            value = evaluate(one.default, frame)
        else:
            value = UNKNOWN
        frame.scope.names[one.name.id] = Bound(value, one.name.span, "parameter")


# ---- nested models


def _apply_model(span: Span, block: ConfiguredBlock, binding: Binding, frame: Frame) -> Value:
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
    _bind_parameters(block, bare)
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
    _bind_parameters(block, bare)
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
