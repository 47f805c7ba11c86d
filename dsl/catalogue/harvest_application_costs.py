"""Measures what the models of `keras.applications` cost: `python -m dsl.catalogue.harvest_application_costs`.

Every map inside of such a model has a place: the windows that an image passes on the way to it, and so a height and a
width for each image. Multiply-adds and numbers in activations are then sums over places: so many for each position of
a map. What is behind a global pooling has one position. What the image itself goes through has as many channels as
the image.
"""

from __future__ import annotations

import inspect
import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from dsl.catalogue.harvest_applications import (
    CLASSES,
    SOME_SIZE,
    VARIANTS,
    build,
    default_size,
    merged,
    step_of,
)
from dsl.shapes.windows import slide

if TYPE_CHECKING:
    from collections.abc import Iterator

TARGET = Path(__file__).with_name("application_costs.json")
SIZES = (256, 257, 259, 515, 331, 224, 299, 252, 254, 264, 240, 513)
"""Tried in turn: the first two bring each halving with padding same an even and an odd size."""
ONE = -1
"""The place of what has one position."""

Column = tuple[int, int]
"""A place, and 1 where a number is for each channel of the image, else 0."""


class Node:
    """An application inside of a model, those of nested models in their place."""

    def __init__(self, layer: Any, takes: list[Any], gives: list[Any]) -> None:
        """Keep the layer, the tensors that it takes and those that it gives."""
        self.layer, self.takes, self.gives = layer, takes, gives


def nodes(model: Any, renamed: dict[int, Any] | None = None) -> Iterator[Node]:
    """The applications of a model in the order in which Keras runs them."""
    renamed = {} if renamed is None else renamed
    by_depth = model._nodes_by_depth  # noqa: SLF001 -- the order of the run
    for node in (one for depth in sorted(by_depth, reverse=True) for one in by_depth[depth]):
        layer = node.operation
        takes = [renamed.get(id(one), one) for one in node.arguments.keras_tensors]
        if not takes:
            continue
        if hasattr(layer, "layers"):
            inner = getattr(layer, "_functional", layer)
            renamed |= {id(one): own for one, own in zip(inner.inputs, takes, strict=True)}
            yield from nodes(inner, renamed)
            ends = [renamed.get(id(one), one) for one in inner.outputs]
            renamed |= {id(one): end for one, end in zip(node.outputs, ends, strict=True)}
        else:
            yield Node(layer, takes, list(node.outputs))


def weight_of(layer: Any) -> int:
    """Multiply-adds in each place of what a layer gives."""
    kernels = (
        [one for one in layer.weights if "kernel" in one.name] if hasattr(layer, "weights") else []
    )
    return sum(_size(one.shape) for one in kernels)


def _size(shape: Any) -> int:
    size = 1
    for one in shape:
        size *= one
    return size


class Walk:
    """The places of a model, and what stands in each.

    Args:
        models: the same one for several sizes of the image, the first for a known one.
    """

    def __init__(self, models: list[Any]) -> None:
        """Go through the models in step."""
        self.places: list[list[Any]] = []
        self.same: dict[int, int] = {}
        self.madds: Counter[Column] = Counter()
        self.held: Counter[Column] = Counter()
        self.alive: list[Counter[Column]] = []
        image = models[0].inputs[0]
        self.at: dict[int, tuple[int, bool]] = {id(image): (0, True)}
        self.kept = [image]
        self.rows = list(zip(*(list(nodes(one)) for one in models), strict=True))
        self._count(image)
        for row in self.rows:
            self._enter(row)
        self.end = id(models[0].outputs[0])
        self._live(image)

    def place_of(self, place: int) -> int:
        """The one place of several that are known to have one size."""
        while place in self.same:
            place = self.same[place]
        return place

    def _enter(self, row: tuple[Node, ...]) -> None:
        node = row[0]
        known = [self.at[id(one)] for one in node.takes]
        raw = all(one for _, one in known) and not weight_of(node.layer)
        place = self._out(row, [self.place_of(one) for one, _ in known])
        for one in node.gives:
            self.at[id(one)] = (place, raw)
            self._count(one)
        self._multiply(node, place, from_image=all(one for _, one in known))

    def _out(self, row: tuple[Node, ...], places: list[int]) -> int:
        shape = row[0].gives[0].shape
        if len(shape) == 2 or type(row[0].layer).__name__.startswith("Global"):
            return ONE
        maps = [one for one in places if one != ONE]
        if not maps:
            return ONE
        first = min(maps)
        for one in maps:
            if one != first:
                self.same[one] = first
        found = merged([list(step_of(one.layer, one.takes[0].shape)) for one in row])
        for step in found:
            first = self._child(first, step)
        return first

    def _child(self, parent: int, step: dict[str, Any]) -> int:
        one = [parent, step["kernel"], step["stride"], step["padding"], step["pads"]]
        one += [step["odd_pads"]] if "odd_pads" in step else []
        if one not in self.places:
            self.places.append(one)
        return self.place_of(self.places.index(one) + 1)

    def _column(self, tensor: Any) -> Column:
        place, raw = self.at[id(tensor)]
        return self.place_of(place), int(raw)

    def _numbers(self, tensor: Any) -> int:
        return 1 if self.at[id(tensor)][1] else int(tensor.shape[-1])

    def _count(self, tensor: Any) -> None:
        self.held[self._column(tensor)] += self._numbers(tensor)

    def _multiply(self, node: Node, place: int, *, from_image: bool) -> None:
        weight = weight_of(node.layer)
        if not weight:
            return
        channels = int(node.takes[0].shape[-1])
        self.madds[place, int(from_image)] += weight // channels if from_image else weight

    def _live(self, image: Any) -> None:
        last = {id(one): step for step, row in enumerate(self.rows) for one in row[0].takes}
        last[self.end] = len(self.rows)
        alive = {id(image): image}
        for step, row in enumerate(self.rows):
            alive |= {id(one): one for one in row[0].gives}
            now: Counter[Column] = Counter()
            for one in alive.values():
                now[self._column(one)] += self._numbers(one)
            self.alive.append(now)
            alive = {key: one for key, one in alive.items() if last.get(key, step) > step}


def totals(model: Any) -> tuple[int, int]:
    """Multiply-adds and numbers in activations of a model of known size."""
    madds, held = 0, _size(model.inputs[0].shape[1:])
    for node in nodes(model):
        positions = _size(node.gives[0].shape[1:-1])
        madds += weight_of(node.layer) * positions
        held += sum(_size(one.shape[1:]) for one in node.gives)
    return madds, held


def sides(places: list[list[Any]], side: int) -> list[int]:
    """The side of each place for an image of that side, for which the model is built."""
    found = [side]
    for parent, kernel, stride, padding, pads, *odd in places:
        size = found[parent]
        own = odd[0] if odd and size % 2 else pads
        made = slide(size + sum(own), kernel, stride, padding)
        assert isinstance(made, int)  # noqa: S101 -- of numbers come numbers
        found.append(made)
    return found


def value(vector: Counter[Column], places: list[list[Any]], side: int, channels: int = 3) -> int:
    """A sum over places for a square image."""
    found = sides(places, side)
    return sum(
        count * (channels if by_channel else 1) * (1 if place == ONE else found[place] ** 2)
        for (place, by_channel), count in vector.items()
    )


def measure(make: Any, settings: dict[str, Any]) -> dict[str, Any]:
    """What is recorded of one model."""
    models = _models(make, settings)
    walk = Walk(models)
    places = walk.places
    for model in models:
        side = model.input.shape[1]
        found = value(walk.madds, places, side), value(walk.held, places, side)
        assert found == totals(model), (make.__name__, settings, side)  # noqa: S101 -- the form fits all
    used = sorted({*walk.madds, *walk.held})
    return {
        "places": places,
        "end": _end(walk),
        "channels": models[0].output.shape[-1],
        "columns": used,
        "madds": [walk.madds[one] for one in used],
        "held": [walk.held[one] for one in used],
        "peaks": _peaks(walk, used),
        "top": _top(make, settings, walk),
        "pretrained": _more_images(make, walk, settings | {"weights": "imagenet"}),
        "raw": _more_images(make, walk, settings | {"include_preprocessing": False}),
        "not_coloured": _more_images(make, walk, settings, channels=1),
    }


def _models(make: Any, settings: dict[str, Any]) -> list[Any]:
    """The model for several sizes, until each pad has met an even and an odd one."""
    models: list[Any] = []
    for size in SIZES:
        models.append(build(make, size, **settings))
        rows = zip(*(list(nodes(one)) for one in models), strict=True)
        padded = [
            row for row in rows if type(row[0].layer).__name__ in {"ZeroPadding2D", "Cropping2D"}
        ]
        if all(len({one.takes[0].shape[1] % 2 for one in row}) > 1 for row in padded):
            break
    return models


def _peaks(walk: Walk, used: list[Column]) -> list[list[int]]:
    """Of the sets of activations that live at one time, those that no other one exceeds everywhere."""
    vectors = {tuple(now[one] for one in used) for now in walk.alive}
    return [
        list(one) for one in sorted(vectors) if not any(_exceeds(other, one) for other in vectors)
    ]


def _exceeds(other: tuple[int, ...], one: tuple[int, ...]) -> bool:
    return other != one and all(a >= b for a, b in zip(other, one, strict=True))


def _top(make: Any, settings: dict[str, Any], walk: Walk) -> dict[str, list[int]]:
    """What the classifier adds: multiply-adds and numbers in activations; by class, by position of the features."""
    size = default_size(make)
    base = _added(make, size, CLASSES, settings, walk)
    wider = _added(make, size, CLASSES + 1, settings, walk)
    larger = _added(make, size + 64, CLASSES, settings, walk)
    here, there = (sides(walk.places, side)[_end(walk)] ** 2 for side in (size, size + 64))
    by_class = [b - a for a, b in zip(base, wider, strict=True)]
    by_position = [(b - a) // (there - here) for a, b in zip(base, larger, strict=True)]
    rest = [a - CLASSES * c - here * p for a, c, p in zip(base, by_class, by_position, strict=True)]
    return {"rest": rest, "per_class": by_class, "per_position": by_position}


def _end(walk: Walk) -> int:
    return walk.place_of(walk.at[walk.end][0])


def _added(make: Any, size: int, classes: int, settings: dict[str, Any], walk: Walk) -> list[int]:
    whole = totals(build(make, size, include_top=True, classes=classes, **settings))
    body = (value(one, walk.places, size) for one in (walk.madds, walk.held))
    return [a - b for a, b in zip(whole, body, strict=True)]


def _more_images(make: Any, walk: Walk, settings: dict[str, Any], channels: int = 3) -> int:
    """How many more maps of the size and channels of the image there are; 0 of settings that the model does not have."""
    if not inspect.signature(make).parameters.keys() >= settings.keys():
        return 0
    files, models = (
        "keras.src.utils.file_utils.get_file",
        "keras.src.models.model.Model.load_weights",
    )
    with patch(files), patch(models):
        other = Walk([build(make, SOME_SIZE, channels, **settings)])
    return other.held[0, 1] - walk.held[0, 1]


def main() -> None:
    """Write `application_costs.json`."""
    import keras

    found: dict[str, list[Any]] = {}
    for name in sorted(dir(keras.applications)):
        if name[0].isupper():
            make = getattr(keras.applications, name)
            found[name] = [
                {"settings": settings, **measure(make, settings)}
                for settings in ({}, *VARIANTS.get(name, ()))
            ]
    TARGET.write_text(written(found), encoding="utf-8")


def written(found: dict[str, list[Any]]) -> str:
    """As JSON, a model a line."""
    lines = [
        f"{json.dumps(name)}:{json.dumps(one, separators=(',', ':'))}"
        for name, one in found.items()
    ]
    return "{\n" + ",\n".join(lines) + "\n}\n"


if __name__ == "__main__":
    main()
