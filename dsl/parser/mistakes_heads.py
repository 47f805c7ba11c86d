"""Mistakes of indentation, and in the lines that open a block."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from dsl import codes
from dsl.diagnostics import Fix
from dsl.parser.layout import SUITE_HEADS

if TYPE_CHECKING:
    from dsl.parser.failure import Failure, Finding


BODY_HELP = "indent what belongs to it, by four spaces"


def indented(failure: Failure) -> Finding:
    """A line deeper than the one above, which opens no block."""
    if failure.token.type != "_INDENT":
        return None
    first = failure.line.first
    help_ = "begin it where the line above begins"
    if first.type != "STRING" and not first.text[:1].isalnum():
        help_ = "put parentheses around an expression of several lines"
    elif failure.at and failure.lines[failure.at - 1].first.text == "train":
        help_ = "end the line above with `:`"
    message = "this line is indented deeper, but the line above it opens no block"
    return codes.INDENTATION, first.span, message, help_


def uneven(failure: Failure) -> Finding:
    """A line that steps out to where no line began."""
    if failure.token.type == "UNEVEN":
        message = "this line begins where no line above it begins"
        return (
            codes.INDENTATION,
            failure.line.first.span,
            message,
            "indent it as the lines of its block",
        )
    return None


def bodiless(failure: Failure) -> Finding:
    """A head with nothing indented below it."""
    if not failure.lacks_body:
        return None
    head = failure.lines[failure.head]
    message = f"nothing is indented below this `{head.first.text}`"
    return codes.INDENTATION, head.first.span.to(head.tokens[-1].span), message, BODY_HELP


def no_colon(failure: Failure) -> Finding:
    """A head without its colon."""
    first = failure.line.first
    if not failure.ended or failure.opener or first.type not in SUITE_HEADS:
        return None
    last = failure.line.tokens[-1]
    if "COLON" in failure.accepts:
        return (
            codes.SYNTAX,
            last.span,
            f"expected `:` at the end of this `{first.text}`",
            "write `:` here",
            Fix(last.home.source.span(last.end, last.end), ":"),
        )
    return None


def block_head(failure: Failure) -> Finding:
    """A block or model without its two pairs of parentheses."""
    first = failure.line.first
    if (
        first.type not in ("BLOCK", "MODEL")
        or "LPAR" not in failure.accepts
        or "NAME" in failure.accepts
    ):
        return None
    written = [one.text for one in failure.line.tokens]
    name = written[1] if len(written) > 1 and written[1].isidentifier() else "Name"
    help_ = f"write `{first.text} {name}(settings)(x):`, or `{name}()(x)` without settings"
    closing = next((one for one in failure.line.tokens[3:] if one.text == "]"), None)
    if failure.token.text == "[" and failure.index == 2 and closing is not None:
        bracketed = failure.token.span.to(closing.span)
        text = f"({bracketed.text[1:-1]})"
        message = "settings and tensors stand in parentheses"
        return codes.SYNTAX, failure.place, message, f"write `{name}{text}`", Fix(bracketed, text)
    if failure.token.text == ":" and written[1:2] and written[2:3] == ["("]:
        params = first.span.source.span(failure.line.tokens[2].start, failure.token.start).text
        help_ = f"write `{first.text} {written[1]}(){params.strip()}:`"
    message = f"a `{first.text}` has two pairs of parentheses, for settings and for tensors"
    return codes.SYNTAX, failure.place, message, help_


def no_in(failure: Failure) -> Finding:
    """A `for` without its `in`, or as other languages write it."""
    tokens = failure.line.tokens
    if failure.line.first.type == "FOR" and [one.text for one in tokens[1:2]] == ["("]:
        return _for_in_parentheses(failure)
    counted = [one.text for one in tokens[2:]]
    if failure.token.text == "=" and len(counted) == 5 and counted[2] == "to":
        first, last = counted[1], counted[3]
        after = str(int(last) + 1) if last.isdigit() else f"{last} + 1"
        text = f"in range({after})" if first == "0" else f"in range({first}, {after})"
        place = tokens[2].span.to(tokens[-2].span)
        message = "a `for` goes through a list or a range"
        return codes.SYNTAX, place, message, f"write `{text}`", Fix(place, text)
    if "IN" in failure.accepts and failure.token.text in ("of", "from", "over"):
        place = failure.token.span
        message = "expected `in` after the names of this `for`"
        return codes.SYNTAX, place, message, "write `in`", Fix(place, "in")
    if "IN" in failure.accepts and failure.token.text != "in":
        return (
            codes.SYNTAX,
            failure.place,
            "expected `in` after the names of this `for`",
            f"write `for {failure.line.tokens[1].text} in range(3):`, or a list in place of it"
            if len(failure.line.tokens) > 1
            else "write `for x in xs:`",
        )
    return None


def _for_in_parentheses(failure: Failure) -> Finding:
    """`for (i in range(4)):` and `for (int i = 0; i < 4; i++):`."""
    tokens = failure.line.tokens
    inside = tokens[1].span.source.span(tokens[1].end, tokens[-1].start).text.strip()
    whole = tokens[0].span.to(tokens[-1].span)
    text = f"for {inside.removesuffix(')')}:"
    counted = re.search(r"(\w+)\s*=\s*0\s*;\s*\w+\s*<\s*(\w+)", inside)
    if counted:
        text = f"for {counted[1]} in range({counted[2]}):"
    elif " in " not in inside or ";" in inside:
        text = "for i in range(n):"
    fix = (Fix(whole, text),) if text != "for i in range(n):" else ()
    message = "a `for` has no parentheses around it"
    return codes.SYNTAX, tokens[1].span, message, f"write `{text}`", *fix


def orphan(failure: Failure) -> Finding:
    """An `elif` or `else` that belongs to nothing, and `else if`."""
    token = failure.token
    if token.type in ("ELIF", "ELSE") and failure.index == 0:
        help_ = "indent it as its `if`; nothing but branches may stand between"
        above = [
            one.first.type
            for one in failure.lines[: failure.at]
            if one.indent == failure.line.indent
        ]
        if above[-1:] == ["ELSE"]:
            help_ = "`else` is the last branch: write this one before it"
        return codes.SYNTAX, token.span, f"this `{token.text}` belongs to no `if`", help_
    if token.type == "IF" and failure.before and failure.before.type == "ELSE":
        return (
            codes.NOT_PYTHON,
            failure.before.span.to(token.span),
            "`else if` is not in the language",
            "write `elif`",
        )
    return None


def settings(failure: Failure) -> Finding:
    """`train:` with a setting on its own line, or with something else than settings below."""
    tokens = failure.line.tokens
    if tokens[0].text == "train" and ":" in [token.text for token in tokens[1:3]]:
        help_ = "write each setting on a line of its own, indented below `train:`"
        return codes.SYNTAX, tokens[0].span, "settings don't stand on the line of `train:`", help_
    above = reversed(failure.lines[: failure.at])
    head = next((line for line in above if line.indent < failure.line.indent), None)
    if head and head.first.type == "TRAIN" and not (failure.opener and failure.opener.text == "{"):
        return _no_setting(failure)
    return None


def _almost_a_setting(failure: Failure) -> Finding:
    """A setting with another mark than `=`, with none, or with a word too many."""
    tokens, token, before = failure.line.tokens, failure.token, failure.before
    if failure.ended or before is None or tokens[0].type != "NAME":
        return None
    value = tokens[-1].text
    is_value = tokens[-1].type in ("NUMBER", "STRING", "NAME")
    if failure.index == 1 and is_value and token.text in ("==", ">", "<", ">=", "<=", "->", "=>"):
        help_ = f"write `{tokens[0].text} = {value}`"
        return codes.SYNTAX, token.span, "`=` stands in a setting", help_, Fix(token.span, "=")
    if failure.index == 1 and len(tokens) == 2 and token.type in ("NUMBER", "STRING"):
        place, text = before.span.to(token.span), f"{before.text} = {token.text}"
        return codes.SYNTAX, place, "`=` stands in a setting", f"write `{text}`", Fix(place, text)
    if token.type != "NAME" or before.type != "NUMBER":
        return None
    if tokens[0].text == "loss":
        fix = Fix(before.home.source.span(before.end, before.end), " *")
        place = before.span.to(token.span)
        return (
            codes.SYNTAX,
            place,
            "`*` stands between a weight and its loss",
            "write `*` between them",
            fix,
        )
    if token is tokens[-1]:
        gone = token.home.source.span(before.end, token.end)
        return codes.SYNTAX, token.span, "a number has no unit", "take it out", Fix(gone, "")
    return None


def _no_setting(failure: Failure) -> Finding:
    """A line below `train:` that is none."""
    tokens, token = failure.line.tokens, failure.token
    known = _almost_a_setting(failure)
    if known is not None:
        return known
    message, help_ = (
        "only settings stand below `train:`",
        "write `name = value`, such as `epochs = 10`",
    )
    if failure.index == 1 and token.text == ":" and len(tokens) > 2:
        value = tokens[2].span.to(tokens[-1].span).text
        message, help_ = "`=` stands in a setting", f"write `{tokens[0].text} = {value}`"
        fix = Fix(token.home.source.span(tokens[0].end, token.end), " =")
        return codes.SYNTAX, failure.place, message, help_, fix
    elif failure.index == 1 and token.type == "NAME" and [one.text for one in tokens[2:3]] == ["="]:
        name, place = f"{tokens[0].text}_{token.text}", tokens[0].span.to(token.span)
        return codes.SYNTAX, place, "a name is one word", f"write `{name}`", Fix(place, name)
    elif token.text == "(" and failure.index == 1 and tokens[-1].text == ")" and len(tokens) > 3:
        value = tokens[2].span.to(tokens[-2].span).text
        help_ = f"write `{tokens[0].text} = {value}`"
    elif token.text == "," and token is tokens[-1]:
        message, help_ = "a setting ends with its line", "take the comma out"
        return codes.SYNTAX, failure.place, message, help_, Fix(token.span, "")
    return codes.SYNTAX, failure.place, message, help_
