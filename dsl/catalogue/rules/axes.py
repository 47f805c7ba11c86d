"""Axes of tensors, as arguments name them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dsl.catalogue.checks import shape_of
from dsl.catalogue.registry import Refusal

if TYPE_CHECKING:
    from dsl.shapes.types import Shape, TensorType


def axis_of(axis: Any, tensor: TensorType, argument: str = "axis", more: int = 0) -> int | Refusal:
    """An axis counted from the front.

    Args:
        axis: as given, perhaps negative.
        tensor: whose it is.
        argument: the argument that says so.
        more: by how many axes the result is longer.

    >>> from dsl.shapes.types import TensorType
    >>> x = TensorType("float32", (2, 3, 4))
    >>> axis_of(-1, x), axis_of(-1, x, more=1), axis_of(3, x).words
    (2, 3, 'there is no axis 3 in float32[2, 3, 4] without its batch')
    """
    rank = len(shape_of(tensor)) + more
    if not isinstance(axis, int):
        return Refusal(
            f"an axis is a whole number, and {axis!r} is none",
            argument,
            code="senseless-value" if axis == "" else "bad-value",
        )
    if -rank <= axis < rank:
        return axis % rank
    helps = f"axes go from 0, the batch, to {rank - 1}, or from -1 back" if rank else ""
    return Refusal(f"there is no axis {axis} in {tensor}", argument, 0, helps, "bad-value")


def axes_of(
    axis: Any,
    tensor: TensorType,
    argument: str = "axis",
    more: int = 0,
    twice: str = "bad-value",
) -> tuple[int, ...] | Refusal:
    """Axes counted from the front; all of them for None.

    Args:
        axis: one, or several.
        tensor: whose they are.
        argument: the argument that says so.
        more: by how many axes the result is longer.
        twice: what it is to name one twice: the code of its refusal.
    """
    if axis is None:
        return tuple(range(len(shape_of(tensor)) + more))
    found: list[int] = []
    for one in axis if isinstance(axis, list | tuple) else (axis,):
        at = axis_of(one, tensor, argument, more)
        if isinstance(at, Refusal):
            return at
        if at in found:
            return Refusal(f"axis {one} is named twice", argument, code=twice)
        found.append(at)
    return tuple(found)


def sizes_given(shape: Any, argument: str = "shape") -> Shape | Refusal:
    """A shape that an argument says: sizes of 0 or more, or none.

    >>> sizes_given([2, None])
    (2, None)
    >>> sizes_given([2, -1]).words
    '`shape` is a list of sizes, and -1 is none'
    """
    if not isinstance(shape, list | tuple):
        return Refusal(
            f"`{argument}` is a list of sizes",
            argument,
            help=f"{argument}=(2, 3)",
            code="senseless-value" if shape == "" else "bad-value",
        )
    for size in shape:
        if size is not None and (not isinstance(size, int) or size < 0):
            words = f"`{argument}` is a list of sizes, and {size!r} is none"
            return Refusal(words, argument, code="bad-value")
    return tuple(size if size is None else int(size) for size in shape)
