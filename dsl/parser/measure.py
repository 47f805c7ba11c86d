"""How long a text may be, and how many mistakes are looked for in it: what is read takes seconds, never minutes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dsl import codes
from dsl.diagnostics import MOST_ERRORS
from dsl.source import MOST_CHARACTERS

if TYPE_CHECKING:
    from dsl.diagnostics import Problems
    from dsl.parser.tokens import Token
    from dsl.source import Source

MOST_TOKENS = 150_000
"""Words and marks: those of more than ten thousand layers, each on its line."""


def is_too_long(source: Source, problems: Problems) -> bool:
    """Whether a text is longer than any program; reported where it passes the limit."""
    length = len(source.text)
    if length <= MOST_CHARACTERS:
        return False
    problems.add(
        codes.LIMIT,
        source.span(MOST_CHARACTERS, MOST_CHARACTERS + 1),
        f"the text has {length:,} characters, and a graph has at most {MOST_CHARACTERS:,}",
        help="use loops and blocks for what repeats, and leave data to files of their own",
    )
    return True


def too_many_tokens(tokens: list[Token]) -> bool:
    """Whether a text has more words and marks than any program; reported where it passes the limit."""
    if len(tokens) <= MOST_TOKENS:
        return False
    token = tokens[MOST_TOKENS]
    token.home.problems.add(
        codes.LIMIT,
        token.span,
        f"the text has {len(tokens):,} words and marks, and a graph has at most {MOST_TOKENS:,}",
        help="use loops and blocks for what repeats",
    )
    return True


def too_many(token: Token) -> None:
    """Say that the text is not read from here on."""
    token.home.problems.add(
        codes.LIMIT,
        token.span,
        f"the text above has {MOST_ERRORS:,} errors, and is not read from here on",
        help="mend the first ones, and check again",
    )
