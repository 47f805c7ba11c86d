"""Layers that Keras builds: what is said of a step of training, and what a step does."""

from __future__ import annotations

import warnings
from itertools import product
from typing import Any

import pytest

from dsl import compiler
from dsl.source import Source

pytestmark = pytest.mark.keras

ORTHOGONAL = "OrthogonalRegularizer()"
REGULARIZED = (
    *(f"Dense(3, {what}_regularizer={ORTHOGONAL})(x)" for what in ("kernel", "bias", "activity")),
    f"Dense(3, activity_regularizer={ORTHOGONAL})(Flatten()(x))",
    f"Dense(3, use_bias=false, bias_regularizer={ORTHOGONAL})(x)",
    "Conv1D(3, 2, kernel_regularizer=orthogonal_regularizer)(x)",
    f"Conv1D(3, 2, activity_regularizer={ORTHOGONAL})(x)",
    f"SeparableConv1D(3, 2, pointwise_regularizer={ORTHOGONAL})(x)",
    f"LayerNormalization(gamma_regularizer={ORTHOGONAL})(x)",
    f"LayerNormalization(axis=[1, 2], gamma_regularizer={ORTHOGONAL})(x)",
    f"LayerNormalization(scale=false, gamma_regularizer={ORTHOGONAL})(x)",
    f"LSTM(3, kernel_regularizer={ORTHOGONAL}, recurrent_regularizer={ORTHOGONAL})(x)",
    f"LSTM(3, bias_regularizer={ORTHOGONAL})(x)",
    f"GRU(3, bias_regularizer={ORTHOGONAL})(x)",
    f"GRU(3, reset_after=false, bias_regularizer={ORTHOGONAL})(x)",
    f"SimpleRNN(3, return_sequences, activity_regularizer={ORTHOGONAL})(x)",
    f"MultiHeadAttention(2, 3, kernel_regularizer={ORTHOGONAL})(x, x)",
    f"MultiHeadAttention(2, 3, bias_regularizer={ORTHOGONAL})(x, x)",
    f'EinsumDense("abc,cde->abde", [4, 2, 3], kernel_regularizer={ORTHOGONAL})(x)',
    f'EinsumDense("abc,cd->abd", [4, 3], kernel_regularizer={ORTHOGONAL})(x)',
    f"PReLU(alpha_regularizer={ORTHOGONAL})(x)",
    f"PReLU(alpha_regularizer={ORTHOGONAL})(Flatten()(x))",
    f"TimeDistributed(Dense(3, bias_regularizer={ORTHOGONAL}))(x)",
)
DTYPES = ("float32", "int32", "bool")
ATTENTION = (
    "Attention()",
    "Attention(use_scale)",
    "Attention(score_mode=concat)",
    "AdditiveAttention()",
    "AdditiveAttention(use_scale=false)",
)
STATES = ("", "dtype=float16", "dtype=mixed_bfloat16", "dtype=float64")


@pytest.fixture(autouse=True)
def _quiet() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@pytest.mark.parametrize("layer", REGULARIZED)
def test_orthogonal_weights_are_matrices(layer: str) -> None:
    text = f"input x: [4, 16]\nh = {layer}\noutput y = Dense(1)(h)\n"
    codes = {one.code.id for one in _checked(text).diagnostics if one.severity == "error"}
    assert codes <= {"cannot-run"}
    plain = _checked(text.replace(ORTHOGONAL, "L2()").replace("orthogonal_regularizer", "l2"))
    script = compiler.emit(plain)
    for other in ("regularizers.L2()", "keras.regularizers.L2()", '"l2"', "'l2'"):
        script = script.replace(other, "keras.regularizers.OrthogonalRegularizer()")
    script = script.replace("keras.keras.", "keras.")
    assert "Orthogonal" in script
    assert _learns(script) is not bool(codes)


@pytest.mark.parametrize("layer", ATTENTION)
def test_dtypes_of_attention_without_projections(layer: str) -> None:
    wrong = {}
    for query, key in product(DTYPES, DTYPES):
        call = f"{layer}([cast(x, {query}), x, cast(x, {key})])"
        text = f"input x: [4, 16]\noutput y = {call}\n"
        ours = _checked(text)
        assert {one.code.id for one in ours.diagnostics if one.severity == "error"} <= {
            "cannot-run"
        }
        floats = _checked(text.replace("int32", "float32").replace("bool", "float32"))
        casts = iter((query, key))
        parts = compiler.emit(floats).split('"float32")')
        script = parts[0] + "".join(f'"{next(casts)}"){part}' for part in parts[1:])
        if ours.ok is not _runs(script):
            wrong[f"{query}, {key}"] = "taken" if ours.ok else "refused"
    assert wrong == {}


@pytest.mark.parametrize("inside", STATES)
@pytest.mark.parametrize("outside", STATES)
def test_states_of_both_ways_keep_the_dtype_of_the_layer_inside(inside: str, outside: str) -> None:
    import keras
    import numpy as np

    layer = f"Bidirectional(LSTM(3, return_state, {inside}), {outside})".replace(", )", ")")
    text = f"input x: [4, 16]\noutput y, a, b, c, d = {layer}(x)\n"
    checked = _checked(text)
    (layers,) = [one for one in _model(compiler.emit(checked)).layers if "Bidir" in str(type(one))]
    alone = keras.Model(layers.input, layers.output)
    announced = [one.dtype for one in alone.outputs]
    given = [one.dtype.name for one in alone(np.ones((2, 4, 16), "float32"))]
    words = f"the model announces states in {announced[1]}, and the run gives them in {given[1]}"
    said = [one.message for one in checked.diagnostics]
    assert said == ([] if given == announced else [words])


@pytest.mark.parametrize("top", ["true", "false"])
def test_a_word_for_a_classifier_that_is_not_there(top: str) -> None:
    import keras

    text = f"""
input x: [32, 32, 3]
output y = MobileNetV2(weights=none, classes=3, include_top={top}, input_shape=[32, 32, 3], classifier_activation=foo)(x)
"""
    (one,) = _checked(text).diagnostics
    made = {"weights": None, "classes": 3, "input_shape": (32, 32, 3)}
    try:
        keras.applications.MobileNetV2(
            **made, include_top=top == "true", classifier_activation="foo"
        )
    except ValueError:
        assert one.code.keras == "raises-build"
    else:
        assert one.code.keras == "silent"


def _checked(text: str) -> compiler.Compilation:
    return compiler.check(Source("steps.graph", text))


def _model(script: str) -> Any:
    names: dict[str, Any] = {"__name__": "run"}
    exec(script, names)  # noqa: S102 -- the code under test
    return names["build_model"]()


def _runs(script: str) -> bool:
    import numpy as np

    model = _model(script)
    try:
        model.predict(np.ones((2, 4, 16), "float32"), verbose=0)
    except Exception:  # noqa: BLE001 -- however it fails
        return False
    return True


def _learns(script: str) -> bool:
    import numpy as np

    model = _model(script)
    model.compile("sgd", "mse")
    try:
        model.train_on_batch(np.ones((2, 4, 16)), np.ones((2, *model.output.shape[1:])))
    except Exception:  # noqa: BLE001 -- however it fails
        return False
    return True
