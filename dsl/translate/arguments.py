"""Arguments as Python is given them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dsl import nodes
from dsl.catalogue.lookup import POSITIONAL, REQUIRED, Symbol
from dsl.emit import plan
from dsl.emit.literals import literal, quoted
from dsl.translate.part import Part

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from dsl.checker.facts import (
        Bound,
    )
    from dsl.translate.scopes import Place


class Arguments(Part):
    """Arguments as Python is given them."""

    def call_arguments(self, arguments: Sequence[nodes.Argument], place: Place) -> list[Any]:
        """Arguments as written."""
        found: list[Any] = []
        for one in arguments:
            value = self.whole.value(one.value, place)
            found.append(plan.Keyword(one.name, value, span=one.span) if one.name else value)
        return found

    def arguments(self, bound: Sequence[Bound], symbol: Symbol, place: Place) -> list[Any]:
        """A layer's arguments: those that must be given by position, the others by name."""
        required = []
        for one in symbol.parameters:
            if one.default is not REQUIRED or one.kind != POSITIONAL:
                break
            required.append(one.name)
        return self.ordered(bound, required, place, lambda parameter: parameter)

    def ordered(
        self,
        bound: Sequence[Bound],
        required: Sequence[str],
        place: Place,
        named: Callable[[str], str],
    ) -> list[Any]:
        """Arguments by position as far as they are required, then by name."""
        by_name = {one.parameter: one for one in bound if one.parameter}
        if _splats(bound):
            return self._as_given(bound, place, named)
        first = []
        for parameter in required:
            if parameter not in by_name:
                break
            first.append(parameter)
        positional = [self.bound(by_name[parameter], place) for parameter in first]
        keywords = [
            plan.Keyword(named(one.parameter), self.bound(one, place))
            for one in bound
            if one.parameter and one.parameter not in first
        ]
        return [*positional, *keywords]

    def _as_given(
        self, bound: Sequence[Bound], place: Place, named: Callable[[str], str]
    ) -> list[Any]:
        """Arguments some of which a `*` gives: each as written, the `*` once."""
        found: list[Any] = []
        seen: set[int] = set()
        for one in bound:
            if isinstance(one.node, nodes.Splat):
                if id(one.node) not in seen:
                    found.append(self.whole.value(one.node, place))
                seen.add(id(one.node))
            elif seen or not one.parameter:
                found.append(plan.Keyword(named(one.parameter), self.bound(one, place)))
            else:
                found.append(self.bound(one, place))
        positional = [one for one in found if not isinstance(one, plan.Keyword)]
        return [*positional, *(one for one in found if isinstance(one, plan.Keyword))]

    def bound(self, bound: Bound, place: Place) -> plan.Expr:
        """The value of an argument."""
        if bound.node is None:
            return literal(bound.value)
        if isinstance(bound.value, str) and isinstance(bound.node, nodes.String):
            return plan.Raw(quoted(str(bound.value)), span=bound.node.span)
        return self.whole.translate(bound.node, place)


def _splats(bound: Sequence[Bound]) -> bool:
    return any(isinstance(one.node, nodes.Splat) for one in bound)
