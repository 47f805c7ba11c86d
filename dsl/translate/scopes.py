"""Names in the emitted Python: those of the source, made safe, one for each thing in a function."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dsl.checker.naming import TOP, bindings, walk_statements
from dsl.checker.words import snake
from dsl.emit.literals import safe_name
from dsl.records import Thing, field

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from dsl import nodes
    from dsl.checker.scope import File
    from dsl.checker.values import BlockDefinition
    from dsl.emit import plan

OWN = ("name", "trainable", "once", "made", "call", "model")
"""What functions of blocks define for themselves."""


class Names(Thing):
    """The names of one Python function, with those of the module behind them.

    Args:
        own: source name to Python name, for what the function binds.
        outer: the same for what it sees of its file.
        taken: Python names that may not be bound anew.
    """

    own: dict[str, str] = field(default_factory=dict)
    outer: dict[str, str] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)
    carries: list[str] = field(default_factory=list)

    def python(self, name: str) -> str | None:
        """The Python name of a source name; None where nothing binds it."""
        found = self.own.get(name)
        return found if found is not None else self.outer.get(name)

    def fresh(self, *wanted: str) -> str:
        """A name that nothing else has, the first of those wanted if it is free."""
        for one in wanted:
            if self._free(one):
                self.taken.add(one)
                return one
        number = 1
        while not self._free(f"{wanted[0]}_{number}"):
            number += 1
        self.taken.add(f"{wanted[0]}_{number}")
        return f"{wanted[0]}_{number}"

    def carrier(self) -> str:
        """The variable that carries chains without a target, the same throughout the function."""
        if not self.carries:
            self.carries.append(self.fresh("h", "flow"))
        return self.carries[0]

    def _free(self, name: str) -> bool:
        return (
            name not in self.taken
            and name not in self.own.values()
            and name not in self.outer.values()
        )


def names_for(bound: Iterable[str], outer: dict[str, str], taken: Iterable[str]) -> Names:
    """The names of a function that binds these."""
    names = Names(outer=outer, taken=set(taken))
    used = set(names.taken)
    for name in bound:
        if name not in names.own:
            names.own[name] = safe_name(name, used)
            used.add(names.own[name])
    return names


def bound_in(body: tuple[nodes.Statement, ...]) -> list[str]:
    """The names that a body binds, in text order."""
    return [name for statement in walk_statements(body) for name in bindings(statement)]


def positional(listed: Sequence[nodes.Parameter]) -> list[nodes.Parameter]:
    """The parameters that Python takes by position: none without a default behind one with it."""
    found: list[nodes.Parameter] = []
    for one in listed:
        if one.default is not None or all(before.default is None for before in found):
            found.append(one)
    return found


def function_name(definition: BlockDefinition, taken: set[str]) -> str:
    """What the function of a block or model is called: no variable of the program has the name."""
    plain = snake(definition.words).strip("_") or "block"
    kind = definition.node.kind
    for wanted in (plain, f"{plain}_{kind}"):
        if safe_name(wanted, taken) == wanted:
            return wanted
    return safe_name(f"make_{plain}", taken)


def all_variables(files: Iterable[File]) -> set[str]:
    """Every name that a program's text binds, wherever."""
    found: set[str] = set()
    for file in files:
        found.update(bound_in(file.tree.statements))
        for statement in file.tree.statements:
            body = getattr(statement, "body", ())
            found.update(bound_in(body))
            for listed in (getattr(statement, "parameters", ()), getattr(statement, "inputs", ())):
                found.update(one.name.id for one in listed)
    return found


class Place(Thing):
    """Where a translation stands.

    Args:
        names: those of the function.
        file: whose text it is.
        scope_key: key of the scope for the names of layers.
        definition: the block, None at top level.
        loops: variables that hold the indices of the enclosing loops.
        maker: whether layers are made once for several applications.
        trainable: whether the function has a parameter `trainable`.
        before: statements that must stand before the one that is translated.
        hoists: whether such statements are possible here.
    """

    names: Names
    file: File
    scope_key: int = TOP
    definition: BlockDefinition | None = None
    loops: tuple[str, ...] = ()
    maker: bool = False
    trainable: bool = False
    before: list[plan.Statement] = field(default_factory=list)
    hoists: bool = True
