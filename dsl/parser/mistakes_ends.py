"""Mistakes in the lines that declare inputs and outputs, and marks of comments of other languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dsl import codes
from dsl.diagnostics import Fix

if TYPE_CHECKING:
    from dsl.parser.failure import Failure, Finding
    from dsl.parser.tokens import Token

COMMENTS = ("//", "/", "--", "*")


def comment(failure: Failure) -> Finding:
    """A line that begins as comments of other languages do."""
    mark = failure.token if failure.index == 0 else _words_follow(failure)
    if mark is None or mark.text not in COMMENTS:
        return None
    words = f"`{mark.text}` begins no comment"
    return codes.NOT_PYTHON, mark.span, words, "a comment begins with `#`"


def _words_follow(failure: Failure) -> Token | None:
    """A `//` outside of brackets behind which words stand side by side, as they do in a text."""
    tokens = failure.line.tokens
    marks = [at for at, one in enumerate(tokens[: failure.index]) if one.text == "//"]
    if not marks or failure.opener or failure.token.type != "NAME":
        return None
    return tokens[marks[0]]


def several_inputs(failure: Failure) -> Finding:
    """Two names in one declaration."""
    if failure.line.first.type != "INPUT" or failure.index != 2 or failure.token.text != ",":
        return None
    name = failure.line.tokens[1].text
    help_ = f"write a line for each: `input {name}: [64]`"
    return codes.SYNTAX, failure.token.span, "an `input` declares one name", help_


def after_the_sizes(failure: Failure) -> Finding:
    """Something behind the shape of an input, usually its dtype."""
    before, line = failure.before, failure.line
    if line.first.type != "INPUT" or failure.ended or failure.opener:
        return None
    if before is None or before.text != "]":
        return None
    message = f"nothing but settings in parentheses follows the sizes of `{line.tokens[1].text}`"
    dtype = failure.token.text if failure.token.type == "NAME" else "int32"
    start = line.tokens[2].end
    sizes = before.span.source.span(start, before.end).text.strip()
    help_ = f"a dtype stands before the sizes: `input {line.tokens[1].text}: {dtype}{sizes}`"
    behind = line.tokens[failure.index + 1 :]
    if (
        failure.token.text == ","
        and [one.text for one in behind[:2]] == ["dtype", "="]
        and behind[2:]
    ):
        dtype = behind[2].text.strip("\"'")
        text = f"{line.tokens[1].text}: {dtype}{sizes}"
        whole = line.tokens[1].span.to(line.tokens[-1].span)
        place = failure.token.span.to(line.tokens[-1].span)
        return codes.SYNTAX, place, message, f"write `input {text}`", Fix(whole, text)
    if failure.token.text == ",":
        return (
            codes.SYNTAX,
            failure.token.span,
            "an `input` declares one name",
            "write a line for each input",
        )
    place = failure.token.span.to(line.tokens[-1].span)
    if failure.token.text == "=":
        help_ = "an input has no value: it comes with the data"
    elif failure.token.type == "NAME" and failure.token is line.tokens[-1]:
        whole = line.tokens[1].span.to(place)
        fix = Fix(whole, f"{line.tokens[1].text}: {dtype}{sizes}")
        return codes.SYNTAX, place, message, help_, fix
    return codes.SYNTAX, place, message, help_


def nameless(failure: Failure) -> Finding:
    """An input or output without a name of its own."""
    tokens = failure.line.tokens
    if len(tokens) < 2:
        return None
    if failure.line.first.text in ("input", "inputs") and tokens[1].text == ":":
        shape = failure.token.span.source.span(tokens[1].end, tokens[-1].end).text.strip()
        return codes.SYNTAX, tokens[0].span, "this input has no name", f"write `input x: {shape}`"
    if failure.line.first.text == "output" and failure.index <= 3 and tokens[1].text == ":":
        name = tokens[2].text if len(tokens) > 2 else "y"
        return (
            codes.SYNTAX,
            tokens[1].span,
            "an `output` has no colon",
            f"write `output {name} = …`",
        )
    if failure.line.first.type != "OUTPUT" or failure.index != 2:
        return None
    if failure.token.text not in ("(", "[", ".", "->", "+", "*"):
        return None
    rest = failure.token.span.source.span(tokens[1].start, tokens[-1].end)
    shown = rest.text if len(rest.text) < 50 and "\n" not in rest.text else "…"
    return codes.SYNTAX, rest, "this `output` has no name", f"write `output y = {shown}`"
