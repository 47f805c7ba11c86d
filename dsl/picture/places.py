"""Where boxes stand and arrows run: the second half of a layered drawing.

Each row is set by itself: every box as near as it can be to the mean of its neighbours, with its distance from the boxes
beside it. That is a least-squares fit of increasing numbers, which pooling neighbours that collide solves exactly
(pool adjacent violators: Ayer et al., 1955).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dsl.picture.layers import layered, segments
from dsl.records import Thing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dsl.picture.layers import Layered

GAP: Final = 22
"""Pixels between boxes side by side."""

TRUNK: Final = 18
"""Pixels that an arrow goes straight down from its box, beside its shape."""

DROP: Final = 44
"""Pixels between rows."""

ROUNDS: Final = 6
JOINT: Final = 10
STIFF: Final = 6.0
"""How much more a joint holds to the joints above and below it: long arrows are to be straight."""

Point = tuple[float, float]


class Drawing(Thing):
    """A diagram with places.

    Args:
        width, height: in pixels.
        centres: the middle of each box's upper edge.
        paths: for each arrow the points it goes through, from its box down.
    """

    width: float
    height: float
    centres: list[Point]
    paths: list[list[Point]]


class Port(Thing):
    """An arrow's ends: boxes, and how far from their middle it leaves the one and enters the other."""

    source: int
    target: int
    leaves: float = 0.0


def placed(sizes: Sequence[tuple[float, float]], ports: Sequence[Port]) -> Drawing:
    """Give boxes and arrows their places.

    Args:
        sizes: width and height of each box, with the room that the words at its arrows need.
        ports: the arrows; without a circle.
    """
    made = layered(len(sizes), [(one.source, one.target) for one in ports])
    widths = [size[0] for size in sizes]
    joints = sum(len(chain) - 2 for chain in made.chains)
    widths += [JOINT] * joints
    middles = _middles(made, widths, len(sizes))
    left = min((middles[one] - widths[one] / 2 for row in made.rows for one in row), default=0.0)
    middles = {one: middle - left for one, middle in middles.items()}
    tops = _tops(made, sizes)
    width = max((middles[one] + widths[one] / 2 for one in middles), default=0.0)
    centres = [(middles[box], tops[made_row]) for box, made_row in _rows_of(made, len(sizes))]
    height = max((top + sizes[box][1] for box, (_, top) in enumerate(centres)), default=0.0)
    return Drawing(width, height, centres, _paths(made, sizes, ports, middles, tops))


def _rows_of(made: Layered, boxes: int) -> list[tuple[int, int]]:
    found = [(one, number) for number, row in enumerate(made.rows) for one in row if one < boxes]
    return sorted(found)


def _tops(made: Layered, sizes: Sequence[tuple[float, float]]) -> list[float]:
    """The upper edge of each row."""
    tops, at = [], 0.0
    for row in made.rows:
        tops.append(at)
        at += max((sizes[one][1] for one in row if one < len(sizes)), default=0.0) + DROP
    return tops


def _middles(made: Layered, widths: Sequence[float], boxes: int) -> dict[int, float]:
    """The middle of everything in the rows, by sweeps down and up."""
    middles: dict[int, float] = {}
    for row in made.rows:
        at = 0.0
        for one in row:
            middles[one] = at + widths[one] / 2
            at += widths[one] + GAP
    pulls: dict[int, list[tuple[int, float]]] = {one: [] for row in made.rows for one in row}
    for upper, lower in segments(made):
        weight = STIFF if upper >= boxes and lower >= boxes else 1.0
        pulls[upper].append((lower, weight))
        pulls[lower].append((upper, weight))
    order = {one: number for number, row in enumerate(made.rows) for one in row}
    for turn in range(ROUNDS):
        last = turn == ROUNDS - 1
        for number, row in list(enumerate(made.rows))[:: -1 if turn % 2 else 1]:
            wanted = []
            for one in row:
                near = [
                    (middles[other], weight)
                    for other, weight in pulls[one]
                    if last or (order[other] > number if turn % 2 else order[other] < number)
                ] or [(middles[one], 0.1)]
                total = sum(weight for _, weight in near)
                wanted.append((sum(place * weight for place, weight in near) / total, total))
            middles.update(zip(row, _spread(row, wanted, widths), strict=True))
    return middles


def _spread(
    row: Sequence[int], wanted: Sequence[tuple[float, float]], widths: Sequence[float]
) -> list[float]:
    """Places as near to those wanted as the widths allow, in the order of the row."""
    offsets, at = [], 0.0
    for before, one in zip([None, *row], row, strict=False):
        at += 0.0 if before is None else (widths[before] + widths[one]) / 2 + GAP
        offsets.append(at)
    pools: list[list[float]] = []
    for (place, weight), offset in zip(wanted, offsets, strict=True):
        pools.append([place - offset, weight, 1])
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            place_b, weight_b, size_b = pools.pop()
            place_a, weight_a, size_a = pools.pop()
            total = weight_a + weight_b
            mean = (place_a * weight_a + place_b * weight_b) / total
            pools.append([mean, total, size_a + size_b])
    flat = [mean for mean, _, size in pools for _ in range(int(size))]
    return [mean + offset for mean, offset in zip(flat, offsets, strict=True)]


def _paths(
    made: Layered,
    sizes: Sequence[tuple[float, float]],
    ports: Sequence[Port],
    middles: dict[int, float],
    tops: list[float],
) -> list[list[Point]]:
    row_of = {one: number for number, row in enumerate(made.rows) for one in row}
    enters = _entries(made, ports, sizes, middles)
    paths = []
    for number, (port, chain) in enumerate(zip(ports, made.chains, strict=True)):
        bottom = tops[row_of[port.source]] + sizes[port.source][1]
        leaves = middles[port.source] + port.leaves
        points = [(leaves, bottom), (leaves, bottom + TRUNK)]
        for joint in chain[1:-1]:
            row = row_of[joint]
            end = tops[row + 1] - DROP + TRUNK
            points += [(middles[joint], tops[row]), (middles[joint], end)]
        points.append((middles[port.target] + enters[number], tops[row_of[port.target]]))
        paths.append(points)
    return paths


def _entries(
    made: Layered,
    ports: Sequence[Port],
    sizes: Sequence[tuple[float, float]],
    middles: dict[int, float],
) -> list[float]:
    """How far from the middle of its box each arrow enters, so that arrows that come from the left stand left."""
    coming: dict[int, list[tuple[float, int]]] = {}
    for number, (port, chain) in enumerate(zip(ports, made.chains, strict=True)):
        start = middles[chain[-2]] + (port.leaves if len(chain) == 2 else 0.0)
        coming.setdefault(port.target, []).append((start, number))
    found = [0.0] * len(ports)
    for target, arrivals in coming.items():
        step = min(28.0, sizes[target][0] / (len(arrivals) + 1))
        for place, (_, number) in enumerate(sorted(arrivals)):
            found[number] = (place - (len(arrivals) - 1) / 2) * step
    return found
