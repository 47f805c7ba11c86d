"""Loops and comprehensions: what they go through, and how their turns are numbered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dsl import nodes
from dsl.checker.facts import (
    FunctionFact,
    MakeFact,
)  # fmt: skip
from dsl.checker.naming import children, target_names
from dsl.checker.values import BlockDefinition
from dsl.emit import plan
from dsl.records import replace
from dsl.translate.part import Part, pairs_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dsl.translate.scopes import Place


class Looping(Part):
    """Loops and comprehensions: what they go through, and how their turns are numbered."""

    def comprehension(
        self, node: nodes.Comprehension | nodes.DictComprehension, place: Place
    ) -> plan.Expr:
        """A comprehension; numbered where it makes layers."""
        names = replace(place.names, own=dict(place.names.own))
        for name in target_names(node.target):
            names.own[name] = self._comprehended(name, place)
        inner = replace(place, names=names, hoists=False)
        parts = [node.element] if isinstance(node, nodes.Comprehension) else [node.key, node.value]
        read = parts if node.condition is None else [*parts, node.condition]
        node_target, iterable = self.gone_through(node.target, node.iterable, read, place)
        target = self.target(node_target, inner)
        if any(self.makes(part, place) for part in parts):
            target, iterable, index = self.numbered(node_target, target, iterable, inner)
            inner = replace(inner, loops=(*place.loops, index))
        else:
            inner = replace(inner, loops=(*place.loops, "_"))
        condition = None if node.condition is None else self.whole.translate(node.condition, inner)
        place.names.taken.difference_update(set(inner.loops) - set(place.loops))
        if isinstance(node, nodes.Comprehension):
            return plan.Comprehension(
                self.whole.translate(node.element, inner),
                target,
                iterable,
                condition,
                span=node.span,
            )
        return plan.Comprehension(
            self.whole.translate(node.value, inner),
            target,
            iterable,
            condition,
            key=self.whole.translate(node.key, inner),
            span=node.span,
        )

    def gone_through(
        self, target: nodes.Expr, node: nodes.Expr, read: Iterable[nodes.Expr], place: Place
    ) -> tuple[nodes.Expr, plan.Expr]:
        """The target and iterable of a loop: of pairs half of which nothing reads, the other half."""
        iterable = self.whole.iterated(node, place)
        if not self.facts.has_pairs(node):
            return target, iterable
        items = target.items if isinstance(target, nodes.Tuple) else ()
        if len(items) == 2:
            key, value = items
            names = {name for one in read for name in names_in(one)}
            if _is_unread(key, names):
                return value, plan.Call(plan.Attr(iterable, "values"), (), span=node.span)
            if _is_unread(value, names):
                return key, iterable
        return target, pairs_of(iterable)

    def _comprehended(self, name: str, place: Place) -> str:
        """A variable of a comprehension: it may hide others, but not the index that names hang on."""
        python = self.builder.safe(name)
        return place.names.fresh(python) if python in place.loops else python

    def makes(self, node: nodes.Expr, place: Place) -> bool:
        """Whether an expression makes something whose name, or key, hangs on the turn of a loop."""
        fact = self.facts.get(node)
        if isinstance(fact, MakeFact) and place.maker:
            return True
        if isinstance(fact, MakeFact | FunctionFact) and fact.snake and not _is_named(fact):
            return True
        return any(self.makes(child, place) for child in children(node))

    def numbered(
        self, source: nodes.Expr, target: plan.Expr, iterable: plan.Expr, place: Place
    ) -> tuple[plan.Expr, plan.Expr, str]:
        """A loop whose turns are numbered: by its own variable where that counts from 0, else by `enumerate`."""
        counts = (
            isinstance(iterable, plan.Call)
            and isinstance(iterable.func, plan.Raw)
            and iterable.func.text == "range"
            and len(iterable.args) == 1
        )
        if (
            counts
            and isinstance(source, nodes.Name)
            and source.id != "_"
            and isinstance(target, plan.Raw)
        ):
            return target, iterable, target.text
        own = _own_index(target, iterable)
        if own:
            return target, iterable, own
        index = place.names.fresh("i", "j", "k", "index")
        if isinstance(source, nodes.Name) and source.id == "_" and counts:
            return plan.Raw(index), iterable, index
        numbered = plan.Call(plan.Raw("enumerate"), (iterable,), span=iterable.span)
        return plan.Sequence("tuple", (plan.Raw(index), target), span=target.span), numbered, index

    def target(self, node: nodes.Expr, place: Place) -> plan.Expr:
        """The target of an assignment or loop."""
        match node:
            case nodes.Name():
                return plan.Raw(
                    "_" if node.id == "_" else place.names.own.get(node.id, node.id), span=node.span
                )
            case nodes.Tuple() | nodes.List():
                return plan.Sequence(
                    "tuple", tuple(self.target(one, place) for one in node.items), span=node.span
                )
            case nodes.Splat():
                return plan.Star(self.target(node.value, place), span=node.span)  # type: ignore[return-value]
        return self.target(nodes.strip(node), place)


def names_in(node: nodes.Expr) -> set[str]:
    """The names that an expression reads."""
    if isinstance(node, nodes.Name):
        return {node.id}
    return {name for child in children(node) for name in names_in(child)}


def _is_unread(node: nodes.Expr, read: set[str]) -> bool:
    return isinstance(node, nodes.Name) and node.id.startswith("_") and node.id not in read


def _is_named(fact: MakeFact | FunctionFact) -> bool:
    """Whether the source names a layer or block itself."""
    target = fact.target if isinstance(fact, MakeFact) else None
    parameters = target.node.parameters if isinstance(target, BlockDefinition) else ()
    own = any(one.name.id == "name" for one in parameters)
    return not own and any(one.parameter == "name" for one in fact.bound)


def _own_index(target: plan.Expr, iterable: plan.Expr) -> str:
    """The variable that counts the turns of `for i, x in enumerate(xs)`; empty elsewhere."""
    counts = (
        isinstance(iterable, plan.Call)
        and isinstance(iterable.func, plan.Raw)
        and iterable.func.text == "enumerate"
        and len(iterable.args) == 1
    )
    first = target.items[0] if counts and isinstance(target, plan.Sequence) else None
    return first.text if isinstance(first, plan.Raw) and first.text != "_" else ""
