"""Comments and blank lines of a source, for the statements that they stand beside."""

from __future__ import annotations

from bisect import bisect_left

from dsl import nodes
from dsl.emit import plan

LONGEST_DOC = 76
"""Letters of a comment that still stand on one line with the quotes of a docstring."""


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
        return None if self._text[end : one.span.start].strip(" \t:->") else one

    def tail(self, body: tuple[nodes.Statement, ...]) -> int:
        """Where a body ends: comments below its last statement belong to it as far as they stand as deep."""
        end, depth = body[-1].span.end, self._column(body[0].span.start)
        for one in self._comments[bisect_left(self._starts, end) :]:
            shallow = one.alone and self._column(one.span.start) < depth
            if shallow or self._text[end : one.span.start].strip(" \t\r\n:"):
                break
            end = one.span.end
        return end

    def other(self, end: int) -> int:
        """Where the `else` behind a body stands: comments alone come between."""
        while not self._text.startswith("else", end):
            end = self._text.index("\n", end) + 1
            end += len(self._text[end:]) - len(self._text[end:].lstrip(" \t"))
        return end

    def _column(self, offset: int) -> int:
        return offset - self._text.rfind("\n", 0, offset)

    def all(self, start: int, end: int) -> list[plan.Statement]:
        """The comments of a stretch, those behind a statement too, each on a line of its own."""
        return [plan.Comment(one.text, span=one.span) for one in self._within(start, end)]

    def before(self, start: int, end: int) -> tuple[str, list[plan.Statement]]:
        """The comments above a block: as one line that explains it, or as comments where they are longer."""
        found = [one for one in self._within(start, end) if one.alone]
        text = " ".join(one.text.lstrip("#").strip() for one in found)
        if len(text) <= LONGEST_DOC:
            return text, []
        return "", [plan.Comment(one.text, span=one.span) for one in found]

    def end(self, statement: nodes.Statement) -> int:
        """Where a statement ends with the comments that belong to it."""
        match statement:
            case nodes.For() | nodes.Block():
                return self.tail(statement.body)
            case nodes.If():
                return self.tail(statement.branches[-1][1])
        after = self.after(statement.span.end)
        return after.span.end if after else statement.span.end

    def regions(self, statements: tuple[nodes.Statement, ...], head: int) -> dict[int, int]:
        """For each statement, by identity, where what stands before it begins."""
        found: dict[int, int] = {}
        at = head
        for statement in statements:
            found[id(statement)] = at
            at = self.end(statement)
        return found

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
