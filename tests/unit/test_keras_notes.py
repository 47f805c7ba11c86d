"""The page of Keras's oddities: each note is what the compiler says, and each warning of a rule has its note."""

from __future__ import annotations

import ast
import re
import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = runpy.run_path(str(ROOT / "docs" / "make_keras_notes.py"))
NOTES = PAGE["notes"]()
TABLES = [note for key in PAGE["TABLES"] for note in NOTES[key]]
PROSE = [note for key in PAGE["PROSE"] for note in NOTES[key]]
TOLD = re.compile(r"\bannounce|\bthe run (gives|fails)|\bin the run\b|\ba run on\b")
HELPS = {"built for any size, its branches would not meet in the run"}
"""Sentences that speak of a run and are no warnings."""


@pytest.mark.parametrize("note", TABLES, ids=lambda note: note["call"])
def test_a_note_is_warned_of_where_the_run_differs(note):
    found = PAGE["checked"](note)
    assert [one.code.id for one in found.diagnostics] == ["surprise"]
    assert PAGE["announced"](note) != note["run"]


@pytest.mark.parametrize("note", PROSE, ids=lambda note: note["what"][:40])
def test_a_note_says_what_the_compiler_says(note):
    codes = [one.code.id for one in PAGE["checked"](note).diagnostics] if "program" in note else []
    assert ("says" in note) == bool(codes)
    assert note.get("says", "") in {*codes, ""}


def test_every_warning_that_a_rule_gives_has_a_note():
    found = [
        one.message
        for note in (*TABLES, *(one for one in PROSE if "program" in one))
        for one in PAGE["checked"](note).diagnostics
    ]
    without = [
        f"{place}: {words}"
        for place, words, pattern in _sentences()
        if not any(pattern.search(one) for one in found)
    ]
    assert without == []


def test_the_page_is_fresh():
    fresh = (ROOT / "docs" / "keras-notes.md").read_text(encoding="utf-8") == PAGE["page"]()
    assert fresh, "run make docs"


def _sentences():
    """Sentences of the catalogue that tell of a run: where, as written, and as a pattern."""
    for path in sorted((ROOT / "dsl" / "catalogue").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        nodes = list(ast.walk(tree))
        pieces = {
            id(part) for one in nodes if isinstance(one, ast.JoinedStr) for part in one.values
        }
        notes = {id(one.value) for one in nodes if isinstance(one, ast.Expr)}
        for node in nodes:
            words = _template(node)
            if (
                words
                and id(node) not in pieces | notes
                and TOLD.search(words)
                and words not in HELPS
            ):
                parts = map(re.escape, words.split("\0"))
                yield (
                    f"{path.name}:{node.lineno}",
                    words.replace("\0", "{}"),
                    re.compile(".*".join(parts)),
                )


def _template(node):
    """A text of the code, with a hole where something is put in."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(one.value if isinstance(one, ast.Constant) else "\0" for one in node.values)
    return ""
