"""Graphs within graphs: what stands behind a tensor, through nested models, and each model of a program once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dsl.graph import Tensor
from dsl.records import Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from dsl.checker.frame import Frame
    from dsl.graph import Application


class Graph(Record):
    """A program's own graph, or one of a nested model.

    Args:
        applications: in the order made: makers stand before what they feed.
        inputs: by name.
        path: the blocks that it stands in, the model itself last.
    """

    applications: Sequence[Application]
    inputs: dict[str, Tensor]
    path: tuple[str, ...] = ()


def graphs(frame: Frame) -> Iterator[Graph]:
    """The program's graph, then that of each model inside, however often it is applied."""
    program = frame.state.program
    inputs = {one.name: one.tensor for one in program.inputs}
    yield Graph(program.applications, inputs)
    seen: set[int] = set()
    for model in _models(program.applications):
        if id(model.operation) not in seen:
            seen.add(id(model.operation))
            entries = (tensor for one in model.inside for tensor in one.inputs)
            own = {one.operation.name: one for one in entries if one.operation.kind == "input"}
            yield Graph(model.inside, own, (*model.operation.path, model.operation.name))


def _models(applications: Iterable[Application]) -> Iterator[Application]:
    for one in applications:
        if one.inside:
            yield one
            yield from _models(one.inside)


def entries(frame: Frame) -> dict[Tensor, Tensor]:
    """For what goes into a nested model, inside of it, the tensor that it is given."""
    return {
        tensor: model.call[tensor.operation.name]
        for model in _models(frame.state.program.applications)
        for one in model.inside
        for tensor in one.inputs
        if isinstance(model.call.get(tensor.operation.name), Tensor)
        and tensor.operation.kind == "input"
    }


def behind(tensor: Tensor, given: dict[Tensor, Tensor]) -> Application | None:
    """The layer or operator that a tensor comes of, in a model or out of it; `given` is what `entries` says."""
    while True:
        outer = given.get(tensor)
        if outer is not None:
            tensor = outer
            continue
        maker = tensor.maker
        if maker is None or not maker.ends:
            return maker
        tensor = maker.ends[tensor.index]
