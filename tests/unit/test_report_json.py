"""Diagnostics as JSON."""

import json

from dsl import codes
from dsl.diagnostics import Diagnostic, Label
from dsl.report.json import to_json
from dsl.source import Source


def test_all_of_a_diagnostic():
    source = Source("a.graph", "é = 1\nx = (2,\n3)\n")
    label = Label(source.span(0, 1), "first")
    one = Diagnostic(codes.SYNTAX, source.span(10, 16), "größer", "mend it", (label,))
    text = to_json([one])
    assert "größer" in text
    assert json.loads(text) == {
        "version": 1,
        "diagnostics": [
            {
                "code": "syntax", "severity": "error", "message": "größer", "file": "a.graph",
                "line": 2, "column": 5, "end_line": 3, "end_column": 3,
                "labels": [
                    {"message": "first", "file": "a.graph", "line": 1, "column": 1,
                     "end_line": 1, "end_column": 2},
                ],
                "help": "mend it",
                "fix": None,
            },
        ],
    }  # fmt: skip


def test_the_keys_stand_in_order():
    source = Source("a.graph", "x")
    (one,) = json.loads(to_json([Diagnostic(codes.SYNTAX, source.span(0, 1), "m", "h")]))[
        "diagnostics"
    ]
    assert list(one) == [
        "code", "severity", "message", "file", "line", "column", "end_line", "end_column",
        "labels", "help", "fix",
    ]  # fmt: skip


def test_nothing_is_told_of_nothing():
    assert json.loads(to_json([])) == {"version": 1, "diagnostics": []}
