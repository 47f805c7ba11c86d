"""What a long run found, as text."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from tests.differential.verdict import DISAGREEMENTS, KINDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Line = dict[str, Any]


def summary(lines: Iterable[Line]) -> str:
    """Counts: of each kind, disagreements per thousand, each family."""
    listed = list(lines)
    return "\n".join(
        line
        for what in ("case", "program", "mistake")
        if (own := [one for one in listed if one["what"] == what])
        for line in (*_of(what, own), "")
    )


def _of(what: str, lines: list[Line]) -> Iterator[str]:
    kinds = Counter(one["kind"] for one in lines)
    wrong = sum(kinds[kind] for kind in DISAGREEMENTS)
    yield f"{len(lines):,} {what}s: {wrong:,} disagreements, {1000 * wrong / len(lines):.2f} per thousand"
    for kind, meaning in (KINDS | DISAGREEMENTS).items():
        if kinds[kind]:
            yield f"  {kinds[kind]:>7,}  {kind:<12} {meaning}"
    yield f"  {'family':<22} {'drawn':>7} {'accepted':>9} {'refused':>8} {'unknown':>8} {'wrong':>6}"
    families: dict[str, Counter[str]] = {}
    for one in lines:
        families.setdefault(one["family"], Counter())[one["kind"]] += 1
    for family, counts in sorted(families.items()):
        bad = sum(counts[kind] for kind in DISAGREEMENTS)
        yield (
            f"  {family:<22} {counts.total():>7,} {counts['accepted']:>9,} {counts['refused']:>8,}"
            f" {counts['unknown']:>8,} {bad:>6,}"
        )


def disagreements(lines: Iterable[Line], most: int = 3) -> str:
    """Those of one subject, kind and parameter together, the most frequent first, a few of each."""
    groups: dict[tuple[str, ...], list[Line]] = {}
    for one in lines:
        if one["kind"] in DISAGREEMENTS:
            key = (one["subject"], one["kind"], one["parameter"])
            groups.setdefault(key, []).append(one)
    found = sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))
    return "\n".join(line for key, ones in found for line in _group(key, ones, most))


def _group(key: tuple[str, ...], lines: list[Line], most: int) -> Iterator[str]:
    subject, kind, parameter = key
    yield f"## {subject}: {kind}{', ' + parameter if parameter else ''} ({len(lines)})"
    for one in lines[:most]:
        yield f"\n{one['what']} {one['number']}\n```\n{one['program'].rstrip()}\n```"
        yield f"- ours: {one['ours']}\n- Keras: {one['theirs']}"
    yield ""
