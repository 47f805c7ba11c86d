"""Kinds of values that parameters take: what they are called, and a test for each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dsl.catalogue.registry import UNKNOWN
from dsl.records import Record, replace
from dsl.shapes.types import TensorType

if TYPE_CHECKING:
    from collections.abc import Callable


def always(_: Any) -> bool:
    """Any value."""
    return True


class Kind(Record):
    """A kind of value.

    Args:
        what: its words, as in "units must be a positive integer".
        test: whether a value is one.
        words: the bare words among its values.
        attracts: whether these words find their parameter by themselves.
        none: whether `none` is one of its values, whatever the default.
        size: whether it is a whole number of things.
        namespace: where its classes and functions live (`initializers`), if they do in one.
        silent: whether Keras takes a value in silence that is none of these; None where it raises for all.
    """

    what: str
    test: Callable[[Any], bool]
    words: frozenset[str] = frozenset()
    attracts: bool = False
    none: bool = False
    size: bool = False
    namespace: str = ""
    silent: Callable[[Any], bool] | None = None


def whole(low: int, what: str) -> Kind:
    """Integers from `low` up.

    >>> whole(1, "a positive integer").test(0), whole(1, "a positive integer").test(True)
    (False, False)
    """
    return Kind(what, lambda value: is_whole(value, low), size=True, silent=_counts_as_whole(low))


def _counts_as_whole(low: int) -> Callable[[Any], bool]:
    """Booleans count as 0 and 1."""
    return lambda value: isinstance(value, bool) and value >= low


def wholes(
    count: int, low: int, what: str, *, huge: bool = False, least: float | None = None
) -> Kind:
    """One integer, or a list of `count`, each from `low` up.

    Args:
        count: how many there are.
        low: the least.
        what: what they are called.
        huge: whether Keras takes integers in silence that are larger than any of TensorFlow's.
        least: above what it takes fractions in lists; by default the one below `low`.

    >>> kind = wholes(2, 1, "positive")
    >>> kind.what
    'a positive integer or a list of 2'
    >>> kind.test(3), kind.test((3, 3)), kind.test((3,)), kind.test((3, 0))
    (True, True, False, False)
    """

    def test(value: Any) -> bool:
        if isinstance(value, list | tuple):
            return len(value) == count and all(
                item is UNKNOWN or is_whole(item, low) for item in value
            )
        return is_whole(value, low)

    def silent(value: Any) -> bool:
        """Lists of fractions and booleans pass, as long as they are positive."""
        if isinstance(value, list | tuple):
            numbers = all(isinstance(item, bool | int | float) for item in value)
            above = low - 1 if least is None else least
            return numbers and len(value) == count and all(item > above for item in value)
        return _counts_as_whole(low)(value) or (huge and is_huge(value))

    return Kind(f"a {what} integer or a list of {count}", test, size=True, silent=silent)


def number(low: float | None = None, high: float | None = None, what: str = "a number") -> Kind:
    """Numbers between two bounds, both among them."""

    def test(value: Any) -> bool:
        if not is_number(value):
            return False
        return (low is None or value >= low) and (high is None or value <= high)

    return Kind(what, test, silent=is_boolean)


def one_of(
    *words: str,
    attracts: bool = True,
    none: bool = False,
    fold: bool = False,
    more: bool = False,
    namespace: str = "",
    silent: Callable[[Any], bool] | None = None,
) -> Kind:
    """One of a few words.

    Args:
        words: the words.
        attracts: as in `Kind`.
        none: as in `Kind`.
        fold: whether capitals don't matter to Keras.
        more: whether things that are no words are values too (functions, objects).
        namespace: as in `Kind`.
        silent: as in `Kind`.

    >>> one_of("valid", "same", fold=True).test("SAME"), one_of("valid", "same").what
    (True, 'valid or same')
    """
    known = frozenset(words)

    def test(value: Any) -> bool:
        if isinstance(value, str):
            return (value.lower() if fold else value) in known
        return more and not isinstance(value, bool | int | float | list | tuple | dict | TensorType)

    return Kind(choice(words), test, known, attracts, none, namespace=namespace, silent=silent)


def choice(words: tuple[str, ...]) -> str:
    """Words as in a sentence.

    >>> choice(("valid", "same", "causal"))
    'valid, same or causal'
    """
    *first, last = words
    return f"{', '.join(first)} or {last}" if first else last


def is_whole(value: Any, low: int) -> bool:
    """Whether a value is an integer (no boolean) from `low` up, as far as TensorFlow counts."""
    return isinstance(value, int) and not isinstance(value, bool) and low <= value < 2**63


def is_boolean(value: Any) -> bool:
    """Whether a value is true or false: Keras takes them for numbers."""
    return isinstance(value, bool)


def is_empty(value: Any) -> bool:
    """Whether a value counts as none: 0, nothing in quotes or brackets."""
    return not value and value is not None


def is_measure(value: Any) -> bool:
    """Whether a value is a number or a boolean."""
    return isinstance(value, bool | int | float)


def is_count(value: Any) -> bool:
    """Whether a value is none, or counts as an integer of 0 or more."""
    return value is None or (isinstance(value, bool | int) and value >= 0)


def is_huge(value: Any) -> bool:
    """Whether an integer is larger than any of TensorFlow's."""
    return isinstance(value, int) and value >= 2**63


def unchecked(kind: Kind, silent: Callable[[Any], bool] = always) -> Kind:
    """The same kind, where Keras takes other values too and says nothing.

    >>> unchecked(FRACTION).silent("much")
    True
    """
    return replace(kind, silent=silent)


def is_number(value: Any) -> bool:
    """Whether a value is a number (no boolean)."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def amount(low: float, high: float, *, both: bool = False) -> Kind:
    """How far a random layer goes: a number, or a list of two, between two bounds.

    Args:
        low: the lower bound.
        high: the upper bound.
        both: whether both of a list must lie between them; else it is enough that the list's range
            meets that of the bounds, which is all that most of Keras's layers ask.
    """

    def test(value: Any) -> bool:
        if not isinstance(value, list | tuple):
            return is_number(value) and low <= value <= high
        if len(value) != 2 or not all(item is UNKNOWN or is_number(item) for item in value):
            return False
        first, second = (low if item is UNKNOWN else item for item in value)
        if both:
            return low <= first <= high and low <= second <= high
        return bool(first <= high and second >= low)

    return Kind(f"a number from {low:g} to {high:g}, or a list of two", test, silent=is_boolean)


POSITIVE = whole(1, "a positive integer")
ANY_POSITIVE = unchecked(POSITIVE, lambda value: value is True or is_huge(value))
"""One of which no tensor or weight is made at once: Keras takes the hugest."""
COUNT = whole(0, "an integer of 0 or more")
NUMBER = number()
FRACTION = number(0, 1, "a number from 0 to 1")
NOT_NEGATIVE = number(0, None, "a number of 0 or more")
FLAG = Kind("true or false", lambda value: value is None or value in (0, 1), silent=always)
BOOLEAN = Kind("true or false", lambda value: isinstance(value, bool))
TEXT = Kind("a word or text", lambda value: isinstance(value, str))
AXIS = Kind("an integer", lambda value: is_whole(value, -(10**9)), silent=is_boolean)
AXES = Kind(
    "an integer or a list of integers",
    lambda value: all(
        item is UNKNOWN or is_whole(item, -(10**9))
        for item in (value if isinstance(value, list | tuple) else (value,))
    ),
    silent=lambda value: any(
        isinstance(item, bool) for item in (value if isinstance(value, list | tuple) else (value,))
    ),
)
NO_WORD = Kind("a number", lambda value: not isinstance(value, str), silent=always)
NO_NUMBER = Kind("a word", lambda value: not is_number(value) and not isinstance(value, bool))
SEED = Kind("an integer", lambda value: value is None or (is_whole(value, -(2**63))), none=True)


def is_layer(value: Any) -> bool:
    """Whether a value may be a layer or a model: no plain value, no object of another namespace."""
    if value is None or isinstance(value, str | bool | int | float | list | tuple | dict):
        return False
    namespace, dot, _ = str(getattr(value, "symbol", "")).rpartition(".")
    return not dot or namespace == "applications"


LAYER = Kind("a layer", is_layer)
