"""Diagnostics as text, plain or in colours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dsl.records import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

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
MOST_SHOWN = 50
"""Diagnostics in one report: it is read from its beginning."""

WIDEST, BEFORE = 160, 40
"""Characters of a line that are shown, where it has more; so many of them in front of the place."""


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
    texts = [render(one, color=color) + "\n" for one in first_ones(every)]
    return "\n".join([*texts, summary(every)])


def first_ones(every: Sequence[Diagnostic]) -> Sequence[Diagnostic]:
    """Those that are shown: all where they are few, else the first ones, errors before warnings."""
    if len(every) <= MOST_SHOWN:
        return every
    numbers = sorted(range(len(every)), key=lambda number: every[number].severity != "error")
    return [every[number] for number in sorted(numbers[:MOST_SHOWN])]


def summary(every: Sequence[Diagnostic]) -> str:
    """How many errors and warnings: `2 errors, 1 warning`; and how many are shown, where not all are."""
    kinds = [one.severity for one in every]
    counts = ((kinds.count(kind), kind) for kind in ("error", "warning"))
    words = ", ".join(f"{n:,} {kind}{'s' if n > 1 else ''}" for n, kind in counts if n)
    return words if len(every) <= MOST_SHOWN else f"{words}; the first {MOST_SHOWN} are shown"


def drawn(diagnostic: Diagnostic, paint: Callable[[str, str], str]) -> str:
    """One diagnostic, its parts painted: `paint(text, kind)` with a kind of COLOURS."""
    marks = [Mark(diagnostic.span, "", diagnostic.severity)]
    marks.extend(Mark(label.span, printable(label.message), "label") for label in diagnostic.labels)
    gutter = len(str(max(mark.span.line for mark in marks)))
    title = f"{diagnostic.severity}[{diagnostic.code.id}]"
    lines = [
        paint(title, diagnostic.severity) + paint(f": {printable(diagnostic.message)}", "title")
    ]
    for number, group in enumerate(_by_source(marks)):
        lines.extend(_excerpt(group, gutter, "-->" if number == 0 else ":::", paint))
    lines.append(
        f"{' ' * gutter} {paint('=', 'frame')} {paint('help', 'help')}: {printable(diagnostic.help)}"
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
        f"{blank}{paint(arrow, 'frame')} {printable(source.name)}:{line}:{column}",
        f"{blank} {bar}",
    ]
    before = None
    for number in sorted({mark.span.line for mark in marks}):
        if before is not None and number > before + 1:
            found.append(paint("...", "frame"))
        whole = source.line(number)
        for first, here in _windows(whole, [mark for mark in marks if mark.span.line == number]):
            text, positions = expanded(_window(whole, first))
            found.append(f"{paint(str(number).rjust(gutter), 'frame')} {bar} {text}".rstrip())
            lines = (_underline(mark, first, positions, paint) for mark in here)
            found.extend(f"{blank} {bar} {one}" for one in lines)
        before = number
    return found


def _windows(line: str, marks: list[Mark]) -> list[tuple[int, list[Mark]]]:
    """The offset in a line at which to begin, with the marks that are seen from there; one unless the line is long."""
    if len(line) <= WIDEST:
        return [(0, marks)]
    found: list[tuple[int, list[Mark]]] = []
    for mark in marks:
        at = mark.span.source.position(mark.span.start)[1] - 1
        for first, here in found:
            if first <= at < first + WIDEST:
                here.append(mark)
                break
        else:
            found.append((max(at - BEFORE, 0), [mark]))
    return found


def _window(line: str, first: int) -> str:
    """What is shown of a line from an offset on: `…` stands for what is not."""
    if len(line) <= WIDEST:
        return line
    cut = line[first : first + WIDEST]
    return ("…" + cut[1:] if first else cut) + ("…" if first + WIDEST < len(line) else "")


def _underline(
    mark: Mark, first: int, positions: list[int], paint: Callable[[str, str], str]
) -> str:
    """The carets below one mark, with its words; `...` where it goes on below the line, or beyond what is shown of it."""
    position = mark.span.source.position
    line, column = position(mark.span.start)
    last_line, last_column = position(mark.span.end)
    most = len(positions) - 1
    goes_on = last_line > line or last_column - 1 - first > most
    last = most if goes_on else last_column - 1 - first
    start = positions[min(column - 1 - first, most)]
    columns = max(positions[min(last, most)] - start, 1)
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


def printable(text: str) -> str:
    r"""Words that are printed: on one line, with nothing that moves the cursor.

    >>> printable("a\n\x1b[31mb")
    'a␚␚[31mb'
    """
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
