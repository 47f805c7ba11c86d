"""Which tokens have a space between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dsl.parser.brackets import CLOSER, OPENER
from dsl.parser.operators import BINDING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dsl.parser.tokens import Token

WORDS = frozenset({
    "FOR", "IF", "ELIF", "ELSE", "RETURN", "FROM", "IMPORT", "AND", "OR", "NOT", "IN", "AS",
    "INPUT", "OUTPUT", "SHARED", "CONST", "BLOCK", "MODEL", "TRAIN",
})  # fmt: skip
"""Kinds of tokens that are words of the language."""

SIGNS = frozenset({"-", "+", "~", "*"})
OPERANDS = frozenset({"NAME", "NUMBER", "STRING"})


def is_operand(token: Token) -> bool:
    """Whether a token can end an operand."""
    return token.type in OPERANDS or token.text in OPENER or token.text in ("?", "...")


def is_sign(before: Token | None, token: Token) -> bool:
    """Whether a `-`, `+`, `~` or `*` belongs to what follows it alone, as in `-x` and `*xs`."""
    return token.text in SIGNS and (before is None or not is_operand(before))


def gaps(tokens: Sequence[Token], inside: str) -> list[bool]:
    """Whether a space stands before each token of a stretch on one level; never before the first.

    Args:
        tokens: those of an item or of a line; of brackets in it, the opening and the closing one.
        inside: the bracket around it; empty at the level of the line.
    """
    spaced = [False]
    annotated = False
    loose = inside == "[" and _has_operator(tokens)
    for at in range(1, len(tokens)):
        before, token = tokens[at - 1], tokens[at]
        sign = is_sign(tokens[at - 2] if at > 1 else None, before)
        annotated = annotated or before.text == ":"
        if before.text in CLOSER or token.text in OPENER:
            spaced.append(False)
        elif inside == "[" and ":" in (before.text, token.text):
            spaced.append(loose)
        elif inside and "=" in (before.text, token.text):
            spaced.append(annotated)
        elif "**" in (before.text, token.text) and not sign:
            spaced.append(not _hugs(tokens, at if token.text == "**" else at - 1))
        else:
            spaced.append(_has_gap(before, token, sign=sign))
    return spaced


def _has_gap(before: Token, token: Token, *, sign: bool) -> bool:
    if token.text in (",", ".", ":") or before.text in (".", "$") or sign:
        return token.text == "." and before.type in WORDS
    if token.text in ("(", "[") and is_operand(before):
        return before.type in WORDS
    return True


def _has_operator(tokens: Sequence[Token]) -> bool:
    """Whether a slice has bounds that are more than a name or number."""
    return any(
        one.text in BINDING and not is_sign(tokens[at - 1] if at else None, one)
        for at, one in enumerate(tokens)
    )


def _hugs(tokens: Sequence[Token], power: int) -> bool:
    """Whether a power of two names or numbers is written without spaces, as in `x**2`."""
    left = tokens[power - 1]
    right = tokens[power + 1 : power + 3]
    if right and right[0].text == "-":
        right = tokens[power + 2 : power + 4]
    simple = {"NAME", "NUMBER"}
    longer = len(right) > 1 and right[1].text in ("(", "[")
    return left.type in simple and bool(right) and right[0].type in simple and not longer
