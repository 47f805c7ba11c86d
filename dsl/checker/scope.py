"""Names and what they are bound to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dsl.records import Thing, field

if TYPE_CHECKING:
    from dsl import nodes
    from dsl.checker.naming import Names
    from dsl.checker.values import Value
    from dsl.source import Span


class Binding(Thing):
    """What a name stands for at the moment.

    Args:
        value: what it is bound to.
        span: where.
        kind: `input`, `output`, `const`, `shared`, `block`, `import`, `parameter`, `loop`, `size` or `assigned`.
        used: whether anything has read it since.
    """

    value: Value
    span: Span
    kind: str
    used: bool = False


class Scope(Thing):
    """The names of a file's top level or of a block's application.

    Args:
        outer: for a block, the names of its file that it sees.
        names: bindings, in the order made.
    """

    outer: Scope | None = None
    names: dict[str, Binding] = field(default_factory=dict)

    def find(self, name: str) -> Binding | None:
        """The binding of a name, here or in what it sees outside."""
        found = self.names.get(name)
        if found is None and self.outer is not None:
            return self.outer.find(name)
        return found


class File(Thing):
    """One source file of a program while it is checked."""

    tree: nodes.Tree
    names: Names
    scope: Scope = field(default_factory=Scope)
    visible: Scope = field(default_factory=Scope)
    """What its blocks see: values bound once, shared layers, blocks, imports."""
    is_main: bool = True
