"""Functions that no rule of Keras covers: Python's own of values, and `positions`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dsl import codes, nodes
from dsl.catalogue.registry import UNKNOWN
from dsl.checker import apply, operators, words
from dsl.checker.expressions import evaluate, iterate
from dsl.checker.facts import BuiltinFact
from dsl.checker.values import (
    InputRecord,
    UnknownSize,
    Value,
    contains_tensor,
    describe,
    is_unknown,
)
from dsl.checker.work import MOST_ITEMS
from dsl.graph import Tensor
from dsl.shapes.types import TensorType

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from dsl.checker.frame import Frame

OF_TENSORS = frozenset({"sum", "min", "max", "abs", "round"})
"""Python's functions that are Keras's where a tensor stands first."""

INSTEAD = {"max": "maximum(a, b)", "min": "minimum(a, b)", "sum": "add([a, b])"}


def is_builtin(
    name: str, arguments: Sequence[nodes.Argument], piped: Sequence[Value], frame: Frame
) -> bool:
    """Whether a call of an unbound name is Python's function of values here."""
    if name not in words.COMPILE_TIME:
        return False
    if name not in OF_TENSORS:
        return True
    if piped:
        return contains_tensor(piped[0]) and not isinstance(piped[0], Tensor)
    first = next((one.value for one in arguments if not one.name), None)
    if first is None or isinstance(first, nodes.Splat):
        return True
    value = evaluate(first, frame.unapplied())
    positional = sum(not one.name for one in arguments)
    return not isinstance(value, Tensor) or (name in {"max", "min"} and positional > 1)


def call(
    node: nodes.Expr,
    name: nodes.Name,
    arguments: Sequence[nodes.Argument],
    piped: Sequence[Value],
    frame: Frame,
) -> Value:
    """Call one of Python's functions of values."""
    frame.fact(node, BuiltinFact(name.id))
    values = list(piped)
    named: dict[str, Value] = {}
    for argument in arguments:
        if argument.name:
            named[argument.name] = evaluate(argument.value, frame)
        elif isinstance(argument.value, nodes.Splat):
            inner = argument.value.value
            values.extend(iterate(inner, evaluate(inner, frame), frame, "`*` spreads"))
        else:
            value = evaluate(argument.value, frame)
            if name.id in {"enumerate", "zip", "sorted", "reversed"} and isinstance(
                value, dict | InputRecord
            ):
                frame.state.facts.put_pairs(argument.value)
            values.append(value)
    return _compute(node, name.id, values, named, frame)


def _compute(
    node: nodes.Expr, name: str, values: list[Value], named: dict[str, Value], frame: Frame
) -> Value:
    everything = [*values, *named.values()]
    if any(is_unknown(value) for value in everything):
        return UNKNOWN
    if name in OF_TENSORS and any(contains_tensor(value) for value in everything):
        frame.report(
            codes.WRONG_KIND,
            node.span,
            f"{name} of several tensors is not what Python's {name} does",
            help=f"write {INSTEAD.get(name, 'a function of Keras')}",
        )
        return apply.unknown_application(everything, node.span, frame)
    if name != "len" and _too_long(node, everything, frame):
        return UNKNOWN
    for value in everything:
        inside = value if isinstance(value, list | tuple) else [value]
        if name != "len" and any(isinstance(one, UnknownSize) for one in inside):
            frame.report(
                codes.UNKNOWN_SIZE,
                node.span,
                f"{name} needs numbers, and a size here is not known",
                help="declare the size in the input",
            )
            return UNKNOWN
    try:
        return FUNCTIONS[name](*[_python(value) for value in values], **named)
    except (TypeError, ValueError, OverflowError):
        kinds = ", ".join(describe(value) for value in everything) or "nothing"
        frame.report(
            codes.BAD_OPERATION,
            node.span,
            f"{name} has no answer for {kinds}",
            help=_help(node, name, everything),
        )
        return UNKNOWN


def _too_long(node: nodes.Expr, values: list[Value], frame: Frame) -> bool:
    """Whether a function would go through a range that no graph has the turns of (reported)."""
    longest = max((len(one) for one in values if isinstance(one, range)), default=0)
    if longest:  # `_range` makes lists of all others
        frame.report(
            codes.LIMIT,
            node.span,
            f"{longest:,} turns are more than a graph can have",
            help=f"at most {MOST_ITEMS:,} are allowed",
        )
    return longest > 0


def _help(node: nodes.Expr, name: str, values: list[Value]) -> str:
    """What to write instead of a function of values: tensors have sizes and slices."""
    if any(isinstance(one, Tensor) for one in values):
        inside = (
            node.arguments[0].value.span.text
            if isinstance(node, nodes.Call) and node.arguments
            else "x"
        )
        if name == "len":
            return f"its sizes are {inside}.shape[1], {inside}.shape[2], …"
        if name in {"enumerate", "zip", "reversed", "sorted"}:
            return f"go through its places: for i in range({inside}.shape[1]), with {inside}[:, i]"
    if name == "range" and values and isinstance(values[0], list | tuple):
        return "go through the list itself, for one in xs, or through range(len(xs))"
    return f"{name} works as in Python, on values that are known when the graph is compiled"


def _python(value: Value) -> Value:
    return dict(value.fields) if isinstance(value, InputRecord) else value


def _enumerate(items: Any, start: int = 0) -> list[Any]:
    return list(enumerate(_pairs(items), start))


def _zip(*lists: Any, strict: bool = False) -> list[Any]:
    return list(zip(*[_pairs(one) for one in lists], strict=strict))


def _pairs(items: Any) -> list[Any]:
    return list(items.items()) if isinstance(items, dict) else list(items)


def _range(*bounds: int) -> Any:
    turns = range(*bounds)
    return turns if len(turns) > MOST_ITEMS else list(turns)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "range": _range,
    "len": len,
    "int": int,
    "enumerate": _enumerate,
    "zip": _zip,
    "reversed": lambda items: list(reversed(_pairs(items))),
    "sorted": lambda items, **how: sorted(_pairs(items), **how),
    "sum": sum,
    "min": min,
    "max": max,
    "abs": abs,
    "round": round,
}


# ---- positions


def positions(
    node: nodes.Expr, arguments: Sequence[nodes.Argument], piped: Sequence[Value], frame: Frame
) -> Value:
    """`positions(x)`: int32, 0, 1, 2, … along axis 1; in Keras a cumulated sum of ones that hangs on `x`."""
    frame.fact(node, BuiltinFact("positions"))
    values = [*piped, *(evaluate(one.value, frame) for one in arguments)]
    if len(values) != 1 or not (isinstance(values[0], Tensor) or is_unknown(values[0])):
        frame.report(
            codes.WRONG_OPERANDS,
            node.span,
            "positions takes one tensor",
            help="write positions(x): it numbers the steps along axis 1 of x",
        )
        return apply.unknown_application(values, node.span, frame)
    if is_unknown(values[0]):
        return apply.unknown_application([], node.span, frame)
    return _positions_of(node, values[0], frame)


def _positions_of(node: nodes.Expr, x: Tensor, frame: Frame) -> Value:
    shape = x.type.shape
    if shape is not None and len(shape) not in {2, 3}:
        frame.report(
            codes.WRONG_RANK,
            node.span,
            f"positions numbers the steps of [steps] or [steps, features], and this is {x.type}",
            help="give it the tensor that has the steps on axis 1",
        )
        return apply.unknown_application([x], node.span, frame)
    steps = None if shape is None else shape[:2]
    if shape is not None:
        frame.state.position_ranks[id(node)] = len(shape)
    current = x
    if shape is not None and len(shape) == 3:
        sliced = TensorType(x.type.dtype, steps)
        current = operators.add_operation(
            "GetItem", "get_item", (current,), (sliced,), node.span, frame, madds=0
        )[0]
    for class_name, snake, dtype in (
        ("OnesLike", "ones_like", "int32"),
        ("Cumsum", "cumsum", "int32"),
        ("Subtract", "subtract", "int32"),
    ):
        kind = TensorType(dtype, steps)
        (current,) = operators.add_operation(
            class_name, snake, (current,), (kind,), node.span, frame, madds=0
        )
    return current
