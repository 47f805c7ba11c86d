"""The summary: a program as an aligned table, every operation a row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dsl.records import Record
from dsl.shapes.dims import show

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from dsl.graph import Operation, Program
    from dsl.shapes.types import TensorType

HEADINGS = ("layer", "output shape", "dtype", "params", "connected to")
_RIGHT = 3  # the column of numbers


class Row(Record):
    """An operation in words."""

    layer: str
    shape: str
    dtype: str
    params: str
    connected: str

    @property
    def cells(self) -> tuple[str, str, str, str, str]:
        """The words in the order of `HEADINGS`."""
        return self.layer, self.shape, self.dtype, self.params, self.connected


def summary_text(program: Program) -> str:
    """A program as an aligned table with its totals.

    Args:
        program: a checked program, whole or not.

    Returns:
        Lines of text with a last newline. Nothing is cut short: a line is as long as its words.
    """
    table = [HEADINGS, *(row.cells for row in rows(program))]
    widths = [max(len(row[column]) for row in table) for column in range(len(HEADINGS))]
    lines = [_line(row, widths) for row in table]
    rule = "-" * min(max(len(line) for line in lines), 100)
    return "\n".join(
        [f"model {program.name}", lines[0], rule, *lines[1:], rule, *totals(program), ""]
    )


def rows(program: Program) -> list[Row]:
    """A row for each operation, in the order of the source."""
    return [_row(one) for one in program.operations]


def totals(program: Program) -> list[str]:
    """What the program's weights add up to, a line each."""
    if program.params is None or program.trainable_params is None:
        unknown = [one.name for one in program.operations if None in _counts(one)]
        known = sum(one.params or 0 for one in program.operations)
        return [f"params: at least {count(known)}; not known: {', '.join(unknown)}"]
    frozen = program.params - program.trainable_params
    return [
        f"params: {count(program.params)}{_short(program.params)}",
        f"trainable: {count(program.trainable_params)}",
        f"non-trainable: {count(frozen)}",
    ]


def count(number: int | None) -> str:
    """A count as people read it.

    >>> count(1000052), count(None)
    ('1,000,052', '?')
    """
    return "?" if number is None else f"{number:,}"


def _counts(one: Operation) -> tuple[int | None, int | None]:
    return one.params, one.trainable_params


def _short(number: int) -> str:
    for size, word in ((10**9, "billion"), (10**6, "million")):
        if number >= size:
            return f" ({number / size:.1f} {word})"
    return ""


def _row(one: Operation) -> Row:
    connected = [tensor.operation.name for call in one.calls for tensor in call]
    return Row(
        layer=f"{one.name} ({one.class_name})",
        shape=", ".join(shape_words(each) for each in one.outputs) or "?",
        dtype=", ".join(_unlike(each.dtype or "?" for each in one.outputs)) or "?",
        params=count(one.params),
        connected=", ".join(connected),
    )


def shape_words(tensor: TensorType) -> str:
    """A shape as the language writes it, without the batch where it has one."""
    if tensor.shape is None:
        return "[...]"
    sizes = tensor.shape[1:] if tensor.has_batch else tensor.shape
    return f"[{', '.join(show(size) for size in sizes)}]"


def _unlike(words: Iterable[str]) -> list[str]:
    listed = list(words)
    return listed[:1] if len(set(listed)) == 1 else listed


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (
        cell.rjust(width) if column == _RIGHT else cell.ljust(width)
        for column, (cell, width) in enumerate(zip(cells, widths, strict=True))
    )
    return "  ".join(padded).rstrip()
