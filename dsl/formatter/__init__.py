"""The formatter: one canonical layout for a source, its comments kept.

Tokens stay in their order and as they are written (strings without quotes in them get double ones, a broken
list its last comma); what changes is the space between them. Lines have 100 columns. Two breaks are the
author's to ask for, as in Python's formatters: a chain that was broken stays broken, a stage a line; a
bracket whose last item has a comma keeps an item a line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dsl.diagnostics import Problems
    from dsl.nodes import Tree
    from dsl.source import Source


class FormatError(Exception):
    """The formatter would have changed what a program says: a mistake of the formatter, never the user's."""


def format_source(source: Source, problems: Problems) -> str | None:
    """The canonical text of a source.

    Args:
        source: the text.
        problems: collects what is wrong with it, as `parse` does.

    Returns:
        The text; None where the source cannot be read.

    Raises:
        FormatError: where the result would not be the same tree with the same comments.
    """
    from dsl.formatter.program import written  # noqa: PLC0415 -- the parser is loaded when it runs
    from dsl.parser import parse  # noqa: PLC0415

    tree = parse(source, problems)
    if any(one.code.severity == "error" for one in problems):
        return None
    text = written(source)
    _refuse_change(tree, text)
    return text.replace("\n", "\r\n") if "\r\n" in source.text else text


def _refuse_change(tree: Tree, text: str) -> None:
    from dsl.diagnostics import Problems  # noqa: PLC0415 -- as above
    from dsl.parser import parse  # noqa: PLC0415
    from dsl.source import Source  # noqa: PLC0415

    problems = Problems()
    again = parse(Source(tree.source.name, text), problems)
    same = tree.statements == again.statements and _texts(tree) == _texts(again)
    if len(problems) or not same:
        raise FormatError(f"the formatter would change {tree.source.name}; it is left as it is")


def _texts(tree: Tree) -> list[str]:
    return [one.text.rstrip() for one in tree.comments]
