"""What a line that cannot be read would have bound, so that its names are not reported again where they are used."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from dsl.parser.brackets import CLOSER, OPENER

if TYPE_CHECKING:
    from dsl.parser.layout import Line
    from dsl.parser.tokens import Token

DEFINES = frozenset({"def", "class", "function", "func", "fn"})
"""Words with which a definition begins, here or elsewhere."""

ENDS = frozenset({"=", ":", ":=", "==", "+=", "in"})
"""What stands behind the names that a line binds."""


DECLARES = frozenset({"input", "output", "const", "shared"})
"""Words behind which a name stands."""

OWN = "+"
"""Stands for the layers of one's own that an import without `from` was to bring."""

EVERYTHING = "*"
"""Stands for the names of an import or input that has none."""


def names_bound(line: Line) -> set[str]:
    """The names that a line seems to bind."""
    tokens = line.tokens
    words = [token.text for token in tokens]
    if "import" in words:
        return _imported(line, words.index("import"))
    if line.first.text in ("input", "inputs") and words[1:2] == [":"]:
        return {EVERYTHING}
    if line.first.type in ("BLOCK", "MODEL") or line.first.text in DEFINES:
        return _names(tokens[1:2])
    if line.first.text == "shared" and words[2:3] == ["("]:
        return {words[1].lower()}
    if len(tokens) > 1 and tokens[-1].type == "NAME" and words[-2] in ("=>", "->", ">>", "|>"):
        return {words[-1]} | _named_inside(line)
    misspelt = [token.type for token in tokens[:2]] == ["NAME", "NAME"] and words[2:3] == ["("]
    if misspelt and words[-1] == ":":
        return _names(tokens[1:2])
    if line.first.text in DECLARES and len(words) > 1:
        second = tokens[1].text.strip("'\"")
        if tokens[1].type == "STRING" or words[2:3] == ["("]:
            return {second} | _named_inside(line)
    end = next((at for at, word in enumerate(words) if word in ENDS), None)
    if end is None:
        declares = line.first.text in DECLARES
        beside = [token.type for token in tokens[:2]] == ["NAME", "NAME"]
        end = len(tokens) if declares else int(beside)
    return _names(tokens[:end], called=words[1 : end + 1]) | _named_inside(line)


def _imported(line: Line, at: int) -> set[str]:
    """The names of an import whose word stands there; those of layers of one's own where only a module is named."""
    names = _names(line.tokens[at + 1 :])
    return names | {OWN} if at == 0 else names or {EVERYTHING}


def names_rebound(line: Line) -> set[str]:
    """The names of the statement's scope that a line seems to give another value."""
    if line.first.type in ("IF", "ELIF", "ELSE", "BLOCK", "MODEL", "TRAIN", "RETURN"):
        return _named_at_begin(line)
    return {name for name in names_bound(line) if name.isidentifier()}


def _named_inside(line: Line) -> set[str]:
    """What lines that ran into one another bind: names before `=` and `:` outside of brackets."""
    found, depth = set(), 0
    for token, after in pairwise(line.tokens):
        depth += (token.text in CLOSER) - (token.text in OPENER)
        if depth <= 0 and token.type == "NAME" and after.text in ("=", ":"):
            found.add(token.text)
    return found


def _named_at_begin(line: Line) -> set[str]:
    """What lines that a bracket has swallowed bind: names before `=` at the begin of a line of the text."""
    found = set()
    for token, after in pairwise(line.tokens):
        text = token.home.source.text
        begins = not text[text.rfind("\n", 0, token.start) + 1 : token.start].strip()
        if begins and token.type == "NAME" and after.text == "=":
            found.add(token.text)
    return found


def _names(tokens: list[Token], called: list[str] | None = None) -> set[str]:
    """The names among tokens, less those that a parenthesis follows."""
    after = [*(called or ()), *[""] * len(tokens)]
    pairs = zip(tokens, after, strict=False)
    return {token.text for token, next_ in pairs if token.type == "NAME" and next_ != "("}
