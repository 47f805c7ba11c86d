"""Models of `keras.applications` announce what Keras's own announce."""

import warnings

import pytest

from dsl.catalogue import lookup
from dsl.catalogue.application import apply
from dsl.catalogue.registry import Policy, Refusal
from dsl.shapes.dims import BATCH, Size
from dsl.shapes.types import TensorType

pytestmark = [pytest.mark.keras, pytest.mark.slow]

SAMPLE = ("Xception", "VGG16", "MobileNetV2", "EfficientNetB0", "ConvNeXtTiny", "NASNetMobile")


def image(*sizes):
    return TensorType("float32", (BATCH, *sizes))


T = Size.named("T")
FEATURES = {"weights": None, "include_top": False}
CASES = (
    (image(250, 250, 3), FEATURES),
    (image(97, 130, 3), {**FEATURES, "pooling": "avg"}),
    (image(97, 131, 4), FEATURES),
    (image(None, None, 3), FEATURES),
    (image(T, T, 1), FEATURES),
    (image(75, None, 3), FEATURES),
    (image(None, 75, 3), FEATURES),
    (image(31, 80, 3), FEATURES),
    (image(80, 80, None), FEATURES),
    (image(80, 80), FEATURES),
    (image(200, 120, 3), {"weights": None, "classes": 7}),
    (image(None, 120, 3), {"weights": None, "classes": 7}),
    (image(224, 224, 3), {**FEATURES, "input_shape": (200, 200, 3)}),
    (image(225, 225, 3), {**FEATURES, "input_shape": (None, None, 3)}),
)


def ask_keras(name, x, settings):
    """Shape, parameters and frozen ones of a model built as the emitted code builds it."""
    import keras

    sizes = tuple(size if isinstance(size, int) else None for size in x.shape)
    make = getattr(keras.applications, name)
    scope = keras.StatelessScope(initialize_variables=False)
    with scope, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = make(**{"input_shape": sizes[1:], **settings})
        given = model(keras.KerasTensor(sizes))
    count = sum(weight_size(w) for w in model.weights)
    return tuple(given.shape), count, sum(weight_size(w) for w in model.non_trainable_weights)


def weight_size(weight):
    size = 1
    for dim in weight.shape:
        size *= dim
    return size


def disagreement(name, x, settings):
    ours = apply(lookup.by_key(f"applications.{name}"), settings, [x], {}, Policy())
    try:
        theirs = ask_keras(name, x, settings)
    except Exception as problem:  # noqa: BLE001 -- any will do as a refusal
        return "" if isinstance(ours, Refusal) else f"{name} {x} {settings}: Keras says {problem}"
    if isinstance(ours, Refusal):
        if name.startswith("NASNet") and ours.code == "unknown-size":
            return ""  # it builds, leaves out what brings sizes together, and fails in the run
        return f"{name} {x} {settings}: ours refuses ({ours.words}), Keras gives {theirs}"
    shape = tuple(size if isinstance(size, int) else None for size in ours.value.shape)
    own = (shape, ours.params, ours.frozen)
    return "" if own == theirs else f"{name} {x} {settings}: ours {own}, Keras {theirs}"


@pytest.mark.parametrize("name", SAMPLE)
def test_models(name):
    said = [disagreement(name, x, settings) for x, settings in CASES]
    assert [words for words in said if words] == []


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("MobileNet", {"alpha": 0.5}),
        ("MobileNetV2", {"alpha": 1.4}),
        ("MobileNetV3Small", {"minimalistic": True}),
    ],
)
def test_models_of_other_widths(name, settings):
    said = [
        disagreement(name, image(97, 98, 3), {"weights": None, **settings, **more})
        for more in ({}, {"include_top": False})
    ]
    assert [words for words in said if words] == []


WIDTHS = [
    *(
        ("MobileNet", {"alpha": a, "depth_multiplier": m})
        for a in (0.01, 0.33, 1.7)
        for m in (1, 3)
    ),
    *(("MobileNetV2", {"alpha": a}) for a in (0.01, 0.6, 1.05, 2)),
    *(
        (f"MobileNetV3{size}", {"alpha": a, "minimalistic": small})
        for size, a, small in (("Large", 1.3, False), ("Large", 0.4, True), ("Small", 1.9, False))
    ),
]


@pytest.mark.parametrize(("name", "settings"), WIDTHS)
def test_widths_that_nobody_measured(name, settings):
    tops = ({"include_top": False}, {"classes": 7})
    said = [
        disagreement(name, image(64, 64, 4), {"weights": None, **settings, **top}) for top in tops
    ]
    assert [words for words in said if words] == []


def test_published_weights_are_of_some_widths():
    for name, settings in (
        ("MobileNet", {"alpha": 0.6}),
        ("MobileNet", {"depth_multiplier": 2}),
        ("MobileNetV3Small", {"alpha": 0.75, "minimalistic": True}),
    ):
        symbol = lookup.by_key(f"applications.{name}")
        given = apply(
            symbol, {"weights": "imagenet", **settings}, [image(224, 224, 3)], {}, Policy()
        )
        assert isinstance(given, Refusal)
        assert given.code == "bad-value"


def test_published_weights_are_for_three_channels():
    symbol = lookup.by_key("applications.Xception")
    given = apply(symbol, {"include_top": False}, [image(96, 96, 4)], {}, Policy())
    assert given.words == "the weights `imagenet` are for images of 3 channels, and here are 4"


HELD = ("Xception", "MobileNetV3Small", "NASNetMobile", "ConvNeXtTiny", "EfficientNetV2B0")


@pytest.mark.parametrize("name", HELD)
def test_what_is_held_is_what_the_layers_give(name):
    import keras

    from dsl.catalogue import harvest_application_costs as costs

    make = getattr(keras.applications, name)
    settings = {"weights": None, "include_top": False}
    made = apply(lookup.by_key(f"applications.{name}"), settings, [image(97, 97, 1)], {}, Policy())
    model = costs.build(make, 97, channels=1)
    walk = costs.Walk([model])
    peak = max(costs.value(now, walk.places, 97, channels=1) for now in walk.alive)
    assert (made.madds, made.within.held) == costs.totals(model)
    assert made.within.peak == peak


@pytest.mark.parametrize("name", ["VGG16", "Xception"])
def test_the_table_of_costs_is_what_the_harvest_gives(name):
    import json

    import keras

    from dsl.catalogue import harvest_application_costs as costs
    from dsl.catalogue.data import read

    found = costs.measure(getattr(keras.applications, name), {})
    assert read("application_costs.json")[name] == [
        json.loads(json.dumps({"settings": {}, **found}))
    ]


def test_of_each_application_the_costs_are_known():
    from dsl.catalogue.data import read
    from dsl.catalogue.rules.applications import models

    assert set(read("application_costs.json")) == set(models())
