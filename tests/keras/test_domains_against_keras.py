"""What a domain takes, the constructor of Keras's layer takes."""

import warnings

import pytest

from dsl.catalogue import lookup
from dsl.catalogue.application import has_rule
from dsl.catalogue.domains import domain
from dsl.catalogue.harvest import EXAMPLES
from tests.keras.older import does_otherwise, lacks

pytestmark = pytest.mark.keras

VALUES = (
    *(0, -1, 1, 2, 7, 2.5, 0.5, -0.5, True, False, None),
    *("same", "SAME", "causal", "relu", "he_normal", "l2", "zeros", "foo", "float16", "a/b"),
    *("bilinear", "nearest", "channels_last", "concat", "one_hot", "int", "constant"),
    *([2], [2, 2], [2, 2, 2], [1, 2], [0, 1], [[1, 0], [0, 1]], [-1], [0.5, 0.2]),
)
NEEDED = {
    "CategoryEncoding": {"num_tokens": 3},
    "Discretization": {"bin_boundaries": [1.0, 2.0]},
    "RandomPosterization": {"factor": 3},
    "RandomZoom": {"height_factor": 0.5},
}
HANG_ON_OTHERS = frozenset(
    {
        "bias_axes",
        "dilation_rate",
        "dtype",
        "fft_length",
        "groups",
        "invert",
        "mean",
        "num_bins",
        "num_key_value_heads",
        "num_tokens",
        "output_mode",
        "output_padding",
        "output_sequence_length",
        "pad_to_max_tokens",
        "sparse",
        "stateful",
        "strides",
        "variance",
        "vocabulary",
    }
)
"""Parameters whose values are right or wrong together with others: their rules judge them."""

HOLD_OTHERS = frozenset({"FlaxLayer", "JaxLayer", "TFSMLayer", "TorchModuleWrapper"})
"""Layers around something of another library's, or of a file."""

LAYERS = sorted(
    {
        symbol.key
        for symbol in (lookup.symbol("layers", name) for name in lookup.names("layers"))
        if symbol.is_layer
        and has_rule(symbol)
        and not any(one.name in {"layer", "cell", "cells", "layers"} for one in symbol.parameters)
    }
)


@pytest.mark.parametrize("key", LAYERS)
def test_the_constructor_takes_what_the_domain_takes(key):
    import keras

    symbol = lookup.by_key(key)
    required = {one.name: EXAMPLES.get(one.name, 1) for one in symbol.parameters if one.required}
    given = required | NEEDED.get(key, {})
    if key in HOLD_OTHERS:
        pytest.skip(f"{key} holds something that is not made here")
    refused = []
    names = {one.name for one in symbol.parameters if not lacks(symbol, [one.name])}
    for name in sorted(names - HANG_ON_OTHERS):
        known = domain(symbol, name)
        for value in VALUES if known.kind else ():
            if known.refuse(value) is None and value != given.get(name):
                try:
                    with warnings.catch_warnings():
                        warnings.simplefilter("ignore")
                        getattr(keras.layers, key)(**{**given, name: value})
                except Exception as problem:  # noqa: BLE001 -- any will do as a refusal
                    refused.append((name, value, str(problem)[:80]))
    assert not refused or does_otherwise(key, "refuses values")
