"""Diagnostics as JSON, for editors and other programs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dsl.diagnostics import Diagnostic, Label
    from dsl.source import Span

VERSION = 1


def to_json(diagnostics: Iterable[Diagnostic]) -> str:
    """All diagnostics in the order given.

    Lines and columns count from 1, columns in code points, ends are exclusive.
    """
    found = {"version": VERSION, "diagnostics": [_diagnostic(one) for one in diagnostics]}
    return json.dumps(found, ensure_ascii=False, indent=2)


def _diagnostic(one: Diagnostic) -> dict[str, Any]:
    return {
        "code": one.code.id,
        "severity": one.severity,
        "message": one.message,
        **_place(one.span),
        "labels": [_label(label) for label in one.labels],
        "help": one.help,
        "fix": None if one.fix is None else {**_place(one.fix.span), "text": one.fix.text},
    }


def _label(label: Label) -> dict[str, Any]:
    return {"message": label.message, **_place(label.span)}


def _place(span: Span) -> dict[str, Any]:
    line, column = span.source.position(span.start)
    end_line, end_column = span.source.position(span.end)
    return {
        "file": span.source.name,
        "line": line,
        "column": column,
        "end_line": end_line,
        "end_column": end_column,
    }
