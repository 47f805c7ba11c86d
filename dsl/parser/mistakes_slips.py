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


def split_name(failure: Failure) -> Finding:
    """A name with a space before its figure, as in `Conv 2D`."""
    before, token = failure.before, failure.token
    if token.type != "FIGURE" or before is None or before.type != "NAME":
        return None
    name = before.text + token.text
    place = before.span.to(token.span)
    return codes.SYNTAX, place, "a name is one word", f"write `{name}`", Fix(place, name)


def behind_its_name(failure: Failure) -> Finding:
    """A word of the language behind the name that it should stand before: `x = shared LSTM(8)`."""
    before, tokens = failure.before, failure.line.tokens
    if before is None or failure.index < 1 or failure.token.type != "NAME":
        return None
    place = before.span.to(failure.token.span)
    if before.text in ("shared", "const", "output") and [one.text for one in tokens[1:2]] == ["="]:
        if failure.index != len(("x", "=", before.text)):
            return None
        whole = tokens[0].span.to(before.span)
        text = f"{before.text} {tokens[0].text} ="
        message = f"`{before.text}` stands before the name"
        return codes.SYNTAX, place, message, f"write `{text} …`", Fix(whole, text)
    arrow = tokens[failure.index - 2] if failure.index > 1 else None
    if (
        before.text == "output"
        and arrow is not None
        and arrow.text == "->"
        and failure.token is tokens[-1]
    ):
        chain = tokens[0].span.to(tokens[failure.index - 3].span)
        text = f"output {failure.token.text} = {chain.text}"
        shown = (
            text if len(text) < LONGEST and "\n" not in text else f"output {failure.token.text} = …"
        )
        whole = tokens[0].span.to(failure.token.span)
        return (
            codes.SYNTAX,
            place,
            "an output stands before its value",
            f"write `{shown}`",
            Fix(whole, text),
        )
    return None


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
    last = tokens[-3] if tokens[-2].text == "times" and len(tokens) > 3 else tokens[-2]
    count = tokens[1].span.to(last.span).text
    message = f"`{tokens[0].text}` is not in the language"
    fix = Fix(tokens[0].span.to(tokens[-2].span), f"for i in range({count})")
    return codes.SYNTAX, tokens[0].span, message, f"write `for i in range({count}):`", fix


def foreach(failure: Failure) -> Finding:
    """A loop over a list, as other languages begin it."""
    first = failure.line.first
    if failure.index != 1 or first.text.lower() != "foreach" or failure.line.tokens[-1].text != ":":
        return None
    fix = Fix(first.span, "for")
    return codes.SYNTAX, first.span, f"`{first.text}` is not in the language", "write `for`", fix


def untyped(failure: Failure) -> Finding:
    """A tensor of a block with a shape and no colon before it."""
    before, token, line = failure.before, failure.token, failure.line
    if line.first.type not in ("BLOCK", "MODEL") or token.text != "[" or before is None:
        return None
    if before.type != "NAME" or not failure.opener:
        return None
    fix = Fix(before.home.source.span(before.end, before.end), ":")
    closing = next((one for one in line.tokens[failure.index :] if one.text == "]"), token)
    help_ = f"write `{before.text}: {token.span.to(closing.span).text}`"
    return codes.SYNTAX, token.span, f"`:` stands between `{before.text}` and its shape", help_, fix


def nameless_shared(failure: Failure) -> Finding:
    """A shared layer without a name."""
    tokens = failure.line.tokens
    if failure.line.first.type != "SHARED" or failure.index != 2 or failure.token.text != "(":
        return None
    rest = tokens[1].span.to(tokens[-1].span)
    name = tokens[1].text.lower()
    shown = rest.text if len(rest.text) < LONGEST and "\n" not in rest.text else "…"
    fix = Fix(rest.source.span(rest.start, rest.start), f"{name} = ")
    return (
        codes.SYNTAX,
        rest,
        "this shared layer has no name",
        f"write `shared {name} = {shown}`",
        fix,
    )


LONGEST = 50
"""Letters of a value that a help line repeats."""


def constant(failure: Failure) -> Finding:
    """A constant without `=`, or with a colon in place of it."""
    tokens, token = failure.line.tokens, failure.token
    if failure.line.first.type != "CONST" or failure.index != 2 or len(tokens) < 3:
        return None
    name = tokens[1]
    rest = tokens[3:] if token.text == ":" else tokens[2:]
    if not rest or token.text in ("=", "(", "["):
        return None
    value = rest[0].span.to(rest[-1].span).text
    fix = Fix(
        name.span.to(token.span),
        f"{name.text} =" if token.text == ":" else f"{name.text} = {token.text}",
    )
    place = token.span if token.text == ":" else name.span.to(token.span)
    return (
        codes.SYNTAX,
        place,
        "`=` stands between a constant and its value",
        f"write `const {name.text} = {value}`",
        fix,
    )


def open_size(failure: Failure) -> Finding:
    """A star for a size that may be any."""
    opener, before = failure.opener, failure.before
    if failure.line.first.type != "INPUT" or opener is None or before is None:
        return None
    if failure.token.text not in ("*", ":", "...") or before.text not in ("[", ","):
        return None
    place = failure.token.span
    return (
        codes.SYNTAX,
        place,
        "a size that may be any is written `?`",
        "write `?`",
        Fix(place, "?"),
    )


def last_comma(failure: Failure) -> Finding:
    """A comma at the end of an import."""
    before = failure.before
    if (
        failure.line.first.type != "FROM"
        or not failure.ended
        or before is None
        or before.text != ","
    ):
        return None
    return (
        codes.SYNTAX,
        before.span,
        "a name is missing after this `,`",
        "take the comma out",
        Fix(before.span, ""),
    )


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


def another_mark(failure: Failure) -> Finding:
    """An `=` where `!=` or `:` is meant."""
    token, opener = failure.token, failure.opener
    if token.text == "==" and failure.index == 2 and failure.line.first.type == "OUTPUT":
        help_ = f"write `output {failure.line.tokens[1].text} = …`"
        message = "`==` compares, and gives no name to anything"
        return codes.SYNTAX, token.span, message, help_, Fix(token.span, "=")
    if token.text != "=":
        return None
    after = failure.line.tokens[failure.index + 1 : failure.index + 2]
    if after and after[0].text == "!" and after[0].start == token.end:
        place = token.span.to(after[0].span)
        return (
            codes.NOT_PYTHON,
            place,
            "`=!` is not in the language",
            "write `!=`",
            Fix(place, "!="),
        )
    if opener and opener.text == "{" and failure.before:
        help_ = f"write `{failure.before.text}: …`"
        return codes.SYNTAX, token.span, "`:` stands in braces", help_, Fix(token.span, ":")
    return None
