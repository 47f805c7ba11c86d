"""What a cell shows: the summary, warnings, Python; in words and in HTML."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from dsl.report import html, text
from dsl.views.summary import HEADINGS, rows, summary_text, totals

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dsl.diagnostics import Diagnostic
    from dsl.graph import Program

_RIGHT = "params"


def show_summary(program: Program) -> None:
    """Show each layer with its shape, dtype and parameters."""
    _show(summary_text(program), summary_html(program))


def show_warnings(warnings: Iterable[Diagnostic]) -> None:
    """Show what the compiler warns of."""
    listed = list(warnings)
    if listed:
        _show(text.render_all(listed), html.render_all(listed))


def show_python(code: str) -> None:
    """Show Python with its colours."""
    from IPython.display import Code, display

    display(Code(code, language="python"))


def summary_html(program: Program) -> str:
    """The summary as an HTML table."""
    head = "".join(_cell("th", word, word) for word in HEADINGS)
    body = "".join(
        "<tr>" + "".join(map(_data, row.cells, HEADINGS)) + "</tr>" for row in rows(program)
    )
    caption = escape(f"model {program.name}: {', '.join(totals(program))}")
    return (
        f'<table><caption style="text-align: left">{caption}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


def _data(words: str, heading: str) -> str:
    return _cell("td", words, heading)


def _cell(tag: str, words: str, heading: str) -> str:
    side = "right" if heading == _RIGHT else "left"
    return f'<{tag} style="text-align: {side}">{escape(words)}</{tag}>'


def _show(words: str, marked: str) -> None:
    from IPython.display import display

    display({"text/plain": words, "text/html": marked}, raw=True)
