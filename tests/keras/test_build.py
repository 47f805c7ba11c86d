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
    assert script.trouble(np.ones((2, 4)), *script.inputs["x"]) == ""
    assert "shape (2, 5)" in script.trouble(np.ones((2, 5)), *script.inputs["x"])
    history = script.train(script.model(), (np.ones((2, 4)), np.ones((2, 3))))
    assert len(history.history["loss"]) == 3
