"""Which kind of values a parameter takes: tables by its name, by namespace, by symbol and name.

What stands here was tried against Keras; the tests try it again.
"""

from __future__ import annotations

from typing import Any

from dsl.catalogue import kinds
from dsl.catalogue.kinds import Kind, one_of
from dsl.catalogue.registry import UNKNOWN
from dsl.records import replace
from dsl.shapes.dtypes import DTYPES, FLOAT8

IDENTIFIERS = {
    "activation": "activations",
    "initializer": "initializers",
    "regularizer": "regularizers",
    "constraint": "constraints",
}
"""Ends of parameter names, and the namespace that their words come from."""

EACH_AXIS = {
    "kernel_size": (1, "positive"),
    "strides": (1, "positive"),
    "dilation_rate": (1, "positive"),
    "pool_size": (1, "positive"),
    "size": (1, "positive"),
    "output_size": (1, "positive"),
    "output_padding": (0, "non-negative"),
}
"""Parameters that take one number for all axes of a space or one for each."""

LAYOUT = one_of("channels_last", "channels_first", none=True, fold=True)
SMOOTH = one_of("nearest", "bilinear")
RESIZED = one_of("nearest", "bilinear", "bicubic", "lanczos3", "lanczos5")
EDGES = one_of("reflect", "wrap", "constant", "nearest")
DTYPE = one_of(*DTYPES, *FLOAT8, "int", "float", attracts=False, more=True)
POLICY = one_of(
    *(one for one in DTYPES if one != "int8"),
    *("int", "mixed_float16", "mixed_bfloat16"),
    attracts=False,
)
REDUCTION = one_of(
    "sum_over_batch_size", "sum", "mean", "mean_with_sample_weight", "none", none=True
)

BY_NAME: dict[str, Kind] = {
    "units": kinds.POSITIVE,
    "filters": kinds.POSITIVE,
    "groups": kinds.POSITIVE,
    "depth_multiplier": kinds.POSITIVE,
    "input_dim": kinds.POSITIVE,
    "output_dim": kinds.POSITIVE,
    "n": kinds.POSITIVE,
    "num_heads": kinds.POSITIVE,
    "key_dim": kinds.POSITIVE,
    "value_dim": kinds.POSITIVE,
    "head_dim": kinds.POSITIVE,
    "num_query_heads": kinds.POSITIVE,
    "num_key_value_heads": kinds.POSITIVE,
    "num_tokens": kinds.POSITIVE,
    "num_bins": kinds.POSITIVE,
    "num_classes": kinds.POSITIVE,
    "height": kinds.POSITIVE,
    "width": kinds.POSITIVE,
    "lora_rank": kinds.COUNT,
    "power_iterations": kinds.POSITIVE,
    "num_thresholds": kinds.POSITIVE,
    "sliding_window": kinds.POSITIVE,
    "frame_length": kinds.POSITIVE,
    "frame_step": kinds.POSITIVE,
    "patience": kinds.COUNT,
    "num_oov_indices": kinds.COUNT,
    "rate": kinds.FRACTION,
    "dropout": kinds.FRACTION,
    "recurrent_dropout": kinds.FRACTION,
    "label_smoothing": kinds.FRACTION,
    "stddev": kinds.NOT_NEGATIVE,
    "negative_slope": kinds.NOT_NEGATIVE,
    "max_value": kinds.NOT_NEGATIVE,
    "momentum": kinds.FRACTION,
    "axis": kinds.AXES,
    "axes": kinds.AXES,
    "shared_axes": kinds.AXES,
    "padding": one_of("valid", "same", fold=True),
    "data_format": LAYOUT,
    "interpolation": SMOOTH,
    "fill_mode": EDGES,
    "dtype": POLICY,
    "name": Kind(
        "a text without /",
        lambda value: isinstance(value, str) and "/" not in value,
        none=True,
    ),
    "seed": Kind(
        "an integer", lambda value: not isinstance(value, str | float | bool | list | tuple)
    ),
    "layer": kinds.LAYER,
    "backward_layer": kinds.LAYER,
    "use_cudnn": Kind("auto, true or false", lambda value: value in ("auto", True, False)),
    "reduction": REDUCTION,
    "trainable": kinds.BOOLEAN,
    "training": Kind("true or false", lambda value: not isinstance(value, str | float), none=True),
}

LEARNING_RATE = Kind(
    "a number of 0 or more, or a schedule",
    lambda value: value >= 0 if kinds.is_number(value) else not isinstance(value, str | bool),
    namespace="optimizers.schedules",
)

BY_NAMESPACE: dict[str, dict[str, Kind]] = {
    "optimizers": {
        "learning_rate": LEARNING_RATE,
        "beta_1": kinds.FRACTION,
        "beta_2": kinds.FRACTION,
        "rho": kinds.FRACTION,
        "epsilon": kinds.NUMBER,
        "weight_decay": kinds.NUMBER,
        "clipnorm": kinds.NUMBER,
        "clipvalue": kinds.NUMBER,
        "global_clipnorm": kinds.NUMBER,
        "gradient_accumulation_steps": kinds.whole(2, "an integer of 2 or more"),
    },
    "metrics": {
        "curve": one_of("ROC", "PR"),
        "summation_method": one_of("interpolation", "minoring", "majoring"),
        "average": one_of("micro", "macro", "weighted", none=True),
        "class_aggregation": one_of("uniform_average", "variance_weighted_average", none=True),
        "top_k": kinds.POSITIVE,
        "k": kinds.POSITIVE,
    },
    "callbacks": {
        "mode": one_of("auto", "min", "max"),
        "monitor": kinds.TEXT,
    },
    "initializers": {
        "mode": one_of("fan_in", "fan_out", "fan_avg"),
        "distribution": one_of("normal", "truncated_normal", "untruncated_normal", "uniform"),
        "side": one_of("real", "imag"),
        "scaling": one_of("density", "spectrum", none=True),
    },
    "regularizers": {"mode": one_of("rows", "columns")},
    "applications": {
        "pooling": one_of("avg", "max", none=True),
        "weights": Kind(
            "imagenet, none or the path of a file",
            lambda value: value == "imagenet" or (isinstance(value, str) and "." in value),
            frozenset({"imagenet"}),
            attracts=True,
            none=True,
        ),
        "classes": kinds.POSITIVE,
    },
}

POOLING = one_of("valid", "same")
ANY_LIST = Kind("integers in lists", lambda value: not isinstance(value, str | float | bool))
CODES = ("one_hot", "multi_hot", "count")
ALL_CODES = one_of("int", *CODES, "tf_idf")


def _cuts(axes: int, *, negative: bool = False) -> Kind:
    """What is cut off or put at both ends of each of so many axes."""
    pair = kinds.wholes(2, 0, "non-negative")

    def test(value: Any) -> bool:
        if negative and kinds.is_whole(value, -(10**9)):
            return True
        if axes == 1 or not isinstance(value, list | tuple):
            return pair.test(value)
        return len(value) == axes and all(item is UNKNOWN or pair.test(item) for item in value)

    each = "[before, after]" if axes == 1 else f"a list of {axes}, each a number or [before, after]"
    return Kind(f"a non-negative integer or {each}", test, size=True)


WINDOWS = frozenset(
    {
        "barthann",
        "bartlett",
        "blackman",
        "blackmanharris",
        "bohman",
        "boxcar",
        "cosine",
        "flattop",
        "hamming",
        "hann",
        "lanczos",
        "nuttall",
        "parzen",
        "taylor",
        "triang",
        "tukey",
    }
)
NO_AXIS = Kind(kinds.AXES.what, kinds.AXES.test, none=True)
SIZES = Kind(
    "a positive integer or a list of these and none",
    lambda value: (
        value is not None
        and all(
            item in (UNKNOWN, None) or kinds.is_whole(item, 1)
            for item in (value if isinstance(value, list | tuple) else (value,))
        )
    ),
)
NOISE = Kind(
    "a list of positive integers and none",
    lambda value: (
        isinstance(value, list | tuple)
        and all(item in (UNKNOWN, None) or kinds.is_whole(item, 1) for item in value)
    ),
)
ZOOM = Kind(
    "a number above -1, up to 1, or a list of two", kinds.amount(-1 + 1e-9, 1, both=True).test
)
WINDOW = Kind(
    "the name of a window of SciPy, such as hann",
    lambda value: not isinstance(value, str) or value in WINDOWS,
    WINDOWS,
    attracts=True,
)
AROUND_ZERO = (("RandomBrightness", "factor"), ("RandomRotation", "factor"))
FROM_ZERO = (
    ("RandomContrast", "factor"),
    ("RandomElasticTransform", "factor"),
    ("RandomElasticTransform", "scale"),
    ("RandomErasing", "factor"),
    ("RandomGaussianBlur", "factor"),
    ("RandomGaussianBlur", "sigma"),
    ("RandomHue", "factor"),
    ("RandomInvert", "factor"),
    ("RandomPerspective", "factor"),
)
WITHIN_ONE = (
    ("AugMix", "factor"),
    ("RandAugment", "factor"),
    ("RandomShear", "x_factor"),
    ("RandomShear", "y_factor"),
    ("Solarization", "addition_factor"),
    ("Solarization", "threshold_factor"),
)


def _is_shape(value: Any) -> bool:
    """Whether a value is a tuple of sizes; a list is none to a Lambda."""
    return isinstance(value, tuple) and all(
        size in (UNKNOWN, None) or kinds.is_whole(size, 0) for size in value
    )


EXCEPTIONS: dict[tuple[str, str], Kind] = {
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
            _is_shape(value)
            or (isinstance(value, list) and bool(value) and all(map(_is_shape, value)))
        ),
        none=True,
    ),
    ("Conv1D", "padding"): one_of("valid", "same", "causal", fold=True),
    **{
        (f"{what}Pooling{axes}D", "padding"): POOLING
        for what in ("Max", "Average")
        for axes in (1, 2, 3)
    },
    **{(f"Cropping{axes}D", "cropping"): _cuts(axes) for axes in (1, 2, 3)},
    **{(f"ZeroPadding{axes}D", "padding"): _cuts(axes, negative=axes > 1) for axes in (1, 2, 3)},
    ("GroupNormalization", "groups"): Kind(
        "a positive integer or -1", lambda value: kinds.is_whole(value, 1) or value == -1, size=True
    ),
    ("BatchNormalization", "axis"): kinds.AXIS,
    ("GroupNormalization", "axis"): kinds.AXIS,
    ("Concatenate", "axis"): kinds.AXIS,
    ("GaussianNoise", "stddev"): kinds.FRACTION,
    ("Softmax", "axis"): NO_AXIS,
    ("Normalization", "axis"): NO_AXIS,
    ("UpSampling1D", "size"): kinds.POSITIVE,
    ("ActivityRegularization", "l1"): kinds.NOT_NEGATIVE,
    ("ActivityRegularization", "l2"): kinds.NOT_NEGATIVE,
    ("BatchNormalization", "epsilon"): kinds.NUMBER,
    ("EinsumDense", "equation"): kinds.TEXT,
    ("EinsumDense", "bias_axes"): kinds.TEXT,
    ("EinsumDense", "output_shape"): SIZES,
    ("TextVectorization", "output_sequence_length"): kinds.POSITIVE,
    **{key: kinds.amount(-1, 1) for key in AROUND_ZERO},
    **{key: kinds.amount(0, 1) for key in FROM_ZERO},
    **{key: kinds.amount(0, 1, both=True) for key in WITHIN_ONE},
    ("RandomTranslation", "height_factor"): kinds.amount(-1, 1, both=True),
    ("RandomTranslation", "width_factor"): kinds.amount(-1, 1, both=True),
    ("RandomZoom", "height_factor"): ZOOM,
    ("RandomZoom", "width_factor"): ZOOM,
    ("RandomPosterization", "factor"): kinds.amount(1, 8),
    ("RandomGaussianBlur", "kernel_size"): Kind(
        "an odd number or a list of two",
        lambda value: all(
            item is UNKNOWN or (kinds.is_whole(item, 1) and item % 2 == 1)
            for item in (value if isinstance(value, list | tuple) else (value,))
        ),
    ),
    ("RandomGrayscale", "factor"): kinds.FRACTION,
    ("RandomPerspective", "scale"): kinds.FRACTION,
    ("MelSpectrogram", "sampling_rate"): kinds.POSITIVE,
    ("STFTSpectrogram", "window"): WINDOW,
    ("IntegerLookup", "vocabulary_dtype"): one_of("int64", attracts=False),
    ("Dot", "axes"): Kind(
        "an integer or a list of two",
        lambda value: (
            kinds.AXES.test(value) and (not isinstance(value, list | tuple) or len(value) == 2)
        ),
    ),
    **{(name, "noise_shape"): NOISE for name in ("Dropout", "AlphaDropout")},
    ("ReLU", "threshold"): kinds.NOT_NEGATIVE,
    ("UpSampling2D", "interpolation"): RESIZED,
    ("Resizing", "interpolation"): RESIZED,
    ("Bidirectional", "merge_mode"): one_of("concat", "sum", "mul", "ave", none=True),
    ("Attention", "score_mode"): one_of("dot", "concat"),
    ("RandomFlip", "mode"): one_of("horizontal", "vertical", "horizontal_and_vertical"),
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
    ),
    ("ops.qr", "mode"): one_of("reduced", "complete"),
    ("callbacks.ReduceLROnPlateau", "factor"): Kind(
        "a number below 1", lambda value: kinds.is_number(value) and value < 1
    ),
}
"""Where a symbol's parameter takes other values than its name says."""

IN_FUNCTIONS: dict[str, Kind] = {
    "data_format": LAYOUT,
    "dtype": one_of(*DTYPES, *FLOAT8, "int", attracts=False, more=True),
    "interpolation": RESIZED,
    "padding": Kind(
        "valid or same",
        lambda value: not isinstance(value, str) or value.lower() in ("valid", "same", "causal"),
        frozenset({"valid", "same"}),
        attracts=True,
    ),
    "side": replace(one_of("left", "right"), silent=True),
}
"""Words of functions of tensors; the rest of their arguments is for their rules to judge."""
