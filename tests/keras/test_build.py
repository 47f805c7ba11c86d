"""Models built in this process, and what Keras refuses told at its place in the graph."""

import pytest

import dsl
from dsl.build import Script

pytestmark = pytest.mark.keras

TRAINS = "input x: [4]\noutput y = Dense(3)(x)\ntrain:\n    loss = mse\n    epochs = 3\n"


def test_a_text_becomes_a_compiled_model():
    model = dsl.build_model(TRAINS)
    assert model.output_shape == (None, 3)
    assert model.loss is not None


def test_a_graph_without_training_is_not_compiled():
    assert not dsl.build_model("input x: [4]\noutput y = Dense(3)(x)\n").compiled


def test_errors_of_the_graph_come_before_keras():
    with pytest.raises(dsl.CompileError) as caught:
        dsl.build_model("input x: [4]\noutput y = Dence(3)(x)\n")
    assert caught.value.diagnostics[0].code.id == "unknown-name"


def _refused(text, **values):
    with pytest.raises(dsl.CompileError) as caught:
        dsl.build_model(text, values=values)
    (error,) = caught.value.diagnostics
    assert error.code.id == "build-failed"
    return error


def test_what_keras_refuses_is_told_at_the_layer(monkeypatch):
    import keras

    def refuse(*_, **__):
        raise ValueError("no such\n  thing")

    monkeypatch.setattr(keras.layers.Dropout, "__call__", refuse)
    error = _refused("input x: [4]\né = Dense(3)(x)\noutput y = é -> Dropout(0.5)\n")
    assert error.span.line == 3
    assert "Dropout(0.5)" in error.span.text
    assert "ValueError" in error.message
    assert "no such thing" in error.message


def test_a_module_that_is_not_there_is_told_at_its_import():
    error = _refused(
        "from no_module_of_this_name import F\ninput x: [4]\ny: [4] = F(3)(x)\noutput y\n"
    )
    assert error.span.line == 1
    assert "no_module_of_this_name" in error.message


def test_a_script_knows_what_it_trains_on():
    import numpy as np

    script = Script(dsl.check(TRAINS))
    assert (list(script.inputs), list(script.outputs)) == (["x"], ["y"])
    with pytest.raises(ValueError, match=r"shape \(2, 5\)"):
        script.data({"x": np.ones((2, 5)), "y": np.ones((2, 3))}, "here")
    data = script.data({"x": np.ones((2, 4)), "y": np.ones((2, 3))}, "here")
    history = script.train(script.model(), data)
    assert len(history.history["loss"]) == 3


FROZEN = """
model Inside(width)(x: [5, 4]):
    y = MultiHeadAttention(2, 3, trainable=false)(x, x)
    return Dense(width)(y)

block Outside()(x):
    return Bidirectional(LSTM(3))(x)

input x: [5, 4]
a = TimeDistributed(Dense(3), trainable=false)(x)
b = RNN([LSTMCell(3), GRUCell(2)], trainable=false)(x)
c = Outside(trainable=false)(x)
d = Inside(3)(x)
output y = Dense(1)(concatenate([Flatten()(a), b, c, Flatten()(d)]))
train:
    optimizer = adam
    loss = mse
    epochs = 1
    batch_size = 4
"""


def test_what_a_frozen_layer_holds_does_not_learn():
    import numpy as np

    from dsl.testing.compare import differences

    script = Script(dsl.check(FROZEN))
    model = script.model()
    assert differences(dsl.check(FROZEN).program, model) == []
    before = {weight.path: weight.numpy() for weight in model.weights}
    draw = np.random.default_rng(0)
    data = (draw.random((8, 5, 4), "float32"), draw.random((8, 1), "float32"))
    script.train(model, data, epochs=1, batch_size=4)
    learnt = {
        one.path for one in model.weights if not np.array_equal(before[one.path], one.numpy())
    }
    assert {path.rpartition("/")[0] for path in learnt} == {"d.dense", "y"}


def test_a_frozen_layer_stays_frozen_in_a_model_that_is_not():
    text = (
        "model Inside(width)(x: [4]):\n    y = Dense(width, trainable=false)(x)\n"
        "    return Dense(width)(y)\ninput x: [4]\n"
        "output y = Inside(3)(Inside(4, trainable=false)(x))\n"
    )
    model = dsl.build_model(text)
    assert sum(weight.shape.num_elements() for weight in model.trainable_weights) == 12
