"""A place where the parser could not go on, as the recognisers of mistakes see it."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from dsl.parser.brackets import CLOSER, OPENER
from dsl.records import Thing

if TYPE_CHECKING:
    from dsl.codes import Code
    from dsl.diagnostics import Fix
    from dsl.parser.layout import Line
    from dsl.parser.tokens import Home, Token
    from dsl.source import Span

Finding: TypeAlias = "tuple[Code, Span, str, str] | tuple[Code, Span, str, str, Fix] | None"
"""What kind, where, the words, the help, and the mend where it is certain."""


class Failure(Thing):
    """Where the parser could not go on.

    Args:
        lines: the lines of the statement.
        at: which of them it was in.
        token: what it could not take.
        accepts: what it could have taken, as the grammar names it.
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
        return self.at - (self.token.start <= self.line.first.start)

    @property
    def line(self) -> Line:
        """The line it was in."""
        return self.lines[self.at]

    @property
    def index(self) -> int:
        """Which token of its line it is; past the last one where the line ended too early."""
        for at, token in enumerate(self.line.tokens):
            if token is self.token:
                return at
        return len(self.line.tokens)

    @property
    def ended(self) -> bool:
        """Whether the line ended too early."""
        return self.index == len(self.line.tokens)

    @property
    def before(self) -> Token | None:
        """The token before it."""
        return self.line.tokens[self.index - 1] if self.index else None

    @property
    def opener(self) -> Token | None:
        """The innermost bracket that is open there."""
        stack: list[Token] = []
        for token in self.line.tokens[: self.index]:
            if token.text in CLOSER:
                stack.append(token)
            elif token.text in OPENER and stack:
                stack.pop()
        return stack[-1] if stack else None

    @property
    def place(self) -> Span:
        """The token, or the last one of a line that ended too early."""
        return self.line.tokens[-1].span if self.ended else self.token.span
