"""Text from Python, the notebook or elsewhere, and what is no text of the language at all."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from dsl import codes
from dsl.diagnostics import Fix
from dsl.parser import foreign
from dsl.parser.mistakes_values import no_name

if TYPE_CHECKING:
    from dsl.parser.failure import Failure, Finding


LIBRARIES = frozenset(
    {
        "keras", "tensorflow", "tf", "tf_keras", "numpy", "np", "torch", "jax", "pandas", "matplotlib", "os", "sys",
        "random", "math", "time", "json", "sklearn", "scipy", "cv2", "PIL", "tqdm", "typing", "pathlib", "theano",
    }
)  # fmt: skip
"""Modules that a graph does without: what is imported from elsewhere is one's own."""


def unread(failure: Failure) -> Finding:
    """Characters that no token of the language begins with."""
    token = failure.token
    match token.type:
        case "TRIPLE":
            help_ = "write a comment with `#`, or a string on one line"
            return codes.NOT_PYTHON, token.span, "triple quotes are not in the language", help_
        case "FIGURE":
            help_ = "write a number in plain decimal figures, and begin names with a letter"
            sizes = token.text.replace("x", "X").split("X")
            if len(sizes) > 1 and all(size.isdigit() and size[0] != "0" for size in sizes):
                help_ = f"write `{', '.join(sizes)}`"
            product = re.fullmatch(r"([1-9]\d*)([a-zA-Z]\w*)", token.text)
            if product and len(sizes) == 1 and failure.index:
                help_ = f"write `{product[1]} * {product[2]}` for a product, else the number alone"
            return codes.SYNTAX, token.span, f"`{token.text}` is neither a number nor a name", help_
        case "FOREIGN":
            message, help_ = foreign.mark(token.text)
            if failure.index == 1 and help_.startswith("write `x = x"):
                help_ = help_.replace("x", failure.line.first.text)
            return codes.NOT_PYTHON, token.span, message, help_
        case "STRANGE" if token.text == ";" and token is failure.line.tokens[-1]:
            message = foreign.mark(token.text)[0]
            return codes.SYNTAX, token.span, message, "take it out", Fix(token.span, "")
        case "STRANGE" if failure.index or token.text != "!":
            return codes.SYNTAX, token.span, *foreign.mark(token.text)
    return None


def python_statement(failure: Failure) -> Finding:
    """A line that begins as a statement of Python does."""
    first = failure.line.first
    if first.text not in foreign.HEADS or first.type not in ("NAME", "IMPORT"):
        return None
    after = failure.line.tokens[1:2]
    if first.text == "import" and after and after[0].type == "STRING":
        help_ = f"name what is imported: `from {after[0].text} import Name`"
        return codes.NOT_PYTHON, first.span, foreign.WORDS["import"][0], help_
    root = after[0].text if after else ""
    if first.text == "import" and root.isidentifier() and root not in LIBRARIES:
        module = re.match(r"[\w.]+", first.home.source.text[after[0].start :])
        help_ = f"write `from {module[0] if module else root} import …`, with the names that the graph uses"
        return codes.NOT_PYTHON, first.span, "a module is not imported whole", help_
    if failure.index <= 1 or failure.line.tokens[-1].text == ":":
        return codes.NOT_PYTHON, first.span, *foreign.WORDS[first.text]
    return None


def python_word(failure: Failure) -> Finding:
    """A word of Python inside an expression."""
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


def notebook(failure: Failure) -> Finding:
    """A line that begins with the mark of a decorator or of a command."""
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


def star_star(failure: Failure) -> Finding:
    """Arguments spread from a dictionary."""
    if (
        failure.token.text == "**"
        and failure.before
        and failure.before.text in ("(", ",", "{", "=", "[")
    ):
        help_ = "write each argument with its name: `units=64`"
        return codes.NOT_PYTHON, failure.token.span, "`**` can't spread a dictionary here", help_
    return None


def importing(failure: Failure) -> Finding:
    """An import that is not complete."""
    if failure.line.first.type != "FROM":
        return None
    if failure.token.text == "*":
        help_ = 'name what is imported: `from "blocks.graph" import Residual`'
        return codes.NOT_PYTHON, failure.token.span, "`*` can't be imported", help_
    if failure.token.text == "=" and failure.index == 1:
        return no_name(failure.line.first)
    help_ = 'write `from "blocks.graph" import Residual` or `from my_code import MyLayer`'
    return codes.SYNTAX, failure.place, "this import is not complete", help_


def generator(failure: Failure) -> Finding:
    """A comprehension in parentheses."""
    if failure.token.type == "FOR" and failure.opener and failure.opener.text == "(":
        help_ = "put square brackets around it: `[… for x in xs]`"
        return codes.NOT_PYTHON, failure.token.span, "a `for` can't stand in parentheses", help_
    return None
