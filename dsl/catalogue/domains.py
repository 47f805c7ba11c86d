"""Which values a parameter takes: by its name, with exceptions by symbol and name."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from dsl.catalogue import kinds, lookup
from dsl.catalogue.kinds import Kind, one_of
from dsl.catalogue.registry import UNKNOWN
from dsl.shapes.dtypes import DTYPES, FLOAT8

if TYPE_CHECKING:
    from dsl.catalogue.lookup import Parameter, Symbol


@dataclass(frozen=True, slots=True)
class Domain:
    """The values of a parameter.

    Args:
        name: the parameter's.
        kind: the kind of its values; None where anything goes.
        none: whether `none` is among them.
        flag: whether it is a boolean whose default is false, which its bare name sets.
    """

    name: str = ""
    kind: Kind | None = None
    none: bool = False
    flag: bool = False

    @property
    def words(self) -> frozenset[str]:
        """The bare words that belong to it."""
        return self.kind.words if self.kind else frozenset()

    @property
    def attracts(self) -> bool:
        """Whether these words find it by themselves."""
        return self.kind is not None and self.kind.attracts

    @property
    def namespace(self) -> str:
        """Where the classes and functions that it takes live (`initializers`); empty elsewhere."""
        return self.kind.namespace if self.kind else ""

    @property
    def size(self) -> bool:
        """Whether it is a whole number of things."""
        return self.kind is not None and self.kind.size

    def refuse(self, value: Any) -> str | None:
        """Why a value is outside; None where it is not, or is not known.

        >>> domain(lookup.symbol("layers", "Dense"), "units").refuse(0)
        'units must be a positive integer, not 0'
        >>> domain(lookup.symbol("layers", "Conv2D"), "padding").refuse("sme")
        'padding must be valid or same, not sme'
        """
        if self.kind is None or value is UNKNOWN or (value is None and self.none):
            return None
        if self.kind.test(value):
            return None
        if self.kind.words and isinstance(value, str) and len(self.kind.words) > 6:
            return f"{self.name} takes no word {value}"
        return f"{self.name} must be {self.kind.what}, not {_shown(value)}"


def domain(symbol: Symbol, parameter: str) -> Domain:
    """The domain of a parameter of a symbol, of its configuration or of its call.

    >>> domain(lookup.symbol("layers", "LSTM"), "return_state").flag
    True
    >>> domain(lookup.symbol("layers", "Dense"), "activation").attracts
    True
    >>> domain(lookup.symbol("layers", "Dense"), "kernel_initializer").attracts
    False
    """
    return _domain(symbol.namespace, symbol.name, parameter)


@cache
def _domain(namespace: str, name: str, parameter: str) -> Domain:
    symbol = lookup.symbol(namespace, name)
    if symbol is None:
        return Domain(parameter)
    found = _find(symbol, parameter)
    default = found.default if found else None
    kind = _kind(symbol, parameter, default)
    none = default is None or (kind is not None and kind.none)
    return Domain(parameter, kind, none, flag=default is False)


@cache
def all_words() -> frozenset[str]:
    """Every word that finds some parameter by itself."""
    of_spaces = [kind for table in BY_NAMESPACE.values() for kind in table.values()]
    known = [*BY_NAME.values(), *EXCEPTIONS.values(), *IN_FUNCTIONS.values(), *of_spaces]
    listed = [kind.words for kind in known if kind.attracts]
    return frozenset(lookup.words("activations")).union(*listed)


def is_word(name: str) -> bool:
    """Whether a name is a word that finds some parameter by itself.

    >>> is_word("same"), is_word("relu"), is_word("sme")
    (True, True, False)
    """
    return name in all_words()


def _find(symbol: Symbol, name: str) -> Parameter | None:
    for parameter in (*symbol.parameters, *symbol.call_parameters):
        if parameter.name == name:
            return parameter
    return None


def _kind(symbol: Symbol, name: str, default: Any) -> Kind | None:
    if (symbol.key, name) in EXCEPTIONS:
        return EXCEPTIONS[symbol.key, name]
    if symbol.namespace.partition(".")[0] in ("ops", "random", "activations"):
        return _kind_in_function(name, default)
    return (
        _kind_of_space(symbol, name)
        or _kind_of_identifier(name)
        or BY_NAMESPACE.get(symbol.namespace, {}).get(name)
        or BY_NAME.get(name)
        or _kind_like(default, symbol)
    )


def _kind_in_function(name: str, default: Any) -> Kind | None:
    return IN_FUNCTIONS.get(name) or (kinds.FLAG if isinstance(default, bool) else None)


def _kind_of_space(symbol: Symbol, name: str) -> Kind | None:
    """What is said of each axis of a space: a list has as many as the digit in the name says."""
    if name not in EACH_AXIS or not symbol.is_layer:
        return None
    digits = [int(letter) for letter in symbol.key if letter.isdigit()]
    low, what = EACH_AXIS[name]
    return kinds.wholes(digits[0], low, what) if digits else None


def _kind_of_identifier(name: str) -> Kind | None:
    """An initializer, regularizer, constraint or activation, by the end of the name."""
    for end, namespace in IDENTIFIERS.items():
        if name.endswith(end):
            words = lookup.words(namespace)
            return one_of(*words, attracts=end == "activation", more=True, namespace=namespace)
    return None


def _kind_like(default: Any, symbol: Symbol) -> Kind | None:
    """What the default lets one think: no word for a number, no number for a word."""
    if isinstance(default, bool):
        return kinds.FLAG
    if symbol.namespace == "callbacks":
        return None
    if kinds.is_number(default):
        return kinds.NO_WORD
    return kinds.NO_NUMBER if isinstance(default, str) else None


def _shown(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_shown, value))}]"
    symbol = getattr(value, "symbol", None)
    return str(symbol or value) or '""'


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
POLICIES = ("mixed_float16", "mixed_bfloat16", "int8", "float8", "int", "float")
DTYPE = one_of(*DTYPES, *FLOAT8, *POLICIES, attracts=False, more=True)
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
    "dtype": DTYPE,
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
            lambda value: isinstance(value, str),
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


NO_AXIS = Kind(kinds.AXES.what, kinds.AXES.test, none=True)
SIZES = Kind(
    "a positive integer or a list of these and none",
    lambda value: all(
        item in (UNKNOWN, None) or kinds.is_whole(item, 1)
        for item in (value if isinstance(value, list | tuple) else (value,))
    ),
)
AROUND_ZERO = ("RandomBrightness", "RandomRotation")
FROM_ZERO = ("RandomContrast", "RandomHue", "RandomErasing", "RandomElasticTransform")

EXCEPTIONS: dict[tuple[str, str], Kind] = {
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
    **{(name, "factor"): kinds.amount(-1, 1) for name in AROUND_ZERO},
    ("RandomPosterization", "factor"): kinds.amount(1, 8),
    **{(name, "factor"): kinds.amount(0, 1) for name in FROM_ZERO},
    **{
        (name, f"{side}_factor"): kinds.amount(-1, 1)
        for name in ("RandomTranslation", "RandomZoom")
        for side in ("height", "width")
    },
    **{(name, "noise_shape"): SIZES for name in ("Dropout", "AlphaDropout")},
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
            and (UNKNOWN in value or sorted(value) == list(range(1, len(value) + 1)))
        ),
    ),
    ("Reshape", "target_shape"): Kind(
        "a list of sizes, one of which may be -1",
        lambda value: (
            isinstance(value, list | tuple)
            and all(item in (UNKNOWN, None) or kinds.is_whole(item, -1) for item in value)
        ),
    ),
    ("callbacks.ReduceLROnPlateau", "factor"): Kind(
        "a number below 1", lambda value: kinds.is_number(value) and value < 1
    ),
}
"""Where a symbol's parameter takes other values than its name says."""

IN_FUNCTIONS: dict[str, Kind] = {
    "data_format": LAYOUT,
    "interpolation": RESIZED,
    "padding": Kind(
        "valid or same",
        lambda value: not isinstance(value, str) or value.lower() in ("valid", "same", "causal"),
        frozenset({"valid", "same"}),
        attracts=True,
    ),
    "side": one_of("left", "right"),
}
"""Words of functions of tensors; the rest of their arguments is for their rules to judge."""
