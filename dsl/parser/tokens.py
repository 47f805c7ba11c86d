"""Text to tokens: words, numbers, strings, marks, line ends and comments, each with its place."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dsl.diagnostics import Problems
    from dsl.nodes import Expr
    from dsl.source import Source, Span

# Marks of other languages, read as one so that a message can name them.
FOREIGN = (
    "**=", "//=", ":=", "-=", "*=", "/=", "%=", "@=", "&=", "|=", "^=", "<<", ">>", "|>", "=>",
    "&&", "||", "-->", "<>", "===", "!==", "/*",
)  # fmt: skip
_TRIPLE = r"f?(?:\"{3}[\s\S]*?(?:\"{3}|\Z)|'{3}[\s\S]*?(?:'{3}|\Z))"
RESERVED = {"for", "if", "elif", "else", "return", "from", "import", "and", "or", "not"}


class Home(Protocol):
    """What a token may need: where it stands, where to report, how to read a part of it."""

    source: Source
    problems: Problems

    def expression(self, start: int, end: int) -> Expr | None:
        """The expression that stands between two offsets; None where there is none."""


class Token:
    """A word or mark of the text. `line` and the like are what lark asks of a token's class."""

    __slots__ = ("end", "home", "start", "text", "type")
    line = column = end_line = end_column = start_pos = end_pos = 0

    def __init__(self, type: str, text: str, start: int, end: int, home: Home) -> None:
        """Keep them."""
        self.type = type
        self.text = text
        self.start = start
        self.end = end
        self.home = home

    def __repr__(self) -> str:
        """Show kind and text."""
        return f"{self.type}({self.text!r})"

    @property
    def span(self) -> Span:
        """Where it stands."""
        return self.home.source.span(self.start, self.end)


class Vocabulary:
    """How text falls into tokens: made from the terminals of the grammar.

    Args:
        words_and_marks: the text of each fixed terminal, with its name.
        patterns: the regular expressions of NAME, NUMBER and STRING.
    """

    def __init__(self, words_and_marks: dict[str, str], patterns: dict[str, str]) -> None:
        """Make one regular expression of all."""
        self.types = {
            t: n for t, n in words_and_marks.items() if t in RESERVED or not t.isidentifier()
        }
        self.heads = {t: n for t, n in words_and_marks.items() if t not in self.types}
        marks = [text for text in self.types if not text.isidentifier()]
        self.pattern = re.compile(
            "|".join(
                (
                    rf"(?P<NAME>(?>{patterns['NAME']})(?![\"']))",
                    r"(?P<SPACE>[ \t\f]+|\A\ufeff)",
                    r"(?P<NEWLINE>\r?\n)",
                    r"(?P<COMMENT>\#[^\n]*)",
                    rf"(?P<TRIPLE>{_TRIPLE})",
                    rf"(?P<STRING>{patterns['STRING']})",
                    r"(?P<QUOTE>f?[\"'][^\n]*)",
                    rf"(?P<WORD>{patterns['NAME']})",
                    rf"(?P<NUMBER>{patterns['NUMBER']})(?!\w)",
                    r"(?P<FIGURE>\d\w*)",
                    rf"(?P<FOREIGN>{_either(FOREIGN)})",
                    rf"(?P<MARK>{_either(marks)})",
                    r"(?P<STRANGE>[\s\S])",
                )
            )
        )


def _either(texts: Iterable[str]) -> str:
    return "|".join(re.escape(text) for text in sorted(texts, key=len, reverse=True))


def scan(
    vocabulary: Vocabulary, home: Home, start: int, end: int
) -> tuple[list[Token], list[Token]]:
    """The tokens between two offsets, line ends among them, and apart from them the comments."""
    tokens: list[Token] = []
    comments: list[Token] = []
    types = vocabulary.types
    for match in vocabulary.pattern.finditer(home.source.text, start, end):
        kind = match.lastgroup
        if kind == "SPACE" or kind is None:
            continue
        text = match[0]
        if kind == "COMMENT":
            text = text.rstrip("\r")
            begin = match.start()
            comments.append(Token(kind, text, begin, begin + len(text), home))
            continue
        if kind in ("NAME", "MARK"):
            kind = types.get(text, kind)
            if not text.isascii():
                kind, text = _word(text)
        elif kind == "WORD":
            kind = "NAME"
        tokens.append(Token(kind, text, *match.span(), home))
    return tokens, comments


def _word(text: str) -> tuple[str, str]:
    """A word beyond ASCII, in the form that Python too gives it."""
    import unicodedata  # noqa: PLC0415 -- most programs have no such word

    normal = unicodedata.normalize("NFKC", text)
    return ("NAME" if normal.isidentifier() else "STRANGE"), normal
