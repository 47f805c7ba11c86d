"""Kinds of values that parameters of some layers take alone.

What stands here was tried against Keras; the tests try it again.
"""

from __future__ import annotations

from typing import Any

from dsl.catalogue import kinds
from dsl.catalogue.kinds import Kind, one_of
from dsl.catalogue.registry import UNKNOWN, Configured
from dsl.records import replace

ADAPTIVE_LAYOUT = one_of("channels_last", "channels_first", none=True, silent=kinds.is_empty)
RESIZED = one_of("nearest", "bilinear", "bicubic", "lanczos3", "lanczos5")
POOLING = one_of("valid", "same")
CODES = ("one_hot", "multi_hot", "count")
ALL_CODES = one_of("int", *CODES, "tf_idf")


def are_two(value: Any) -> bool:
    """Whether a value lists two numbers of 0 or more; fractions are for the rule to judge, which knows the sizes."""
    numbers = isinstance(value, list | tuple) and all(map(kinds.is_number, value))
    return numbers and len(value) == 2 and min(value) >= 0 and max(value) < 2**63


def cuts(axes: int, *, negative: bool = False, huge: bool = False) -> Kind:
    """What is cut off or put at both ends of each of so many axes; `huge`: more than TensorFlow counts passes in silence."""
    pair = kinds.wholes(2, 0, "non-negative")

    def test(value: Any) -> bool:
        if negative and kinds.is_whole(value, -(10**9)):
            return True
        if axes == 1 or not isinstance(value, list | tuple):
            return pair.test(value) or are_two(value)
        fine = (item is UNKNOWN or pair.test(item) or are_two(item) for item in value)
        return len(value) == axes and all(fine)

    each = "[before, after]" if axes == 1 else f"a list of {axes}, each a number or [before, after]"
    return Kind(
        f"a non-negative integer or {each}",
        test,
        size=True,
        silent=lambda value: isinstance(value, bool) or (huge and kinds.is_huge(value)),
    )


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


def is_resized(value: Any) -> bool:
    """Whether it is a word of `RESIZED`, in whatever capitals."""
    return isinstance(value, str) and value.lower() in RESIZED.words


NO_AXIS = replace(kinds.AXES, none=True)
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
    silent=lambda value: isinstance(value, list | tuple | dict) and not value,
)
WINDOW = Kind(
    "the name of a window of SciPy, such as hann, or a list of numbers",
    lambda value: (
        value in WINDOWS
        if isinstance(value, str)
        else isinstance(value, list | tuple) and all(map(kinds.is_number, value))
    ),
    WINDOWS,
    attracts=True,
)


def counts(value: Any) -> bool:
    """Whether a value lists integers of 0 or more."""
    return isinstance(value, list | tuple) and all(kinds.is_whole(item, 0) for item in value)


def is_shape(value: Any) -> bool:
    """Whether a value is a tuple of sizes; a list is none to a Lambda."""
    return isinstance(value, tuple) and all(
        size in (UNKNOWN, None) or kinds.is_whole(size, 0) for size in value
    )


def is_true(value: Any) -> bool:
    """Whether a value is true, which counts as 1."""
    return value is True


def becomes_axis(value: Any) -> bool:
    """Whether `int` makes an axis behind the batch of a value: of 1.5, "1" and true, and not of "foo" or 0.5."""
    try:
        return isinstance(value, bool | float | str) and int(value) != 0
    except (ValueError, OverflowError):
        return False


def is_written(value: Any) -> bool:
    """Whether a text is a number in quotes, which Keras reads."""
    try:
        return isinstance(value, str) and float(value) is not None
    except ValueError:
        return False


def holds_numbers(value: Any) -> bool:
    """Whether a value is a list of numbers alone."""
    return isinstance(value, list | tuple) and all(map(kinds.is_measure, value))


def adaptive(axes: int) -> Kind:
    """What is left of each of so many axes: Keras takes 0, and lists of it and of none too."""

    def silent(value: Any) -> bool:
        listed = isinstance(value, list | tuple) and len(value) == axes
        each = value if listed else (value,)
        return all(
            (isinstance(one, bool | int) and one >= 0) or (one is None and listed) for one in each
        )

    return kinds.unchecked(kinds.wholes(axes, 1, "positive"), silent)


def is_numeral(value: Any) -> bool:
    """Whether Python reads a text as an integer."""
    return isinstance(value, str) and value.strip().lstrip("+-").isdecimal()


WHOLE_NUMERAL = kinds.unchecked(
    Kind("an integer", lambda value: kinds.is_whole(value, -(2**63))),
    lambda value: isinstance(value, bool | int | float) or is_numeral(value),
)
"""An integer; what lies behind the point is cut off."""
NO_VALUE = Kind(
    "none: arrays can't be written here",
    lambda value: value is None,
    none=True,
    silent=kinds.always,
)
ANY_SHARE = kinds.unchecked(kinds.FRACTION, kinds.is_measure)
"""A share that Keras does not look at, or cuts down to 1."""
ANY_SIZE = kinds.unchecked(kinds.POSITIVE, kinds.is_count)
"""A size that Keras does not look at: 0 and none give empty images."""
NUMERAL = kinds.unchecked(
    kinds.FRACTION, lambda value: kinds.is_measure(value) or is_written(value)
)
"""A share that Keras makes a number of, whatever it is."""


FACTORS = kinds.unchecked(
    Kind(
        "a number, or a list of numbers",
        lambda value: all(
            item is UNKNOWN or kinds.is_number(item) or isinstance(item, list | tuple)
            for item in (value if isinstance(value, list | tuple) else (value,))
        ),
    )
)
CELL = Kind(
    "a cell, such as LSTMCell, or a list of cells",
    lambda value: all(
        one is UNKNOWN or isinstance(one, Configured)
        for one in (value if isinstance(value, list | tuple) else (value,))
    ),
)
