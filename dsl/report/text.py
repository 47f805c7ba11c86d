"""Diagnostics as text, plain or in colours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dsl.records import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from dsl.diagnostics import Diagnostic
    from dsl.source import Span

COLOURS = {
    "error": "1;31",
    "warning": "1;33",
    "label": "1;34",
    "frame": "1;34",
    "help": "1;36",
    "title": "1",
}
TAB = 4


class Mark(Record):
    """A stretch of one line to be underlined."""

    span: Span
    message: str
    kind: str


def render(diagnostic: Diagnostic, *, color: bool = False) -> str:
    """One diagnostic: what, where, the lines of the source, and what would mend it."""
    return drawn(diagnostic, _coloured if color else _plain)


def render_all(diagnostics: Iterable[Diagnostic], *, color: bool = False) -> str:
    """All of them, an empty line between, with how many there are; empty where there are none."""
    every = list(diagnostics)
    if not every:
        return ""
    return "\n".join([*(render(one, color=color) + "\n" for one in every), summary(every)])


def summary(diagnostics: Iterable[Diagnostic]) -> str:
    """How many errors and warnings: `2 errors, 1 warning`."""
    kinds = [one.severity for one in diagnostics]
    counts = ((kinds.count(kind), kind) for kind in ("error", "warning"))
    return ", ".join(f"{n} {kind}{'s' if n > 1 else ''}" for n, kind in counts if n)


def drawn(diagnostic: Diagnostic, paint: Callable[[str, str], str]) -> str:
    """One diagnostic, its parts painted: `paint(text, kind)` with a kind of COLOURS."""
    marks = [Mark(diagnostic.span, "", diagnostic.severity)]
    marks.extend(Mark(label.span, _shown(label.message), "label") for label in diagnostic.labels)
    gutter = len(str(max(mark.span.line for mark in marks)))
    title = f"{diagnostic.severity}[{diagnostic.code.id}]"
    lines = [paint(title, diagnostic.severity) + paint(f": {_shown(diagnostic.message)}", "title")]
    for number, group in enumerate(_by_source(marks)):
        lines.extend(_excerpt(group, gutter, "-->" if number == 0 else ":::", paint))
    lines.append(
        f"{' ' * gutter} {paint('=', 'frame')} {paint('help', 'help')}: {_shown(diagnostic.help)}"
    )
    return "\n".join(lines)


def _plain(text: str, kind: str) -> str:  # noqa: ARG001 -- a painter without colours
    return text


def _coloured(text: str, kind: str) -> str:
    return f"\x1b[{COLOURS[kind]}m{text}\x1b[0m"


def _by_source(marks: list[Mark]) -> list[list[Mark]]:
    """The marks of each source, the first mark's source first."""
    groups: dict[str, list[Mark]] = {}
    for mark in marks:
        groups.setdefault(mark.span.source.name, []).append(mark)
    return list(groups.values())


def _excerpt(
    marks: list[Mark], gutter: int, arrow: str, paint: Callable[[str, str], str]
) -> list[str]:
    """The place of the first mark, and all lines of its source that have marks."""
    source = marks[0].span.source
    line, column = source.position(marks[0].span.start)
    bar = paint("|", "frame")
    blank = " " * gutter
    found = [
        f"{blank}{paint(arrow, 'frame')} {_shown(source.name)}:{line}:{column}",
        f"{blank} {bar}",
    ]
    before = None
    for number in sorted({mark.span.line for mark in marks}):
        if before is not None and number > before + 1:
            found.append(paint("...", "frame"))
        text, positions = expanded(source.line(number))
        found.append(f"{paint(str(number).rjust(gutter), 'frame')} {bar} {text}".rstrip())
        here = [mark for mark in marks if mark.span.line == number]
        found.extend(f"{blank} {bar} {_underline(mark, positions, paint)}" for mark in here)
        before = number
    return found


def _underline(mark: Mark, positions: list[int], paint: Callable[[str, str], str]) -> str:
    """The carets below one mark, with its words; `...` where it goes on below the line."""
    position = mark.span.source.position
    line, column = position(mark.span.start)
    last_line, last_column = position(mark.span.end)
    goes_on = last_line > line
    last = len(positions) - 1 if goes_on else last_column - 1
    start = positions[min(column - 1, len(positions) - 1)]
    columns = max(positions[min(last, len(positions) - 1)] - start, 1)
    sign = "^" if mark.kind != "label" else "-"
    words = (
        sign * columns + ("..." if goes_on else "") + (f" {mark.message}" if mark.message else "")
    )
    return " " * start + paint(words, mark.kind)


def expanded(line: str) -> tuple[str, list[int]]:
    """A line with its tabs as spaces, and the display column of each offset, end included."""
    text, column, positions = [], 0, []
    for char in line:
        positions.append(column)
        shown = " " * (TAB - column % TAB) if char == "\t" else _visible(char)
        text.append(shown)
        column += len(shown) if char == "\t" else width(char)
    return "".join(text), [*positions, column]


def _shown(text: str) -> str:
    """Words that are printed: on one line, with nothing that moves the cursor."""
    return text if text.isprintable() else "".join(map(_visible, text))


def _visible(char: str) -> str:
    """A character that would move the cursor or colour the terminal as a mark instead."""
    if char.isascii():
        return char if char.isprintable() else "\N{SYMBOL FOR SUBSTITUTE}"
    return char if char.isprintable() or _joins(char) else "\N{REPLACEMENT CHARACTER}"


def _joins(char: str) -> bool:
    import unicodedata  # noqa: PLC0415 -- only for texts beyond ASCII

    return bool(unicodedata.combining(char))


def width(char: str) -> int:
    """How many columns a character takes in a terminal."""
    if char.isascii():
        return 1
    import unicodedata  # noqa: PLC0415 -- only for texts beyond ASCII

    if unicodedata.combining(char) or unicodedata.category(char) == "Mn":
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1
