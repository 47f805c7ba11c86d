"""Which box stands in which row, and in which order: the first half of a layered drawing.

After Sugiyama, Tagawa and Toda, "Methods for visual understanding of hierarchical system structures" (1981):
rows by the longest path, joints where an arrow passes a row, then sweeps that put each box at the mean of its neighbours.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

from dsl.records import Thing, field

if TYPE_CHECKING:
    from collections.abc import Sequence

SWEEPS: Final = 8
"""Down and up through the rows; crossings seldom get fewer after that."""


class Layered(Thing):
    """A graph in rows.

    Args:
        rows: numbers of boxes and joints, from the top, each row from the left. Joints have numbers after the boxes.
        chains: for each arrow its box, its joints, and the box it goes to.
    """

    rows: list[list[int]] = field(default_factory=list)
    chains: list[list[int]] = field(default_factory=list)


def layered(number: int, arrows: Sequence[tuple[int, int]]) -> Layered:
    """Put boxes into rows, sources above targets, with few crossings.

    Args:
        number: how many boxes there are.
        arrows: pairs of boxes without a circle.
    """
    ranks = _ranks(number, arrows)
    made = Layered([[] for _ in range(max(ranks, default=-1) + 1)])
    for box, rank in enumerate(ranks):
        made.rows[rank].append(box)
    joint = number
    for source, target in arrows:
        chain = [source]
        for rank in range(ranks[source] + 1, ranks[target]):
            made.rows[rank].append(joint)
            chain.append(joint)
            joint += 1
        made.chains.append([*chain, target])
    _order(made)
    return made


def segments(made: Layered) -> list[tuple[int, int]]:
    """The pieces of all arrows, each between neighbouring rows."""
    return [pair for chain in made.chains for pair in pairwise(chain)]


def crossings(made: Layered) -> int:
    """How many pieces of arrows cross."""
    place = _places(made.rows)
    row_of = {one: number for number, row in enumerate(made.rows) for one in row}
    by_row: dict[int, list[tuple[int, int]]] = {}
    for upper, lower in segments(made):
        by_row.setdefault(row_of[upper], []).append((place[upper], place[lower]))
    return sum(_inversions([lower for _, lower in sorted(pairs)]) for pairs in by_row.values())


def _ranks(number: int, arrows: Sequence[tuple[int, int]]) -> list[int]:
    """The row of each box: below all that goes into it, and what nothing goes into right above its first target."""
    into: list[list[int]] = [[] for _ in range(number)]
    out: list[list[int]] = [[] for _ in range(number)]
    for source, target in arrows:
        into[target].append(source)
        out[source].append(target)
    ranks = [0] * number
    waiting = [len(one) for one in into]
    ready = [box for box in range(number) if not into[box]]
    done: list[int] = []
    while ready:
        box = ready.pop()
        done.append(box)
        for target in out[box]:
            ranks[target] = max(ranks[target], ranks[box] + 1)
            waiting[target] -= 1
            if not waiting[target]:
                ready.append(target)
    for box in reversed(done):
        if out[box] and not into[box]:
            ranks[box] = min(ranks[target] for target in out[box]) - 1
    return ranks


def _order(made: Layered) -> None:
    """Sweep down and up; the order with the fewest crossings stays."""
    above: dict[int, list[int]] = {}
    below: dict[int, list[int]] = {}
    for upper, lower in segments(made):
        above.setdefault(lower, []).append(upper)
        below.setdefault(upper, []).append(lower)
    best, fewest = [list(row) for row in made.rows], crossings(made)
    for sweep in range(SWEEPS):
        if not fewest:
            break
        down = sweep % 2 == 0
        for row in made.rows if down else reversed(made.rows):
            place = _places(made.rows)
            _by_means(row, above if down else below, place)
        found = crossings(made)
        if found < fewest:
            best, fewest = [list(row) for row in made.rows], found
    made.rows = best


def _by_means(row: list[int], neighbours: dict[int, list[int]], place: dict[int, int]) -> None:
    """Sort a row by the mean place of neighbours; what has none keeps its place."""
    means = {
        one: sum(place[each] for each in near) / len(near)
        for one in row
        if (near := neighbours.get(one))
    }
    movable = sorted((one for one in row if one in means), key=lambda one: (means[one], place[one]))
    queue = iter(movable)
    row[:] = [next(queue) if one in means else one for one in row]


def _places(rows: list[list[int]]) -> dict[int, int]:
    return {one: place for row in rows for place, one in enumerate(row)}


def _inversions(numbers: list[int]) -> int:
    """How many pairs stand the wrong way round, by merging."""
    if len(numbers) < 2:
        return 0
    half = len(numbers) // 2
    left, right = numbers[:half], numbers[half:]
    found = _inversions(left) + _inversions(right)
    left.sort()
    right.sort()
    at = 0
    for one in right:
        while at < len(left) and left[at] <= one:
            at += 1
        found += len(left) - at
    return found
