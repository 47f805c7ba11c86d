"""What the README shows of the compiler is what the compiler says."""

from __future__ import annotations

import re
from pathlib import Path

from dsl import compiler
from dsl.report.text import render_all
from dsl.source import Source

TEXT = (Path(__file__).resolve().parents[2] / "README.md").read_text()


def block(kind: str) -> str:
    """The first block of that kind."""
    return re.findall(rf"^```{kind}\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)[0]


def checked(text: str) -> compiler.Compilation:
    return compiler.check(Source("question_answering.graph", text))


def test_the_error_in_the_readme_is_what_is_said_of_a_forgotten_lstm() -> None:
    wrong = block("graph").replace(" -> LSTM(16)", "")
    assert block("text").rstrip() == render_all(checked(wrong).diagnostics).rstrip()


def test_the_python_in_the_readme_is_what_is_emitted() -> None:
    assert block("python") in compiler.emit(checked(block("graph")))
