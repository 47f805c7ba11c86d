"""How many there are of something, as a number: elements of a tensor, multiply-adds of a layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dsl.records import Record
from dsl.shapes.dims import product, substitute

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from dsl.shapes.dims import Dim

ONE_SAMPLE = {"batch": 1}
"""What `BATCH` stands for where one sample is counted."""


def count(*sizes: Dim) -> int | None:
    """The product of sizes for one sample: the batch counts as one. None where a size is not a number.

    >>> from dsl.shapes.dims import BATCH, Size, times
    >>> count(BATCH, 28, 28, 3), count(times(BATCH, 5), 4), count(10, None), count(0, None)
    (2352, 20, None, 0)
    >>> count(Size.named("T"), 4) is None
    True
    """
    found = product([substitute(size, ONE_SAMPLE) for size in sizes])
    return found if isinstance(found, int) else None


class Within(Record):
    """What an application holds within itself, beyond what its operands and outputs tell.

    Args:
        inner: of its multiply-adds, those of a weight with what it made itself.
        pairs: of its multiply-adds, those of two things that it made itself.
        still: of its multiply-adds, those of a weight with zeros that it starts from.
        held: numbers in all that it makes for one sample, its outputs included; None where they are its outputs alone.
        peak: the most of these that live at one time; None as above.
        known: False of what makes more than its outputs, nobody knows how much.
    """

    inner: int = 0
    pairs: int = 0
    still: int = 0
    held: int | None = None
    peak: int | None = None
    known: bool = True

    def times(self, samples: int) -> Within:
        """The same for so many samples."""
        return self._each(lambda one: one * samples)

    def shared_by(self, batch: int) -> Within:
        """The same for one of so many samples, where all of them were counted."""
        return self._each(lambda one: one // batch)

    def beside(self, other: Within) -> Within:
        """Of two whose products stand beside each other."""
        return Within(
            self.inner + other.inner,
            self.pairs + other.pairs,
            self.still + other.still,
            known=self.known and other.known,
        )

    def _each(self, change: Callable[[int], int]) -> Within:
        held, peak = (None if one is None else change(one) for one in (self.held, self.peak))
        inner, pairs, still = (change(one) for one in (self.inner, self.pairs, self.still))
        return Within(inner, pairs, still, held, peak, self.known)


NOTHING_WITHIN = Within()
UNKNOWN_WITHIN = Within(known=False)


def total(counts: Iterable[int | None]) -> int | None:
    """The sum; None where one is not known.

    >>> total([1, 2]), total([1, None])
    (3, None)
    """
    known = 0
    for one in counts:
        if one is None:
            return None
        known += one
    return known
