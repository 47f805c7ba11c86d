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


TRAINS = ("train", "training", "trainer", "compile", "fit", "settings")
"""How people call the block of settings."""

SIZES = re.compile(r"(shape\s*=\s*)?[(\[]?[\d\s,?]+[)\]]?")
"""Sizes in other brackets than the language's, or in none."""


def reserved_target(failure: Failure) -> Finding:
    """A word of the language on the left of `=`."""
    first = failure.line.first
    if failure.token.text in ("=", "+=") and failure.index == 1 and first.text in RESERVED:
        return no_name(first)
    return None


def equals(failure: Failure) -> Finding:
    """An `=` where none can stand."""
    token = failure.token
    if token.text == "==" and failure.index == 2 and failure.line.first.type == "OUTPUT":
        help_ = f"write `output {failure.line.tokens[1].text} = …`"
        return codes.SYNTAX, token.span, "`==` compares, and gives no name to anything", help_
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
        fix = (Fix(word.span, "train"),) if meant else ()
        return codes.SYNTAX, word.span, f"`{word.text}:` opens no block", help_, *fix
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
        if SIZES.fullmatch(whole.text):
            text = _bracketed(whole.text)
            help_ = f"write `{text}`; the batch is implied"
            return codes.SYNTAX, place, message, help_, Fix(whole, text)
        return codes.SYNTAX, place, message, help_
    return None


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
    if failure.opener:
        closer = CLOSER[failure.opener.text]
        message = f"expected `,` or `{closer}` between `{before.text}` and `{token.text}`"
        fix = Fix(before.home.source.span(before.end, before.end), ",")
        return codes.SYNTAX, before.span.to(token.span), message, "write `,` between them", fix
    message, help_ = _two_words(failure, before, token)
    meant = re.fullmatch(r"did you mean `(\w+)`\?", help_)
    fixes = (Fix(before.span, meant[1]),) if meant else ()
    return codes.SYNTAX, before.span.to(token.span), message, help_, *fixes


def _two_words(failure: Failure, before: Token, token: Token) -> tuple[str, str]:
    message = f"`{before.text}` and `{token.text}` stand side by side"
    if before.text in ("let", "var", "new", "auto"):
        return message, f"leave out `{before.text}`"
    if token.text in ("then", "do", "begin") and failure.line.first.type in SUITE_HEADS:
        return f"`{token.text}` opens no block", "write `:` in its place"
    if before.text in ("input", "output") and token.type == "STRING":
        return "a name stands without quotes", f"write `{before.text} {token.text[1:-1]}`"
    if token.text == "{" and failure.line.first.type in SUITE_HEADS:
        return "braces hold no body", "end the line with `:`, and indent the body below it"
    if failure.index == 1 and before.type == "NAME":
        from difflib import get_close_matches  # noqa: PLC0415 -- only for mistakes

        heads = (
            "input",
            "output",
            "shared",
            "const",
            "block",
            "model",
            "from",
            "return",
            "train",
            "for",
            "if",
            "elif",
        )
        close = get_close_matches(before.text.lower(), heads, 1, 0.75)
        if close:
            return message, f"did you mean `{close[0]}`?"
    return message, _between(failure, before, token)


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
