"""How near a name is to what somebody wrote: slips of the hand, of capitals, of figures, and names inside names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

FURTHER = 0.1
"""What other figures in a name cost, as in `Conv3D` for `Conv2D`."""

SHORTEST = 3
"""Letters of a name in which one slip leaves something of it."""

NEAR = 0.65
"""How alike names must be to be suggested."""


def plain(word: str) -> str:
    """A name without capitals and underscores, by which names are alike."""
    return word.lower().replace("_", "")


def one_slip(left: str, right: str) -> bool:
    """Whether one letter too many, too few, another one, or two that changed places make one name of the other.

    >>> one_slip("adma", "adam"), one_slip("sofmax", "softmax"), one_slip("adma", "adamax")
    (True, True, False)
    """
    if len(left) > len(right):
        left, right = right, left
    if len(left) < SHORTEST:
        return False  # every name is near to one so short
    start = next(
        (n for n, pair in enumerate(zip(left, right, strict=False)) if len(set(pair)) > 1),
        len(left),
    )
    left, right = left[start:], right[start:]
    if len(left) < len(right):
        return left == right[1:]
    return left[1:] == right[1:] or (left[:2] == right[1::-1] and left[2:] == right[2:])


def letters(name: str) -> int:
    """The letters of a plain name, a bit for each (some share one)."""
    bits = 0
    for char in name:
        bits |= 1 << (ord(char) & 31)
    return bits


def perhaps_near(own: str, names: Mapping[str, int]) -> list[str]:
    """Those names that may be near, by lengths and letters alone: to compare them takes much longer.

    Args:
        own: what was written.
        names: plain names, with the `letters` of each.

    >>> perhaps_near("dens", {one: letters(one) for one in ("dense", "dot", "lstm")})
    ['dense']
    """
    bits, length = letters(own), len(own)
    return [
        name
        for name, its in names.items()
        if 2 * min(length - (bits & ~its).bit_count(), len(name) - (its & ~bits).bit_count())
        >= NEAR * (length + len(name))
    ]


def nearness(own: str, other: str) -> float:
    """How alike two plain names are, from 0 to 1; a slip of the hand before all others."""
    from difflib import SequenceMatcher  # noqa: PLC0415 -- needed for mistakes alone

    if one_slip(own, other):
        ratio = 0.95
    else:
        matcher = SequenceMatcher(None, other, own)
        if matcher.real_quick_ratio() < NEAR or matcher.quick_ratio() < NEAR:
            return 0.0
        ratio = matcher.ratio()
    same_figures = re.findall(r"\d", own) == re.findall(r"\d", other)
    return ratio if same_figures or ratio < NEAR else max(ratio - FURTHER, NEAR)


def is_part(own: str, candidate: str) -> bool:
    """Whether a name is one of the words of a longer one.

    >>> is_part("concat_axis", "axis"), is_part("relaxis", "axis")
    (True, False)
    """
    return len(candidate) >= SHORTEST and candidate.lower() in own.lower().split("_")
