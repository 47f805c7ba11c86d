"""`train:`: the loss as what is minimised, metrics by output, settings with Keras's own names."""

from __future__ import annotations

import pytest

TWO = """input x: [8]
output age = Dense(1)(x)
output income = Dense(10, softmax)(x)
train:
    optimizer = adam
"""
ONE = "input x: [8]\noutput age = Dense(1)(x)\ntrain:\n    optimizer = adam\n"


@pytest.mark.parametrize(
    "lines",
    [
        "loss = mse(age) + categorical_crossentropy(income)",
        "loss = 0.25 * mse(age) + 10 * categorical_crossentropy(income)",
        "loss = Huber(delta=2)(age) + CategoricalCrossentropy(label_smoothing=0.1)(income)",
        "loss = {age: mse, income: categorical_crossentropy}",
        "loss = [mse, categorical_crossentropy]",
        "loss = [mse, categorical_crossentropy]\n    loss_weights = [0.25, 1]",
        "loss = [mse, categorical_crossentropy]\n    loss_weights = {age: 0.25}",
        "loss = [mse, categorical_crossentropy]\n    metrics = [mae(age), accuracy(income)]",
        "loss = [mse, categorical_crossentropy]\n    epochs = 3\n    batch_size = 32",
    ],
)
def test_losses_of_two_outputs(accepts, lines):
    accepts(f"{TWO}    {lines}")


@pytest.mark.parametrize(
    "lines", ["loss = mse", "loss = mse(age)", "loss = Huber(delta=2)", 'loss = "mse"']
)
def test_losses_of_one_output(accepts, lines):
    accepts(f"{ONE}    {lines}")


@pytest.mark.parametrize(
    ("lines", "code", "place"),
    [
        ("loss = mse", "which-output", "mse"),
        ("loss = mse(age)", "output-without-loss", "income"),
        ("loss = mse(age) + mae(age) + categorical_crossentropy(income)", "bad-loss", "mae(age)"),
        ("loss = mse(age) - categorical_crossentropy(income)", "bad-loss", None),
        ("loss = 0 * mse(age) + categorical_crossentropy(income)", "bad-loss", "0"),
        ("loss = mse(agee) + mse(age) + categorical_crossentropy(income)", "unknown-output", "agee"),
        ("loss = {aeg: mse, age: mse, income: categorical_crossentropy}", "unknown-output", "aeg"),
        ("loss = [mse]", "which-output", "[mse]"),
        ("epochs = 3", "no-loss", "train"),
        ("loss = mse(age) + categorical_crossentropy(income)\n    metrics = [accuracy]", "which-output", "accuracy"),
        ("loss = mse(age) + categorical_crossentropy(income)\n    metrics = [acuracy(income)]", "unknown-metric", "acuracy"),
        ("loss = mse(age) + categorical_crossentropy(income)\n    metrics = [mae(x)]", "unknown-output", "x"),
        ("loss = mse(age) + categorical_crossentropy(income)\n    loss_weights = {x: 2}", "unknown-output", "x"),
        ("loss = mse(age) + categorical_crossentropy(income)\n    class_weight = {0: 1.0, 1: 2.0}", "bad-setting", None),
    ],
)  # fmt: skip
def test_what_is_wrong_with_two_outputs(rejects, lines, code, place):
    rejects(f"{TWO}    {lines}", code, place)


@pytest.mark.parametrize(
    ("lines", "code", "place"),
    [
        ("loss = mes", "unknown-loss", "mes"),
        ("loss = cce(age)", "unknown-loss", "cce"),
        ("loss = mse\n    epoch = 3", "unknown-setting", "epoch"),
        ("loss = mse\n    epochs = 0", "bad-setting", None),
        ("loss = mse\n    batch_size = 0", "bad-setting", None),
        ("loss = mse\n    validation_split = 2", "bad-setting", None),
        ("loss = mse\n    loss = mae", "repeated-argument", "loss"),
    ],
)
def test_what_is_wrong_with_one_output(rejects, lines, code, place):
    rejects(f"{ONE}    {lines}", code, place)


def test_a_misspelt_optimizer(rejects):
    program = ONE.replace("adam", "adaam") + "    loss = mse"
    rejects(program, "unknown-optimizer", "adaam")


def test_weights_are_told_by_output(checked):
    program = f"{TWO}    loss = 0.25 * mse(age) + categorical_crossentropy(income)"
    losses = checked(program).program.training.losses
    assert {name: (one.name, one.weight) for name, one in losses.items()} == {
        "age": ("MeanSquaredError", 0.25),
        "income": ("CategoricalCrossentropy", 1.0),
    }


def test_precision_is_known_before_shapes(checked):
    program = f"{ONE}    loss = mse\n    precision = mixed_float16"
    assert checked(program).program.outputs[0].tensor.type.dtype == "float16"
