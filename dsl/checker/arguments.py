"""Arguments find their parameters: words first, wherever they stand; the rest counts positions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dsl import codes, nodes
from dsl.catalogue import domains, lookup
from dsl.catalogue.registry import UNKNOWN
from dsl.checker import words
from dsl.checker.expressions import CONSTANTS, evaluate, iterate
from dsl.checker.facts import Bound, SymbolFact, WordFact
from dsl.checker.values import (
    ConfiguredBlock,
    Layer,
    LayerClass,
    UnknownSize,
    Value,
    Word,
    configured,
    contains_tensor,
    describe,
    is_unknown,
)  # fmt: skip
from dsl.diagnostics import Label
from dsl.graph import Tensor
from dsl.records import Thing, field

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from dsl.catalogue.domains import Domain
    from dsl.catalogue.lookup import Parameter, Symbol
    from dsl.checker.frame import Frame
    from dsl.source import Span

NEVER_GIVEN = frozenset({"self"})

OLDER_KERAS = {
    "input_shape": "leave it out: the shape comes from the tensor that the layer is applied to",
    "input_dim": "leave it out: the size comes from the tensor that the layer is applied to",
    "input_length": "leave it out: the length comes from the tensor",
    "batch_input_shape": "declare the batch with the input: input x: float32[10](batch_size=32)",
    "output_dim": "Dense calls it units; Embedding(input_dim, output_dim) has it still",
    "nb_filter": "it is called filters now",
    "nb_row": "give kernel_size=(rows, columns)",
    "border_mode": "it is called padding now",
    "subsample": "it is called strides now",
    "init": "it is called kernel_initializer now",
    "W_regularizer": "it is called kernel_regularizer now",
    "b_regularizer": "it is called bias_regularizer now",
    "dim_ordering": "it is called data_format now",
    "return_sequence": "it is called return_sequences",
    "inner_activation": "it is called recurrent_activation now",
    "dropout_W": "it is called dropout now",
    "dropout_U": "it is called recurrent_dropout now",
    "p": "it is called rate now",
    "lr": "it is called learning_rate now",
    "decay": "give a schedule as learning_rate",
    "time_major": "Keras 3 has it no more: transpose the tensor",
    "batch_size": "it stands below `train:`, or in the parentheses of an input",
}
"""Arguments of older versions of Keras, with what to write now."""


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

    def put(self, parameter: str, bound: Bound, span: Span) -> None:
        """Bind a parameter; twice is a mistake."""
        if parameter in self.found:
            self.failed = True
            self.frame.report(
                codes.REPEATED_ARGUMENT,
                span,
                f"{self.what} gets {parameter} twice",
                help="leave one of them out",
                labels=[Label(self.spans[parameter], f"{parameter} is given here")]
                if parameter in self.spans
                else [],
            )
            return
        self.found[parameter] = bound
        self.spans[parameter] = span
        self.order.append(bound)


def bind(
    what: str,
    parameters: Iterable[Parameter],
    symbol: Symbol | None,
    arguments: Sequence[nodes.Argument],
    frame: Frame,
    place: Span,
    *,
    piped: Sequence[Value] = (),
    operands: bool = False,
) -> Binding:
    """Bind the arguments of a call.

    Args:
        what: how messages call it.
        parameters: those it has; what begins with `_` or is `self` is never given.
        symbol: what Keras knows it as, for domains; None for blocks.
        arguments: as written.
        frame: where.
        place: the span of the call.
        piped: values that an arrow gives as first positional arguments.
        operands: whether positional names are tensors before they are words (second parentheses, functions).
    """
    known = [one for one in parameters if one.name not in NEVER_GIVEN]
    binding = Binding(what, known, symbol, frame, place)
    positions = [(Bound("", None, value), place) for value in piped]
    for argument in arguments:
        if argument.name:
            _by_name(binding, argument)
        else:
            positions.extend(_positional(binding, argument, operands))
    _by_position(binding, positions)
    return binding


def _by_name(binding: Binding, argument: nodes.Argument) -> None:
    name = argument.name
    parameter = next((one for one in binding.parameters if one.name == name), None)
    anything = any(one.kind == lookup.ANY_KEYWORD for one in binding.parameters)
    span = argument.name_span or argument.span
    if parameter is None and not anything and not _is_unlisted(binding, name):
        binding.failed = True
        in_place(argument.value, domains.Domain(), binding.frame)
        report_unknown_argument(binding, name, span)
        return
    value = in_place(argument.value, binding.domain(name), binding.frame)
    binding.put(name, Bound(name, argument.value, value), span)


def _is_unlisted(binding: Binding, name: str) -> bool:
    """Whether Keras takes a keyword that stands in no signature; those it ignores are refused here."""
    return (
        binding.symbol is not None and name in binding.symbol.unlisted and name not in OLDER_KERAS
    )


def report_unknown_argument(binding: Binding, name: str, span: Span) -> None:
    """An argument that does not exist, with those that do."""
    names = [
        one.name for one in binding.parameters if one.kind in {lookup.POSITIONAL, lookup.KEYWORD}
    ]
    near = lookup.closest(name, names, 3)
    older = OLDER_KERAS.get(name, "")
    listed = f"it takes {', '.join(names)}" if names else "it takes no arguments here"
    binding.frame.report(
        codes.UNKNOWN_ARGUMENT,
        span,
        f"{binding.what} has no argument {name}",
        help=older or words.did_you_mean(near) or listed,
    )


def _positional(
    binding: Binding, argument: nodes.Argument, operands: bool
) -> list[tuple[Bound, Span]]:
    """A positional argument: bound where it is a word that looks for its parameter, else what it counts as."""
    node, frame = argument.value, binding.frame
    if isinstance(node, nodes.Splat):
        values = iterate(node.value, evaluate(node.value, frame), frame, "`*` spreads")
        return [(Bound("", node, value), node.span) for value in values]
    word = _word(node, binding, operands)
    if word is None:
        value = in_place(node, _next_domain(binding), frame)
        return [(Bound("", node, value), node.span)]
    parameter = _parameter_of(word, binding)
    if parameter is None:
        return _stray_word(binding, node, word)
    flag = binding.domain(parameter).flag and parameter == word
    if isinstance(node, nodes.Name):
        frame.fact(node, WordFact(word))
    binding.put(
        parameter, Bound(parameter, None if flag else node, True if flag else Word(word)), node.span
    )
    return []


def _next_domain(binding: Binding) -> Domain:
    """The domain of the first positional parameter without a value, for names that only their place explains."""
    for one in binding.parameters:
        if one.kind == lookup.POSITIONAL and one.name not in binding.found:
            return binding.domain(one.name)
    return domains.Domain()


def _word(node: nodes.Expr, binding: Binding, operands: bool) -> str | None:
    """The word that an argument is, if it is one."""
    if isinstance(node, nodes.Group):
        return _word(node.value, binding, operands)
    if isinstance(node, nodes.String):
        return node.value if _parameter_of(node.value, binding) else None
    if not isinstance(node, nodes.Name) or node.id in CONSTANTS:
        return None
    bound = binding.frame.scope.find(node.id)
    if bound is None:
        known = words.layer(node.id) is not None or (
            words.is_class_name(node.id) and not words.is_word(node.id)
        )
        return None if known else node.id
    if _parameter_of(node.id, binding) is None:
        return None
    is_thing = contains_tensor(bound.value) or isinstance(
        bound.value, Layer | ConfiguredBlock | LayerClass
    )
    if is_thing and not operands:
        return node.id
    if not is_thing and not is_unknown(bound.value) and bound.kind != "parameter":
        binding.frame.report(
            codes.WORD_IS_BOUND,
            node.span,
            f"{node.id} is a {'loop value' if bound.kind == 'loop' else 'constant'} here, not the word of {binding.what}",
            help=f'write "{node.id}" in quotes for the word, or give the value another name',
            labels=[Label(bound.span, f"{node.id} is bound here")],
        )
    return None


def _parameter_of(word: str, binding: Binding) -> str | None:
    """The parameter that a bare word looks for: one that attracts it and has no value yet, else a flag of that name."""
    fallback = None
    for one in binding.parameters:
        domain = binding.domain(one.name)
        if domain.attracts and word in domain.words:
            if one.name not in binding.found:
                return one.name
            fallback = fallback or one.name
        if domain.flag and one.name == word:
            return one.name
    return fallback


def _stray_word(binding: Binding, node: nodes.Expr, word: str) -> list[tuple[Bound, Span]]:
    """A word that no parameter looks for: it counts as a position where a word may stand, else it is a mistake."""
    frame = binding.frame
    domain = _next_domain(binding)
    if word in domain.words or (domain.words and words.is_word(word)):
        frame.fact(node, WordFact(word))
        return [(Bound("", node, Word(word)), node.span)]
    function = words.function(word) if not words.is_word(word) else None
    if function is not None and binding.symbol is None:
        frame.fact(node, SymbolFact(function))
        return [(Bound("", node, evaluate(node, frame)), node.span)]
    if binding.symbol is None:
        return [(Bound("", node, evaluate(node, frame)), node.span)]
    binding.failed = True
    own = sorted({w for one in binding.parameters for w in _attracted(binding, one.name)})
    near = lookup.closest(word, [*own, *words.visible_names(frame)], 3)
    if words.is_word(word):
        keyword = _keyword_for(binding, word)
        frame.report(
            codes.UNKNOWN_WORD,
            node.span,
            f"no parameter of {binding.what} takes the word {word}",
            help=f"give it by name: {keyword}={word}"
            if keyword
            else words.did_you_mean(near) or f"leave out {word}",
        )
    else:
        frame.report(
            codes.UNKNOWN_NAME,
            node.span,
            f"nothing is called `{word}`, and {binding.what} takes no such word",
            help=words.did_you_mean(near) or f"bind it first: {word} = …",
        )
    return [(Bound("", node, UNKNOWN), node.span)]


def _attracted(binding: Binding, parameter: str) -> frozenset[str]:
    domain = binding.domain(parameter)
    if domain.attracts:
        return frozenset(domain.words)
    return frozenset({parameter}) if domain.flag else frozenset()


def _keyword_for(binding: Binding, word: str) -> str:
    return next(
        (one.name for one in binding.parameters if word in binding.domain(one.name).words), ""
    )


def in_place(node: nodes.Expr, domain: Domain, frame: Frame) -> Value:
    """An argument's value in its place: unbound words are words here, and capitals what the place asks for."""
    if isinstance(node, nodes.Group):
        return in_place(node.value, domain, frame)
    if (
        isinstance(node, nodes.Name)
        and node.id not in CONSTANTS
        and frame.scope.find(node.id) is None
    ):
        return _unbound_in_place(node, domain, frame)
    if isinstance(node, nodes.List | nodes.Tuple):
        items = [
            in_place(item, domain, frame) if not isinstance(item, nodes.Splat) else item
            for item in node.items
        ]
        if not any(isinstance(item, nodes.Splat) for item in items):
            return items if isinstance(node, nodes.List) else tuple(items)
        return evaluate(node, frame)
    if isinstance(node, nodes.Call) and domain.namespace:
        from dsl.checker import calls  # noqa: PLC0415 -- calls bind arguments in turn

        return calls.call(node, frame, namespace=domain.namespace)
    return evaluate(node, frame)


def _unbound_in_place(node: nodes.Name, domain: Domain, frame: Frame) -> Value:
    if domain.namespace and words.is_class_name(node.id):
        symbol = lookup.symbol(domain.namespace, node.id)
        if symbol is not None:
            frame.fact(node, SymbolFact(symbol))
            return LayerClass(symbol)
    if node.id in domain.words:
        frame.fact(node, WordFact(node.id))
        return Word(node.id)
    if domain.words and not words.is_class_name(node.id):
        frame.fact(node, WordFact(node.id))
        return Word(node.id)  # the domain says why it is none of its words
    return evaluate(node, frame)


def _by_position(binding: Binding, positions: list[tuple[Bound, Span]]) -> None:
    slots = [one for one in binding.parameters if one.kind == lookup.POSITIONAL]
    rest = any(one.kind == lookup.REST for one in binding.parameters)
    for number, (bound, span) in enumerate(positions):
        if number < len(slots):
            parameter = slots[number].name
            binding.put(parameter, Bound(parameter, bound.node, bound.value), span)
        elif rest:
            binding.rest.append(bound)
            binding.order.append(bound)
        else:
            _report_too_many(binding, positions, len(slots))
            return


def _report_too_many(binding: Binding, positions: list[tuple[Bound, Span]], most: int) -> None:
    binding.failed = True
    bound, span = positions[most]
    takes = "no positional arguments" if most == 0 else f"at most {most}" if most > 1 else "one"
    names = ", ".join(one.name for one in binding.parameters if one.kind == lookup.POSITIONAL)
    kind = describe(bound.value)
    binding.frame.report(
        codes.TOO_MANY_ARGUMENTS,
        span,
        f"{binding.what} takes {takes}, and this is number {len(positions[: most + 1])}: {kind}",
        help=f"its parameters are {names}" if names else "leave it out",
    )


def require(binding: Binding) -> None:
    """Report the parameters that must be given and are not."""
    missing = [
        one.name
        for one in binding.parameters
        if one.required
        and one.kind in {lookup.POSITIONAL, lookup.KEYWORD}
        and one.name not in binding.found
    ]
    if not missing or binding.failed:
        return
    binding.failed = True
    listed = missing[0] if len(missing) == 1 else ", ".join(missing[:-1]) + " and " + missing[-1]
    binding.frame.report(
        codes.MISSING_ARGUMENT,
        binding.place,
        f"{binding.what} needs {listed}",
        help=f"give {'it' if len(missing) == 1 else 'them'}: {binding.what}({', '.join(f'{one}=…' for one in missing)})",
    )


def check_values(binding: Binding) -> None:
    """Report values outside of their parameters' domains, tensors among them."""
    for name, bound in binding.found.items():
        span = bound.node.span if bound.node is not None else binding.spans[name]
        if contains_tensor(bound.value):
            binding.failed = True
            _report_tensor(binding, span, bound.value)
        elif isinstance(bound.value, UnknownSize):
            binding.failed = True
            binding.frame.report(
                codes.UNKNOWN_SIZE,
                span,
                f"{name} of {binding.what} must be a number, and this size is not known here ({bound.value})",
                help="declare the size in the input, or write the number",
            )
        else:
            _check_domain(binding, name, bound.value, span)


def _report_tensor(binding: Binding, span: Span, value: Value) -> None:
    words_ = span.text if len(span.text) < 30 else "…"
    others = [bound for bound in binding.found.values() if not contains_tensor(bound.value)]
    inside = ", ".join(bound.node.span.text for bound in others if bound.node is not None)
    binding.frame.report(
        codes.TENSOR_CONFIGURES,
        span,
        f"{describe(value)} stands where {binding.what} is configured",
        help=f"the first parentheses configure, the second apply: {binding.what}({inside})({words_}), or {words_} -> {binding.what}({inside})",
    )


def _check_domain(binding: Binding, name: str, value: Value, span: Span) -> None:
    plain: Any = configured(value)
    refusal = binding.domain(name).refuse(plain)
    if refusal is None:
        return
    binding.failed = True
    is_word = isinstance(value, str)
    near = lookup.closest(value, sorted(binding.domain(name).words), 3) if is_word else []
    takers = [
        one.name
        for one in binding.parameters
        if is_word and value in binding.domain(one.name).words
    ]
    binding.frame.report(
        codes.BAD_VALUE,
        span,
        f"{binding.what}: {refusal}",
        help=words.did_you_mean(near)
        or (f"write {takers[0]}={span.text}" if takers and takers[0] != name else "")
        or _domain_help(binding.domain(name), value),
    )


def _domain_help(domain: Domain, value: Value) -> str:
    if domain.words:
        shown = sorted(domain.words)
        return "it takes " + ", ".join(shown[:12]) + (" …" if len(shown) > 12 else "")
    if domain.size and isinstance(value, float):
        return "`//` divides to whole numbers: 64 // 2 is 32, 64 / 2 is 32.0"
    return "see the layer's parameters in Keras's documentation"


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
