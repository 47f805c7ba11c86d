"""Limits on parameters and multiply-adds, and which layers weigh most where one is passed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dsl import codes
from dsl.cost.layers import leaves
from dsl.cost.totals import open_sizes
from dsl.diagnostics import Diagnostic, Label
from dsl.records import Record
from dsl.shapes.counting import total

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from dsl.codes import Code
    from dsl.graph import Application, Operation, Program
    from dsl.source import Source

HEAVIEST = 4
"""Layers that a diagnostic names."""

PARAMETERS = (codes.PARAMS_LIMIT, "parameters")
MULTIPLY_ADDS = (codes.MADDS_LIMIT, "multiply-adds")

UNITS = {"": 1, "k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}


class Limits(Record):
    """The most that a program may have; None where that is not limited.

    Args:
        params: numbers in all weights.
        madds: multiply-adds of one sample.
    """

    params: int | None = None
    madds: int | None = None


def number(text: str) -> int | None:
    """A whole number as people write a limit; None of what is none.

    >>> number("5M"), number("1.5k"), number("100_000"), number("1e6"), number("0.5"), number("M")
    (5000000, 1500, 100000, None, None, None)
    """
    unit = text[-1:] if text[-1:] in UNITS else ""
    whole, point, part = text[: len(text) - len(unit)].replace("_", "").partition(".")
    if not (whole.isascii() and whole.isdecimal()) or (point and not part.isdecimal()):
        return None
    scaled = int(whole + part) * UNITS[unit]
    return None if scaled % 10 ** len(part) else scaled // 10 ** len(part)


def passed(program: Program, source: Source, limits: Limits) -> list[Diagnostic]:
    """A diagnostic for each limit that a program passes, or can't be held to, as a count is not known."""
    found = []
    if limits.params is not None:
        weights = [(one, one.params) for one in leaves(program.operations)]
        found += _judge(PARAMETERS, limits.params, weights, source, _why_params)
    if limits.madds is not None:
        costs = _leaf_madds(program.applications)
        why = "; ".join(open_sizes(program))
        found += _judge(MULTIPLY_ADDS, limits.madds, costs, source, lambda u: why or _why_madds(u))
    return found


def _leaf_madds(applications: Sequence[Application]) -> list[tuple[Operation, int | None]]:
    """What each layer multiplies, those inside of nested models one by one."""
    waiting = list(applications)[::-1]
    found: dict[str, tuple[Operation, list[int | None]]] = {}
    while waiting:
        one = waiting.pop()
        if one.inside:
            waiting.extend(reversed(one.inside))
        else:
            found.setdefault(one.operation.name, (one.operation, []))[1].append(one.madds)
    return [(operation, total(counts)) for operation, counts in found.values()]


def _why_params(unknown: Sequence[Operation]) -> str:
    return f"what {_names(unknown)} holds can't be known here"


def _why_madds(unknown: Sequence[Operation]) -> str:
    return f"what {_names(unknown)} costs can't be known here"


def _judge(
    what: tuple[Code, str],
    most: int,
    counts: Sequence[tuple[Operation, int | None]],
    source: Source,
    why: Callable[[Sequence[Operation]], str],
) -> list[Diagnostic]:
    unknown = [one for one, count in counts if count is None]
    known = total(count for _, count in counts if count is not None) or 0
    heavy = sorted(((c, one) for one, c in counts if c), key=lambda pair: -pair[0])[:HEAVIEST]
    if known > most:
        return [_over(what, most, known, heavy, source, at_least=bool(unknown))]
    if not unknown:
        return []
    return [
        Diagnostic(
            what[0],
            unknown[0].span,
            f"the limit of {most:,} {what[1]} can't be held: those of {_names(unknown)} are not known",
            why(unknown),
        )
    ]


def _over(
    what: tuple[Code, str],
    most: int,
    known: int,
    heavy: Sequence[tuple[int, Operation]],
    source: Source,
    *,
    at_least: bool,
) -> Diagnostic:
    shares = [f"{one.name} with {count:,} ({100 * count / known:.0f} %)" for count, one in heavy]
    first = heavy[0][1].span if heavy else source.span(0, 0)
    seen = {first}
    labels = []
    for (_, one), words in zip(heavy, shares, strict=True):
        if one.span not in seen:
            labels.append(Label(one.span, words))
            seen.add(one.span)
    few = "at least " if at_least else ""
    return Diagnostic(
        what[0],
        first,
        f"the program has {few}{known:,} {what[1]}, and the limit is {most:,}",
        f"these weigh most: {', '.join(shares)}",
        tuple(labels),
    )


def _names(operations: Sequence[Operation]) -> str:
    names = [one.name or one.class_name for one in operations]
    shown = ", ".join(names[:HEAVIEST])
    return shown + (f" and {len(names) - HEAVIEST} more" if len(names) > HEAVIEST else "")
