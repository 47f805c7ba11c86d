"""Which values a parameter takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dsl.catalogue.lookup import Symbol


@dataclass(frozen=True, slots=True)
class Domain:
    """The values of a parameter.

    Args:
        words: the bare words that belong to it.
        attracts: whether those words find it by themselves.
        flag: whether it is a boolean whose default is false, set by its bare name.
        size: whether it is a whole number of things.
    """

    words: frozenset[str] = frozenset()
    attracts: bool = False
    flag: bool = False
    size: bool = False

    def refuse(self, value: Any) -> str | None:
        """Why a value is outside; None where it is not, or is not known."""
        return None


def domain(symbol: Symbol, parameter: str) -> Domain:
    """The domain of a parameter of a symbol, of its configuration or its call."""
    return Domain()
