"""What the parts of the translation of expressions have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dsl import nodes
from dsl.emit import plan

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dsl.translate.builder import Builder
    from dsl.translate.expressions import Expressions


def word_of(node: nodes.Expr) -> str:
    """The word that an expression spells, empty where it is none."""
    match nodes.strip(node):
        case nodes.Name() as name:
            return name.id
        case nodes.String() as string:
            return string.value
    return ""


def in_places(args: Sequence[Any], names: Sequence[str], first: Sequence[str]) -> list[Any]:
    """Arguments by position as long as they stand in the signature's order, then by name.

    Args:
        args: as they would be given, by position or by name.
        names: the parameters that those by position are for.
        first: the parameters that the function takes by position.
    """
    positional: list[Any] = []
    keywords: list[plan.Keyword] = []
    waiting = iter(names)
    spread = False
    for one in args:
        spread = spread or isinstance(one, plan.Star)
        name = "" if isinstance(one, plan.Keyword | plan.Star) else next(waiting, "")
        in_order = len(positional) < len(first) and first[len(positional)] == name
        if isinstance(one, plan.Keyword):
            keywords.append(one)
        elif not name or (spread and name in first) or (in_order and not keywords):
            positional.append(one)
        else:
            keywords.append(plan.Keyword(name, one))
    return [*positional, *keywords]


def pairs_of(value: plan.Expr) -> plan.Expr:
    """`value.items()`."""
    return plan.Call(plan.Attr(value, "items"), (), span=value.span)


class Part:
    """A part of the translation; `whole` is all of it."""

    def __init__(self, builder: Builder) -> None:
        """Keep the builder, which knows the module's names and the blocks' forms."""
        self.builder = builder
        self.facts = builder.facts

    @property
    def whole(self) -> Expressions:
        """The whole that this is a part of."""
        return self.builder.expressions
