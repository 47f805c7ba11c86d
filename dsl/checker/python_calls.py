"""What Python defines is configured and applied: opaque, but for the arguments that its text says it takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dsl import codes, nodes
from dsl.catalogue.lookup import ANY_KEYWORD, POSITIONAL, REST, Parameter
from dsl.catalogue.registry import UNKNOWN
from dsl.checker import apply, sparse, words
from dsl.checker.arguments import bind, require
from dsl.checker.binding import flat_tensors
from dsl.checker.facts import ApplyFact, MakeFact
from dsl.checker.values import PythonObject, Value, describe, is_unknown
from dsl.diagnostics import Label
from dsl.graph import Operation
from dsl.shapes.types import UNKNOWN_TENSOR

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dsl.checker.binding import Binding
    from dsl.checker.frame import Frame
    from dsl.checker.values import Parameters
    from dsl.graph import Tensor
    from dsl.source import Span

ANYTHING: Parameters = (
    Parameter("args", REST, UNKNOWN),
    Parameter("kwargs", ANY_KEYWORD, UNKNOWN),
)
"""The parameters of what cannot be read."""


def call(
    node: nodes.Expr,
    thing: PythonObject,
    arguments: Sequence[nodes.Argument],
    piped: Sequence[Value],
    frame: Frame,
) -> Value:
    """Configure a class of Python, or apply a function or a configured layer of it."""
    if thing.is_class:
        return configure(node, thing, arguments, frame)
    binding = _bind_call(node, thing, arguments, piped, frame)
    values = [bound.value for bound in binding.order]
    if not thing.configured and any(map(is_unknown, values)):
        return apply.unknown_application(values, node.span, frame)
    if not thing.configured and not piped and not any(map(flat_tensors, values)):
        return _configured(node, thing, binding, frame)
    return _apply(node, thing, binding, piped, frame)


def configure(
    node: nodes.Expr, thing: PythonObject, arguments: Sequence[nodes.Argument], frame: Frame
) -> Value:
    """The first parentheses of a class that Python defines."""
    known = thing.signature.parameters
    others = thing.signature.call or ()
    binding = bind(
        thing.name,
        ANYTHING if known is None else known,
        None,
        arguments,
        frame,
        node.span,
        others=others,
        labels=_labels(thing.signature.at, thing),
    )
    require(binding)
    return _configured(node, thing, binding, frame)


def _configured(node: nodes.Expr, thing: PythonObject, binding: Binding, frame: Frame) -> Value:
    """What a call without tensors makes: a layer, a function, an object."""
    frame.fact(node, MakeFact(thing, binding.written, "", frame.scope_key))
    if binding.failed:
        return UNKNOWN
    made = PythonObject(
        thing.module,
        thing.name,
        node.span,
        thing.signature,
        configured=True,
        layer_name=_name_of(thing, binding, frame),
    )
    if frame.once is None or frame.dry:
        return made
    made = frame.once.setdefault(f"{id(node)}{frame.loops}", made)
    made.shared = True  # within a shared block: what the first application made here
    return made


def _name_of(thing: PythonObject, binding: Binding, frame: Frame) -> str:
    """The name that a configuration gives to its layer, behind the block's own; empty where it gives none."""
    from dsl.checker.calls import check_name  # noqa: PLC0415 -- calls come here in turn

    name = binding.values.get("name")
    if not isinstance(name, str) or not thing.may_be_layer:
        return ""
    if thing.signature.is_layer and not check_name(name, binding.spans["name"], frame):
        return ""
    if not frame.prefix:
        return str(name)
    return f"{frame.prefix}.{name}"


def _bind_call(
    node: nodes.Expr,
    thing: PythonObject,
    arguments: Sequence[nodes.Argument],
    piped: Sequence[Value],
    frame: Frame,
) -> Binding:
    """The arguments of a function, or of a layer's call: known are those of what a class makes, or of a function itself."""
    signature = thing.signature
    known, at = signature.parameters, signature.at
    others: Parameters = ()
    if signature.kind == "class":
        known, at, others = signature.call, signature.called_at, signature.parameters or ()
    elif thing.configured:
        known, at = None, None  # what a function made
    binding = bind(
        thing.words if thing.configured else thing.name,
        ANYTHING if known is None else known,
        None,
        arguments,
        frame,
        node.span,
        piped=piped,
        operands=True,
        others=others,
        labels=_labels(at, thing),
    )
    require(binding, "(…)" if thing.configured and not thing.bound else "")
    return binding


def _apply(
    node: nodes.Expr, thing: PythonObject, binding: Binding, piped: Sequence[Value], frame: Frame
) -> Value:
    frame.applied_fact(node, ApplyFact("python", binding.given(len(piped))))
    if thing.configured and not apply.once_only(thing, node.span, frame):
        return UNKNOWN
    tensors = [one for bound in binding.written for one in flat_tensors(bound.value)]
    if binding.failed or not _only_tensors(thing, binding, frame):
        return apply.unknown_application(tensors, node.span, frame)
    operation = thing.operation or _operation(node, thing, frame)
    if thing.configured and not frame.dry:
        thing.operation = operation
    _warn_sparse(thing, tensors, binding, frame)
    made = frame.record(operation, tuple(tensors), (UNKNOWN_TENSOR,), node.span)
    return made[0]


def _warn_sparse(
    thing: PythonObject, tensors: Sequence[Tensor], binding: Binding, frame: Frame
) -> None:
    """Warn of what Keras takes for sparse at a layer that it traces to learn its shape."""
    culprit = next((one for one in tensors if sparse.enters(one, frame.state.policy)), None)
    if culprit is not None and thing.configured and not thing.signature.says_shape:
        sparse.report(culprit, binding, frame, sure=False)


def _only_tensors(thing: PythonObject, binding: Binding, frame: Frame) -> bool:
    """Whether no plain value goes to a layer by position, which Keras refuses; else a report."""
    if not thing.configured or not thing.signature.tensors_only:
        return True
    slots = [one.name for one in binding.parameters if one.kind == POSITIONAL]
    for number, bound in enumerate(binding.by_position):
        if bound.node is not None and isinstance(bound.value, bool | int | float | str):
            name = slots[number] if number < len(slots) else "…"
            frame.report(
                codes.WRONG_OPERANDS,
                bound.node.span,
                f"{thing.words} takes nothing but tensors by position, and this is {describe(bound.value)}",
                help=f"give it by name: {name}={bound.node.span.text}",
                labels=binding.labels,
            )
            return False
    return True


def refuse_shapeless(binding: Binding) -> None:
    """Report a layer that `TimeDistributed` cannot hold, as it does not say what shape it gives."""
    bound = binding.found.get("layer")
    if binding.symbol is None or binding.symbol.key != "TimeDistributed" or bound is None:
        return
    thing = bound.value
    if isinstance(thing, PythonObject) and thing.configured and thing.signature.shapeless:
        binding.failed = True
        binding.frame.report(
            codes.BAD_VALUE,
            binding.spans["layer"],
            f"TimeDistributed asks its layer what shape it gives, and {thing.name} has no compute_output_shape",
            help=f"write def compute_output_shape(self, input_shape) in {thing.name}",
            labels=_labels(thing.signature.called_at, thing),
        )


def _operation(node: nodes.Expr, thing: PythonObject, frame: Frame) -> Operation:
    snake = words.snake(thing.name)
    name = thing.layer_name or ("" if frame.dry else frame.state.unique_operator_name(snake))
    kind = "layer" if thing.configured else "python"
    if kind == "layer" and not thing.layer_name and not frame.dry:
        frame.state.unnamed_layers.add(snake)
    if thing.layer_name and not frame.dry:
        apply.register_name(thing.layer_name, thing.span, frame)
    apply.warn_unknown(thing.name, node.span, frame)
    return Operation(
        name, thing.name, kind, node.span, params=None, trainable_params=None, path=frame.path
    )


def _labels(at: Span | None, thing: PythonObject) -> list[Label]:
    """Where a definition stands, unless it is the notebook's: its text is there no more."""
    if at is None or at.source.name.startswith("<"):
        return []
    return [Label(at, f"{thing.name} is defined here")]
