"""How deep a statement nests: passes that follow it down must not run out of stack."""

from __future__ import annotations

from dsl.nodes import Node

DEEPEST = 200


def too_deep(node: Node) -> bool:
    """Whether nodes stand in one another more than DEEPEST deep; walks without recursion."""
    waiting: list[tuple[object, int]] = [(node, 0)]
    while waiting:
        one, depth = waiting.pop()
        if depth > DEEPEST:
            return True
        if isinstance(one, tuple):
            waiting.extend((part, depth) for part in one)
        elif isinstance(one, Node):
            names = type(one)._fields
            waiting.extend((getattr(one, name), depth + 1) for name in names if name != "span")
    return False
