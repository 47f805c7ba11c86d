"""The summary: a program as an aligned table, every operation a row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dsl.records import Record
from dsl.report.text import printable
from dsl.shapes.dims import show

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from dsl.graph import Operation, Program, Tensor
    from dsl.shapes.types import TensorType

HEADINGS = ("layer", "output shape", "dtype", "params", "connected to")
_NUMBERS = frozenset({"params", "multiply-adds", "activations", "weights"})
"""Columns that are set to the right."""


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


def summary_text(program: Program, batches: tuple[int, int] | None = None) -> str:
    """A program as an aligned table with its totals.

    Args:
        program: a checked program, whole or not.
        batches: samples of a batch in inference and in training, where the cost is wanted too.

    Returns:
        Lines of text with a last newline. Nothing is cut short: a line is as long as its words.
    """
    table: list[tuple[str, ...]] = [HEADINGS, *(row.cells for row in rows(program))]
    below = totals(program)
    if batches is not None:
        from dsl.views import cost  # noqa: PLC0415 -- where it is wanted

        columns = [cost.HEADINGS, *cost.cost_cells(program)]
        table = [(*row[:-1], *more, row[-1]) for row, more in zip(table, columns, strict=True)]
        below = [*below, *cost.cost_lines(program, batches)]
    widths = [max(len(row[column]) for row in table) for column in range(len(table[0]))]
    lines = [_line(row, widths, table[0]) for row in table]
    rule = "-" * min(max(len(line) for line in lines), 100)
    lines = [printable(line) for line in lines]
    return "\n".join([f"model {program.name}", lines[0], rule, *lines[1:], rule, *below, ""])


def rows(program: Program) -> list[Row]:
    """A row for each operation, in the order of the source."""
    given = program.given()
    return [_row(one, given.get(id(one), ())) for one in program.operations]


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


def _row(one: Operation, given: Sequence[Tensor]) -> Row:
    marks = [_mark(each) for each in given] or [""] * len(one.outputs)
    connected = [tensor.operation.name for call in one.calls for tensor in call]
    return Row(
        layer=f"{one.name} ({one.class_name})",
        shape=", ".join(map("".join, zip(map(shape_words, one.outputs), marks, strict=True)))
        or "?",
        dtype=", ".join(_unlike(each.dtype or "?" for each in one.outputs)) or "?",
        params=count(one.params),
        connected=", ".join(connected),
    )


def _mark(tensor: Tensor) -> str:
    """What stands behind a shape where Keras keeps a mask beside the tensor."""
    if tensor.mask is None and tensor.run_mask is None:
        return ""
    if tensor.mask is None:
        return " masked when run"
    return " masked" if tensor.run_mask is not None else " masked when built"


def shape_words(tensor: TensorType) -> str:
    """A shape as the language writes it, without the batch where it has one."""
    if tensor.shape is None:
        return "[...]"
    sizes = tensor.shape[1:] if tensor.has_batch else tensor.shape
    return f"[{', '.join(show(size) for size in sizes)}]"


def _unlike(words: Iterable[str]) -> list[str]:
    listed = list(words)
    return listed[:1] if len(set(listed)) == 1 else listed


def _line(cells: Sequence[str], widths: Sequence[int], headings: Sequence[str]) -> str:
    padded = (
        cell.rjust(width) if heading in _NUMBERS else cell.ljust(width)
        for cell, width, heading in zip(cells, widths, headings, strict=True)
    )
    return "  ".join(padded).rstrip()
