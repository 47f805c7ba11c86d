"""Merges and attention announce what Keras's own announce."""

from itertools import product

import pytest

from dsl.catalogue import lookup
from dsl.catalogue.application import apply
from dsl.catalogue.registry import Policy, Refusal
from dsl.shapes.dims import Size
from dsl.shapes.types import TensorType
from tests.tensors import tensor

pytestmark = pytest.mark.keras

T = Size.named("T")


PAIRS = [
    [tensor(8, 3), tensor(8, 3)],
    [tensor(8, 3), tensor(3)],
    [tensor(8, 3), tensor(8)],
    [tensor(8, 3), tensor(1, 3)],
    [tensor(8, 3), tensor(None, 3)],
    [tensor(None, 3), tensor(8, 3)],
    [tensor(T, 3), tensor(T, 3)],
    [tensor(8, 3), tensor(8, 4)],
    [tensor(8, 3), tensor(7, 3)],
    [tensor(), tensor(3)],
    [tensor(8, 3, dtype="int32"), tensor(8, 3)],
    [TensorType("float32", (1, 8)), TensorType("float32", (3, 8))],
    [TensorType("float32", (3, 8)), tensor(8)],
    [tensor(8, 3)],
    [tensor(8, 3), tensor(8, 3), tensor(8, 3)],
    [tensor(8, 3), tensor(8, 3), tensor(5, 3)],
    [tensor(4, 8, 3), tensor(8, 3), tensor(3)],
]


@pytest.mark.parametrize("name", ["Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum"])
def test_elementwise_merges(name, disagreements):
    keys = (name, f"layers.{name.lower()}")
    assert disagreements([(key, {}, pair) for key in keys for pair in PAIRS]) == []


def test_a_merge_takes_a_list():
    given = apply(lookup.by_key("Add"), {}, [tensor(3)], {}, Policy())
    assert isinstance(given, Refusal)
    assert given.code == "wrong-operands"


def test_a_merge_names_the_operand_that_does_not_meet_another():
    tensors = [tensor(32, 32, 64), tensor(1, 1, 64), tensor(29, 29, 64)]
    given = apply(lookup.by_key("Add"), {}, [tensors], {}, Policy())
    assert given.words == "operand 3 is float32[29, 29, 64] where operand 1 is float32[32, 32, 64]"
    assert given.operand == 2


def test_concatenations(disagreements):
    axes = (-1, 1, 2, 0, -2, -4)
    cases = [("Concatenate", {"axis": axis}, pair) for axis in axes for pair in PAIRS]
    cases += [("layers.concatenate", {}, pair) for pair in PAIRS]
    assert disagreements(cases) == []


def test_dots(disagreements):
    pairs = [
        [tensor(6), tensor(6)],
        [tensor(5, 6), tensor(5, 6)],
        [tensor(5, 6), tensor(4, 6)],
        [tensor(None, 6), tensor(None, 6)],
        [tensor(None, 6), tensor(5, 6)],
        [tensor(6), tensor(6), tensor(6)],
        [tensor(6)],
    ]
    axes = (-1, 1, 2, (1, 2), (2, 1), (-1, -1), (1, 1))
    assert (
        disagreements([("Dot", {"axes": axis}, pair) for axis, pair in product(axes, pairs)]) == []
    )


# ---- attention

Q = (tensor(5, 8), tensor(None, 8), tensor(T, 8), tensor(8), tensor(5, None))
SETTINGS = [
    {},
    {"value_dim": 3},
    {"use_bias": False},
    {"use_gate": True},
    {"use_gate": True, "value_dim": 5, "use_bias": False},
    {"output_shape": 7},
    {"output_shape": (7, 2)},
    {"sliding_window": 0},
    {"dropout": 0.1},
    {"dropout": 0.1, "flash_attention": True},
]


def test_multi_head_attention(disagreements):
    settings = [{"num_heads": 2, "key_dim": 4, **one} for one in SETTINGS]
    cases = [("MultiHeadAttention", one, q, q) for one in settings for q in Q if q != tensor(8)]
    others = [(tensor(5, 8), tensor(6, 9)), (tensor(5, 8), tensor(6, 9), tensor(6, 10))]
    others += [(tensor(5, 8), tensor(6, 9), tensor(7, 9)), (tensor(3, 5, 8), tensor(4, 6, 8))]
    others += [(tensor(5, 8), tensor(6, 9), tensor(None, 9))]
    cases += [("MultiHeadAttention", settings[0], *one) for one in others]
    assert disagreements(cases) == []


@pytest.mark.parametrize("key", ["MultiHeadAttention", "GroupQueryAttention"])
def test_attention_scores(key, disagreements):
    settings = {"num_heads": 2, "key_dim": 4}
    if key == "GroupQueryAttention":
        settings = {"head_dim": 4, "num_query_heads": 4, "num_key_value_heads": 2}
    pairs = [(tensor(5, 8), tensor(6, 8)), (tensor(None, 8), tensor(6, 8))]
    cases = [(key, settings, *pair) for pair in pairs]
    assert disagreements(cases, return_attention_scores=True) == []


def test_scores_that_the_run_gives_otherwise_are_told():
    settings = {"num_heads": 2, "key_dim": 4}
    call = {"return_attention_scores": True}
    symbol = lookup.by_key("MultiHeadAttention")
    given = apply(symbol, settings, [tensor(5, 8), tensor(6, 8)], call, Policy())
    assert given.warnings == (
        "the model announces float32[2, 5, 5] for the scores, and the run gives float32[2, 5, 6]",
    )
    assert not apply(symbol, settings, [tensor(5, 8), tensor(5, 8)], call, Policy()).warnings
    given = apply(symbol, settings, [tensor(3, 6, 8), tensor(3, 7, 8)], call, Policy())
    assert "float32[2, 3, 6, 3, 7]" in given.warnings[0]


def test_grouped_query_attention(disagreements):
    base = {"head_dim": 4, "num_query_heads": 4, "num_key_value_heads": 2}
    more = [{}, {"use_bias": False}, {"use_gate": True}, {"num_key_value_heads": 3}]
    cases = [("GroupQueryAttention", {**base, **one}, q, q) for one in more for q in Q]
    others = [(tensor(5, 8), tensor(6, 9)), (tensor(5, 8), tensor(6, 8), tensor(6, 10))]
    cases += [("GroupQueryAttention", base, *one) for one in others]
    assert disagreements(cases) == []


@pytest.mark.parametrize("key", ["Attention", "AdditiveAttention"])
def test_attention_without_projections(key, disagreements):
    lists = [
        [tensor(5, 8), tensor(6, 8)],
        [tensor(5, 8), tensor(6, 3), tensor(6, 8)],
        [tensor(None, 8), tensor(6, 8)],
        [tensor(5, 8)],
        [tensor(5, 8)] * 4,
    ]
    settings = [{}, {"use_scale": True}, {"use_scale": False}]
    settings += [{"score_mode": "concat"}, {"score_mode": "sum"}] if key == "Attention" else []
    cases = [(key, one, tensors) for one in settings for tensors in lists]
    assert disagreements(cases) == []
    assert disagreements(cases[:3], return_attention_scores=True) == []
