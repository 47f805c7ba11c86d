"""The magics in a real kernel, without Keras."""

from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

nbformat = pytest.importorskip("nbformat")
nbclient = pytest.importorskip("nbclient")

ROOT = Path(__file__).resolve().parents[2]


def _run(monkeypatch, *cells):
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    made = nbformat.v4.new_notebook()
    for number, text in enumerate(("%load_ext magics", *cells)):
        cell = nbformat.v4.new_code_cell(text, id=f"cell-{number}")
        cell.metadata["tags"] = ["raises-exception"] if "Dence" in text else []
        made.cells.append(cell)
    nbclient.NotebookClient(made, timeout=60).execute()
    return [output for cell in made.cells for output in cell.outputs]


def test_a_kernel_shows_a_summary_and_an_error_without_a_traceback(monkeypatch):
    summary, error = _run(
        monkeypatch,
        "%%graph --check\ninput x: [4]\noutput y = Dense(3)(x)",
        "%%graph --check\ninput x: [4]\noutput y = Dence(3)(x)",
    )
    assert "<table>" in summary["data"]["text/html"]
    assert "y (Dense)" in summary["data"]["text/plain"]
    assert error["output_type"] == "error"
    assert error["ename"] == "GraphError"
    shown = "\n".join(error["traceback"])
    assert "cell:3:12" in shown
    assert ".py" not in shown


def test_an_error_stops_the_run(monkeypatch):
    with pytest.raises(nbclient.exceptions.CellExecutionError, match="Dens"):
        _run(monkeypatch, "%%graph --check\ninput x: [4]\noutput y = Dens(3)(x)")
