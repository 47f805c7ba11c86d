"""A whole source: its lines, the comments between them, and its empty lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dsl.diagnostics import Problems
from dsl.formatter.pieces import Atom, pieces_of
from dsl.formatter.printing import STEP, Printer
from dsl.parser import laid_out
from dsl.parser.layout import SUITE_HEADS

if TYPE_CHECKING:
    from dsl.formatter.pieces import Piece
    from dsl.parser.layout import Line
    from dsl.parser.tokens import Token
    from dsl.source import Source

GO_ON: Final = frozenset({"ELIF", "ELSE"})
SET_OFF: Final = frozenset({"BLOCK", "MODEL", "TRAIN"})
"""Statements with an empty line before them, and after them."""


def written(source: Source) -> str:
    """The canonical text of a source that can be read."""
    lines, comments = laid_out(source, Problems())
    return _Program(source, comments).text(lines)


class _Program:
    def __init__(self, source: Source, comments: list[Token]) -> None:
        self.source = source
        self.comments = comments
        self.columns = [0]
        self.out: list[str] = []
        self.end = 0
        self.opened = False
        self.statement = ""

    def text(self, lines: list[Line]) -> str:
        for line in lines:
            self.line(line)
        self.above(None, 0)
        return "".join(f"{line}\n" for line in self.out)

    def line(self, line: Line) -> None:
        """Write a logical line, what stands above it, and the comment behind it."""
        depth = self.above(line, sum(1 for each in self.columns if each < line.indent))
        last = line.tokens[-1].end
        within = self.taken(last)
        behind = self.comments and "\n" not in self.source.text[last : self.comments[0].start]
        after = self.comments.pop(0) if behind else None
        self.out += _lines(line, within, after, STEP * depth)
        self.end = after.end if after else last
        self.opened = line.tokens[-1].text == ":"
        self.statement = line.first.type if depth == 0 else self.statement

    def above(self, line: Line | None, depth: int) -> int:
        """Write the comments above a line, or the last ones, and the empty lines; gives the line's depth."""
        start = line.first.start if line else len(self.source.text)
        column = line.indent if line else 0
        while len(self.columns) > 1 and self.columns[-1] > column:
            deeper = self.taken(self.dedent(start))
            for one in deeper:
                self.comment(one, len(self.columns) - 1)
            self.columns.pop()
        if column > self.columns[-1]:
            self.columns.append(column)
        depth = len(self.columns) - 1
        off = line is not None and depth == 0 and self.set_off(line)
        for one in self.taken(start):
            self.comment(one, depth, off=off)
            off = False
        if line:
            self.blank(start, off=off)
        return depth

    def dedent(self, start: int) -> int:
        """Up to where the comments before an offset still stand in the innermost suite."""
        for one in self.comments:
            if one.start >= start or self.column(one) < self.columns[-1]:
                return min(one.start, start)
        return start

    def set_off(self, line: Line) -> bool:
        """Whether an empty line must stand above a line at the left."""
        kinds = {line.first.type, self.statement}
        return bool(kinds & SET_OFF) and line.first.type not in GO_ON

    def taken(self, end: int) -> list[Token]:
        """The comments before an offset, which are no longer waiting then."""
        count = sum(1 for one in self.comments if one.start < end)
        found, self.comments = self.comments[:count], self.comments[count:]
        return found

    def column(self, token: Token) -> int:
        return self.source.position(token.start)[1] - 1

    def comment(self, token: Token, depth: int, *, off: bool = False) -> None:
        self.blank(token.start, off=off)
        self.out.append(" " * (STEP * depth) + token.text.rstrip())
        self.end = token.end
        self.opened = False

    def blank(self, start: int, *, off: bool = False) -> None:
        """An empty line before what comes next, where one stood or must stand; none below a head."""
        had = self.source.text.count("\n", self.end, start) > 1
        if self.out and not self.opened and (had or off):
            self.out.append("")


def _lines(line: Line, within: list[Token], after: Token | None, depth: int) -> list[str]:
    """A logical line as text: a head and what follows it on two lines where they don't fit on one."""
    pieces = pieces_of(sorted([*line.tokens, *within], key=lambda one: one.start))
    printer = Printer(depth)
    body = _body(pieces) if line.first.type in SUITE_HEADS and not printer.fits(pieces) else None
    printer.write(pieces[:body], depth)
    if body is not None:
        printer.newline(depth + STEP)
        printer.write(pieces[body:], depth + STEP)
    if after:
        printer.add(f"  {after.text.rstrip()}")
    return printer.lines()


def _body(pieces: list[Piece]) -> int | None:
    """Where the statement begins that follows a head on its line; None where none does."""
    for at, one in enumerate(pieces, 1):
        if isinstance(one, Atom) and one.token.text == ":":
            return at if at < len(pieces) else None
    return None
