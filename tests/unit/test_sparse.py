"""What Keras takes for sparse is followed through a program, and told where a layer fails over it."""

import pytest

import dsl

HEAD = "input x: [4]\ninput h: [4]\n"


def sparse(expression, head=HEAD):
    """Whether what an expression gives is sparse to Keras."""
    done = dsl.check(f"{head}output y = {expression}\noutput p = x\noutput q = h\n")
    assert [one.message for one in done.diagnostics if one.severity == "error"] == []
    return done.program.results[0].sparse


@pytest.mark.parametrize(
    "expression",
    [
        "x * 2.0", "2 * x", "multiply(x, 2)", "multiply(2, x)", "x * array([1.0, 2.0, 3.0, 4.0])", "(x * 2.0) * h",
        "(x * 2.0) / h", "(x * 2.0) / 3", "-(x * 2.0)", "abs(x * 2.0)", "(x * 2.0) + (h * 2.0)",
        "concatenate([x * 2.0, h * 2.0])", "ops.concatenate([x * 2.0, h * 2.0], axis=1)",
        "Flatten()(x * 2.0)", "Reshape([2, 2])(x * 2.0)", "expand_dims(x * 2.0, 1)", "tanh(x * 2.0)",
    ],
)  # fmt: skip
def test_these_are_sparse(expression):
    assert sparse(expression)


@pytest.mark.parametrize(
    "expression",
    [
        "x", "x * h", "x / 2", "x + 1", "x * 2.0 + 0", "2 / (x * 2.0)", "(x * 2.0) / (h * 2.0)", "(x * 2.0) - h",
        "concatenate([x * 2.0, h])", "(x * 2.0)[:, 1:]", "relu(x * 2.0)", "Dense(4)(x * 2.0)", "Rescaling(2.0)(x)",
        "cast(x * 2.0, float16)", "Flatten(dtype=float16)(x * 2.0)", "add([x * 2.0, h])",
    ],
)  # fmt: skip
def test_these_are_dense(expression):
    assert not sparse(expression)


def test_an_input_is_sparse_where_it_says_so():
    assert sparse("Flatten()(x)", "input x: [4](sparse=true)\ninput h: [4]\n")
    assert not sparse("Flatten()(x)", "input x: [4](sparse=false)\ninput h: [4]\n")


def told(text):
    """Codes of errors and of what is said of sparse tensors, with what they point to."""
    done = dsl.check(HEAD + text)
    return [
        (one.code.id, one.span.text)
        for one in done.diagnostics
        if one.severity == "error" or one.code.id.startswith("sparse")
    ]


def test_the_operand_is_pointed_at():
    assert told("y, _s = LSTMCell(4)(x, [x * 2.0, h * 2.0])\noutput y\n") == [
        ("sparse-operand", "h * 2.0")
    ]


def test_the_help_mends_it():
    text = HEAD + "state = h * 2.0\ny, _s = GRUCell(4)(x, [state])\noutput y\n"
    (found,) = dsl.check(text).diagnostics
    assert found.help == "add 0 to it, which makes it dense: state + 0"
    assert [one.span.text for one in found.labels] == ["h * 2.0"]
    assert not dsl.check(text.replace("[state]", "[state + 0]")).diagnostics


def test_it_is_told_once_for_a_block_in_a_loop():
    text = "block Step()(x, h):\n    y, _s = GRUCell(4)(x, [h])\n    return y * 0.5\nfor i in range(4):\n    h = Step()(x, h)\noutput h\n"
    assert told(text.replace("output h", "output z = h")) == [("sparse-operand", "h")]


@pytest.mark.parametrize(("size", "fails"), [("[4]", False), ("[?]", True), ("[T]", True)])
def test_a_nested_model_is_traced_again_for_other_sizes(size, fails):
    text = f"model M()(a: {size}, h: [4]):\n    y, _s = GRUCell(4)(h, [h])\n    return concatenate([y, a])\noutput y = M()(x, h * 2.0)\n"
    assert told(text) == ([("sparse-operand", "M()(x, h * 2.0)")] if fails else [])


def test_a_layer_of_ones_own_may_fail():
    text = "from own import Mine\noutput y: [4] = Mine()(x * 2.0)\noutput z = h\n"
    assert told(text) == [("sparse-traced", "x * 2.0")]
    assert told(text.replace("2.0", "2.0 + 0")) == []
    assert told(text.replace("Mine()(", "function(").replace("Mine", "function")) == []


def test_an_input_is_not_both_sparse_and_ragged():
    text = "input s: [4](sparse=true, ragged=true)\noutput y = concatenate([x, h, s])\n"
    assert told(text) == [("bad-value", "ragged")]
