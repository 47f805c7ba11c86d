"""The arguments of one call as they find their parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dsl import codes
from dsl.catalogue import domains, lookup
from dsl.catalogue.registry import UNKNOWN
from dsl.diagnostics import Label
from dsl.graph import Tensor
from dsl.records import Thing, field

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from dsl.catalogue.domains import Domain
    from dsl.catalogue.lookup import Parameter, Symbol
    from dsl.checker.facts import Bound
    from dsl.checker.frame import Frame
    from dsl.checker.values import (
        Value,
    )
    from dsl.source import Span


NEVER_GIVEN = frozenset({"self"})


VALUES_OF_CALLS = frozenset(
    {
        "training",
        "use_causal_mask",
        "return_attention_scores",
        "attention_scores",
        "inverse",
        "reverse",
    }
)
"""Arguments of calls that are no tensors."""


INPUTS = {
    "dtype": "the dtype stands before the sizes: input x: int32[64]",
    "shape": "the sizes stand after the colon: input x: [64]",
    "name": "the input bears the name that is written: input x: [64]",
}
"""What `keras.Input` takes as arguments, and an input statement says otherwise."""


MOST_SHOWN = 10
"""Names of parameters that a help line lists."""


PARTICULAR = frozenset({"optimizers", "layers"})
"""Namespaces of Keras where `**kwargs` in a signature takes no further argument."""


SIZE_IN = "leave one of the numbers out: the size of what goes in comes from the tensor"
"""What to do with a layer that is given the size of what goes in and of what comes out, as elsewhere."""


class Binding(Thing):
    """The arguments of one call as they find their parameters.

    Args:
        what: how messages call what is configured or applied.
        parameters: in order; those a bare word may look for, and positions count.
        place: where messages about the whole point to.
    """

    what: str
    parameters: Sequence[Parameter]
    symbol: Symbol | None
    frame: Frame
    place: Span
    found: dict[str, Bound] = field(default_factory=dict)
    spans: dict[str, Span] = field(default_factory=dict)
    rest: list[Bound] = field(default_factory=list)
    order: list[Bound] = field(default_factory=list)
    failed: bool = False
    operands: bool = False
    others: Sequence[Parameter] = ()
    guessed: set[str] = field(default_factory=set)
    """Parameters whose argument has another name, which was told; one that is given by its own name comes before."""
    strays: list[tuple[Bound, Span]] = field(default_factory=list)
    """Tensors in the first parentheses."""
    waiting: int = 0
    """How many positional arguments stand before the one that is read."""
    by_position: list[Bound] = field(default_factory=list)
    """The arguments that are written without a name and are no words, in order."""
    labels: Sequence[Label] = ()
    """Where the parameters are defined, for what is no part of Keras."""
    misplaced: bool = False
    """Whether the positions of its arguments are in doubt: then their values are not judged."""

    @property
    def values(self) -> dict[str, Value]:
        """Compile-time values by parameter."""
        return {name: bound.value for name, bound in self.found.items()}

    @property
    def written(self) -> tuple[Bound, ...]:
        """The arguments in the order of the source; what an arrow gives comes first."""
        return tuple(sorted(self.order, key=self._place))

    def given(self, piped: int) -> tuple[Bound, ...]:
        """The arguments that are written, without those that an arrow gives."""
        return self.written[piped:]

    def _place(self, bound: Bound) -> int:
        if bound.node is not None:
            return bound.node.span.start
        span = self.spans.get(bound.parameter)
        return -1 if span is None or span is self.place else span.start

    def domain(self, parameter: str) -> Domain:
        """The domain of a parameter; that of any value where nothing of Keras is configured."""
        return (
            domains.domain(self.symbol, parameter) if self.symbol is not None else domains.Domain()
        )

    def fraction(self, span: Span) -> str:
        """What to write where a comma stands in a number: `0,5` and `10,000` are two arguments."""
        text, start = span.text, span.start
        before = span.source.text[max(0, start - 2) : start]
        if text == "000" and before[:1].isdigit() and before[1:] == ",":
            return "a number has no comma: 10_000 is ten thousand"
        alone = not span.source.text[max(0, start - 3) : max(0, start - 2)].isalnum()
        return (
            f"a fraction has a point: 0.{text}"
            if before == "0," and alone and text.isdigit()
            else ""
        )

    def _twice(self, parameter: str, bound: Bound) -> str:
        """What to do with a parameter that is given twice."""
        is_size = type(bound.value) is int and parameter == "activation"
        return SIZE_IN if is_size else "leave one of them out"

    def put(self, parameter: str, bound: Bound, span: Span) -> None:
        """Bind a parameter; twice is a mistake."""
        if parameter in self.guessed:
            self.guessed.discard(parameter)
            del self.found[parameter]
        if parameter in self.found:
            self.failed = True
            if bound.value is UNKNOWN:
                return  # what it is has been told
            self.frame.report(
                codes.REPEATED_ARGUMENT,
                span,
                f"{self.what} gets {parameter} twice",
                help=self.fraction(span) or self._twice(parameter, bound),
                labels=[Label(self.spans[parameter], f"{parameter} is given here"), *self.labels]
                if parameter in self.spans
                else self.labels,
            )
            return
        self.found[parameter] = bound
        self.spans[parameter] = span
        self.order.append(bound)


def listed(names: Sequence[str]) -> str:
    """Names as in a sentence."""
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]


def operands_of(bound: Bound) -> list[Tensor]:
    """The tensors in an argument, flat."""
    return flat_tensors(bound.value)


def flat_tensors(value: Value) -> list[Tensor]:
    """The tensors in a value, flat."""
    if isinstance(value, Tensor):
        return [value]
    if isinstance(value, list | tuple):
        return [one for item in value for one in flat_tensors(item)]
    return []


def names_of(parameters: Iterable[Parameter]) -> list[str]:
    """The names that an argument may have."""
    return [
        one.name
        for one in parameters
        if one.kind in {lookup.POSITIONAL, lookup.KEYWORD} and one.name not in NEVER_GIVEN
    ]


def in_the_others(binding: Binding, name: str, text: str) -> str:
    """What to write where an argument belongs into the other parentheses."""
    if name not in names_of(binding.others):
        return ""
    if binding.symbol is not None and binding.symbol.name == "Input":
        return INPUTS.get(name, "")
    if binding.operands:
        return f"it is set where the layer is configured: {binding.what}(…, {text})(…)"
    return f"it goes into the second parentheses, with the tensors: {binding.what}(…)(x, {text})"


def next_domain(binding: Binding) -> Domain:
    """The domain of the first positional parameter without a value, for names that only their place explains."""
    free = [
        one.name
        for one in binding.parameters
        if one.kind == lookup.POSITIONAL and one.name not in binding.found
    ]
    after = free[binding.waiting :]
    return binding.domain(after[0]) if after else domains.Domain()
