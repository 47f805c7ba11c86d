"""Write down what an installed Keras offers: `python -m dsl.catalogue.harvest` makes `keras.json`.

Each public symbol stands under its path without `keras.`, an alias as the path of its first name.
Its parameters stand one a line: `"units"` must be given, `["use_bias", true]` has a default,
`["fn", {"code": "relu"}]` a default that is no JSON; `"*"` begins the keyword-only ones, `"*args"`
and `"**kwargs"` take what comes.
"""

from __future__ import annotations

import inspect
import json
import warnings
from pathlib import Path
from typing import Any

NAMESPACES = (
    "layers",
    "ops",
    "ops.nn",
    "ops.numpy",
    "ops.image",
    "ops.linalg",
    "random",
    "activations",
    "initializers",
    "regularizers",
    "constraints",
    "optimizers",
    "optimizers.schedules",
    "losses",
    "metrics",
    "callbacks",
    "applications",
)
WORDS_OF = (
    "losses",
    "metrics",
    "optimizers",
    "activations",
    "initializers",
    "regularizers",
    "constraints",
)
BASES = frozenset({"Loss", "Metric", "Initializer", "Regularizer", "Constraint", "Optimizer"})
HELPERS = frozenset({"deserialize", "serialize", "get"})
BASE_KEYWORDS = {
    "activity_regularizer": None,
    "trainable": True,
    "dtype": None,
    "autocast": True,
    "name": None,
}
UNLISTED = {
    "input_shape": (1,),
    "input_dim": 1,
    "input_length": 1,
    "implementation": 1,
    "rms_scaling": False,
    "alpha": 0.5,
    "lora_alpha": None,
    "lora_rank": None,
    "weights": None,
}
"""Keywords that some layers take though no signature lists them, with a harmless value."""

EXAMPLES: dict[str, Any] = {
    "activation": "relu",
    "axes": -1,
    "cells": [],
    "dims": (1,),
    "equation": "ab,bc->ac",
    "function": abs,
    "layers": [],
    "rate": 0.5,
    "stddev": 0.5,
    "target_shape": (1,),
}
"""A value for each required parameter of a layer that is not at home with a 1."""

TARGET = Path(__file__).with_name("keras.json")


def main() -> None:
    """Write `keras.json` beside this module."""
    TARGET.write_text(as_json(harvest()), encoding="utf-8")


def harvest() -> dict[str, Any]:
    """What the installed Keras offers: its version, its symbols, the words that stand for them."""
    import keras

    objects = _public_objects(keras)
    first: dict[int, str] = {}
    for path, value in objects.items():
        first.setdefault(id(value), path)
    symbols = {
        path: _described(path, value) if first[id(value)] == path else first[id(value)]
        for path, value in sorted(objects.items())
    }
    words = {name: _words(getattr(keras, name), name, first) for name in WORDS_OF}
    return {"keras": keras.__version__, "symbols": symbols, "words": words}


def as_json(facts: dict[str, Any]) -> str:
    """The facts as text, sorted, one parameter a line."""
    lines = ["{", f'"keras": {json.dumps(facts["keras"])},', '"symbols": {']
    lines.append(",\n".join(_symbol_lines(*item) for item in facts["symbols"].items()))
    lines.append('},\n"words": {')
    lines.append(",\n".join(_word_lines(*item) for item in facts["words"].items()))
    return "\n".join([*lines, "}", "}", ""])


def _symbol_lines(path: str, facts: str | dict[str, Any]) -> str:
    if isinstance(facts, str):
        return f"{json.dumps(path)}: {json.dumps(facts)}"
    parts = [f'"{name}": {_listed(value)}' for name, value in facts.items()]
    return f"{json.dumps(path)}: {{\n" + ",\n".join(parts) + "\n}"


def _listed(value: Any) -> str:
    if not isinstance(value, list) or not value:
        return json.dumps(value)
    return "[\n" + ",\n".join(f" {json.dumps(item)}" for item in value) + "\n]"


def _word_lines(namespace: str, words: dict[str, str]) -> str:
    parts = [f" {json.dumps(word)}: {json.dumps(path)}" for word, path in words.items()]
    return f"{json.dumps(namespace)}: {{\n" + ",\n".join(parts) + "\n}"


def _public_objects(keras: Any) -> dict[str, Any]:
    """Each public callable by its path; an object's own name before its aliases."""
    objects: dict[str, Any] = {}
    for namespace in NAMESPACES:
        module = keras
        for part in namespace.split("."):
            module = getattr(module, part)
        names = [name for name in dir(module) if not name.startswith("_") and name not in HELPERS]
        own = [name for name in names if callable(getattr(module, name))]
        for name in sorted(own, key=lambda name: _precedence(getattr(module, name), name)):
            objects[f"{namespace}.{name}"] = getattr(module, name)
    return objects


def _precedence(value: Any, name: str) -> tuple[bool, bool, str]:
    return value.__name__ != name, not name[0].isupper(), name


def _described(path: str, value: Any) -> dict[str, Any]:
    if not inspect.isclass(value):
        return {"parameters": _parameters(value)}
    facts: dict[str, Any] = {"class": value.__name__}
    facts["parameters"] = (
        [] if value.__init__ is object.__init__ else _parameters(value.__init__)[1:]
    )
    if path.startswith("layers."):
        from keras.src.utils.naming import to_snake_case

        facts["snake"] = to_snake_case(value.__name__)
        facts["parameters"], facts["unlisted"] = _with_inherited(value, facts["parameters"])
        facts["call"] = _parameters(value.call)[1:] if hasattr(value, "call") else []
        _mark_named(facts["call"], inspect.signature(value.__call__))
    return facts


def _mark_named(listed: list[Any], outer: inspect.Signature) -> None:
    """Put a `*` behind what goes by position, where `__call__` hands on the rest by name alone."""
    kinds = [one.kind for one in outer.parameters.values()][1:]
    by_position = kinds.count(inspect.Parameter.POSITIONAL_OR_KEYWORD)
    if inspect.Parameter.VAR_POSITIONAL not in kinds and by_position < len(listed):
        listed.insert(by_position, "*")


def _parameters(function: Any) -> list[Any]:
    listed: list[Any] = []
    keyword_only = False
    for parameter in inspect.signature(function).parameters.values():
        if parameter.kind is parameter.KEYWORD_ONLY and not keyword_only:
            keyword_only = True
            if not any(isinstance(item, str) and item.startswith("*") for item in listed):
                listed.append("*")
        listed.append(_parameter(parameter))
    return listed


def _parameter(parameter: inspect.Parameter) -> Any:
    if parameter.kind is parameter.VAR_POSITIONAL:
        return f"*{parameter.name}"
    if parameter.kind is parameter.VAR_KEYWORD:
        return f"**{parameter.name}"
    if parameter.default is parameter.empty:
        return parameter.name
    return [parameter.name, _default(parameter.default)]


def _default(value: Any) -> Any:
    try:
        json.dumps(value)
    except TypeError:
        return {"code": getattr(value, "__name__", repr(value))}
    return list(value) if isinstance(value, tuple) else value


def _with_inherited(layer: Any, listed: list[Any]) -> tuple[list[Any], list[str]]:
    """The parameters with those of the base class, and the keywords that no signature lists."""
    if "**kwargs" not in listed:
        return listed, []
    names = {item if isinstance(item, str) else item[0] for item in listed}
    own = [item for item in listed if item != "**kwargs"]
    base = [
        [name, default]
        for name, default in BASE_KEYWORDS.items()
        if name not in names and _accepts(layer, own, name, default)
    ]
    unlisted = [
        name
        for name, value in UNLISTED.items()
        if name not in names and _accepts(layer, own, name, value)
    ]
    star = [] if "*" in own or not base else ["*"]
    return [*own, *star, *base], unlisted


def _accepts(layer: Any, own: list[Any], keyword: str, value: Any) -> bool:
    """Whether the layer takes that keyword; where it can't be made here, the base class's are."""
    required = [item for item in own if isinstance(item, str) and not item.startswith("*")]
    arguments = _wrapped(layer, {name: EXAMPLES.get(name, 1) for name in required})
    if not _can_be_made(layer, arguments):
        return keyword in BASE_KEYWORDS
    return _can_be_made(layer, {**arguments, keyword: value})


def _can_be_made(layer: Any, arguments: dict[str, Any]) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            layer(**arguments)
    except Exception:  # noqa: BLE001 -- a library may be missing, a value may not fit
        return False
    return True


def _wrapped(layer: Any, arguments: dict[str, Any]) -> dict[str, Any]:
    """The arguments with a layer, or a recurrent cell, where one is wrapped."""
    import keras

    made = dict(arguments)
    if "layer" in made:
        recurrent = layer.__name__ == "Bidirectional"
        made["layer"] = keras.layers.LSTM(1) if recurrent else keras.layers.Dense(1)
    if "cell" in made:
        made["cell"] = keras.layers.LSTMCell(1)
    return made


def _words(module: Any, namespace: str, first: dict[int, str]) -> dict[str, str]:
    """What the namespace's `get` accepts, each with the symbol that it stands for."""
    own = {
        path.rpartition(".")[-1]: path
        for path in first.values()
        if path.startswith(f"{namespace}.")
    }
    found = {}
    for word in sorted(_candidates(module, namespace)):
        value = _got(module, word)
        path = first.get(id(value)) or first.get(id(type(value)))
        if path is not None and path.rpartition(".")[-1] not in BASES:
            found[word] = _as_class(path, own)
    return found


def _candidates(module: Any, namespace: str) -> set[str]:
    """Words to try: each public name, its snake form, and all that Keras's own table has."""
    import keras
    from keras.src.utils.naming import to_snake_case

    table = getattr(getattr(keras.src, namespace), "ALL_OBJECTS_DICT", {})
    names = {name for name in dir(module) if not name.startswith("_")} - HELPERS
    words = names | {to_snake_case(name) for name in names} | set(table)
    return {word.lower() for word in words} if namespace == "optimizers" else words


def _got(module: Any, word: str) -> Any:
    try:
        return module.get(word)
    except Exception:  # noqa: BLE001 -- whatever it is that Keras says, it does not take the word
        return None


def _as_class(path: str, own: dict[str, str]) -> str:
    """The class that does what a function does (`losses.Huber` for `losses.huber`), if any."""
    from keras.src.utils.naming import to_snake_case

    name = path.rpartition(".")[-1]
    classes = {to_snake_case(other): full for other, full in own.items() if other[0].isupper()}
    return path if name[0].isupper() else classes.get(name, path)


if __name__ == "__main__":
    main()
