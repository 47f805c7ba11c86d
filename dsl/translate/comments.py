"""Comments and blank lines of a source, for the statements that they stand beside."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from dsl.emit import plan

if TYPE_CHECKING:
    from dsl import nodes


class Comments:
    """The comments of one file. A directive to the compiler (`# allow: …`) is none for the reader of the Python."""

    def __init__(self, tree: nodes.Tree) -> None:
        """Keep the comments in order."""
        self._text = tree.source.text
        self._comments = [
            one for one in tree.comments if not one.text.lstrip("# ").startswith("allow:")
        ]
        self._starts = [one.span.start for one in self._comments]

    def _within(self, start: int, end: int) -> list[nodes.Comment]:
        """The comments that start in a stretch."""
        return self._comments[bisect_left(self._starts, start) : bisect_left(self._starts, end)]

    def between(self, start: int, end: int) -> list[plan.Statement]:
        """The comments alone on their lines in a stretch, and its empty lines."""
        found: list[plan.Statement] = []
        at = start
        for one in self._within(start, end):
            if one.alone:
                found += self._blank(at, one.span.start)
                found.append(plan.Comment(one.text, span=one.span))
                at = one.span.end
        return [*found, *self._blank(at, end)]

    def inside(self, start: int, end: int) -> list[plan.Statement]:
        """The comments within a statement of several lines: they go before it."""
        return [plan.Comment(one.text, span=one.span) for one in self._within(start + 1, end)]

    def after(self, end: int) -> nodes.Comment | None:
        """The comment behind a statement, on its last line."""
        number = bisect_left(self._starts, end)
        if number == len(self._comments):
            return None
        one = self._comments[number]
        if one.alone or self._text.find("\n", end, one.span.start) >= 0:
            return None
        return None if self._text[end : one.span.start].strip(" \t:") else one

    def before(self, start: int) -> str:
        """The comment directly above a statement as one line, empty where there is none, or a long one."""
        lines: list[str] = []
        at = start
        for one in reversed(self._comments):
            if one.span.start >= start:
                continue
            if (
                not one.alone
                or self._text[one.span.end : at].strip()
                or self._text[one.span.end : at].count("\n") > 1
            ):
                break
            lines.insert(0, one.text.lstrip("#").strip())
            at = one.span.start
        text = " ".join(lines)
        return text if len(text) < 80 else ""

    def head(self, first: int) -> tuple[list[str], int]:
        """The comment at the head of the file as lines without `#`, and where it ends."""
        lines: list[str] = []
        end = 0
        for one in self._comments:
            gap = self._text[end : one.span.start]
            if (
                not one.alone
                or one.span.start > first
                or gap.count("\n") > (1 if lines else len(gap))
            ):
                break
            lines.append(one.text.removeprefix("#").removeprefix(" "))
            end = one.span.end
        return lines, end

    def _blank(self, start: int, end: int) -> list[plan.Statement]:
        return [plan.Blank()] if self._text[start:end].count("\n") > 1 else []
