"""Reading: text to tree. The only place that knows lark."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dsl.diagnostics import Problems
    from dsl.nodes import Tree
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
