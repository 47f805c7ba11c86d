"""An entry of the catalogue: all that is known of one symbol, as values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dsl.catalogue import lookup
from dsl.catalogue.application import operands_of, rule_of
from dsl.catalogue.domain_tables import DTYPE
from dsl.catalogue.domains import domain
from dsl.catalogue.lookup import ANY_KEYWORD, KEYWORD, POSITIONAL, REST
from dsl.catalogue.registry import UNKNOWN
from dsl.catalogue.weights import holds_weights
from dsl.records import Record
from dsl.reference.groups import group_name, stands_for, symbols, written_name
from dsl.reference.summaries import SUMMARIES

if TYPE_CHECKING:
    from dsl.catalogue.lookup import Parameter, Symbol

WHAT = {
    "layers": "a layer",
    "ops": "a function of tensors",
    "ops.image": "a function of tensors",
    "random": "a function of Keras",
    "activations": "a function of tensors, and a word for `activation=`",
    "applications": "a model, used as a layer",
    "losses": "a loss",
    "metrics": "a metric",
    "optimizers": "an optimizer",
    "optimizers.schedules": "a schedule of the learning rate",
    "callbacks": "a callback",
    "initializers": "an initializer",
    "regularizers": "a regularizer",
    "constraints": "a constraint",
}
"""What the symbols of a namespace are."""

CONFIGURED = frozenset(WHAT) - {"layers", "ops", "ops.image", "random", "activations"}
"""Namespaces whose symbols take no tensors in their first parentheses."""

CALL_VALUES = frozenset(
    {"training", "use_causal_mask", "return_attention_scores", "inverse", "reverse"}
)
"""Parameters of calls that take no tensor."""


class Row(Record):
    """A parameter in words.

    Args:
        name: with stars where it takes what comes.
        default: as the language writes it; empty where it must be given.
        required: whether it must be given.
        takes: its values in words; empty where anything goes, or it is not known.
        words: the bare words among its values.
        finds: whether these words find it by themselves.
        flag: whether its bare name sets it.
        by_name: whether it goes by name alone.
    """

    name: str
    default: str
    required: bool
    takes: str
    words: tuple[str, ...] = ()
    finds: bool = False
    flag: bool = False
    by_name: bool = False


class Entry(Record):
    """All that is known of a symbol without an example.

    Args:
        symbol: what it is about.
        what: what it is, in words.
        group: where it is listed.
        summary: what it does, in a few words; empty where nobody wrote them.
        alias_of: the path of what it stands for; empty where it has its own name.
        others: its other names.
        words: the words that stand for it as an argument or setting.
        parameters: of its configuration, or of the function.
        call: of its second parentheses.
        holds_weights: whether it holds weights or a state with its defaults; None where that makes no sense.
    """

    symbol: Symbol
    what: str
    group: str
    summary: str
    alias_of: str
    others: tuple[str, ...]
    words: tuple[str, ...]
    parameters: tuple[Row, ...]
    call: tuple[Row, ...]
    holds_weights: bool | None


def entry(symbol: Symbol) -> Entry:
    """What is known of a symbol.

    >>> conv = entry(lookup.by_key("Conv2D"))
    >>> conv.group, conv.others, conv.parameters[1].takes
    ('convolution', ('Convolution2D',), 'a positive integer or a list of 2')
    """
    own = stands_for(symbol)
    layer = own.is_layer or own.namespace == "applications"
    return Entry(
        symbol=symbol,
        what=_what(own),
        group=group_name(own),
        summary=SUMMARIES.get(own.key, ""),
        alias_of="" if own.path == symbol.path else own.path,
        others=other_names(own),
        words=_words_for(own),
        parameters=tuple(_row(own, one) for one in own.parameters),
        call=tuple(_row(own, one, in_call=True) for one in own.call_parameters),
        holds_weights=holds_weights(own, {}) if layer else None,
    )


def _what(symbol: Symbol) -> str:
    if symbol.namespace == "layers" and symbol.kind == "function":
        return "a function of a list of tensors"
    return WHAT[symbol.namespace]


def other_names(symbol: Symbol) -> tuple[str, ...]:
    """The other names of a symbol in its namespace."""
    return tuple(
        one.name
        for one in symbols()
        if one.path != symbol.path
        and one.namespace == symbol.namespace
        and stands_for(one).path == symbol.path
    )


def _words_for(symbol: Symbol) -> tuple[str, ...]:
    """Words in lower case that stand for a symbol, as `mse` does for a loss."""
    space = symbol.namespace
    return tuple(
        word
        for word in lookup.words(space)
        if word != symbol.name and word.islower() and lookup.resolve_word(space, word) == symbol
    )


def _row(symbol: Symbol, parameter: Parameter, *, in_call: bool = False) -> Row:
    stars = {REST: "*", ANY_KEYWORD: "**"}.get(parameter.kind, "")
    found = domain(symbol, parameter.name)
    tensor = _tensor(symbol, parameter, in_call=in_call)
    return Row(
        name=stars + parameter.name,
        default="" if parameter.required or stars else _default(parameter, found.words),
        required=parameter.required,
        takes=tensor or _takes(symbol, parameter),
        words=tuple(sorted(found.words)),
        finds=found.attracts,
        flag=found.flag and not parameter.required,
        by_name=parameter.kind == KEYWORD,
    )


def _tensor(symbol: Symbol, parameter: Parameter, *, in_call: bool) -> str:
    """Which tensors a parameter takes, empty where it takes none."""
    takes_tensors = symbol.call_parameters if symbol.is_layer else symbol.parameters
    if symbol.namespace in CONFIGURED or in_call != symbol.is_layer or parameter.kind != POSITIONAL:
        return ""
    position = [one.name for one in takes_tensors].index(parameter.name)
    rule = rule_of(symbol)
    operands = operands_of(rule) if rule is not None else ()
    none = ", or none" if parameter.default is None else ""
    if rule is not None and position < len(operands):
        annotation = str(rule.__annotations__.get(operands[position], ""))
        return "a list of tensors" if annotation.startswith("list") else f"a tensor{none}"
    if in_call and parameter.name not in CALL_VALUES:
        return f"a tensor{none}"
    return ""


def _takes(symbol: Symbol, parameter: Parameter) -> str:
    """The values of a parameter in words.

    >>> conv, dense = lookup.by_key("Conv2D"), lookup.by_key("Dense")
    >>> _takes(conv, conv.parameters[3]), _takes(dense, dense.parameters[1])
    ('valid or same', 'a word or function of keras.activations, or none')
    """
    found = domain(symbol, parameter.name)
    if found.kind is None:
        return ""
    what = found.kind.what
    if found.namespace:
        thing = "function" if found.namespace == "activations" else "object"
        what = f"a word or {thing} of keras.{found.namespace}"
    elif found.kind is DTYPE:
        what = "a dtype, or a policy such as mixed_float16"
    return f"{what}, or none" if found.none and "none" not in what else what


def _default(parameter: Parameter, words: frozenset[str]) -> str:
    if parameter.name == "name" and isinstance(parameter.default, str):
        return f'"{parameter.default}"'
    return written(parameter.default, words)


def written(value: Any, words: frozenset[str] = frozenset()) -> str:
    """A default as the language writes it.

    >>> written((1, 1)), written(None), written("valid", frozenset({"valid"})), written("zeros-like")
    ('[1, 1]', 'none', 'valid', '"zeros-like"')
    """
    if value is UNKNOWN:
        return "…"
    if value is None or isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return value if value in words or value.isidentifier() else f'"{value}"'
    if isinstance(value, list | tuple):
        return f"[{', '.join(written(one, words) for one in value)}]"
    return str(value)


def signature(found: Entry) -> str:
    """The signature as the language writes a call.

    >>> signature(entry(lookup.by_key("Flatten")))[:40]
    'Flatten(data_format=none, *, activity_re'
    """
    first = f"{written_name(found.symbol)}({_listed(found.parameters)})"
    if found.symbol.namespace == "applications":
        return f"{first}(x)"
    return f"{first}({_listed(found.call)})" if found.call else first


def _listed(rows: tuple[Row, ...]) -> str:
    pieces: list[str] = []
    for row in rows:
        if row.by_name and not any(one.startswith("*") for one in pieces):
            pieces.append("*")
        pieces.append(f"{row.name}={row.default}" if row.default else row.name)
    return ", ".join(pieces)
