"""Tokens to logical lines: brackets and arrows carry on, and a word is a name or a head."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from dsl import codes
from dsl.diagnostics import Fix
from dsl.parser.brackets import CLOSER, OPENER, REPLACE, TAKE_OUT, mends
from dsl.records import Thing, field

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dsl.parser.tokens import Home, Token

SUITE_HEADS = {"IF", "ELIF", "ELSE", "FOR", "BLOCK", "MODEL"}
DEEPEST_BRACKETS = 100
OPENING = frozenset({"block", "model", "for", "if", "elif", "else", "train"})
"""Words with which a line begins that opens a block."""

OPERATORS = {"+", "-", "*", "/", "@", "or", "and"}
"""Operators with which the next line of a long expression begins elsewhere."""

ARROWS = {".", "=>", ">", ">>", "|>", "-->", "\N{RIGHTWARDS ARROW}"}
"""Marks with which the next line of a chain begins elsewhere."""


class Line(Thing):
    """A statement's line, or several that brackets and arrows join."""

    indent: int
    tokens: list[Token] = field(default_factory=list)
    bad: bool = False
    outdented: bool = False
    mended_to: int = -1
    """Up to where it was mended: what fails again before that is not told again."""

    @property
    def first(self) -> Token:
        """Its first token."""
        return self.tokens[0]


def logical_lines(
    tokens: list[Token], heads: dict[str, str], home: Home, *, trusting: bool = True
) -> list[Line]:
    """All logical lines; wrong brackets, tabs and arrows are reported, their lines marked bad.

    Args:
        tokens: what the scanner found, line ends included.
        heads: the words that begin a statement where they stand so, with their types.
        home: where to report.
        trusting: whether balanced brackets are believed to be meant so.
    """
    return list(_Lines(tokens, heads, home, trusting))


class _Lines:
    def __init__(
        self, tokens: list[Token], heads: dict[str, str], home: Home, trusting: bool
    ) -> None:
        self.tokens = tokens
        self.heads = heads
        self.home = home
        self.balanced = trusting and _balanced(tokens)
        self.open: list[Token] = []
        self.tabs = False
        self.braced = 0
        self.last: Line | None = None

    def __iter__(self) -> Iterator[Line]:
        line: Line | None = None
        for at, token in enumerate(self.tokens):
            if token.type == "NEWLINE":
                if line and not self.goes_on(line, at):
                    yield self.finished(line)
                    line = None
                continue
            if line is None:
                line = Line(self.indent(token))
            line.tokens.append(token)
            self.bracket(token, line, at)
        if line:
            yield self.finished(line)

    def goes_on(self, line: Line, at: int) -> bool:
        """Whether the line goes on after the line end at `at`."""
        while at < len(self.tokens) and self.tokens[at].type == "NEWLINE":
            at += 1
        if at == len(self.tokens):
            return False
        after = self.tokens[at]
        deeper = self.indent(after) > line.indent
        if line.tokens[-1].type == "QUOTE" or _opens_with_brace(line):
            return False
        if self.open:
            return self.balanced or deeper or not self.begins_statement(at)
        if line.tokens[-1].text == "->":
            return deeper or not self.begins_statement(at)
        if after.text == "->" and not deeper and line.first.text == "input":
            return False
        if after.text != "->" and deeper and self.begins_astray(line, at):
            return True
        told, line.outdented = line.outdented, not deeper or line.outdented
        told = told or self.is_astray(line)
        if after.text == "->" and not deeper and not told and line.first.text[0].isalnum():
            self.home.problems.add(
                codes.INDENTATION,
                after.span,
                "this `->` is not indented deeper than the statement that it goes on with",
                help="indent the line with spaces",
            )
        return after.text == "->"

    def is_astray(self, line: Line) -> bool:
        """Whether a line is deeper than the one above, which opens no block: that is told later."""
        above = self.last
        return above is not None and line.indent > above.indent and above.tokens[-1].text != ":"

    def arrow_forgotten(self, line: Line, at: int) -> bool:
        """Whether a line of a chain has no `->`, and stands among others that have; it is told, and put there."""
        token = self.tokens[at]
        last = len(self.tokens)
        end = next((n for n in range(at, last) if self.tokens[n].type == "NEWLINE"), at)
        beyond = (self.tokens[n] for n in range(end, last))
        below = next((one for one in beyond if one.type != "NEWLINE"), None)
        begin = (one for one in line.tokens if one.text == "->" and self.begins_line(one))
        arrow = below if below and below.text == "->" else next(begin, None)
        opens = line.tokens[-1].text == ":" or line.first.type in SUITE_HEADS
        if (
            arrow is None
            or opens
            or token.type not in ("NAME", "STRING")
            or self.begins_statement(at)
        ):
            return False
        self.home.problems.add(
            codes.SYNTAX,
            token.span,
            "this line of the chain has no `->`",
            help=f"write `-> {token.text}`",
            fix=Fix(token.span, f"-> {token.text}"),
        )
        here = (token.start, token.start, token.home)
        line.tokens.append(type(token)(arrow.type, "->", *here))
        return True

    def begins_astray(self, line: Line, at: int) -> bool:
        """Whether a deeper line goes on with a statement by something else than an arrow; it is told."""
        after = self.tokens[at]
        if after.text in ARROWS:
            self.foreign_arrow(after)
        elif after.text in OPERATORS and line.tokens[-1].text != ":":
            self.operator_astray(after, line)
        else:
            return self.arrow_forgotten(line, at)
        return True

    def operator_astray(self, token: Token, line: Line) -> None:
        """Report an operator with which a line begins, outside of brackets; its statement is left out."""
        told, line.bad = line.bad, True
        if not told:
            self.home.problems.add(
                codes.INDENTATION,
                token.span,
                f"a line that begins with `{token.text}` goes on with no statement",
                help="put parentheses around an expression of several lines"
                + (", or write `->` where a chain is meant" if token.text == "+" else ""),
            )

    def foreign_arrow(self, token: Token) -> None:
        """Report another arrow than the language's at the begin of a line, and read on as if it were that one."""
        self.home.problems.add(
            codes.SYNTAX,
            token.span,
            f"a line of a chain begins with `->`, not with `{token.text}`",
            help="write `->`",
            fix=Fix(token.span, "-> " if token.text == "." else "->"),
        )
        _become(token, "->")

    def begins_line(self, token: Token) -> bool:
        """Whether nothing but space stands before a token on its line of the text."""
        text = self.home.source.text
        return not text[max(text.rfind("\n", 0, token.start), -1) + 1 : token.start].strip()

    def begins_statement(self, at: int) -> bool:
        """Whether a statement seems to begin there: a guess, for lines that are wrong anyway."""
        first, second = self.tokens[at], self.tokens[at + 1] if at + 1 < len(self.tokens) else None
        if first.type in ("FOR", "IF", "RETURN", "FROM", "ELIF", "ELSE"):
            return True
        if first.type != "NAME" or second is None:
            return False
        if first.text == "train" and second.text == ":":
            return True
        return second.text in ("=", "+=") or (second.type == "NAME" and first.text in self.heads)

    def bracket(self, token: Token, line: Line, at: int) -> None:
        """Keep count of what is open."""
        if token.type == "QUOTE":
            self.quote(token, line)
        if token.text in CLOSER:
            self.open.append(token)
            if len(self.open) == DEEPEST_BRACKETS:
                line.bad = True
                too_deep(token)
        elif token.text in OPENER:
            self.close(token, line, at)

    def quote(self, token: Token, line: Line) -> None:
        line.bad = True
        mark = token.text.lstrip("f")[0]
        self.home.problems.add(
            codes.UNCLOSED,
            self.home.source.span(token.start, token.start + len(token.text.rstrip())),
            f"this string is not closed with `{mark}` on its line",
            help=f"write `{mark}` where it ends, or `\\n` for a new line in it",
        )

    def close(self, token: Token, line: Line, at: int) -> None:
        if self.open and self.open[-1].text == OPENER[token.text]:
            self.open.pop()
            return
        told, line.bad = line.bad, True
        if token.text == "}" and not self.open and self.braced:
            self.braced -= 1
            return
        if told:
            self.open = self.open[:-1]
            return
        ways = mends([one.text for one in self.open], token.text, self.rest(at))
        if not self.open or ways == [TAKE_OUT]:
            self.home.problems.add(
                codes.UNCLOSED,
                token.span,
                f"this `{token.text}` closes nothing",
                help=f"take it out, or open it with `{OPENER[token.text]}`",
            )
            return
        self.unclosed(self.open[-1], token, is_slip=ways == [REPLACE])
        if ways == [REPLACE]:
            _become(token, CLOSER[self.open.pop().text])
            line.bad = False
            return
        while self.open and self.open.pop().text != OPENER[token.text]:
            pass

    def rest(self, at: int) -> Iterator[str]:
        """What stands after a token on its line of the text."""
        for token in self.tokens[at + 1 :]:
            if token.type == "NEWLINE":
                return
            yield token.text

    def unclosed(self, opener: Token, found: Token | None, *, is_slip: bool) -> None:
        """Report a bracket that another one, or the end of its statement, leaves open."""
        row, column = self.home.source.position(opener.start)
        closer = CLOSER[opener.text]
        self.home.problems.add(
            codes.UNCLOSED,
            found.span if found else opener.span,
            f"expected `{closer}` to close the `{opener.text}` at {row}:{column}"
            + (f", not `{found.text}`" if found else ""),
            help=f"write `{closer}` in its place" if is_slip else f"write `{closer}` where it ends",
            fix=Fix(found.span, closer) if found and is_slip else None,
        )

    def finished(self, line: Line) -> Line:
        if self.open:
            told, line.bad = line.bad, True
            if not told and self.ends_open(line):
                line.bad = False
            elif not told:
                self.unclosed(self.open[-1], None, is_slip=False)
            self.open.clear()
        name_heads(line, self.heads)
        self.last = line
        return line

    def ends_open(self, line: Line) -> bool:
        """Whether only the last bracket of a line is open, which can be closed at one place; then it is told."""
        opener, last = self.open[-1], line.tokens[-1]
        if opener is last and _opens_with_brace(line):
            self.braced += 1
            self.home.problems.add(
                codes.SYNTAX,
                last.span,
                "braces hold no body",
                help="end the line with `:`, and indent the body below it",
                fix=Fix(self.home.source.span(line.tokens[-2].end, last.end), ":"),
            )
            _become(last, ":")
            return True
        text = self.home.source.text[opener.start : last.end]
        inner = [one for one in line.tokens if one.start > opener.start]
        if len(self.open) > 1 or "\n" in text or not inner:
            return False
        if last.text == ":" or any(one.text in CLOSER or one.text in OPENER for one in inner):
            return False
        row, column = self.home.source.position(opener.start)
        closer = CLOSER[opener.text]
        self.home.problems.add(
            codes.UNCLOSED,
            opener.span,
            f"expected `{closer}` to close the `{opener.text}` at {row}:{column}",
            help=f"write `{closer}` at the end of the line",
            fix=Fix(self.home.source.span(last.end, last.end), closer),
        )
        line.tokens.append(_become(type(last)("", "", last.end, last.end, last.home), closer))
        return True

    def indent(self, token: Token) -> int:
        """How deep its line is indented; a tab goes to the next multiple of eight, told once."""
        text = self.home.source.text
        start = max(text.rfind("\n", 0, token.start), -1) + 1
        space = text[start : token.start].replace("\f", "").replace("\ufeff", "")
        if "\t" not in space:
            return len(space)
        if not self.tabs and not space.strip():
            self.tabs = True
            self.home.problems.add(
                codes.INDENTATION,
                self.home.source.span(start, token.start),
                "this line is indented with a tab",
                help="indent with spaces, four for each step",
            )
        return len(space.expandtabs(8))


def _become(token: Token, mark: str) -> Token:
    """A token that is read as another mark, the one that was surely meant."""
    from dsl.parser.table import vocabulary  # noqa: PLC0415 -- only for mistakes

    token.type, token.text = vocabulary().types[mark], mark
    return token


def _opens_with_brace(line: Line) -> bool:
    """Whether a line opens a block as other languages do."""
    return line.tokens[-1].text == "{" and line.first.text in OPENING


def too_deep(token: Token) -> None:
    """Report brackets in brackets beyond what the passes after this one can follow."""
    token.home.problems.add(
        codes.LIMIT,
        token.span,
        f"more than {DEEPEST_BRACKETS} brackets stand in one another here",
        help="give names to the parts",
    )


def _balanced(tokens: list[Token]) -> bool:
    """Whether every bracket of the text is closed by its like."""
    stack: list[str] = []
    for token in tokens:
        if token.text in CLOSER:
            stack.append(CLOSER[token.text])
        elif token.text in OPENER and (not stack or stack.pop() != token.text):
            return False
    return not stack


def name_heads(line: Line, heads: dict[str, str]) -> None:
    """Give words that are names too the type of a head where they stand as one."""
    tokens = line.tokens
    _head(tokens, 0, heads)
    first = tokens[0].type
    if first in SUITE_HEADS:
        colon = suite_colon(tokens)
        if colon is not None:
            _head(tokens, colon + 1, heads)
    elif first == "FROM":
        for before, token in pairwise(tokens[2:]):
            if token.text == "as" and before.type == "NAME":
                token.type = heads["as"]
    _name_in(tokens, heads)


def suite_colon(tokens: list[Token]) -> int | None:
    """Where the colon of a head stands: the first one outside brackets."""
    depth = 0
    for at, token in enumerate(tokens):
        if token.text in CLOSER:
            depth += 1
        elif token.text in OPENER:
            depth -= 1
        elif token.text == ":" and depth == 0:
            return at
    return None


def _head(tokens: list[Token], at: int, heads: dict[str, str]) -> None:
    """A word is a head where a name follows, `train` where a colon ends the line."""
    rest = tokens[at:]
    if len(rest) < 2 or rest[0].type != "NAME" or rest[0].text in ("as", "in"):
        return
    word, after = rest[0], rest[1]
    if word.text not in heads:
        return
    if word.text == "train":
        named = len(rest) == 3 and after.type == "NAME"
        is_head = rest[-1].text == ":" and (len(rest) == 2 or named)
    else:
        reserved = after.text.isidentifier() and len(rest) > 2 and rest[2].text in (":", "=", "(")
        is_head = after.type == "NAME" or reserved
    if is_head:
        word.type = heads[word.text]


def _name_in(tokens: list[Token], heads: dict[str, str]) -> None:
    """`in` is a word of the language after the target of a `for`, else a name."""
    waiting = 0
    before: Token | None = None
    for token in tokens:
        if token.type == "FOR":
            waiting += 1
        elif waiting and token.text == "in" and before is not None and _ends_operand(before):
            token.type = heads["in"]
            waiting -= 1
        before = token


def _ends_operand(token: Token) -> bool:
    return token.type in ("NAME", "NUMBER", "STRING") or token.text in OPENER
