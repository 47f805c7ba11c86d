"""Which dtype comes of several: Keras's promotion lattice, with weak Python numbers.

The lattice is that of JAX (`jax.numpy.result_type`), which Keras follows; with TensorFlow int64 and
float64 stay.
"""

from __future__ import annotations

from functools import cache
from typing import Final

INTEGERS: Final = ("uint8", "uint16", "uint32", "uint64", "int8", "int16", "int32", "int64")
FLOATS: Final = ("bfloat16", "float16", "float32", "float64")
COMPLEX: Final = ("complex64", "complex128")
DTYPES: Final = ("bool", *INTEGERS, *FLOATS, *COMPLEX, "string")
FLOAT8: Final = ("float8_e4m3fn", "float8_e5m2")

WEAK: Final = {"int": "int32", "float": "float32"}
"""A Python number, and the dtype that it has where nothing stronger stands beside it."""

_NARROWED: Final = {"uint64": "uint32", "complex128": "complex64"}
"""What Keras makes of results in these."""

_ABOVE: Final = {
    "bool": ("int",),
    "int": ("uint8", "int8", "complex64"),
    "uint8": ("int16", "uint16"),
    "uint16": ("int32", "uint32"),
    "uint32": ("int64", "uint64"),
    "uint64": ("float",),
    "int8": ("int16",),
    "int16": ("int32",),
    "int32": ("int64",),
    "int64": ("float",),
    "float": ("bfloat16", "float16"),
    "bfloat16": ("float32",),
    "float16": ("float32",),
    "float32": ("float64", "complex64"),
    "float64": ("complex128",),
    "complex64": ("complex128",),
    "complex128": (),
}
"""From each dtype, those directly above it in the lattice."""


_WIDTHS: Final = {"bool": 1, "bfloat16": 2, "float8_e4m3fn": 1, "float8_e5m2": 1}
"""Bytes of a number, where the name does not say its bits."""


def width(dtype: str | None) -> int | None:
    """The bytes of one number; None of what has no fixed size.

    >>> width("float16"), width("int64"), width("bool"), width("complex64"), width("string")
    (2, 8, 1, 8, None)
    """
    if dtype is None or dtype == "string":
        return None
    return _WIDTHS.get(dtype) or int(dtype.lstrip("abcdefghijklmnopqrstuvwxyz")) // 8


def is_float(dtype: str | None) -> bool:
    """Whether a dtype is a floating one.

    >>> is_float("bfloat16"), is_float("int32"), is_float(None)
    (True, False, False)
    """
    return dtype in FLOATS or dtype in FLOAT8


def is_integer(dtype: str | None) -> bool:
    """Whether a dtype is a whole number's.

    >>> is_integer("uint8"), is_integer("bool")
    (True, False)
    """
    return dtype in INTEGERS


@cache
def promote(*dtypes: str) -> str | None:
    """The dtype that an operation of these gives; None where Keras knows none.

    Args:
        dtypes: names of dtypes; a Python number is `"int"` or `"float"`, which are weak.

    >>> promote("int32", "float32"), promote("float16", "bfloat16"), promote("uint8", "int8")
    ('float32', 'float32', 'int16')
    >>> promote("float16", "float"), promote("int32", "float"), promote("uint8", "int")
    ('float16', 'float32', 'uint8')
    >>> promote("string", "int32") is None
    True
    """
    kinds = set(dtypes)
    if len(kinds) == 1:
        return _settled(dtypes[0])
    if any(kind not in _ABOVE for kind in kinds):
        return None
    if kinds <= set(WEAK):
        return WEAK["float"]
    common = set.intersection(*(_upwards(kind) for kind in kinds))
    return _settled(max(common, key=lambda kind: len(_upwards(kind))))


def _settled(kind: str) -> str | None:
    if kind in FLOAT8:
        return None
    return _NARROWED.get(kind) or WEAK.get(kind, kind)


@cache
def _upwards(kind: str) -> set[str]:
    """A dtype and all above it."""
    return {kind}.union(*(_upwards(above) for above in _ABOVE[kind]))
