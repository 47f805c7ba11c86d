"""What was proved of a program: operations, tensors, training."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dsl.records import Record, Thing, field
from dsl.shapes.counting import NOTHING_WITHIN, Within, total

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from dsl.nodes import Expr, Tree
    from dsl.shapes.types import Mask, TensorType
    from dsl.source import Span


class Tensor(Thing):
    """A node's output: compared by identity.

    Args:
        type: dtype and shape.
        operation: what makes it.
        index: which output of that operation it is.
        span: the expression it comes from, for labels.
        mask: the mask that the built model keeps beside it (Keras's `_keras_mask`).
        run_mask: the mask that a step of training keeps beside it, which may be there without the other, and the other way
            round. Both are None too where a layer that is not Keras's may keep one.
        maker: the application that it comes of; None of a constant, and of what goes into a nested model.
        sparse: whether Keras takes it for sparse while the model is built, as far as is known.
    """

    type: TensorType
    operation: Operation
    index: int
    span: Span
    mask: Mask | None = None
    run_mask: Mask | None = None
    maker: Application | None = None
    sparse: bool = False

    @property
    def current(self) -> Tensor:
        """The tensor, or what stands for it since an annotation said more of it."""
        outputs = self.maker.outputs if self.maker is not None else ()
        return outputs[self.index] if self.index < len(outputs) else self


class Place(Thing):
    """An application of a block, a loop, or a turn of it, in which applications stand: compared by identity.

    Args:
        kind: `block`, `loop` or `turn`.
        words: how the source has it: `Unit(64, stride=2)`, `for i in range(8)`.
        name: of a block, what the names of its layers begin with: that of its twins, where it is shared.
        span: where.
    """

    kind: str
    words: str
    name: str
    span: Span


class Operation(Thing):
    """An input, a layer, an operator or a nested model, once in the graph, applied once or more.

    Args:
        name: the layer's name in Keras; for operators the name that Keras would choose.
        class_name: Keras's class (`InputLayer`, `Dense`, `Add`, `Functional`).
        kind: `input`, `layer`, `operator` or `model`.
        outputs: types of what its first application gives, in Keras's order, flat.
        params: numbers in its weights; None where not known.
        trainable_params: how many of these learn; None where not known.
        calls: for each application the tensors it takes, flat, in order.
        span: where the source makes it.
        path: the blocks and loops it stands in, outermost first, for folding.
        inside: the operations of a model that a block of the program makes.
        symbol: the catalogue's key of a layer (`Conv2D`, `applications.Xception`) or function (`ops.mean`); else empty.
        arguments: what is configured or called with, by parameter, as rules see it: what is left out has Keras's default.
        variable_dtype: of its weights.
        madds: multiply-adds of each application, for one sample of the batch; None where a size is not known.
        narrow: how many of the numbers in its weights take one byte, whatever that dtype is.
    """

    name: str
    class_name: str
    kind: str
    span: Span
    outputs: tuple[TensorType, ...] = ()
    params: int | None = 0
    trainable_params: int | None = 0
    calls: list[tuple[Tensor, ...]] = field(default_factory=list)
    path: tuple[str, ...] = ()
    inside: tuple[Operation, ...] = ()
    symbol: str = ""
    arguments: Mapping[str, Any] = field(default_factory=dict)
    variable_dtype: str = "float32"
    madds: list[int | None] = field(default_factory=list)
    narrow: int = 0


class Application(Thing):
    """One use of an operation.

    Args:
        operation: what is used.
        inputs: the tensors that go in, flat, in order.
        outputs: those that come out.
        span: where.
        madds: multiply-adds for one sample of the batch; None where a size is not known.
        inside: what a model of the program applies, on the shapes that it gets here.
        call: what the call gives, by parameter, the first operand first: tensors, lists of these, values.
        ends: what a model of the program gives, as tensors of its inside.
        within: what it holds that its operands and outputs don't tell.
        places: the blocks and loops it stands in, outermost first.
    """

    operation: Operation
    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]
    span: Span
    madds: int | None = 0
    inside: tuple[Application, ...] = ()
    call: Mapping[str, Any] = field(default_factory=dict, compare=False)
    ends: tuple[Tensor, ...] = ()
    within: Within = NOTHING_WITHIN
    places: tuple[Place, ...] = ()


class Endpoint(Record):
    """An input or output of the program, by the name that data, losses and metrics use."""

    name: str
    tensor: Tensor
    span: Span


class LossTerm(Record):
    """`weight * loss(output)`: loss is a word of Keras, or a constructor call as in the source."""

    output: str
    name: str  # canonical Keras class, e.g. "CategoricalCrossentropy"; "" for a Python function
    expression: Expr
    arguments: dict[str, Any]
    weight: float
    weight_expression: Expr | None
    span: Span


class Training(Record):
    """What `train:` says, checked.

    Args:
        losses: by output name, in output order; outputs without a loss are missing.
        metrics: by output name, each an expression of the source.
        settings: the other settings by name: compile-time value and expression.
    """

    losses: dict[str, LossTerm]
    metrics: dict[str, tuple[Expr, ...]]
    settings: dict[str, tuple[Any, Expr]]
    span: Span


class Use(Record):
    """Something of Keras that not every supported version has: in words, where it is used, and since when it is there."""

    since: str
    what: str
    span: Span


class Program(Thing):
    """A checked program. What could not be proved has unknown types, and a diagnostic that says why.

    Args:
        name: the model's name in Keras (the file's stem, made safe).
        operations: in the order of the source.
        inputs, outputs: in the order of the source.
        results: the outputs' tensors, before an Identity gives one of them its name.
        sizes: the named sizes of its inputs and annotations, each with the number that it was given, if it was.
        applications: of the operations, those that an output hangs on, in the order of the source.
        training: None without a `train:`.
        trees: the main source's tree first, then those of imported files, by name.
        facts: what the checker found out about nodes of the trees, for emission (see checker).
        state: how the checker left off, for emission too: files, outside values, identities.
        uses: what it uses of Keras that came later than the oldest version.
    """

    name: str
    operations: list[Operation] = field(default_factory=list)
    inputs: list[Endpoint] = field(default_factory=list)
    outputs: list[Endpoint] = field(default_factory=list)
    results: tuple[Tensor, ...] = ()
    sizes: dict[str, int | None] = field(default_factory=dict)
    applications: list[Application] = field(default_factory=list)
    training: Training | None = None
    trees: dict[str, Tree] = field(default_factory=dict)
    facts: Any = None
    state: Any = None
    uses: list[Use] = field(default_factory=list)

    @property
    def params(self) -> int | None:
        """All numbers in weights; None where a layer's are not known."""
        return _total(self.operations, "params")

    @property
    def trainable_params(self) -> int | None:
        """Those that learn; None where a layer's are not known."""
        return _total(self.operations, "trainable_params")

    def given(self) -> dict[int, tuple[Tensor, ...]]:
        """What each operation that reaches an output gives at its first application, by its identity."""
        found: dict[int, tuple[Tensor, ...]] = {}
        for one in self.applications:
            found.setdefault(id(one.operation), one.outputs)
        for end in self.outputs:
            found.setdefault(id(end.tensor.operation), (end.tensor,))
        return found


def _total(operations: Iterable[Operation], count: str) -> int | None:
    """The sum of a count; a layer that stands in several models, or beside them, is counted once."""
    leaves = {id(one): one for one in _leaves(operations)}
    return total(getattr(one, count) for one in leaves.values())


def _leaves(operations: Iterable[Operation]) -> Iterator[Operation]:
    for one in operations:
        if one.inside:
            yield from _leaves(one.inside)
        else:
            yield one
