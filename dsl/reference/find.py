"""What somebody who types a word after `dslc layers` wants to see."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from dsl.catalogue import lookup
from dsl.catalogue.domains import domain
from dsl.records import Record
from dsl.reference.groups import Group, groups, symbols

if TYPE_CHECKING:
    from dsl.catalogue.lookup import Symbol

FIRST = ("layers", "applications", "activations", "ops")
"""The order in which the language looks for a bare name; then all the others."""


class Found(Record):
    """What a word refers to: one of these is there, or none.

    Args:
        symbols: what bears the name, what the language means by it first.
        group: the group of that name.
        takers: what has a parameter of that name, or takes it as a word: symbol and parameter.
        near: names that are close, where there is nothing of that name.
    """

    symbols: tuple[Symbol, ...] = ()
    group: Group | None = None
    takers: tuple[tuple[Symbol, str], ...] = ()
    near: tuple[str, ...] = ()


def find(word: str) -> Found:
    """Look a word up: as a path, a name, a group, a word of Keras, a name in other letters, a parameter.

    >>> find("conv2d").symbols[0].path, find("mse").symbols[0].path, find("losses").group.name
    ('keras.layers.Conv2D', 'keras.losses.MeanSquaredError', 'losses')
    >>> find("Conv2").near[0], find("ops.random.normal").near[0], find("tf.keras.layers.Dense(8)").symbols[0].key
    ('Conv2D', 'random.normal', 'Dense')
    """
    plain = word.strip().partition("(")[0].removeprefix("tf.").removeprefix("keras.")
    named = _at_path(plain) or _named(plain)
    if named:
        return Found(named)
    for group in groups():
        if plain in (group.name, group.name.rpartition(".")[2]):
            return Found(group=group)
    named = _as_word(plain) or _in_other_letters(plain) or _at_end_of_path(plain)
    if named:
        return Found(named)
    takers = tuple(_takers(plain))
    return Found(takers=takers) if takers else Found(near=tuple(near(plain)))


def near(word: str) -> list[str]:
    """Up to three names that somebody may have meant."""
    names = {one.name for one in symbols()} | {one.name for one in groups()}
    _, dot, last = word.rpartition(".")
    elsewhere = (
        [one.path.removeprefix("keras.") for one in symbols() if one.name == last] if dot else []
    )
    return (elsewhere or lookup.closest(last, names, 3))[:3]


def _at_path(word: str) -> tuple[Symbol, ...]:
    namespace, _, name = word.rpartition(".")
    found = lookup.symbol(namespace, name) if namespace else None
    return (found,) if found else ()


def _named(word: str) -> tuple[Symbol, ...]:
    return _in_order([one for one in symbols() if one.name == word])


def _as_word(word: str) -> tuple[Symbol, ...]:
    spaces = ("losses", "metrics", "optimizers", "initializers", "regularizers", "constraints")
    found = [lookup.resolve_word(space, word) for space in spaces]
    return tuple(one for one in found if one is not None)


def _in_other_letters(word: str) -> tuple[Symbol, ...]:
    return _in_order([one for one in symbols() if _plain(one.name) == _plain(word)])


def _at_end_of_path(word: str) -> tuple[Symbol, ...]:
    return _in_order([one for one in symbols() if one.path.endswith(f".{word}")])


def _plain(word: str) -> str:
    return word.lower().replace("_", "").replace("-", "")


def _in_order(found: list[Symbol]) -> tuple[Symbol, ...]:
    order = {space: index for index, space in enumerate(FIRST)}
    return tuple(sorted(found, key=lambda one: order.get(one.namespace, len(order))))


def _takers(word: str) -> list[tuple[Symbol, str]]:
    """Each symbol with the parameter of that name, or with the one that takes it as a word by itself."""
    return [
        (one, parameter)
        for one in symbols()
        if one.path.rpartition(".")[2] == one.canonical or one.kind == "function"
        for parameter in _parameters(one)
        if parameter == word or word in domain(one, parameter).words
    ]


@cache
def _parameters(symbol: Symbol) -> tuple[str, ...]:
    return tuple(one.name for one in (*symbol.parameters, *symbol.call_parameters))
