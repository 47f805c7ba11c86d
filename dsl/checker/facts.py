"""What the checker finds out about nodes of the tree, for the emitter: kept by the node's identity."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dsl.records import Record, Thing, field

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import EllipsisType

    from dsl import nodes
    from dsl.catalogue.lookup import Symbol
    from dsl.checker.values import BlockDefinition, PythonObject


class WordFact(Record):
    """A name that stands for the word it spells."""

    text: str


class SymbolFact(Record):
    """A name that stands for something of Keras, unconfigured: a layer, a function."""

    symbol: Symbol


class Bound(Record):
    """An argument that has found its parameter.

    Args:
        parameter: Keras's name for it; empty for one that stays positional (an operand, a `*` argument).
        node: its expression; None where `value` says it (a flag that a bare word sets).
        value: the compile-time value, if there is one.
    """

    parameter: str
    node: nodes.Expr | None
    value: Any


class MakeFact(Record):
    """A call, or a bare name, that configures a layer, block, model, or an object of Keras or Python.

    Args:
        target: what is configured.
        bound: its arguments, in the order of the source.
        snake: the default name of the layer, empty for what bears no layer's name.
        scope: key of the scope whose names it takes part in.
        bears_own: whether it keeps the name that Keras gives it, as some applications must.
    """

    target: Symbol | BlockDefinition | PythonObject
    bound: tuple[Bound, ...]
    snake: str
    scope: int
    bears_own: bool = False


class FunctionFact(Record):
    """A call, or a stage of a chain, that applies a function of tensors; operands come first in `bound`."""

    symbol: Symbol
    bound: tuple[Bound, ...]
    snake: str
    scope: int


class ApplyFact(Record):
    """A call whose callee is a layer, block, model or Python object: `bound` are the call's own arguments.

    Of a block: its definition, and whether its first operand is a list of several.
    """

    callee: str  # layer, block, model, python, word
    bound: tuple[Bound, ...]
    order: tuple[
        str, ...
    ] = ()  # for a model: its inputs, in the order in which their one list has them
    definition: BlockDefinition | None = None
    spreads: bool = False


class ConstantFact(Record):
    """An operator between tensors that hang on no input: `function` of keras.ops does it."""

    function: str


class ClaimFact(Record):
    """An annotation that the compiler takes on trust: the built model proves it.

    Args:
        shape: the sizes that Keras must announce, the batch first: a number, None where Keras must leave the
            size open, `...` where any will do.
        dtype: likewise; empty where it is known already.
    """

    shape: tuple[int | EllipsisType | None, ...]
    dtype: str


class BuiltinFact(Record):
    """A call of a compile-time function (`range`, `len`), or of `positions`."""

    name: str


class Facts(Thing):
    """Facts by node. The trees outlive them, so identities stay good."""

    _by_node: dict[int, Any] = field(default_factory=dict)
    _applied: dict[int, ApplyFact] = field(default_factory=dict)
    _pairs: set[int] = field(default_factory=set)

    def put(self, node: nodes.Node, fact: Any, *, dry: bool = False) -> None:
        """Say what a node is; a trial evaluation adds to what is known, and changes nothing."""
        if not dry or id(node) not in self._by_node:
            self._by_node[id(node)] = fact

    def put_application(self, node: nodes.Node, fact: ApplyFact, *, dry: bool = False) -> None:
        """Say how a call, or a stage of a chain, is applied: beside what the same node may make."""
        if not dry or id(node) not in self._applied:
            self._applied[id(node)] = fact

    def put_pairs(self, node: nodes.Node) -> None:
        """Say that an expression stands for a record or dictionary that is gone through as pairs."""
        self._pairs.add(id(node))

    def has_pairs(self, node: nodes.Node) -> bool:
        """Whether an expression is gone through as pairs."""
        return id(node) in self._pairs

    def application(self, node: nodes.Node) -> ApplyFact | None:
        """How a node is applied, None where it is not."""
        return self._applied.get(id(node))

    def get(self, node: nodes.Node) -> Any:
        """What is known of a node, None where nothing is."""
        return self._by_node.get(id(node))

    def bound_of(self, node: nodes.Node) -> Sequence[Bound]:
        """The arguments of a node that has some."""
        fact = self.get(node)
        return fact.bound if fact is not None else ()
