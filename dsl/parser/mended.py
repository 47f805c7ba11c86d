"""A line with its mend made: reading goes on with what was surely meant, so that nothing else of it is lost."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from dsl.parser import table
from dsl.parser.layout import Line, name_heads
from dsl.parser.tokens import Token, scan
from dsl.source import Source

if TYPE_CHECKING:
    from dsl.diagnostics import Fix, Problems
    from dsl.nodes import Expr
    from dsl.parser.tokens import Home

UNREADABLE = frozenset({"NEWLINE", "FOREIGN", "STRANGE", "QUOTE", "TRIPLE", "FIGURE"})


class _Text:
    """The text of a mend, as the scanner asks for it."""

    def __init__(self, text: str, problems: Problems) -> None:
        """Keep it; `problems` takes nothing, as nothing is judged here."""
        self.source = Source("", text)
        self.problems = problems

    def expression(self, start: int, end: int) -> Expr | None:  # noqa: ARG002 -- as every home has it
        """None: no part of it is read."""
        return None


def mended(line: Line, fix: Fix) -> Line | None:
    """The line with a mend made, every token at a place of the source; None where that gives no tokens of the language.

    Args:
        line: a line that cannot be read.
        fix: what would mend it.
    """
    start, end = fix.span.start, fix.span.end
    before = [one for one in line.tokens if one.end <= start and one.start < max(start, 1)]
    inside = [
        one for one in line.tokens if start <= one.start and one.end <= end and one.end > start
    ]
    after = [one for one in line.tokens if one.start >= end and one not in inside]
    if len(before) + len(inside) + len(after) != len(line.tokens):
        return None
    home = line.first.home
    vocabulary = table.vocabulary()
    text = _Text(fix.text, home.problems)
    written, comments = scan(vocabulary, text, 0, len(fix.text))
    tokens = [*before, *_placed(inside, written, start, home), *after]
    if comments or not tokens or any(one.type in UNREADABLE for one in written):
        return None
    found = Line(line.indent, [_plain(one) for one in tokens], outdented=line.outdented)
    name_heads(found, vocabulary.heads)
    return found


def _plain(token: Token) -> Token:
    """A token whose word is a name again, as its line decides anew what it begins with."""
    is_head = token.text in table.vocabulary().heads
    kind = "NAME" if is_head else token.type
    return Token(kind, token.text, token.start, token.end, token.home)


def _placed(old: list[Token], new: list[Token], start: int, home: Home) -> list[Token]:
    """New tokens at the places of the old ones that they are, or stand for; others between these, without a width."""
    matcher = SequenceMatcher(
        None, [one.text for one in old], [one.text for one in new], autojunk=False
    )
    found: list[Token] = []
    for _, first, last, at, to in matcher.get_opcodes():
        places = [(one.start, one.end) for one in old[first:last]]
        for number, one in enumerate(new[at:to]):
            place = found[-1].end if found else start
            begin, end = places[number] if number < len(places) else (place, place)
            found.append(Token(one.type, one.text, begin, end, home))
    return found
