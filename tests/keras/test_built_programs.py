"""The right programs of `tests/cases/ok` build as announced, run, learn, and come back from a file."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from dsl.build import Script
from dsl.testing.compare import differences

if TYPE_CHECKING:
    from dsl.compiler import Compilation

pytestmark = pytest.mark.keras

UNIT = Path(__file__).parents[1] / "unit" / "test_right_programs.py"
CASES = runpy.run_path(str(UNIT))
PROGRAMS = CASES["PROGRAMS"]
LENGTH = 8  # for sizes that may be any


def built(program: Path) -> tuple[Compilation, Script, Any]:
    """A program, its script and its model."""
    import keras

    keras.utils.clear_session()
    keras.utils.set_random_seed(0)
    done = CASES["checked"](program)
    script = Script(done)
    return done, script, script.model()


def arrays(model: Any, rows: int = 4) -> list[Any]:
    """Random arrays for the inputs of a model: small integers fit every table."""
    import numpy as np

    draw = np.random.default_rng(0)
    found = []
    for one in model.inputs:
        shape = [rows, *(size or LENGTH for size in one.shape[1:])]
        values = draw.integers(0, 2, shape) if "int" in one.dtype else draw.random(shape)
        found.append(values.astype(one.dtype))
    return found


def alone(values: list[Any]) -> Any:
    return values[0] if len(values) == 1 else values


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda one: one.stem)
def test_a_program_builds_and_runs_as_announced(program: Path) -> None:
    done, _, model = built(program)
    assert differences(done.program, model) == []
    results = model(alone(arrays(model)))
    results = results if isinstance(results, list) else [results]
    for endpoint, result in zip(done.program.outputs, results, strict=True):
        sizes = endpoint.tensor.type.shape[1:]
        known = [
            one for one in zip(sizes, result.shape[1:], strict=True) if isinstance(one[0], int)
        ]
        assert all(announced == found for announced, found in known)


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda one: one.stem)
def test_a_second_model_is_as_the_first(program: Path) -> None:
    _, script, first = built(program)
    second = script.model()
    assert [one.shape for one in first.weights] == [one.shape for one in second.weights]
    named = [[one.name for one in model.layers] for model in (first, second)]
    made = [[one for one in names if "." in one] for names in named]
    assert made[0] == made[1]


@pytest.mark.parametrize(
    "program", [one for one in PROGRAMS if "\ntrain:" in one.read_text("utf-8")], ids=lambda one: one.stem
)  # fmt: skip
@pytest.mark.filterwarnings(
    "ignore:__array__ implementation:DeprecationWarning"
)  # Keras's, in save
def test_a_program_learns_and_comes_back_from_a_file(program: Path, tmp_path: Path) -> None:
    import keras
    import numpy as np

    done, script, model = built(program)
    data = alone(arrays(model))
    results = model.predict(data, verbose=0)
    results = results if isinstance(results, list) else [results]
    targets = []
    for endpoint, result in zip(done.program.outputs, results, strict=True):
        term = done.program.training.losses.get(endpoint.name)
        sparse = term is not None and term.name == "SparseCategoricalCrossentropy"
        targets.append(np.zeros(result.shape[:-1] if sparse else result.shape))
    history = script.train(model, (data, alone(targets)), epochs=1, batch_size=4).history
    assert all(np.isfinite(values).all() for values in history.values())
    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    pair = [np.concatenate([np.ravel(one) for one in keras.tree.flatten(m.predict(data, verbose=0))]) for m in (model, again)]  # fmt: skip
    np.testing.assert_allclose(*pair, rtol=1e-4, atol=1e-5)
