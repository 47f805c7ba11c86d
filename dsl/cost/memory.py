"""How much lives at one time, where the operations run in the order of the source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dsl.cost.layers import activation_bytes, tensor_bytes, times
from dsl.shapes.dtypes import width

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from dsl.graph import Application, Tensor

Key = tuple[int, int]
"""An application by identity, and the number of its output."""


def key_of(tensor: Tensor) -> Key:
    """What two tensors have in common that are one thing."""
    return id(tensor.maker), tensor.index


def peak(applications: Sequence[Application], ends: Iterable[Tensor], batch: int) -> int | None:
    """The most bytes of activations that live at one time, for one sample.

    What goes in lives from the start; a tensor is let go after the last operation that takes it; what comes out
    stays. While an operation runs, its operands and its outputs live.

    Args:
        applications: in order. What goes into a nested model is none of its own: it lives outside.
        ends: what comes out.
        batch: the number of samples that the inputs fix, else 1.

    Returns:
        None where a size is not known.
    """
    ends = list(ends)
    last = _last_uses(applications, ends)
    known: dict[Key, int] = {}
    for one in applications:
        for key, tensor in zip(_made(one), one.outputs, strict=True):
            size = tensor_bytes(tensor.type, batch)
            if size is None:
                return None
            known[key] = size
    alive = most = sum(known[key] for one in applications if _is_input(one) for key in _made(one))
    for step, one in enumerate(applications):
        if _is_input(one):
            continue
        during = _during(one, batch)
        if during is None:
            return None
        most = max(most, alive + during)
        made = _made(one)
        taken = {key_of(tensor) for tensor in one.inputs}
        alive += sum(known[key] for key in made)
        gone = {key for key in (*taken, *made) if key in known and last.get(key, step) == step}
        alive -= sum(known[key] for key in gone)
    return most


def _is_input(one: Application) -> bool:
    return one.operation.kind == "input"


def _made(one: Application) -> list[Key]:
    return [(id(one), number) for number in range(len(one.outputs))]


def _last_uses(applications: Sequence[Application], ends: Iterable[Tensor]) -> dict[Key, int]:
    """For each tensor the last step that takes it."""
    last: dict[Key, int] = {}
    for step, one in enumerate(applications):
        last.update({key_of(tensor): step for tensor in one.inputs})
    last.update({key_of(tensor): len(applications) for tensor in ends})
    return last


def _during(one: Application, batch: int) -> int | None:
    """What an application makes, while it runs."""
    if one.inside:
        return peak(one.inside, one.ends, batch)
    if one.within.peak is not None:
        return times(one.within.peak, width(one.outputs[0].type.dtype))
    return activation_bytes(one, batch)
