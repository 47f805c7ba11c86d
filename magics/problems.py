"""What stops a cell: one exception that shows words instead of a traceback."""

from __future__ import annotations

import linecache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dsl.diagnostics import Diagnostic
    from dsl.source import Source


def remember(source: Source) -> None:
    """Let a traceback of Python show the lines of a graph."""
    lines = source.text.splitlines(keepends=True)
    linecache.cache[source.name] = (len(source.text), None, lines, source.name)


class GraphError(Exception):
    """Errors in a graph, wrong options, or arrays that do not fit; its words say which.

    Args:
        words: what the cell shows.
        diagnostics: the errors and warnings, where it is about a graph.
    """

    def __init__(self, words: str, diagnostics: Iterable[Diagnostic] = ()) -> None:
        """Keep the words and the diagnostics."""
        super().__init__(words)
        self.diagnostics = tuple(diagnostics)

    def _render_traceback_(self) -> list[str]:
        """What IPython shows in place of a traceback."""
        if not self.diagnostics:
            return [f"GraphError: {self}"]
        from dsl.report.text import render_all  # noqa: PLC0415 -- only where there is something to say

        lines = render_all(self.diagnostics, color=True).splitlines()
        return [*lines, "--traceback shows all of it"] if self.__cause__ is not None else lines
