"""Arguments find their parameters: words first, wherever they stand; the rest counts positions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dsl import codes, nodes
from dsl.catalogue import domains, lookup
from dsl.catalogue.registry import UNKNOWN
from dsl.checker import newer, words
from dsl.checker.argument_values import in_place
from dsl.checker.argument_words import parameter_of, stray_word, word_of
from dsl.checker.binding import (
    MOST_SHOWN,
    NEVER_GIVEN,
    PARTICULAR,
    VALUES_OF_CALLS,
    Binding,
    in_the_others,
    listed,
    names_of,
    next_domain,
)
from dsl.checker.expressions import evaluate, iterate
from dsl.checker.facts import Bound, WordFact
from dsl.checker.naming import MERGES
from dsl.checker.values import (
    Value,
    Word,
    configured,
    contains_tensor,
    describe,
    is_mistaken,
    is_unknown,
)  # fmt: skip
from dsl.diagnostics import Fix
from dsl.graph import Tensor
from dsl.records import replace

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from dsl.catalogue.domains import Domain
    from dsl.catalogue.lookup import Parameter, Symbol
    from dsl.checker.frame import Frame
    from dsl.diagnostics import Label
    from dsl.source import Span


RENAMED = {
    "nb_filter": "filters",
    "border_mode": "padding",
    "subsample": "strides",
    "init": "kernel_initializer",
    "W_regularizer": "kernel_regularizer",
    "b_regularizer": "bias_regularizer",
    "dim_ordering": "data_format",
    "return_sequence": "return_sequences",
    "inner_activation": "recurrent_activation",
    "dropout_W": "dropout",
    "dropout_U": "recurrent_dropout",
    "p": "rate",
    "prob": "rate",
    "dim": "axis",
    "out_channels": "filters",
    "out_features": "units",
    "hidden_size": "units",
    "num_units": "units",
    "vocab_size": "input_dim",
    "embedding_dim": "output_dim",
    "eps": "epsilon",
    "bias": "use_bias",
    "dropout_rate": "rate",
    "lr": "learning_rate",
}
"""Arguments of older Keras and of other libraries, and what they are called here."""

OLDER_KERAS = {
    "input_shape": "leave it out: the shape comes from the tensor that the layer is applied to",
    "input_dim": "leave it out: the size comes from the tensor that the layer is applied to",
    "input_length": "leave it out: the length comes from the tensor",
    "batch_input_shape": "declare the batch with the input: input x: [64](batch_size=32)",
    "output_dim": "Dense calls it units; Embedding(input_dim, output_dim) has it still",
    "frozen": "write trainable=false",
    "in_channels": "leave it out: the channels come from the tensor that the layer is applied to",
    "in_features": "leave it out: the size comes from the tensor that the layer is applied to",
    "nb_row": "give kernel_size=(rows, columns)",
    "decay": "give a schedule as learning_rate",
    "time_major": "Keras 3 has it no more: transpose the tensor",
    "batch_size": "it stands below `train:`, or in the parentheses of an input",
}
"""Arguments of older versions of Keras, with what to write now."""


IGNORING = frozenset({"HashedCrossing"})
"""Layers that take any keyword, and look at none but their own."""

NOTHING_MORE = frozenset({"ops.einsum"})
"""Functions whose `**kwargs` take no further argument."""


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
    labels: Sequence[Label] = (),
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
        labels: where the parameters are defined, for what is no part of Keras.
    """
    known = [one for one in parameters if one.name not in NEVER_GIVEN]
    binding = Binding(what, known, symbol, frame, place, operands=operands, others=others)
    binding.labels = labels
    positions = [(Bound("", None, value), place) for value in piped]
    for argument in arguments:
        if argument.name:
            _by_name(binding, argument)
        else:
            binding.waiting = len(positions)
            positions.extend(_positional(binding, argument, operands))
    if not operands:
        strays = [one for one in positions if _is_stray(binding, one[0].value)]
        binding.strays.extend(strays)
        positions = [one for one in positions if one not in strays]
    _by_position(binding, positions)
    if binding.strays:
        _report_strays(binding, arguments)
    newer.note_call(binding)
    return binding


def _report_strays(binding: Binding, arguments: Sequence[nodes.Argument]) -> None:
    """Tensors in the first parentheses: one mistake, however many they are."""
    binding.failed = True
    binding.frame.lose()
    strays = sorted(binding.strays, key=lambda one: one[1].start)
    nodes_ = [bound.node for bound, _ in strays]
    inside = ", ".join(one.span.text for one in arguments if one.value not in nodes_)
    tensors = ", ".join(span.text for _, span in strays)
    if takes_list(binding.symbol):
        tensors = f"[{tensors}]" if len(strays) > 1 else f"[…, {tensors}]"
    value = strays[0][0].value
    what = f"{describe(value)} stands" if len(strays) == 1 else f"{len(strays)} tensors stand"
    binding.frame.report(
        codes.TENSOR_CONFIGURES,
        strays[0][1].to(strays[-1][1]),
        f"{what} where {binding.what} is configured",
        help=_word_called(binding, strays)
        or _unwrapped(binding, strays)
        or _both_readings(binding, inside, tensors),
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


def _word_called(binding: Binding, strays: Sequence[tuple[Bound, Span]]) -> str:
    """What to write where a function was applied that a parameter takes by its name."""
    bound = strays[0][0]
    if not bound.parameter or not isinstance(bound.node, nodes.Call):
        return ""
    word = bound.node.callee.span.text
    taken = word in binding.domain(bound.parameter).words
    return f"name the function alone: {bound.parameter}={word}" if taken else ""


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
        binding.symbol is not None
        and (binding.symbol.namespace in PARTICULAR or binding.symbol.key in NOTHING_MORE)
    )
    span = argument.name_span or argument.span
    if parameter is None and not anything and not _is_unlisted(binding, name):
        meant = _meant(binding, argument)
        if meant:
            report_unknown_argument(binding, argument)
            _given(binding, meant, argument.value, span)
            binding.guessed.add(meant)
            return
        binding.failed = True
        value = in_place(
            argument.value, _domain_elsewhere(binding, name), _once_told(binding, name)
        )
        if contains_tensor(value) or is_unknown(value):
            binding.frame.lose()
        if _is_stray(binding, value) and name not in names_of(binding.others)[1:]:
            binding.strays.append((Bound(name, argument.value, value), argument.value.span))
        else:
            report_unknown_argument(binding, argument)
        return
    _given(binding, name, argument.value, span)


def _given(binding: Binding, name: str, node: nodes.Expr, span: Span) -> None:
    """Bind a parameter that an argument names."""
    value = _settled(binding, in_place(node, binding.domain(name), binding.frame))
    if _is_stray(binding, value):
        binding.strays.append((Bound(name, node, value), node.span))
        return
    binding.put(name, Bound(name, node, value), span)


def _meant(binding: Binding, argument: nodes.Argument) -> str:
    """The parameter that an argument with another name surely means, unless that one is given too; else empty."""
    near = lookup.closest(argument.name, names_of(binding.parameters), 3)
    fix = _renamed(binding, argument, near)
    ignored = binding.symbol is not None and argument.name in binding.symbol.unlisted
    return fix.text if fix is not None and fix.text not in binding.found and not ignored else ""


def _settled(binding: Binding, value: Value) -> Value:
    """A value of the first parentheses; what a reported mistake left of a tensor is unknown."""
    return UNKNOWN if not binding.operands and is_mistaken(value) else value


def _is_stray(binding: Binding, value: Value) -> bool:
    """Whether a value is a tensor where something is configured."""
    return not binding.operands and contains_tensor(value)


def _domain_elsewhere(binding: Binding, name: str) -> Domain:
    """The domain of the parameter that seems to be meant, or of one of the other parentheses, so that its words are words."""
    names = names_of(binding.parameters)
    meant = [RENAMED[name]] if RENAMED.get(name) in names else lookup.closest(name, names, 1)
    if meant:
        return binding.domain(meant[0])
    return binding.domain(name) if name in names_of(binding.others) else domains.Domain()


def _once_told(binding: Binding, name: str) -> Frame:
    """Where the value of an argument that does not exist is read: what it means hangs on its name, which is told."""
    frame = binding.frame
    return frame if name in names_of(binding.others) else replace(frame, silent=True)


def _is_unlisted(binding: Binding, name: str) -> bool:
    """Whether Keras takes a keyword that stands in no signature; those it ignores are refused here."""
    return (
        binding.symbol is not None
        and name in binding.symbol.unlisted
        and name not in RENAMED | OLDER_KERAS
    )


def report_unknown_argument(binding: Binding, argument: nodes.Argument) -> None:
    """An argument that does not exist, with those that do."""
    name, names = argument.name, names_of(binding.parameters)
    near = lookup.closest(name, names, 3)
    renamed = RENAMED.get(name) in names
    older = f"it is called {RENAMED[name]} now" if renamed else _older(argument)
    shown = ", ".join(names[:MOST_SHOWN]) + (", …" if len(names) > MOST_SHOWN else "")
    takes = f"it takes {shown}" if names else "it takes no arguments here"
    symbol = binding.symbol
    ignored = symbol is not None and (name in symbol.unlisted or symbol.key in IGNORING)
    binding.frame.report(
        codes.SENSELESS_VALUE if ignored else codes.UNKNOWN_ARGUMENT,
        argument.name_span or argument.span,
        f"{binding.what} has no argument {name}"
        + (" in these parentheses" if name in names_of(binding.others) else ""),
        help=in_the_others(binding, name, argument.span.text)
        or older
        or words.did_you_mean(near)
        or takes,
        labels=binding.labels,
        fix=_renamed(binding, argument, near),
    )


def _older(argument: nodes.Argument) -> str:
    """What to write instead of an argument of older versions, with the sizes that it gives."""
    help_, value = OLDER_KERAS.get(argument.name, ""), argument.value
    if argument.name != "batch_input_shape" or not isinstance(value, nodes.List | nodes.Tuple):
        return help_
    batch, *sizes = [item.span.text for item in value.items] or [""]
    shape = ", ".join("?" if size == "None" else size for size in sizes)
    return f"declare the batch with the input: input x: [{shape}](batch_size={batch})"


def _renamed(binding: Binding, argument: nodes.Argument, near: list[str]) -> Fix | None:
    """The edit that gives an argument its right name, where there is one."""
    span, name = argument.name_span, argument.name
    if span is None or in_the_others(binding, name, argument.span.text):
        return None
    if RENAMED.get(name) in names_of(binding.parameters):
        return Fix(span, RENAMED[name])
    return None if name in OLDER_KERAS else words.mend(span, name, near)


def _compares(node: nodes.Expr, binding: Binding) -> bool:
    """Whether `units == 3` stands where `units=3` is meant; then it is told, and read so."""
    match node:
        case nodes.Compare(operands=(nodes.Name() as name, value), ops=("==",)):
            pass
        case _:
            return False
    if name.id not in names_of(binding.parameters) or binding.frame.scope.find(name.id):
        return False
    text = f"{name.id}={value.span.text}"
    binding.frame.report(
        codes.MISPLACED,
        node.span,
        f"`==` compares, and gives {name.id} no value",
        help=f"write {text}",
        fix=Fix(node.span, text),
    )
    read = in_place(value, binding.domain(name.id), binding.frame)
    binding.put(name.id, Bound(name.id, value, read), name.span)
    return True


def _positional(
    binding: Binding, argument: nodes.Argument, operands: bool
) -> list[tuple[Bound, Span]]:
    """A positional argument: bound where it is a word that looks for its parameter, else what it counts as."""
    node, frame = argument.value, binding.frame
    if isinstance(node, nodes.Splat):
        values = iterate(node.value, evaluate(node.value, frame), frame, "`*` spreads")
        return [(Bound("", node, value), node.span) for value in values]
    if _compares(node, binding):
        return []
    word = word_of(node, binding, operands)
    if word is None:
        value = _settled(binding, in_place(node, next_domain(binding), frame))
        return [(Bound("", node, value), node.span)]
    parameter = parameter_of(word, binding)
    if parameter is None:
        return stray_word(binding, node, word)
    flag = binding.domain(parameter).flag and parameter == word
    if isinstance(node, nodes.Name):
        frame.fact(node, WordFact(word))
    binding.put(
        parameter, Bound(parameter, None if flag else node, True if flag else Word(word)), node.span
    )
    return []


def _by_position(binding: Binding, positions: list[tuple[Bound, Span]]) -> None:
    binding.by_position = [bound for bound, _ in positions]
    slots = [one.name for one in binding.parameters if one.kind == lookup.POSITIONAL]
    rest = any(one.kind == lookup.REST for one in binding.parameters)
    for number, (bound, span) in enumerate(positions):
        slot = slots[number] if number < len(slots) else None
        if binding.symbol is not None and slot in VALUES_OF_CALLS and contains_tensor(bound.value):
            slot = None
        if slot is not None and slot in binding.found and slot not in binding.guessed:
            binding.put(slot, bound, span)
            binding.misplaced = True
            return  # those behind it are not where they were meant to be either
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
        help=binding.fraction(positions[most][1])
        or _as_one(binding, positions)
        or _parameters_help(binding),
        labels=binding.labels,
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
        if any(bound.node is None for bound, _ in positions):
            if all(value is values[0] for value in values):
                return f"leave it out: `->` sends {texts} in already"
            return "`->` sends one in already: join them first, [a, b] -> Concatenate() -> …"
        if binding.symbol is not None and binding.symbol.is_layer:
            return f"join them to one tensor first: {binding.what}(…)(concatenate([{texts}]))"
    tensors = [value for value in values if isinstance(value, Tensor)]
    if binding.operands and binding.what in MERGES and len(tensors) > 1 and texts:
        shown = ", ".join(
            b.node.span.text for b, _ in positions if b.node and isinstance(b.value, Tensor)
        )
        return f"give it one list: {binding.what}([{shown}])"
    first = next((one.name for one in binding.parameters if one.kind == lookup.POSITIONAL), "")
    plain = [configured(value) for value in values]
    domain = binding.domain(first)
    if first and domain.kind is not None and domain.refuse(plain) is None:
        return f"give it one list: {binding.what}([{texts}])"
    return ""


def require(binding: Binding, before: str = "") -> None:
    """Report the parameters that must be given and are not.

    Args:
        binding: the arguments that are.
        before: the parentheses that stand before these, where some do.
    """
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
        help=_give(binding, missing, before),
        labels=binding.labels,
    )


def _give(binding: Binding, missing: list[str], before: str) -> str:
    """How a call looks with what it needs, beside what it has."""
    layer = "".join(part.capitalize() for part in binding.what.split("_"))
    if binding.operands and words.layer(layer) is not None and binding.what not in MERGES:
        return f"give {'it' if len(missing) == 1 else 'them'}, or write the layer {layer}"
    if binding.operands and not binding.order and binding.symbol is not None:
        taken = "[a, b]" if binding.what in MERGES else missing[0]
        return f"a function takes its tensors at once: {binding.what}({taken})"
    given = [_as_written(binding, one) for one in binding.written if one.node is not None]
    inside = ", ".join([*given, *(f"{one}=…" for one in missing)])
    if len(inside) > MOST_LETTERS or "\n" in inside:
        inside = ", ".join(f"{one}=…" for one in missing)
    return f"give {'it' if len(missing) == 1 else 'them'}: {binding.what}{before}({inside})"


MOST_LETTERS = 50
"""Of the arguments that a help line repeats."""


def _as_written(binding: Binding, bound: Bound) -> str:
    """An argument as the source has it, with its name where it is given by name."""
    assert bound.node is not None  # noqa: S101 -- those of arrows are left out
    by_name = bound.parameter and binding.spans.get(bound.parameter) != bound.node.span
    return f"{bound.parameter}={bound.node.span.text}" if by_name else bound.node.span.text
