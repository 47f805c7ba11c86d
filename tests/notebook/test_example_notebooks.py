"""The notebooks in `examples/` run from top to bottom, and the models learn."""

from __future__ import annotations

import runpy
from ast import literal_eval
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.keras

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def run(name: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Run a notebook, and give the results of its cells by their ids."""
    from nbclient import NotebookClient

    monkeypatch.setenv("PYTHONPATH", str(EXAMPLES.parent))
    made = runpy.run_path(str(EXAMPLES / "make_notebooks.py"))["NOTEBOOKS"][name]()
    NotebookClient(made, timeout=300, resources={"metadata": {"path": str(EXAMPLES)}}).execute()
    return {
        cell.id: output.data["text/plain"]
        for cell in made.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if output.output_type == "execute_result"
    }


def test_the_digits_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    scores = literal_eval(run("digits", monkeypatch)["test"])
    assert scores["accuracy"] >= 0.97


def test_the_votes_are_foretold(monkeypatch: pytest.MonkeyPatch) -> None:
    scores = literal_eval(run("voters", monkeypatch)["test"])
    assert scores["vote_accuracy"] >= 0.85
