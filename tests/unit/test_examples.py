"""What is kept beside the examples is what they give today."""

from __future__ import annotations

import json
import runpy
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def test_the_generated_scripts_are_fresh() -> None:
    fresh = runpy.run_path(str(EXAMPLES / "generate.py"))["scripts"]()
    kept = {path.name: path.read_text() for path in (EXAMPLES / "generated").glob("*.py")}
    assert kept == fresh


@pytest.mark.parametrize("name", ["digits", "voters"])
def test_a_notebook_holds_the_cells_of_its_script(name: str) -> None:
    pytest.importorskip("nbclient")
    made = runpy.run_path(str(EXAMPLES / "make_notebooks.py"))["NOTEBOOKS"][name]()
    kept = json.loads((EXAMPLES / f"{name}.ipynb").read_text())
    cells = [(cell["id"], "".join(cell["source"])) for cell in kept["cells"]]
    assert cells == [(cell.id, cell.source) for cell in made.cells]


@pytest.mark.parametrize("name", ["digits", "voters"])
def test_a_notebook_was_run_and_failed_only_where_it_should(name: str) -> None:
    kept = json.loads((EXAMPLES / f"{name}.ipynb").read_text())
    code = [cell for cell in kept["cells"] if cell["cell_type"] == "code"]
    failed = [
        cell["id"]
        for cell in code
        if any(output["output_type"] == "error" for output in cell["outputs"])
    ]
    assert all(cell["execution_count"] for cell in code)
    assert failed == [cell["id"] for cell in code if cell["metadata"].get("tags")]
