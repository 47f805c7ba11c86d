"""What fits at a place: names, arguments, words, settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dsl.catalogue import lookup
from dsl.catalogue.domains import domain
from dsl.catalogue.lookup import KEYWORD, POSITIONAL
from dsl.checker import words
from dsl.checker.settings import CHECKS
from dsl.editor.context import context_at
from dsl.editor.names import block_parameters, outside_values, visible
from dsl.records import Record
from dsl.shapes.dtypes import DTYPES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from dsl.catalogue.lookup import Parameter, Symbol
    from dsl.editor.context import Call, Context

STATEMENTS: Final = (
    "input", "output", "shared", "const", "block", "model", "for", "if", "elif", "else", "return", "from", "train",
)  # fmt: skip
CONSTANTS: Final = ("true", "false", "none")
SETTINGS: Final = ("loss", "optimizer", "metrics", "weighted_metrics", "loss_weights", *CHECKS)
NAMESPACES: Final = ("activations", "applications", "initializers", "layers", "ops", "random")
IN_SETTINGS: Final = {
    "loss": "losses",
    "optimizer": "optimizers",
    "metrics": "metrics",
    "weighted_metrics": "metrics",
    "callbacks": "callbacks",
}


class Candidate(Record):
    """Something that fits.

    Args:
        word: what would stand there, whole; an argument's name has its `=`.
        kind: `layer`, `function`, `tensor`, `block`, `argument`, `word`, `setting`, `keyword`, …
        detail: a few words about it.
    """

    word: str
    kind: str
    detail: str = ""


class Completion(Record):
    """What fits at a place.

    Args:
        start: where the word begins that a candidate takes the place of.
        candidates: those that begin as that word does, best first.
    """

    start: int
    candidates: tuple[Candidate, ...]


def complete(text: str, offset: int, variables: Iterable[str] = ()) -> Completion:
    """What fits at a place.

    Args:
        text: the program, which may be half written.
        offset: the place, in code points.
        variables: the names that `$` can read.
    """
    context = context_at(text, offset)
    if context.is_text:
        return Completion(context.start, ())
    found: dict[str, Candidate] = {}
    for one in _candidates(context, text, variables):
        if one.word.lower().startswith(context.prefix.lower()) and one.word != context.prefix:
            found.setdefault(one.word, one)
    exact = sorted(found.values(), key=lambda one: not one.word.startswith(context.prefix))
    return Completion(context.start, tuple(exact))


def _candidates(context: Context, text: str, variables: Iterable[str]) -> Iterator[Candidate]:
    begins, call = context.begins, context.call
    trains = bool(context.indent) and _in_training(text, begins)
    if context.is_variable:
        yield from (Candidate(one, "variable") for one in [*variables, *outside_values(text)])
    elif context.owner:
        yield from _of_namespace(context.owner)
    elif context.at_start and trains:
        yield from (Candidate(one, "setting") for one in SETTINGS)
    elif context.at_start:
        yield from (Candidate(one, "keyword") for one in STATEMENTS)
        yield from _names(text, begins)
    elif call is not None and not call.applies:
        yield from _arguments(call, text, begins)
    elif context.setting and trains:
        yield from _of_setting(context.setting, text, begins)
    elif context.head == "input" and not context.calls:
        yield from (Candidate(one, "dtype") for one in DTYPES)
    else:
        yield from _names(text, begins)
        yield from _layers()


def _names(text: str, begins: int) -> Iterator[Candidate]:
    """What is bound above a statement, the nearest first."""
    for name, kind in reversed(visible(text, begins).items()):
        yield Candidate(name, kind)


def _layers() -> Iterator[Candidate]:
    for name in lookup.names("layers"):
        symbol = lookup.symbol("layers", name)
        if symbol is not None:
            yield Candidate(name, "layer" if symbol.is_layer else "function")
    for space in ("applications", "ops"):
        for name in lookup.names(space):
            yield Candidate(name, "application" if space == "applications" else "function")
    yield from (Candidate(one, "namespace") for one in NAMESPACES)


def _of_namespace(owner: str) -> Iterator[Candidate]:
    space = owner.removeprefix("keras.")
    if space in lookup.namespaces():
        for name in lookup.names(space):
            yield Candidate(name, "function" if name.islower() else "class", f"keras.{space}")


def symbol_of(callee: str) -> Symbol | None:
    """What a name before parentheses is in the catalogue: a layer, a function, a loss, an optimizer."""
    found = words.layer(callee) or words.function(callee) or words.dotted_symbol(callee)
    spaces = (
        "losses",
        "metrics",
        "optimizers",
        "callbacks",
        "initializers",
        "regularizers",
        "constraints",
    )
    for space in (*spaces, "optimizers.schedules"):
        found = found or lookup.symbol(space, callee) or lookup.resolve_word(space, callee)
    return found


def _arguments(call: Call, text: str, begins: int) -> Iterator[Candidate]:
    symbol = symbol_of(call.callee)
    if symbol is None:
        own = [one for one in block_parameters(text, call.callee) if one not in call.given]
        yield from (Candidate(f"{one}=", "argument", call.callee) for one in own)
    elif symbol.namespace in ("losses", "metrics"):
        yield from _names(text, begins)
        yield from _parameters(symbol, call)
    else:
        found = [*_parameters(symbol, call)]
        yield from found
        if call.keyword and found:
            return
    yield from _names(text, begins)
    if symbol is None or symbol.namespace in ("layers", "ops", "random", "activations"):
        yield from _layers()


def _parameters(symbol: Symbol, call: Call) -> Iterator[Candidate]:
    """Words for the argument at the cursor, names of arguments, words that find theirs."""
    open_ones = [one for one in symbol.parameters if one.kind in (POSITIONAL, KEYWORD)]
    by_place = [one for one in open_ones if one.kind == POSITIONAL]
    if call.keyword:
        named = [one for one in open_ones if one.name == call.keyword]
        yield from (one for parameter in named for one in _values(symbol, parameter))
        return
    if call.position < len(by_place):
        yield from _values(symbol, by_place[call.position])
    taken = {one.name for one in by_place[: call.position]} | call.given
    free = [one for one in open_ones if one.name not in taken]
    yield from (Candidate(f"{one.name}=", "argument", _default(one)) for one in free)
    for one in free:
        found = domain(symbol, one.name)
        if found.attracts:
            yield from (Candidate(word, "word", one.name) for word in sorted(found.words))


def _values(symbol: Symbol, parameter: Parameter) -> Iterator[Candidate]:
    """The words that an argument takes."""
    found = domain(symbol, parameter.name)
    for word in sorted(found.words):
        yield Candidate(word, "word", parameter.name)
    if found.namespace:
        for name in lookup.names(found.namespace):
            yield Candidate(name, "class", f"keras.{found.namespace}")
    if isinstance(parameter.default, bool) or found.flag:
        yield from (Candidate(one, "word", parameter.name) for one in CONSTANTS[:2])
    if parameter.default is None:
        yield Candidate("none", "word", parameter.name)


def _default(parameter: Parameter) -> str:
    return "must be given" if parameter.required else f"{parameter.default}"


def _of_setting(name: str, text: str, begins: int) -> Iterator[Candidate]:
    space = IN_SETTINGS.get(name, "")
    if space:
        for word in lookup.words(space):
            yield Candidate(word, "word", f"keras.{space}")
        for one in lookup.names(space):
            yield Candidate(one, "class", f"keras.{space}")
    yield from (Candidate(one, "word") for one in CONSTANTS)
    yield from _names(text, begins)


def _in_training(text: str, offset: int) -> bool:
    """Whether the nearest line above that is not indented opens `train:`."""
    for line in reversed(text[:offset].split("\n")[:-1]):
        if line.strip() and not line[0].isspace() and not line.startswith("#"):
            return line.startswith("train")
    return False
