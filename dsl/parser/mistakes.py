"""Syntax errors, told in words of the language: recognisers by example, the first that knows it speaks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from dsl import codes
from dsl.parser import foreign
from dsl.parser.layout import CLOSER, OPENER, SUITE_HEADS
from dsl.parser.tokens import RESERVED

if TYPE_CHECKING:
    from collections.abc import Callable

    from dsl.codes import Code
    from dsl.parser.layout import Line
    from dsl.parser.tokens import Home, Token
    from dsl.source import Span

BODY_HELP = "indent what belongs to it, by four spaces"


@dataclass(slots=True)
class Failure:
    """Where the parser could not go on.

    Args:
        lines: the lines of the statement.
        at: which of them it was in.
        token: what it could not take.
        accepts: what it could have taken, as the grammar names it.
        home: where to report.
    """

    lines: list[Line]
    at: int
    token: Token
    accepts: set[str]
    home: Home

    @property
    def lacks_body(self) -> bool:
        """Whether a head's body is missing."""
        return "_INDENT" in self.accepts

    @property
    def head(self) -> int:
        """The line of that head."""
        return self.at - (self.token.start <= self.line.first.start)

    @property
    def line(self) -> Line:
        """The line it was in."""
        return self.lines[self.at]

    @property
    def index(self) -> int:
        """Which token of its line it is; past the last one where the line ended too early."""
        for at, token in enumerate(self.line.tokens):
            if token is self.token:
                return at
        return len(self.line.tokens)

    @property
    def ended(self) -> bool:
        """Whether the line ended too early."""
        return self.index == len(self.line.tokens)

    @property
    def before(self) -> Token | None:
        """The token before it."""
        return self.line.tokens[self.index - 1] if self.index else None

    @property
    def opener(self) -> Token | None:
        """The innermost bracket that is open there."""
        stack: list[Token] = []
        for token in self.line.tokens[: self.index]:
            if token.text in CLOSER:
                stack.append(token)
            elif token.text in OPENER and stack:
                stack.pop()
        return stack[-1] if stack else None


Finding: TypeAlias = "tuple[Code, Span, str, str] | None"


def explain(failure: Failure) -> None:
    """Report what is wrong, once, in the words of the first recogniser that knows it."""
    for recognise in RECOGNISERS:
        finding = recognise(failure)
        if finding:
            code, span, message, help_ = finding
            failure.home.problems.add(code, span, message, help=help_)
            return


# ---- what the scanner could not read


def _unread(failure: Failure) -> Finding:
    token = failure.token
    match token.type:
        case "TRIPLE":
            help_ = "write a comment with `#`, or a string on one line"
            return codes.NOT_PYTHON, token.span, "triple quotes are not in the language", help_
        case "FIGURE":
            help_ = "write a number in plain decimal figures, and begin names with a letter"
            return codes.SYNTAX, token.span, f"`{token.text}` is neither a number nor a name", help_
        case "FOREIGN":
            return codes.NOT_PYTHON, token.span, *foreign.mark(token.text)
        case "STRANGE" if failure.index or token.text not in "!":
            return codes.SYNTAX, token.span, *foreign.mark(token.text)
    return None


# ---- indentation and heads


def _indented(failure: Failure) -> Finding:
    if failure.token.type != "_INDENT":
        return None
    first = failure.line.first
    help_ = "begin it where the line above begins"
    if first.type not in ("NAME", "NUMBER", "STRING") and first.text not in RESERVED:
        help_ = "put parentheses around an expression of several lines"
    elif failure.at and failure.lines[failure.at - 1].first.text == "train":
        help_ = "end the line above with `:`"
    message = "this line is indented deeper, but the line above it opens no block"
    return codes.INDENTATION, first.span, message, help_


def _uneven(failure: Failure) -> Finding:
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


def _bodiless(failure: Failure) -> Finding:
    if not failure.lacks_body:
        return None
    head = failure.lines[failure.head]
    message = f"nothing is indented below this `{head.first.text}`"
    return codes.INDENTATION, head.first.span.to(head.tokens[-1].span), message, BODY_HELP


def _no_colon(failure: Failure) -> Finding:
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
        )
    return None


def _block_head(failure: Failure) -> Finding:
    first = failure.line.first
    if (
        first.type not in ("BLOCK", "MODEL")
        or "LPAR" not in failure.accepts
        or "NAME" in failure.accepts
    ):
        return None
    help_ = f"write `{first.text} Name(settings)(x):`, the first parentheses empty where there are no settings"
    message = f"a `{first.text}` has two pairs of parentheses, for settings and for tensors"
    return codes.SYNTAX, _place(failure), message, help_


def _no_in(failure: Failure) -> Finding:
    if "IN" in failure.accepts and failure.token.text != "in":
        return (
            codes.SYNTAX,
            _place(failure),
            "expected `in` after the names of this `for`",
            "write `for x in xs`",
        )
    return None


def _orphan(failure: Failure) -> Finding:
    token = failure.token
    if token.type in ("ELIF", "ELSE") and failure.index == 0:
        help_ = "indent it as its `if`; nothing but branches may stand between"
        return codes.SYNTAX, token.span, f"this `{token.text}` belongs to no `if`", help_
    if token.type == "IF" and failure.before and failure.before.type == "ELSE":
        return (
            codes.NOT_PYTHON,
            failure.before.span.to(token.span),
            "`else if` is not in the language",
            "write `elif`",
        )
    return None


def _settings(failure: Failure) -> Finding:
    """`train:` with a setting on its own line, or with something else than settings below."""
    tokens = failure.line.tokens
    if (
        tokens[0].text == "train"
        and len(tokens) > 1
        and ":" in (tokens[1].text, tokens[min(2, len(tokens) - 1)].text)
    ):
        help_ = "write each setting on a line of its own, indented below `train:`"
        return codes.SYNTAX, tokens[0].span, "settings don't stand on the line of `train:`", help_
    head = next(
        (l for l in reversed(failure.lines[: failure.at]) if l.indent < failure.line.indent), None
    )
    if head and head.first.type == "TRAIN":
        message = "only settings stand below `train:`"
        return codes.SYNTAX, _place(failure), message, "write `name = value`, such as `epochs = 10`"
    return None


# ---- Python


def _python_statement(failure: Failure) -> Finding:
    first = failure.line.first
    if first.text not in foreign.HEADS or first.type not in ("NAME", "IMPORT"):
        return None
    if failure.index <= 1 or failure.line.tokens[-1].text == ":":
        return codes.NOT_PYTHON, first.span, *foreign.WORDS[first.text]
    return None


def _python_word(failure: Failure) -> Finding:
    token, before = failure.token, failure.before
    if before and before.type == "NAME" and before.text in foreign.WORDS and before.text != "in":
        return codes.NOT_PYTHON, before.span, *foreign.WORDS[before.text]
    if token.text in ("in", "is", "lambda") or (
        token.type in ("NAME", "AS") and token.text == "as"
    ):
        return codes.NOT_PYTHON, token.span, *foreign.WORDS[token.text]
    if token.type == "NOT" and "NAME" not in failure.accepts:
        return (
            codes.NOT_PYTHON,
            token.span,
            "`not` can't stand between two values",
            "compare with `!=`",
        )
    return None


def _notebook(failure: Failure) -> Finding:
    token = failure.token
    if failure.index:
        return None
    if token.text == "@":
        return (
            codes.NOT_PYTHON,
            token.span,
            "decorators are not in the language",
            "leave the line out",
        )
    if token.text in ("%", "!", "?", "%%"):
        help_ = "put it in a cell of its own"
        return (
            codes.NOT_PYTHON,
            token.span,
            f"`{token.text}` begins a command of the notebook, not a statement",
            help_,
        )
    return None


def _star_star(failure: Failure) -> Finding:
    if (
        failure.token.text == "**"
        and failure.before
        and failure.before.text in ("(", ",", "{", "=", "[")
    ):
        help_ = "write each argument with its name: `units=64`"
        return codes.NOT_PYTHON, failure.token.span, "`**` can't spread a dictionary here", help_
    return None


def _importing(failure: Failure) -> Finding:
    if failure.line.first.type != "FROM":
        return None
    if failure.token.text == "*":
        help_ = 'name what is imported: `from "blocks.graph" import Residual`'
        return codes.NOT_PYTHON, failure.token.span, "`*` can't be imported", help_
    help_ = 'write `from "blocks.graph" import Residual` or `from my_code import MyLayer`'
    return codes.SYNTAX, _place(failure), "this import is not complete", help_


def _generator(failure: Failure) -> Finding:
    if failure.token.type == "FOR" and failure.opener and failure.opener.text == "(":
        help_ = "put square brackets around it: `[… for x in xs]`"
        return codes.NOT_PYTHON, failure.token.span, "a `for` can't stand in parentheses", help_
    return None


# ---- `=` and `:`


def _equals(failure: Failure) -> Finding:
    token = failure.token
    if token.text not in ("=", "+="):
        return None
    first, opener = failure.line.first, failure.opener
    if failure.index == 1 and first.text in RESERVED:
        return _no_name(first)
    if opener and opener.text == "(":
        help_ = "write `name=value` with one word as the name, or `==` to compare"
        return codes.SYNTAX, token.span, f"`{token.text}` can't stand here", help_
    if first.type in SUITE_HEADS or opener:
        return codes.SYNTAX, token.span, f"`{token.text}` can't stand here", "write `==` to compare"
    if first.type == "INPUT":
        name = failure.line.tokens[1].text
        help_ = f"write its shape: `input {name}: [64]`, or `input {name}: int32[?]`"
        return codes.SYNTAX, token.span, "an input has a shape and no value", help_
    if any(other.text in ("=", "+=") for other in failure.line.tokens[: failure.index]):
        message = "a statement has one `=`"
        return codes.NOT_PYTHON, token.span, message, "bind each name on a line of its own"
    return None


def _shape(failure: Failure) -> Finding:
    """A type is missing or written in another way."""
    expected = failure.accepts & {"LSQB", "LPAR", "COLON", "DOT"}
    if failure.line.first.type == "INPUT" and failure.index == 2 and expected == {"COLON"}:
        name = failure.line.tokens[1].text
        help_ = f"write `input {name}: [64]`, or `input {name}: int32[?]`"
        return codes.SYNTAX, failure.line.tokens[1].span, f"the input `{name}` has no shape", help_
    if expected == {"LSQB"}:
        help_ = "write `[64]`, `[250, 250, 3]` or `int32[?]`; the batch is implied"
        before = failure.before
        place = before.span if before and before.type == "NAME" else _place(failure)
        return codes.SYNTAX, place, "expected a shape in square brackets", help_
    return None


def _without_value(failure: Failure) -> Finding:
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


def _pairs(failure: Failure) -> Finding:
    if failure.opener and failure.opener.text == "{" and failure.token.text in (",", "}"):
        help_ = "write `{key: value}`, or `[…]` for a list"
        return (
            codes.SYNTAX,
            failure.token.span,
            "braces hold pairs, and here a value is missing",
            help_,
        )
    return None


def _colon(failure: Failure) -> Finding:
    token, opener = failure.token, failure.opener
    if token.text != ":":
        return None
    if opener and opener.text == "(":
        help_ = "write `name=value`"
        return codes.SYNTAX, token.span, "`:` can't stand in these parentheses", help_
    if failure.ended or token is failure.line.tokens[-1]:
        help_ = "only `block`, `model`, `for`, `if`, `elif`, `else` and `train` open a block"
        return codes.SYNTAX, token.span, "`:` ends a line that opens no block", help_
    return None


# ---- names and values


def _not_yet(failure: Failure) -> Finding:
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


def _reserved(failure: Failure) -> Finding:
    token, first = failure.token, failure.line.first
    if token.text not in RESERVED or "NAME" not in failure.accepts:
        return None
    if failure.before and failure.before.text == ":" and first.type in SUITE_HEADS:
        message = f"`{token.text}` can't stand on the line of this `{first.text}`"
        return codes.SYNTAX, token.span, message, "put it on a line of its own, indented deeper"
    return _no_name(token)


def _no_name(token: Token) -> Finding:
    help_ = f"take another name, such as `{token.text}_`"
    return (
        codes.RESERVED_WORD,
        token.span,
        f"`{token.text}` is a word of the language and no name",
        help_,
    )


def _unknown_size(failure: Failure) -> Finding:
    if failure.token.text == "?":
        help_ = "write it in a shape, such as `input x: float32[?, 64]`"
        return (
            codes.SYNTAX,
            failure.token.span,
            "`?` stands for a size in a shape and nowhere else",
            help_,
        )
    return None


def _if_without_else(failure: Failure) -> Finding:
    if "ELSE" in failure.accepts and "NAME" not in failure.accepts:
        ifs = [t for t in failure.line.tokens[: failure.index] if t.type == "IF"]
        if ifs:
            message = "this `if` chooses between two values and has no `else`"
            return codes.SYNTAX, ifs[-1].span, message, "write `a if condition else b`"
    return None


def _missing_value(failure: Failure) -> Finding:
    token, before = failure.token, failure.before
    if "NAME" not in failure.accepts or before is None:
        return None
    if not (failure.ended or token.text in OPENER or token.text in (",", ":", "=", "->", ".")):
        return None
    what = "a value" if "NUMBER" in failure.accepts else "a name"
    help_ = f"write {what} there"
    if failure.ended and before.text not in ("=", "->", ".", "return"):
        help_ += ", or put parentheses around an expression of several lines"
    return codes.SYNTAX, before.span, f"{what} is missing after `{before.text}`", help_


def _side_by_side(failure: Failure) -> Finding:
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
        return codes.SYNTAX, before.span.to(token.span), message, "write `,` between them"
    return codes.SYNTAX, before.span.to(token.span), *_two_words(failure, before, token)


def _two_words(failure: Failure, before: Token, token: Token) -> tuple[str, str]:
    message = f"`{before.text}` and `{token.text}` stand side by side"
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
    return message, "write an operator, a comma or `->` between them"


def _arrow(failure: Failure) -> Finding:
    token = failure.token
    if token.text != "->":
        return None
    if failure.index == 0:
        help_ = "write what goes into it before it"
        return codes.SYNTAX, token.span, "nothing stands before this `->`", help_
    return codes.SYNTAX, token.span, "`->` can't stand here", "put parentheses around the chain"


def _anything(failure: Failure) -> Finding:
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
    "NAME": "a name", "NUMBER": "a number", "LSQB": "`[`", "LPAR": "`(`", "RPAR": "`)`", "RSQB": "`]`", "RBRACE": "`}`",
    "COLON": "`:`", "COMMA": "`,`", "EQUAL": "`=`", "_NL": "the end of the line", "IN": "`in`", "IMPORT": "`import`",
}  # fmt: skip


def _what_may(failure: Failure) -> str:
    words = [text for name, text in WORDS.items() if name in failure.accepts]
    if "NUMBER" in failure.accepts:
        words = ["a value"]
    return f"here may stand {' or '.join(words)}" if words else "take it out"


def _place(failure: Failure) -> Span:
    """The token, or the last one of a line that ended too early."""
    if failure.ended:
        return failure.line.tokens[-1].span
    return failure.token.span


RECOGNISERS: tuple[Callable[[Failure], Finding], ...] = (
    _unread, _indented, _uneven, _bodiless, _not_yet, _python_statement, _orphan, _notebook, _star_star, _settings,
    _importing, _generator, _no_colon, _block_head, _python_word, _no_in, _shape, _equals, _without_value, _pairs, _colon, _reserved,
    _unknown_size, _if_without_else, _missing_value, _side_by_side, _arrow, _anything,
)  # fmt: skip
