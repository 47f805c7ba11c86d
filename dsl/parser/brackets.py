"""What a bracket that does not fit seems to be: a slip for another one, one too many, or the first after one that is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

CLOSER = {"(": ")", "[": "]", "{": "}"}
OPENER = {close: open_ for open_, close in CLOSER.items()}

REPLACE, TAKE_OUT, CLOSE_BEFORE = "replace", "take out", "close before"


def mends(opened: Sequence[str], found: str, rest: Iterable[str]) -> list[str]:
    """The ways to mend a closing bracket that does not fit, after which all brackets of the line do.

    Args:
        opened: the brackets that are open before it, outermost first.
        found: the one that does not fit.
        rest: the words and marks of its line after it.

    >>> mends(["(", "["], ")", [",", "axis", "=", "1", ")"])  # f([a, b), axis=1)
    ['replace']
    >>> mends(["("], "]", [",", "axis", "=", "1", ")"])  # f(a, b], axis=1)
    ['take out']
    >>> mends(["(", "["], ")", [])  # f([a, b, axis=1)
    ['close before']
    """
    after = list(rest)
    ways = {
        REPLACE: (opened[:-1], after),
        TAKE_OUT: (opened, after),
        CLOSE_BEFORE: (opened[:-1], [found, *after]),
    }
    return [way for way, (stack, texts) in ways.items() if _closes_all(list(stack), texts)]


def _closes_all(stack: list[str], texts: Iterable[str]) -> bool:
    for text in texts:
        if text in CLOSER:
            stack.append(text)
        elif text in OPENER and (not stack or stack.pop() != OPENER[text]):
            return False
    return not stack
