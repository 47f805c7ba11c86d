"""Operands: whether what is applied to something is tensors, and what is said where it is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dsl import codes, nodes
from dsl.checker.binding import VALUES_OF_CALLS, Binding
from dsl.checker.values import (
    BlockDefinition,
    ConfiguredBlock,
    Function,
    InputRecord,
    Layer,
    LayerClass,
    PythonObject,
    Value,
    Word,
    applied,
    contains_tensor,
    describe,
    holds_unknown,
    is_unknown,
)  # fmt: skip
from dsl.diagnostics import Label
from dsl.graph import Tensor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dsl.checker.facts import Bound
    from dsl.checker.frame import Frame
    from dsl.source import Span


def operands_are_tensors(
    what: str, binding: Binding, operands: Sequence[Bound], frame: Frame
) -> bool:
    """Whether what a call is given as tensors is tensors; diagnostics say why not."""
    fine = True
    for name, bound in binding.found.items():
        positional = any(bound is one for one in operands)
        if name in VALUES_OF_CALLS or not (
            positional or contains_tensor(bound.value) or is_thing(bound.value)
        ):
            continue
        place = bound.node or binding.spans[name]
        shown = name if len(operands) > 1 or not positional else ""
        fine = check_operand(what, shown, bound.value, place, frame) and fine
    for bound in binding.rest:
        fine = check_operand(what, "", bound.value, bound.node or binding.place, frame) and fine
    return fine


def check_operand(
    what: str, name: str, value: Value, place: Span | nodes.Expr, frame: Frame
) -> bool:
    """Whether a value can go in as a tensor; a diagnostic says why not.

    Args:
        what: what it goes into.
        name: the parameter, for what takes several tensors; else empty.
        value: the value.
        place: its expression, or the place where there is none.
        frame: where.
    """
    span = place.span if isinstance(place, nodes.Node) else place
    if isinstance(value, list | tuple):
        if not value:
            frame.report(
                codes.WRONG_OPERANDS,
                span,
                f"{what} gets an empty list",
                help="give it at least one tensor",
            )
        if (
            value
            and not isinstance(place, nodes.List | nodes.Tuple | nodes.Group)
            and all(map(is_thing, value))
        ):
            _report_layers(what, span, frame)
            return False
        places = _places(place, len(value))
        fine = [check_operand(what, name, *one, frame) for one in zip(value, places, strict=True)]
        return bool(value) and all(fine)
    if isinstance(value, Tensor) or is_unknown(value):
        return True
    if value is None and name not in {"", "inputs", "input", "x"}:
        return True
    if isinstance(value, Layer | LayerClass | ConfiguredBlock | BlockDefinition):
        if not _report_bound(what, value, place, frame):
            frame.report(
                codes.NOT_APPLIED,
                span,
                f"{what} takes tensors, and {describe(value)} was not applied to one",
                help=f"apply it first: {applied(value, span.text)}",
            )
        return False
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    frame.report(
        codes.ON_CONSTANT if is_number else codes.WRONG_KIND,
        span,
        f"{what} takes {'a tensor' if not name else f'a tensor as {name}'}, not {describe(value)}",
        help=_operand_help(what, value, span.text),
    )
    return False


def _report_bound(what: str, value: Value, place: Span | nodes.Expr, frame: Frame) -> bool:
    """Whether a name stands for a layer that is applied nowhere: told where the name got it, with where a tensor is meant."""
    binding = frame.scope.find(place.id) if isinstance(place, nodes.Name) else None
    used = isinstance(value, Layer | ConfiguredBlock) and value.applied
    if binding is None or binding.kind != "assigned" or used:
        return False
    if holds_unknown(value):
        frame.lose()
        return True  # a mistake in it was told
    configured = value.span if isinstance(value, Layer | ConfiguredBlock) else binding.span
    name = place.span.text if isinstance(place, nodes.Name) else ""
    text = value.symbol.name if isinstance(value, LayerClass) else configured.text
    binding.used = True
    frame.report(
        codes.NOT_APPLIED,
        configured,
        f"{name} is a layer here, and not what it makes of a tensor",
        help=f"apply it to a tensor: {name} = {applied(value, text)}",
        labels=[Label(place.span, f"{what} takes a tensor here")]
        if isinstance(place, nodes.Node)
        else [],
    )
    return True


def _places(place: Span | nodes.Expr, count: int) -> list[Span | nodes.Expr]:
    """The places of a list's items, where it is written out."""
    if isinstance(place, nodes.Group):
        return _places(place.value, count)
    if isinstance(place, nodes.List | nodes.Tuple) and len(place.items) == count:
        spread = any(isinstance(item, nodes.Splat) for item in place.items)
        return [place] * count if spread else list(place.items)
    return [place] * count


def _report_layers(what: str, span: Span, frame: Frame) -> None:
    """A list of layers by its name, where one of tensors was meant."""
    frame.report(
        codes.NOT_APPLIED,
        span,
        f"{what} takes tensors, and the layers in `{span.text}` were not applied to one",
        help=f"apply each of them: [one(x) for one in {span.text}]",
    )


def _operand_help(what: str, value: Value, text: str) -> str:
    match value:
        case InputRecord():
            return f"take its fields: {text}.{next(iter(value.fields), 'name')}, or concatenate([…]) of several"
        case Word() | Function() | PythonObject():
            return f"apply it to a tensor first: {text}(x)"
        case None:
            return "give it a tensor"
    if isinstance(value, str) and value.isidentifier():
        return f"a tensor's name stands without quotes: {value}"
    return f"two parentheses, always: {what}(…)(x), or x -> {what}(…)"


def is_thing(value: Value) -> bool:
    """Whether a layer, block or function stands in a value, where a tensor should."""
    if isinstance(value, list | tuple):
        return any(is_thing(one) for one in value)
    return isinstance(value, Layer | LayerClass | ConfiguredBlock | BlockDefinition | Function)
