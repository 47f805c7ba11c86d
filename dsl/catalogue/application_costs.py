"""What the models of `keras.applications` cost for an image: sums over the places of their maps.

The numbers are those of `application_costs.json`; its harvest says how they come about.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from dsl.catalogue.data import read
from dsl.records import Record
from dsl.shapes.counting import Within
from dsl.shapes.windows import slide

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

COLOURS = 3
ONE = -1
"""The place of what has one position."""


class Image(Record):
    """What goes in.

    Args:
        sides: its height and width.
        built: those that the model is built for; None where it is built for any.
        channels: of the image.
    """

    sides: tuple[int, int]
    built: tuple[int, int] | None
    channels: int


class Head(Record):
    """What stands before and behind the features.

    Args:
        classes: those of the classifier; None without one.
        pooled: whether the features are pooled, where there is no classifier.
        pretrained: whether it is built for published weights.
        preprocessing: whether the image is brought into the range that the model takes.
    """

    classes: int | None
    pooled: bool
    pretrained: bool
    preprocessing: bool


def cost(
    name: str, settings: Mapping[str, Any], image: Image, head: Head
) -> tuple[int, Within] | None:
    """Multiply-adds for one image, and what the model holds.

    Args:
        name: the model's.
        settings: those that change what is inside, where they are not Keras's defaults.
        image: what goes in.
        head: what stands around the features.

    Returns:
        None of settings that were not measured.

    >>> image = Image((224, 224), (224, 224), 3)
    >>> made = cost("ResNet50", {}, image, Head(1000, False, False, True))
    >>> made and made[0]
    3857973248
    """
    facts = next((one for one in _models()[name] if one["settings"] == settings), None)
    if facts is None:
        return None
    sizes = _sizes(facts["places"], image)
    by_column = [
        (1 if place == ONE else sizes[place]) * (image.channels if each else 1)
        for place, each in facts["columns"]
    ]
    body = _sum(facts["madds"], by_column)
    positions = sizes[facts["end"]]
    added, more = _around(facts, head, image, positions)
    held, madds = _sum(facts["held"], by_column) + more, body + added
    peak = max(_sum(one, by_column) for one in facts["peaks"])
    last = facts["channels"] * positions + more
    return madds, Within(madds - _stem(facts, by_column), held=held, peak=max(peak, last))


def _sum(counts: Sequence[int], sizes: Sequence[int]) -> int:
    return sum(count * size for count, size in zip(counts, sizes, strict=True))


def _stem(facts: Any, by_column: Sequence[int]) -> int:
    """Multiply-adds of what takes the image itself."""
    columns = zip(facts["columns"], facts["madds"], by_column, strict=True)
    return sum(count * size for (_, each), count, size in columns if each)


def _around(facts: Any, head: Head, image: Image, positions: int) -> tuple[int, int]:
    """Multiply-adds, and numbers in activations, of what stands before and behind the features."""
    held = (
        _more_images(facts, head, image.channels) * image.sides[0] * image.sides[1] * image.channels
    )
    if head.classes is None:
        return 0, held + (facts["channels"] if head.pooled else 0)
    top = facts["top"]
    madds, more = (
        rest + each * head.classes + every * positions
        for rest, each, every in zip(
            top["rest"], top["per_class"], top["per_position"], strict=True
        )
    )
    return madds, held + more


def _more_images(facts: Any, head: Head, channels: int) -> int:
    """How many more maps of the size of the image there are than in a model for colours, without published weights."""
    if not head.preprocessing:
        return int(facts["raw"])
    return int(
        facts["not_coloured"] if channels != COLOURS else facts["pretrained"] * head.pretrained
    )


def _sizes(places: Sequence[Any], image: Image) -> list[int]:
    """The positions of each place, that of the image first."""
    built = image.built or (None, None)
    sides = [_sides(places, side, made) for side, made in zip(image.sides, built, strict=True)]
    return [height * width for height, width in zip(*sides, strict=True)]


def _sides(places: Sequence[Any], side: int, made: int | None) -> list[int]:
    """One side of each place; whether a pad is that of an odd size hangs on what the model is built for."""
    found, planned = [side], [made]
    for parent, kernel, stride, padding, pads, *odd in places:
        plan = planned[parent]
        own = sum(odd[0] if odd and plan is not None and plan % 2 else pads)
        found.append(_slid(found[parent] + own, kernel, stride, padding))
        planned.append(None if plan is None else _slid(plan + own, kernel, stride, padding))
    return found


def _slid(size: int, kernel: int, stride: int, padding: str) -> int:
    made = slide(size, kernel, stride, padding)
    return made if isinstance(made, int) else 0


@cache
def _models() -> Mapping[str, Any]:
    return dict(read("application_costs.json"))
