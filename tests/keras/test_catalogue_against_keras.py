"""Facts, dtypes and weights in the catalogue are those of the installed Keras."""

import itertools
import json

import pytest

from dsl.catalogue import lookup, versions
from dsl.catalogue.data import read
from dsl.catalogue.harvest import EXAMPLES, harvest
from dsl.catalogue.weights import UNLESS, WITHOUT
from dsl.shapes.dtypes import DTYPES, FLOAT8, WEAK, promote

pytestmark = pytest.mark.keras


def test_the_facts_are_fresh():
    fresh = json.loads(json.dumps(harvest()))
    kept = versions.as_of(read("keras.json"), read("versions.json"), versions.minor(fresh["keras"]))
    wrong = [key for key in fresh if kept[key] != fresh[key] and key != "keras"]
    assert not wrong, "run make catalogue"


def keras_promotes(*names):
    import keras

    weak = {"int": int, "float": float}
    try:
        return keras.backend.result_type(*(weak.get(name, name) for name in names))
    except ValueError:
        return None


@pytest.mark.parametrize("count", [1, 2])
def test_dtypes_are_promoted_as_by_keras(count):
    names = (*DTYPES, *FLOAT8, *WEAK)
    wrong = [
        (pair, promote(*pair), keras_promotes(*pair))
        for pair in itertools.product(names, repeat=count)
        if promote(*pair) != keras_promotes(*pair)
    ]
    assert not wrong


SHAPES = ((None, 4), (None, 8, 4), (None, 8, 8, 3), (None, 8, 8, 8, 3))
NEEDED = {
    "CategoryEncoding": {"num_tokens": 3},
    "Reshape": {"target_shape": (-1,)},
    "RandomPosterization": {"factor": 3},
}


def built(key):
    """The layer, called on the first tensor, or pair of tensors, that it takes."""
    import keras

    symbol = lookup.by_key(key)
    required = {one.name: EXAMPLES.get(one.name, 1) for one in symbol.parameters if one.required}
    for shape in SHAPES:
        x = keras.KerasTensor(shape)
        for operands in (x, [x, x]):
            layer = getattr(keras.layers, key)(**required | NEEDED.get(key, {}))
            try:
                layer(operands)
            except (ValueError, TypeError, IndexError, AttributeError):
                continue
            return layer
    return pytest.fail(f"{key} takes none of the tensors")


OF_NO_TENSOR = {"Lambda", "InputLayer", "CutMix", "MixUp", "MaxNumBoundingBoxes"}


@pytest.mark.parametrize("key", sorted(WITHOUT - OF_NO_TENSOR))
def test_layers_said_to_hold_no_weights_hold_none(key):
    assert not built(key).weights


@pytest.mark.parametrize("key", sorted(UNLESS))
def test_layers_that_hold_some_by_choice_hold_none_otherwise(key):
    import keras

    layer = getattr(keras.layers, key)(
        **({"center": False, "scale": False} if "Norm" in key else {"use_scale": False})
    )
    x = keras.KerasTensor((None, 4, 32))
    layer(x if "Norm" in key else [x, x])
    assert not layer.weights
