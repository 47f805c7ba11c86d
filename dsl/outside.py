"""Values from outside, as text: `-D units=64`, a line `units = 64` of a pytest option."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dsl import nodes
from dsl.diagnostics import Problems
from dsl.parser import parse
from dsl.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterable

_CONSTANTS = {
    "true": True,
    "True": True,
    "false": False,
    "False": False,
    "none": None,
    "None": None,
}
_WANTED = 'write one value: a number, a word, "text", a list, true, false or none'


class LiteralProblem(ValueError):  # noqa: N818 -- wrong text, told in one line
    """A text that is no literal; its words say why."""


def assignment(text: str) -> tuple[str, Any]:
    """Read `name=value`, the value one literal of the language.

    >>> assignment("units=64"), assignment("sizes=[1, -2.5]"), assignment("act = relu")
    (('units', 64), ('sizes', [1, -2.5]), ('act', 'relu'))

    Raises:
        LiteralProblem: where it is not of that form.
    """
    name, equals, value = text.partition("=")
    name = name.strip()
    if not equals:
        raise LiteralProblem("write NAME=VALUE")
    if not name.isidentifier():
        raise LiteralProblem(f'"{name}" is no name')
    return name, literal(value)


def literal(text: str) -> Any:
    """Read one literal of the language: a word counts as its text.

    Raises:
        LiteralProblem: where it is something else, or more than that.
    """
    problems = Problems()
    tree = parse(Source("value", f"value = {text.strip()}\n"), problems)
    if problems.has_errors or len(tree.statements) != 1 or tree.comments:
        raise LiteralProblem(_WANTED)
    statement = tree.statements[0]
    if not isinstance(statement, nodes.Assign) or not isinstance(statement.target, nodes.Name):
        raise LiteralProblem(_WANTED)
    return _value(statement.value)


def _value(node: nodes.Expr) -> Any:
    match node:
        case nodes.Number(value=value) | nodes.String(value=value):
            return value
        case nodes.Name(id=word):
            return _CONSTANTS.get(word, word)
        case nodes.Unary(op="-", operand=nodes.Number(value=number)):
            return -number
        case nodes.List(items=items):
            return _values(items)
        case nodes.Tuple(items=items):
            return tuple(_values(items))
        case nodes.Dict(pairs=pairs):
            return {_key(key): _value(value) for key, value in pairs}
    raise LiteralProblem(_WANTED)


def _key(node: nodes.Expr) -> Any:
    if not isinstance(node, nodes.Name | nodes.String | nodes.Number):
        raise LiteralProblem(_WANTED)
    return _value(node)


def _values(items: Iterable[nodes.Expr]) -> list[Any]:
    return [_value(item) for item in items]
