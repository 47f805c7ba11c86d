"""Syntax errors, told in words of the language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dsl import codes

if TYPE_CHECKING:
    from dsl.parser.layout import Line
    from dsl.parser.tokens import Home, Token


@dataclass(slots=True)
class Failure:
    """Where the parser could not go on.

    Args:
        lines: the lines of the group.
        at: which of them it was in.
        token: what it could not take.
        accepts: what it could have taken.
        home: where to report.
    """

    lines: list[Line]
    at: int
    token: Token
    accepts: set[str]
    home: Home

    @property
    def lacks_body(self) -> bool:
        """Whether a head's body is missing."""
        return "_INDENT" in self.accepts

    @property
    def head(self) -> int:
        """The line of that head."""
        return self.at - (self.token.type != "$END")


def explain(failure: Failure) -> None:
    """Report it."""
    token = failure.token
    failure.home.problems.add(
        codes.SYNTAX, token.span, f"`{token.text}` can't stand here", help="?"
    )
