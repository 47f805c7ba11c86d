"""What numbers and quoted strings mean."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from dsl import codes
from dsl.nodes import FString, Number, Replacement, String

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dsl.parser.tokens import Home, Token
    from dsl.source import Span

LONGEST_NUMBER = 300
NO_NUMBER = float("nan")
_ESCAPE = re.compile(
    r"\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{1,3}|N\{[^}]*\}|[\s\S])"
)
_PLAIN = {
    "\\": "\\", "'": "'", '"': '"', "a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r",
    "t": "\t", "v": "\v",
}  # fmt: skip
_CONVERSION = re.compile(r"![rsa]\Z")


def number(token: Token) -> Number:
    """An int or a float; what is neither in Python is reported, and no number."""
    text = token.text
    value: int | float = NO_NUMBER
    mistake = _number_mistake(text)
    if not mistake:
        value = float(text) if _is_float(text) else int(text)
        if value == float("inf"):
            mistake, value = "is larger than any float", NO_NUMBER
    if mistake:
        token.home.problems.add(
            codes.SYNTAX,
            token.span,
            f"the number `{text if len(text) < 30 else text[:30] + '…'}` {mistake}",
            help=_fraction(token) or "write a plain number, such as `7`, `0.5`, `1e-3` or `10_000`",
        )
    return Number(value, text, span=token.span)


def _fraction(token: Token) -> str:
    """What to write where a comma stands before the figures of a fraction."""
    whole = re.search(r"(?<![\w.])\d+,\Z", token.home.source.text[: token.start][-20:])
    if whole is None or not token.text.isdigit():
        return ""
    return f"a fraction has a point: `{whole[0][:-1]}.{token.text}`"


def _is_float(text: str) -> bool:
    return "." in text or "e" in text or "E" in text


def _number_mistake(text: str) -> str:
    if len(text) > LONGEST_NUMBER:
        return "has too many digits"
    if re.search(r"_(?!\d)|(?<!\d)_", text):
        return "has a `_` that is not between two digits"
    if not _is_float(text) and text[0] == "0" and text.strip("0_"):
        return "begins with a zero"
    return ""


def string(tokens: Sequence[Token]) -> String | FString:
    """Quoted strings that stand one after another: one string, an f-string where one of them is."""
    span = tokens[0].span.to(tokens[-1].span)
    if any(token.text[0] == "f" for token in tokens):
        return FString(_joined(part for token in tokens for part in _parts(token)), span=span)
    return String("".join(_plain(t.home, t.start + 1, t.end - 1) for t in tokens), span=span)


def _joined(parts: Iterator[str | Replacement]) -> tuple[str | Replacement, ...]:
    found: list[str | Replacement] = []
    for part in parts:
        if isinstance(part, str) and found and isinstance(found[-1], str):
            found[-1] += part
        elif part:
            found.append(part)
    return tuple(found)


def _plain(home: Home, start: int, end: int) -> str:
    """The text between two offsets, escapes done."""
    text = home.source.text[start:end]
    if "\\" not in text:
        return text
    return _ESCAPE.sub(
        lambda m: _escape(m[0], home, home.source.span(start + m.start(), start + m.end())), text
    )


def _escape(text: str, home: Home, span: Span) -> str:
    kind = text[1]
    if kind in _PLAIN:
        return _PLAIN[kind]
    code = _code_point(text)
    if code is not None and code < 0x110000 and not 0xD800 <= code < 0xE000:
        return chr(code)
    home.problems.add(
        codes.SYNTAX,
        span,
        f"`{text}` is no character",
        help=f"write `\\{text}` where a backslash is meant",
    )
    return text


def _code_point(text: str) -> int | None:
    kind, digits = text[1], text[2:]
    if kind == "N" and digits:
        import unicodedata  # noqa: PLC0415 -- hardly ever

        try:
            return ord(unicodedata.lookup(digits[1:-1]))
        except (KeyError, TypeError):
            return None
    if kind in "xuU" and digits:
        return int(digits, 16)
    return int(text[1:], 8) if kind in "01234567" else None


MOST_BRACES = 1_000
"""In an f-string: what stands in each is read apart."""


def _parts(token: Token) -> Iterator[str | Replacement]:
    """The pieces of one string: text, and what stands in braces where it is an f-string."""
    if token.text[0] != "f":
        yield _plain(token.home, token.start + 1, token.end - 1)
        return
    text, at, end = token.home.source.text, token.start + 2, token.end - 1
    if text.count("{", at, end) > MOST_BRACES:
        span, help_ = token.span, "make several texts of it"
        words = f"more than {MOST_BRACES:,} braces stand in this text"
        token.home.problems.add(codes.LIMIT, span, words, help=help_)
        return
    while at < end:
        if text[at : at + 2] in ("{{", "}}"):
            yield text[at]
            at += 2
        elif text[at] == "{":
            part, at = _replacement(token, at, end)
            yield part
        elif text[at] == "}":
            yield from _stray(token, at, "`}` closes nothing", "write `}}` for a brace in the text")
            at += 1
        else:
            stop = _next_brace(text, at, end)
            yield _plain(token.home, at, stop)
            at = stop


def _next_brace(text: str, at: int, end: int) -> int:
    r"""Where the next brace stands that belongs to no `\N{…}`."""
    while at < end and text[at] not in "{}":
        if text.startswith("\\N{", at) and "}" in text[at:end]:
            at = text.index("}", at)
        elif text[at] == "\\":
            at += 1
        at += 1
    return min(at, end)


def _stray(token: Token, at: int, message: str, help: str) -> tuple[str, ...]:
    token.home.problems.add(codes.SYNTAX, token.home.source.span(at, at + 1), message, help=help)
    return ("",)


def _replacement(token: Token, start: int, end: int) -> tuple[Replacement | str, int]:
    """What begins with the `{` at `start`, and where it ends."""
    home, text = token.home, token.home.source.text
    colon, close = _ends(text, start + 1, end)
    if close >= end:
        help_ = "close it, or write `{{` for a brace in the text"
        return _stray(token, start, "this `{` is never closed in its f-string", help_)[0], end
    stop = min(colon, close)
    conversion = _CONVERSION.search(text, start + 1, stop)
    value = home.expression(start + 1, conversion.start() if conversion else stop)
    if value is None:
        value = String("", span=home.source.span(start, close + 1))
    return Replacement(
        value,
        text[stop - 1] if conversion else "",
        text[colon + 1 : close] if colon < close else "",
        span=home.source.span(start, close + 1),
    ), close + 1


def _ends(text: str, at: int, end: int) -> tuple[int, int]:
    """Where the format of a replacement begins, and where the replacement ends."""
    depth, colon, quote = 0, end, ""
    while at < end:
        char = text[at]
        if quote:
            quote = "" if char == quote else quote
        elif char in "\"'" and colon == end:
            quote = char
        elif char in "([{":
            depth += 1
        elif char == "}" and depth == 0:
            break
        elif char in ")]}":
            depth -= 1
        elif char == ":" and depth == 0 and colon == end:
            colon = at
        at += 1
    return colon, at
