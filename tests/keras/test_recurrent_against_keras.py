"""Recurrent layers and wrappers announce what Keras's own announce."""

from itertools import product

import pytest

from dsl.catalogue import lookup
from dsl.catalogue.application import apply
from dsl.catalogue.registry import Policy, Refusal
from dsl.shapes.dims import Size
from dsl.shapes.types import TensorType
from tests.tensors import made, tensor

pytestmark = pytest.mark.keras

T = Size.named("T")
MIXED = Policy("float16", "float32")


SEQUENCES = (tensor(10, 8), tensor(None, 8), tensor(T, 8), tensor(10, 8, dtype="int32"))
WRONG = (tensor(8), tensor(10, 4, 8), tensor(10, None))
FLAGS = [
    dict(zip(("return_sequences", "return_state"), pair, strict=True))
    for pair in product((False, True), repeat=2)
]
STACK = [made("LSTMCell", units=4), made("GRUCell", units=5), made("SimpleRNNCell", units=6)]


@pytest.mark.parametrize("key", ["LSTM", "GRU", "SimpleRNN"])
def test_recurrent_layers(key, disagreements):
    settings = [{}, {"use_bias": False}, {"go_backwards": True}, {"unroll": True}, *FLAGS]
    settings += [{"reset_after": False}] if key == "GRU" else []
    cases = [(key, {"units": 4, **one}, x) for one in settings for x in (*SEQUENCES, *WRONG)]
    assert disagreements(cases) == []


@pytest.mark.parametrize("key", ["LSTM", "GRU"])
def test_stateful_layers_need_a_known_batch(key, disagreements):
    known = TensorType("float32", (32, 10, 8))
    assert (
        disagreements([(key, {"units": 4, "stateful": True}, x) for x in (known, tensor(10, 8))])
        == []
    )


def test_cells_in_rnn(disagreements):
    cells = [*STACK, made("GRUCell", units=4, reset_after=False), STACK, STACK[:1], STACK[1:2]]
    cells.append(made("StackedRNNCells", cells=STACK))
    cases = [("RNN", {"cell": c, **f}, x) for c in cells for f in FLAGS for x in (tensor(10, 8),)]
    assert disagreements(cases) == []


@pytest.mark.parametrize("rank", [1, 2, 3])
def test_convolutional_recurrent_layers(rank, disagreements):
    key = f"ConvLSTM{rank}D"
    x = tensor(5, *(9, 8, 7)[:rank], 3)
    settings = [
        {},
        {"padding": "same"},
        {"strides": 2},
        {"dilation_rate": 2},
        {"strides": 2, "dilation_rate": 2},
        {"use_bias": False},
        {"kernel_size": 12},
        {"data_format": "channels_first"},
        *FLAGS,
    ]
    cases = [(key, {"filters": 4, "kernel_size": 3, **one}, x) for one in settings]
    odd = [
        tensor(None, *(9, 8, 7)[:rank], 3),
        tensor(5, None, *(8, 7)[: rank - 1], 3),
        tensor(5, 3),
    ]
    cases += [(key, {"filters": 4, "kernel_size": 3}, one) for one in odd]
    assert disagreements(cases) == []


def test_bidirectional(disagreements):
    inner = [made(key, units=4, **f) for key in ("LSTM", "GRU", "SimpleRNN") for f in FLAGS]
    inner += [made("RNN", cell=STACK, **f) for f in FLAGS]
    inner += [made("ConvLSTM1D", filters=4, kernel_size=3), made("Dense", units=3)]
    modes = ("concat", "sum", "mul", "ave", None)
    cases = [
        ("Bidirectional", {"layer": one, "merge_mode": mode}, x)
        for one in inner
        for mode in modes
        for x in ((tensor(5, 8, 3),) if one.symbol == "ConvLSTM1D" else (tensor(5, 8),))
    ]
    assert disagreements(cases) == []


def test_bidirectional_with_a_backward_layer(disagreements):
    layers = [
        made("LSTM", units=4, go_backwards=True),
        made("GRU", units=6, go_backwards=True),
        made("LSTM", units=4),
        made("LSTM", units=4, go_backwards=True, return_sequences=True),
    ]
    cases = [
        ("Bidirectional", {"layer": made("LSTM", units=4), "backward_layer": one}, tensor(5, 8))
        for one in layers
    ]
    assert disagreements(cases) == []


def test_time_distributed(disagreements):
    inner = [
        made("Dense", units=3),
        made("Conv2D", filters=3, kernel_size=3),
        made("LSTM", units=3),
        made("Dropout", rate=0.5),
        made("BatchNormalization"),
    ]
    shapes = [tensor(5, 8), tensor(None, 8), tensor(5, 8, 3), tensor(5, 8, 8, 3), tensor(8)]
    cases = [("TimeDistributed", {"layer": one}, x) for one in inner for x in shapes]
    cases = [case for case in cases if not _only_fails_in_the_run(case)]
    assert disagreements(cases) == []


def _only_fails_in_the_run(case):
    """TimeDistributed does not ask its layer how many axes it takes."""
    return case[1]["layer"].symbol == "LSTM" and len(case[2].shape) == 5


def test_layers_under_a_mixed_policy(disagreements):
    inner = made("LSTM", units=4)
    cases = [
        ("LSTM", {"units": 4, "return_state": True}, tensor(5, 8)),
        ("Bidirectional", {"layer": inner}, tensor(5, 8)),
        ("TimeDistributed", {"layer": made("Dense", units=3)}, tensor(5, 8)),
        ("RNN", {"cell": STACK, "return_state": True}, tensor(5, 8)),
    ]
    assert disagreements(cases, policy=MIXED) == []


@pytest.mark.parametrize("states", [[3], [4], [4, 3], [4, 4, 4]])
def test_states_that_are_refused_fail_in_the_run(states):
    import keras

    x, given = tensor(5, 8), [tensor(width) for width in states]
    refusal = apply(lookup.by_key("LSTM"), {"units": 4}, [x], {"initial_state": given}, Policy())
    assert isinstance(refusal, Refusal)
    assert refusal.code == "bad-state"
    with pytest.raises(Exception, match=r"."):
        keras.layers.LSTM(4)(
            keras.ops.ones((2, 5, 8)), initial_state=[keras.ops.ones((2, n)) for n in states]
        )


def test_states_of_the_right_widths_are_taken():
    x, states = tensor(5, 8), [tensor(4), tensor(4)]
    given = apply(lookup.by_key("LSTM"), {"units": 4}, [x], {"initial_state": states}, Policy())
    assert str(given.value) == "float32[4]"


def test_spectral_normalization(disagreements):
    image = tensor(8, 8, 3)
    cases = [
        ("SpectralNormalization", {"layer": made("Dense", units=5)}, tensor(8)),
        *(
            (
                "SpectralNormalization",
                {"layer": made("EinsumDense", equation=equation, output_shape=shape)},
                tensor(9, 4),
            )
            for equation, shape in (
                ("abc,cd->abd", (9, 3)),
                ("abc,dc->abd", (9, 3)),
                ("...c,cd->...d", 3),
            )
        ),
        (
            "SpectralNormalization",
            {"layer": made("ReversibleEmbedding", input_dim=5, output_dim=3)},
            tensor(9),
        ),
        ("SpectralNormalization", {"layer": made("Conv2D", filters=5, kernel_size=3)}, image),
        (
            "SpectralNormalization",
            {"layer": made("Conv2DTranspose", filters=5, kernel_size=3)},
            image,
        ),
        ("SpectralNormalization", {"layer": made("DepthwiseConv2D", kernel_size=3)}, image),
        (
            "SpectralNormalization",
            {"layer": made("SeparableConv2D", filters=5, kernel_size=3)},
            image,
        ),
        (
            "SpectralNormalization",
            {"layer": made("Embedding", input_dim=9, output_dim=4)},
            tensor(8),
        ),
        ("SpectralNormalization", {"layer": made("Dropout", rate=0.5)}, image),
        (
            "SpectralNormalization",
            {"layer": made("Dense", units=5), "power_iterations": 0},
            tensor(8),
        ),
    ]
    assert disagreements(cases) == []


def test_cells_by_hand(disagreements):
    x, h, c = tensor(8), tensor(4), tensor(4)
    cases = [("LSTMCell", {"units": 4}, x, [h, c])]
    cases += [(key, {"units": 4}, x, [h]) for key in ("GRUCell", "SimpleRNNCell")]
    cases += [("GRUCell", {"units": 4, "reset_after": False}, x, h)]
    cases += [("StackedRNNCells", {"cells": STACK}, x, [[h, c], tensor(5), tensor(6)])]
    assert disagreements(cases) == []
