"""What each operation costs, for one sample of the batch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dsl.records import Record
from dsl.shapes.counting import count, total
from dsl.shapes.dtypes import width

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from dsl.graph import Application, Operation, Program
    from dsl.shapes.types import TensorType


class LayerCost(Record):
    """An operation's cost for one sample; None where a size is not a number.

    Args:
        operation: whose.
        madds: multiply-adds of all its applications.
        activations: bytes of what they give.
        weights: bytes of its weights, whatever the batch.
    """

    operation: Operation
    madds: int | None
    activations: int | None
    weights: int | None


def layer_costs(program: Program) -> list[LayerCost]:
    """The cost of each operation, in the order of the program."""
    batch = fixed_batch(program)
    uses: dict[int, list[Application]] = {}
    for one in program.applications:
        uses.setdefault(id(one.operation), []).append(one)
    return [_cost(one, uses.get(id(one), []), batch) for one in program.operations]


def _cost(operation: Operation, uses: list[Application], batch: int) -> LayerCost:
    return LayerCost(
        operation,
        total(one.madds for one in uses),
        total(activation_bytes(one, batch) for one in uses),
        total(weight_bytes(one) for one in leaves([operation])),
    )


def fixed_batch(program: Program) -> int:
    """The number of samples that an input fixes; 1 where none does."""
    shapes = [one.tensor.type.shape for one in program.inputs]
    return next((one[0] for one in shapes if one and isinstance(one[0], int)), 1)


def activation_bytes(application: Application, batch: int) -> int | None:
    """Bytes of all that an application makes for one sample.

    Args:
        application: of a layer, an operator, or a model with all that is inside of it.
        batch: the number of samples that the inputs fix, else 1.
    """
    if application.inside:
        return total(activation_bytes(one, batch) for one in application.inside)
    if not application.within.known:
        return None
    types = [one.type for one in application.outputs]
    if application.within.held is not None:
        return total([times(application.within.held, width(types[0].dtype))])
    return total(tensor_bytes(one, batch) for one in types)


def tensor_bytes(kind: TensorType, batch: int) -> int | None:
    """Bytes of a tensor for one sample; None where a size or the dtype is not known."""
    if kind.shape is None:
        return None
    numbers = count(*kind.shape)
    if numbers is not None and kind.shape[:1] == (batch,):
        numbers //= batch
    return times(numbers, width(kind.dtype))


def weight_bytes(operation: Operation, count_: str = "params") -> int | None:
    """Bytes of an operation's own weights, or (`trainable_params`) of those that learn."""
    narrow = operation.narrow if count_ == "params" else 0
    params = getattr(operation, count_)
    wide = None if params is None else params - narrow
    return total((times(wide, width(operation.variable_dtype)), narrow))


def leaves(operations: Iterable[Operation]) -> Iterator[Operation]:
    """The operations with those inside of models in their place, each once."""
    seen: set[int] = set()
    waiting = list(operations)[::-1]
    while waiting:
        one = waiting.pop()
        if one.inside:
            waiting.extend(reversed(one.inside))
        elif id(one) not in seen:
            seen.add(id(one))
            yield one


def times(one: int | None, other: int | None) -> int | None:
    """The product; None where one is not known, unless the other is 0.

    >>> times(2, 3), times(None, 3), times(0, None)
    (6, None, 0)
    """
    if one == 0 or other == 0:
        return 0
    return None if one is None or other is None else one * other
