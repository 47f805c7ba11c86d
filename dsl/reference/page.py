"""The reference as a page: `python -m dsl.reference.page` prints `docs/layers.md`."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

from dsl.catalogue import lookup
from dsl.reference.entry import entry
from dsl.reference.examples import example
from dsl.reference.groups import groups, written_name
from dsl.reference.text import types_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dsl.catalogue.lookup import Symbol
    from dsl.reference.entry import Entry
    from dsl.reference.groups import Group

HEAD = """\
# Layers, functions, losses

What Keras {version} has, as the compiler knows it. `dslc layers NAME` tells all about one of them: each parameter with its
default and what it takes, and a whole program as an example. This page is made by `make docs`.

Parameters that every layer has (`name`, `dtype`, `trainable`, …) and those for initializers, regularizers and constraints are
left out here. A parameter with `=` may be left away.
"""
OF_ALL = frozenset({"activity_regularizer", "trainable", "dtype", "autocast", "name"})
ENDS = ("_initializer", "_regularizer", "_constraint")


def page() -> str:
    """The page, in Markdown."""
    parts = [HEAD.format(version=lookup.keras_version()), *map(_section, groups())]
    return "\n".join(parts)


def short_signature(found: Entry) -> str:
    """A signature without defaults, and without what many layers share.

    >>> short_signature(entry(lookup.by_key("Conv1DTranspose")))
    'Conv1DTranspose(filters, kernel_size, strides=, padding=, output_padding=, data_format=, dilation_rate=, activation=, use_bias=)'
    """
    shown = [
        row.name if row.required or row.name.startswith("*") else f"{row.name}="
        for row in found.parameters
        if row.name not in OF_ALL and not row.name.endswith(ENDS)
    ]
    return f"{written_name(found.symbol)}({', '.join(shown)})"


def _section(group: Group) -> str:
    lines = [f"## {group.title[:1].upper()}{group.title[1:]}", ""]
    lines += ["| signature | example |", "|---|---|", *map(_row, group.symbols)]
    if group.aliases:
        listed = ", ".join(f"`{alias}` = `{own}`" for alias, own in group.aliases)
        lines += ["", f"Other names: {listed}."]
    return "\n".join([*lines, ""])


def _row(symbol: Symbol) -> str:
    found = entry(symbol)
    summary = f"<br>{found.summary}" if found.summary else ""
    return f"| `{_cell(short_signature(found))}`{summary} | {'<br>'.join(_example(symbol))} |"


def _example(symbol: Symbol) -> Iterator[str]:
    shown = example(symbol)
    if shown.checked is None:
        yield shown.reason
        return
    named = re.compile(rf"\b{symbol.name}\b")
    line = next(one for one in reversed(shown.text.splitlines()) if named.search(one))
    yield f"`{_cell(line.strip().removeprefix('output y = '))}`"
    if "train:" not in shown.text:
        yield f"`{_cell(types_line(shown))}`"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    sys.stdout.write(page())
