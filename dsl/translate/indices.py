"""Inputs whose numbers are looked up in a table: how long the shortest table is."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from dsl.graph import Application, Program, Tensor

TABLES = {"Embedding": "input_dim"}
"""Layers that look numbers up, with the argument that says how many there are. Beyond it TensorFlow raises on a CPU,
in the dark, and gives zeros on a GPU; a negative one counts from the end."""

KEEPING = frozenset(
    {
        "Concatenate", "Flatten", "Identity", "Permute", "RepeatVector", "Reshape", "ops.broadcast_to", "ops.concatenate",
        "ops.expand_dims", "ops.flip", "ops.moveaxis", "ops.ravel", "ops.repeat", "ops.reshape", "ops.roll", "ops.squeeze",
        "ops.stack", "ops.swapaxes", "ops.tile", "ops.transpose",
    }
)  # fmt: skip
"""What keeps all numbers of what it takes: they only change places."""


def index_limits(program: Program) -> dict[int, int]:
    """For each input that is looked up whole, by its operation's identity, the number that none of its may reach."""
    given: dict[int, Tensor] = {}
    found: dict[int, int] = {}
    for one in _all(program.applications, given):
        parameter = TABLES.get(one.operation.symbol)
        limit = one.operation.arguments.get(parameter) if parameter else None
        if not isinstance(limit, int):
            continue
        for source in _sources(one.inputs[0], given):
            found[source] = min(limit, found.get(source, limit))
    return found


def _all(applications: Iterable[Application], given: dict[int, Tensor]) -> Iterator[Application]:
    """Every application, those inside of models too; notes what is given to the inputs of these."""
    for one in applications:
        for inner in one.inside:
            for tensor in inner.inputs:
                outer = one.call.get(tensor.operation.name)
                if tensor.operation.kind == "input" and outer is not None:
                    given[id(tensor.operation)] = outer
        yield one
        yield from _all(one.inside, given)


def _sources(tensor: Tensor, given: dict[int, Tensor]) -> Iterator[int]:
    """The inputs all of whose numbers a tensor holds."""
    waiting = [tensor]
    while waiting:
        one = waiting.pop()
        if id(one.operation) in given:
            waiting.append(given[id(one.operation)])
        elif one.operation.kind == "input":
            yield id(one.operation)
        elif one.maker is not None and one.maker.ends:
            waiting.append(one.maker.ends[one.index])
        elif one.maker is not None and one.operation.symbol in KEEPING:
            waiting.extend(one.maker.inputs)
