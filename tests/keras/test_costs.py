"""Multiply-adds as the rules have them, beside what TensorFlow's profiler counts in Keras's own layers."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest

from dsl.catalogue import lookup
from dsl.catalogue.application import apply
from dsl.catalogue.registry import Configured, Output, Policy
from dsl.shapes.dims import BATCH
from dsl.shapes.types import TensorType

pytestmark = pytest.mark.keras

# Left out, as the profiler counts them otherwise: groups (it can't look into XLA's function), windows with holes
# over sizes that the holes do not divide (it counts the padding), transposed convolutions with padding valid (it
# counts places of the output).
PROFILING = runpy.run_path(str(Path(__file__).with_name("profiling.py")))


def of(*sizes: int, dtype: str = "float32") -> TensorType:
    return TensorType(dtype, (BATCH, *sizes))


def step(symbol: str, **arguments: Any) -> Configured:
    """A layer inside another one, with Keras's defaults."""
    found = lookup.by_key(symbol)
    assert found is not None
    return Configured(symbol, {**found.defaults, **arguments})


X, Y = of(10, 8), of(7, 8)
IMAGE = of(13, 12, 6)
UNROLLED: dict[str, Any] = {"unroll": True}

LAYERS: list[tuple[str, dict[str, Any], list[Any], dict[str, Any]]] = [
    ("Dense", {"units": 5}, [of(8)], {}),
    ("Dense", {"units": 5, "use_bias": False}, [X], {}),
    ("Dense", {"units": 5}, [of(3, 4, 8)], {}),
    ("Embedding", {"input_dim": 9, "output_dim": 4}, [of(10, dtype="int32")], {}),
    ("ReversibleEmbedding", {"input_dim": 9, "output_dim": 8}, [X], {"reverse": True}),
    ("EinsumDense", {"equation": "abc,cd->abd", "output_shape": (None, 5)}, [X], {}),
    ("EinsumDense", {"equation": "abc,cde->abde", "output_shape": (10, 5, 3)}, [X], {}),
    ("EinsumDense", {"equation": "abc,bcd->abd", "output_shape": (10, 5)}, [X], {}),
    ("EinsumDense", {"equation": "abc,cd->ad", "output_shape": (5,)}, [X], {}),
    ("EinsumDense", {"equation": "...x,xy->...y", "output_shape": 5}, [of(3, 10, 8)], {}),
    ("Conv1D", {"filters": 5, "kernel_size": 3}, [X], {}),
    ("Conv1D", {"filters": 5, "kernel_size": 3, "padding": "causal", "strides": 2}, [X], {}),
    ("Conv2D", {"filters": 5, "kernel_size": (3, 2), "padding": "same"}, [IMAGE], {}),
    ("Conv2D", {"filters": 4, "kernel_size": 3, "dilation_rate": 2, "use_bias": False}, [of(14, 12, 6)], {}),
    ("Conv3D", {"filters": 4, "kernel_size": 3, "padding": "same", "strides": 2}, [of(5, 6, 7, 2)], {}),
    ("DepthwiseConv1D", {"kernel_size": 3, "depth_multiplier": 2}, [X], {}),
    ("DepthwiseConv2D", {"kernel_size": 3, "depth_multiplier": 2, "padding": "same"}, [IMAGE], {}),
    ("DepthwiseConv2D", {"kernel_size": 3, "strides": 2}, [IMAGE], {}),
    ("SeparableConv1D", {"filters": 5, "kernel_size": 3}, [X], {}),
    ("SeparableConv2D", {"filters": 5, "kernel_size": 3, "depth_multiplier": 2}, [IMAGE], {}),
    ("Conv2DTranspose", {"filters": 4, "kernel_size": 3, "padding": "same", "strides": 2}, [IMAGE], {}),
    ("Conv3DTranspose", {"filters": 4, "kernel_size": 3, "padding": "same"}, [of(5, 6, 7, 2)], {}),
    ("MultiHeadAttention", {"num_heads": 2, "key_dim": 3}, [X, Y], {}),
    ("MultiHeadAttention", {"num_heads": 2, "key_dim": 3, "value_dim": 5, "use_gate": True}, [X, Y], {}),
    ("MultiHeadAttention", {"num_heads": 2, "key_dim": 3, "output_shape": 6}, [X, Y, of(7, 4)], {}),
    ("MultiHeadAttention", {"num_heads": 2, "key_dim": 3, "attention_axes": (1,)}, [of(4, 5, 8)] * 2, {}),
    ("MultiHeadAttention", {"num_heads": 2, "key_dim": 3}, [of(4, 5, 8)] * 2, {}),
    ("GroupQueryAttention", {"num_query_heads": 4, "num_key_value_heads": 2, "head_dim": 3}, [X, Y], {}),
    ("GroupQueryAttention", {"num_query_heads": 4, "num_key_value_heads": 2, "head_dim": 3, "use_gate": True}, [X, Y], {}),
    ("Attention", {}, [[X, Y]], {}),
    ("Attention", {"score_mode": "concat"}, [[X, Y]], {}),
    ("Attention", {"use_scale": True}, [[X, of(7, 4), Y]], {}),
    ("AdditiveAttention", {"use_scale": False}, [[X, Y]], {}),
    ("LSTM", {"units": 5, **UNROLLED}, [X], {}),
    ("LSTM", {"units": 5, "return_sequences": True, "return_state": True, **UNROLLED}, [X], {}),
    ("GRU", {"units": 5, **UNROLLED}, [X], {}),
    ("GRU", {"units": 5, "reset_after": False, **UNROLLED}, [X], {}),
    ("SimpleRNN", {"units": 5, "go_backwards": True, **UNROLLED}, [X], {}),
    ("RNN", {"cell": step("GRUCell", units=5), **UNROLLED}, [X], {}),
    ("RNN", {"cell": [step("LSTMCell", units=5), step("SimpleRNNCell", units=3)], **UNROLLED}, [X], {}),
    ("LSTMCell", {"units": 5}, [of(8), [of(5), of(5)]], {}),
    ("GRUCell", {"units": 5}, [of(8), [of(5)]], {}),
    ("Bidirectional", {"layer": step("LSTM", units=5, **UNROLLED)}, [X], {}),
    ("ConvLSTM2D", {"filters": 4, "kernel_size": 3, "strides": 2, **UNROLLED}, [of(5, 9, 8, 3)], {}),
    ("ConvLSTM1D", {"filters": 4, "kernel_size": 3, "padding": "same", **UNROLLED}, [of(5, 9, 3)], {}),
    ("SpectralNormalization", {"layer": step("Conv2D", filters=4, kernel_size=3)}, [IMAGE], {}),
    ("Pipeline", {"layers": [step("Dense", units=5), step("Dense", units=4)]}, [of(8)], {}),
    ("STFTSpectrogram", {"frame_length": 16}, [of(100, 2)], {}),
    ("STFTSpectrogram", {"frame_length": 16, "mode": "real", "padding": "same"}, [of(100, 1)], {}),
    ("MelSpectrogram", {"fft_length": 64, "sequence_stride": 16, "num_mel_bins": 5}, [of(200)], {}),
    ("Dot", {"axes": 2}, [[X, Y]], {}),
    ("Dot", {"axes": (1, 2)}, [[X, of(3, 10)]], {}),
    ("ops.matmul", {}, [X, of(8, 3)], {}),
    ("ops.matmul", {}, [of(2, 10, 8), of(1, 8, 3)], {}),
    ("ops.einsum", {"subscripts": "bqd,bkd->bqk"}, [X, Y], {}),
    ("ops.einsum", {"subscripts": "bqd,bkd->bk"}, [X, Y], {}),
    ("ops.einsum", {"subscripts": "...d,bkd->...k"}, [X, Y], {}),
    ("ops.tensordot", {"axes": [[2], [2]]}, [X, Y], {}),
    ("BatchNormalization", {}, [IMAGE], {}),
    ("LayerNormalization", {}, [X], {}),
    ("MaxPooling2D", {}, [IMAGE], {}),
    ("Softmax", {}, [X], {}),
]  # fmt: skip


def announced(symbol: Any, arguments: Any, operands: Any, call: Any) -> Any:
    """The multiply-adds of the rule."""
    own = arguments if symbol.is_layer else {}
    given = {**call, **({} if symbol.is_layer else arguments)}
    made = apply(symbol, own, operands, given, Policy())
    assert isinstance(made, Output), made
    return made.madds


def in_keras(value: Any) -> Any:
    """The same value for Keras."""
    import keras

    if isinstance(value, Configured):
        settings = {name: in_keras(one) for name, one in value.arguments.items()}
        return getattr(keras.layers, value.symbol)(**settings)
    if isinstance(value, list):
        return [in_keras(one) for one in value]
    return value


def profiled(symbol: Any, arguments: Any, operands: Any, call: Any) -> int:
    """What the profiler counts for one sample."""
    import keras
    import tensorflow as tf

    function: Any = keras
    for part in symbol.path.split(".")[1:]:
        function = getattr(function, part)
    settings = {name: in_keras(value) for name, value in arguments.items()}
    layer = function(**settings) if symbol.is_layer else None

    def run(*flat: Any) -> Any:
        tensors = tf.nest.pack_sequence_as(shapes, flat)
        if layer is not None:
            return layer(*tensors, **call)
        return (
            function(*tensors, **settings)
            if symbol.name != "einsum"
            else function(settings["subscripts"], *tensors)
        )

    shapes = [_shapes(one) for one in operands]
    if layer is not None:
        layer(*_symbols(operands), **call)
    specs = [((1, *one.shape[1:]), one.dtype) for one in tf.nest.flatten(shapes)]
    found: int = PROFILING["products_of"](run, *specs)
    return found


def _shapes(value: Any) -> Any:
    import tensorflow as tf

    if isinstance(value, list):
        return [_shapes(one) for one in value]
    return tf.TensorSpec((None, *value.shape[1:]), value.dtype)


def _symbols(value: Any) -> Any:
    import keras

    if isinstance(value, list):
        return [_symbols(one) for one in value]
    return keras.KerasTensor((None, *value.shape[1:]), value.dtype)


def case_name(case: Any) -> str:
    return f"{case[0]}-{LAYERS.index(case)}"


@pytest.mark.parametrize("case", LAYERS, ids=case_name)
def test_a_layer_costs_what_the_profiler_counts(case: Any):
    key, *rest = case
    symbol = lookup.by_key(key)
    ours, theirs = 2 * announced(symbol, *rest), profiled(symbol, *rest)
    assert ours == theirs
