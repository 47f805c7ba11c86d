"""Compile-time values: Python's arithmetic, bounded, with its errors in words."""

from __future__ import annotations

import operator
import re
from functools import partial
from typing import TYPE_CHECKING, Any

from dsl import codes, nodes
from dsl.catalogue.registry import UNKNOWN
from dsl.checker.values import UnknownSize, Value, Word, describe, is_unknown
from dsl.checker.work import MOST_ITEMS
from dsl.diagnostics import Fix

if TYPE_CHECKING:
    from collections.abc import Callable

    from dsl.checker.frame import Frame
    from dsl.source import Span

WIDEST = 1_000
"""Letters to which a format may fill a text up."""

LARGEST = 10**30
"""Numbers beyond this are no size of anything."""

BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
    "**": operator.pow,
    "&": operator.and_,
    "|": operator.or_,
    "^": operator.xor,
}
UNARY: dict[str, Callable[[Any], Any]] = {
    "-": operator.neg,
    "+": operator.pos,
    "~": operator.invert,
    "not": operator.not_,
}
COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def report_unknown_size(span: Span, value: UnknownSize, frame: Frame) -> None:
    """A size is not a number at compile time."""
    frame.report(
        codes.UNKNOWN_SIZE,
        span,
        f"this needs a number, and the size is not known here ({value})",
        help="declare the size in the input, or work with tensors instead (ops.shape(x) is known when the model runs)",
    )


def _sizes(node: nodes.Node, values: list[Value], frame: Frame) -> bool:
    """Report a size that is no number; whether one was found."""
    for value in values:
        if isinstance(value, UnknownSize):
            report_unknown_size(node.span, value, frame)
            return True
    return False


def unary(node: nodes.Unary, value: Value, frame: Frame) -> Value:
    """`-x`, `+x`, `~x`, `not x` of a value."""
    if is_unknown(value) or _sizes(node, [value], frame):
        return UNKNOWN
    if node.op == "not":
        return not value
    return _guarded(node, frame, lambda: UNARY[node.op](value), f"{node.op}", [value])


def _help(op: str, values: list[Value]) -> str:
    """What to write where values have no such operation."""
    if op == "%" and isinstance(values[0], str):
        return 'write an f-string: f"layer{i}"'
    return "values are reckoned with as in Python: numbers with numbers, lists with lists"


def binary(node: nodes.Binary, left: Value, right: Value, frame: Frame) -> Value:
    """An arithmetic operator between values."""
    if is_unknown(left) or is_unknown(right) or _sizes(node, [left, right], frame):
        return UNKNOWN
    if node.op not in BINARY:
        _report(node, node.op, [left, right], frame)
        return UNKNOWN
    if node.op == "^" and all(type(one) is int for one in (left, right)):
        power = f"write {node.left.span.text} ** {node.right.span.text}"
        words_ = "`^` is no power: between numbers it is Python's exclusive or"
        frame.report(codes.BAD_OPERATION, node.span, words_, help=power)
        return UNKNOWN
    if _too_large(node, left, right):
        frame.report(
            codes.LIMIT,
            node.span,
            "the result would be too large",
            help="keep sizes and lists within reason",
        )
        return UNKNOWN
    if isinstance(left, str) != isinstance(right, str) and node.op != "*":
        _report(node, node.op, [left, right], frame)
        return UNKNOWN
    return _guarded(node, frame, lambda: BINARY[node.op](left, right), node.op, [left, right])


def _too_large(node: nodes.Binary, left: Value, right: Value) -> bool:
    if node.op == "**" and isinstance(left, int | float) and isinstance(right, int | float):
        return abs(right) > 1_000 or (
            abs(left) > 1 and isinstance(left, int) and abs(left) ** min(abs(right), 100) > LARGEST
        )
    if (
        node.op == "+"
        and isinstance(left, list | tuple | str)
        and isinstance(right, list | tuple | str)
    ):
        return len(left) + len(right) > MOST_ITEMS
    if node.op == "*":
        for many, count in ((left, right), (right, left)):
            if isinstance(many, list | tuple | str) and isinstance(count, int):
                return len(many) * count > MOST_ITEMS
            if isinstance(many, int) and isinstance(count, int) and abs(many) > LARGEST:
                return True
    return False


JOINS = {"|": "or", "&": "and"}
"""Operators of bits, and what joins two comparisons."""


def compare(node: nodes.Compare, values: list[Value], frame: Frame) -> Value:
    """A comparison of values, chained as in Python."""
    inner = next(
        (one for one in node.operands if isinstance(one, nodes.Binary) and one.op in JOINS), None
    )
    if inner is not None and len(node.ops) > 1:
        frame.report(
            codes.BAD_OPERATION,
            inner.op_span,
            f"`{inner.op}` joins no comparisons: it is done before them",
            help=f"write `{JOINS[inner.op]}`",
            fix=Fix(inner.op_span, JOINS[inner.op]),
        )
        return UNKNOWN
    if any(is_unknown(value) for value in values):
        return UNKNOWN
    for left, op, right in zip(values, node.ops, values[1:], strict=False):
        if isinstance(left, UnknownSize) or isinstance(right, UnknownSize):
            other = right if isinstance(left, UnknownSize) else left
            if op in {"==", "!="} and other is None:
                return UNKNOWN  # whether a size is known is for the built model to say
            _sizes(node, [left, right], frame)
            return UNKNOWN
        answer = _guarded(node, frame, partial(COMPARE[op], left, right), op, [left, right])
        if is_unknown(answer) or not answer:
            return answer
    return True


def _guarded(
    node: nodes.Node, frame: Frame, work: Callable[[], Any], op: str, values: list[Value]
) -> Value:
    try:
        result = work()
    except ZeroDivisionError:
        frame.report(
            codes.BAD_OPERATION, node.span, "division by zero", help="divide by something else"
        )
        return UNKNOWN
    except (TypeError, ValueError, OverflowError):
        _report(node, op, values, frame)
        return UNKNOWN
    return UNKNOWN if isinstance(result, complex) else result


def _report(node: nodes.Node, op: str, values: list[Value], frame: Frame) -> None:
    kinds = " and ".join(describe(value) for value in values)
    frame.report(
        codes.BAD_OPERATION,
        node.span,
        f"`{op}` has no answer for {kinds}",
        help=_help(op, values),
    )


def formatted(value: Value, part: nodes.Replacement, frame: Frame) -> str | None:
    """A value within an f-string; None after a diagnostic."""
    if is_unknown(value):
        return None
    if isinstance(value, UnknownSize):
        report_unknown_size(part.span, value, frame)
        return None
    if not (value is None or isinstance(value, bool | int | float | str)):
        frame.report(
            codes.WRONG_KIND,
            part.span,
            f"an f-string takes numbers and words, not {describe(value)}",
            help="write a number, a word or a text between the braces",
        )
        return None
    if len(part.format) > 20 or any(int(one) > WIDEST for one in re.findall(r"\d+", part.format)):
        frame.report(codes.LIMIT, part.span, "this format is too long", help="leave it out")
        return None
    try:
        shown = repr(value) if part.conversion == "r" else value
        return format(str(shown) if isinstance(shown, Word) else shown, part.format)
    except (ValueError, TypeError):
        frame.report(
            codes.BAD_VALUE,
            part.span,
            f"`{part.format}` is no format for {describe(value)}",
            help="leave out the format",
        )
        return None


def element(node: nodes.Subscript, value: Any, index: Value, frame: Frame) -> Value:
    """One element, or a slice, of a list, tuple, text or dictionary."""
    if is_unknown(index):
        return UNKNOWN
    if isinstance(value, dict):
        if index in value if isinstance(index, str | int) else False:
            return value[index]
        keys = ", ".join(str(key) for key in value)
        frame.report(
            codes.BAD_OPERATION,
            node.span,
            f"there is no {describe(index)} in it",
            help=f"its keys are {keys}",
        )
        return UNKNOWN
    try:
        return value[index]
    except (IndexError, TypeError, ValueError):
        frame.report(
            codes.BAD_OPERATION,
            node.span,
            f"a list of {len(value)} has no element {describe(index).removeprefix('the number ')}",
            help=f"count from 0 to {len(value) - 1}, or from the end with -1"
            if len(value)
            else "the list is empty",
        )
        return UNKNOWN
