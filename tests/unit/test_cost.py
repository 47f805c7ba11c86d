"""What programs cost: bytes, lives of tensors, gradients; by hand."""

from __future__ import annotations

import json
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from dsl import compiler
from dsl.cost.layers import layer_costs
from dsl.cost.totals import inference, reasons, training_step
from dsl.cost.training import backward_madds, optimizer_of
from dsl.files import loader_beside, read_source
from dsl.source import Source
from dsl.views.json import summary_json
from dsl.views.summary import summary_text

CHAIN = """
input x: [10]
a = Dense(20)(x)
b = Dense(30)(a)
output y = Dense(5)(b)
"""


def program(text: str, **sizes: int) -> Any:
    done = compiler.check(Source("test.graph", dedent(text)), sizes=sizes)
    assert done.ok, [one.message for one in done.diagnostics]
    return done.program


def test_a_tensor_lives_until_the_last_operation_that_takes_it():
    cost = inference(program(CHAIN), 1)
    assert cost.activations == 4 * (10 + 20 + 30 + 5)
    assert cost.peak == 4 * (20 + 30)


def test_a_skip_keeps_its_tensor_alive():
    text = """
    input x: [100]
    a = Dense(10)(x)
    b = Dense(10)(a)
    c = Dense(100)(b)
    output y = c + x
    """
    assert inference(program(text), 1).peak == 4 * 300


def test_an_output_stays_to_the_end():
    text = """
    input x: [10]
    output early = Dense(40)(x)
    a = Dense(10)(x)
    output late = Dense(60)(a)
    """
    assert inference(program(text), 1).peak == 4 * (40 + 10 + 60)


def test_activations_grow_with_the_batch_and_weights_do_not():
    one, many = inference(program(CHAIN), 1), inference(program(CHAIN), 32)
    assert many.peak == 32 * one.peak
    assert many.madds == 32 * one.madds == 32 * (200 + 600 + 150)
    assert many.weights == one.weights == 4 * (220 + 630 + 155)


def test_in_mixed_precision_weights_are_whole_and_activations_half():
    text = CHAIN + "train:\n    precision = mixed_float16\n    optimizer = adam\n    loss = mse\n"
    cost = training_step(program(text), 1)
    assert cost.weights == cost.gradients == 4 * 1005
    assert cost.slots == 2 * 4 * 1005
    assert cost.activations == 4 * 10 + 2 * (20 + 30 + 5)


def test_inside_of_a_nested_model_tensors_live_while_it_runs():
    text = """
    model Tower()(x: [8]):
        return x -> Dense(100) -> Dense(2)

    input a: [8]
    h = Dense(8)(a)
    output y = Tower()(h) -> Dense(3)
    """
    cost = inference(program(text), 1)
    assert cost.activations == 4 * (8 + 8 + 100 + 2 + 3)
    assert cost.peak == 4 * (8 + 100 + 2)


def test_a_shared_layer_weighs_once_and_works_twice():
    text = """
    input a: [8]
    input b: [8]
    shared d = Dense(4)
    output y = d(a) + d(b)
    """
    rows = {one.operation.name: one for one in layer_costs(program(text))}
    assert (rows["d"].madds, rows["d"].weights, rows["d"].activations) == (64, 4 * 36, 2 * 4 * 4)


def test_a_fixed_batch_is_no_part_of_a_sample():
    text = "input x: [10](batch_size=8)\noutput y = Dense(5)(x)\n"
    assert inference(program(text), 8).activations == 8 * 4 * 15


def test_a_named_size_is_taken_for_the_number_given():
    text = "input x: [T, 8]\noutput y = Conv1D(4, 3)(x)\n"
    assert inference(program(text), 1).madds is None
    assert reasons(program(text)) == ["the input x has the size T: give it with --size T=…"]
    assert inference(program(text, T=10), 1).madds == 8 * 3 * 8 * 4


def test_an_unknown_size_leaves_its_layers_unknown():
    text = "input x: [?, 8]\nh = GlobalMaxPooling1D()(Dense(4)(x))\noutput y = Dense(3)(h)\n"
    rows = {one.operation.name: one for one in layer_costs(program(text))}
    assert (rows["dense"].madds, rows["dense"].activations, rows["dense"].weights) == (
        None,
        None,
        144,
    )
    assert (rows["y"].madds, rows["y"].activations) == (12, 12)
    (why,) = reasons(program(text))
    assert "the input x has a size `?`" in why


@pytest.mark.parametrize(("size", "alpha"), [("T", "1.0"), ("64", "0.6")])
def test_inside_of_an_application_nothing_is_taken_for_nothing(size: str, alpha: str):
    """Neither for an image of unknown size, nor for a width that nobody measured; though what comes out is known."""
    text = f"""
    input image: [{size}, {size}, 3]
    output y = MobileNet(weights=none, include_top=false, pooling=avg, alpha={alpha})(image)
    """
    (_, row) = layer_costs(program(text))
    assert (row.madds, row.activations) == (None, None)
    assert inference(program(text), 1).peak is None


def test_a_fixed_batch_is_no_part_of_a_sample_inside_of_models_either():
    text = """
    model Tower()(x: [64, 64, 3]):
        return x -> Conv2D(4, 3) -> Flatten -> Dense(2)

    input a: [64, 64, 3]BATCH
    output y = Tower()(a)
    output z = MobileNet(weights=none, include_top=false)(a)
    """
    one, many = (program(text.replace("BATCH", size)) for size in ("", "(batch_size=4)"))
    assert inference(one, 1) == inference(many, 1)
    assert training_step(one, 1) == training_step(many, 1)


def test_what_python_multiplies_is_unknown():
    text = """
    from my_layers import Odd

    input x: [8]
    y: [4] = Odd()(x)  # allow: unknown-shape
    output z = Dense(3)(y)
    """
    rows = {one.operation.name: one for one in layer_costs(program(text))}
    assert (rows["odd"].madds, rows["odd"].activations, rows["z"].madds) == (None, 16, 12)
    assert reasons(program(text)) == ["what odd (Odd) costs"]


# ---- gradients


def test_the_first_layer_needs_no_gradient_of_what_goes_in():
    assert backward_madds(program(CHAIN)) == 200 + 2 * 600 + 2 * 150


def test_before_what_is_frozen_alone_nothing_goes_back():
    text = """
    input x: [10]
    a = Dense(20, trainable=false)(x)
    b = Dense(30)(a)
    c = Dense(40, trainable=false)(b)
    output y = Dense(5)(c)
    """
    assert backward_madds(program(text)) == 0 + 600 + 1200 + 2 * 200


def test_a_product_of_tensors_costs_each_side_that_something_moves():
    text = """
    input x: [4, 8]
    input z: [8, 3]
    output y = Dense(8)(x) @ z
    """
    assert backward_madds(program(text)) == 4 * 8 * 8 + 4 * 8 * 3


def test_no_gradient_passes_stop_gradient():
    text = "input x: [10]\na = Dense(20)(x)\noutput y = Dense(5)(stop_gradient(a))\n"
    assert backward_madds(program(text)) == 100


def test_what_has_no_loss_is_not_trained():
    text = """
    input x: [10]
    output a = Dense(20)(x)  # allow: output-without-loss
    output b = Dense(5)(x)

    train:
        optimizer = sgd
        loss = mse(b)
    """
    assert backward_madds(program(text)) == 50


def test_a_nested_model_that_is_frozen_passes_gradients_on():
    text = """
    model Tower()(x: [8]):
        return x -> Dense(4) -> Dense(2)

    input a: [8]
    h = Dense(8)(a)
    output y = Tower(trainable=false)(h) -> Dense(3)
    """
    assert backward_madds(program(text)) == 64 + (32 + 8) + 2 * 6


@pytest.mark.parametrize(
    ("optimizer", "slots"),
    [
        ("adam", 2),
        ("Adam(amsgrad=true)", 3),
        ("sgd", 0),
        ("SGD(0.1, momentum=0.9)", 1),
        ("RMSprop(centered=true, momentum=0.5)", 3),
        ("AdamW(use_ema=true)", 3),
        ("Muon()", None),
    ],
)
def test_what_an_optimizer_keeps(optimizer: str, slots: int | None):
    text = CHAIN + f"train:\n    optimizer = {optimizer}\n    loss = mse\n"
    assert optimizer_of(program(text)).slots == slots


def test_without_training_there_is_no_optimizer():
    assert training_step(program(CHAIN), 1).slots == 0
    assert "no optimizer (there is no `train:`)" in summary_text(program(CHAIN), (1, 1))


# ---- views


def test_the_summary_has_a_column_each_and_the_totals():
    text = summary_text(program(CHAIN), (1, 32))
    assert text.splitlines()[1].split()[-6:-2] == [
        "params",
        "multiply-adds",
        "activations",
        "weights",
    ]
    assert "inference, a batch of 1:\n  multiply-adds: 950 (1.90 k operations)" in text
    assert "training step, a batch of 32:" in text


def test_the_json_has_plain_numbers():
    found = json.loads(summary_json(program(CHAIN), (2, 4)))
    assert found["layers"][1]["madds"] == 200
    assert found["layers"][1]["activation_bytes"] == 80
    assert found["layers"][1]["weight_bytes"] == 880
    assert found["cost"]["inference"]["madds"] == 2 * 950
    assert found["cost"]["training_step"]["batch"] == 4
    assert "cost" not in json.loads(summary_json(program(CHAIN)))


# ---- from Python


def test_a_size_that_no_input_has_is_told():
    import dsl

    text = "input x: [T, 8]\noutput y = LSTM(4)(x)\n"
    assert inference(dsl.check(text, sizes={"T": 10}).program, 1).madds == 10 * 16 * 12
    with pytest.raises(ValueError, match="named S"):
        dsl.check(text, sizes={"S": 10})
    with pytest.raises(ValueError, match="from 1 on"):
        dsl.check(text, sizes={"T": 0})


# ---- every right program

CASES = Path(__file__).resolve().parents[1] / "cases" / "ok"
EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


@pytest.mark.parametrize(
    "path", sorted([*CASES.glob("*.graph"), *EXAMPLES.glob("*.graph")]), ids=lambda one: one.stem
)
def test_the_cost_of_a_right_program_is_told(path: Path):
    source = read_source(str(path))
    done = compiler.check(source, loader=loader_beside(source))
    assert done.ok
    text = summary_text(done.program, (1, 1))
    assert len(text.splitlines()) > len(done.program.operations)
    cost, step = inference(done.program, 1), training_step(done.program, 1)
    if cost.activations is not None:
        assert cost.peak is not None
        assert 0 < cost.peak <= cost.activations
        assert cost.madds is None or step.madds is None or cost.madds <= step.madds
    else:
        assert reasons(done.program)
