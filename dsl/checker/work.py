"""How much a check may do: what a program expands to takes a second or two, never minutes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dsl import codes
from dsl.catalogue.registry import UNKNOWN
from dsl.diagnostics import MOST_ERRORS
from dsl.records import Thing

if TYPE_CHECKING:
    from dsl import nodes
    from dsl.checker.frame import Frame
    from dsl.diagnostics import Problems
    from dsl.source import Span

MOST_STEPS = 30_000
"""Statements and loop turns beyond what is written out: a second's work, and far more than Keras could build."""

MOST_APPLICATIONS = 4_000
"""Applications that loops and blocks make: Keras takes 3 ms for each, and follows no path of a tenth of it."""

MOST_OPERATIONS = 20_000
"""Applications in one program, those that are written out included."""

MOST_ITEMS = 100_000
"""The most items in a list, lists in it included; the longest text."""

DEEPEST_LIST = 20
LETTERS_AN_ITEM = 16
"""So many letters of a text weigh as much as an item more."""

ITEMS_A_STEP = 200
"""So many items take as long as a step."""


class Work(Thing):
    """What one check has done, its nested models included.

    Args:
        problems: where it is told that there was too much of it.
    """

    problems: Problems
    steps: int = 0
    applications: int = 0
    operations: int = 0
    stopped: bool = False

    def step(self, span: Span, count: int) -> None:
        """Count steps."""
        self.steps += count
        if self.steps > MOST_STEPS:
            self._stop(span, f"loops and blocks expand to more than {MOST_STEPS:,} steps", SHORTER)

    def apply(self, span: Span, *, written_out: bool) -> None:
        """Count an application."""
        self.operations += 1
        if self.operations > MOST_OPERATIONS:
            words = f"the program has more than {MOST_OPERATIONS:,} operations"
            self._stop(span, words, "make several models of it")
        self.applications += not written_out
        if self.applications > MOST_APPLICATIONS:
            words = f"loops and blocks expand to more than {MOST_APPLICATIONS:,} operations"
            self._stop(span, words, SHORTER)

    def leave_off(self, span: Span) -> None:
        """Stop because there are errors enough."""
        self._stop(span, f"{MOST_ERRORS:,} errors were found, and the rest is not checked", FIRST)

    def _stop(self, span: Span, message: str, help: str) -> None:
        if not self.stopped:
            self.stopped = True
            self.problems.add(codes.LIMIT, span, message, help=help)


SHORTER = "make the loops shorter"
FIRST = "mend the first ones, and check again"


def bounded(node: nodes.Node, value: Any, frame: Frame) -> Any:
    """A value of many parts; UNKNOWN, reported, where it is too large, or too much was done with such values."""
    weight = weight_of(value)
    enough = weight < ITEMS_A_STEP or frame.step(node.span, 1 + weight // ITEMS_A_STEP)
    if weight > MOST_ITEMS:
        frame.report(
            codes.LIMIT,
            node.span,
            "the result would be too large",
            help="keep sizes and lists within reason",
        )
        return UNKNOWN
    return value if enough else UNKNOWN


def weight_of(value: Any) -> int:
    """How many items a list has, those of lists in it included; more than MOST_ITEMS where it is too large or too deep.

    >>> weight_of([1, [2, 3]]), weight_of("a word"), weight_of([[1] * 90_000] * 90_000) > MOST_ITEMS
    (4, 0, True)
    """
    weight = 0
    waiting: list[tuple[Any, int]] = [(value, 0)]
    while waiting:
        one, depth = waiting.pop()
        if isinstance(one, str):
            weight += len(one) // LETTERS_AN_ITEM
            if len(one) > MOST_ITEMS:
                return MOST_ITEMS + 1
        else:
            weight += len(one)
            if depth > DEEPEST_LIST or weight > MOST_ITEMS:
                return MOST_ITEMS + 1
            items = one.values() if isinstance(one, dict) else one
            waiting.extend((item, depth + 1) for item in items if isinstance(item, PARTED))
    return weight


PARTED = (list, tuple, dict, str)
"""Kinds of values that have parts."""
