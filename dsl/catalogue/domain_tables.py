"""Which kind of values a parameter takes: tables by its name, by namespace, by symbol and name.

What stands here was tried against Keras; the tests try it again.
"""

from __future__ import annotations

from dsl.catalogue import kinds
from dsl.catalogue.image_domains import COLOURS
from dsl.catalogue.kinds import Kind, one_of
from dsl.catalogue.quantizing import mode_of
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
EDGES = one_of("reflect", "wrap", "constant", "nearest")
DTYPE = one_of(*DTYPES, *FLOAT8, "int", "float", attracts=False)
PLAIN_POLICY = one_of(
    *(one for one in DTYPES if one != "int8"),
    *("int", "mixed_float16", "mixed_bfloat16"),
    attracts=False,
)
POLICY = replace(
    PLAIN_POLICY,
    test=lambda value: (
        PLAIN_POLICY.test(value) or (isinstance(value, str) and mode_of(value) is not None)
    ),
)
REDUCTION = one_of(
    "sum_over_batch_size", "sum", "mean", "mean_with_sample_weight", "none", none=True
)

BY_NAME: dict[str, Kind] = {
    "units": kinds.POSITIVE,
    "filters": kinds.POSITIVE,
    "groups": kinds.POSITIVE,
    "depth_multiplier": kinds.POSITIVE,
    "input_dim": replace(kinds.POSITIVE, silent=None),
    "output_dim": replace(kinds.POSITIVE, silent=None),
    "n": kinds.unchecked(kinds.POSITIVE, kinds.is_huge),
    "num_heads": kinds.POSITIVE,
    "key_dim": kinds.POSITIVE,
    "value_dim": kinds.POSITIVE,
    "head_dim": kinds.POSITIVE,
    "num_query_heads": kinds.POSITIVE,
    "num_key_value_heads": kinds.POSITIVE,
    "num_tokens": kinds.ANY_POSITIVE,
    "num_bins": kinds.POSITIVE,
    "num_classes": kinds.POSITIVE,
    "height": kinds.POSITIVE,
    "width": kinds.POSITIVE,
    "lora_rank": kinds.COUNT,
    "power_iterations": kinds.POSITIVE,
    "num_thresholds": kinds.POSITIVE,
    "sliding_window": kinds.ANY_POSITIVE,
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
    "seed": kinds.SEED,
    "value_range": COLOURS,
    "layer": kinds.LAYER,
    "backward_layer": kinds.LAYER,
    "use_cudnn": Kind("auto, true or false", lambda value: value in ("auto", True, False)),
    "reduction": REDUCTION,
    "trainable": kinds.BOOLEAN,
    "training": Kind("true or false", lambda value: not isinstance(value, str | float), none=True),
}

WIDTH = Kind(
    "a number above 0",
    lambda value: kinds.is_number(value) and value > 0,
    silent=lambda value: isinstance(value, bool | int | float),
)
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
        "pooling": one_of("avg", "max", none=True, silent=kinds.always),
        "weights": Kind(
            "imagenet, none or the path of a file",
            lambda value: value == "imagenet" or (isinstance(value, str) and "." in value),
            frozenset({"imagenet"}),
            attracts=True,
            none=True,
        ),
        "classes": kinds.unchecked(kinds.POSITIVE),
        "alpha": WIDTH,
    },
}

IN_FUNCTIONS: dict[str, Kind] = {
    "data_format": replace(LAYOUT, silent=None),
    "dtype": one_of(*DTYPES, *FLOAT8, "int", attracts=False, more=True),
    "padding": Kind(
        "valid or same",
        lambda value: not isinstance(value, str) or value.lower() in ("valid", "same", "causal"),
        frozenset({"valid", "same"}),
        attracts=True,
    ),
    "side": replace(one_of("left", "right"), silent=kinds.always),
}
"""Words of functions of tensors; the rest of their arguments is for their rules to judge."""
