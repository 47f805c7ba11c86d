"""Several boxes drawn as one with a line for each: for graphs that are taller or wider than a picture may be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dsl.picture.diagram import Arrow, Box, Diagram

if TYPE_CHECKING:
    from collections.abc import Sequence


def stacked(diagram: Diagram) -> Diagram:
    """The same graph with each chain in one box, where nothing else goes in or out between its boxes."""
    chains = _chains(diagram)
    given = {one.source: one.label for one in diagram.arrows}
    shapes = {box: f" {given[box]}" for chain in chains for box in chain[:-1]}
    return _joined(diagram, chains, shapes)


def bundled(diagram: Diagram) -> Diagram:
    """The same graph with boxes side by side in one, where they take and give the same."""
    into: dict[int, set[int]] = {}
    out: dict[int, set[int]] = {}
    for one in diagram.arrows:
        into.setdefault(one.target, set()).add(one.source)
        out.setdefault(one.source, set()).add(one.target)
    bundles: dict[object, list[int]] = {}
    for box, made in enumerate(diagram.boxes):
        ends = (frozenset(into.get(box, ())), frozenset(out.get(box, ())))
        bundles.setdefault(ends if _may_join(made) else box, []).append(box)
    return _joined(diagram, list(bundles.values()), {})


def _joined(diagram: Diagram, groups: list[list[int]], shapes: dict[int, str]) -> Diagram:
    """A box for each group, with a line for each of its own; `shapes` stand behind these."""
    number_of = {box: number for number, group in enumerate(groups) for box in group}
    boxes = [
        diagram.boxes[group[0]] if len(group) == 1 else _stack(diagram, group, shapes)
        for group in groups
    ]
    arrows: dict[tuple[int, int, int], Arrow] = {}
    for one in diagram.arrows:
        source, target = number_of[one.source], number_of[one.target]
        port = one.port if len(groups[source]) == 1 else 0
        if source != target:
            made = Arrow(source, target, port, one.label, one.tip)
            arrows.setdefault((source, target, port), made)
    return Diagram(diagram.title, boxes, list(arrows.values()))


def _chains(diagram: Diagram) -> list[list[int]]:
    """The boxes in chains, in the order of the source; most chains are of one box."""
    into: dict[int, list[int]] = {}
    out: dict[int, list[int]] = {}
    for one in diagram.arrows:
        into.setdefault(one.target, []).append(one.source)
        out.setdefault(one.source, []).append(one.target)
    chains: list[list[int]] = []
    chain_of: dict[int, list[int]] = {}
    for box in range(len(diagram.boxes)):
        before = into.get(box, [])
        goes_on = len(before) == 1 and len(out[before[0]]) == 1 and before[0] in chain_of
        if goes_on and _may_join(diagram.boxes[box]) and _may_join(diagram.boxes[before[0]]):
            chain = chain_of[before[0]]
        else:
            chain = []
            chains.append(chain)
        chain.append(box)
        chain_of[box] = chain
    return chains


def _may_join(box: Box) -> bool:
    return (
        box.kind in ("layer", "operator", "block", "loop") and box.family is None and not box.marked
    )


def _stack(diagram: Diagram, group: Sequence[int], shapes: dict[int, str]) -> Box:
    boxes = [diagram.boxes[one] for one in group]
    rows = [f"{diagram.boxes[one].rows[0]}{shapes.get(one, '')}" for one in group]
    return Box(
        "block", [f"{len(boxes)} layers", *rows], [line for one in boxes for line in one.tip]
    )
