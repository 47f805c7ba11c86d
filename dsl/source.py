"""Sources and spans: the one place with line and column arithmetic."""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property

from dsl.records import Record

MOST_CHARACTERS = 1_000_000
"""No program is longer."""


class Source:
    """A text with a name.

    Args:
        name: what messages call it, usually the path as the user wrote it.
        text: the whole text. Offsets into it count code points.
    """

    def __init__(self, name: str, text: str) -> None:
        """Keep the name and the text."""
        self.name = name
        self.text = text

    def __repr__(self) -> str:
        """Show the name alone: texts are long."""
        return f"Source({self.name!r})"

    @cached_property
    def _starts(self) -> list[int]:
        starts = [0]
        starts.extend(i + 1 for i, char in enumerate(self.text) if char == "\n")
        return starts

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset, both from 1, the column in code points."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def line(self, number: int) -> str:
        """The text of a line (from 1), without its end; empty past the last one."""
        if not 1 <= number <= len(self._starts):
            return ""
        start = self._starts[number - 1]
        end = self._starts[number] if number < len(self._starts) else len(self.text)
        return self.text[start:end].rstrip("\r\n")

    def line_span(self, number: int) -> Span:
        """The span of a line (from 1), without its indentation and its end."""
        text = self.line(number)
        start = self._starts[number - 1] if text else 0
        return Span(self, start + len(text) - len(text.lstrip()), start + len(text.rstrip()))

    def span(self, start: int, end: int) -> Span:
        """The span from one offset to another, end exclusive."""
        return Span(self, start, end)


class Span(Record):
    """A stretch of a source: offsets in code points, end exclusive."""

    source: Source
    start: int
    end: int

    @property
    def line(self) -> int:
        """The line it starts on, from 1."""
        return self.source.position(self.start)[0]

    @property
    def text(self) -> str:
        """The words of the source."""
        return self.source.text[self.start : self.end]

    def to(self, other: Span) -> Span:
        """The span from the start of this one to the end of another one."""
        return Span(self.source, self.start, other.end)
