"""Diagnostics as HTML: the text's own layout, escaped, in colours that read on light and dark."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from dsl.report.text import drawn, first_ones, summary

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dsl.diagnostics import Diagnostic

# Each of these has a contrast of at least 3 to white and to #111.
STYLES = {
    "error": "color:#e5484d;font-weight:bold",
    "warning": "color:#b7791f;font-weight:bold",
    "label": "color:#3b82f6",
    "frame": "color:#3b82f6",
    "help": "color:#0d9488;font-weight:bold",
    "title": "font-weight:bold",
}
PRE = (
    "margin:0 0 1em;padding:0;background:none;color:inherit;line-height:1.3;"
    "white-space:pre;overflow-x:auto"
)


def render(diagnostic: Diagnostic) -> str:
    """One diagnostic as a `<pre>`."""
    return f'<pre style="{PRE}">{_painted(diagnostic)}</pre>'


def render_all(diagnostics: Iterable[Diagnostic]) -> str:
    """All of them in one `<div>`, with how many there are; empty where there are none."""
    every = list(diagnostics)
    if not every:
        return ""
    return (
        f"<div>{''.join(render(one) for one in first_ones(every))}<div>{summary(every)}</div></div>"
    )


def _painted(diagnostic: Diagnostic) -> str:
    """The text, escaped, with a span of style for each painted part.

    Parts are marked with characters that the text itself shows as something else, then replaced.
    """
    text = escape(drawn(diagnostic, lambda words, kind: f"\x01{kind}\x02{words}\x03"))
    for kind, style in STYLES.items():
        text = text.replace(f"\x01{kind}\x02", f'<span style="{style}">')
    return text.replace("\x03", "</span>")
