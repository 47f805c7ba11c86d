"""Where an evaluation stands: the state of the whole check, and the frame of a top level or a block's application."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from dsl import codes
from dsl.catalogue.registry import Policy
from dsl.checker import newer
from dsl.checker.facts import ApplyFact, Facts, SymbolFact
from dsl.checker.naming import TOP
from dsl.diagnostics import Label, Problems
from dsl.graph import Application, Operation, Place, Program, Tensor
from dsl.records import Thing, field, replace
from dsl.shapes.counting import NOTHING_WITHIN, Within
from dsl.shapes.types import within_measure

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from dsl import nodes
    from dsl.checker.python_signatures import Library
    from dsl.checker.scope import Binding, File, Scope
    from dsl.checker.values import Layer
    from dsl.checker.work import Work
    from dsl.diagnostics import Fix
    from dsl.loaders import Loader
    from dsl.shapes.types import TensorType
    from dsl.source import Span


class State(Thing):
    """What all frames of one check share."""

    problems: Problems
    program: Program
    loader: Loader
    outside: Mapping[str, Any]
    work: Work
    """Shared with nested models."""
    sizes: Mapping[str, int] = field(default_factory=dict)
    facts: Facts = field(default_factory=Facts)
    files: dict[str, File] = field(default_factory=dict)
    outside_defaults: dict[str, Any] = field(default_factory=dict)
    outside_used: set[str] = field(default_factory=set)
    policy: Policy = field(default_factory=Policy)
    applications: list[Application] = field(default_factory=list)
    makers: dict[Tensor, Application] = field(default_factory=dict)
    operator_counts: Counter[str] = field(default_factory=Counter)
    names: dict[str, Span] = field(default_factory=dict)
    operations_named: set[str] = field(default_factory=set)
    unnamed_layers: set[str] = field(default_factory=set)
    """What Keras calls the layers of the user's own that are given no name."""
    output_places: dict[str, int] = field(default_factory=dict)
    layers: dict[Operation, Layer] = field(default_factory=dict)
    input_shapes: dict[int, list[Any]] = field(default_factory=dict)
    position_ranks: dict[int, int] = field(default_factory=dict)
    model_inputs: dict[tuple[int, str], Tensor] = field(default_factory=dict)
    recorded: set[int] = field(default_factory=set)
    grown: list[list[Any]] = field(default_factory=list)
    identities: set[str] = field(default_factory=set)
    identity_operations: set[int] = field(default_factory=set)
    lost: set[str] = field(default_factory=set)
    """What a mistake hides (`connections`): nothing is said to be missing there. Shared with nested models."""
    unknown_names: dict[tuple[int, str], tuple[Span, tuple[tuple[Span, str], ...]]] = field(
        default_factory=dict
    )
    """Where a name that nothing binds was met first in a scope, and through which applications."""
    meant: dict[tuple[int, str], str] = field(default_factory=dict)
    """What a name that nothing binds surely means: the program is read on as if it stood there."""
    refusals: dict[tuple[str, Tensor], Span] = field(default_factory=dict)
    library: Library | None = None
    """The modules of Python that were read; None before the first."""
    batch_sizes: set[int] = field(default_factory=set)
    masks: Any = None
    """What became of masks (`dsl.checker.masks.Masks`); None where there are none."""

    def unique_operator_name(self, snake: str) -> str:
        """The name that Keras's counters give in a fresh process."""
        number = self.operator_counts[snake]
        self.operator_counts[snake] += 1
        return f"{snake}_{number}" if number else snake

    def behind(self, tensors: Iterable[Tensor]) -> list[Application]:
        """The applications that these tensors hang on, in the order of the source."""
        found: set[int] = set()
        waiting = list(tensors)
        while waiting:
            application = self.makers.get(waiting.pop())
            if application is not None and id(application) not in found:
                found.add(id(application))
                waiting.extend(application.inputs)
        return [one for one in self.applications if id(one) in found]


NAME_CODES = frozenset(
    {
        codes.UNKNOWN_NAME, codes.UNKNOWN_ARGUMENT, codes.MISSING_ARGUMENT, codes.TOO_MANY_ARGUMENTS,
        codes.REPEATED_ARGUMENT, codes.NOT_PYTHON, codes.LIMIT, codes.BAD_TARGET, codes.MISPLACED,
        codes.SYNTAX,
    }
)  # fmt: skip
"""What is reported of text that no application runs (an unused block, a choice not taken)."""


class Frame(Thing):
    """One top level or one application of a block.

    Args:
        dry: nothing here is applied; only names are judged.
        prefix: path of the layer names made here, empty at top level.
        loops: indices of the enclosing loops.
        places: the blocks, loops and turns that lead here, outermost first.
        trainable: whether what is made here learns.
        annotated: the applications whose results an annotation is about.
        once: for a shared block, what its first application made, by name.
        through: the applications that led here, innermost first.
    """

    state: State
    file: File
    scope: Scope
    scope_key: int = TOP
    prefix: str = ""
    loops: tuple[int, ...] = ()
    places: tuple[Place, ...] = ()
    path: tuple[str, ...] = ()
    dry: bool = False
    trainable: bool = True
    once: dict[str, Any] | None = None
    through: tuple[tuple[Span, str], ...] = ()
    silent: bool = False
    annotated: frozenset[Span] = frozenset()
    definition: Any = None

    @property
    def at_top(self) -> bool:
        """Whether this is a file's top level."""
        return self.scope_key == TOP

    def report(
        self,
        code: codes.Code,
        span: Span,
        message: str,
        *,
        help: str,
        labels: Iterable[Label] = (),
        fix: Fix | None = None,
    ) -> None:
        """Add a diagnostic, with the application that leads here as a label."""
        if self.silent or (self.dry and code not in NAME_CODES):
            return
        if self.state.problems.full:
            self.state.work.leave_off(span)
            return
        through = [one for one in self.through[:1] if one[0] != span]
        where = [Label(at, f"in this application of {name}") for at, name in through]
        self.state.problems.add(code, span, message, help=help, labels=[*labels, *where], fix=fix)

    def fact(self, node: nodes.Node, fact: Any) -> None:
        """Note for the emitter what a node is."""
        if isinstance(fact, SymbolFact):
            newer.note(fact.symbol, node.span, self)
        self.state.facts.put(node, fact, dry=self.dry)

    def applied_fact(self, node: nodes.Node, fact: ApplyFact) -> None:
        """Note for the emitter how a node is applied."""
        self.state.facts.put_application(node, fact, dry=self.dry)

    def layer_name(self, node: nodes.Node, snake: str) -> str:
        """The full name of the layer that a node makes here."""
        return self.full_name(self.file.names.local(self.scope_key, node, snake))

    def full_name(self, local: str) -> str:
        """A local name behind the path of the block, with the loops' indices after it."""
        indices = "".join(f".{index}" for index in self.loops)
        return (f"{self.prefix}.{local}" if self.prefix else local) + indices

    def around_loop(self, span: Span) -> Frame:
        """The same frame around the turns of a loop; `span` is its target and what it goes through."""
        return replace(self, places=(*self.places, Place("loop", f"for {span.text}", "", span)))

    def within_loop(self, index: int) -> Frame:
        """The same frame, one loop deeper (names stay shared)."""
        turn = Place("turn", f"turn {index}", "", self.places[-1].span)
        return replace(self, loops=(*self.loops, index), places=(*self.places, turn))

    def unapplied(self) -> Frame:
        """The same place where nothing is applied."""
        return self if self.dry else replace(self, dry=True)

    def step(self, span: Span, count: int = 1) -> bool:
        """Count a step of expansion, or several; False once there are too many (reported).

        What the top level writes out is read once, and is none.
        """
        if count > 1 or not self.written_out:
            self.state.work.step(span, count)
        return not self.state.work.stopped

    @property
    def written_out(self) -> bool:
        """Whether what stands here is read once: no loop or block repeats it."""
        return self.at_top and not self.loops

    # ---- the graph

    def lose(self) -> None:
        """Note that a mistake hides what some tensor is connected to."""
        if not self.dry and not self.silent:
            self.state.lost.add("connections")

    def record(
        self,
        operation: Operation,
        inputs: tuple[Tensor, ...],
        types: tuple[TensorType, ...],
        span: Span,
        madds: int | None = None,
        inside: tuple[Application, ...] = (),
        call: Mapping[str, Any] | None = None,
        ends: tuple[Tensor, ...] = (),
        within: Within = NOTHING_WITHIN,
    ) -> tuple[Tensor, ...]:
        """Add an application to the graph and give its tensors.

        Args:
            operation: what is applied.
            inputs: the tensors that go in, flat, in order.
            types: what comes out.
            span: where.
            madds: as a rule has it.
            inside: as in `Application`.
            call: as there.
            ends: as there.
            within: as a rule has it.
        """
        types = tuple(map(within_measure, types))
        outputs = tuple(Tensor(one, operation, number, span) for number, one in enumerate(types))
        state = self.state
        state.work.apply(span, written_out=self.written_out)
        if self.dry:
            return outputs
        batch = self._fixed_batch(inputs)
        if batch > 1 and not inside:
            madds = None if madds is None else madds // batch
            within = within.shared_by(batch)
        application = Application(
            operation,
            inputs,
            outputs,
            span,
            madds,
            inside,
            call or {},
            ends,
            within,
            self.places,
        )
        if id(operation) not in state.recorded:
            state.recorded.add(id(operation))
            state.program.operations.append(operation)
        if not operation.calls:
            operation.outputs = types
        operation.calls.append(inputs)
        operation.madds.append(madds)
        state.applications.append(application)
        for tensor in outputs:
            tensor.maker = state.makers[tensor] = application
        return outputs

    def _fixed_batch(self, tensors: tuple[Tensor, ...]) -> int:
        """The number of samples that an input fixes for these tensors; 1 where none does."""
        shapes = [one.type.shape for one in tensors if one.type.shape]
        fixed = [shape[0] for shape in shapes if shape[0] in self.state.batch_sizes]
        return next((size for size in fixed if isinstance(size, int)), 1)

    def find(self, name: str) -> Binding | None:
        """What a name is bound to, marked as used."""
        binding = self.scope.find(name)
        if binding is not None:
            binding.used = True
        return binding
