"""What a run gives, where the model announces what the layer computes in all the same.

A layer casts floats to what it computes in, and nothing else (with `autocast=false` not even these). The tables were found by running each
layer on each dtype with TensorFlow on a CPU, and the tests run them again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dsl.shapes.dtypes import is_float, is_integer, promote

if TYPE_CHECKING:
    from collections.abc import Iterable

FAILS: Final = ""
"""What is given where the run fails."""

_SPACES = ("1D", "2D", "3D")

REFUSES = frozenset(
    {"ELU", "PReLU", "Softmax", "UnitNormalization"}
    | {
        f"{name}{space}"
        for name in ("AveragePooling", "AdaptiveAveragePooling")
        for space in _SPACES
    }
    | {f"{name}{space}" for name in ("Conv", "DepthwiseConv", "SeparableConv") for space in _SPACES}
    | {f"Conv{space}Transpose" for space in _SPACES}
)
"""Layers whose run takes floats alone."""

CASTS = frozenset({"BatchNormalization", "GroupNormalization", "LayerNormalization"})
"""Layers whose run casts to what is announced."""

AVERAGES = frozenset({"LeakyReLU"}) | {f"GlobalAveragePooling{space}" for space in _SPACES}
"""Layers whose run makes float32 of whole numbers, whatever is announced."""

COMPARES = frozenset(
    {"Add", "Average", "LeakyReLU", "Maximum", "Minimum", "Multiply", "ReLU", "Subtract"}
    | {f"{name}{space}" for name in ("MaxPooling", "AdaptiveMaxPooling") for space in _SPACES}
)
"""Layers whose run takes no truths."""

WINDOWS = frozenset(
    f"{name}{space}" for name in ("MaxPooling", "AdaptiveMaxPooling") for space in _SPACES
)
"""Layers whose run takes no unsigned numbers of more than 16 bits."""

KEPT_BY = frozenset({"linear", "relu", "relu6"})
COMPUTED_BY = frozenset({"exponential", "leaky_relu", "tanh"})
"""Activations that keep whole numbers, and that make floats of them; of the others the run fails."""


def refuse_scores(query: str | None, key: str | None, *, summed: bool, learned: bool) -> str | None:
    """Why no scores are computed of a query and a key, in words; None where they are, or a dtype is not known.

    Args:
        query: its dtype within the layer.
        key: as well.
        summed: whether the two are added, which takes one dtype; else they are multiplied.
        learned: whether the scores are multiplied with a weight, which makes floats of them.
    """
    if query is None or key is None:
        return None
    if summed and (query != key or query == "bool"):
        both = f"{query} and {key}" if query != key else f"two of {query}"
        return f"the query and the key are added, and {both} cannot be"
    if not learned and not is_float(promote(query, key)):
        return f"the scores of {query} and {key} are no floats, and softmax takes floats alone"
    return None


def run_dtype(symbol: str, dtype: str, announced: str | None) -> str | None:
    """What a run of a layer gives for a dtype that it was not cast from: `FAILS` where it fails.

    >>> run_dtype("Dropout", "int32", "float32"), run_dtype("ELU", "int32", "float32")
    ('int32', '')
    >>> run_dtype("LayerNormalization", "int32", "float16"), run_dtype("LeakyReLU", "int32", "float16")
    ('float16', 'float32')
    """
    if symbol in CASTS:
        return announced
    if symbol == "Normalization":  # it casts, and divides
        return announced if is_float(announced) else "float32"
    if is_float(dtype):
        return dtype
    if symbol in REFUSES or (dtype == "bool" and symbol in COMPARES):
        return FAILS
    if symbol in WINDOWS and dtype in ("uint32", "uint64"):
        return FAILS
    if symbol in AVERAGES:
        return "complex64" if dtype == "complex64" else "float32"
    return "int32" if symbol == "Masking" and dtype == "bool" else dtype


def run_dtype_of_activation(word: str, dtype: str) -> str | None:
    """What a run of an activation gives for a dtype that it was not cast from."""
    if is_float(dtype):
        return dtype
    if word == "linear" or (word in KEPT_BY and dtype != "bool"):
        return dtype
    fails = word not in COMPUTED_BY or (word == "leaky_relu" and dtype == "bool")
    return FAILS if fails else "float32"


def run_dtype_of_merge(
    symbol: str, dtypes: Iterable[str | None], announced: str | None
) -> str | None:
    """What a run of a merge gives: what the operands are promoted to; an Average computes.

    >>> run_dtype_of_merge("Add", ["int32", "int64"], "float32"), run_dtype_of_merge("Average", ["int32"], "float32")
    ('int64', 'float64')
    >>> run_dtype_of_merge("Add", ["int32", "float32"], "float32"), run_dtype_of_merge("Add", ["bool", "bool"], "float32")
    ('float32', '')
    """
    kinds = {one for one in dtypes if one is not None}
    if not kinds or "uint64" in kinds:
        return announced
    if kinds == {"bool"}:
        return FAILS if symbol in COMPARES else "bool"
    found = promote(*kinds)
    if symbol == "Average" and is_integer(found):
        return "float32" if found in ("int8", "uint8", "int16", "uint16") else "float64"
    return "int32" if symbol == "Dot" and kinds == {"int8"} else found


def surprise(name: str, given: str, announced: str | None, real: str | None) -> tuple[str, ...]:
    """The warning for it, if a run gives another dtype than the model announces.

    >>> surprise("Dropout", "int32", "float32", "int32")
    ('Dropout announces float32, and the run gives int32',)
    >>> surprise("ELU", "int32", "float32", FAILS)
    ('ELU of int32 is announced, and the run takes floats alone',)
    """
    if real is None or real == announced:
        return ()
    if real == FAILS:
        takes = "floats alone" if given != "bool" else "no bool"
        return (f"{name} of {given} is announced, and the run takes {takes}",)
    return (f"{name} announces {announced}, and the run gives {real}",)
