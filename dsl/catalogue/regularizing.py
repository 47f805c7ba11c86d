"""Regularizers and what they are given: the one for orthogonal rows or columns takes a matrix, and a step of training fails over others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dsl.catalogue import lookup
from dsl.catalogue.domains import NEVER_REGULARIZED
from dsl.catalogue.initializing import UNLESS, ranks_of
from dsl.catalogue.registry import Configured, Refusal
from dsl.shapes.types import TensorType

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from dsl.catalogue.lookup import Symbol
    from dsl.catalogue.registry import Structure

END, ORTHOGONAL = "_regularizer", "OrthogonalRegularizer"


def refuse_regularizers(
    symbol: Symbol, arguments: Mapping[str, Any], operands: Sequence[Any], made: Structure
) -> Refusal | None:
    """Why a regularizer cannot be computed of the weight or output that it is given to, if it cannot.

    Args:
        symbol: a layer.
        arguments: of its configuration, defaults among them.
        operands: its tensors.
        made: what it gives.
    """
    for name, value in arguments.items():
        if not name.endswith(END) or not _is_orthogonal(value):
            continue
        wrong = next(
            (rank for rank in _ranks(symbol, name, arguments, operands, made) if rank != 2), None
        )
        if wrong is not None:
            what = "an output" if name.startswith("activity") else "a weight"
            axes = "one axis" if wrong == 1 else f"{wrong} axes"
            words = f"{name} of {symbol.name} is given {what} of {axes}, and {ORTHOGONAL} takes a matrix"
            return Refusal(words, name, help="L1 and L2 take any", code="cannot-run")
    return None


def _is_orthogonal(value: Any) -> bool:
    key = value.symbol.rpartition(".")[2] if isinstance(value, Configured) else value
    known = lookup.resolve_word("regularizers", key) if isinstance(key, str) else None
    return key == ORTHOGONAL or (known is not None and known.canonical == ORTHOGONAL)


def _ranks(
    symbol: Symbol,
    name: str,
    arguments: Mapping[str, Any],
    operands: Sequence[Any],
    made: Structure,
) -> Iterable[int]:
    """The ranks of what a regularizer is given, in a step of training; none where nothing is."""
    if name == f"activity{END}":
        return () if symbol.key in NEVER_REGULARIZED else _of_outputs(made)
    initializer = f"{name.removesuffix(END)}_initializer"
    if (
        arguments.get("trainable") is False
        or arguments.get(UNLESS.get(initializer, ""), True) is False
    ):
        return ()
    return ranks_of(symbol.key, initializer, arguments, operands)


def _of_outputs(made: Structure) -> Iterable[int]:
    if isinstance(made, TensorType):
        return () if made.shape is None else (len(made.shape),)
    return [rank for one in made for rank in _of_outputs(one)]
