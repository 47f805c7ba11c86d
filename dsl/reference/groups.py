"""The catalogue in groups: layers by what they do, everything else by its namespace."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from dsl.catalogue import lookup
from dsl.catalogue.application import homes
from dsl.checker.words import function
from dsl.records import Record

if TYPE_CHECKING:
    from dsl.catalogue.lookup import Symbol

OF_FAMILIES = {
    "core": "core",
    "einsum_dense": "core",
    "activation": "activation",
    "convolution": "convolution",
    "pooling": "pooling",
    "recurrent": "recurrent",
    "convolution_lstm": "recurrent",
    "attention": "attention",
    "plain_attention": "attention",
    "normalization": "normalization",
    "regularization": "regularization",
    "reshaping": "reshaping",
    "merging": "merging",
    "wrappers": "wrappers",
    "categories": "preprocessing",
    "spectrograms": "preprocessing",
    "pipeline": "preprocessing",
    "image_layers": "augmentation",
}
"""The group of the layers that a module of rules holds."""

OF_LAYERS = {
    "AutoContrast": "preprocessing",
    "CenterCrop": "preprocessing",
    "CutMix": "augmentation",
    "Equalization": "preprocessing",
    "Masking": "core",
    "MaxNumBoundingBoxes": "preprocessing",
    "MixUp": "augmentation",
    "Normalization": "preprocessing",
    "Rescaling": "preprocessing",
    "Resizing": "preprocessing",
}
"""The group of a layer that stands elsewhere than its rule says; what has neither is of Python objects."""

TITLES = {
    "core": "layers: core",
    "convolution": "layers: convolution",
    "pooling": "layers: pooling",
    "recurrent": "layers: recurrent",
    "attention": "layers: attention",
    "normalization": "layers: normalization",
    "regularization": "layers: regularization",
    "activation": "layers: activation",
    "reshaping": "layers: reshaping",
    "merging": "layers: merging",
    "wrappers": "layers: wrappers of layers",
    "preprocessing": "layers: preprocessing",
    "augmentation": "layers: augmentation of images",
    "objects": "layers: of Python objects, and bases",
    "merges": "functions of keras.layers: they take a list",
    "activations": "functions of keras.activations, and words for `activation=`",
    "ops": "functions of keras.ops",
    "ops.image": "functions of keras.ops.image: write ops.image.NAME",
    "random": "functions of keras.random: write random.NAME",
    "applications": "models of keras.applications: layers like any other",
    "losses": "losses",
    "metrics": "metrics",
    "optimizers": "optimizers",
    "optimizers.schedules": "schedules of learning rates",
    "callbacks": "callbacks",
    "initializers": "initializers",
    "regularizers": "regularizers",
    "constraints": "constraints",
}
"""The groups, in the order in which they are listed, with their titles."""


class Group(Record):
    """A part of the catalogue.

    Args:
        name: what it is asked for by.
        title: what it is.
        symbols: those under their own names, sorted.
        aliases: other names, sorted, and those that they stand for.
    """

    name: str
    title: str
    symbols: tuple[Symbol, ...]
    aliases: tuple[tuple[str, str], ...]


@cache
def groups() -> tuple[Group, ...]:
    """All groups.

    >>> [one.name for one in groups()][:3]
    ['core', 'convolution', 'pooling']
    """
    own: dict[str, list[Symbol]] = {name: [] for name in TITLES}
    others: dict[str, list[tuple[str, str]]] = {name: [] for name in TITLES}
    for symbol in symbols():
        name = group_name(symbol)
        if is_alias(symbol):
            others[name].append((symbol.name, stands_for(symbol).name))
        else:
            own[name].append(symbol)
    return tuple(
        Group(name, title, tuple(own[name]), tuple(others[name])) for name, title in TITLES.items()
    )


@cache
def symbols() -> tuple[Symbol, ...]:
    """Everything that is listed, aliases too, by namespace and name."""
    found = [
        symbol
        for namespace in lookup.namespaces()
        if namespace not in ("ops.nn", "ops.numpy", "ops.linalg")
        for name in lookup.names(namespace)
        if (symbol := lookup.symbol(namespace, name)) is not None
    ]
    return tuple(sorted(found, key=lambda one: (one.namespace, one.name.lower(), one.name)))


def group_name(symbol: Symbol) -> str:
    """The group that a symbol belongs to.

    >>> group_name(lookup.by_key("Conv2D")), group_name(lookup.by_key("ops.mean"))
    ('convolution', 'ops')
    """
    if symbol.namespace != "layers":
        return (
            symbol.namespace if symbol.namespace in TITLES else symbol.namespace.partition(".")[0]
        )
    if symbol.kind == "function":
        return "merges"
    return OF_LAYERS.get(symbol.key) or OF_FAMILIES.get(homes().get(symbol.key, ""), "objects")


def stands_for(symbol: Symbol) -> Symbol:
    """What an alias is another name of; anything else is itself.

    A function among the losses and metrics stands for the class that does the same, since it is the class that takes settings.
    """
    own = lookup.by_key(symbol.key) or symbol
    if symbol.namespace not in ("losses", "metrics") or symbol.kind == "class":
        return own
    classes = (_class_of(space, symbol.name) for space in (symbol.namespace, own.namespace))
    return next((one for one in classes if one is not None), own)


def _class_of(namespace: str, function_name: str) -> Symbol | None:
    """The class that does what a function does: its word, or its name in other letters."""
    found = lookup.resolve_word(namespace, function_name)
    if found is not None:
        return found
    plain = function_name.replace("_", "")
    named = [
        name for name in lookup.names(namespace) if name[0].isupper() and name.lower() == plain
    ]
    return lookup.symbol(namespace, named[0]) if named else None


def is_alias(symbol: Symbol) -> bool:
    """Whether it is another name of something that has its own.

    >>> is_alias(lookup.symbol("layers", "MaxPool2D")), is_alias(lookup.symbol("losses", "huber"))
    (True, True)
    """
    return stands_for(symbol).path != symbol.path


def written_name(symbol: Symbol) -> str:
    """How it is written: bare where that means it, else with its namespace.

    >>> [written_name(lookup.by_key(key)) for key in ("ops.mean", "ops.relu", "ops.image.resize", "Conv2D")]
    ['mean', 'ops.relu', 'ops.image.resize', 'Conv2D']
    """
    path = symbol.path.removeprefix("keras.")
    if symbol.namespace.partition(".")[0] not in ("ops", "random", "activations"):
        return symbol.name
    meant = function(symbol.name)
    return symbol.name if meant is not None and meant.path == symbol.path else path
