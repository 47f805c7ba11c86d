"""What an application gives: the rule's answer, unknown where something is, refusals in words."""

import pytest

from dsl.catalogue import lookup
from dsl.catalogue.application import apply
from dsl.catalogue.registry import UNKNOWN, Output, Policy, Refusal
from dsl.shapes.dims import Size
from dsl.shapes.types import UNKNOWN_TENSOR
from tests.tensors import tensor


def applied(key, arguments, *operands, **call):
    return apply(lookup.by_key(key), arguments, operands, call, Policy())


def test_arguments_left_out_have_defaults():
    assert applied("Dense", {"units": 3}, tensor(8)).params == 27


def test_named_sizes_are_computed_with():
    out = applied("Conv1D", {"filters": 4, "kernel_size": 5}, tensor(Size.named("T"), 8))
    assert str(out.value) == "float32[T - 4, 4]"


@pytest.mark.parametrize(
    ("arguments", "x"), [({"units": UNKNOWN}, tensor(8)), ({"units": 3}, UNKNOWN_TENSOR)]
)
def test_what_is_not_known_makes_the_result_unknown(arguments, x):
    assert applied("Dense", arguments, x) == Output(UNKNOWN_TENSOR, params=None, madds=None)


def test_a_symbol_without_a_rule_gives_nothing():
    assert applied("Lambda", {"function": UNKNOWN}, tensor(8)) is None


def test_a_domain_refuses_before_the_rule():
    refusal = applied("Dense", {"units": 0}, tensor())
    assert (refusal.argument, refusal.code) == ("units", "bad-value")


def test_a_tensor_given_by_name_is_an_operand():
    assert str(
        apply(lookup.by_key("Dense"), {"units": 3}, [], {"inputs": tensor(8)}, Policy()).value
    )


@pytest.mark.parametrize(
    ("key", "arguments", "operands", "code", "words"),
    [
        ("Dense", {"units": 3}, ([tensor(8), tensor(8)],), "list-operand", "a list of 2"),
        ("Dense", {"units": 3}, (tensor(8), tensor(8)), "wrong-operands", "takes one tensor"),
        ("Dense", {"units": 3}, (), "wrong-operands", "here are none"),
        ("Dense", {"units": 3}, (tensor(4, None),), "unknown-size", "the last axis"),
        (
            "Conv2D",
            {"filters": 3, "kernel_size": 3},
            (tensor(784),),
            "wrong-rank",
            "takes a tensor of [height, width, channels], and this is float32[784]",
        ),
        (
            "Conv2D",
            {"filters": 3, "kernel_size": 5},
            (tensor(3, 8, 1),),
            "too-small",
            "the window of 5 is larger than the height of float32[3, 8, 1], which is 3",
        ),
        ("Cropping1D", {"cropping": 4}, (tensor(8, 1),), "too-small", "leaves nothing"),
        ("Reshape", {"target_shape": (5, 5)}, (tensor(24),), "shape-mismatch", "needs 25 numbers"),
        (
            "Conv2D",
            {"filters": 3, "kernel_size": 3, "groups": 2},
            (tensor(8, 8, 4),),
            "bad-value",
            "3 filters",
        ),
        ("GroupNormalization", {}, (tensor(8, 8, 48),), "shape-mismatch", "48 channels"),
    ],
)
def test_refusals_speak_of_what_was_given(key, arguments, operands, code, words):
    refusal = applied(key, arguments, *operands)
    assert isinstance(refusal, Refusal)
    assert refusal.code == code
    assert words in refusal.words


@pytest.mark.parametrize(
    ("key", "arguments", "x", "help_"),
    [
        ("Conv2D", {"filters": 3, "kernel_size": 3}, tensor(784), "Reshape((28, 28, 1)) first"),
        ("Conv2D", {"filters": 3, "kernel_size": 3}, tensor(28, 28), "Reshape((28, 28, 1)) first"),
        ("Conv1D", {"filters": 3, "kernel_size": 3}, tensor(100), "Reshape((100, 1)) first"),
        (
            "Conv1D",
            {"filters": 3, "kernel_size": 3},
            tensor(7, 7, 64),
            "Reshape((-1, 64)) makes one axis of 2",
        ),
    ],
)
def test_help_says_how_to_come_to_the_rank(key, arguments, x, help_):
    assert applied(key, arguments, x).help == help_


def test_what_the_run_gives_otherwise_is_told():
    out = applied("MaxPooling2D", {}, tensor(8, 8, 3, dtype="uint8"))
    assert out.warnings == ("MaxPooling2D announces float32, and the run gives uint8",)


def test_an_activation_that_halves_its_axis_is_told():
    out = applied("Dense", {"units": 4, "activation": "glu"}, tensor(8))
    assert str(out.value) == "float32[4]"
    assert "halves" in out.warnings[0]
