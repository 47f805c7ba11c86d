"""Arguments find their parameters: words first, wherever they stand; the rest counts positions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dsl import codes, nodes
from dsl.catalogue import domains, lookup
from dsl.catalogue.registry import UNKNOWN
from dsl.checker import words
from dsl.checker.expressions import CONSTANTS, evaluate, iterate
from dsl.checker.facts import Bound, SymbolFact, WordFact
from dsl.checker.naming import MERGES
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
    is_mistaken,
    is_unknown,
)  # fmt: skip
from dsl.diagnostics import Label
from dsl.graph import Tensor
from dsl.records import Thing, field

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from dsl.catalogue.domains import Domain
    from dsl.catalogue.lookup import Parameter, Symbol
    from dsl.checker.frame import Frame
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
    strays: list[tuple[Bound, Span]] = field(default_factory=list)
    """Tensors in the first parentheses."""
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
    others: Sequence[Parameter] = (),
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
        others: the parameters of the other parentheses, for those who mix them up.
    """
    known = [one for one in parameters if one.name not in NEVER_GIVEN]
    binding = Binding(what, known, symbol, frame, place, operands=operands, others=others)
    positions = [(Bound("", None, value), place) for value in piped]
    for argument in arguments:
        if argument.name:
            _by_name(binding, argument)
        else:
            positions.extend(_positional(binding, argument, operands))
    if not operands:
        strays = [one for one in positions if _is_stray(binding, one[0].value)]
        binding.strays.extend(strays)
        positions = [one for one in positions if one not in strays]
    _by_position(binding, positions)
    if binding.strays:
        _report_strays(binding, arguments)
    return binding


def _report_strays(binding: Binding, arguments: Sequence[nodes.Argument]) -> None:
    """Tensors in the first parentheses: one mistake, however many they are."""
    binding.failed = True
    binding.frame.lose()
    strays = sorted(binding.strays, key=lambda one: one[1].start)
    nodes_ = [bound.node for bound, _ in strays]
    inside = ", ".join(one.span.text for one in arguments if one.value not in nodes_)
    tensors = ", ".join(span.text for _, span in strays)
    if len(strays) > 1 and takes_list(binding.symbol):
        tensors = f"[{tensors}]"
    value = strays[0][0].value
    what = f"{describe(value)} stands" if len(strays) == 1 else f"{len(strays)} tensors stand"
    binding.frame.report(
        codes.TENSOR_CONFIGURES,
        strays[0][1].to(strays[-1][1]),
        f"{what} where {binding.what} is configured",
        help=_unwrapped(binding, strays) or _both_readings(binding, inside, tensors),
    )


def _both_readings(binding: Binding, inside: str, tensors: str) -> str:
    """How to configure first and apply then, with and without an arrow."""
    configured_ = f"{binding.what}({inside})"
    if len(tensors) > 30 or "\n" in tensors:
        tensors = "…"
    help_ = f"the first parentheses configure, the second apply: {configured_}({tensors})"
    sent = "," not in tensors or tensors.startswith("[")
    is_layer = binding.symbol is None or binding.symbol.is_layer
    return f"{help_}, or {tensors} -> {configured_}" if sent and is_layer else help_


def _unwrapped(binding: Binding, strays: Sequence[tuple[Bound, Span]]) -> str:
    """What to write where a layer that wraps another one was given the other one's output."""
    node = strays[0][0].node
    wraps = any(one.name in {"layer", "cell"} for one in binding.parameters)
    if not wraps or not isinstance(node, nodes.Call) or not isinstance(node.callee, nodes.Call):
        return ""
    inside = ", ".join(one.span.text for one in node.arguments)
    return f"it wraps the layer, and is applied itself: {binding.what}({node.callee.span.text})({inside})"


LIST_TAKERS = frozenset({"Attention", "AdditiveAttention", *(name.capitalize() for name in MERGES)})
"""Layers whose tensors go in as one list."""


def takes_list(symbol: Symbol | None) -> bool:
    """Whether a layer takes its tensors as one list."""
    return symbol is not None and symbol.is_layer and symbol.key in LIST_TAKERS


def _by_name(binding: Binding, argument: nodes.Argument) -> None:
    name = argument.name
    parameter = next((one for one in binding.parameters if one.name == name), None)
    anything = any(one.kind == lookup.ANY_KEYWORD for one in binding.parameters) and not (
        binding.symbol is not None and binding.symbol.namespace in PARTICULAR
    )
    span = argument.name_span or argument.span
    if parameter is None and not anything and not _is_unlisted(binding, name):
        binding.failed = True
        value = in_place(argument.value, _domain_elsewhere(binding, name), binding.frame)
        if contains_tensor(value) or is_unknown(value):
            binding.frame.lose()
        if _is_stray(binding, value) and name not in _names(binding.others)[1:]:
            binding.strays.append((Bound("", argument.value, value), argument.value.span))
        else:
            report_unknown_argument(binding, argument)
        return
    value = _settled(binding, in_place(argument.value, binding.domain(name), binding.frame))
    if _is_stray(binding, value):
        binding.strays.append((Bound("", argument.value, value), argument.value.span))
        return
    binding.put(name, Bound(name, argument.value, value), span)


def _settled(binding: Binding, value: Value) -> Value:
    """A value of the first parentheses; what a reported mistake left of a tensor is unknown."""
    return UNKNOWN if not binding.operands and is_mistaken(value) else value


def _is_stray(binding: Binding, value: Value) -> bool:
    """Whether a value is a tensor where something is configured."""
    return not binding.operands and contains_tensor(value)


def _domain_elsewhere(binding: Binding, name: str) -> Domain:
    """The domain of a parameter of the other parentheses, so that its words are words."""
    return binding.domain(name) if name in _names(binding.others) else domains.Domain()


def _names(parameters: Iterable[Parameter]) -> list[str]:
    """The names that an argument may have."""
    return [
        one.name
        for one in parameters
        if one.kind in {lookup.POSITIONAL, lookup.KEYWORD} and one.name not in NEVER_GIVEN
    ]


def _is_unlisted(binding: Binding, name: str) -> bool:
    """Whether Keras takes a keyword that stands in no signature; those it ignores are refused here."""
    return (
        binding.symbol is not None and name in binding.symbol.unlisted and name not in OLDER_KERAS
    )


def report_unknown_argument(binding: Binding, argument: nodes.Argument) -> None:
    """An argument that does not exist, with those that do."""
    name, names = argument.name, _names(binding.parameters)
    near = lookup.closest(name, names, 3)
    older = OLDER_KERAS.get(name, "")
    shown = ", ".join(names[:MOST_SHOWN]) + (", …" if len(names) > MOST_SHOWN else "")
    takes = f"it takes {shown}" if names else "it takes no arguments here"
    binding.frame.report(
        codes.UNKNOWN_ARGUMENT,
        argument.name_span or argument.span,
        f"{binding.what} has no argument {name}"
        + (" in these parentheses" if name in _names(binding.others) else ""),
        help=_in_the_others(binding, name, argument.span.text)
        or older
        or words.did_you_mean(near)
        or takes,
    )


def _in_the_others(binding: Binding, name: str, text: str) -> str:
    """What to write where an argument belongs into the other parentheses."""
    if name not in _names(binding.others):
        return ""
    if binding.symbol is not None and binding.symbol.name == "Input":
        return INPUTS.get(name, "")
    if binding.operands:
        return f"it is set where the layer is configured: {binding.what}(…, {text})(…)"
    return f"it goes into the second parentheses, with the tensors: {binding.what}(…)(x, {text})"


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
        value = _settled(binding, in_place(node, _next_domain(binding), frame))
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
    if words.is_word(word) or word in _names([*binding.parameters, *binding.others]):
        _report_stray_word(binding, node, word)
    elif binding.operands:
        frame.lose()
        words.report_unknown(node.span, word, frame)
    else:
        frame.lose()
        own = [w for one in binding.parameters for w in _attracted(binding, one.name)]
        words.report_unknown(node.span, word, frame, own=own, taker=binding.what)
    return [(Bound("", node, UNKNOWN), node.span)]


def _report_stray_word(binding: Binding, node: nodes.Expr, word: str) -> None:
    """A word of Keras, or the name of a parameter, where it says nothing."""
    keyword = _keyword_for(binding, binding.parameters, word)
    other = _keyword_for(binding, binding.others, word)
    is_name = word in _names(binding.parameters)
    if is_name:
        help_ = f"give it a value: {word}=…"
        if isinstance(_default(binding, word), bool):
            help_ = f"it is true already; write {word}=false where it is not meant"
    elif keyword:
        help_ = f"give it by name: {keyword}={word}"
    else:
        name = word if word in _names(binding.others) else other
        help_ = (
            _in_the_others(binding, name, word)
            or _wrapped(binding, word)
            or _taken_words(binding, word)
        )
    binding.frame.report(
        codes.UNKNOWN_WORD,
        node.span,
        f"{word} alone sets nothing of {binding.what}"
        if is_name
        else f"no parameter of {binding.what} takes the word {word}"
        + (" in these parentheses" if word in _names(binding.others) or other else ""),
        help=help_,
    )


def _wrapped(binding: Binding, word: str) -> str:
    """What to write where a layer is wanted, and a function's word was given."""
    names = _names(binding.parameters)[:1]
    if words.function(word) is None:
        return ""
    if names == ["layer"]:
        return f"it takes a layer: {binding.what}(Activation({word}))"
    return f"apply the function itself: x -> {word}" if names == ["function"] else ""


def _default(binding: Binding, name: str) -> Value:
    return next((one.default for one in binding.parameters if one.name == name), None)


def _taken_words(binding: Binding, word: str) -> str:
    """Words that would have been understood."""
    own = sorted({w for one in binding.parameters for w in _attracted(binding, one.name)})
    near = lookup.closest(word, own, 3)
    if near or not 0 < len(own) < 9:
        return words.did_you_mean(near) or f"leave out {word}"
    return f"leave out {word}; {binding.what} takes {', '.join(own)}"


def _attracted(binding: Binding, parameter: str) -> frozenset[str]:
    domain = binding.domain(parameter)
    if domain.attracts:
        return frozenset(domain.words)
    return frozenset({parameter}) if domain.flag else frozenset()


def _keyword_for(binding: Binding, parameters: Iterable[Parameter], word: str) -> str:
    return next((one.name for one in parameters if word in binding.domain(one.name).words), "")


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
        items: list[Value] = []
        for item in node.items:
            if isinstance(item, nodes.Splat):
                spread = evaluate(item.value, frame)
                items.extend(iterate(item.value, spread, frame, "`*` spreads"))
            else:
                items.append(in_place(item, domain, frame))
        return items if isinstance(node, nodes.List) else tuple(items)
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
    slots = [one.name for one in binding.parameters if one.kind == lookup.POSITIONAL]
    rest = any(one.kind == lookup.REST for one in binding.parameters)
    for number, (bound, span) in enumerate(positions):
        slot = slots[number] if number < len(slots) else None
        if slot in VALUES_OF_CALLS and contains_tensor(bound.value):
            slot = None
        if slot is not None:
            binding.put(slot, Bound(slot, bound.node, bound.value), span)
        elif rest:
            binding.rest.append(bound)
            binding.order.append(bound)
        else:
            _report_too_many(binding, positions, number)
            return


def _report_too_many(binding: Binding, positions: list[tuple[Bound, Span]], most: int) -> None:
    binding.failed = binding.misplaced = True
    if any(contains_tensor(bound.value) for bound, _ in positions[most:]):
        binding.frame.lose()
    takes = "no positional arguments" if most == 0 else f"at most {most}" if most > 1 else "one"
    kind = describe(positions[most][0].value)
    if binding.operands and most and isinstance(positions[most][0].value, Tensor):
        what = "list of tensors" if takes_list(binding.symbol) else "tensor"
        takes, kind = f"{takes} {what}{'s' if most > 1 else ''}", "a further tensor"
    binding.frame.report(
        codes.TOO_MANY_ARGUMENTS,
        positions[most][1],
        f"{binding.what} takes {takes}, and this is number {most + 1}: {kind}",
        help=_as_one(binding, positions) or _parameters_help(binding),
    )


def _parameters_help(binding: Binding) -> str:
    names = [one.name for one in binding.parameters if one.kind == lookup.POSITIONAL]
    values = VALUES_OF_CALLS if binding.operands else ()
    shown = ", ".join(name for name in names if name not in values)
    return f"its parameters are {shown}" if shown else "leave it out"


def _as_one(binding: Binding, positions: list[tuple[Bound, Span]]) -> str:
    """What to write where one list was meant, or one tensor."""
    texts = ", ".join(span.text for bound, span in positions if bound.node is not None)
    values = [bound.value for bound, _ in positions]
    if binding.operands and all(isinstance(value, Tensor) for value in values):
        if takes_list(binding.symbol):
            return f"give it one list: {binding.what}(…)([{texts}])"
        if binding.symbol is not None and binding.symbol.is_layer:
            return f"join them to one tensor first: {binding.what}(…)(concatenate([{texts}]))"
    first = next((one.name for one in binding.parameters if one.kind == lookup.POSITIONAL), "")
    plain = [configured(value) for value in values]
    domain = binding.domain(first)
    if first and domain.kind is not None and domain.refuse(plain) is None:
        return f"give it one list: {binding.what}([{texts}])"
    return ""


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
    binding.frame.report(
        codes.MISSING_ARGUMENT,
        binding.place,
        f"{binding.what} needs {listed(missing)}",
        help=f"give {'it' if len(missing) == 1 else 'them'}: {binding.what}({', '.join(f'{one}=…' for one in missing)})",
    )


def listed(names: Sequence[str]) -> str:
    """Names as in a sentence."""
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]


def check_values(binding: Binding) -> None:
    """Report values outside of their parameters' domains."""
    for name, bound in binding.found.items():
        span = bound.node.span if bound.node is not None else binding.spans[name]
        if isinstance(bound.value, UnknownSize):
            binding.failed = True
            binding.frame.report(
                codes.UNKNOWN_SIZE,
                span,
                f"{name} of {binding.what} must be a number, and this size is not known here ({bound.value})",
                help="declare the size in the input, or write the number",
            )
        elif isinstance(bound.value, LayerClass) and not _is_complete(binding, bound.value, span):
            binding.failed = True
        elif not (binding.misplaced and _by_its_place(binding, name)):
            _check_domain(binding, name, bound.value, span)


def _by_its_place(binding: Binding, name: str) -> bool:
    """Whether an argument is written without its parameter's name, and found it by counting."""
    node = binding.found[name].node
    return node is not None and binding.spans[name] == node.span


def _is_complete(binding: Binding, value: LayerClass, span: Span) -> bool:
    """Whether a layer named without parentheses can be made with its defaults; else a report."""
    name = value.symbol.name
    missing = [
        one.name for one in value.symbol.parameters if one.required and one.name in _names([one])
    ]
    if missing:
        binding.frame.report(
            codes.MISSING_ARGUMENT,
            span,
            f"{name} needs {listed(missing)}",
            help=f"configure it: {name}({', '.join(f'{one}=…' for one in missing)})",
        )
    return not missing


def _check_domain(binding: Binding, name: str, value: Value, span: Span) -> None:
    plain: Any = configured(value)
    refusal = binding.domain(name).refuse(plain)
    if refusal is None:
        return
    binding.failed = True
    binding.misplaced = binding.misplaced or _by_its_place(binding, name)
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
    if domain.size and isinstance(value, float):
        return "`//` divides to whole numbers: 64 // 2 is 32, 64 / 2 is 32.0"
    near = next((one for one in _nearby(value) if domain.refuse(one) is None), None)
    if near is not None:
        return f"write {near}"
    if domain.namespace == "regularizers" and isinstance(value, int | float):
        return f"write L2({value})"
    if domain.words:
        shown = sorted(domain.words)
        return "it takes " + ", ".join(shown[:12]) + (" …" if len(shown) > 12 else "")
    return f"write {domain.kind.what}" if domain.kind is not None else "leave it out"


def _nearby(value: Value) -> Iterator[Value]:
    """Values that may have been meant."""
    if isinstance(value, str):
        try:
            yield int(value)
            yield float(value)
        except ValueError:
            return
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield from (-value, value / (100 if abs(value) > 10 else 10), [value], [value, value])
    elif isinstance(value, list | tuple) and value:
        yield from (list(value[:2]), value[0])


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
