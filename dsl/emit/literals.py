"""Values as plan expressions; names, strings and comments that can't break out of their place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from dsl.emit import plan

if TYPE_CHECKING:
    from collections.abc import Container

    from dsl.source import Span

# What may not be bound: Python's words, its soft ones too, and letters that look like digits.
_RESERVED: Final = """
    False None True and as assert async await break class continue def del elif else except finally
    for from global if import in is lambda nonlocal not or pass raise return try while with yield
    type l O I
"""

# What the emitted script defines or imports.
_SCRIPT: Final = """
    argparse json os re sys tempfile traceback Path keras np activations applications callbacks constraints initializers
    layers losses metrics ops optimizers random regularizers utils build_model compile_model
    pairwise check load_data train write_whole told main GRAPH INPUTS OUTPUTS
"""
_UNSAFE: Final = frozenset((_RESERVED + _SCRIPT).split())

_ESCAPES: Final = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}

# Words by which a comment would speak to a tool rather than to a reader.
_PRAGMAS: Final = (
    "noqa|nosec|fmt|isort|type|pyright|pyrefly|pylint|flake8|ruff|ty|yapf|mypy|pragma|nopep8|region"
)


def safe_name(name: str, taken: Container[str] = ()) -> str:
    """A name that the emitted script can bind: the same one, or with underscores after it.

    Args:
        name: a name of the graph. What comes back is in NFKC, as Python reads identifiers.
        taken: names that others have already.
    """
    import builtins  # noqa: PLC0415 -- every module has it in memory

    if not name.isascii():
        from unicodedata import normalize  # noqa: PLC0415 -- rarely needed

        name = normalize("NFKC", name)
    while name in _UNSAFE or (name != "_" and hasattr(builtins, name)) or name in taken:
        name += "_"
    return name


def _escaped(char: str) -> str:
    if char in _ESCAPES:
        return _ESCAPES[char]
    if char.isprintable():
        return char
    code = ord(char)
    return (
        f"\\x{code:02x}"
        if code < 0x100
        else f"\\u{code:04x}"
        if code < 0x10000
        else f"\\U{code:08x}"
    )


def escaped(text: str, quote: str) -> str:
    """What stands between two such quotes for a text."""
    return "".join("\\" + char if char == quote else _escaped(char) for char in text)


def quoted(text: str) -> str:
    """A string literal, in double quotes unless single ones need fewer escapes."""
    quote = "'" if text.count('"') > text.count("'") else '"'
    return f"{quote}{escaped(text, quote)}{quote}"


def clean_line(text: str) -> str:
    """A text as one line of printable characters: blanks for the rest, escapes for surrogates."""
    shown = "".join(
        char if char.isprintable() else _escaped(char) if "\ud800" <= char <= "\udfff" else " "
        for char in text
    )
    return shown.strip()


def clean_comment(text: str) -> str:
    """A comment on one line, `# ` before its text; empty for one that says nothing.

    A word that would speak to a tool (`# noqa`, `# fmt: off`) is put in backquotes.
    """
    hashes = "#" * max(1, len(text) - len(text.lstrip("#")))
    body = clean_line(text[len(hashes) :] if text.startswith("#") else text)
    if not body:
        return ""
    line = f"{hashes} {body}"
    lowered = line.lower()
    if any(word in lowered for word in _PRAGMAS.split("|")):
        import re  # noqa: PLC0415 -- rarely needed

        line = re.sub(rf"(#[\s:]*)({_PRAGMAS})\b", r"\1`\2`", line, flags=re.IGNORECASE)
    return line


def clean_doc(text: str) -> str:
    """A text for the one line of a docstring: double quotes become single ones."""
    return clean_line(text).replace("\\", "\\\\").replace('"', "'")


def _number(value: float, span: Span | None) -> plan.Expr:
    if value != value:  # noqa: PLR0124 -- the way to know a NaN without importing math
        return _named_float("nan", span)
    if value < 0 or (isinstance(value, float) and repr(value).startswith("-")):
        return plan.Unary("-", _number(-value, span), span=span)
    if value == float("inf"):
        return _named_float("inf", span)
    if (
        isinstance(value, int) and value.bit_length() > 10_000
    ):  # more digits than Python prints or reads
        return plan.Raw(hex(value), span=span)
    return plan.Raw(repr(value), span=span)


def _named_float(name: str, span: Span | None) -> plan.Expr:
    return plan.Call(plan.Raw("float", span=span), (plan.Raw(quoted(name), span=span),), span=span)


def literal(value: Any, span: Span | None = None) -> plan.Expr:
    """The expression that gives a value.

    Args:
        value: a bool, number, string or None, or a list, tuple or dictionary of such.
        span: the stretch of graph that the value comes from.

    Raises:
        TypeError: for a value of another type.
    """
    if value is None or isinstance(value, bool):
        return plan.Raw(str(value), span=span)
    if isinstance(value, str):
        return plan.Raw(quoted(value), span=span)
    if isinstance(value, int | float):
        return _number(value, span)
    if isinstance(value, list | tuple):
        kind = "list" if isinstance(value, list) else "tuple"
        return plan.Sequence(kind, tuple([literal(one, span) for one in value]), span=span)
    if isinstance(value, dict):
        pairs = tuple([(literal(k, span), literal(v, span)) for k, v in value.items()])
        return plan.Dict(pairs, span=span)
    raise TypeError(f"no literal for a {type(value).__name__}")
