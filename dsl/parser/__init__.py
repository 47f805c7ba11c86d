"""Reading: text to tree. The only place that knows lark."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dsl.diagnostics import Problems
    from dsl.nodes import Tree
    from dsl.parser.layout import Line
    from dsl.parser.tokens import Token
    from dsl.source import Source


def parse(source: Source, problems: Problems) -> Tree:
    """Read a source; never raises, whatever the text.

    Args:
        source: the text; any text at all.
        problems: collects what is wrong with it.

    Returns:
        A tree of the statements that could be read, with all comments.
    """
    from dsl.parser.reading import Reader  # noqa: PLC0415 -- lark is loaded when there is something to read

    return Reader(source, problems).tree()


def laid_out(source: Source, problems: Problems) -> tuple[list[Line], list[Token]]:
    """A source as logical lines of tokens, and its comments: what a formatter works on."""
    from dsl.parser.reading import Reader  # noqa: PLC0415 -- as above

    return Reader(source, problems).lines()
