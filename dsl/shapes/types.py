"""The type of a tensor: a dtype and a shape whose first axis is the batch."""

from __future__ import annotations

from typing import TypeAlias

from dsl.records import Record
from dsl.shapes.dims import BATCH, Dim, Size, is_unreadable, show

Shape: TypeAlias = tuple[Dim, ...]


class TensorType(Record):
    """What is known of a tensor.

    Args:
        dtype: its Keras dtype; None where it is not known.
        shape: its sizes, the batch first (`BATCH` while it is the batch's own); None where not even the rank is known.
    """

    dtype: str | None
    shape: Shape | None

    @property
    def has_batch(self) -> bool:
        """Whether axis 0 may still be the batch."""
        return self.shape is None or (
            len(self.shape) > 0 and (self.shape[0] is None or self.shape[0] == BATCH)
        )

    def __str__(self) -> str:
        """As the language writes it, without the batch.

        >>> str(TensorType("float32", (BATCH, 31, None)))
        'float32[31, ?]'
        >>> str(TensorType("int32", None))
        'int32[...]'
        """
        dtype = self.dtype or "?"
        if self.shape is None:
            return f"{dtype}[...]"
        sizes = self.shape[1:] if self.has_batch else self.shape
        words = ", ".join(show(size) for size in sizes)
        return f"{dtype}[{words}]" + ("" if self.has_batch else " without its batch")


class Mask(Record):
    """A tensor of truths that Keras keeps beside another one: what is false there is padding.

    Args:
        shape: its sizes, the batch first; None where not even the rank is known.
    """

    shape: Shape | None


UNKNOWN_TENSOR = TensorType(None, None)


def within_measure(kind: TensorType) -> TensorType:
    """A type whose sizes anybody could read: those beyond are not known.

    >>> T = Size.named("T")
    >>> within_measure(TensorType("float32", (BATCH, T))).shape == (BATCH, T)
    True
    """
    if kind.shape is None or not any(
        isinstance(one, Size) and is_unreadable(one) for one in kind.shape
    ):
        return kind
    shape = tuple(
        None if isinstance(one, Size) and is_unreadable(one) else one for one in kind.shape
    )
    return TensorType(kind.dtype, shape)
