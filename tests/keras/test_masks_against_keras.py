"""What becomes of a mask at each public layer, and on its way through whole programs, is what Keras does."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import pytest

from dsl import compiler
from dsl.build import Script
from dsl.catalogue import lookup
from dsl.source import Source
from tests.keras.older import knows_otherwise

if TYPE_CHECKING:
    from dsl.compiler import Compilation
    from dsl.shapes.types import Mask

pytestmark = pytest.mark.keras

SEQUENCE, IMAGE, VOLUME, ROW = "[6, 4]", "[8, 8, 3]", "[4, 4, 4, 3]", "[4]"

UNASKED = {
    "Equalization", "FlaxLayer", "HashedCrossing", "InputLayer", "InputSpec", "JaxLayer", "Lambda", "Layer", "Pipeline", "Softmax",
    "StringLookup", "TFSMLayer", "TextVectorization", "TorchModuleWrapper", "Wrapper",
}  # fmt: skip
"""Layers that no mask of steps reaches: they hold Python, or take text, or fail over it (`Softmax`)."""

ARGUMENTS = {
    "Activation": "relu", "AdaptiveAveragePooling1D": "2", "AdaptiveAveragePooling2D": "2",
    "AdaptiveAveragePooling3D": "2", "AdaptiveMaxPooling1D": "2", "AdaptiveMaxPooling2D": "2",
    "AdaptiveMaxPooling3D": "2", "AlphaDropout": "0.1", "AveragePooling1D": "2", "AveragePooling2D": "2",
    "AveragePooling3D": "2", "Bidirectional": "LSTM(4)", "CategoryEncoding": "9", "CenterCrop": "4, 4",
    "Conv1D": "4, 3", "Conv1DTranspose": "4, 3", "Conv2D": "4, 3", "Conv2DTranspose": "4, 3", "Conv3D": "4, 3",
    "Conv3DTranspose": "4, 3", "ConvLSTM1D": "4, 3, padding=same", "ConvLSTM2D": "4, 3, padding=same",
    "ConvLSTM3D": "4, 3, padding=same", "Cropping2D": "1", "Dense": "4", "DepthwiseConv1D": "3", "DepthwiseConv2D": "3",
    "Discretization": "[0.0, 1.0]", "Dot": "1", "Dropout": "0.1", "EinsumDense": '"abc,cd->abd", [none, 5]',
    "Embedding": "9, 4", "GRU": "4", "GRUCell": "4", "GaussianDropout": "0.1", "GaussianNoise": "0.1",
    "GroupNormalization": "2", "GroupQueryAttention": "4, 2, 2", "Hashing": "4", "IntegerLookup": "vocabulary=[1, 2]",
    "LSTM": "4", "LSTMCell": "4", "MaxNumBoundingBoxes": "3", "MultiHeadAttention": "2, 4",
    "MelSpectrogram": "fft_length=64, sequence_stride=16, num_mel_bins=8",
    "Normalization": "mean=0.0, variance=1.0", "Permute": "[2, 1]", "RNN": "LSTMCell(4)", "RandomBrightness": "0.2",
    "RandomColorDegeneration": "0.2", "RandomContrast": "0.2", "RandomCrop": "4, 4", "RandomHue": "0.2",
    "RandomPosterization": "4", "RandomRotation": "0.2", "RandomSaturation": "0.2", "RandomSharpness": "0.2",
    "RandomTranslation": "0.1, 0.1", "RandomZoom": "0.1", "RepeatVector": "3", "Rescaling": "2.0", "Reshape": "[-1]",
    "Resizing": "4, 4", "ReversibleEmbedding": "9, 4", "STFTSpectrogram": "frame_length=16, frame_step=8",
    "SeparableConv1D": "4, 3", "SeparableConv2D": "4, 3", "SimpleRNN": "4", "SimpleRNNCell": "4",
    "SpatialDropout1D": "0.1", "SpatialDropout2D": "0.1", "SpatialDropout3D": "0.1",
    "SpectralNormalization": "Dense(4)", "StackedRNNCells": "[GRUCell(4)]", "TimeDistributed": "Dense(3)",
}  # fmt: skip
"""What a layer must be given, as the language writes it."""

SHAPES = {
    "ConvLSTM1D": "[5, 6, 3]", "ConvLSTM2D": "[5, 6, 6, 3]", "ConvLSTM3D": "[3, 4, 4, 4, 2]", "RepeatVector": ROW,
    "CategoryEncoding": ROW, "STFTSpectrogram": "[64, 1]", "MelSpectrogram": "[256]",
    "GRUCell": ROW, "LSTMCell": ROW, "SimpleRNNCell": ROW, "StackedRNNCells": ROW,
}  # fmt: skip
CALLS = {
    **dict.fromkeys(("AdditiveAttention", "Attention", "Add", "Average", "Concatenate", "Dot"), "[x, x]"),
    **dict.fromkeys(("Maximum", "Minimum", "Multiply", "Subtract"), "[x, x]"),
    **dict.fromkeys(("GroupQueryAttention", "MultiHeadAttention"), "x, x"),
    **dict.fromkeys(("GRUCell", "SimpleRNNCell", "StackedRNNCells"), "x, [x]"),
    "LSTMCell": "x, [x, x]",
}  # fmt: skip
IMAGES = ("Random", "AugMix", "AutoContrast", "CenterCrop", "Contrast", "CutMix", "Equal", "MixUp", "Resizing", "Solar", "RandAugment")  # fmt: skip


def public_layers() -> list[str]:
    """The layers of Keras, aliases left out."""
    found = [lookup.symbol("layers", name) for name in lookup.names("layers")]
    return sorted({one.key for one in found if one is not None and one.is_layer} - UNASKED)


def shape_for(name: str) -> str:
    """What a layer is asked on."""
    if name in SHAPES:
        return SHAPES[name]
    if "3D" in name:
        return VOLUME
    return IMAGE if "2D" in name or name.startswith(IMAGES) else SEQUENCE


STATES = {"GRUCell", "SimpleRNNCell", "LSTMCell", "StackedRNNCells"}
"""Layers that give their states too."""


def program_of(name: str) -> str:
    """A program in which a mask reaches a layer, and is dropped before its second application."""
    call = CALLS.get(name, "x")
    rest = ", *_" if name in STATES else ""
    return f"""# allow: mask-lost, surprise, unused-tensor
input a: {shape_for(name)}
x = Masking()(a)
shared layer = {name}({ARGUMENTS.get(name, "")})
y{rest} = layer({call})
x = x + 0.0
z{rest} = layer({call})
output y
output z
"""


def checked(text: str) -> Compilation:
    done = compiler.check(Source("test.graph", text))
    assert done.ok, [one.message for one in done.diagnostics]
    return done


def built(text: str) -> tuple[Compilation, Any, bool]:
    """A program, its model, and whether Keras warned of a mask."""
    import keras

    keras.utils.set_random_seed(0)
    done = checked(text)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model = Script(done).model()
    return done, model, any("does not support masking" in str(one.message) for one in caught)


def padded(model: Any) -> list[Any]:
    """Arrays for the inputs of a model, some steps zero, for each sample others."""
    import numpy as np

    draw = np.random.default_rng(0)
    found = []
    for one in model.inputs:
        shape = (2, *one.shape[1:])
        values = draw.integers(1, 5, shape) if "int" in one.dtype else 0.1 + draw.random(shape)
        places = values.reshape(2, -1, *values.shape[2:][-1:]) if len(shape) > 2 else values
        places[0, -2:] = 0
        places[1, -1:] = 0
        found.append(values.astype(one.dtype))
    return found


def run(model: Any, *, training: bool = False) -> list[Any]:
    data = padded(model)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Keras warns of lost masks in each run again
        results = model(data if len(data) > 1 else data[0], training=training)
    return results if isinstance(results, list) else [results]


def mask_beside(tensor: Any) -> list[int | None] | None:
    from keras.src import backend

    mask = backend.get_keras_mask(tensor)
    return None if mask is None else [*mask.shape][1:]


def plain(mask: Mask | None) -> list[int | None] | None:
    """A mask's sizes behind the batch, as Keras has them."""
    if mask is None:
        return None
    assert mask.shape is not None
    return [size if isinstance(size, int) else None for size in mask.shape[1:]]


def agreement(text: str) -> str:
    """How Keras and the compiler disagree over the masks of a program's outputs; empty where they agree."""
    done, model, _ = built(text)
    results = run(model, training=True)  # else Dropout gives what it got, mask and all
    said = []
    for ours, symbolic, real in zip(done.program.outputs, model.outputs, results, strict=True):
        if plain(ours.tensor.mask) != mask_beside(symbolic):
            said.append(
                f"{ours.name} built: ours {plain(ours.tensor.mask)}, {mask_beside(symbolic)}"
            )
        if plain(ours.tensor.run_mask) != mask_beside(real):
            said.append(f"{ours.name} run: ours {plain(ours.tensor.run_mask)}, {mask_beside(real)}")
    return "; ".join(said)


# ---- every public layer


@pytest.mark.parametrize("name", public_layers())
def test_a_layer_does_with_a_mask_what_keras_does(name: str) -> None:
    import numpy as np

    done, model, warned = built(program_of(name))
    (output, _) = done.program.outputs
    layer = next(one for one in done.program.applications if one.operation.symbol == name)
    if name == "Masking":
        layer = done.program.applications[2]
    passage = done.program.state.masks.passages.get(id(layer))
    assert plain(output.tensor.mask) == mask_beside(model.outputs[0])
    assert warned == (passage is not None and passage.built.destroyed)
    if name in GIVES_BACK:
        return
    result, bare = run(model, training=name == "BatchNormalization")
    assert plain(output.tensor.run_mask) == mask_beside(result)
    heeded = passage is not None and passage.run.heeded
    assert heeded != np.allclose(result, bare, atol=1e-5)


GIVES_BACK = {"AugMix", "CutMix", "MixUp", "Solarization"} | {
    one for one in public_layers() if one.startswith("Rand")
}
"""Layers that give, by chance or by what is in it, the image that they got itself, mask and all, or a new one."""


# ---- what arguments decide

SEQ = "input a: [6, 4]\nx = Masking()(a)\n"
TWO = SEQ + "input b: [6, 4]\nu = b + 0.0\nm = Masking()(b)\noutput i = a[:, 0] + b[:, 0]\n"
IDS = "input ids: int32[6]\nx = Embedding(9, 4, mask_zero)(ids)\n"
QUERIES = "input a: [6, 4]\ninput b: [5, 4]\nx = Masking()(a)\nm = Masking()(b)\nu = b + 0.0\noutput i = a[:, 0] + b[:, 0]\n"

TWICE = f"{IDS}a = MultiHeadAttention(2, 4)(x, x)\n"

PROGRAMS = [
    *(
        f"{SEQ}output y = {cell}, return_sequences={sequence})(x)"
        for cell in ("LSTM(3", "GRU(3", "SimpleRNN(3", "RNN([LSTMCell(3), GRUCell(2)]")
        for sequence in ("true", "false")
    ),
    f"{SEQ}output y, s, c = LSTM(3, return_sequences, return_state)(x)",
    f"{SEQ}output y, s = GRU(3, return_sequences, return_state)(x)",
    f"{SEQ}output y, s, c, d, e = Bidirectional(LSTM(3, return_sequences, return_state))(x)",
    f"{SEQ}output y, z = Bidirectional(GRU(3, return_sequences), merge_mode=none)(x)",
    f"{SEQ}output y = Bidirectional(GRU(3), merge_mode=sum)(x)",
    "input a: [3, 6, 4]\nx = Masking()(a)\noutput y = TimeDistributed(LSTM(2))(x)",
    "input a: [3, 6, 4]\nx = Masking()(a)\noutput y = TimeDistributed(Conv1D(2, 3))(x)",
    "input a: [3, 6, 4]\nx = Masking()(a)\nt = TimeDistributed(Flatten())(x)\noutput y = concatenate([t, t])",
    "input a: [6, 4]\noutput y = TimeDistributed(Masking())(reshape(a, [-1, 2, 3, 4]))",
    *(
        f"{TWO}output y = Concatenate(axis={axis})([{pair}])"
        for axis in (1, 2, -1)
        for pair in ("x, m", "x, u", "u, m")
    ),
    *(
        f"{TWO}output y = {merge}([{pair}])"
        for merge in ("add", "multiply", "average")
        for pair in ("x, m", "x, u", "u, m")
    ),
    f"{SEQ}input b: [1, 4]\noutput y = add([x, Masking()(b)])",
    f"{SEQ}input b: [3, 4]\noutput y = concatenate([x, Masking()(b)], axis=1)",
    *(
        f"{QUERIES}output y = {layer}({call})"
        for layer, calls in (
            ("Attention()", ("[x, m]", "[x, u]", "[u, m]", "[u, u, m]")),
            ("AdditiveAttention()", ("[x, m]", "[x, u]", "[u, m]")),
            (
                "MultiHeadAttention(2, 4)",
                ("x, m", "x, u", "u, m", "u, u, key=m", "x, m, use_causal_mask=false"),
            ),
            ("GroupQueryAttention(4, 2, 2)", ("x, m", "x, u", "u, m")),
        )
        for call in calls
    ),
    f"{SEQ}input b: [6, 1]\noutput y = LSTM(3, return_sequences)(a, mask=greater(b[:, :, 0], 0.5))",
    f"{SEQ}input b: [6, 1]\noutput y = Attention()([x, x], mask=[none, greater(b[:, :, 0], 0.5)])",
    f"{SEQ}input b: [6, 4]\noutput y = Softmax()(x, mask=greater(b, 0.5))",
    f"{SEQ}input h: [3]\noutput y = LSTM(3, return_sequences)(x, initial_state=[h, h])",
    f"{SEQ}input h: [3]\noutput y = GRU(3)(x, initial_state=h)",
    # ---- whole programs
    f"{IDS}output y = x -> Dense(3) -> Dropout(0.1) -> LayerNormalization",
    f"{IDS}output y = x * 2.0",
    f"{IDS}output y = cast(x, float32)",
    f"{IDS}output y = cast(x, float16)",
    f"{IDS}output y = relu(x)",
    f"{IDS}output y = linear(x)",
    f"{IDS}output y = x[:, 1:]",
    f"{IDS}output y = x + Embedding(6, 4)(positions(ids))",
    f"{IDS}output y = add([x, Embedding(6, 4)(positions(ids))])",
    f"{IDS}output x\noutput y = Dense(2)(x)",
    "input ids: int32[6]\noutput y = ReversibleEmbedding(9, 4, mask_zero=true)(ids)",
    "input ids: [6]\noutput y = Embedding(9, 4, mask_zero=true)(ids)",
    "input a: [4]\noutput y = a -> Masking -> Dense(2) -> BatchNormalization",
    f"{IDS}output y = SpectralNormalization(Dense(2))(x)",
    # ---- attention takes masks off
    f"{TWICE}output y = add([x, a])",
    f"{TWICE}output y = add([a, x])",
    f"{TWICE}output y = add([x, a]) -> LayerNormalization -> Dense(2)",
    f"{TWICE}output y = add([x, a]) -> LSTM(3, return_sequences)",
    f"{TWICE}s = add([x, a])\noutput y = MultiHeadAttention(2, 4)(s, s)",
    f"{TWICE}output x\noutput a",
    f"{TWICE}output a\noutput y = Dense(2)(x)",
    f"{TWICE}output y = Dense(2)(x)\noutput a",
    f"{TWICE}output a\noutput b = MultiHeadAttention(2, 4)(x, x)",
    f"{TWICE}output y = MultiHeadAttention(2, 4)(a, a)",
    f"{TWICE}output y = add([Identity()(x), a])",
    f"{IDS}h = LayerNormalization()(x)\noutput y = add([x, MultiHeadAttention(2, 4)(h, h)])",
    f"{IDS}output y = add([x, GroupQueryAttention(4, 2, 2)(x, x)])",
    f"{IDS}output y = add([x, Attention()([x, x])])",
    f"{TWICE}t = Dense(4)(x)\noutput b = MultiHeadAttention(2, 4)(t, t)\noutput z = add([x, t])",
    # ---- nested models
    f"model T()(q: [6, 4]):\n    return Dense(3)(q)\n{IDS}output y = T()(x)",
    f"model T()(q: [6, 4]):\n    return q * 2.0\n{IDS}output y = T()(x)",
    f"model T()(q: [6, 4]):\n    return LSTM(3)(q)\n{IDS}output y = T()(x)",
    f"model T()(q: [6, 4]):\n    return Dense(3)(q), q + 1.0\n{IDS}output y, z = T()(x)",
    f"model T()(p: [6, 4], q: [6, 4]):\n    return add([p, q])\n{TWO}output y = T()(x, m)",
    f"model T()(p: [6, 4], q: [6, 4]):\n    return add([p, q])\n{TWO}output y = T()(q=u, p=x)",
    "model T()(q: int32[6]):\n    return Embedding(9, 4, mask_zero)(q)\ninput ids: int32[6]\noutput y = T()(ids) -> Dense(2)",
    f"model T()(q: [6, 4]):\n    return add([q, MultiHeadAttention(2, 4)(q, q)])\n{IDS}output y = T()(x)",
    f"model U()(q: [6, 4]):\n    return Dense(3)(q)\nmodel T()(q: [6, 4]):\n    return U()(q)\n{IDS}output y = T()(x)",
    f"model T()(q: [6, 4]):\n    return Dense(4)(q)\n{IDS}shared t = T()\noutput y = t(t(x))\noutput z = t(x + 1.0)",
    f"model T()(q: [6, 4]):\n    return Dense(4)(q)\n{TWICE}output y = add([T()(x), a])",
]


@pytest.mark.parametrize("text", PROGRAMS, ids=range(len(PROGRAMS)))
def test_masks_reach_the_outputs_that_they_reach_in_keras(text: str) -> None:
    if knows_otherwise(text, "masks"):
        pytest.skip("this Keras is known to do otherwise")
    assert agreement(f"# allow: mask-lost, unused-tensor\n{text}\n") == ""


# ---- masks that Keras fails over

WIDE = "input a: [3, 6, 4]\nx = TimeDistributed(GlobalMaxPooling1D())(Masking()(a))\n"
"""A tensor [3, 4] whose mask is [3, 6]: `TimeDistributed` leaves masks as they are."""

MISFITS = [
    (f"{SEQ}output y = Softmax()(x)", (6, 4), lambda k, x: k.Softmax()(x)),
    (f"{SEQ}output y = TimeDistributed(Softmax())(x)", (6, 4), lambda k, x: k.TimeDistributed(k.Softmax())(x)),
    (
        f"{SEQ}output y = GlobalAveragePooling1D(channels_first)(x)",
        (6, 4),
        lambda k, x: k.GlobalAveragePooling1D(data_format="channels_first")(x),
    ),
    (
        "input a: [5, 6, 3]\nx = Masking()(a)\noutput y = ConvLSTM1D(4, 3)(x)",
        (5, 6, 3),
        lambda k, x: k.ConvLSTM1D(4, 3)(x),
    ),
    (
        "input a: [3, 6, 4]\nx = Masking()(a)\noutput y = MultiHeadAttention(2, 4)(x, x)",
        (3, 6, 4),
        lambda k, x: k.MultiHeadAttention(2, 4)(x, x),
    ),
    (
        "input a: [3, 6, 4]\nx = Masking()(a)\noutput y = TimeDistributed(Conv1D(2, 3))(x) -> TimeDistributed(GlobalAveragePooling1D())",
        (3, 6, 4),
        lambda k, x: k.TimeDistributed(k.GlobalAveragePooling1D())(k.TimeDistributed(k.Conv1D(2, 3))(x)),
    ),
    (f"{WIDE}output y = BatchNormalization()(x)", (3, 6, 4), lambda k, x: k.BatchNormalization()(wide(k, x))),
    (f"{WIDE}output y = LSTM(3)(x)", (3, 6, 4), lambda k, x: k.LSTM(3)(wide(k, x))),
    (f"{WIDE}output y = Bidirectional(GRU(3))(x)", (3, 6, 4), lambda k, x: k.Bidirectional(k.GRU(3))(wide(k, x))),
    (f"{WIDE}output y = GlobalAveragePooling1D()(x)", (3, 6, 4), lambda k, x: k.GlobalAveragePooling1D()(wide(k, x))),
    (f"{WIDE}output y = Attention()([x, x])", (3, 6, 4), lambda k, x: k.Attention()([wide(k, x), wide(k, x)])),
    (
        f"{WIDE}output y = MultiHeadAttention(2, 4)(x, x)",
        (3, 6, 4),
        lambda k, x: k.MultiHeadAttention(2, 4)(wide(k, x), wide(k, x)),
    ),
    (
        "input a: [6, 4]\noutput y = add([Masking()(a), Masking()(a[:, 0])])",
        (6, 4),
        lambda k, x: k.Add()([x, k.Masking()(x[:, 0])]),
    ),
]  # fmt: skip


def wide(layers: Any, x: Any) -> Any:
    return layers.TimeDistributed(layers.GlobalMaxPooling1D())(x)


@pytest.mark.parametrize(("text", "shape", "make"), MISFITS, ids=range(len(MISFITS)))
def test_a_mask_that_builds_and_fails_in_the_run(text: str, shape: Any, make: Any) -> None:
    import keras

    found = compiler.check(Source("test.graph", text)).diagnostics
    assert [one.code.id for one in found] == ["mask-shape"]
    start = keras.Input(shape)
    model = keras.Model(start, make(keras.layers, keras.layers.Masking()(start)))
    with pytest.raises(Exception, match=r"mask|condition|shapes|ncompatible"):
        run(model, training=True)


CLASHES = [
    (f"{WIDE}output y = add([x, Masking()(a[:, :, 0])])", lambda k, x, a: k.Add()([wide(k, x), k.Masking()(a[:, :, 0])])),
    (
        f"{WIDE}output y = concatenate([x, Masking()(a[:, :, 0])], axis=1)",
        lambda k, x, a: k.Concatenate(axis=1)([wide(k, x), k.Masking()(a[:, :, 0])]),
    ),
    (
        "input a: [3, 6, 4]\nx = TimeDistributed(Conv1D(4, 3))(Masking()(a))\noutput y = concatenate([x, a[:, :, 2:]])",
        lambda k, x, a: k.Concatenate()([k.TimeDistributed(k.Conv1D(4, 3))(x), a[:, :, 2:]]),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("text", "make"), CLASHES, ids=range(len(CLASHES)))
def test_masks_that_keras_cannot_join(text: str, make: Any) -> None:
    import keras

    found = compiler.check(Source("test.graph", text)).diagnostics
    assert [one.code.id for one in found] == ["shape-mismatch"]
    start = keras.Input((3, 6, 4))
    with pytest.raises(ValueError, match=r"broadcast|same shape"):
        make(keras.layers, keras.layers.Masking()(start), start)


FITTING = [
    f"{WIDE}output y = Dense(2)(x)",
    f"{WIDE}output y = add([x, x])",
    f"{WIDE}output y = concatenate([x, x])",
    f"{WIDE}output y = concatenate([x, x], axis=1)",
    f"{WIDE}output y = concatenate([x, a[:, :, 0]])",
    f"{WIDE}output y = LSTM(6)(x)",
    "input a: [3, 6, 4]\nx = Masking()(a)\noutput y = MultiHeadAttention(2, 4, attention_axes=2)(x, x)",
    "input a: [3, 6, 4]\nx = Masking()(a)\noutput y = Attention()([x, a + 0.0])",
    "input a: [6, 6]\nx = Masking()(a)\noutput y = GlobalAveragePooling1D(channels_first)(x)",
    "input a: [5, 6, 3]\nx = Masking()(a)\noutput y = ConvLSTM1D(4, 3, same, return_sequences)(x)",
    "input a: [5, 6, 3]\nx = Masking()(a)\noutput y = Bidirectional(ConvLSTM1D(4, 3, same))(x)",
    "input a: [5, 6, 3]\nx = Masking()(a)\noutput y = TimeDistributed(LSTM(3))(x)",
    "input a: [3, 6, 4]\nx = Masking()(a)\noutput y = BatchNormalization()(x)",
]


@pytest.mark.parametrize("text", FITTING, ids=range(len(FITTING)))
def test_masks_of_odd_shapes_that_run(text: str) -> None:
    if knows_otherwise(text, "masks"):
        pytest.skip("this Keras is known to do otherwise")
    assert agreement(f"# allow: mask-lost\n{text}\n") == ""


# ---- what heeds a mask in whole programs


def heeds(text: str) -> bool:
    """Whether the first output changes where what is padding holds something else; ids of 0 are padding."""
    import numpy as np

    _, model, _ = built(text)
    table = next(one for one in model.layers if type(one).__name__ == "Embedding")
    before = run(model)[0]
    rows = table.get_weights()[0]
    rows[0] += 1.0
    table.set_weights([rows])
    after = run(model)[0]
    steps = slice(0, 1) if len(before.shape) > 2 else slice(None)  # the first step is never padding
    return np.allclose(before[:, steps], after[:, steps], atol=1e-5)


ENCODER = """
block Encoder()(x):
    a = MultiHeadAttention(2, 4)(x, x)
    x = LayerNormalization()(add([x, a]))
    return LayerNormalization()(add([x, x -> Dense(8, relu) -> Dense(4)]))
"""
COPIES = ENCODER.replace(
    "a = MultiHeadAttention(2, 4)(x, x)",
    "h = Rescaling(1.0)(x)\n    a = MultiHeadAttention(2, 4)(h, h)",
)
BEFORE = """
block Encoder()(x):
    h = LayerNormalization()(x)
    x = add([x, MultiHeadAttention(2, 4)(h, h)])
    return add([x, x -> LayerNormalization -> Dense(8, relu) -> Dense(4)])
"""


@pytest.mark.parametrize(
    ("text", "missed"),
    [
        (f"{ENCODER}{IDS}output y = Encoder()(x)", False),
        (f"{ENCODER}{IDS}output y = Encoder()(Encoder()(x))", True),
        (f"{BEFORE}{IDS}output y = Encoder()(Encoder()(x))", False),
        (f"{COPIES}{IDS}output y = Encoder()(Encoder()(x))", False),
        (f"model T()(q: [6, 4]):\n    return LSTM(3)(q)\n{IDS}output y = T()(x)", False),
        (f"model T()(q: [6, 4]):\n    return Flatten()(q)\n{IDS}output y = T()(x)", True),
        (f"{IDS}input h: [3]\noutput y = GRU(3)(x, initial_state=h)", True),
        (f"{IDS}input h: [3]\noutput y = GRU(3)(x, initial_state=h, mask=not_equal(ids, 0))", False),
        (f"{IDS}a = MultiHeadAttention(2, 4)(x, x)\noutput y = GlobalAveragePooling1D()(add([x, a]))", False),
    ],
    ids=range(9),
)  # fmt: skip
def test_padding_counts_where_the_lint_says_so(text: str, missed: bool) -> None:
    found = [one.code.id for one in compiler.check(Source("test.graph", text)).diagnostics]
    assert found == (["mask-lost"] if missed else [])
    assert heeds(text) != missed


# ---- masks and losses


@pytest.mark.parametrize(
    "text",
    [
        f"{IDS}output y = Dense(2)(x)",
        f"{IDS}h = Dense(2)(x)\noutput y = h",
        f"{IDS}output y = Dense(2)(x) * 2.0",
        f"{IDS}output y = x + Embedding(6, 4)(positions(ids))",
        f"{IDS}output y = GRU(2, return_sequences)(x)",
        f"{IDS}output y = add([x, MultiHeadAttention(2, 4)(x, x)])",
        f"model T()(q: [6, 4]):\n    return Dense(2)(q)\n{IDS}output y = T()(x)",
    ],
    ids=range(7),
)
def test_the_loss_leaves_padding_out_where_the_output_has_a_mask_in_a_run(text: str) -> None:
    import numpy as np

    train = "\ntrain:\n    optimizer = sgd\n    loss = mse\n    epochs = 1\n    batch_size = 2\n"
    done, model, _ = built(f"# allow: mask-lost\n{text}{train}")
    model.compile("sgd", "mse")
    (data,) = padded(model)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        errors = np.square(1 - model.predict(data, verbose=0)).mean(axis=-1)
        loss = model.evaluate(data, np.ones((*errors.shape, model.output.shape[-1])), verbose=0)
    has_mask = done.program.outputs[0].tensor.run_mask is not None
    counted = errors[data != 0] if has_mask else errors
    assert np.isclose(loss, counted.mean(), atol=1e-5)
    assert not np.isclose(errors.mean(), errors[data != 0].mean(), atol=1e-5)


def test_a_generated_model_learns_from_masked_outputs_as_one_by_hand() -> None:
    import keras
    import numpy as np

    layers = keras.layers
    _, model, _ = built(
        f"{IDS}output y, s = GRU(2, return_sequences, return_state)(x)\noutput z = Dense(3)(x)"
    )
    start = keras.Input((6,), dtype="int32")
    x = layers.Embedding(9, 4, mask_zero=True)(start)
    y, s = layers.GRU(2, return_sequences=True, return_state=True)(x)
    by_hand = keras.Model(start, [y, s, layers.Dense(3)(x)])
    by_hand.set_weights(model.get_weights())
    targets = [np.ones((2, *one.shape[1:])) for one in by_hand.outputs]
    (data,) = padded(model)
    for one in (model, by_hand):
        one.compile(keras.optimizers.SGD(0.5), ["mse"] * 3)
        one.fit(data, targets, batch_size=2, verbose=0)
    for ours, theirs in zip(model.get_weights(), by_hand.get_weights(), strict=True):
        assert np.allclose(ours, theirs, atol=1e-6)


# ---- programs that nobody wrote


STAGES = (
    "Dense(4)({})", "Dropout(0.1)({})", "LayerNormalization()({})", "BatchNormalization()({})", "Identity()({})",
    "LSTM(4, return_sequences)({})", "Bidirectional(GRU(2, return_sequences))({})", "TimeDistributed(Dense(4))({})",
    "Conv1D(4, 3, same)({})", "relu({})", "{} * 2.0", "cast({}, float32)", "Rescaling(1.0)({})", "T()({})", "U()({})",
    "UpSampling1D(1)({})", "SpectralNormalization(Dense(4))({})",
)  # fmt: skip
PAIRS = (
    "add([{}, {}])", "multiply([{}, {}])", "{} + {}", "Dense(4)(concatenate([{}, {}]))", "MultiHeadAttention(2, 4)({}, {})",
    "Attention()([{}, {}])", "GroupQueryAttention(2, 2, 2)({}, {})", "average([{}, {}])", "V()({}, {})",
)  # fmt: skip
MODELS = """
model T()(q: [6, 4]):
    return Dense(4)(q)
model U()(q: [6, 4]):
    return add([q, MultiHeadAttention(2, 4)(q, q)])
model V()(p: [6, 4], q: [6, 4]):
    return add([LayerNormalization()(p), q])
"""


def drawn(seed: int) -> str:
    """A program with masks: stages and pairs of what stands before, and the last few tensors as outputs."""
    import random

    draw = random.Random(seed)
    names, lines = ["x", "m"], []
    for number in range(draw.randint(3, 9)):
        form = draw.choice(PAIRS if draw.random() < 0.5 else STAGES)
        operands = [draw.choice(names[-4:]) for _ in range(form.count("{}"))]
        lines.append(f"t{number} = {form.format(*operands)}")
        names.append(f"t{number}")
    ends = [f"output o{number} = add([{name}, x])" for number, name in enumerate(names[-1:])]
    ends += [f"output {name}" for name in names[2:] if draw.random() < 0.4]
    ends.append("output i = Masking()(a)[:, 0]")
    head = f"# allow: mask-lost, unused-tensor, surprise, unused-block\n{MODELS}{IDS}input a: [6, 4]\nm = Masking()(a)\n"
    return head + "\n".join([*lines, *ends]) + "\n"


@pytest.mark.parametrize("seed", range(20))
def test_masks_of_programs_drawn_at_random(seed: int) -> None:
    assert agreement(drawn(seed)) == ""


HALF = "input half: float16[4, 8]\n"
MASKED = "e = Embedding(9, 8, mask_zero)(ids)\nm = Masking()(z)\n"
HEEDED = (
    "Dense(3)(LSTM(3)(e)) * z[:, 0, :1] * m[:, 0, :1]",
    "LSTM(3)(m) - LSTM(3)(e)",
    "LSTM(3)(Concatenate()([e, z]))",
    "LSTM(3)(Concatenate(1)([e, m]))",
    "LSTM(3)(Add()([e, m]))",
    "Dense(3)(e) + Dense(3)(z)",
    "MultiHeadAttention(2, 3)(e, m)",
    "GlobalAveragePooling1D()(TimeDistributed(Dense(3))(Dropout(0.1)(Maximum()([m, e, e]))))",
    "LSTM(3)(Masking()(half)) - LSTM(3)(e) * z[:, 0, :1]",
    "LSTM(3)(Masking(autocast=false)(half)) - LSTM(3)(e) * z[:, 0, :1]",
    "LSTM(3)(Masking(dtype=float16)(half)) - LSTM(3)(e) * z[:, 0, :1]",
)


@pytest.mark.parametrize("program", HEEDED)
def test_names_of_operations_that_make_masks(program: str) -> None:
    """A name clashes with one of them exactly where Keras says that it is used twice."""
    import keras

    from dsl.checker.naming import MASK_OPERATIONS

    keras.backend.clear_session()
    half = HALF if "(half)" in program else ""
    text = f"input ids: int32[4]\ninput z: [4, 8]\n{half}{MASKED}h = {program}\noutput y = Dense(1, name='free')(h)\n"
    model = Script(checked(text)).model()
    made = {
        one.name.rstrip("_0123456789") for one in model.operations if "ops" in type(one).__module__
    }
    told = {
        name
        for name in MASK_OPERATIONS
        if not compiler.check(Source("test.graph", text.replace("'free'", f'"{name}"'))).ok
    }
    assert told == made & MASK_OPERATIONS
