"""What Keras calls the operations that masks are made of, where a layer brings them into the model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dsl.catalogue.masks import MERGES, records
from dsl.shapes.dtypes import is_float

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from dsl.graph import Application, Tensor

JOINED = frozenset({"any", "concatenate", "expand_dims", "logical_or", "zeros_like"})
"""What Keras calls the operations that make one mask of those of the operands of `Concatenate`."""

MADE_BY = {
    "Embedding": frozenset({"not_equal"}),
    "Masking": frozenset({"any", "not_equal"}),
    "Concatenate": JOINED,
    **dict.fromkeys(MERGES, frozenset({"logical_or"})),
}
"""What it calls those by which a layer makes a mask, before its counters."""


def of_masks(applications: Iterable[Application]) -> set[str]:
    """Those of the operations that make masks: a layer that notes one while the model is built brings them into it.

    Args:
        applications: those of the model, their masks followed.
    """
    found: set[str] = set()
    waiting = [
        tensor.current
        for one in applications
        if records(one.operation.symbol) and len(one.call) == 1
        for tensor in one.inputs
        if not _casts(one, tensor)  # what is cast has no mask yet
    ]
    seen: set[int] = set()
    while waiting:
        tensor = waiting.pop()
        if tensor.mask is None or tensor.maker is None or id(tensor) in seen:
            continue
        seen.add(id(tensor))
        found |= _making(tensor.maker)
        waiting.extend(_masked_before(tensor.maker))
    return found


def _making(application: Application) -> frozenset[str]:
    made = MADE_BY.get(application.operation.symbol, frozenset())
    lacks = any(one.current.mask is None for one in application.inputs)
    joins = application.operation.symbol == "Concatenate"
    if application.operation.symbol == "Masking" and _casts(application, application.inputs[0]):
        made |= {"cast"}
    return made | {"ones_like"} if joins and lacks else made


def _casts(application: Application, tensor: Tensor) -> bool:
    """Whether a layer casts what goes in to what it computes in."""
    if application.operation.arguments.get("autocast") is False or not application.outputs:
        return False
    given, made = tensor.type.dtype, application.outputs[0].type.dtype
    return is_float(given) and is_float(made) and given != made


def _masked_before(application: Application) -> Iterator[Tensor]:
    """The operands whose masks a layer's own is made of."""
    if application.operation.symbol not in {"Embedding", "Masking"}:
        yield from (one.current for one in application.inputs)
