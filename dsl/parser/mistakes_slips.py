"""Slips of people who come from elsewhere: numbers, arrows and declarations as they are written there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from dsl import codes
from dsl.diagnostics import Fix

if TYPE_CHECKING:
    from dsl.parser.failure import Failure, Finding

KINDS = frozenset(
    {"int", "float", "double", "bool", "boolean", "string", "str", "num", "number", "def", "val"}
)
"""Kinds of values that other languages write before a name."""

THOUSANDS = {"k": 1_000, "K": 1_000, "M": 1_000_000}


def figure(failure: Failure) -> Finding:
    """A number with a letter for its thousands."""
    token = failure.token
    found = re.fullmatch(r"([1-9]\d*)([kKM])", token.text) if token.type == "FIGURE" else None
    if found is None or not failure.index:
        return None
    number = str(int(found[1]) * THOUSANDS[found[2]])
    message = f"`{token.text}` is neither a number nor a name"
    return codes.SYNTAX, token.span, message, f"write `{number}`", Fix(token.span, number)


def walrus(failure: Failure) -> Finding:
    """A `:=` that gives a statement's name its value."""
    if failure.token.text != ":=" or failure.index != 1:
        return None
    place = failure.token.span
    return codes.NOT_PYTHON, place, "`:=` is not in the language", "write `=`", Fix(place, "=")


def number(failure: Failure) -> Finding:
    """A comma between thousands, and two numbers with dots between them."""
    before, token, tokens = failure.before, failure.token, failure.line.tokens
    if before is None or before.type != "NUMBER" or failure.opener:
        return None
    after = tokens[failure.index + 1 : failure.index + 2]
    if token.text == "," and after and re.fullmatch(r"\d{3}", after[0].text):
        span = before.span.to(after[0].span)
        whole = before.text + after[0].text
        if span.text == f"{before.text},{after[0].text}":
            help_ = f"write `{whole}`"
            return codes.SYNTAX, span, "a number has no comma", help_, Fix(span, whole)
    return _dots(failure)


def _dots(failure: Failure) -> Finding:
    """`0..4` for a range."""
    before, token = failure.before, failure.token
    if before is None or token.type != "NUMBER" or before.end != token.start:
        return None
    if not before.text.endswith(".") or not token.text.startswith("."):
        return None
    span = before.span.to(token.span)
    first, last = before.text.rstrip("."), token.text.lstrip(".")
    text = f"range({last})" if first in ("", "0") else f"range({first}, {last})"
    help_ = f"write `{text}`, which leaves out {last}"
    return codes.SYNTAX, span, "a range has no dots", help_


def percent(failure: Failure) -> Finding:
    """A number of percent."""
    tokens = failure.line.tokens
    at = failure.index - 1
    if at < 1 or tokens[at].text != "%" or tokens[at - 1].type != "NUMBER":
        return None
    if not (failure.ended or failure.token.text in (",", ")", "]")):
        return None
    span = tokens[at - 1].span.to(tokens[at].span)
    fraction = f"{float(tokens[at - 1].text.replace('_', '')) / 100:g}"
    message = "`%` stands between two numbers, and makes no percentage"
    return codes.SYNTAX, span, message, f"write `{fraction}`", Fix(span, fraction)


def split_arrow(failure: Failure) -> Finding:
    """An arrow with a space inside."""
    before, token = failure.before, failure.token
    if before is None or (before.text, token.text) != ("-", ">"):
        return None
    span = before.span.to(token.span)
    return codes.SYNTAX, span, "an arrow is one mark", "write `->`", Fix(span, "->")


def kind_of_value(failure: Failure) -> Finding:
    """A kind before the name that is bound."""
    first = failure.line.first
    tokens = failure.line.tokens
    if failure.index != 1 or first.text not in KINDS or len(tokens) < 4 or tokens[2].text != "=":
        return None
    message = f"no kind stands before a name, such as `{first.text}`"
    fix = Fix(first.span.to(failure.token.span), failure.token.text)
    return codes.SYNTAX, first.span, message, f"leave out `{first.text}`", fix


def repeat(failure: Failure) -> Finding:
    """A loop of another language that says how often."""
    tokens = failure.line.tokens
    if failure.index != 1 or failure.line.first.text not in ("repeat", "loop", "times"):
        return None
    if tokens[-1].text != ":" or len(tokens) < 3:
        return None
    count = tokens[1].span.to(tokens[-2].span).text
    message = f"`{tokens[0].text}` is not in the language"
    return codes.SYNTAX, tokens[0].span, message, f"write `for i in range({count}):`"


def braced_shape(failure: Failure) -> Finding:
    """The sizes of an input in braces."""
    line, opener = failure.line, failure.opener
    if line.first.type != "INPUT" or opener is None or opener.text != "{":
        return None
    span = opener.span.to(line.tokens[-1].span)
    if not re.fullmatch(r"\{[\d\s,?]*\}", span.text):
        return None
    text = f"[{span.text[1:-1].strip()}]"
    help_ = f"write `{text}`; the batch is implied"
    return codes.SYNTAX, span, "a shape stands in square brackets", help_, Fix(span, text)


def added_with_comma(failure: Failure) -> Finding:
    """Losses of several outputs with commas between them."""
    tokens, token = failure.line.tokens, failure.token
    if token.text != "," or failure.opener or tokens[0].text != "loss" or failure.ended:
        return None
    if token is tokens[-1]:
        return None
    return codes.SYNTAX, token.span, "losses are added, not listed", "write `+` between them"
