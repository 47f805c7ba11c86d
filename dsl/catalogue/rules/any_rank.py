"""What layers make of a tensor of another rank than theirs, where nobody asks for its rank: inside of `TimeDistributed`.

Keras asks such a layer for the shape that comes out, and calls it bare. `tests/keras/test_wrappers_against_keras.py` tries
each layer at each rank.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dsl.catalogue.checks import channels_axis, space_of, tuple_of, with_space
from dsl.records import Record
from dsl.shapes.windows import fits, slide

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from dsl.shapes.types import Shape

MOST_POOLED = 3
"""Axes that a run can pool over."""


class Bare(Record):
    """What comes of such a tensor.

    Args:
        announced: the shape that the model announces; None where Keras raises.
        real: the shape that a run gives; None where it fails.
    """

    announced: Shape | None = None
    real: Shape | None = None


def of_any_rank(
    symbol: str, arguments: Mapping[str, Any], shape: Shape, fit: Callable[[Shape], Shape | None]
) -> Bare | None:
    """What a layer makes of a shape that it would refuse if it were asked; None where that is not known.

    Args:
        symbol: the layer.
        arguments: of its configuration.
        shape: the tensor's.
        fit: what the layer makes of a shape of its own rank; None where it refuses that too.
    """
    family, axes = symbol[:-2], symbol[-2:-1]
    known = FAMILIES.get(family) if axes.isdigit() else None
    return known(int(axes), arguments, shape, fit) if known is not None else None


def _pooled(axes: int, arguments: Mapping[str, Any], shape: Shape, _: Any) -> Bare:
    """A window of one size slides along all axes of space; several go with as many axes, or with one."""
    layout = arguments["data_format"]
    space = space_of(shape, layout)
    window = tuple_of(arguments["pool_size"], axes)
    steps = arguments["strides"]
    steps = window if steps is None else tuple_of(steps, axes)
    if axes != len(space) and 1 not in (axes, len(space)):
        return Bare()
    most = len(space) if axes == 1 else axes
    space, window, steps = (_spread(one, most) for one in (space, window, steps))
    valid = arguments["padding"] == "valid"
    if valid and not all(map(fits, space, window)):
        return Bare()
    sizes = zip(space, window, steps, strict=True)
    made = tuple(slide(size, wide, step, arguments["padding"]) for size, wide, step in sizes)
    made = with_space(shape[0], made, shape[channels_axis(layout)], layout)
    return Bare(made, made if axes == 1 and 0 < most <= MOST_POOLED else None)


def _spread(values: tuple[Any, ...], most: int) -> tuple[Any, ...]:
    return values * most if len(values) == 1 else values


def _pooled_globally(axes: int, arguments: Mapping[str, Any], shape: Shape, _: Any) -> Bare:
    """The channels are announced; the run goes over the axes that would be those of space."""
    layout, ones = arguments["data_format"], (1,) * axes if arguments["keepdims"] else ()
    announced = with_space(shape[0], ones, shape[channels_axis(layout)], layout)
    first = 2 if layout == "channels_first" else 1
    over = range(first, first + axes)
    if over[-1] >= len(shape):
        return Bare(announced)
    kept = (
        1 if at in over else size for at, size in enumerate(shape) if not (at in over and not ones)
    )
    return Bare(announced, tuple(kept))


def _of_first(
    axes: int, _: Mapping[str, Any], shape: Shape, fit: Callable[[Shape], Shape | None]
) -> Bare:
    """The first axes are announced, as many as the layer knows; the run leaves those behind as they were."""
    announced = fit(shape[: axes + 2]) if len(shape) > axes + 2 else None
    return Bare(announced, None if announced is None else (*announced, *shape[axes + 2 :]))


def _padded(axes: int, _: Mapping[str, Any], shape: Shape, __: Any) -> Bare:
    """As many sizes behind the batch grow; the run fails."""
    if len(shape) < axes + 1:
        return Bare()
    return Bare(shape)


FAMILIES = {
    **dict.fromkeys(("AveragePooling", "MaxPooling"), _pooled),
    **dict.fromkeys(("GlobalAveragePooling", "GlobalMaxPooling"), _pooled_globally),
    **dict.fromkeys(("Cropping", "UpSampling"), _of_first),
    "ZeroPadding": _padded,
}
"""Layers by their names without the number of their axes."""
