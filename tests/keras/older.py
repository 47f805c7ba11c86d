"""What older versions of Keras lack and do otherwise, where the rules are compared with one of them."""

from __future__ import annotations

import re
from functools import cache
from importlib.metadata import version
from typing import Any

from dsl.catalogue import lookup, versions
from dsl.catalogue.data import read
from dsl.catalogue.harvest_versions import write

OTHERWISE: set[tuple[str, str]] = set()
"""What an older Keras was found to do otherwise, where that is to be written down."""

UPDATES: list[bool] = []
"""Not empty where `--update` was given."""


@cache
def installed() -> str:
    """The version of the Keras that is there, with two numbers."""
    return versions.minor(version("keras"))


def known_there(symbol: lookup.Symbol, arguments: Any) -> dict[str, Any]:
    """Arguments without those that the installed Keras does not have yet, where they have their defaults."""
    return {
        name: value
        for name, value in arguments.items()
        if not (lacks(symbol, [name]) and value == symbol.defaults.get(name, ...))
    }


def lacks(symbol: lookup.Symbol, arguments: Any = (), call: Any = ()) -> bool:
    """Whether the installed Keras does not have something yet, or an argument of it."""
    came = [versions.since(symbol), *(versions.since(symbol, name) for name in arguments)]
    came += [versions.since(symbol, name, call=symbol.is_layer) for name in call]
    return any(one and versions.is_older(installed(), one) for one in came)


def does_otherwise(key: str, kind: str) -> bool:
    """Whether it is known that an older Keras does otherwise than the rule says; `--update` makes it known."""
    since = versions.rule_since(key, kind)
    if since and versions.is_older(installed(), since):
        return True
    if not versions.is_older(installed(), versions.newest()) or not UPDATES:
        return False
    OTHERWISE.add((key, kind))
    return True


def knows_otherwise(text: str, kind: str) -> bool:
    """Whether a program uses a layer that an older Keras is known to do otherwise."""
    names = re.findall(r"\b[A-Z]\w+", text)
    came = [versions.rule_since(name, kind) for name in names]
    return any(one and versions.is_older(installed(), one) for one in came)


def write_down() -> None:
    """Write down what an older Keras does otherwise than the rules say."""
    if not OTHERWISE:
        return
    data = read("versions.json")
    after = versions.supported()[versions.supported().index(installed()) + 1]
    for key, kind in sorted(OTHERWISE):
        known = data["rules"].setdefault(key, {})
        known[kind] = max(known.get(kind, after), after, key=versions.order)
    write(data)
