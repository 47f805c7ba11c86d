"""The names that can be read at a place: tensors, layers, blocks, constants."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dsl import nodes
from dsl.checker.naming import bindings, walk_statements
from dsl.diagnostics import Problems
from dsl.parser import parse
from dsl.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterator

KINDS = {
    nodes.Input: "input",
    nodes.Const: "constant",
    nodes.Shared: "shared layer",
    nodes.Import: "imported",
    nodes.For: "loop",
    nodes.Output: "tensor",
    nodes.Gap: "name",
}


def visible(text: str, offset: int) -> dict[str, str]:
    """The names bound above a place, each with what it is; the nearest last.

    Args:
        text: the program; what cannot be read of it is passed over.
        offset: the place, in code points.
    """
    tree = parse(Source("editor", text), Problems())
    block = next((one for one in _blocks(tree) if _holds(one, text, offset)), None)
    found = dict(_bound(tree.statements, offset if block is None else len(text), block is not None))
    if block is not None:
        found.update({one.name.id: "parameter" for one in block.parameters})
        found.update({one.name.id: "operand" for one in block.inputs})
        found.update(_bound(block.body, offset, False))
    return found


def block_parameters(text: str, name: str) -> list[str]:
    """The parameters of a block or model of the text; none where there is no such block."""
    tree = parse(Source("editor", text), Problems())
    return [p.name.id for one in _blocks(tree) if one.name.id == name for p in one.parameters]


def outside_values(text: str) -> list[str]:
    """The names behind `$` in a text, in order."""
    found: dict[str, None] = {}
    for at, char in enumerate(text):
        if char == "$":
            end = at + 1
            while end < len(text) and (text[end].isalnum() or text[end] == "_"):
                end += 1
            if end > at + 1:
                found[text[at + 1 : end]] = None
    return list(found)


def _blocks(tree: nodes.Tree) -> list[nodes.Block]:
    return [one for one in tree.statements if isinstance(one, nodes.Block)]


def _holds(block: nodes.Block, text: str, offset: int) -> bool:
    """Whether a place is in a block's body: in it, or below it and indented."""
    if offset < block.span.start:
        return False
    between = text[block.span.end : offset]
    line = text[text.rfind("\n", 0, offset) + 1 : offset]
    inside = all(not one.strip() or one[0].isspace() for one in between.split("\n")[1:])
    return offset <= block.span.end or (inside and line[:1].isspace())


def _bound(
    body: tuple[nodes.Statement, ...], offset: int, from_block: bool
) -> Iterator[tuple[str, str]]:
    """What statements above a place bind; within a block only what is not a tensor of the file."""
    for statement in walk_statements(body):
        if isinstance(statement, nodes.Block):
            yield statement.name.id, statement.kind
        elif (statement.span.start < offset and statement.span.end <= offset) or (
            isinstance(statement, nodes.For) and statement.span.start <= offset
        ):
            kind = KINDS.get(type(statement), "tensor")
            if not from_block or kind in ("constant", "imported", "shared layer"):
                yield from ((name, kind) for name in bindings(statement))
