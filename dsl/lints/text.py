"""Names in the text of a program: which are read, which stand as sizes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dsl import nodes
from dsl.checker.naming import children, expressions_of, walk_statements

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


def read(body: Sequence[nodes.Statement]) -> Iterator[nodes.Name]:
    """Names that a body reads, into loops, choices and blocks; the target of `+=` is none."""
    for statement in walk_statements(tuple(body)):
        for expression in (*expressions_of(statement), *_others(statement)):
            yield from names_in(expression)
        for size in sizes(statement):
            yield from names_in(size)
        if isinstance(statement, nodes.Block):
            yield from read_by_head(statement)
            yield from read(statement.body)


def read_by_head(block: nodes.Block) -> Iterator[nodes.Name]:
    """Names that the first line of a block reads: in defaults and types."""
    for one in (*block.parameters, *block.inputs):
        if one.default is not None:
            yield from names_in(one.default)
        for size in _dims(one.type):
            yield from names_in(size)


def names_in(expression: nodes.Expr) -> Iterator[nodes.Name]:
    """Names in an expression."""
    waiting = [expression]
    while waiting:
        one = waiting.pop()
        if isinstance(one, nodes.Name):
            yield one
        waiting.extend(children(one))


def sizes(statement: nodes.Statement) -> list[nodes.Expr]:
    """What a statement writes as sizes, in its types."""
    match statement:
        case nodes.Input():
            types = [statement.type, *(one.type for one in statement.fields)]
        case nodes.Assign() | nodes.Output():
            types = list(statement.types)
        case _:
            return []
    return [size for kind in types for size in _dims(kind)]


def sizes_of_head(block: nodes.Block) -> list[nodes.Expr]:
    """What the first line of a block writes as sizes."""
    return [size for one in block.inputs for size in _dims(one.type)]


def _dims(kind: nodes.Type | None) -> list[nodes.Expr]:
    dims = kind.dims if kind is not None else ()
    return [one for one in dims if not isinstance(one, nodes.Unknown)]


def _others(statement: nodes.Statement) -> list[nodes.Expr]:
    """The expressions of statements that make no layers."""
    match statement:
        case nodes.Input():
            return [one.value for one in statement.arguments]
        case nodes.Output() if statement.value is None:
            return list(statement.names)
        case nodes.OutsideDefault():
            return [statement.value]
        case nodes.Train():
            return [one.value for one in statement.settings]
    return []
