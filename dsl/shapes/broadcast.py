"""How shapes meet: in operators and `keras.ops`, and in the merge layers of `keras.layers`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dsl.records import Record
from dsl.shapes.dims import BATCH, Dim, Size, same

if TYPE_CHECKING:
    from collections.abc import Callable

    from dsl.shapes.types import Shape


class Clash(Record):
    """Two sizes that do not meet.

    Args:
        axis: counted from the end: -1 is the last.
        left: the size of the first shape there.
        right: the size of the second.
    """

    axis: int
    left: Dim
    right: Dim


def broadcast(left: Shape, right: Shape) -> Shape | Clash:
    """The shape of an elementwise operation, as operators and `keras.ops` announce it.

    Shapes are aligned at their last axes; a 1 stretches; an unknown size takes the known one.

    >>> broadcast((BATCH, 8, 3), (3,)) == (BATCH, 8, 3)
    True
    >>> broadcast((2, None), (1, 8)), broadcast((2, None), (2, 1))
    ((2, 8), (2, None))
    >>> broadcast((2, 8), (2, 7))
    Clash(axis=-1, left=8, right=7)
    """
    return _aligned(left, right, _known)


def merge(left: Shape, right: Shape) -> Shape | Clash:
    """The shape of a merge layer's result (`Add` and its kin): an unknown size stays unknown.

    Shapes are aligned at their last axes, behind the batch, which does not stretch.

    >>> merge((BATCH, 8, 3), (BATCH, 3)) == (BATCH, 8, 3)
    True
    >>> merge((BATCH, None), (BATCH, 8)) == (BATCH, None)
    True
    >>> merge((BATCH, 8, 3), (BATCH, 8))
    Clash(axis=-1, left=3, right=8)
    >>> merge((1, 8), (3, 8))
    Clash(axis=-2, left=1, right=3)
    """
    if not left or not right:
        return left or right
    if isinstance(left[0], int) and isinstance(right[0], int) and left[0] != right[0]:
        return Clash(-max(len(left), len(right)), left[0], right[0])
    sizes = _aligned(left[1:], right[1:], _certain)
    return sizes if isinstance(sizes, Clash) else (_batch(left[0], right[0]), *sizes)


def _aligned(left: Shape, right: Shape, meet: Callable[[Dim, Dim], Dim]) -> Shape | Clash:
    rank = max(len(left), len(right))
    lefts = (1,) * (rank - len(left)) + left
    rights = (1,) * (rank - len(right)) + right
    sizes: list[Dim] = []
    for axis, (one, other) in enumerate(zip(lefts, rights, strict=True), -rank):
        if one == 1 or other == 1:
            sizes.append(other if one == 1 else one)
        elif same(one, other) is False:
            return Clash(axis, one, other)
        else:
            sizes.append(meet(one, other))
    return tuple(sizes)


def _known(left: Dim, right: Dim) -> Dim:
    """What two sizes, neither of them 1, come to: the number, where one is a number."""
    if isinstance(left, int):
        return left
    return right if isinstance(right, int) else _certain(left, right)


def _certain(left: Dim, right: Dim) -> Dim:
    return left if same(left, right) else None


def _batch(left: Dim, right: Dim) -> Dim:
    if BATCH in (left, right):
        other = right if left == BATCH else left
        return BATCH if isinstance(other, Size) or other is None else other
    return _known(left, right)
