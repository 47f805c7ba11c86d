"""What becomes of a mask at each public layer, and on its way through whole programs, is what Keras does."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import pytest

from dsl import compiler
from dsl.build import Script
from dsl.catalogue import lookup
from dsl.source import Source

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

    keras.utils.clear_session()
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
    results = run(model)
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
