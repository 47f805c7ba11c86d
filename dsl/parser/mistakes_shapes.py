"""Mistakes in the shape of an input or of another tensor."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from dsl import codes
from dsl.diagnostics import Fix

if TYPE_CHECKING:
    from dsl.parser.failure import Failure, Finding
    from dsl.source import Span

TRAINS = ("train", "training", "trainer", "compile", "fit", "settings")
"""How people call the block of settings."""

SIZES = re.compile(r"(shape\s*=\s*)?[(\[]?[\d\s,?]+[)\]]?")
"""Sizes in other brackets than the language's, or in none."""


TYPED = re.compile(r"[\"']?([a-z]+\d*)[\"']?[(\[]([\d\s,?]*)[)\]]")
"""A type with its dtype in quotes, or with other brackets."""

VALUED = re.compile(r"(int|float|str|bool|list|tuple|dict)\s*=")
"""A kind of Python where a type should stand, and a value after it."""


def shape(failure: Failure) -> Finding:
    """A type is missing or written in another way."""
    expected = failure.accepts & {"LSQB", "LPAR", "COLON", "DOT"}
    if failure.line.first.type == "INPUT" and failure.index == 2 and expected == {"COLON"}:
        return _without_colon(failure)
    if (
        expected == {"LSQB"}
        and failure.ended
        and failure.index == 2
        and failure.line.first.type == "NAME"
    ):
        word = failure.line.first
        from difflib import get_close_matches  # noqa: PLC0415 -- only for mistakes

        meant = word.text.lower() in TRAINS or get_close_matches(word.text.lower(), ("train",))
        help_ = "write `train:`" if meant else "delete the colon"
        message = f"`{word.text}:` opens no block"
        if meant:
            return codes.SYNTAX, word.span, message, help_, Fix(word.span, "train")
        return codes.SYNTAX, word.span, message, help_
    if expected == {"LSQB"}:
        help_ = "write `[64]`, `[250, 250, 3]` or `int32[?]`; the batch is implied"
        before = failure.before
        place = before.span if before and before.type == "NAME" else failure.place
        if failure.line.first.type in ("BLOCK", "MODEL"):
            help_ = "a type is a shape, `x: [64]`, of what stands in the second parentheses; settings have none"
        if failure.token.text == ".":
            help_ = "a dtype stands without a prefix: `int32[64]`"
        whole = place.source.span(place.start, failure.line.tokens[-1].end)
        message = "expected a shape in square brackets"
        other = _typed_elsewhere(failure, place, whole)
        if other:
            return codes.SYNTAX, place, message, *other
        if SIZES.fullmatch(whole.text):
            text = _bracketed(whole.text)
            help_ = f"write `{text}`; the batch is implied"
            return codes.SYNTAX, place, message, help_, Fix(whole, text)
        return codes.SYNTAX, place, message, help_
    return None


def called_train(failure: Failure) -> Finding:
    """`train():`."""
    tokens = failure.line.tokens
    if [one.text for one in tokens] != ["train", "(", ")", ":"]:
        return None
    whole = tokens[0].span.to(tokens[-2].span)
    return codes.SYNTAX, whole, "`train` has no parentheses", "write `train:`", Fix(whole, "train")


def valued(failure: Failure) -> Finding:
    """A colon before a value: `output y: Dense(3)(x)`."""
    tokens = failure.line.tokens
    colon = next((one for one in tokens if one.text == ":"), None)
    if failure.line.first.type not in ("OUTPUT", "NAME") or colon is None or colon is tokens[-1]:
        return None
    whole = colon.home.source.span(colon.end, tokens[-1].end).text.strip()
    typed = TYPED.fullmatch(whole) or not re.match(r"[A-Za-z_]\w*\(", whole)
    if typed or failure.accepts & {"LSQB", "LPAR", "COLON", "DOT"} != {"LSQB"}:
        return None
    return codes.SYNTAX, colon.span, "`=` stands before a value", "write `=`", Fix(colon.span, " =")


def _typed_elsewhere(failure: Failure, place: Span, whole: Span) -> tuple[str, Fix] | None:
    """What to write for a type in the form of another language."""
    typed = TYPED.fullmatch(whole.text)
    if typed:
        text = f"{typed[1]}[{typed[2].rstrip(', ')}]"
        return f"write `{text}`", Fix(whole, text)
    valued = VALUED.match(whole.text)
    if valued is None or failure.line.first.type != "NAME" or len(failure.line.tokens) < 2:
        return None
    kind = place.source.span(failure.line.tokens[1].start, place.start + len(valued[1]))
    return f"leave out `: {valued[1]}`, as no kind stands behind a name", Fix(kind, "")


def _without_colon(failure: Failure) -> Finding:
    """An input whose shape does not stand behind a colon."""
    name, rest = failure.line.tokens[1], failure.line.tokens[2:]
    wrong = [rest.pop(0)] if rest and rest[0].text == "=" else []
    if not rest or rest[0].text not in ("[", "("):
        help_ = f"write `input {name.text}: [64]`, or `input {name.text}: int32[?]`"
        return codes.SYNTAX, name.span, f"the input `{name.text}` has no shape", help_
    written = rest[0].span.to(rest[-1].span).text
    place = wrong[0].span if wrong else name.span
    message = f"`:` stands between the input `{name.text}` and its shape"
    text = f"{name.text}: {_bracketed(written)}"
    fix = Fix(name.span.to(rest[-1].span), text)
    return codes.SYNTAX, place, message, f"write `input {text}`", fix


def _bracketed(written: str) -> str:
    """A shape as it was written, in square brackets."""
    inside = written.strip().removeprefix("shape=").strip().strip("()[]").strip().rstrip(",")
    return f"[{inside}]"
