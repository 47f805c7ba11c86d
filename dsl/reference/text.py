"""The catalogue as text for a terminal: lists and entries, no line longer than 100 characters unless a name is."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from dsl.catalogue import lookup
from dsl.catalogue.masks import manner
from dsl.reference.entry import entry, signature
from dsl.reference.examples import example
from dsl.reference.groups import stands_for, written_name
from dsl.views.summary import count

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from dsl.catalogue.lookup import Symbol
    from dsl.graph import Program
    from dsl.reference.entry import Entry, Row
    from dsl.reference.examples import Example
    from dsl.reference.groups import Group

WIDTH = 100
_TIED = "\N{NO-BREAK SPACE}"
HINT = "`dslc layers NAME` shows one of them, `dslc layers GROUP` a group: "


def listing(all_groups: Sequence[Group]) -> str:
    """The whole catalogue in columns, a group after the other."""
    names = ", ".join(one.name for one in all_groups)
    head = f"Keras {lookup.keras_version()}. {HINT}{names}"
    parts = [textwrap.fill(head, WIDTH), *(_group_in_columns(one) for one in all_groups)]
    return "\n\n".join(parts) + "\n"


def group_text(group: Group) -> str:
    """A group, a line each where it is known what they do, in columns else."""
    told = [entry(one) for one in group.symbols]
    if not any(one.summary for one in told):
        return _group_in_columns(group) + "\n"
    width = max(len(one.symbol.name) for one in told)
    lines = [
        textwrap.fill(
            f"  {one.symbol.name.ljust(width)}  {one.summary}",
            WIDTH,
            subsequent_indent=" " * (width + 4),
        )
        for one in told
    ]
    return "\n".join([f"{group.title} ({len(told)})", *lines, *_aliases(group), ""])


def takers_text(word: str, takers: Iterable[tuple[Symbol, str]]) -> str:
    """Which symbols have a parameter of that name, or take it as a word, those of one kind together."""
    by_kind: dict[str, list[str]] = {}
    for symbol, parameter in takers:
        rows = (*entry(symbol).parameters, *entry(symbol).call)
        row = next(one for one in rows if one.name == parameter)
        what = row.takes or "not checked by itself"
        title = f"{parameter}: {what}"
        by_kind.setdefault(title, []).append(written_name(symbol))
    parts = [f"{word} is no layer or function; these take it"]
    for title, names in by_kind.items():
        parts.append("\n".join([*_wrapped(title, 2), *_columns(names, 4)]))
    return "\n\n".join(parts) + "\n"


def entry_text(symbol: Symbol, others: Sequence[Symbol] = ()) -> str:
    """All that is known of a symbol.

    Args:
        symbol: what is asked for.
        others: what else bears the name, for a last line.
    """
    found = entry(symbol)
    shown = example(stands_for(symbol))
    parts = [
        _head(found),
        "\n".join(_wrapped(signature(found), 0, 4)),
        _tables(found),
        _example(shown, found),
        _also(others),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def types_line(shown: Example) -> str:
    """What goes in and what comes out: `x: float32[64] -> y: float32[8]`."""
    if shown.checked is None:
        return ""
    program = shown.checked.program
    sides = [
        ", ".join(f"{one.name}: {one.tensor.type}" for one in side)
        for side in (program.inputs, program.outputs)
    ]
    return " -> ".join(sides)


def multiply_adds(program: Program) -> int | None:
    """The products that one sample costs in a small program; None where a size is not known."""
    counts = [one for operation in program.operations for one in operation.madds]
    return None if None in counts else sum(one for one in counts if one is not None)


# ---- lists


def _group_in_columns(group: Group) -> str:
    names = [one.name for one in group.symbols]
    return "\n".join([f"{group.title} ({len(names)})", *_columns(names, 2), *_aliases(group)])


def _aliases(group: Group) -> list[str]:
    if not group.aliases:
        return []
    listed = ", ".join(f"{alias}{_TIED}={_TIED}{own}" for alias, own in group.aliases)
    return [line.replace(_TIED, " ") for line in _wrapped(f"also: {listed}", 2, 4)]


def _columns(names: Sequence[str], indent: int) -> list[str]:
    """Names in columns of one width, read line by line."""
    width = max(len(name) for name in names) + 2
    number = max(1, (WIDTH - indent) // width)
    rows = [names[start : start + number] for start in range(0, len(names), number)]
    return [(" " * indent + "".join(name.ljust(width) for name in row)).rstrip() for row in rows]


def _wrapped(text: str, indent: int, hanging: int = 0) -> list[str]:
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=" " * indent,
        subsequent_indent=" " * (hanging or indent),
        break_long_words=False,
        break_on_hyphens=False,
    )


# ---- one entry


def _head(found: Entry) -> str:
    symbol = found.symbol
    lines = [f"{written_name(symbol)}: {found.what}, {symbol.path}, group {found.group}"]
    if found.alias_of:
        lines.append(f"another name of {found.alias_of}")
    if found.others:
        lines.append(f"other names: {', '.join(found.others)}")
    if found.words:
        lines.append(f"as a word: {', '.join(found.words)}")
    if found.summary:
        lines.append(found.summary)
    if symbol.is_layer and manner(symbol.key):
        lines.append(f"a mask: {manner(symbol.key)}")
    return "\n".join(line for one in lines for line in _wrapped(one, 0, 2))


def _tables(found: Entry) -> str:
    """The parameters of both parentheses: name, default, what they take."""
    rows = [*found.parameters, *found.call]
    widths = [max(map(len, column), default=0) for column in zip(*map(_cells, rows), strict=True)]
    titled = (("parameters", found.parameters), ("in the second parentheses", found.call))
    parts = [
        "\n".join([title, *(line for row in part for line in _row_lines(row, widths))])
        for title, part in titled
        if part
    ]
    return "\n\n".join(parts)


def _cells(row: Row) -> tuple[str, str]:
    return row.name, "must be given" if row.required else row.default


def _row_lines(row: Row, widths: Sequence[int]) -> list[str]:
    name, default = (cell.ljust(width) for cell, width in zip(_cells(row), widths, strict=True))
    takes = f"{row.takes}, set by its bare name" if row.flag else row.takes
    start = f"  {name}  {default}  "
    return _wrapped(f"{start}{takes}", 0, len(start)) if takes else [start.rstrip()]


def _example(shown: Example, found: Entry) -> str:
    if shown.checked is None:
        return "\n".join(_wrapped(f"no example: {shown.reason}", 0, 2))
    program = shown.checked.program
    lines = ["example", *(f"  {line}".rstrip() for line in shown.text.splitlines()), ""]
    lines += _wrapped(types_line(shown), 2, 4)
    if found.holds_weights is not None:
        lines.append(f"  {_costs(program.params, multiply_adds(program))}")
    lines += [
        line
        for one in shown.checked.diagnostics
        for line in _wrapped(f"warning: {one.message}", 2, 4)
    ]
    return "\n".join(lines)


def _costs(params: int | None, madds: int | None) -> str:
    words = "no parameters" if params == 0 else f"{count(params)} parameters"
    return words if not madds else f"{words}, {count(madds)} multiply-adds a sample"


def _also(others: Sequence[Symbol]) -> str:
    if not others:
        return ""
    names = ", ".join(one.path.removeprefix("keras.") for one in others)
    return "\n".join(_wrapped(f"of that name too: {names}", 0, 2))
