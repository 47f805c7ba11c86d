"""Which of two operators binds more tightly: Python's own table, and the climb that follows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from dsl import codes
from dsl.nodes import Binary, Compare, Unary
from dsl.parser.tokens import Token

if TYPE_CHECKING:
    from dsl.nodes import Expr

COMPARISONS = ("==", "!=", "<=", ">=", "<", ">")
_LEVELS: tuple[tuple[str, ...], ...] = (
    ("or",), ("and",), ("not",), COMPARISONS, ("|",), ("^",), ("&",), ("+", "-"),
    ("*", "/", "//", "%", "@"), ("unary",), ("**",),
)  # fmt: skip
BINDING = {op: level for level, ops in enumerate(_LEVELS) for op in ops}


def climb(items: list[Token | Expr]) -> Expr:
    """The tree of operands and operators as they stand in a row: `[a, +, -, b, **, c]`."""
    return _Climb(items).operation(0)


class _Climb:
    def __init__(self, items: list[Token | Expr]) -> None:
        self.items = items
        self.at = 0

    def next(self) -> Token | Expr:
        self.at += 1
        return self.items[self.at - 1]

    def operation(self, lowest: int) -> Expr:
        """An operand with all that follows and binds at least as tightly as `lowest`."""
        left = self.operand(lowest)
        while self.at < len(self.items):
            op = cast("Token", self.items[self.at])
            level = BINDING[op.text]
            if level < lowest:
                break
            self.at += 1
            left = self.joined(left, op, level)
        return left

    def operand(self, lowest: int) -> Expr:
        item = self.next()
        if not isinstance(item, Token):
            return item
        level = BINDING["not" if item.text == "not" else "unary"]
        if item.text == "not" and level < lowest:
            item.home.problems.add(
                codes.SYNTAX,
                item.span,
                f"`not` can't stand after `{cast('Token', self.items[self.at - 2]).text}`",
                help="put parentheses around `not …`",
            )
        value = self.operation(level)
        return Unary(item.text, value, span=item.span.to(value.span))

    def joined(self, left: Expr, op: Token, level: int) -> Expr:
        right = self.operation(level if op.text == "**" else level + 1)
        span = left.span.to(right.span)
        if op.text not in COMPARISONS:
            return Binary(op.text, left, right, op.span, span=span)
        if isinstance(left, Compare):
            return Compare((*left.operands, right), (*left.ops, op.text), span=span)
        return Compare((left, right), (op.text,), span=span)
