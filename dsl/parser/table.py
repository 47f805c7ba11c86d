"""The grammar's table: loaded where fresh, else built; `python -m dsl.parser.table` saves it."""

from __future__ import annotations

import io
import pickle
from functools import cache
from hashlib import sha256
from pkgutil import get_data
from typing import TYPE_CHECKING, Any, cast

import lark
from lark.lexer import Lexer, PatternStr

from dsl.parser.build import Builder
from dsl.parser.tokens import Vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterator

GRAMMAR = "grammar.lark"
TABLE = "grammar.table"


class Given(Lexer):
    """A lexer for what tokens.py has read and layout.py has laid out already."""

    def __init__(self, lexer_conf: Any) -> None:
        """Nothing to prepare."""

    def lex(self, data: Any) -> Iterator[Any]:  # type: ignore[override]  # lark's simpler signature
        """The tokens."""
        return iter(data)


def _grammar() -> bytes:
    return packaged(GRAMMAR) or b""


def packaged(name: str) -> bytes | None:
    """A file that ships beside this one; None where it is missing."""
    try:
        return get_data("dsl.parser", name)
    except FileNotFoundError:
        return None


def build(*, strict: bool = False) -> lark.Lark:
    """The parser, built from the grammar.

    Args:
        strict: whether to refuse every conflict (slower; needs the `interegular` package).
    """
    return lark.Lark(
        _grammar().decode(),
        parser="lalr",
        lexer=Given,
        transformer=Builder(),
        start=["start", "expr"],
        keep_all_tokens=True,
        maybe_placeholders=False,
        strict=strict,
    )


def stamp() -> bytes:
    """What a saved table must begin with to be fresh: lark's version and the grammar's hash."""
    return f"{lark.__version__} {sha256(_grammar()).hexdigest()}\n".encode()


def table() -> bytes:
    """The saved form: the stamp, then what lark saves."""
    saved = io.BytesIO()
    build().save(saved, exclude_options=["transformer"])
    return stamp() + saved.getvalue()


@cache
def parser() -> lark.Lark:
    """The parser, from the saved table where that one is fresh."""
    head, _, saved = (packaged(TABLE) or b"").partition(b"\n")
    if head + b"\n" != stamp():
        return build()
    state = pickle.loads(saved)  # noqa: S301 -- a file of this package, of this very grammar
    load: Any = lark.Lark._load_from_dict  # noqa: SLF001 -- what lark's own stand-alone parsers call
    return cast("lark.Lark", load(**state, transformer=Builder()))


@cache
def vocabulary() -> Vocabulary:
    """How text falls into tokens, as the grammar says."""
    fixed: dict[str, str] = {}
    patterns: dict[str, str] = {}
    for terminal in parser().terminals:
        if terminal.pattern is not None:
            kind = fixed if isinstance(terminal.pattern, PatternStr) else patterns
            kind[terminal.name] = terminal.pattern.value
    return Vocabulary({text: name for name, text in fixed.items()}, patterns)


def main() -> None:
    """Save the table, unless the saved one is fresh: no two have the same bytes."""
    from pathlib import Path  # noqa: PLC0415 -- not for those who only parse

    if (packaged(TABLE) or b"").startswith(stamp()):
        return
    Path(__file__).with_name(TABLE).write_bytes(table())


if __name__ == "__main__":
    from importlib import import_module

    import_module("dsl.parser.table").main()  # what is saved names that module, not __main__
