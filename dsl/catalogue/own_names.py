"""Models of `keras.applications` that read their own name: no other will do."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dsl.catalogue.lookup import Symbol


def own_name(symbol: Symbol, weights: object) -> str:
    """The name that Keras gives a model, where it takes the model's parts or weights by that name; else empty.

    `EfficientNetV2…` looks up its blocks by its name (a KeyError for any other), and `ConvNeXt…` refuses the weights
    `imagenet` under a name that does not hold its own.

    >>> from dsl.catalogue import lookup
    >>> own_name(lookup.by_key("applications.EfficientNetV2S"), None)
    'efficientnetv2-s'
    >>> own_name(lookup.by_key("applications.ConvNeXtTiny"), "imagenet")
    'convnext_tiny'
    >>> own_name(lookup.by_key("applications.ConvNeXtTiny"), None)
    ''
    """
    if symbol.namespace != "applications":
        return ""
    reads = symbol.name.startswith("EfficientNetV2") or (
        symbol.name.startswith("ConvNeXt") and weights == "imagenet"
    )
    return str(symbol.defaults["name"]) if reads else ""


def fits(symbol: Symbol, own: str, name: str) -> bool:
    """Whether Keras takes a name that is given to a model that reads it."""
    return own in name if symbol.name.startswith("ConvNeXt") else own == name
