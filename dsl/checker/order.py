"""The order in which Keras runs a graph: by depth, and among equals as it finds them from the outputs."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from dsl.graph import Application, Tensor


def in_running_order(
    applications: Sequence[Application], ends: Iterable[Tensor]
) -> list[Application]:
    """Applications as `Function` of Keras runs them.

    Args:
        applications: those of one graph.
        ends: what the graph gives, in order.
    """
    makers = {tensor: one for one in applications for tensor in one.outputs}
    found = _found(makers, ends)
    depths: dict[int, int] = {}
    of_operation: dict[int, int] = {}
    by_id = {id(one): one for one in found}
    for one in reversed(found):
        key = id(one.operation)
        depth = max(depths.setdefault(id(one), 0), of_operation.get(key, 0))
        depths[id(one)] = of_operation[key] = depth
        for tensor in one.inputs:
            before = makers.get(tensor.current)
            if before is not None:
                depths[id(before)] = max(depth + 1, depths.get(id(before), 0))
    return [by_id[key] for key in sorted(depths, key=lambda key: -depths[key])]


def _found(makers: dict[Tensor, Application], ends: Iterable[Tensor]) -> list[Application]:
    """Applications from the inputs on, each behind what feeds it, in the order of a walk from the outputs."""
    done: set[int] = set()
    found: list[Application] = []
    for end in ends:
        waiting = [makers[end.current]] if end.current in makers else []
        while waiting:
            one = waiting[-1]
            before = [makers.get(tensor.current) for tensor in one.inputs]
            open_ = [each for each in before if each is not None and id(each) not in done]
            if open_:
                waiting.append(open_[0])
                continue
            waiting.pop()
            if id(one) not in done:
                done.add(id(one))
                found.append(one)
    return found
