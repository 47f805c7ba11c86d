"""What a program uses of Keras that came later than the oldest version: noted where it is used, judged afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dsl import codes
from dsl.catalogue import lookup, versions
from dsl.catalogue.registry import Configured
from dsl.checker import words
from dsl.diagnostics import Diagnostic
from dsl.graph import Use

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from dsl.catalogue.lookup import Symbol
    from dsl.checker.binding import Binding
    from dsl.checker.frame import Frame
    from dsl.graph import Operation, Program
    from dsl.source import Span


OTHERWISE = {
    "raises": "Keras {there} raises for some of what {name} takes here",
    "gives": "Keras {there} may give another shape, dtype or count for {name} than is announced here",
    "masks": "Keras {there} does otherwise with the mask of {name} than is said here",
}
"""What an older version does otherwise, in words."""


def note_call(binding: Binding) -> None:
    """Note what a call takes of Keras: what it calls, and its arguments with the words among them."""
    symbol = binding.symbol
    if symbol is None:
        return
    in_call = binding.operands and symbol.is_layer
    if not in_call:
        place = binding.place
        named = place.text.startswith(symbol.name)
        span = place.source.span(place.start, place.start + len(symbol.name)) if named else place
        note(symbol, span, binding.frame)
    for name, bound in binding.found.items():
        span = binding.spans[name]
        came = versions.since(symbol, name, call=in_call)
        _add(came, f"{name} of {symbol.name}", span, binding.frame)
        if isinstance(bound.value, str):
            note_word(binding.domain(name).namespace, bound.value, span, binding.frame)


def note(symbol: Symbol, span: Span, frame: Frame) -> None:
    """Note something of Keras that is used by its name."""
    _add(versions.since(symbol), symbol.name, span, frame)


def note_word(namespace: str, word: str, span: Span, frame: Frame) -> None:
    """Note a word that stands for something of Keras."""
    symbol = lookup.resolve_word(namespace, word) if namespace else None
    if symbol is not None:
        came = [
            one for one in (versions.since_word(namespace, word), versions.since(symbol)) if one
        ]
        _add(max(came, key=versions.order, default=""), f"the word {word}", span, frame)


def _add(since: str, what: str, span: Span, frame: Frame) -> None:
    if since and not frame.dry:
        use = Use(since, what, span)
        if use not in frame.state.program.uses:
            frame.state.program.uses.append(use)


def needed(program: Program) -> str:
    """The oldest version of Keras that has all that a program uses; empty where every supported one does."""
    return max((one.since for one in program.uses), key=versions.order, default="")


def newer(program: Program, version: str) -> list[Diagnostic]:
    """What a program uses that a version of Keras does not have yet.

    Args:
        program: a checked one.
        version: of Keras: `3.13`, `3.13.2`.
    """
    there = versions.minor(version)
    return [
        Diagnostic(
            codes.NEWER_KERAS,
            one.span,
            f"{one.what} came with Keras {one.since}, and this is for Keras {there}",
            f"leave it out, or take Keras {one.since} or newer",
        )
        for one in program.uses
        if versions.is_older(there, one.since)
    ]


def otherwise(program: Program, version: str) -> list[Diagnostic]:
    """What a version of Keras may do otherwise than is announced: layers and functions whose rules are of a newer one.

    Args:
        program: a checked one.
        version: of Keras.
    """
    there = versions.minor(version)
    if there == versions.newest():
        return []
    found: dict[str, Diagnostic] = {}
    for key, one in _uses_of_rules(program.operations):
        for kind, since in versions.otherwise(key, there).items():
            said = OTHERWISE[kind].format(there=there, name=key.rpartition(".")[2])
            helps = f"build the model once to compare; from Keras {since} on it is as said"
            found.setdefault(said, Diagnostic(codes.OTHER_KERAS, one.span, said, helps))
    return list(found.values())


def _uses_of_rules(operations: Iterable[Operation]) -> Iterator[tuple[str, Operation]]:
    """The rules that a program goes by, those of layers inside of others among them, with the operation."""
    for one in operations:
        made_by_operator = one.kind == "operator" and not one.symbol
        yield f"ops.{words.snake(one.class_name)}" if made_by_operator else one.symbol, one
        yield from ((value.symbol, one) for value in _configured(one.arguments.values()))
        yield from _uses_of_rules(one.inside)


def _configured(values: Iterable[object]) -> Iterator[Configured]:
    for one in values:
        if isinstance(one, list | tuple):
            yield from _configured(one)
        elif isinstance(one, Configured):
            yield one
            yield from _configured(one.arguments.values())
