"""Squiggles while typing: the notebook page sends a cell, the kernel answers what is wrong with it.

They speak over a comm. A request is `{"id": …, "source": …}`, with the text of the whole cell; the answer is
`{"id": …, "marks": […]}`. `labextension/static/squiggles.js` is the other end.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final

from dsl.source import Source
from magics.own_code import NotebookLoader
from magics.variables import Variables

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dsl.diagnostics import Diagnostic
    from dsl.source import Span

TARGET: Final = "dslc-check"
LONGEST: Final = 10_000
"""Characters of a cell. Half a second goes by until a longer one is checked, too much while somebody types."""

MOST_MARKS: Final = 100
"""Nobody reads more at once."""


def install(shell: Any) -> None:
    """Let the kernel around a shell answer; a shell without a kernel has nobody to answer."""
    manager = _manager(shell)
    if manager is not None:
        manager.register_target(TARGET, lambda comm, _: _listen(comm, shell))


def remove(shell: Any) -> None:
    """Take away what `install` brought, and close what is open."""
    manager = _manager(shell)
    if manager is None or TARGET not in manager.targets:
        return
    manager.unregister_target(TARGET, None)
    for comm in list(manager.comms.values()):
        if comm.target_name == TARGET:
            comm.close()


def _manager(shell: Any) -> Any:
    return getattr(getattr(shell, "kernel", None), "comm_manager", None)


def _listen(comm: Any, shell: Any) -> None:
    comm.on_msg(lambda message: comm.send(answer(message["content"]["data"], shell.user_ns)))


def answer(request: Mapping[str, Any], variables: Mapping[str, Any]) -> dict[str, Any]:
    """The answer to a request. It raises nothing: what fails here is told in the cell, not in the kernel's log.

    Args:
        request: `id` and `source`.
        variables: those of the notebook.
    """
    cell = Source("cell", str(request.get("source", "")))
    try:
        marks = marks_of(cell, variables)
    except Exception as error:  # noqa: BLE001 -- whatever it is, the person goes on typing
        words = f"this cell could not be checked: {type(error).__name__}: {error}"
        marks = [_mark(_first_line(cell), "warning", words, "run it to see more")]
    return {"id": request.get("id"), "marks": marks}


def marks_of(cell: Source, variables: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What is wrong with a `%%graph` cell, as plain data.

    Args:
        cell: its text, the line of the magic first.
        variables: those of the notebook.

    Returns:
        For each error or warning `line`, `column`, `end_line`, `end_column`, `severity`, `message` and `help`. Lines
        count from 1; columns from 0 and in units of UTF-16, as in the page.
    """
    if len(cell.text) > LONGEST:
        words = f"a cell of more than {LONGEST:,} characters is not checked while you type"
        return [_mark(_first_line(cell), "warning", words, "run it to have it checked")]
    from dsl.compiler import check  # noqa: PLC0415 -- when a graph is written

    magic = _first_line(cell)
    blank = " " * (magic.end - magic.start)
    graph = Source("cell", cell.text[: magic.start] + blank + cell.text[magic.end :])
    values = Variables(variables)
    found = check(graph, loader=NotebookLoader(os.curdir, values), values=values).diagnostics
    return [_marked(cell, graph, one) for one in found[:MOST_MARKS]]


def _first_line(cell: Source) -> Span:
    """The line of the magic: the first one that is not blank."""
    start = len(cell.text) - len(cell.text.lstrip())
    end = cell.text.find("\n", start)
    return cell.span(start, len(cell.text) if end < 0 else end)


def _marked(cell: Source, graph: Source, one: Diagnostic) -> dict[str, Any]:
    """A diagnostic at its place in the cell; one of another file where the cell leads there."""
    spans = (one.span, *(label.span for label in one.labels))
    here = next((span for span in spans if span.source is graph), None)
    place = _first_line(cell) if here is None else _visible(cell, here)
    elsewhere = "" if here is one.span else f" ({one.span.source.name}, line {one.span.line})"
    return _mark(place, one.severity, one.message + elsewhere, one.help)


def _visible(cell: Source, span: Span) -> Span:
    """A stretch that can be underlined: where nothing stands, the last character before it."""
    if span.start < span.end:
        return cell.span(span.start, span.end)
    end = len(cell.text[: span.start].rstrip())
    return cell.span(end - 1, end) if end else _first_line(cell)


def _mark(place: Span, severity: str, message: str, help: str) -> dict[str, Any]:
    line, column = _position(place.source, place.start)
    end_line, end_column = _position(place.source, place.end)
    return {
        "line": line,
        "column": column,
        "end_line": end_line,
        "end_column": end_column,
        "severity": severity,
        "message": message,
        "help": help,
    }


def _position(cell: Source, offset: int) -> tuple[int, int]:
    line, column = cell.position(offset)
    before = cell.text[offset - column + 1 : offset]
    return line, len(before.encode("utf-16-le", "surrogatepass")) // 2
