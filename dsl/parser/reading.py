"""Text to tree: the whole way, with recovery at the next statement."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from lark.exceptions import UnexpectedToken

from dsl import codes
from dsl.nodes import Tree
from dsl.parser import table
from dsl.parser.bodies import indented
from dsl.parser.comments import comments
from dsl.parser.depth import too_deep
from dsl.parser.failure import Failure
from dsl.parser.layout import Line, logical_lines
from dsl.parser.lost import EVERYTHING, names_bound, names_rebound
from dsl.parser.measure import is_too_long, too_many, too_many_tokens
from dsl.parser.tokens import RESERVED, Token, scan

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from dsl.diagnostics import Problems
    from dsl.nodes import Expr, Statement
    from dsl.source import Source

MOST_REPAIRS = 60


class Reader:
    """Reads one source; the home of its tokens."""

    def __init__(self, source: Source, problems: Problems) -> None:
        """Keep them."""
        self.source = source
        self.problems = problems
        self.lost: set[str] = set()
        self.unread: set[str] = set()

    def tree(self) -> Tree:
        """The whole source: what `dsl.parser.parse` gives."""
        lines, found = self.lines()
        statements: list[Statement] = []
        indent = 0
        for group in _groups(lines):
            if self.problems.full:
                too_many(group[0].first)
                self.lost.add(EVERYTHING)
                break
            if group[0].indent not in (0, indent):
                self.indented(group[0])
            indent = group[0].indent
            statements.extend(self.statements(group))
        names = frozenset(self.lost), frozenset(self.unread)
        return Tree(self.source, tuple(statements), comments(found), *names)

    def lines(self) -> tuple[list[Line], list[Token]]:
        """The logical lines, and the comments: what `dsl.parser.laid_out` gives."""
        if is_too_long(self.source, self.problems):
            self.lost.add(EVERYTHING)
            return [], []
        vocabulary = table.vocabulary()
        tokens, found = scan(vocabulary, self, 0, len(self.source.text))
        if too_many_tokens(tokens):
            self.lost.add(EVERYTHING)
            return [], found
        return indented(logical_lines(tokens, vocabulary.heads, self), self.problems), found

    def statements(self, lines: list[Line]) -> tuple[Statement, ...]:
        """The statements of a group of lines, after repairs where they need some."""
        for _ in range(MOST_REPAIRS):
            lines = self.without_bad(lines)
            stream = Stream(lines)
            try:
                found: tuple[Statement, ...] = cast("Any", table.parser()).parse(
                    stream, start="start"
                )
            except UnexpectedToken as error:
                lines = self.repaired(lines, stream, error)
            except RecursionError:
                self.deep(lines[0].first)
                self.lose(lines[0])
                return ()
            else:
                return self.shallow(found, lines)
        return ()

    def lose(self, line: Line) -> None:
        """Remember the names of a line that is left out."""
        self.lost |= names_bound(line)
        self.unread |= {token.text for token in line.tokens if token.text.isidentifier()}
        if line.first.text.lower().startswith("ret"):
            self.unread.add("return")

    def has_tab(self, line: Line) -> bool:
        """Whether a tab indents a line, which was said when it was read."""
        start = self.source.text.rfind("\n", 0, line.first.start) + 1
        return "\t" in self.source.text[start : line.first.start]

    def without_bad(self, lines: list[Line]) -> list[Line]:
        """A gap in place of each bad line and its body; a bad `if` takes what hangs on it along."""
        kept: list[Line] = []
        at = 0
        while at < len(lines):
            line = lines[at]
            at += 1
            if not line.bad:
                kept.append(line)
                continue
            first = at - 1
            while at < len(lines) and _hangs_on(lines[at], line):
                at += 1
            names = set().union(*map(names_rebound, lines[first:at]))
            kept.append(Line(line.indent, [_gap(line.first, names)]))
            for one in lines[first:at]:
                self.lose(one)
        return kept

    def indented(self, line: Line) -> None:
        """Report a line that is indented below nothing."""
        self.problems.add(
            codes.INDENTATION,
            line.first.span,
            "this line is indented, but nothing above it opens a block",
            help="begin it at the left",
        )

    def shallow(self, found: tuple[Statement, ...], lines: list[Line]) -> tuple[Statement, ...]:
        """The statements, less those that nest too deep for the passes that follow."""
        if max(len(line.tokens) for line in lines) < 100 and len(lines) < 100:
            return found
        kept = []
        for statement in found:
            if too_deep(statement):
                self.deep(statement)
                for line in lines:
                    self.lose(line)
            else:
                kept.append(statement)
        return tuple(kept)

    def deep(self, at: Token | Statement) -> None:
        """Report a statement that nests too deep."""
        self.problems.add(
            codes.LIMIT,
            at.span,
            "this statement nests too deep to be read",
            help="give names to its parts, or make a `block` of a part",
        )

    def repaired(self, lines: list[Line], stream: Stream, error: UnexpectedToken) -> list[Line]:
        """The lines without the one at fault, which is reported."""
        at = stream.line
        failure = Failure(lines, at, _place(error, lines), _accepted(error), self)
        kind = failure.token.type
        if kind == "GAP":
            return lines[:at] + lines[at + 1 :] or [lines[at]]
        relaid = self.relaid(failure)
        if len(relaid) > 1:
            return [*lines[:at], *relaid, *lines[at + 1 :]]
        again = None
        if kind not in ("_INDENT", "UNEVEN") or not any(map(self.has_tab, lines[: at + 1])):
            again = _explain(failure)
        if again is not None and not failure.lacks_body:
            return [*lines[:at], again, *lines[at + 1 :]]
        if kind in ("_INDENT", "UNEVEN"):
            moved = _moved(lines, at, stream.outer if kind == "_INDENT" else stream.nearest)
            strange = lines[at].first.type != "NAME" and lines[at].first.text not in RESERVED
            moved[at].bad = strange or lines[at].outdented
            return moved
        if failure.lacks_body:
            head = failure.head
            gap = Line(lines[head].indent + 1, [_gap(lines[head].first)])
            return [*lines[: head + 1], gap, *lines[head + 1 :]]
        lines[at].bad = True
        return lines

    def relaid(self, failure: Failure) -> list[Line]:
        """A line that failed within brackets, cut where another statement seems to begin in it."""
        tokens = failure.line.tokens
        if not failure.opener or "\n" not in self.source.text[tokens[0].start : failure.token.end]:
            return []
        vocabulary = table.vocabulary()
        again, _ = scan(vocabulary, self, tokens[0].start, tokens[-1].end)
        return logical_lines(again, vocabulary.heads, self, trusting=False)

    def expression(self, start: int, end: int) -> Expr | None:
        """The expression between two offsets; None, and a report, where there is none."""
        tokens, _ = scan(table.vocabulary(), self, start, end)
        if not tokens:
            self.problems.add(
                codes.SYNTAX,
                self.source.span(max(start - 1, 0), end + 1),
                "nothing stands between these braces",
                help="write the value that is to stand here",
            )
            return None
        lines = logical_lines(tokens, table.vocabulary().heads, self)
        if any(line.bad for line in lines):
            return None
        stream = Stream(lines, with_ends=False)
        try:
            return cast("Expr", cast("Any", table.parser()).parse(stream, start="expr"))
        except UnexpectedToken as error:
            _explain(Failure(lines, stream.line, _place(error, lines), _accepted(error), self))
        return None


def _explain(failure: Failure) -> Line | None:
    """Report a failure; the line with its mend made, where there is one."""
    from dsl.parser.mended import mended  # noqa: PLC0415 -- right programs do without
    from dsl.parser.mistakes import explain  # noqa: PLC0415

    line = failure.line
    if failure.token.start < line.mended_to:
        return None
    fix = explain(failure)
    whole = line.first.start, line.tokens[-1].end
    if fix is None or not whole[0] <= fix.span.start <= fix.span.end <= whole[1]:
        return None
    found = mended(line, fix)
    if found is not None:
        found.mended_to = max(fix.span.end, failure.token.end)
    return found


def _accepted(error: UnexpectedToken) -> set[str]:
    """What could have stood there."""
    interactive = cast("Any", error.interactive_parser)
    return set(interactive.accepts())


def _place(error: UnexpectedToken, lines: list[Line]) -> Token:
    """The token at fault; the end of the text as one of ours."""
    if isinstance(error.token, Token):
        return error.token
    last = lines[-1].tokens[-1]
    return Token("$END", "", last.end, last.end, last.home)


def _gap(token: Token, names: Iterable[str] = ()) -> Token:
    """A token in place of what is left out; its text is the names that are bound there."""
    return Token("GAP", " ".join(sorted(names)), token.start, token.start, token.home)


def _groups(lines: list[Line]) -> Iterator[list[Line]]:
    """Lines that belong to one statement at top level."""
    group: list[Line] = []
    for line in lines:
        joins = group and (line.indent > group[0].indent or _branches(line, group[0]))
        if group and not joins:
            yield group
            group = []
        group.append(line)
    if group:
        yield group


BRANCHES = {
    "if": ("elif", "else"), "elif": ("elif", "else"), "try": ("except", "else", "finally"),
}  # fmt: skip
"""What stands at the depth of a statement and belongs to it."""


def _hangs_on(line: Line, bad: Line) -> bool:
    """Whether a line belongs to a bad one above it."""
    return line.indent > bad.indent or (_branches(line, bad) and line.indent == bad.indent)


def _branches(line: Line, head: Line) -> bool:
    """Whether a line is a further branch of the statement that another one begins."""
    return line.first.text in BRANCHES.get(head.first.text, ())


def _moved(lines: list[Line], at: int, indent: int) -> list[Line]:
    """Lines that are indented for no reason, moved to where their statement stands; inward as far as is needed."""
    first = lines[at].indent
    moved = list(lines)
    inward = indent > first
    while at < len(moved) and moved[at].indent >= first:
        own = moved[at].indent
        moved[at] = Line(max(own, indent) if inward else own - first + indent, moved[at].tokens)
        at += 1
    return moved


class Stream:
    """The tokens of some lines, with line ends and steps; `line` is where the parser is."""

    def __init__(self, lines: list[Line], *, with_ends: bool = True) -> None:
        """Keep the lines."""
        self.lines = lines
        self.with_ends = with_ends
        self.line = 0
        self.depths = [lines[0].indent]
        self.left = self.depths[0]

    @property
    def outer(self) -> int:
        """How deep the statement stands that the current line should belong to."""
        line = self.lines[self.line]
        return max((depth for depth in self.depths if depth < line.indent), default=line.indent)

    @property
    def nearest(self) -> int:
        """The depth to which a line that steps out to none of them is nearest; a `return` is never at the left."""
        line = self.lines[self.line]
        depths = [*self.depths, self.left]
        below = self.lines[self.line + 1 : self.line + 2]
        if line.first.type == "RETURN" or any(one.indent >= self.left for one in below):
            return max(depths)
        return min(depths, key=lambda depth: (abs(depth - line.indent), -depth))

    def __iter__(self) -> Iterator[Token]:
        """The tokens."""
        for self.line, line in enumerate(self.lines):  # noqa: B020 -- that is its use
            if self.with_ends:
                yield from self.steps(line)
            yield from line.tokens
            if self.with_ends:
                last = line.tokens[-1]
                yield Token("_NL", "", last.end, last.end, last.home)
        last = self.lines[-1].tokens[-1]
        for _ in self.depths[1:]:
            yield Token("_DEDENT", "", last.end, last.end, last.home)

    def steps(self, line: Line) -> Iterator[Token]:
        """The steps in or out that lead to a line."""
        first, depths = line.first, self.depths
        if line.indent > depths[-1]:
            depths.append(line.indent)
            yield Token("_INDENT", "", first.start, first.start, first.home)
        while line.indent < depths[-1] and len(depths) > 1:
            self.left = depths.pop()
            yield Token("_DEDENT", "", first.start, first.start, first.home)
        if line.indent != depths[-1]:
            yield Token("UNEVEN", "", first.start, first.start, first.home)
