"""Each argument of each layer, right and wrong: rules and domains together say what Keras says.

A refusal of ours claims that Keras raises, or that it builds and cannot run; what is senseless is ours alone to say.
"""

import pytest

from dsl.catalogue import lookup
from dsl.catalogue.application import has_rule
from dsl.catalogue.harvest import EXAMPLES
from tests.tensors import made, tensor

pytestmark = [pytest.mark.keras, pytest.mark.slow]


IMAGE, SEQUENCE = tensor(8, 8, 3), tensor(9, 4)
OPERANDS = (IMAGE, SEQUENCE, tensor(4), tensor(8, 8, 8, 3), tensor(4, 6, 6, 6, 2), [SEQUENCE] * 2)
OPERANDS += (tensor(4, dtype="int32"), [tensor(1, dtype="int32")] * 2, tensor(1, dtype="string"))
VALUES = (
    *(0, 1, -1, 2, 3, 100, 2**70, 0.0, 0.5, 1.0, 1.5, -0.5, True, False, None),
    *("same", "SAME", "foo", "relu", "he_normal", "float16", "channels_first", "", "1"),
    *([], [1], [2], [2, 2], [2, 2, 2], [1, 2], [-1], [0.5, 0.2], ["a"], [None, 3], (1, 2)),
    *([[1, 0], [0, 1]], {}, {"a": 1}, made("initializers.HeNormal"), made("Dense", units=2)),
)
NEEDED = {
    "Bidirectional": {"layer": made("LSTM", units=2)},
    "CategoryEncoding": {"num_tokens": 3},
    "Discretization": {"bin_boundaries": [1.0, 2.0]},
    "EinsumDense": {"equation": "abc,cd->abd", "output_shape": [None, 3]},
    "GroupNormalization": {"groups": 1},
    "Permute": {"dims": [2, 1, 3]},
    "Pipeline": {"layers": [made("RandomFlip")]},
    "RNN": {"cell": made("LSTMCell", units=2)},
    "RandomPosterization": {"factor": 3},
    "RandomZoom": {"height_factor": 0.5},
    "Reshape": {"target_shape": [-1]},
    "STFTSpectrogram": {"frame_length": 4},
    "SpectralNormalization": {"layer": made("Dense", units=2)},
    "TimeDistributed": {"layer": made("Dense", units=2)},
    **{name: {"vocabulary": ["a", "b"]} for name in ("StringLookup", "TextVectorization")},
    "IntegerLookup": {"vocabulary": [1, 2]},
}
OF_ALL = frozenset({"activity_regularizer", "autocast", "dtype", "name", "trainable"})
"""Parameters that every layer has: they are tried on one."""
WITHOUT_CALL = frozenset({"StackedRNNCells", "GRUCell", "LSTMCell", "SimpleRNNCell"})
FOREIGN = frozenset({"FlaxLayer", "JaxLayer", "Lambda", "TFSMLayer"})
LEFT_OUT = frozenset({"noise_shape", "vocabulary"})
"""Parameters that training alone looks at, or whose words are paths of files."""
TOO_LARGE = ("tile_grid_size", 100)
"""Ten thousand tiles with a histogram each take nine gigabytes."""
SHARE = 4
"""One case in so many is tried, others for each layer."""

LAYERS = sorted(
    {
        symbol.key
        for symbol in (lookup.symbol("layers", name) for name in lookup.names("layers"))
        if symbol.is_layer and has_rule(symbol)
    }
    - WITHOUT_CALL
    - FOREIGN
)


@pytest.mark.parametrize("key", LAYERS)
def test_the_arguments_of_a_layer(key, disagreements, keras_takes):
    symbol = lookup.by_key(key)
    required = [one.name for one in symbol.parameters if one.required]
    needed = {name: EXAMPLES.get(name, 0.5 if "factor" in name else 2) for name in required}
    given = {**needed, **NEEDED.get(key, {})}
    call = {"value": SEQUENCE} if "QueryAttention" in key or "HeadAttention" in key else {}
    operands = (SEQUENCE,) if key in ("EinsumDense", "RNN") else OPERANDS
    operand = next(x for x in operands if keras_takes(key, given, x, **call))
    names = {one.name for one in symbol.parameters} - (OF_ALL if key != "Dense" else set())
    cases = [
        (key, {**given, name: value}, operand)
        for name in sorted(names - LEFT_OUT)
        for value in VALUES
        if (name != "trainable" or value is not False) and (name, value) != TOO_LARGE
    ]
    sample = cases[LAYERS.index(key) % SHARE :: SHARE]
    said = disagreements(sample, **call)
    assert [one for one in said if "ours senseless-value" not in one] == []
