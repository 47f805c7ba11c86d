"""What must be known of all blocks before one is written: their forms, what they need from outside.

A block is written `direct`, as a function that makes and applies at once (`residual(x, 64, name=…)`), unless it is
configured somewhere without being applied there (bound, shared, given as an argument): then as a `maker`, a function that
returns a function. What stands in a maker stands there for several applications, so its blocks are makers too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dsl import nodes
from dsl.checker.facts import MakeFact
from dsl.checker.naming import children, expressions_of, walk_statements
from dsl.checker.values import BlockDefinition
from dsl.records import Thing, field

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dsl.checker.facts import Facts
    from dsl.checker.frame import State


class Use(Thing):
    """What is known of a block for its emission.

    Args:
        definition: the block.
        maker: whether it returns a function that applies.
        takes_trainable: whether some use freezes it.
        calls: the blocks it configures.
        shared: names of shared layers at top level that it reads, through others too.
    """

    definition: BlockDefinition
    maker: bool = False
    takes_trainable: bool = False
    calls: list[BlockDefinition] = field(default_factory=list)
    shared: set[str] = field(default_factory=set)


class Survey:
    """All blocks that a program uses, in the order in which they are met."""

    def __init__(self, state: State) -> None:
        """Walk the main file's top level, then every block that is reached."""
        self.facts: Facts = state.facts
        self.uses: dict[int, Use] = {}
        self.outside: set[str] = set()
        self.constants: set[tuple[str, str]] = set()
        main = next(file for file in state.files.values() if file.is_main)
        top = Use(BlockDefinition(None, main))  # type: ignore[arg-type]
        self._walk(main.tree.statements, top)
        for binding in main.scope.names.values():
            if (
                isinstance(binding.value, BlockDefinition)
                and binding.value.file is main
                and binding.value.used
            ):
                self._reach(binding.value)
        self._spread()

    def of(self, definition: BlockDefinition) -> Use:
        """What is known of a block."""
        return self.uses[id(definition)]

    def _reach(self, definition: BlockDefinition) -> Use:
        known = self.uses.get(id(definition))
        if known is None:
            known = self.uses[id(definition)] = Use(definition)
            defaults = [
                one.default for one in definition.node.parameters if one.default is not None
            ]
            for default in defaults:
                self._visit(default, known, applied=False)
            self._walk(definition.node.body, known)
        return known

    def _walk(self, body: tuple[nodes.Statement, ...], use: Use) -> None:
        for statement in walk_statements(body):
            shared = isinstance(statement, nodes.Shared)
            for expression in expressions_of(statement):
                self._visit(expression, use, applied=False)
                if shared:
                    self._make_maker(expression)

    def _make_maker(self, expression: nodes.Expr) -> None:
        """A shared block, by its bare name too."""
        fact = self.facts.get(nodes.strip(expression))
        if isinstance(fact, MakeFact) and isinstance(fact.target, BlockDefinition):
            self._reach(fact.target).maker = True

    def _visit(self, node: nodes.Expr, use: Use, *, applied: bool) -> None:
        """Note what an expression makes; `applied` where what it stands for is applied at once."""
        if isinstance(node, nodes.Group):
            self._visit(node.value, use, applied=applied)
            return
        fact = self.facts.get(node)
        if isinstance(fact, MakeFact) and isinstance(fact.target, BlockDefinition):
            self._note_make(fact, use, applied)
        if isinstance(node, nodes.Name):
            self._note_name(node, use, applied)
        for child, is_applied in _parts(node):
            self._visit(child, use, applied=is_applied)

    def _note_make(self, fact: MakeFact, use: Use, applied: bool) -> None:
        target: Any = fact.target
        made = self._reach(target)
        made.maker = made.maker or not applied
        own = {one.name.id for one in target.node.parameters}
        if "trainable" not in own and any(one.parameter == "trainable" for one in fact.bound):
            made.takes_trainable = True
        use.calls.append(target)

    def _note_name(self, node: nodes.Name, use: Use, applied: bool) -> None:
        file = use.definition.file
        binding = file.visible.names.get(node.id) or file.scope.names.get(node.id)
        if binding is None:
            return
        if binding.kind == "shared" and use.definition.node is not None:
            use.shared.add(node.id)
        if (
            isinstance(binding.value, BlockDefinition)
            and not applied
            and self.facts.get(node) is None
        ):
            self._reach(binding.value).maker = True

    def _spread(self) -> None:
        """What holds for a block holds for those that it uses, or the other way round, until nothing changes."""
        changed = True
        while changed:
            changed = False
            for use in self.uses.values():
                for one in use.calls:
                    changed = self._pass_on(use, self.uses[id(one)]) or changed

    def _pass_on(self, use: Use, inner: Use) -> bool:
        before = (inner.maker, inner.takes_trainable, len(use.shared))
        inner.maker = inner.maker or (use.maker and not inner.definition.is_model)
        inner.takes_trainable = inner.takes_trainable or use.takes_trainable
        use.shared |= inner.shared
        return before != (inner.maker, inner.takes_trainable, len(use.shared))


def _parts(node: nodes.Expr) -> Iterator[tuple[nodes.Expr, bool]]:
    """The expressions within one, each with whether it is applied (or configured) at once."""
    if isinstance(node, nodes.Chain):
        for number, stage in enumerate(node.stages):
            yield stage, number > 0
        return
    if isinstance(node, nodes.Call):
        yield node.callee, True
        for argument in node.arguments:
            yield argument.value, False
        return
    for child in children(node):
        yield child, False
