"""Each disagreement that was found and mended, by name: a program, what is said of it, and Keras beside it.

The expression of the last line is also given to Keras as it stands: the language is Python there.
"""

from __future__ import annotations

import re
from typing import Any

import pytest

import dsl
from dsl.codes import CODES

pytestmark = pytest.mark.keras

ACCEPTED = "accepted"

FOUND: dict[str, tuple[str, str, str]] = {
    # name: inputs, expression, code of its one error, or what its output is
    "a bias has one axis, and is never orthogonal": (
        "x: [8, 8, 3]", "Conv2D(4, 3, bias_initializer='orthogonal')(x)", "bad-value",
    ),
    "a bias that is not made may be anything": (
        "x: [8, 8, 3]", "Conv2D(4, 3, use_bias=False, bias_initializer='orthogonal')(x)", "float32[6, 6, 4]",
    ),
    "the two biases of a GRU are a matrix": (
        "x: [5, 3]", "GRU(4, bias_initializer='orthogonal')(x)", "float32[4]",
    ),
    "the one bias of a GRU is none": (
        "x: [5, 3]", "GRU(4, reset_after=False, bias_initializer='orthogonal')(x)", "bad-value",
    ),
    "a kernel of four axes is no identity": (
        "x: [8, 8, 3]", "Conv2D(4, 3, kernel_initializer='identity')(x)", "bad-value",
    ),
    "a matrix is": ("x: [8]", "Dense(4, kernel_initializer='identity')(x)", "float32[4]"),
    "a Fourier transform has three axes": (
        "x: [8]", "Dense(4, kernel_initializer='stft')(x)", "bad-value",
    ),
    "no orthogonal weights in bfloat16": ("x: [5, 3]", "LSTM(4, dtype='bfloat16')(x)", "bad-value"),
    "but beside it": ("x: [5, 3]", "LSTM(4, dtype='mixed_bfloat16')(x)", "bfloat16[4]"),
    "no random weights in booleans": ("x: [3]", "Dense(4, dtype='bool')(x)", "bad-value"),
    "zeros and ones in whole numbers": (
        "x: [3]", "BatchNormalization(dtype='int32')(x)", "int32[3]",
    ),
    "a policy of 8 bits needs the policy behind it": ("x: [3]", "ReLU(dtype='int8')(x)", "bad-value"),
    "a policy is no Python type": ("x: [3]", "ReLU(dtype='float')(x)", "bad-value"),
    "what is not cast keeps its dtype": (
        "x: [3]", "Identity(dtype='float16', autocast=False)(x)", "float32[3]",
    ),
    "a name may begin with a sign": ("x: [3]", "Dense(4, name='-a')(x)", "float32[4]"),
    "an empty name": ("x: [3]", "Dense(4, name='')(x)", "senseless-value"),
    "a state too many for a GRU": (
        "x: [5, 3]; a: [4]; b: [4]", "GRU(4)(x, initial_state=[a, b])", "senseless-value",
    ),
    "a state too few for an LSTM": ("x: [5, 3]; a: [4]", "LSTM(4)(x, initial_state=[a])", "bad-state"),
    "a function written with its dot is the one of ops": (
        "x: [9, 8]; a: [9, 8]", "ops.concatenate([x, a])", "float32[9, 8]",
    ),
    "a constraint beside lora": (
        "x: [3]", "Dense(4, lora_rank=2, kernel_constraint='unit_norm')(x)", "bad-value",
    ),
    "an attention of several heads needs its initializers": (
        "x: [4, 3]", "MultiHeadAttention(2, 2, kernel_initializer=None)(x, x)", "bad-value",
    ),
    "keys of another width fail in the run": (
        "x: [4, 3]; a: [2, 3]; b: [2, 5]", "Attention()([x, a, b])", "cannot-run",
    ),
    "values of another rank fail in the run": (
        "x: [4, 3]; a: [2, 5, 8]", "MultiHeadAttention(2, 2)(x, a)", "cannot-run",
    ),
    "no sine of a text": ("x: string[3]", "ops.sin(x)", "wrong-dtype"),
    "a dropout of nothing": ("x: [8, 4]", "Dropout(0, noise_shape=[2, 2])(x)", "float32[8, 4]"),
    "an unlisted argument that is ignored": (
        "x: int32[3]", "ReversibleEmbedding(8, 4, input_length=3)(x)", "senseless-value",
    ),
    "one of two values by name": ("x: bool[3]", "ops.where(x, x2=1)", "wrong-operands"),
    "mean and variance have one shape": (
        "x: [3]", "Normalization(mean=[1.0, 1.0, 1.0], variance=1.0)(x)", "bad-value",
    ),
    "weights of words are for tf_idf": (
        "x: string[1]", "StringLookup(vocabulary=['a'], idf_weights=[0.5])(x)", "bad-value",
    ),
    "tf_idf needs them": ("x: string[1]", "StringLookup(vocabulary=['a'], output_mode='tf_idf')(x)", "bad-value"),
    "a lookup gives float32 codes whatever its dtype": (
        "x: string[1]", "StringLookup(vocabulary=['a'], output_mode='count', dtype='float16')(x)", "float32[2]",
    ),
    "special words that stand in the vocabulary": (
        "x: string[3]", "StringLookup(vocabulary=['[UNK]', 'a'], output_mode='one_hot')(x)", "float32[3, 2]",
    ),
    "a word twice": ("x: string[3]", "StringLookup(vocabulary=['a', 'a'])(x)", "bad-value"),
    "numbers for words": ("x: string[3]", "StringLookup(vocabulary=[1, 2])(x)", "bad-value"),
    "more words than max_tokens": (
        "x: string[3]", "StringLookup(vocabulary=['a', 'b'], max_tokens=2)(x)", "bad-value",
    ),
    "a salt without its method": ("x: int64[3]", "IntegerLookup(vocabulary=[1], salt=3)(x)", "bad-value"),
    "ngrams are a tuple": ("x: string[1]", "TextVectorization(ngrams=[1, 2])(x)", "bad-value"),
    "a crossing of other ranks": ("x: string[4, 1]; a: string[1]", "HashedCrossing(5)([x, a])", "cannot-run"),
    "a crossing compares names as unknown": (
        "x: string[T]; a: string[1]", "HashedCrossing(5)([x, a])", "shape-mismatch",
    ),
    "a list where one tensor goes": ("x: [5, 3]", "ELU()([x])", "list-operand"),
}  # fmt: skip


@pytest.mark.parametrize("name", FOUND)
@pytest.mark.filterwarnings("ignore")
def test_what_was_found(name: str) -> None:
    inputs, expression, expected = FOUND[name]
    said, theirs = _ours(inputs, expression), _keras(inputs, expression)
    assert said == expected
    claim = CODES[expected].keras if expected in CODES else "builds"
    assert theirs == (
        "raises" if claim == "raises-build" else said if claim == "builds" else theirs
    )


def _ours(inputs: str, expression: str) -> str:
    """The code of the one error, or the type of the output."""
    lines = [f"input {one}" for one in inputs.split("; ")]
    done = dsl.check("\n".join([*lines, f"output y = {_in_words(expression)}"]) + "\n")
    errors = [one.code.id for one in done.diagnostics if one.severity == "error"]
    return " ".join(errors) or str(done.program.outputs[0].tensor.type)


def _in_words(expression: str) -> str:
    return re.sub(r"'([^']*)'", r'"\1"', expression)


def _keras(inputs: str, expression: str) -> str:
    """`raises`, or the type of the output as the language writes it."""
    import keras

    names: dict[str, Any] = {**vars(keras.layers), "ops": keras.ops}
    for one in inputs.split("; "):
        name, dtype, sizes = re.fullmatch(r"(\w+): (\w*)\[(.*)\]", one).groups()
        shape = [int(size) if size.isdigit() else None for size in sizes.split(", ") if size]
        names[name] = keras.Input(shape, dtype=dtype or "float32", name=name)
    try:
        made = eval(expression, names)  # noqa: S307 -- a line of the table above
        keras.Model([value for name, value in names.items() if len(name) == 1], made)
    except Exception:  # noqa: BLE001 -- any will do as a refusal
        return "raises"
    if isinstance(made, list):
        return "a list"
    shape = ", ".join("?" if size is None else str(size) for size in made.shape[1:])
    return f"{made.dtype}[{shape}]"
