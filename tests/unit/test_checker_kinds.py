"""The four kinds of things: values, layers, tensors, lists, and how each is used."""

from __future__ import annotations

import pytest

X = "input x: [8]\n"
SEQ = "input x: [10, 8]\n"
MAP = "input x: [28, 28, 3]\n"

# ---- two parentheses


@pytest.mark.parametrize(
    ("program", "shape"),
    [
        (f"{X}output y = Dense(32, relu)(x)", "float32[32]"),
        (f"{X}output y = x -> Dense(32)", "float32[32]"),
        (f"{X}output y = x -> Dense(4) -> relu", "float32[4]"),
        (f"{MAP}output y = x -> Flatten", "float32[2352]"),
        (f"{MAP}output y = Conv2D(16, 3, 2, same, relu)(x)", "float32[14, 14, 16]"),
        (f"{MAP}output y = Conv2D(16, same, 3, relu, 2)(x)", "float32[14, 14, 16]"),
        (f"{SEQ}output y = LSTM(4, return_sequences)(x)", "float32[10, 4]"),
        (f"{SEQ}output y = MultiHeadAttention(2, 4)(x, x, use_causal_mask)", "float32[10, 8]"),
        (f"{SEQ}output y = x -> MultiHeadAttention(2, 4)(x)", "float32[10, 8]"),
        (f"{SEQ}output y = mean(x, axis=1)", "float32[8]"),
        (f"{SEQ}output y = x -> mean(axis=1)", "float32[8]"),
        (f"{X}output y = concatenate([x, x])", "float32[16]"),
        (f"{X}output y = [x, x] -> Concatenate", "float32[16]"),
        (f"{X}output y = x -> add(x)", "float32[8]"),
        (f"{X}output y = add([x, x])", "float32[8]"),
        (f"{X}output y = (x + x) -> Dense(3)", "float32[3]"),
        (f"{X}output y = x + (x -> Dense(8))", "float32[8]"),
        (f"{SEQ}output y = x[:, -1]", "float32[8]"),
        (f"{SEQ}output y = x[:, 2:5]", "float32[3, 8]"),
        (f"{X}n = x.shape[-1] // 2\noutput y = Dense(n)(x)", "float32[4]"),
        (f"{X}act = relu\noutput y = Dense(3, activation=act)(x)", "float32[3]"),
        (f"{X}act = relu\noutput y = x -> act", "float32[8]"),
        (f"{MAP}output y = ops.image.resize(x, [8, 8])", "float32[8, 8, 3]"),
        (f"{SEQ}output y = sum([1, 2]) * x[:, 0]", "float32[8]"),
        (f"{X}output y = add([Dense(8)(x) for i in range(3)])", "float32[8]"),
        (f"{X}softmax = Dense(3)(x)\noutput y = Dense(2, softmax)(softmax)", "float32[2]"),
    ],
)
def test_what_is_right(shape_of, program, shape):
    assert shape_of(program) == [shape]


def test_the_line_of_a_name_that_python_reserves(shape_of):
    assert shape_of("input in: [4]\nx = Dense(32, relu)(in)\noutput y = x") == ["float32[32]"]


def test_states_are_unpacked(shape_of):
    program = f"{SEQ}h, state = GRU(8, return_state)(x)\noutput y = h + state"
    assert shape_of(program) == ["float32[8]"]


def test_a_chain_goes_on_over_lines_and_comments(shape_of):
    program = f"{MAP}output y = x\n    -> Conv2D(4, 3)\n    # halves\n    -> MaxPooling2D(2)\n"
    assert shape_of(program) == ["float32[13, 13, 4]"]


@pytest.mark.parametrize(
    ("program", "code", "place"),
    [
        (f"{X}output y = Dense(x)", "tensor-configures", "x"),
        (f"{X}output y = concatenate([x, Dense(3)])", "not-applied", "Dense(3)"),
        (f"{X}output y = Dense(3)", "not-applied", "Dense(3)"),
        (f"{X}d = Dense(8)\noutput y = d(d(x))", "applied-twice", "d(d(x))"),
        (f"{X}d = Dense(8)\na = d(x)\noutput y = d(a)", "applied-twice", "d(a)"),
        (f"{X}output y = x + x -> Dense(3)", "mixed-arrow", None),
        (f"{X}output y = x == x", "bad-operation", None),
        (f"{X}output y = +x", "bad-operation", None),
        (f"{X}output y = x and x", "tensor-decides", "x and x"),
        (f"{X}output y = x if x else x", "tensor-decides", None),
        (f"{X}output y = Dense(64 / 2)(x)", "bad-value", "64 / 2"),
        (f"{X}act = relu\noutput y = Dense(act)(x)", "bad-value", "act"),
        (f"{X}output y = Dense(3, relux)(x)", "unknown-name", "relux"),
        (f"{X}output y = Dens(3)(x)", "unknown-name", "Dens"),
        (f"{X}output y = Dense(3, unit=3)(x)", "unknown-argument", "unit"),
        (f"{X}output y = Dense()(x)", "missing-argument", None),
        (f"{X}output y = Dense(3, units=4)(x)", "repeated-argument", None),
        (f"{X}output y = sum(x)", "lost-batch", "sum(x)"),
        (f"{X}output y = Dense(3)(x[0])", "lost-batch", None),
        (f"{X}output y = add(x, Embedding(9, 8)(3))", "on-constant", None),
        (f"{X}output y = max(x, x)", "wrong-kind", None),
        (f"{X}output y = tf.nn.relu(x)", "not-python", "tf.nn.relu"),
        (f"{SEQ}output y = x[:, 10]", "bad-value", None),
        (f"{SEQ}output y = Conv2D(3, 3)(x)", "wrong-rank", None),
        (f"{SEQ}output y = Conv1D(3, 11)(x)", "too-small", None),
        (f"{SEQ}output y = Reshape([7, 3])(x)", "shape-mismatch", None),
        (f"{X}output y = add([x, Dense(3)(x)])", "shape-mismatch", None),
        (f"{X}xs = [x]\nxs.append(x)\noutput y = Add()(xs)", "unknown-name", "append"),
    ],
)
def test_what_is_wrong(rejects, program, code, place):
    rejects(program, code, place)


def test_a_shared_layer_is_applied_as_often_as_you_like(accepts):
    accepts(f"{X}shared d = Dense(8)\noutput y = d(d(x))")


def test_a_layer_without_weights_is_free(accepts):
    accepts(f"{MAP}pool = MaxPooling2D(2)\noutput y = pool(pool(x))")


def test_a_shared_layer_has_one_width(rejects):
    rejects(f"{X}shared d = Dense(3)\noutput y = d(d(x))", "shape-mismatch")


def test_positions_hang_on_a_tensor(shape_of):
    program = "input x: int32[20]\noutput y = Embedding(20, 8)(positions(x))"
    assert shape_of(program) == ["float32[20, 8]"]


def test_python_words_of_values(accepts):
    accepts(f"{X}output y = Dense(3, use_bias=False, kernel_regularizer=None)(x)")
