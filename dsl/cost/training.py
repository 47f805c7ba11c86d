"""What a step of training adds to a forward pass: gradients, and what an optimizer keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dsl.cost.layers import leaves, times, weight_bytes
from dsl.cost.memory import key_of
from dsl.records import Record
from dsl.shapes.counting import total
from dsl.shapes.dtypes import is_float

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from dsl.cost.memory import Key
    from dsl.graph import Application, Program, Tensor

STOPS = frozenset({"ops.stop_gradient"})
"""Functions that let no gradient pass."""

OPERANDS_ALONE = frozenset({"Attention", "AdditiveAttention"})
"""Layers whose weights, if they have any, are scales: their products are those of operands."""

SLOTS = {
    "Adadelta": 2,
    "Adagrad": 1,
    "Adam": 2,
    "AdamW": 2,
    "Adamax": 2,
    "Ftrl": 2,
    "Lamb": 2,
    "Lion": 1,
    "Nadam": 2,
    "RMSprop": 1,
    "SGD": 0,
    "ScheduleFreeAdamW": 2,
}
"""Numbers that an optimizer keeps for each weight that learns. Adafactor's and Muon's hang on shapes of weights."""

MORE_SLOTS = ("momentum", "amsgrad", "centered", "use_ema", "gradient_accumulation_steps")
"""Settings each of which keeps one number more for each weight, where it is not off (momentum: of SGD and RMSprop)."""


class Optimizer(Record):
    """What is known of the optimizer.

    Args:
        name: its class, empty where the program names none.
        slots: numbers that it keeps for each weight that learns; None where that is not known.
    """

    name: str
    slots: int | None


def optimizer_of(program: Program) -> Optimizer:
    """The program's optimizer."""
    settings = program.training.settings if program.training is not None else {}
    if "optimizer" not in settings:
        return Optimizer("", 0)
    return _optimizer(settings["optimizer"][0])


def _optimizer(value: Any) -> Optimizer:
    """An optimizer as a word (a symbol of the catalogue) or configured (with its arguments)."""
    symbol = getattr(value, "symbol", value)
    name = getattr(symbol, "canonical", "")
    arguments = getattr(value, "arguments", {})
    if name == "LossScaleOptimizer":
        return _optimizer(arguments.get("inner_optimizer"))
    return Optimizer(name or "not known", slots(name, arguments))


def slots(name: str, arguments: Mapping[str, Any]) -> int | None:
    """Numbers that an optimizer keeps for each weight that learns; None where that is not known.

    >>> slots("Adam", {}), slots("SGD", {"momentum": 0.9}), slots("Muon", {})
    (2, 1, None)
    """
    if name not in SLOTS:
        return None
    return SLOTS[name] + sum(_keeps(name, one, arguments) for one in MORE_SLOTS)


def _keeps(name: str, setting: str, given: Mapping[str, Any]) -> bool:
    if setting == "momentum" and name not in {"SGD", "RMSprop"}:
        return False
    return bool(given.get(setting))


def trainable_bytes(program: Program) -> int | None:
    """Bytes of the weights that learn, and so of their gradients."""
    return total(weight_bytes(one, "trainable_params") for one in leaves(program.operations))


def slot_bytes(program: Program) -> int | None:
    """Bytes that the optimizer keeps."""
    return times(optimizer_of(program).slots, trainable_bytes(program))


# ---- the backward pass


def backward_madds(program: Program) -> int | None:
    """Multiply-adds of the gradients of one sample, for the outputs that have a loss (all, where none has)."""
    losses = program.training.losses if program.training is not None else {}
    pairs = zip(program.outputs, program.results, strict=True)
    ends = [tensor for output, tensor in pairs if not losses or output.name in losses]
    return _backward(program.applications, ends, reaches=False)


def _backward(
    applications: Sequence[Application], ends: Iterable[Tensor], *, reaches: bool
) -> int | None:
    """The gradients from some tensors back to the weights; `reaches`: and to what goes in."""
    useful = _behind(ends)
    moving: set[Key] = set()
    counts: list[int | None] = []
    for one in applications:
        if id(one) not in useful:
            continue
        before = [_moves(tensor, moving, reaches=reaches) for tensor in one.inputs]
        counts.append(_gradients(one, before))
        if any(before) or _learns(one):
            moving |= {(id(one), at) for at, out in enumerate(one.outputs) if _is_real(out)}
    return total(counts)


def _behind(ends: Iterable[Tensor]) -> set[int]:
    """The applications that a gradient of some tensors passes, by identity."""
    found: set[int] = set()
    waiting = list(ends)
    while waiting:
        tensor = waiting.pop()
        one = tensor.maker
        if one is None or id(one) in found or one.operation.symbol in STOPS or not _is_real(tensor):
            continue
        found.add(id(one))
        waiting.extend(one.inputs)
    return found


def _moves(tensor: Tensor, moving: set[Key], *, reaches: bool) -> bool:
    """Whether something before a tensor learns."""
    if tensor.maker is None:
        return reaches and tensor.operation.kind == "input" and _is_real(tensor)
    return key_of(tensor) in moving


def _is_real(tensor: Tensor) -> bool:
    return tensor.type.dtype is None or is_float(tensor.type.dtype)


def _learns(one: Application) -> bool:
    return any(leaf.trainable_params != 0 for leaf in leaves([one.operation]))


def _gradients(one: Application, before: list[bool]) -> int | None:
    """Multiply-adds of an application's gradients.

    Each product costs its own again for each of its two sides that needs a gradient: the weights where the layer
    learns, an operand where something before it learns, what the layer made itself in either case.
    """
    if one.inside:
        return _backward(one.inside, one.ends, reaches=any(before))
    learns, moves = _learns(one), any(before)
    if not (learns or moves):
        return 0
    if one.operation.params == 0 or one.operation.symbol in OPERANDS_ALONE:
        sides = min(2, sum(before))
        return times(one.madds, sides)
    if one.madds is None or one.operation.trainable_params is None:
        return None
    inner, pairs = one.within.inner, one.within.pairs
    of_weights = one.madds - pairs if learns else 0
    of_operands = one.madds - pairs - inner - one.within.still if moves else 0
    return of_weights + of_operands + inner + 2 * pairs
