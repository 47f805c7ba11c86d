"""What must hold of any text, from parser to emitted Python."""

from __future__ import annotations

import ast

from dsl.compiler import check, emit
from dsl.diagnostics import Problems
from dsl.formatter import format_source
from dsl.loaders import DictLoader
from dsl.picture.fold import diagrams
from dsl.picture.mermaid import mermaid
from dsl.picture.svg import svg
from dsl.report.html import render_all as html
from dsl.report.json import to_json
from dsl.report.sarif import to_sarif
from dsl.report.text import render_all
from dsl.source import Source
from dsl.views.json import summary_json
from dsl.views.summary import summary_text

FILES = {
    "blocks.graph": "const width = 8\nblock Head(units=3)(x):\n    return Dense(units)(x)\n",
    "broken.graph": "block Head(x:\n    return\n",
}


def run(text: str) -> None:
    """Every pass over a text.

    Raises:
        AssertionError: where something does not hold; any other exception is a failure as well.
    """
    source = Source("any.graph", text)
    done = check(source, loader=DictLoader(FILES), values={"units": 4})
    for one in done.diagnostics:
        size = len(one.span.source.text)
        assert 0 <= one.span.start <= one.span.end <= size, one
        assert one.message, one
        assert one.help, one
    for report in (render_all, to_json, html):
        report(done.diagnostics)
    to_sarif(done.diagnostics, "0")
    drawn = diagrams(done.program, 1, [one.span for one in done.diagnostics])
    if drawn[0].boxes:
        svg(drawn)
        mermaid(drawn)
    summary_text(done.program)
    summary_json(done.program)
    formatted(source)
    if done.ok and not done.is_library:
        compiled = emit(done)
        ast.parse(compiled)
        assert compiled == emit(check(source, loader=DictLoader(FILES), values={"units": 4}))


def formatted(source: Source) -> None:
    """The layout of a text is stable; the formatter itself compares the trees."""
    once = format_source(source, Problems())
    if once is None:
        return
    again = format_source(Source(source.name, once), Problems())
    assert once == again, "the layout is not stable"
