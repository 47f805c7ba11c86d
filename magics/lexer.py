"""A lexer for Pygments: what colours graphs in nbconvert, Sphinx, terminals and code hosts that use it."""

from __future__ import annotations

from typing import Any, ClassVar

from pygments.lexer import RegexLexer, bygroups, words
from pygments.token import (
    Comment,
    Keyword,
    Name,
    Number,
    Operator,
    Punctuation,
    String,
    Text,
    Whitespace,
)

_STATEMENTS = (
    "input", "output", "shared", "const", "block", "model", "for", "in", "if", "elif", "else", "return", "from", "import", "as", "train",
)  # fmt: skip
_CONSTANTS = ("true", "false", "none", "True", "False", "None")
_DTYPES = (
    "bool", "uint8", "uint16", "uint32", "uint64", "int8", "int16", "int32", "int64", "bfloat16", "float16", "float32", "float64",
    "complex64", "complex128", "string",
)  # fmt: skip


class GraphLexer(RegexLexer):  # type: ignore[misc]  # Pygments has no types here
    """Graphs of layers, as `dslc` reads them."""

    name = "dslc graph"
    aliases: ClassVar[list[str]] = ["graph", "dslc"]
    filenames: ClassVar[list[str]] = ["*.graph"]
    url = ""
    version_added = ""

    tokens: ClassVar[dict[str, Any]] = {
        "root": [
            (r"[ \t\r\n]+", Whitespace),
            (r"#[^\n]*", Comment.Single),
            (r'f?"(?:\\.|[^"\\\n])*"|f?\'(?:\\.|[^\'\\\n])*\'', String),
            (r"(block|model)([ \t]+)(\w+)", bygroups(Keyword.Declaration, Whitespace, Name.Class)),
            (
                r"(input|shared|const|output)([ \t]+)(\w+)",
                bygroups(Keyword.Declaration, Whitespace, Name.Variable),
            ),
            (words(_STATEMENTS, prefix=r"\b", suffix=r"\b(?!\s*[=,)\].])"), Keyword),
            (words(("and", "or", "not"), prefix=r"\b", suffix=r"\b"), Operator.Word),
            (words(_CONSTANTS, prefix=r"\b", suffix=r"\b"), Keyword.Constant),
            (words(_DTYPES, prefix=r"\b", suffix=r"\b(?!\s*[(=])"), Keyword.Type),
            (r"\$\w+", Name.Variable.Global),
            (r"(\w+)(=)(?!=)", bygroups(Name.Attribute, Operator)),
            (r"(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d[\d_]*)?", Number),
            (r"[A-Z]\w*", Name.Class),
            (r"[^\W\d]\w*(?=\s*\()", Name.Function),
            (r"[^\W\d]\w*", Name),
            (r"->|\*\*|//|[<>=!]=|[-+*/@%<>=&|^~?]", Operator),
            (r"[()\[\]{},.:]", Punctuation),
            (r".", Text),
        ]
    }
