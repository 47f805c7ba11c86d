"""Comments: all of them, with their places."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dsl.nodes import Comment

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dsl.parser.tokens import Token


def comments(tokens: Iterable[Token]) -> tuple[Comment, ...]:
    """The comments that the scanner found, each with whether it stands alone on its line."""
    return tuple(Comment(token.text, _alone(token), span=token.span) for token in tokens)


def _alone(token: Token) -> bool:
    text = token.home.source.text
    start = text.rfind("\n", 0, token.start) + 1
    return not text[start : token.start].strip(" \t\f\ufeff")
