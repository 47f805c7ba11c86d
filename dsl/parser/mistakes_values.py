"""Mistakes inside a statement: its `=`, its shape, its names and values."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from dsl import codes
from dsl.diagnostics import Fix
from dsl.parser import foreign
from dsl.parser.brackets import CLOSER, OPENER
from dsl.parser.layout import SUITE_HEADS
from dsl.parser.tokens import RESERVED

if TYPE_CHECKING:
    from dsl.parser.failure import Failure, Finding
    from dsl.parser.tokens import Token


LONGEST = 50
"""Letters of a value that a help line repeats."""

HEADS = (
    "input", "output", "shared", "const", "block", "model", "from", "return", "train", "for", "if", "elif",
)  # fmt: skip
"""Words with which statements begin."""


def reserved_target(failure: Failure) -> Finding:
    """A word of the language on the left of `=`."""
    first = failure.line.first
    if failure.token.text in ("=", "+=") and failure.index == 1 and first.text in RESERVED:
        if first.type == "RETURN" and len(failure.line.tokens) > 2:
            value = failure.line.tokens[2].span.to(failure.line.tokens[-1].span).text
            shown = value if len(value) < LONGEST else "…"
            place = failure.token.span
            fix = Fix(first.span.to(place), "return")
            return codes.SYNTAX, place, "a `return` has no `=`", f"write `return {shown}`", fix
        return no_name(first)
    return None


def equals(failure: Failure) -> Finding:
    """An `=` where none can stand."""
    token = failure.token
    if token.text not in ("=", "+="):
        return None
    first, opener = failure.line.first, failure.opener
    if first.type == "FOR":
        return (
            codes.SYNTAX,
            token.span,
            f"`{token.text}` can't stand here",
            "write `for i in range(3):`",
        )
    if opener and opener.text == "(":
        if failure.before and failure.before.text in ("(", ","):
            return (
                codes.SYNTAX,
                token.span,
                "a name is missing before this `=`",
                "write `name=value`",
            )
        help_ = "write `name=value` with one word as the name, or `==` to compare"
        return codes.SYNTAX, token.span, f"`{token.text}` can't stand here", help_
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
    if first.type in SUITE_HEADS or opener:
        message, fix = f"`{token.text}` can't stand here", Fix(token.span, "==")
        return codes.SYNTAX, token.span, message, "write `==` to compare", fix
    if first.type == "INPUT":
        name = failure.line.tokens[1].text
        help_ = f"write its shape: `input {name}: [64]`, or `input {name}: int32[?]`"
        return codes.SYNTAX, token.span, "an input has a shape and no value", help_
    if any(other.text in ("=", "+=") for other in failure.line.tokens[: failure.index]):
        message = "a statement has one `=`"
        return codes.NOT_PYTHON, token.span, message, "bind each name on a line of its own"
    return None


def without_value(failure: Failure) -> Finding:
    """A constant, shared layer or output that ends before its value."""
    first = failure.line.first
    if (
        first.type not in ("CONST", "SHARED", "OUTPUT")
        or not failure.ended
        or "EQUAL" not in failure.accepts
    ):
        return None
    words = " ".join(first.home.source.span(first.start, failure.line.tokens[-1].end).text.split())
    message = f"this `{first.text}` has no value"
    return codes.SYNTAX, failure.line.tokens[-1].span, message, f"write `{words} = …`"


def pairs(failure: Failure) -> Finding:
    """Braces that hold something else than pairs."""
    if failure.opener and failure.opener.text == "{" and failure.token.text in (",", "}"):
        help_ = "write `{key: value}`, or `[…]` for a list"
        return (
            codes.SYNTAX,
            failure.token.span,
            "braces hold pairs, and here a value is missing",
            help_,
        )
    return None


def colon(failure: Failure) -> Finding:
    """A colon where none can stand."""
    token, opener = failure.token, failure.opener
    if token.text != ":":
        return None
    if opener and opener.text == "(":
        name = failure.before.text if failure.before else "name"
        help_ = f"write `{name}=…`" if name.isidentifier() else "write `name=value`"
        return codes.SYNTAX, token.span, "`:` can't stand in these parentheses", help_
    if failure.ended or token is failure.line.tokens[-1]:
        help_ = "only `block`, `model`, `for`, `if`, `elif`, `else` and `train` open a block"
        return codes.SYNTAX, token.span, "`:` ends a line that opens no block", help_
    return None


def not_yet(failure: Failure) -> Finding:
    """What the language is to have and has not."""
    first = failure.line.first
    if first.text == "weight" and failure.index == 1 and failure.token.type == "NAME":
        help_ = "use a layer that holds the weight"
        return codes.SYNTAX, first.span, "`weight` statements are not in the language yet", help_
    if first.type == "INPUT" and failure.token.type == "FOR" and failure.opener:
        help_ = "write each field: `{a: float32[1], b: float32[1]}`"
        return (
            codes.SYNTAX,
            failure.token.span,
            "a `for` in a record of inputs is not in the language yet",
            help_,
        )
    return None


def reserved(failure: Failure) -> Finding:
    """A word of the language where a name should stand."""
    token, first = failure.token, failure.line.first
    if token.text not in RESERVED or "NAME" not in failure.accepts:
        return None
    if failure.before and failure.before.text == ":" and first.type in SUITE_HEADS:
        message = f"`{token.text}` can't stand on the line of this `{first.text}`"
        return codes.SYNTAX, token.span, message, "put it on a line of its own, indented deeper"
    return no_name(token)


def no_name(token: Token) -> Finding:
    """A word of the language that stands for a name."""
    help_ = f"take another name, such as `{token.text}_`"
    return (
        codes.RESERVED_WORD,
        token.span,
        f"`{token.text}` is a word of the language and no name",
        help_,
    )


def unknown_size(failure: Failure) -> Finding:
    """A `?` outside a shape."""
    if failure.token.text == "?":
        help_ = "write it in a shape, such as `input x: float32[?, 64]`"
        return (
            codes.SYNTAX,
            failure.token.span,
            "`?` stands for a size in a shape and nowhere else",
            help_,
        )
    return None


def if_without_else(failure: Failure) -> Finding:
    """A choice between two values that has one."""
    if "ELSE" in failure.accepts and "NAME" not in failure.accepts:
        ifs = [t for t in failure.line.tokens[: failure.index] if t.type == "IF"]
        if ifs:
            message = "this `if` chooses between two values and has no `else`"
            return codes.SYNTAX, ifs[-1].span, message, "write `a if condition else b`"
    return None


def missing_value(failure: Failure) -> Finding:
    """A value or name that is missing."""
    token, before = failure.token, failure.before
    if "NAME" not in failure.accepts or before is None:
        return None
    braced = before.text == "$" and token.text == "{"
    if not (
        braced or failure.ended or token.text in OPENER or token.text in (",", ":", "=", "->", ".")
    ):
        return None
    if before.text == "$" and token.text == "{":
        after = failure.line.tokens[failure.index + 1 : failure.index + 2]
        help_ = f"write `${after[0].text}`" if after else "write `$units`"
        return (
            codes.SYNTAX,
            token.span,
            "braces don't stand around the name of an outside value",
            help_,
        )
    if before.text == "," and token.text == "->":
        return codes.SYNTAX, before.span, "a `,` stands before this `->`", "take the comma out"
    if before.text == token.text == "->":
        return codes.SYNTAX, token.span, "`->` stands twice", "leave one of them out"
    if failure.ended and before.text in ("+", "-") and failure.index == 3:
        name, first = failure.line.first.text, failure.line.tokens[1].text
        if first == before.text:
            message = f"`{first}{first}` is not in the language"
            place = failure.line.tokens[1].span.to(before.span)
            return codes.NOT_PYTHON, place, message, f"write `{name} = {name} {first} 1`"
    what = "a value" if "NUMBER" in failure.accepts else "a name"
    help_ = f"write {what} there"
    if failure.ended and before.text not in ("=", "->", ".", "return"):
        help_ += ", or put parentheses around an expression of several lines"
    return codes.SYNTAX, before.span, f"{what} is missing after `{before.text}`", help_


def side_by_side(failure: Failure) -> Finding:
    """Two values without an operator between them."""
    token, before = failure.token, failure.before
    starts = (
        token.type in ("NAME", "NUMBER", "STRING", "DOLLAR", "LBRACE", "QMARK")
        or token.text in foreign.WORDS
    )
    if before is None or not starts or "NAME" in failure.accepts:
        return None
    if token.type == "STRING" and before.end == token.start and before.type == "NAME":
        message = f"strings have no prefix `{before.text}`"
        return (
            codes.NOT_PYTHON,
            before.span,
            message,
            "leave it out, and write `\\\\` for a backslash",
        )
    if failure.opener and failure.opener.text == "{" and "COLON" in failure.accepts:
        message = f"expected `:` between `{before.text}` and `{token.text}`"
        fix = Fix(before.home.source.span(before.end, before.end), ":")
        help_ = f"write `{before.text}: {token.text}`"
        return codes.SYNTAX, before.span.to(token.span), message, help_, fix
    if failure.opener:
        closer = CLOSER[failure.opener.text]
        message = f"expected `,` or `{closer}` between `{before.text}` and `{token.text}`"
        return codes.SYNTAX, before.span.to(token.span), message, *_comma(failure, before, token)
    message, help_ = _two_words(failure, before, token)
    meant = re.fullmatch(r"did you mean `(\w+)`\?", help_)
    fixes = (Fix(before.span, meant[1]),) if meant else ()
    return codes.SYNTAX, before.span.to(token.span), message, help_, *fixes


SHORT = 2
"""Letters of a name that is rather a factor than a word."""


def _comma(failure: Failure, before: Token, token: Token) -> tuple[str] | tuple[str, Fix]:
    """What stands between two values in brackets: a comma for sure before an argument's name and in other cases of one reading."""
    after = [one.text for one in failure.line.tokens[failure.index + 1 : failure.index + 3]]
    if token.text in ("x", "X") and before.type == "NUMBER":
        return ("write `*` for a product, or `,` between two values",)
    names = after[:1] == ["="]
    is_number = bool(after) and after[0][:1].isdigit()
    opener = failure.opener
    two = token.type == "NAME" and (before.type == "NAME" or len(token.text) <= SHORT)
    if not names and (is_number or (two and opener is not None and opener.text == "(")):
        return ("write `,` or an operator between them",)
    return "write `,` between them", Fix(before.home.source.span(before.end, before.end), ",")


def _two_words(failure: Failure, before: Token, token: Token) -> tuple[str, str]:
    message = f"`{before.text}` and `{token.text}` stand side by side"
    if before.text in ("let", "var", "new", "auto"):
        return message, f"leave out `{before.text}`"
    if token.text in ("then", "do", "begin") and failure.line.first.type in SUITE_HEADS:
        return f"`{token.text}` opens no block", "write `:` in its place"
    if before.text in ("input", "output") and token.type == "STRING":
        return "a name stands without quotes", f"write `{before.text} {token.text[1:-1]}`"
    if token.text == "{" and before.end == token.start and before.type == "NAME":
        return "braces take no part out of a value", f"write `{before.text}[…]`"
    if token.text == "{" and failure.line.first.type in SUITE_HEADS:
        return "braces hold no body", "end the line with `:`, and indent the body below it"
    meant = _meant_head(failure, before, token)
    return (message, meant) if meant else (message, _between(failure, before, token))


def _meant_head(failure: Failure, before: Token, token: Token) -> str:
    """The word of the language that a line seems to begin with."""
    if failure.index != 1 or before.type not in ("NAME", "ELSE"):
        return ""
    ends = failure.line.tokens[-1].text
    if before.type == "ELSE":
        return "write `elif`, as `else` has no condition" if ends == ":" else ""
    from difflib import get_close_matches  # noqa: PLC0415 -- only for mistakes

    close = get_close_matches(before.text.lower(), HEADS, 1, 0.75)
    rest = [one.text for one in failure.line.tokens[2:3]]
    if not close and token.type == "NAME" and rest == ["("] and ends == ":":
        close = ["block"]
    return f"did you mean `{close[0]}`?" if close else ""


def _between(failure: Failure, before: Token, token: Token) -> str:
    """What two values side by side seem to mean."""
    tokens = failure.line.tokens
    after = tokens[failure.index + 1].text if failure.index + 1 < len(tokens) else ""
    if failure.index == 1 and before.type == token.type == "NAME":
        if after == "=":
            return f"a name is one word: `{before.text}_{token.text}`"
        rest = token.span.to(tokens[-1].span).text
        if after == "(" and len(rest) < 50 and "\n" not in rest:
            return f"write `{before.text} = {rest}`"
    if before.text[:1].isupper() and token.type in ("NAME", "NUMBER", "STRING"):
        return f"what configures a layer stands in parentheses: `{before.text}({token.text})`"
    return "write an operator, a comma or `->` between them"


def arrow(failure: Failure) -> Finding:
    """An arrow where none can stand."""
    token = failure.token
    if token.text != "->":
        return None
    if failure.index == 0:
        help_ = "write what goes into it before it"
        return codes.SYNTAX, token.span, "nothing stands before this `->`", help_
    return codes.SYNTAX, token.span, "`->` can't stand here", "put parentheses around the chain"


def anything(failure: Failure) -> Finding:
    """All the rest."""
    before, token = failure.before, failure.token
    if failure.ended:
        last = before or failure.line.first
        return (
            codes.SYNTAX,
            last.span,
            f"the line ends too early after `{last.text}`",
            _what_may(failure),
        )
    after = f" after `{before.text}`" if before else " at the beginning of a statement"
    return codes.SYNTAX, token.span, f"`{token.text}` can't stand{after}", _what_may(failure)


WORDS = {
    "NAME": "a name", "NUMBER": "a number", "LSQB": "`[`", "LPAR": "`(`", "RPAR": "`)`",
    "RSQB": "`]`", "RBRACE": "`}`", "COLON": "`:`", "COMMA": "`,`", "EQUAL": "`=`",
    "_NL": "the end of the line", "IN": "`in`", "IMPORT": "`import`",
}  # fmt: skip


def _what_may(failure: Failure) -> str:
    words = [text for name, text in WORDS.items() if name in failure.accepts]
    if "NUMBER" in failure.accepts:
        words = ["a value"]
    return f"here may stand {' or '.join(words)}" if words else "take it out"
