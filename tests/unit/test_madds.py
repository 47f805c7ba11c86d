"""Multiply-adds of applications, by hand."""

from __future__ import annotations

from typing import Any

import pytest

from dsl.catalogue import lookup
from dsl.catalogue.application import apply
from dsl.catalogue.registry import Output, Policy
from dsl.reference.examples import example
from dsl.shapes.dims import Size
from dsl.shapes.types import TensorType
from tests.tensors import tensor

T = Size.named("T")


def madds(key: str, arguments: dict[str, Any], *operands: Any, **call: Any) -> int | None:
    symbol = lookup.by_key(key)
    assert symbol is not None
    made = apply(symbol, arguments, operands, call, Policy())
    assert isinstance(made, Output), made
    return made.madds


@pytest.mark.parametrize(
    ("key", "arguments", "operands", "expected"),
    [
        ("Dense", {"units": 5}, [tensor(8)], 8 * 5),
        ("Dense", {"units": 5, "lora_rank": 2}, [tensor(10, 8)], 10 * 8 * 5),
        ("Embedding", {"input_dim": 9, "output_dim": 4}, [tensor(10)], 0),
        ("Embedding", {"input_dim": 9, "output_dim": 4, "lora_rank": 2}, [tensor(10)], 0),
        ("Conv2D", {"filters": 4, "kernel_size": 3, "groups": 2}, [tensor(9, 9, 6)], 7 * 7 * 9 * 3 * 4),
        ("Conv2D", {"filters": 4, "kernel_size": 3, "dilation_rate": 2}, [tensor(9, 8, 6)], 5 * 4 * 9 * 6 * 4),
        ("Conv2DTranspose", {"filters": 4, "kernel_size": 3}, [tensor(9, 8, 6)], 9 * 8 * 9 * 6 * 4),
        ("Conv2D", {"filters": 4, "kernel_size": 3, "data_format": "channels_first"}, [tensor(6, 9, 8)], 7 * 6 * 9 * 6 * 4),
        ("AdditiveAttention", {"use_scale": True}, [[tensor(5, 8), tensor(7, 8)]], 5 * 7 * 8 + 5 * 7 * 8),
        ("LSTM", {"units": 5}, [tensor(10, 8)], 10 * 4 * 5 * (8 + 5)),
        ("ops.outer", {}, [tensor(3), tensor(4)], 0),
        ("Add", {}, [[tensor(3), tensor(3)]], 0),
        ("AveragePooling2D", {"pool_size": 2}, [tensor(8, 8, 3)], 0),
    ],
)  # fmt: skip
def test_products_that_are_summed_up_are_counted(
    key: str, arguments: dict[str, Any], operands: list[Any], expected: int
):
    assert madds(key, arguments, *operands) == expected


@pytest.mark.parametrize(
    ("key", "arguments", "operands"),
    [
        ("Dense", {"units": 5}, [tensor(T, 8)]),
        ("Conv1D", {"filters": 5, "kernel_size": 3}, [tensor(None, 8)]),
        ("LSTM", {"units": 5}, [tensor(T, 8)]),
        ("MultiHeadAttention", {"num_heads": 2, "key_dim": 3}, [tensor(T, 8), tensor(T, 8)]),
        ("ops.matmul", {}, [tensor(T, 8), tensor(8, 3)]),
        ("ops.einsum", {"subscripts": "btd,btd->b"}, [tensor(T, 8), tensor(T, 8)]),
        ("Dense", {"units": 5}, [TensorType("float32", (None, 8))]),
    ],
)
def test_of_an_unknown_size_the_count_is_unknown(
    key: str, arguments: dict[str, Any], operands: list[Any]
):
    named = {"subscripts": arguments["subscripts"]} if key == "ops.einsum" else {}
    assert madds(key, {} if named else arguments, *operands, **named) is None


def test_a_last_state_costs_as_much_as_all_of_them():
    every = madds("GRU", {"units": 4, "return_sequences": True}, tensor(6, 3))
    assert madds("GRU", {"units": 4}, tensor(6, 3)) == every == 6 * 3 * 4 * (3 + 4)


# ---- in programs


def costs(done: Any) -> dict[str, list[int | None]]:
    assert done.ok, [one.message for one in done.diagnostics]
    return {one.name: one.madds for one in done.program.operations if any(one.madds)}


def test_each_application_of_a_shared_layer_is_counted(checked: Any):
    text = """
    input a: [4, 8]
    input b: [6, 8]
    shared lstm = LSTM(5)
    output y = concatenate([lstm(a), lstm(b)])
    """
    assert costs(checked(text)) == {"lstm": [4 * 4 * 5 * 13, 6 * 4 * 5 * 13]}


def test_a_nested_model_costs_what_is_inside_of_it(checked: Any):
    text = """
    model Tower()(x: [?, 8]):
        return x -> Dense(4) -> Dense(2)

    input a: [3, 8]
    input b: [5, 8]
    shared tower = Tower()
    output y = tower(a) -> Flatten -> Dense(1)
    output z = tower(b)
    """
    each = 8 * 4 + 4 * 2
    assert costs(checked(text)) == {"tower": [3 * each, 5 * each], "y": [6]}


def test_operators_are_counted(checked: Any):
    text = """
    input a: [3, 8]
    input b: [8, 5]
    output y = (a @ b) * 2
    """
    assert costs(checked(text)) == {"matmul": [3 * 8 * 5]}


def test_a_batch_that_the_input_fixes_is_no_part_of_a_sample(checked: Any):
    text = """
    input a: [3, 8](batch_size=32)
    output y = matmul(Dense(8)(a), transpose(a, [0, 2, 1]))
    """
    assert costs(checked(text)) == {"dense": [3 * 8 * 8], "matmul": [3 * 8 * 3]}


def test_what_reaches_no_output_costs_nothing(checked: Any):
    text = """
    input a: [8]
    _unused = Dense(3)(a)
    output y = Dense(2)(a)
    """
    assert costs(checked(text)) == {"y": [16]}


LOOKED_UP_OR_SCALED = {
    "BatchNormalization", "Embedding", "GroupNormalization", "LayerNormalization", "Normalization", "PReLU",
    "RMSNormalization", "ReversibleEmbedding",
}  # fmt: skip
"""Layers with weights that sum up no products (forwards)."""


@pytest.mark.slow
def test_each_other_layer_with_weights_multiplies():
    found = [lookup.symbol("layers", name) for name in lookup.names("layers")]
    shown = [example(one).checked for one in found if one is not None and one.is_layer]
    made = [one for done in shown if done is not None for one in done.program.operations]
    idle = {one.class_name for one in made if one.params and one.madds == [0]}
    assert idle == LOOKED_UP_OR_SCALED
