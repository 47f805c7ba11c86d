"""Which layers hold weights or a state, so that applying one twice shares something."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dsl.catalogue.registry import Configured

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dsl.catalogue.lookup import Symbol

WITHOUT = frozenset(
    {
        "Activation",
        "ActivityRegularization",
        "AdaptiveAveragePooling1D",
        "AdaptiveAveragePooling2D",
        "AdaptiveAveragePooling3D",
        "AdaptiveMaxPooling1D",
        "AdaptiveMaxPooling2D",
        "AdaptiveMaxPooling3D",
        "Add",
        "AlphaDropout",
        "AugMix",
        "AutoContrast",
        "Average",
        "AveragePooling1D",
        "AveragePooling2D",
        "AveragePooling3D",
        "CategoryEncoding",
        "CenterCrop",
        "Concatenate",
        "ContrastLimitedAdaptiveHistogramEqualization",
        "Cropping1D",
        "Cropping2D",
        "Cropping3D",
        "CutMix",
        "Dot",
        "Dropout",
        "ELU",
        "Equalization",
        "Flatten",
        "GaussianDropout",
        "GaussianNoise",
        "GlobalAveragePooling1D",
        "GlobalAveragePooling2D",
        "GlobalAveragePooling3D",
        "GlobalMaxPooling1D",
        "GlobalMaxPooling2D",
        "GlobalMaxPooling3D",
        "HashedCrossing",
        "Hashing",
        "Identity",
        "InputLayer",
        "Lambda",
        "LeakyReLU",
        "Masking",
        "MaxNumBoundingBoxes",
        "MaxPooling1D",
        "MaxPooling2D",
        "MaxPooling3D",
        "Maximum",
        "MelSpectrogram",
        "Minimum",
        "MixUp",
        "Multiply",
        "Permute",
        "RandAugment",
        "RandomBrightness",
        "RandomColorDegeneration",
        "RandomColorJitter",
        "RandomContrast",
        "RandomCrop",
        "RandomElasticTransform",
        "RandomErasing",
        "RandomFlip",
        "RandomGaussianBlur",
        "RandomGrayscale",
        "RandomHue",
        "RandomInvert",
        "RandomPerspective",
        "RandomPosterization",
        "RandomRotation",
        "RandomSaturation",
        "RandomSharpness",
        "RandomShear",
        "RandomTranslation",
        "RandomZoom",
        "ReLU",
        "RepeatVector",
        "Rescaling",
        "Reshape",
        "Resizing",
        "Softmax",
        "Solarization",
        "SpatialDropout1D",
        "SpatialDropout2D",
        "SpatialDropout3D",
        "Subtract",
        "UnitNormalization",
        "UpSampling1D",
        "UpSampling2D",
        "UpSampling3D",
        "ZeroPadding1D",
        "ZeroPadding2D",
        "ZeroPadding3D",
    }
)
"""Layers that hold none, unless a layer among their arguments does."""

UNLESS = {
    "AdditiveAttention": ("use_scale",),
    "Attention": ("use_scale", "score_mode"),
    "LayerNormalization": ("center", "scale"),
    "GroupNormalization": ("center", "scale"),
}
"""Layers that hold some only where one of these arguments asks for it."""

HOLDERS = frozenset(
    {
        "Bidirectional", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D", "GroupQueryAttention", "MultiHeadAttention", "RNN", "SpectralNormalization",
        "StackedRNNCells", "TimeDistributed",
    }
)  # fmt: skip
"""Layers that hold others: Keras's `trainable=False`, given when they are made, does not reach the weights of
those, and `fit` changes them; set once the weights are there, it does."""

WRAPPERS = frozenset({"TimeDistributed", "Bidirectional", "Pipeline"})


def holds_weights(symbol: Symbol, arguments: Mapping[str, Any]) -> bool:
    """Whether a configured layer owns weights or a state; True where it can't be known.

    Args:
        symbol: the layer.
        arguments: of its configuration, those with defaults at least as far as they differ.
    """
    if not symbol.is_layer:
        return symbol.namespace == "applications"
    inner = [value for value in _flat(arguments.values()) if isinstance(value, Configured)]
    if any(_inner_holds(layer) for layer in inner):
        return True
    if symbol.key in WITHOUT:
        return False
    if symbol.key in WRAPPERS:
        return not inner
    if symbol.key in UNLESS:
        given = {**symbol.defaults, **arguments}
        return any(given[name] not in (False, "dot") for name in UNLESS[symbol.key])
    return True


def _inner_holds(layer: Configured) -> bool:
    from dsl.catalogue.lookup import by_key  # noqa: PLC0415 -- only for layers within layers

    symbol = by_key(layer.symbol)
    return symbol is None or (symbol.is_layer and holds_weights(symbol, layer.arguments))


def _flat(values: Any) -> list[Any]:
    """The values, those in lists too."""
    found: list[Any] = []
    for value in values:
        found.extend(_flat(value) if isinstance(value, list | tuple) else [value])
    return found
