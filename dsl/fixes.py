"""Edits that diagnostics carry, applied to a text."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from dsl.diagnostics import Diagnostic, Fix
    from dsl.source import Source

MOST_ROUNDS = 5
"""A mend may bring to light another mistake that can be mended."""


def fixed(source: Source, check: Callable[[Source], Sequence[Diagnostic]]) -> tuple[Source, int]:
    """A source with all that is certain mended, and how many mends that took.

    Mends are taken back where they leave more errors, or more diagnostics, than there were.

    Args:
        source: the text.
        check: what finds its diagnostics; it is asked again after each round of mends.
    """
    count = 0
    problems = check(source)
    for _ in range(MOST_ROUNDS):
        edits = apart(one.fix for one in problems if one.fix and one.fix.span.source is source)
        changed, after = _tried(source, edits, check)
        kept = [one for one, place in placed(edits) if not _is_wrong(place, after)]
        if len(kept) < len(edits):
            edits = kept
            changed, after = _tried(source, edits, check)
        if not edits or changed.text == source.text:
            break
        if _weight(after) > _weight(problems):
            break
        source, problems = changed, after
        count += len(edits)
    return source, count


def _tried(
    source: Source, edits: Sequence[Fix], check: Callable[[Source], Sequence[Diagnostic]]
) -> tuple[Source, Sequence[Diagnostic]]:
    """A source with edits made, and its diagnostics."""
    changed = type(source)(source.name, edited(source.text, edits))
    return changed, check(changed)


def placed(edits: Sequence[Fix]) -> list[tuple[Fix, tuple[int, int]]]:
    """Edits that do not overlap, in order, each with where its text stands once all are made."""
    found, shift = [], 0
    for one in edits:
        start = one.span.start + shift
        found.append((one, (start, start + len(one.text))))
        shift += len(one.text) - (one.span.end - one.span.start)
    return found


def _is_wrong(place: tuple[int, int], problems: Sequence[Diagnostic]) -> bool:
    """Whether what a mend has written is told to be wrong again: it was none."""
    start, end = place
    return any(start <= one.span.start and one.span.end <= end for one in problems if start < end)


def _weight(problems: Sequence[Diagnostic]) -> tuple[int, int]:
    return sum(one.severity == "error" for one in problems), len(problems)


def apart(fixes: Iterable[Fix]) -> list[Fix]:
    """Those that do not overlap, in the order of the text; of two that do, the first."""
    kept: list[Fix] = []
    for one in sorted(fixes, key=lambda fix: (fix.span.start, fix.span.end)):
        if not kept or one.span.start >= kept[-1].span.end:
            kept.append(one)
    return kept


def edited(text: str, fixes: Iterable[Fix]) -> str:
    """A text with edits that do not overlap."""
    for one in sorted(fixes, key=lambda fix: fix.span.start, reverse=True):
        text = text[: one.span.start] + one.text + text[one.span.end :]
    return text
