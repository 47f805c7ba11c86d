"""Blocks and models: configured and applied as layers are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dsl import codes, nodes
from dsl.catalogue.lookup import KEYWORD, POSITIONAL, REQUIRED, Parameter
from dsl.catalogue.registry import UNKNOWN
from dsl.checker import apply, operand_checks, words
from dsl.checker.arguments import bind, require
from dsl.checker.bodies import inner_frame, run
from dsl.checker.expressions import CONSTANTS
from dsl.checker.facts import ApplyFact, MakeFact
from dsl.checker.nested import apply_model
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
from dsl.diagnostics import Label
from dsl.records import replace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dsl.checker.binding import Binding
    from dsl.checker.frame import Frame


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
    mistaken = any(is_unknown(value) for value in block.arguments.values())
    judging = replace(frame, silent=True) if mistaken else frame
    if mistaken:
        frame.lose()
    fine = [
        operand_checks.check_operand(
            block.words, name, bound.value, bound.node or node.span, judging
        )
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
        return apply_model(node.span, block, binding, frame)
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
