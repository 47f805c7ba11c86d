"""Parameters of layers that take other values than their names say.

What stands here was tried against Keras; the tests try it again.
"""

from __future__ import annotations

from dsl.catalogue import kinds
from dsl.catalogue.image_domains import OF_IMAGES
from dsl.catalogue.kinds import Kind, one_of
from dsl.catalogue.layer_kinds import (
    ADAPTIVE_LAYOUT,
    ALL_CODES,
    ANY_SHARE,
    ANY_SIZE,
    CELL,
    CODES,
    FACTORS,
    NO_AXIS,
    NO_VALUE,
    NOISE,
    NUMERAL,
    POOLING,
    RESIZED,
    SIZES,
    WHOLE_NUMERAL,
    WINDOW,
    adaptive,
    becomes_axis,
    counts,
    cuts,
    holds_numbers,
    is_resized,
    is_shape,
    is_true,
    is_written,
)
from dsl.catalogue.registry import UNKNOWN, Configured
from dsl.records import replace

CONVOLVING = ("ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D")
RECURRENT = (
    *("LSTM", "LSTMCell", "GRU", "GRUCell", "SimpleRNN", "SimpleRNNCell"),
    *CONVOLVING,
)


EXCEPTIONS: dict[tuple[str, str], Kind] = {
    **OF_IMAGES,
    **{
        (name, "lora_rank"): kinds.unchecked(
            kinds.COUNT, lambda value: kinds.is_empty(value) or isinstance(value, bool)
        )
        for name in ("Dense", "EinsumDense", "Embedding", "ReversibleEmbedding")
    },
    **{
        (name, parameter): ANY_SHARE
        for name in (*RECURRENT, "Attention", "AdditiveAttention")
        for parameter in ("dropout", "recurrent_dropout")
    },
    **{
        (name, parameter): ANY_SIZE
        for name in ("CenterCrop", "RandomCrop", "Resizing")
        for parameter in ("height", "width")
    },
    **{
        (f"ConvLSTM{axes}D", "filters"): kinds.unchecked(
            kinds.POSITIVE, lambda value: value in (0, 1)
        )
        for axes in (1, 2, 3)
    },
    **{
        (f"Adaptive{what}Pooling{axes}D", parameter): kind
        for what in ("Max", "Average")
        for axes in (1, 2, 3)
        for parameter, kind in (
            ("output_size", adaptive(axes)),
            ("data_format", ADAPTIVE_LAYOUT),
        )
    },
    ("BatchNormalization", "momentum"): NUMERAL,
    ("BatchNormalization", "renorm_momentum"): kinds.unchecked(kinds.FRACTION),
    ("AlphaDropout", "noise_shape"): kinds.unchecked(NOISE),
    ("HashedCrossing", "num_bins"): kinds.unchecked(kinds.POSITIVE),
    ("Hashing", "num_bins"): kinds.unchecked(
        kinds.POSITIVE, lambda value: isinstance(value, bool | int | float) and value > 0
    ),
    ("Hashing", "salt"): Kind(
        "an integer or a list of two",
        lambda value: (
            kinds.is_whole(value, -(2**63))
            or (isinstance(value, list | tuple) and len(value) == 2 and kinds.AXES.test(value))
        ),
        silent=lambda value: (
            isinstance(value, bool)
            or kinds.is_huge(value)
            or (isinstance(value, list | tuple) and len(value) == 2)
        ),
    ),
    ("GroupQueryAttention", "num_query_heads"): kinds.unchecked(
        kinds.POSITIVE, lambda value: isinstance(value, bool | int) and 0 <= value < 2**63
    ),
    ("MultiHeadAttention", "attention_axes"): kinds.unchecked(
        kinds.AXES, lambda value: kinds.is_empty(value) or isinstance(value, bool)
    ),
    ("MultiHeadAttention", "output_shape"): Kind(
        "a positive integer or a list of these",
        lambda value: all(
            item is UNKNOWN or kinds.is_whole(item, 1)
            for item in (value if isinstance(value, list | tuple) else (value,))
        ),
        none=True,
        silent=lambda value: kinds.is_empty(value) or value is True or counts(value),
    ),
    ("MelSpectrogram", "sequence_stride"): kinds.unchecked(kinds.POSITIVE),
    ("MelSpectrogram", "sequence_length"): kinds.unchecked(
        kinds.POSITIVE, lambda value: not value or (kinds.is_measure(value) and value < 2**63)
    ),
    ("MelSpectrogram", "fft_length"): kinds.unchecked(
        kinds.POSITIVE, lambda value: value is not None and value != {}
    ),
    ("MelSpectrogram", "num_mel_bins"): ANY_SIZE,
    ("MelSpectrogram", "window"): kinds.unchecked(kinds.NO_NUMBER),
    ("Lambda", "function"): Kind(
        "a Python function, imported with `from module import f`",
        lambda value: (
            value is not None
            and not isinstance(value, str | bool | int | float | list | tuple | dict)
        ),
    ),
    ("Lambda", "output_shape"): Kind(
        "a tuple of sizes without the batch, or a list of these",
        lambda value: (
            is_shape(value)
            or (isinstance(value, list) and bool(value) and all(map(is_shape, value)))
        ),
        none=True,
    ),
    ("Conv1D", "padding"): one_of("valid", "same", "causal", fold=True),
    **{
        (f"{what}Pooling{axes}D", "padding"): POOLING
        for what in ("Max", "Average")
        for axes in (1, 2, 3)
    },
    **{(f"Cropping{axes}D", "cropping"): cuts(axes) for axes in (1, 2, 3)},
    **{
        (f"ZeroPadding{axes}D", "padding"): cuts(axes, negative=axes > 1, huge=True)
        for axes in (1, 2, 3)
    },
    ("GroupNormalization", "groups"): Kind(
        "a positive integer or -1",
        lambda value: kinds.is_whole(value, 1) or value == -1,
        size=True,
        silent=kinds.is_boolean,
    ),
    ("BatchNormalization", "axis"): replace(kinds.AXIS, silent=becomes_axis),
    ("GroupNormalization", "axis"): replace(kinds.AXIS, silent=is_true),
    ("LayerNormalization", "axis"): replace(kinds.AXES, silent=is_true),
    ("RMSNormalization", "axis"): replace(kinds.AXES, silent=is_true),
    ("UpSampling1D", "size"): kinds.unchecked(kinds.POSITIVE, kinds.is_huge),
    ("Concatenate", "axis"): kinds.AXIS,
    ("GaussianNoise", "stddev"): kinds.FRACTION,
    ("Softmax", "axis"): kinds.unchecked(NO_AXIS),
    ("RNN", "cell"): CELL,
    ("StackedRNNCells", "cells"): Kind(
        "a list of cells",
        lambda value: isinstance(value, list | tuple) and CELL.test(value),
        silent=lambda value: isinstance(value, str | dict) and not value,
    ),
    ("Rescaling", "scale"): FACTORS,
    ("Rescaling", "offset"): FACTORS,
    ("Normalization", "axis"): kinds.unchecked(
        NO_AXIS, lambda value: (kinds.is_empty(value) and value is not False) or value is True
    ),
    ("MaxNumBoundingBoxes", "max_number"): WHOLE_NUMERAL,
    ("MaxNumBoundingBoxes", "fill_value"): WHOLE_NUMERAL,
    ("Pipeline", "layers"): Kind(
        "a list of layers",
        lambda value: (
            isinstance(value, list | tuple)
            and all(one is UNKNOWN or isinstance(one, Configured) for one in value)
        ),
        silent=kinds.is_empty,
    ),
    ("ActivityRegularization", "l1"): replace(kinds.NOT_NEGATIVE, none=True),
    ("ActivityRegularization", "l2"): replace(kinds.NOT_NEGATIVE, none=True),
    ("BatchNormalization", "epsilon"): kinds.unchecked(
        kinds.NUMBER, lambda value: isinstance(value, bool) or is_written(value)
    ),
    ("EinsumDense", "equation"): kinds.TEXT,
    ("EinsumDense", "bias_axes"): Kind(
        "letters of axes", lambda value: isinstance(value, str) and bool(value)
    ),
    ("EinsumDense", "output_shape"): SIZES,
    ("TextVectorization", "output_sequence_length"): kinds.unchecked(
        kinds.POSITIVE, kinds.is_boolean
    ),
    ("MelSpectrogram", "sampling_rate"): kinds.unchecked(kinds.POSITIVE, kinds.is_measure),
    ("STFTSpectrogram", "window"): WINDOW,
    ("IntegerLookup", "vocabulary_dtype"): one_of("int64", attracts=False),
    ("Dot", "axes"): Kind(
        "an integer or a list of two",
        lambda value: (
            kinds.AXES.test(value) and (not isinstance(value, list | tuple) or len(value) == 2)
        ),
        silent=kinds.is_boolean,
    ),
    ("Dropout", "noise_shape"): NOISE,
    ("ReLU", "threshold"): kinds.NOT_NEGATIVE,
    ("UpSampling2D", "interpolation"): kinds.unchecked(
        replace(RESIZED, test=is_resized), lambda value: isinstance(value, str)
    ),
    ("Resizing", "interpolation"): kinds.unchecked(RESIZED),
    ("StringLookup", "encoding"): kinds.unchecked(kinds.TEXT),
    **{
        (name, "trainable"): kinds.unchecked(kinds.BOOLEAN)
        for name in ("StringLookup", "IntegerLookup", "HashedCrossing")
    },
    **{(name, "dtype"): kinds.unchecked(kinds.TEXT) for name in ("StringLookup", "IntegerLookup")},
    ("Resizing", "fill_mode"): kinds.unchecked(one_of("reflect", "wrap", "constant", "nearest")),
    ("STFTSpectrogram", "frame_step"): kinds.unchecked(
        kinds.POSITIVE, lambda value: isinstance(value, bool | float) and value >= 1
    ),
    ("STFTSpectrogram", "fft_length"): replace(kinds.POSITIVE, silent=None),
    ("STFTSpectrogram", "periodic"): kinds.BOOLEAN,
    ("Bidirectional", "weights"): replace(
        NO_VALUE, silent=lambda value: not value or isinstance(value, str | list | tuple | dict)
    ),
    ("Embedding", "weights"): replace(NO_VALUE, silent=None),
    ("Bidirectional", "merge_mode"): one_of("concat", "sum", "mul", "ave", none=True),
    ("Attention", "score_mode"): one_of("dot", "concat"),
    ("UnitNormalization", "axis"): kinds.unchecked(
        kinds.AXES, lambda value: isinstance(value, bool) or holds_numbers(value)
    ),
    ("SpectralNormalization", "power_iterations"): kinds.unchecked(
        kinds.POSITIVE, lambda value: isinstance(value, bool | int | float) and value > 0
    ),
    ("StringLookup", "oov_token"): kinds.unchecked(kinds.TEXT),
    ("TextVectorization", "encoding"): kinds.unchecked(kinds.TEXT),
    ("STFTSpectrogram", "mode"): one_of("log", "magnitude", "psd", "real", "imag", "angle", "stft"),
    ("STFTSpectrogram", "padding"): POOLING,
    ("STFTSpectrogram", "scaling"): one_of("density", "spectrum", none=True),
    ("CategoryEncoding", "output_mode"): one_of(*CODES),
    ("Discretization", "output_mode"): one_of("int", *CODES),
    ("Hashing", "output_mode"): one_of("int", *CODES),
    ("HashedCrossing", "output_mode"): one_of("int", "one_hot"),
    ("StringLookup", "output_mode"): ALL_CODES,
    ("IntegerLookup", "output_mode"): ALL_CODES,
    ("TextVectorization", "output_mode"): ALL_CODES,
    ("IntegerLookup", "oov_method"): one_of("floormod", "farmhash"),
    ("TextVectorization", "standardize"): one_of(
        "lower_and_strip_punctuation", "lower", "strip_punctuation", none=True, more=True
    ),
    ("TextVectorization", "split"): one_of("whitespace", "character", none=True, more=True),
    ("Permute", "dims"): Kind(
        "all axes from 1 up, in some order",
        lambda value: (
            isinstance(value, list | tuple)
            and (UNKNOWN in value or {*map(repr, value)} == {*map(repr, range(1, len(value) + 1))})
        ),
    ),
    ("Reshape", "target_shape"): Kind(
        "a list of sizes, one of which may be -1",
        lambda value: (
            isinstance(value, list | tuple)
            and all(item in (UNKNOWN, None) or kinds.is_whole(item, -1) for item in value)
        ),
        silent=lambda value: (
            isinstance(value, list | tuple) or (isinstance(value, str | dict) and bool(value))
        ),
    ),
    ("applications.MobileNet", "alpha"): Kind(
        "a number above 0",
        lambda value: kinds.is_number(value) and value > 0,
        silent=lambda value: value is True,
    ),
    ("callbacks.ReduceLROnPlateau", "factor"): Kind(
        "a number below 1", lambda value: kinds.is_number(value) and value < 1
    ),
}
"""Where a symbol's parameter takes other values than its name says."""

NEVER_NONE = frozenset(
    {
        (f"{name}Attention", f"{what}_initializer")
        for name in ("MultiHead", "GroupQuery")
        for what in ("kernel", "bias")
    }
)
"""Initializers that a layer makes another one of, so that none is none of them."""
