"""The programs in `examples/` build the models that one would write by hand."""

from __future__ import annotations

import runpy
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from dsl import compiler
from dsl.files import loader_beside, read_source

pytestmark = pytest.mark.keras

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
LISTINGS = runpy.run_path(str(Path(__file__).with_name("listings.py")))

SMALL = (
    "first_model", "sequential", "question_answering", "posts", "inception_module", "residual",
    "residual_across_sizes", "siamese_lstm", "model_as_layer", "digits", "voters",
)  # fmt: skip
LARGE = ("siamese_vision", "xception", "inception_v3")

PARAMETERS = {
    "first_model": 3_466,
    "sequential": 3_466,
    "question_answering": 1_000_052,
    "posts": 14_146_316,
    "siamese_lstm": 20_673,
    "siamese_vision": 20_861_480,
    "xception": 22_910_480,
    "inception_v3": 23_851_784,
}

LENGTHS = {"text": 9, "question": 4, "posts": 280, "left": 6, "right": 6}  # for unknown lengths


@cache
def pair(name: str) -> tuple[Any, Any]:
    """The generated model of an example and the hand-written one, with the same weights."""
    import keras

    keras.utils.set_random_seed(0)
    path = EXAMPLES / f"{name}.graph"
    checked = compiler.check(read_source(str(path)), loader=loader_beside(read_source(str(path))))
    assert checked.ok
    module: dict[str, Any] = {"__name__": name}
    exec(compiler.emit(checked), module)  # noqa: S102 -- the code under test
    ours, theirs = module["build_model"](), LISTINGS[name](keras)
    ours.set_weights(theirs.get_weights())
    return ours, theirs


def classes(model: Any) -> list[str]:
    """The classes of the layers in order; an Identity only gives an output its name."""
    return [
        name
        for name in (type(layer).__name__ for layer in model.layers)
        if name not in {"Identity", "InputLayer"}
    ]


def arrays(model: Any, batch: int = 2) -> Any:
    """Random arrays for the inputs of a model."""
    import numpy as np

    draw = np.random.default_rng(1)
    found = []
    for tensor in model.inputs:
        shape = [batch, *(size or LENGTHS[tensor.name] for size in tensor.shape[1:])]
        integers = str(tensor.dtype).startswith("int")
        found.append(draw.integers(0, 7, shape) if integers else draw.random(shape, "float32"))
    return found if len(found) > 1 else found[0]


def listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]


@pytest.mark.parametrize("name", SMALL)
def test_the_layers_are_those_written_by_hand(name: str) -> None:
    ours, theirs = pair(name)
    assert classes(ours) == classes(theirs)


@pytest.mark.parametrize("name", SMALL + LARGE)
def test_shapes_and_dtypes_are_those_written_by_hand(name: str) -> None:
    ours, theirs = pair(name)
    for a, b in ((ours.inputs, theirs.inputs), (ours.outputs, theirs.outputs)):
        assert [(one.shape, one.dtype) for one in a] == [(one.shape, one.dtype) for one in b]


@pytest.mark.parametrize("name", SMALL + LARGE)
def test_the_weights_are_those_written_by_hand(name: str) -> None:
    ours, theirs = pair(name)
    assert [one.shape for one in ours.weights] == [one.shape for one in theirs.weights]
    assert [one.trainable for one in ours.weights] == [one.trainable for one in theirs.weights]


@pytest.mark.parametrize(("name", "count"), PARAMETERS.items())
def test_the_parameters_are_the_known_ones(name: str, count: int) -> None:
    path = EXAMPLES / f"{name}.graph"
    program = compiler.check(read_source(str(path))).program
    assert (program.params, pair(name)[0].count_params()) == (count, count)


@pytest.mark.parametrize("name", [*SMALL, "xception", "inception_v3"])
def test_equal_weights_give_equal_outputs(name: str) -> None:
    import numpy as np

    ours, theirs = pair(name)
    data = arrays(theirs, batch=2 if name in SMALL else 1)
    for a, b in zip(listed(ours(data)), listed(theirs(data)), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", [one for one in SMALL if one not in {"digits", "voters"}])
def test_equal_weights_give_equal_losses_before_and_after_a_step(name: str) -> None:
    import keras
    import numpy as np

    ours, theirs = pair(name)
    data = arrays(theirs)
    targets = [np.random.default_rng(2).random(one.shape) for one in listed(theirs(data))]
    losses = []
    for model in (ours, theirs):
        model.compile(keras.optimizers.SGD(0.01), ["mse"] * len(targets) if targets[1:] else "mse")
        target = targets if len(targets) > 1 else targets[0]
        losses.append(
            [model.train_on_batch(data, target, return_dict=True)["loss"] for _ in range(2)]
        )
    np.testing.assert_allclose(losses[0], losses[1], rtol=1e-4)


@pytest.mark.parametrize(
    ("name", "layer"), [("siamese_lstm", "LSTM"), ("siamese_vision", "Functional")]
)
def test_a_shared_layer_stands_once_in_the_model(name: str, layer: str) -> None:
    ours, _ = pair(name)
    assert classes(ours).count(layer) == 1


def test_a_model_called_twice_is_one_layer() -> None:
    ours, _ = pair("model_as_layer")
    assert classes(ours).count("Functional") == 1


def test_the_siamese_xception_keeps_an_8_by_8_map_of_both() -> None:
    assert pair("siamese_vision")[0].output_shape == (None, 8, 8, 4096)


@pytest.mark.parametrize("name", ["xception", "inception_v3"])
def test_the_architectures_have_the_layers_of_keras_applications(name: str) -> None:
    ours, theirs = pair(name)
    assert classes(ours) == classes(theirs)
