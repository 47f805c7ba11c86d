"""What differs between the versions of Keras that are supported: what came when (`versions.json`).

The facts of the catalogue are those of its own version, the newest. A version is written with two numbers,
as `3.14`: what is public changes with the second one.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from dsl.catalogue.data import read

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dsl.catalogue.lookup import Symbol


def supported() -> tuple[str, ...]:
    """The versions of which it is known what they have, the oldest first."""
    return tuple(_data()["keras"])


def oldest() -> str:
    """The oldest version that is supported."""
    return supported()[0]


def newest() -> str:
    """The version that the catalogue is of."""
    return supported()[-1]


def minor(version: str) -> str:
    """A version by its first two numbers.

    >>> minor("3.13.2"), minor("3.15")
    ('3.13', '3.15')

    Raises:
        ValueError: where it is none.
    """
    parts = version.split(".")
    if len(parts) < 2 or not all(part.isascii() and part.isdecimal() for part in parts[:2]):
        raise ValueError(f"{version} is no version of Keras, such as {newest()}")
    return ".".join(parts[:2])


def wanted(version: str) -> str:
    """A version that is asked for.

    Raises:
        ValueError: where it is none, or none of those that are supported.
    """
    found = minor(version)
    if found not in supported():
        *before, last = supported()
        raise ValueError(f"the versions of Keras that are known are {', '.join(before)} and {last}")
    return found


def is_older(version: str, other: str) -> bool:
    """Whether a version came before another one.

    >>> is_older("3.9", "3.13"), is_older("3.13", "3.13.2"), is_older("4.0", "3.15")
    (True, False, False)
    """
    return order(version) < order(other)


def since(symbol: Symbol, parameter: str = "", *, call: bool = False) -> str:
    """The version that a symbol, or one of its parameters, came with; empty where all have it.

    Args:
        symbol: of Keras.
        parameter: of its configuration, or of the function.
        call: whether it is a parameter of the layer's call instead.

    >>> from dsl.catalogue.lookup import symbol
    >>> attention = symbol("layers", "MultiHeadAttention")
    >>> since(attention), since(attention, "use_gate"), since(attention, "query", call=True)
    ('', '3.14', '')
    """
    if not parameter:
        return str(_data()["symbols"].get(symbol.path.removeprefix("keras."), ""))
    first = f"layers.{symbol.key}" if symbol.is_layer else symbol.key
    return str(_data()["call" if call else "parameters"].get(first, {}).get(parameter, ""))


def since_word(namespace: str, word: str) -> str:
    """The version from which a word is taken as a loss, metric, optimizer, …; empty where all take it.

    >>> since_word("optimizers", "muon"), since_word("optimizers", "adam")
    ('3.14', '')
    """
    return str(_data()["words"].get(namespace, {}).get(word, ""))


def rule_since(key: str, kind: str) -> str:
    """The version from which on Keras does what the catalogue's rule says; empty where all do.

    Args:
        key: of the rule.
        kind: what the older ones do otherwise: `builds` what the rule refuses, `raises` where the rule gives
            something, or `gives` something else.

    >>> rule_since("MaxPooling2D", "builds"), rule_since("Dense", "gives")
    ('3.15', '')
    """
    return str(_data()["rules"].get(key, {}).get(kind, ""))


def otherwise(key: str, version: str) -> dict[str, str]:
    """What a version does otherwise than a rule says, though it announces something: from which on it no longer does.

    Args:
        key: of the rule.
        version: with two numbers.

    >>> otherwise("Discretization", "3.13"), otherwise("Discretization", "3.14"), otherwise("Dense", "3.13")
    ({'gives': '3.14'}, {}, {})
    """
    found = _data()["rules"].get(key, {})
    kinds = ("raises", "gives", "masks")
    return {kind: found[kind] for kind in kinds if is_older(version, found.get(kind, version))}


def as_of(facts: Mapping[str, Any], data: Mapping[str, Any], version: str) -> dict[str, Any]:
    """The facts of an older version.

    Args:
        facts: of the newest, as in `keras.json`.
        data: the differences, as in `versions.json`.
        version: with two numbers.
    """
    symbols = {
        path: _symbol_of(path, one, data, version)
        for path, one in facts["symbols"].items()
        if not is_older(version, data["symbols"].get(path, version))
    }
    words = {
        namespace: {
            word: path
            for word, path in known.items()
            if not is_older(version, data["words"].get(namespace, {}).get(word, version))
        }
        for namespace, known in facts["words"].items()
    }
    return {**facts, "symbols": symbols, "words": words}


def _symbol_of(path: str, facts: Any, data: Mapping[str, Any], version: str) -> Any:
    if isinstance(facts, str):
        return facts
    found = dict(facts)
    for key in ("parameters", "call"):
        came = data[key].get(path, {})
        changed = data["defaults"].get(path, {}) if key == "parameters" else {}
        if key in facts:
            found[key] = [
                _parameter_of(one, changed, version)
                for one in facts[key]
                if not is_older(version, came.get(name_of(one), version))
            ]
    return found


def _parameter_of(item: Any, changed: Mapping[str, Any], version: str) -> Any:
    """A parameter with the default that it had: `changed` has the last version of each former one."""
    former = changed.get(name_of(item), {})
    last = next((one for one in sorted(former, key=order) if not is_older(one, version)), None)
    return item if last is None else [item[0], former[last]]


def name_of(item: Any) -> str:
    """The name of a parameter as the facts write it, with its stars."""
    return str(item if isinstance(item, str) else item[0])


def order(version: str) -> tuple[int, ...]:
    """By what versions are sorted."""
    return tuple(int(part) for part in minor(version).split("."))


@cache
def _data() -> dict[str, Any]:
    return dict(read("versions.json"))
