"""Multiply-adds as the rules have them, beside what TensorFlow's profiler counts in Keras's own layers."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest

from dsl.catalogue import lookup
from dsl.catalogue.application import apply
from dsl.catalogue.registry import Configured, Output, Policy
from dsl.cost.training import SLOTS, slots
from tests.tensors import tensor

pytestmark = pytest.mark.keras

# Left out, as the profiler counts them otherwise: windows with holes over sizes that the holes do not divide (it counts
# the padding), transposed convolutions with padding valid (it counts places of the output).
PROFILING = runpy.run_path(str(Path(__file__).with_name("profiling.py")))


def step(symbol: str, **arguments: Any) -> Configured:
    """A layer inside another one, with Keras's defaults."""
    found = lookup.by_key(symbol)
    assert found is not None
    return Configured(symbol, {**found.defaults, **arguments})


X, Y = tensor(10, 8), tensor(7, 8)
IMAGE = tensor(13, 12, 6)
UNROLLED: dict[str, Any] = {"unroll": True}

LAYERS: list[tuple[str, dict[str, Any], list[Any], dict[str, Any]]] = [
    ("Dense", {"units": 5}, [tensor(8)], {}),
    ("Dense", {"units": 5, "use_bias": False}, [X], {}),
    ("Dense", {"units": 5}, [tensor(3, 4, 8)], {}),
    ("Embedding", {"input_dim": 9, "output_dim": 4}, [tensor(10, dtype="int32")], {}),
    ("ReversibleEmbedding", {"input_dim": 9, "output_dim": 8}, [X], {"reverse": True}),
    ("EinsumDense", {"equation": "abc,cd->abd", "output_shape": (None, 5)}, [X], {}),
    ("EinsumDense", {"equation": "abc,cde->abde", "output_shape": (10, 5, 3)}, [X], {}),
    ("EinsumDense", {"equation": "abc,bcd->abd", "output_shape": (10, 5)}, [X], {}),
    ("EinsumDense", {"equation": "abc,cd->ad", "output_shape": (5,)}, [X], {}),
    ("EinsumDense", {"equation": "...x,xy->...y", "output_shape": 5}, [tensor(3, 10, 8)], {}),
    ("Conv1D", {"filters": 5, "kernel_size": 3}, [X], {}),
    ("Conv1D", {"filters": 5, "kernel_size": 3, "padding": "causal", "strides": 2}, [X], {}),
    ("Conv2D", {"filters": 5, "kernel_size": (3, 2), "padding": "same"}, [IMAGE], {}),
    ("Conv2D", {"filters": 4, "kernel_size": 3, "strides": 2, "groups": 2}, [IMAGE], {}),
    ("Conv2D", {"filters": 4, "kernel_size": 3, "dilation_rate": 2, "use_bias": False}, [tensor(14, 12, 6)], {}),
    ("Conv3D", {"filters": 4, "kernel_size": 3, "padding": "same", "strides": 2}, [tensor(5, 6, 7, 2)], {}),
    ("DepthwiseConv1D", {"kernel_size": 3, "depth_multiplier": 2}, [X], {}),
    ("DepthwiseConv2D", {"kernel_size": 3, "depth_multiplier": 2, "padding": "same"}, [IMAGE], {}),
    ("DepthwiseConv2D", {"kernel_size": 3, "strides": 2}, [IMAGE], {}),
    ("SeparableConv1D", {"filters": 5, "kernel_size": 3}, [X], {}),
    ("SeparableConv2D", {"filters": 5, "kernel_size": 3, "depth_multiplier": 2}, [IMAGE], {}),
    ("Conv2DTranspose", {"filters": 4, "kernel_size": 3, "padding": "same", "strides": 2}, [IMAGE], {}),
    ("Conv3DTranspose", {"filters": 4, "kernel_size": 3, "padding": "same"}, [tensor(5, 6, 7, 2)], {}),
    ("MultiHeadAttention", {"num_heads": 2, "key_dim": 3}, [X, Y], {}),
    ("MultiHeadAttention", {"num_heads": 2, "key_dim": 3, "value_dim": 5, "use_gate": True}, [X, Y], {}),
    ("MultiHeadAttention", {"num_heads": 2, "key_dim": 3, "output_shape": 6}, [X, Y, tensor(7, 4)], {}),
    ("MultiHeadAttention", {"num_heads": 2, "key_dim": 3, "attention_axes": (1,)}, [tensor(4, 5, 8)] * 2, {}),
    ("MultiHeadAttention", {"num_heads": 2, "key_dim": 3}, [tensor(4, 5, 8)] * 2, {}),
    ("GroupQueryAttention", {"num_query_heads": 4, "num_key_value_heads": 2, "head_dim": 3}, [X, Y], {}),
    ("GroupQueryAttention", {"num_query_heads": 4, "num_key_value_heads": 2, "head_dim": 3, "use_gate": True}, [X, Y], {}),
    ("Attention", {}, [[X, Y]], {}),
    ("Attention", {"score_mode": "concat"}, [[X, Y]], {}),
    ("Attention", {"use_scale": True}, [[X, tensor(7, 4), Y]], {}),
    ("AdditiveAttention", {"use_scale": False}, [[X, Y]], {}),
    ("LSTM", {"units": 5, **UNROLLED}, [X], {}),
    ("LSTM", {"units": 5, "return_sequences": True, "return_state": True, **UNROLLED}, [X], {}),
    ("GRU", {"units": 5, **UNROLLED}, [X], {}),
    ("GRU", {"units": 5, "reset_after": False, **UNROLLED}, [X], {}),
    ("SimpleRNN", {"units": 5, "go_backwards": True, **UNROLLED}, [X], {}),
    ("RNN", {"cell": step("GRUCell", units=5), **UNROLLED}, [X], {}),
    ("RNN", {"cell": [step("LSTMCell", units=5), step("SimpleRNNCell", units=3)], **UNROLLED}, [X], {}),
    ("LSTMCell", {"units": 5}, [tensor(8), [tensor(5), tensor(5)]], {}),
    ("GRUCell", {"units": 5}, [tensor(8), [tensor(5)]], {}),
    ("Bidirectional", {"layer": step("LSTM", units=5, **UNROLLED)}, [X], {}),
    ("ConvLSTM2D", {"filters": 4, "kernel_size": 3, "strides": 2, **UNROLLED}, [tensor(5, 9, 8, 3)], {}),
    ("ConvLSTM1D", {"filters": 4, "kernel_size": 3, "padding": "same", **UNROLLED}, [tensor(5, 9, 3)], {}),
    ("SpectralNormalization", {"layer": step("Conv2D", filters=4, kernel_size=3)}, [IMAGE], {}),
    ("Pipeline", {"layers": [step("Dense", units=5), step("Dense", units=4)]}, [tensor(8)], {}),
    ("STFTSpectrogram", {"frame_length": 16}, [tensor(100, 2)], {}),
    ("STFTSpectrogram", {"frame_length": 16, "mode": "real", "padding": "same"}, [tensor(100, 1)], {}),
    ("MelSpectrogram", {"fft_length": 64, "sequence_stride": 16, "num_mel_bins": 5}, [tensor(200)], {}),
    ("Dot", {"axes": 2}, [[X, Y]], {}),
    ("Dot", {"axes": (1, 2)}, [[X, tensor(3, 10)]], {}),
    ("ops.matmul", {}, [X, tensor(8, 3)], {}),
    ("ops.matmul", {}, [tensor(2, 10, 8), tensor(1, 8, 3)], {}),
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


# ---- whole programs

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
LISTINGS = runpy.run_path(str(Path(__file__).with_name("listings.py")))
SMALL = (
    "first_model", "sequential", "posts", "inception_module", "residual", "residual_across_sizes",
    "model_as_layer", "digits", "voters",
)  # fmt: skip
RECURRENT = ("question_answering", "siamese_lstm")
LARGE = ("siamese_vision", "xception", "inception_v3")
LENGTH = 280


def program_of(name: str, **sizes: int) -> Any:
    """An example, its unknown sizes named and taken for a number."""
    from dsl import compiler
    from dsl.source import Source

    text = (EXAMPLES / f"{name}.graph").read_text("utf-8").replace("?", "T")
    given = (
        {"T": LENGTH, **sizes} if "T" in text.split("const")[0] + text and "[T" in text else sizes
    )
    done = compiler.check(Source(f"{name}.graph", text), sizes=given)
    assert done.ok, [one.message for one in done.diagnostics]
    return done.program


def specs_of(model: Any, length: int = LENGTH) -> list[tuple[tuple[int, ...], str]]:
    return [((1, *(size or length for size in one.shape[1:])), one.dtype) for one in model.inputs]


def run_of(model: Any) -> Any:
    return lambda *flat: model(list(flat) if len(flat) > 1 else flat[0])


def madds_of(program: Any) -> int:
    return sum(one.madds for one in program.applications)


@pytest.mark.parametrize("name", SMALL)
def test_a_listing_costs_what_the_profiler_counts(name: str):
    import keras

    model = LISTINGS[name](keras)
    assert 2 * madds_of(program_of(name)) == PROFILING["products_of"](
        run_of(model), *specs_of(model)
    )


@pytest.mark.slow
@pytest.mark.parametrize("name", LARGE)
def test_a_large_listing_costs_what_the_profiler_counts(name: str):
    import keras

    model = LISTINGS[name](keras)
    found = PROFILING["operations_of"](run_of(model), *specs_of(model))
    products = sum(count for kind, count in found.items() if kind in PROFILING["PRODUCTS"])
    assert 2 * madds_of(program_of(name)) == products
    assert products > 0.97 * sum(found.values())


@pytest.mark.parametrize("name", RECURRENT)
def test_a_recurrent_listing_costs_a_step_for_each_step(name: str):
    import keras

    length = 7
    model = LISTINGS[name](keras)
    unrolled = keras.models.clone_model(
        model,
        input_tensors=[
            keras.Input((length, *one.shape[2:]), dtype=one.dtype) for one in model.inputs
        ],
        clone_function=_unrolled,
    )
    counted = PROFILING["products_of"](run_of(unrolled), *specs_of(unrolled))
    assert 2 * madds_of(program_of(name, T=length)) == counted


def _unrolled(layer: Any) -> Any:
    config = layer.get_config()
    return type(layer).from_config({**config, "unroll": True} if "unroll" in config else config)


# ---- applications

APPLICATIONS: list[tuple[str, tuple[int, int, int], dict[str, Any]]] = [
    ("MobileNet", (97, 130, 3), {"include_top": False, "pooling": "avg"}),
    ("MobileNetV2", (131, 96, 1), {"include_top": False, "alpha": 0.5}),
    ("MobileNetV3Small", (160, 160, 3), {"classes": 7}),
    ("EfficientNetB0", (130, 97, 3), {"include_top": False}),
    ("EfficientNetV2B0", (64, 96, 3), {"include_top": False, "include_preprocessing": False}),
    ("ResNet50", (224, 224, 3), {}),
    ("VGG16", (64, 96, 3), {"classes": 7}),
    ("ConvNeXtTiny", (96, 64, 3), {"classes": 3}),
    ("NASNetMobile", (97, 130, 3), {"include_top": False}),
]


def application(
    name: str, shape: tuple[int, ...], settings: dict[str, Any]
) -> tuple[Any, int, int]:
    """What the rule announces, and what the profiler counts of products and of all."""
    import keras

    given = {"weights": None, **settings}
    symbol = lookup.by_key(f"applications.{name}")
    made = apply(symbol, given, [tensor(*shape)], {}, Policy())
    model = getattr(keras.applications, name)(input_shape=shape, **given)
    found = PROFILING["operations_of"](run_of(model), ((1, *shape), "float32"))
    counted = sum(count for kind, count in found.items() if kind in PROFILING["PRODUCTS"])
    return made, counted, sum(found.values())


@pytest.mark.slow
@pytest.mark.parametrize(("name", "shape", "settings"), APPLICATIONS, ids=str)
def test_an_application_costs_what_the_profiler_counts(
    name: str, shape: tuple[int, ...], settings: dict[str, Any]
):
    made, products, whole = application(name, shape, settings)
    assert 2 * made.madds == products
    assert products > 0.93 * whole


# ---- a step of training


def gradients_of(model: Any) -> Any:
    """Forward and backward pass of one sample, for the profiler, which takes no weights that move by themselves."""
    import tensorflow as tf

    def run(*flat: Any) -> Any:
        with tf.GradientTape() as tape:
            made = model(list(flat) if len(flat) > 1 else flat[0], training=False)
            loss = tf.add_n([tf.reduce_sum(one * one) for one in tf.nest.flatten(made)])
        return [g for g in tape.gradient(loss, model.trainable_variables) if g is not None]

    return run


TRAINED = {
    "dense": """
        input x: [10]
        a = Dense(20, relu)(x)
        output y = Dense(5)(a)
        """,
    "frozen": """
        input x: [10]
        a = Dense(20, trainable=false)(x)
        b = Dense(30)(a)
        c = Dense(40, trainable=false)(b)
        output y = Dense(5)(c)
        """,
    "convolutions": """
        input image: [16, 16, 3]
        x = image -> Conv2D(8, 3, relu, padding=same) -> Conv2D(8, 3, relu, padding=same, strides=2)
        x += Conv2D(8, 1)(x)
        output y = x -> GlobalAveragePooling2D -> Dense(4)
        """,
    "separable": """
        input image: [16, 16, 3]
        x = image -> SeparableConv2D(8, 3, padding=same) -> DepthwiseConv2D(3, padding=same)
        output y = x -> Flatten -> Dense(4)
        """,
    "attention": """
        input x: [6, 8]
        h = Dense(8)(x)
        h += MultiHeadAttention(2, 4)(h, h)
        output y = h -> Flatten -> Dense(4)
        """,
    "attention over the input": """
        input x: [6, 8]
        h = MultiHeadAttention(2, 4, use_gate=true)(x, x)
        output y = h -> Flatten -> Dense(4)
        """,
    "recurrent": """
        input words: int32[6]
        x = words -> Embedding(50, 8) -> LSTM(4, unroll=true, return_sequences) -> GRU(3, unroll=true)
        output y = Dense(2)(x)
        """,
    "recurrent over the input": """
        input x: [6, 8]
        output y = LSTM(4, unroll=true)(x)
        """,
    "a stack of cells": """
        input x: [6, 8]
        h = Dense(8)(x)
        output y = RNN([LSTMCell(4), GRUCell(3), SimpleRNNCell(5)], unroll=true)(h)
        """,
    "both ways from given states": """
        input x: [6, 8]
        input s: [4]
        h = Dense(4)(s)
        output y = Bidirectional(GRU(4, unroll=true))(Dense(8)(x), initial_state=[h, h])
        """,
    "products of tensors": """
        input x: [6, 8]
        input z: [8, 5]
        h = Dense(8)(x)
        output y = (h @ z) -> Flatten
        output w = matmul(h, transpose(h, [0, 2, 1]))
        """,
    "a frozen model": """
        model Tower()(x: [8]):
            return x -> Dense(4) -> Dense(2)

        input a: [8]
        h = Dense(8)(a)
        output y = Tower(trainable=false)(h) -> Dense(3)
        """,
    "an application": """
        input image: [64, 64, 3]
        x = image -> MobileNet(weights=none, include_top=false, pooling=avg, alpha=0.25)
        output y = Dense(3)(x)
        """,
    "a frozen application behind what learns": """
        input image: [64, 64, 3]
        x = image -> Conv2D(3, 1)
        x = x -> MobileNet(weights=none, include_top=false, pooling=avg, alpha=0.25, trainable=false)
        output y = Dense(3)(x)
        """,
    "a shared layer": """
        input a: [8]
        input b: [8]
        shared d = Dense(8)
        output y = d(a) + d(d(b))
        """,
}


@pytest.mark.parametrize("name", TRAINED)
def test_a_step_of_training_costs_what_the_profiler_counts(name: str):
    from textwrap import dedent

    from dsl import compiler
    from dsl.build import build
    from dsl.cost.training import backward_madds
    from dsl.source import Source

    done = compiler.check(Source("test.graph", dedent(TRAINED[name])))
    assert done.ok, [one.message for one in done.diagnostics]
    model = build(done)
    found = PROFILING["products_of"](gradients_of(model), *specs_of(model))
    assert 2 * (madds_of(done.program) + backward_madds(done.program)) == found


# ---- what an optimizer keeps

OPTIMIZERS: list[tuple[str, dict[str, Any]]] = [
    *[(name, {}) for name in SLOTS],
    ("SGD", {"momentum": 0.9}),
    ("SGD", {"momentum": 0.9, "nesterov": True}),
    ("RMSprop", {"momentum": 0.5}),
    ("RMSprop", {"centered": True}),
    ("RMSprop", {"centered": True, "momentum": 0.5}),
    ("Adam", {"amsgrad": True}),
    ("AdamW", {"amsgrad": True, "weight_decay": 0.1}),
    ("Adam", {"use_ema": True}),
    ("Nadam", {"gradient_accumulation_steps": 2}),
    ("Lion", {"use_ema": True, "gradient_accumulation_steps": 4}),
    ("Adam", {"weight_decay": 0.01, "clipnorm": 1.0}),
]


def test_the_table_has_each_optimizer_but_those_whose_slots_hang_on_shapes():
    left_out = {
        "Adafactor", "LossScaleOptimizer", "MultiOptimizer", "Muon", "Optimizer", "OptimizerMap",
    }  # fmt: skip
    public = {name for name in lookup.names("optimizers") if name[0].isupper()}
    assert public - left_out == set(SLOTS)


@pytest.mark.parametrize(("name", "settings"), OPTIMIZERS, ids=str)
def test_an_optimizer_keeps_what_the_table_says(name: str, settings: dict[str, Any]):
    import keras

    weights = [keras.Variable([[1.0, 2.0, 3.0]] * 5), keras.Variable([1.0] * 7)]
    made = getattr(keras.optimizers, name)(**settings)
    made.build(weights)
    # a running average or an accumulator of gradients is no variable of the optimizer in each version
    own = {id(one): one for one in made.variables}
    for more in ("_model_variables_moving_average", "_accumulated_gradients"):
        own |= {id(one): one for one in getattr(made, more, ()) or () if one is not None}
    kept = sum(one.value.shape.num_elements() for one in own.values() if len(one.shape))
    assert kept == (slots(name, settings) or 0) * (15 + 7)


# ---- bytes of weights and activations

WEIGHED = """
input image: [16, 16, 3]
input words: int32[6]
x = image -> Normalization(mean=0.5, variance=2.0) -> Conv2D(8, 3) -> BatchNormalization -> GlobalAveragePooling2D
w = words -> Embedding(50, 8) -> Bidirectional(LSTM(4)) -> Dense(8)
v = SpectralNormalization(Dense(8))(x) -> Dense(8, dtype=float32) -> LayerNormalization
output y = concatenate([x, w, v]) -> Dropout(0.5) -> Dense(4)
"""


@pytest.mark.parametrize("precision", ["float32", "mixed_float16", "mixed_bfloat16", "float16"])
def test_bytes_are_those_of_the_built_model(precision: str):
    from dsl import compiler
    from dsl.build import build
    from dsl.cost.totals import inference
    from dsl.source import Source

    train = f"\ntrain:\n    precision = {precision}\n    optimizer = adam\n    loss = mse\n"
    done = compiler.check(Source("test.graph", WEIGHED + train))
    assert done.ok, [one.message for one in done.diagnostics]
    model = build(done)
    ours = inference(done.program, 1)
    assert ours.weights == sum(_bytes(one.shape, one.dtype) for one in model.weights)
    outputs = [out for one in model.operations for out in _listed(one.output)]
    assert ours.activations == sum(_bytes(one.shape[1:], one.dtype) for one in outputs)


def _bytes(shape: Any, dtype: Any) -> int:
    from dsl.shapes.dtypes import width

    numbers = 1
    for size in shape:
        numbers *= size
    return numbers * (width(str(dtype)) or 0)


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]
