"""Sizes: a number, unknown, or an expression of named sizes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Size:
    """An expression of named sizes in canonical form: equal forms are equal values.

    CONTRACT SKETCH: the shapes helper replaces the inside; `Size.named(name)` and the functions below stay.
    """

    form: str

    @classmethod
    def named(cls, name: str) -> Size:
        """The size of that name."""
        return cls(name)


Dim: TypeAlias = int | Size | None
BATCH = Size.named("batch")


def show(dim: Dim) -> str:
    """As the language writes it: `8`, `?`, `T - 4`."""
    return "?" if dim is None else dim.form if isinstance(dim, Size) else str(dim)
