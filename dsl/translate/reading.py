"""Which names a text reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dsl import nodes
from dsl.checker.naming import children, walk_statements

if TYPE_CHECKING:
    from collections.abc import Iterator


def names_read(body: tuple[nodes.Statement, ...]) -> set[str]:
    """The names that statements read, in loops and choices too."""
    found: set[str] = set()
    for statement in walk_statements(body):
        for expression in _read_by(statement):
            found.update(_names(expression))
    return found


def _read_by(statement: nodes.Statement) -> Iterator[nodes.Expr]:
    match statement:
        case nodes.Augmented():
            yield statement.target
            yield statement.value
        case nodes.For():
            yield statement.iterable
        case nodes.If():
            yield from (test for test, _ in statement.branches if test is not None)
        case nodes.Output():
            yield from statement.names
            if statement.value is not None:
                yield statement.value
        case (
            nodes.Assign() | nodes.Const() | nodes.Shared() | nodes.Return() | nodes.ExprStatement()
        ):
            yield statement.value


def _names(node: nodes.Expr) -> Iterator[str]:
    if isinstance(node, nodes.Name):
        yield node.id
    for child in children(node):
        yield from _names(child)
