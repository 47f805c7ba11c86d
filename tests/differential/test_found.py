"""Each disagreement that was found and mended, by name: a program, what is said of it, and Keras beside it.

The expression of the last line is also given to Keras as it stands: the language is Python there.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

import dsl
from dsl.codes import CODES

if TYPE_CHECKING:
    from dsl.compiler import Compilation

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
    "a variance in words": ("x: [5, 3]", "Normalization(mean=1, variance='one_hot')(x)", "bad-value"),
    "a variance for each place of no axis": (
        "x: [2]", "Normalization(mean=[1.0, 1.0], variance=[1.0, 1.0], axis=None)(x)", "bad-value",
    ),
    "a mean for other places than there are": (
        "x: [3]", "Normalization(mean=[1.0, 1.0], variance=[1.0, 1.0])(x)", "bad-value",
    ),
    "a mean for all places": ("x: [3]", "Normalization(mean=[1.0], variance=[1.0])(x)", "float32[3]"),
    "limits of a correction in words": (
        "x: [8]", "BatchNormalization(renorm=True, renorm_clipping='int')(x)", "bad-value",
    ),
    "limits of a correction that is not made": (
        "x: [8]", "BatchNormalization(renorm_clipping=0.5)(x)", "senseless-value",
    ),
    "limits of a correction by their names": (
        "x: [8]", "BatchNormalization(renorm=True, renorm_clipping={'rmax': -1.0})(x)", "float32[8]",
    ),
    "a bias of einsum has the axes behind its first letter": (
        "x: [2, 9]",
        "EinsumDense('abc,cz->abz', output_shape=[None, 2], bias_axes='z', bias_initializer='orthogonal')(x)",
        "bad-value",
    ),
    "and may have two": (
        "x: [2, 9]",
        "EinsumDense('abc,cz->abz', output_shape=[2, 2], bias_axes='bz', bias_initializer='orthogonal')(x)",
        "float32[2, 2]",
    ),
    "a bias that is not made anew": (
        "x: [3, 4]", "LSTM(5, bias_initializer=None, unit_forget_bias=False)(x)", "float32[5]",
    ),
    "texts have no cube root": ("x: string[9]", "ops.cbrt(x)", "cannot-run"),
    "texts have no size": ("x: string[9, 9]", "ops.fabs(x)", "cannot-run"),
    "a number in brackets is no pair, and sizes are not known": ("x: []", "ops.pad(x, [-1])", "cannot-run"),
    "a number in brackets is no pair, and sizes are known": ("x: [3]", "ops.pad(x, [1])", "bad-value"),
    "repeats in words": ("x: []", "ops.tile(x, ['a'])", "cannot-run"),
    "weights in words": ("x: [4]", "ops.bincount(x, weights=['a'])", "bad-value"),
    "weights that are none": ("x: [4]", "ops.bincount(x, weights=[None])", "bad-value"),
    "what is put around a fold is no word": (
        "x: [9, 1]", "ops.fold(x, output_size=3, kernel_size=3, padding='1')", "senseless-value",
    ),
    "windows of no length": (
        "x: [?]", "ops.extract_sequences(x, sequence_length=None, sequence_stride=3)", "cannot-run",
    ),
    "an axis named twice": ("x: [8, 9]", "ops.normalize(x, axis=[2, 2])", "cannot-run"),
    "a tolerance is a number": ("x: [8, 1]", "ops.isclose(True, x, rtol=[])", "senseless-value"),
    "no steps over no space": ("x: [8]; a: [8]", "ops.conv(x, a, strides=None)", "cannot-run"),
    "letters are no bins": (
        "x: [5, 8]", "Discretization(bin_boundaries='he_normal', output_mode='one_hot')(x)", "cannot-run",
    ),
    "a number in quotes": ("x: [2, 3]", "MaxNumBoundingBoxes(2, fill_value='1')(x)", "senseless-value"),
    "a keyword that nobody reads": (
        "x: string[1]; a: int32[1]", "HashedCrossing(3, kernel=1)([x, a])", "senseless-value",
    ),
    "weights of categories go by name": (
        "x: int64[4, 8]; a: [4, 8]", "CategoryEncoding(4)(x, a)", "too-many-arguments",
    ),
    "one alone is not joined": ("x: [5]", "Concatenate(axis=3)([x])", "senseless-value"),
    "one that lacks the axis, of which nothing is known": (
        "x: [?]; a: []", "Concatenate(axis=1)([x, a])", "cannot-run",
    ),
    "one that lacks the axis": ("x: [3]; a: []", "Concatenate(axis=1)([x, a])", "shape-mismatch"),
    "one question for each example is compared with all": (
        "x: [3]; a: [2, 3]", "Attention()([x, a])", "senseless-value",
    ),
    "questions of fewer axes": ("x: [2, 3]; a: [2, 5, 3]", "AdditiveAttention()([x, a])", "senseless-value"),
    "a mask of another length around each step": (
        "x: [6, 1]; a: bool[9]", "TimeDistributed(Flatten())(x, mask=a)", "cannot-run",
    ),
    "each step pooled over all its axes": (
        "x: [3, 6, 4, 5]", "TimeDistributed(MaxPooling1D())(x)", "float32[3, 3, 2, 5]",
    ),
    "a step with an axis too few to crop": (
        "x: [3, 6, 5]", "TimeDistributed(Cropping2D())(x)", "wrong-rank",
    ),
    "a step with axes too few to turn": ("x: [3, 6]", "TimeDistributed(Permute((2, 1)))(x)", "wrong-rank"),
    "a step with too many": ("x: [3, 6, 5, 4]", "TimeDistributed(Permute((2, 1)))(x)", "cannot-run"),
    "windows that fit into no step": (
        "x: [3, 1, 5]", "TimeDistributed(AveragePooling1D(2))(x)", "wrong-rank",
    ),
    "fractions around what is known": ("x: [6, 4]", "ZeroPadding1D([0.5, 0.2])(x)", "bad-value"),
    "fractions around what is not": ("x: [?, 4]", "ZeroPadding1D([0.5, 0.2])(x)", "senseless-value"),
    "fractions of what is not known are cut off": ("x: [?, 4]", "Cropping1D([0.5, 0.2])(x)", "cannot-run"),
    "fractions that are one number": ("x: int64[3]", "IntegerLookup(vocabulary=[0.5, 0.2])(x)", "bad-value"),
    "a fraction to look up": ("x: int64[3]", "IntegerLookup(vocabulary=[0.5])(x)", "senseless-value"),
    "a truth as a threshold of whole numbers": (
        "x: int32[3]", "ops.hard_shrink(x, threshold=False)", "int32[3]",
    ),
    "numbers along axis 1, by luck": (
        "x: [8]; a: [8]", "ops.geomspace(x, a, num=2, axis=1)", "senseless-value",
    ),
    "a crop of one place cuts what is not known": (
        "x: [4, ?, 6]", "CenterCrop(1, 1, dtype='float16')(x)", "float16[1, 1, 6]",
    ),
    "a weight that is drawn unasked": (
        "x: [4, 3]", "AdditiveAttention(dtype='uint8')([x, x])", "bad-value",
    ),
    "windows of a transform are no whole numbers": (
        "x: [64, 1]", "STFTSpectrogram(frame_length=16, fft_length=16, dtype='int32')(x)", "bad-value",
    ),
    "a dictionary for a shape": ("x: [8]", "ops.unravel_index(x, shape={'a': 1})[0]", "senseless-value"),
    "a mask that does not fit to whole numbers": (
        "x: uint8[6, 4, 4]; a: bool[6, 4]", "Softmax()(x, mask=a)", "cannot-run",
    ),
    "an axis more of the value meets the batch": (
        "x: [7, 4]; a: [1, 6, 4]", "Attention()([x, a])", "senseless-value",
    ),
    "a mask that does not fit to fractions": (
        "x: [9, 8, 4]; a: bool[9, 5, 4]", "Softmax()(x, mask=a)", "cannot-run",
    ),
    "no size for an adaptive pooling": (
        "x: [6, 4]", "AdaptiveMaxPooling1D([None])(x)", "senseless-value",
    ),
    "an axis that is cut to a whole one": ("x: [8, 3]", "BatchNormalization(axis=1.5)(x)", "senseless-value"),
    "a name that is none is left out": ("x: [3]", "ReLU(name=None)(x)", "float32[3]"),
}  # fmt: skip

RUNS: dict[str, tuple[str, str, str, str]] = {
    # name: inputs, expression, what is announced, what a run gives
    "a mean of complex numbers": (
        "x: complex64[8, 7]", "GlobalAveragePooling1D()(x)", "float32[7]", "complex64[7]",
    ),
    "a mean of whole numbers is a float32": (
        "x: uint32[4, 3]", "GlobalAveragePooling1D(dtype='mixed_float16')(x)", "float16[3]", "float32[3]",
    ),
    "a mean of floats in whole numbers too": (
        "x: [5, 4, 2]", "GlobalAveragePooling2D(dtype='uint8')(x)", "uint8[2]", "float32[2]",
    ),
    "a slope makes floats of whole numbers": (
        "x: int32[4, 9]", "ReLU(negative_slope=2.0, dtype='float16')(x)", "float16[4, 9]", "float32[4, 9]",
    ),
    "an exponential as well": (
        "x: int8[4]", "Activation('exponential', dtype='float16')(x)", "float16[4]", "float32[4]",
    ),
    "a slope below a limit": (
        "x: int32[4]", "ReLU(negative_slope=0.1, max_value=3.0)(x)", "float32[4]", "fails",
    ),
    "a layer that casts nothing hands on": (
        "x: [7, 8]", "GlobalMaxPooling1D(dtype='mixed_bfloat16', autocast=False)(x)", "bfloat16[8]", "float32[8]",
    ),
    "or multiplies with its own weights": (
        "x: [8]", "Dense(2, dtype='mixed_bfloat16', autocast=False)(x)", "bfloat16[2]", "float32[2]",
    ),
    "merges too": (
        "x: [9]; a: [9]", "Maximum(dtype='mixed_float16', autocast=False)([x, a])", "float16[9]", "float32[9]",
    ),
    "an embedding backwards casts nothing": (
        "x: [3]", "ReversibleEmbedding(6, 3, dtype='mixed_float16')(x, reverse=True)", "float16[6]", "float32[6]",
    ),
    "what is normalized goes back to whole numbers": (
        "x: int32[6]", "SpectralNormalization(Embedding(7, 2))(x)", "float32[6, 2]", "int32[6, 2]",
    ),
    "steps are not cast": (
        "x: int32[8, 4, 2]", "TimeDistributed(Flatten())(x)", "float32[8, 8]", "int32[8, 8]",
    ),
    "steps are of the layer's own weights": (
        "x: [8, 4]", "TimeDistributed(Dense(2), dtype='float16')(x)", "float16[8, 2]", "float32[8, 2]",
    ),
    "codes have the dtype of weights": (
        "x: int32[4]", "CategoryEncoding(5, dtype='mixed_float16')(x)", "float16[5]", "float32[5]",
    ),
    "a code for each value": (
        "x: int32[5]", "Hashing(7, output_mode='one_hot')(x)", "float32[7]", "float32[5, 7]",
    ),
    "words come back as words": (
        "x: int32[1]", "StringLookup(vocabulary=['a', 'b'], invert=True)(x)", "int64[1]", "string[1]",
    ),
    "a crop of a small image is a resize": (
        "x: [1, 5, 2]", "CenterCrop(5, 3, dtype='float64')(x)", "float64[5, 3, 2]", "float32[5, 3, 2]",
    ),
    "codes have the dtype that is asked for": (
        "x: [8]", "ops.multi_hot(x, num_classes=3, dtype='int8')", "float32[3]", "int8[3]",
    ),
    "a number is as strong as a tensor": ("x: int8[5]", "ops.fmod(x, -1)", "int8[5]", "int32[5]"),
    "moments that are divided": (
        "x: uint8[5, 3]", "ops.moments(x, axes=[1], synchronized=True)[0]", "uint8[3]", "float32[3]",
    ),
    "a sequence in a space of three axes": (
        "x: [8, 3]", "AdaptiveMaxPooling3D(2)(x)", "float32[2, 2, 2, 3]", "float32[2, 3]",
    ),
    "a step with more axes than are cropped": (
        "x: [3, 6, 5, 4]", "TimeDistributed(Cropping1D())(x)", "float32[3, 4, 5]", "float32[3, 4, 5, 4]",
    ),
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


@pytest.mark.parametrize("name", RUNS)
@pytest.mark.filterwarnings("ignore")
def test_what_a_run_gives_otherwise(name: str) -> None:
    inputs, expression, announced, real = RUNS[name]
    done = _checked(inputs, expression)
    assert [one.code.id for one in done.diagnostics] == ["surprise"]
    assert str(done.program.outputs[0].tensor.type) == announced
    model = _model(inputs, expression)
    assert [_type(one) for one in model.outputs] == [announced]
    assert _run(model) == real


def _checked(inputs: str, expression: str) -> Compilation:
    lines = [f"input {one}" for one in inputs.split("; ")]
    return dsl.check("\n".join([*lines, f"output y = {_in_words(expression)}"]) + "\n")


def _ours(inputs: str, expression: str) -> str:
    """The code of the one error, or the type of the output."""
    done = _checked(inputs, expression)
    errors = [one.code.id for one in done.diagnostics if one.severity == "error"]
    return " ".join(errors) or str(done.program.outputs[0].tensor.type)


def _in_words(expression: str) -> str:
    return re.sub(r"'([^']*)'", r'"\1"', expression)


def _keras(inputs: str, expression: str) -> str:
    """`raises`, or the type of the output as the language writes it."""
    try:
        outputs = _model(inputs, expression).outputs
    except Exception:  # noqa: BLE001 -- any will do as a refusal
        return "raises"
    return _type(outputs[0]) if len(outputs) == 1 else "a list"


def _model(inputs: str, expression: str) -> Any:
    import keras

    names: dict[str, Any] = {**vars(keras.layers), "ops": keras.ops}
    given = []
    for one in inputs.split("; "):
        name, dtype, sizes = re.fullmatch(r"(\w+): (\w*)\[(.*)\]", one).groups()
        shape = [int(size) if size.isdigit() else None for size in sizes.split(", ") if size]
        names[name] = keras.Input(shape, dtype=dtype or "float32", name=name)
        given.append(names[name])
    return keras.Model(given, eval(expression, names))  # noqa: S307 -- a line of the tables above


def _run(model: Any) -> str:
    import keras
    import numpy as np

    given = [keras.ops.cast(np.ones((2, *one.shape[1:])), one.dtype) for one in model.inputs]
    try:
        return _type(model(given if given[1:] else given[0]))
    except Exception:  # noqa: BLE001 -- however it fails
        return "fails"


def _type(tensor: Any) -> str:
    import keras

    shape = ", ".join("?" if size is None else str(size) for size in tensor.shape[1:])
    return f"{keras.backend.standardize_dtype(tensor.dtype)}[{shape}]"


def test_a_batch_that_is_given_to_a_cell_as_its_features():
    text = (
        "input x: [](batch_size=4)\ninput s: [5](batch_size=4)\noutput y, z = GRUCell(5)(x, [s])\n"
    )
    assert [one.code.id for one in dsl.check(text).diagnostics] == ["senseless-value"]
    import keras

    x, state = keras.Input(batch_shape=(4,)), keras.Input((5,), batch_size=4)
    assert keras.layers.GRUCell(5)(x, [state])[0].shape == (4, 5)
