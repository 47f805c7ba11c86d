"""Diagnostics as SARIF 2.1.0, the form that code hosts show beside the lines of a change.

The format is an OASIS standard; columns count from 1 in code points, ends are exclusive.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dsl.codes import Code
    from dsl.diagnostics import Diagnostic, Fix, Label
    from dsl.source import Span

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def to_sarif(diagnostics: Iterable[Diagnostic], version: str) -> str:
    """A log of one run.

    Args:
        diagnostics: in the order to be shown.
        version: that of the compiler.
    """
    listed = list(diagnostics)
    used = sorted({one.code.id: one.code for one in listed}.items())
    rules = [_rule(code) for _, code in used]
    places = {id_: number for number, (id_, _) in enumerate(used)}
    driver = {"name": "dslc", "semanticVersion": version, "rules": rules}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(one, places[one.code.id]) for one in listed],
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, ensure_ascii=False, indent=2)


def _rule(code: Code) -> dict[str, Any]:
    return {
        "id": code.id,
        "shortDescription": {"text": code.title},
        "defaultConfiguration": {"level": code.severity},
    }


def _result(one: Diagnostic, rule: int) -> dict[str, Any]:
    found: dict[str, Any] = {
        "ruleId": one.code.id,
        "ruleIndex": rule,
        "level": one.severity,
        "message": {"text": f"{one.message}. Help: {one.help}"},
        "locations": [{"physicalLocation": _place(one.span)}],
    }
    if one.labels:
        found["relatedLocations"] = [_related(label) for label in one.labels]
    if one.fix is not None:
        found["fixes"] = [_fix(one.fix, one.help)]
    return found


def _related(label: Label) -> dict[str, Any]:
    return {"physicalLocation": _place(label.span), "message": {"text": label.message}}


def _fix(fix: Fix, words: str) -> dict[str, Any]:
    replacement = {"deletedRegion": _region(fix.span), "insertedContent": {"text": fix.text}}
    change = {"artifactLocation": _file(fix.span), "replacements": [replacement]}
    return {"description": {"text": words}, "artifactChanges": [change]}


def _place(span: Span) -> dict[str, Any]:
    return {"artifactLocation": _file(span), "region": _region(span)}


def _file(span: Span) -> dict[str, str]:
    from urllib.parse import quote  # noqa: PLC0415 -- only where SARIF is asked for

    path = span.source.name.replace("\\", "/")
    try:
        return {"uri": quote(path.encode("utf-8", "surrogateescape"))}  # a path's own bytes
    except UnicodeEncodeError:
        return {"uri": quote(path, errors="backslashreplace")}


def _region(span: Span) -> dict[str, int]:
    line, column = span.source.position(span.start)
    end_line, end_column = span.source.position(span.end)
    return {"startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column}
