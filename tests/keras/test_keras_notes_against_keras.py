"""Each note of `docs/keras-notes.toml`, held against Keras: what it announces, and what a run gives."""

from __future__ import annotations

import runpy
import warnings
from pathlib import Path
from typing import Any

import pytest

from dsl import compiler

pytestmark = pytest.mark.keras

ROOT = Path(__file__).resolve().parents[2]
PAGE = runpy.run_path(str(ROOT / "docs" / "make_keras_notes.py"))
NOTES = PAGE["notes"]()
TABLES = [note for key in PAGE["TABLES"] for note in NOTES[key]]
PROSE = [note for key in PAGE["PROSE"] for note in NOTES[key]]


@pytest.fixture(autouse=True)
def _quiet() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@pytest.mark.parametrize("note", TABLES, ids=lambda note: note["call"])
def test_keras_announces_the_one_and_gives_the_other(note: dict[str, Any]) -> None:
    checked = PAGE["checked"](note)
    model = _model(checked)
    assert ", ".join(map(_words, model.outputs)) == PAGE["announced"](note)
    assert _run(model, checked) == note["run"]


@pytest.mark.parametrize("note", PROSE, ids=lambda note: note["what"][:40])
def test_keras_does_what_a_note_says(note: dict[str, Any]) -> None:
    import keras
    import numpy as np

    names = {"keras": keras, "layers": keras.layers, "ops": keras.ops, "np": np}
    exec(note["python"], names)  # noqa: S102 -- our own page
    assert [one for one in note["shows"] if not eval(one, names)] == []  # noqa: S307 -- our own page


def _model(checked: compiler.Compilation) -> Any:
    """The model without the layers that only give its outputs their names."""
    import keras

    names: dict[str, Any] = {"__name__": "note"}
    exec(compiler.emit(checked), names)  # noqa: S102 -- the code under test
    model = names["build_model"]()
    made = [(one, one._keras_history.operation) for one in model.outputs]
    plain = [by.input if isinstance(by, keras.layers.Identity) else one for one, by in made]
    return keras.Model(model.inputs, plain)


def _words(tensor: Any) -> str:
    import keras

    sizes = ", ".join("?" if size is None else str(size) for size in tuple(tensor.shape)[1:])
    return f"{keras.backend.standardize_dtype(tensor.dtype)}[{sizes}]"


def _run(model: Any, checked: compiler.Compilation) -> str:
    import keras

    given = [_data(one.tensor.type) for one in checked.program.inputs]
    try:
        return ", ".join(map(_words, keras.tree.flatten(model(given if given[1:] else given[0]))))
    except Exception:  # noqa: BLE001 -- however it fails
        return "fails"


def _data(type_: Any) -> Any:
    import keras
    import numpy as np

    sizes = (2, *type_.shape[1:])
    numbers = np.arange(np.prod(sizes)).reshape(sizes) % 3
    if type_.dtype == "string":
        return keras.ops.convert_to_tensor(numbers.astype(str))
    return numbers.astype(type_.dtype)
