"""Constants at layers: what takes one sample for all, what fails in a step, what is not built."""

from __future__ import annotations

from typing import Any

import pytest

from dsl import compiler
from dsl.source import Source

pytestmark = pytest.mark.keras

HEAD = "input x: [4, 16]\n"
TAKEN = (
    *(f"{merge}()([x, ones([1, 4, 16])])" for merge in ("Add", "Average", "Maximum", "Minimum", "Multiply", "Subtract")),
    "add([x, ones([1, 1, 16])])",
    "add([x, ones([1, 16])])",
    "add([x * 2.0, x, ones([1, 4, 16])])",
    "Attention()([x, ones([1, 6, 16])])",
    "Attention()([ones([1, 6, 16]), x])",
    "AdditiveAttention()([x, ones([1, 6, 16]), x[:, :1] * 0 + ones([1, 6, 16])])",
    "LSTM(5)(x, mask=ones([1, 4], dtype=bool))",
    "GRU(5, unroll)(x, initial_state=ones([1, 5]))",
    "GlobalAveragePooling1D()(x, mask=ones([1, 4], dtype=bool))",
    "Softmax()(x, mask=ones([1, 4, 16], dtype=bool))",
    "MultiHeadAttention(2, 3)(x, x, attention_mask=ones([4, 4], dtype=bool))",
)  # fmt: skip
NOT_RUN = {
    "LSTM(5)(x, initial_state=[ones([1, 5]), ones([1, 5])])": "LSTM(5)(x, initial_state=[ones((1, 5)), ones((1, 5))])",
    "GRU(5)(x, initial_state=ones([1, 5]))": "GRU(5)(x, initial_state=ones((1, 5)))",
    "MultiHeadAttention(2, 3)(x, ones([1, 6, 16]))": "MultiHeadAttention(2, 3)(x, ones((1, 6, 16)))",
    "GroupQueryAttention(4, 4, 2)(x, ones([1, 6, 16]))": "GroupQueryAttention(4, 4, 2)(x, ones((1, 6, 16)))",
    "Concatenate()([x, ones([1, 4, 16])])": "Concatenate()([x, ones((1, 4, 16))])",
    "Dot(2)([x, ones([1, 4, 16])])": "Dot(2)([x, ones((1, 4, 16))])",
    "add([x, ones([3, 4, 16])])": "add([x, ones((3, 4, 16))])",
    "LSTM(5)(x, mask=ones([3, 4], dtype=bool))": "LSTM(5)(x, mask=ones((3, 4), 'bool'))",
    "Attention()([x, ones([3, 6, 16])])": "Attention()([x, ones((3, 6, 16))])",
}
NOT_BUILT = {
    "add([ones([1, 4, 16]), x])": "add([ones((1, 4, 16)), x])",
    "add([x * 2.0, ones([1, 4, 16])])": "add([x * 2.0, ones((1, 4, 16))])",
    "Multiply()([ones([1, 4, 16]), x])": "Multiply()([ones((1, 4, 16)), x])",
}
"""Programs that are refused, and the same in Python."""


@pytest.mark.parametrize("layer", TAKEN)
def test_one_sample_stands_for_all(layer: str) -> None:
    checked = _checked(layer)
    assert checked.ok, [one.message for one in checked.diagnostics]
    announced = checked.program.outputs[0].tensor.type
    model = _model(compiler.emit(checked))
    assert model.output.shape[1:] == announced.shape[1:]
    assert _runs(model)
    batch = "the model announces a batch of 1 here"
    warned = any(batch in one.message for one in checked.diagnostics)
    assert warned is (model.output.shape[0] == 1)


@pytest.mark.parametrize("layer", NOT_RUN)
def test_constants_that_fail_in_every_step(layer: str) -> None:
    assert [one.code.id for one in _checked(layer).diagnostics] == ["lost-batch"]
    assert not _runs(_by_hand(NOT_RUN[layer]))


@pytest.mark.parametrize("layer", NOT_BUILT)
def test_constants_that_keras_does_not_take(layer: str) -> None:
    assert [one.code.id for one in _checked(layer).diagnostics] == ["wrong-operands"]
    with pytest.raises(AttributeError):
        _by_hand(NOT_BUILT[layer])


AT_ONCE = {
    "concatenate([ones([1, 4, 8]), zeros([1, 4, 8])])": (1, 4, 16),
    "add([ones([4, 16]), ones([4, 16])])": (4, 16),
    "Flatten()(ones([4, 2, 8]))": (4, 16),
    "Reshape([4, 16])(ones([1, 64]))": (1, 4, 16),
    "Softmax()(ones([4, 16]))": (4, 16),
    "Dot(1)([ones([4, 8, 16]), ones([4, 8, 16])])[:, 0]": (4, 16),
}


@pytest.mark.parametrize("layer", AT_ONCE)
def test_layers_without_weights_make_constants_of_constants(layer: str) -> None:
    text = f"{HEAD}c = {layer}\noutput y = x * c\n"
    checked = compiler.check(Source("constant.graph", text))
    assert not checked.diagnostics, [one.message for one in checked.diagnostics]
    ranks = "0" + ", 0" * (len(AT_ONCE[layer]) - 1)
    shape = compiler.check(Source("constant.graph", f"{text}output z = x + c[{ranks}]"))
    assert shape.ok, [one.message for one in shape.diagnostics]
    model = _model(compiler.emit(checked))
    assert model.output.shape == (None, 4, 16)
    assert _runs(model)


def _checked(layer: str) -> compiler.Compilation:
    return compiler.check(Source("constant.graph", f"{HEAD}output y = {layer}\n"))


def _model(script: str) -> Any:
    names: dict[str, Any] = {"__name__": "run"}
    exec(script, names)  # noqa: S102 -- the code under test
    return names["build_model"]()


def _by_hand(expression: str) -> Any:
    import keras

    x = keras.Input((4, 16))
    names = {**vars(keras.layers), "ones": keras.ops.ones, "x": x}
    return keras.Model(x, eval(expression, names))  # noqa: S307 -- written above


def _runs(model: Any) -> bool:
    """Whether two samples run in a graph, as in a step of training, and five."""
    import numpy as np

    try:
        for samples in (2, 5):
            assert len(model.predict(np.ones((samples, 4, 16)), verbose=0)) == samples
    except Exception:  # noqa: BLE001 -- however it fails
        return False
    return True
