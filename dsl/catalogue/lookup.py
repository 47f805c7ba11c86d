"""What Keras has under a name: the join of facts (`keras.json`), domains and rules.

The facts are read once, when something is first looked up; a family of rules when one is applied.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, Final

from dsl.catalogue.data import read
from dsl.catalogue.nearness import NEAR, is_part, letters, nearness, perhaps_near, plain
from dsl.catalogue.registry import UNKNOWN
from dsl.records import Record

if TYPE_CHECKING:
    from collections.abc import Iterable


class _Required:
    """The type of `REQUIRED`."""

    def __repr__(self) -> str:
        return "REQUIRED"


REQUIRED: Final = _Required()
"""The default of a parameter that must be given."""

POSITIONAL: Final = "positional"
KEYWORD: Final = "keyword"
REST: Final = "rest"
ANY_KEYWORD: Final = "any keyword"


class Parameter(Record):
    """A parameter of a layer, a function or a call.

    Args:
        name: its name in Keras, without stars.
        kind: `POSITIONAL` (by position or by name), `KEYWORD` (by name alone), `REST` (`*args`) or
            `ANY_KEYWORD` (`**kwargs`).
        default: a value; `REQUIRED` where it must be given; `UNKNOWN` where it is no plain value.
    """

    name: str
    kind: str
    default: Any

    @property
    def required(self) -> bool:
        """Whether it must be given."""
        return self.default is REQUIRED


class Symbol(Record):
    """Something public of Keras.

    Args:
        path: where it is imported from, as written: `keras.layers.MaxPool2D`.
        name: its last part.
        namespace: what stands between, e.g. `layers`, `ops.image`.
        kind: `class` or `function`.
        parameters: those of the constructor or function, a layer's inherited ones included.
        call_parameters: those of a layer's call; empty for everything else.
        canonical: the class's or function's own name (`MaxPooling2D`).
        snake: what Keras would call a layer, without its counter (`max_pooling2d`); else empty.
        key: what rules know it by, the same for each alias: a layer's bare name, else its path
            without `keras.`.
        unlisted: keywords that a layer takes though no signature has them.
    """

    path: str
    name: str
    namespace: str
    kind: str
    parameters: tuple[Parameter, ...]
    call_parameters: tuple[Parameter, ...]
    canonical: str
    snake: str
    key: str
    unlisted: tuple[str, ...] = ()

    @property
    def is_layer(self) -> bool:
        """Whether it is configured first and applied then."""
        return self.kind == "class" and self.namespace == "layers"

    @property
    def defaults(self) -> dict[str, Any]:
        """Parameter names to defaults, of those that have one."""
        return {
            parameter.name: parameter.default
            for parameter in self.parameters
            if parameter.default is not REQUIRED
        }


def keras_version() -> str:
    """The version of Keras that the facts were taken from."""
    return str(_facts()["keras"])


@cache
def symbol(namespace: str, name: str) -> Symbol | None:
    """What Keras has under that name.

    >>> symbol("layers", "MaxPool2D").key
    'MaxPooling2D'
    >>> symbol("ops", "mean").key, symbol("ops.numpy", "mean").key
    ('ops.mean', 'ops.mean')
    >>> symbol("layers", "Dens") is None
    True
    """
    symbols = _facts()["symbols"]
    path = f"{namespace}.{name}"
    if path not in symbols:
        return None
    facts = symbols[path]
    first = path
    if isinstance(facts, str):
        first, facts = facts, symbols[facts]
    home, _, own = first.rpartition(".")
    is_class = "class" in facts
    return Symbol(
        path=f"keras.{path}",
        name=name,
        namespace=namespace,
        kind="class" if is_class else "function",
        parameters=_parameters(facts["parameters"]),
        call_parameters=_parameters(facts.get("call", ())),
        canonical=facts.get("class", own),
        snake=facts.get("snake", ""),
        key=own if home == "layers" and is_class else first,
        unlisted=tuple(facts.get("unlisted", ())),
    )


def by_key(key: str) -> Symbol | None:
    """The symbol of a rule's key.

    >>> by_key("LSTM").path, by_key("ops.image.resize").path
    ('keras.layers.LSTM', 'keras.ops.image.resize')
    """
    namespace, _, name = key.rpartition(".")
    return symbol(namespace or "layers", name)


def names(namespace: str) -> tuple[str, ...]:
    """The names in a namespace (`layers`, `ops`, `ops.image`, …), aliases included.

    >>> "Dense" in names("layers"), "resize" in names("ops.image")
    (True, True)
    """
    return _names().get(namespace, ())


def namespaces() -> tuple[str, ...]:
    """All namespaces that hold symbols."""
    return tuple(_names())


def resolve_word(namespace: str, word: str) -> Symbol | None:
    """What a word stands for as a loss, metric, optimizer, …, exactly as Keras takes it.

    >>> resolve_word("losses", "mse").path, resolve_word("optimizers", "ADAM").path
    ('keras.losses.MeanSquaredError', 'keras.optimizers.Adam')
    >>> resolve_word("losses", "cce") is None
    True
    """
    words = _facts()["words"].get(namespace, {})
    path = words.get(word.lower() if namespace == "optimizers" else word)
    if path is None:
        return None
    home, _, name = path.rpartition(".")
    return symbol(home, name)


def words(namespace: str) -> tuple[str, ...]:
    """The words that `resolve_word` knows in a namespace."""
    return tuple(_facts()["words"].get(namespace, ()))


def closest(word: str, candidates: Iterable[str], n: int = 3) -> list[str]:
    """Those that somebody who wrote `word` may have meant, best first.

    >>> closest("maxpooling2d", ["MaxPooling1D", "MaxPooling2D", "Dense"])[0]
    'MaxPooling2D'
    >>> closest("Dens", ["Dense", "Dot", "LSTM"])
    ['Dense']
    """
    return list(_closest(word, tuple(sorted(set(candidates))), n))


@lru_cache(maxsize=256)
def _closest(word: str, candidates: tuple[str, ...], n: int) -> tuple[str, ...]:
    """As `closest`: remembered, since a mistake in a loop is met in every turn."""
    by_plain, of_each = _by_plain(candidates)
    own = plain(word)
    found = list(by_plain.get(own, ()))
    alike = {one: nearness(own, one) for one in perhaps_near(own, of_each) if one != own}
    for match in sorted(alike, key=lambda one: -alike[one])[:n]:
        found.extend(by_plain[match] if alike[match] >= NEAR else ())
    if not found:
        found = [one for one in candidates if is_part(word, one)]
    if not found and len(own) > 1:  # the beginning of a name
        found = [one for one in candidates if plain(one).startswith(own)]
    return tuple(found[:n])


@lru_cache(maxsize=16)
def _by_plain(candidates: tuple[str, ...]) -> tuple[dict[str, list[str]], dict[str, int]]:
    """The candidates by their plain names, and the letters of each plain name."""
    found: dict[str, list[str]] = {}
    for candidate in candidates:
        found.setdefault(plain(candidate), []).append(candidate)
    return found, {name: letters(name) for name in found}


# ---- reading the facts


@cache
def _facts() -> dict[str, Any]:
    return dict(read("keras.json"))


@cache
def _names() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for path in _facts()["symbols"]:
        namespace, _, name = path.rpartition(".")
        found.setdefault(namespace, []).append(name)
    return {namespace: tuple(listed) for namespace, listed in found.items()}


def _parameters(listed: Iterable[Any]) -> tuple[Parameter, ...]:
    kind = POSITIONAL
    found = []
    for item in listed:
        name, default = (item, REQUIRED) if isinstance(item, str) else (item[0], _default(item[1]))
        if name.startswith("**"):
            found.append(Parameter(name[2:], ANY_KEYWORD, UNKNOWN))
        elif name.startswith("*"):
            kind = KEYWORD
            found += [Parameter(name[1:], REST, UNKNOWN)] if name != "*" else []
        else:
            found.append(Parameter(name, kind, default))
    return tuple(found)


def _default(value: Any) -> Any:
    if isinstance(value, dict):
        return UNKNOWN
    return tuple(_default(item) for item in value) if isinstance(value, list) else value
