"""Parameters of layers of images that take other values than their names say: how far they go, and in which colours."""

from __future__ import annotations

from typing import Any

from dsl.catalogue import kinds
from dsl.catalogue.kinds import Kind, one_of
from dsl.catalogue.registry import UNKNOWN
from dsl.records import replace

ZOOM = replace(
    kinds.amount(-1 + 1e-9, 1, both=True), what="a number above -1, up to 1, or a list of two"
)
AROUND_ZERO = (
    ("RandomBrightness", "factor"),
    ("RandomColorDegeneration", "factor"),
    ("RandomColorJitter", "brightness_factor"),
    ("RandomColorJitter", "saturation_factor"),
    ("RandomRotation", "factor"),
    ("RandomSaturation", "factor"),
)
FROM_ZERO = (
    ("CutMix", "factor"),
    ("RandomColorJitter", "contrast_factor"),
    ("RandomColorJitter", "hue_factor"),
    ("RandomSharpness", "factor"),
    ("RandomContrast", "factor"),
    ("RandomElasticTransform", "factor"),
    ("RandomElasticTransform", "scale"),
    ("RandomErasing", "factor"),
    ("RandomErasing", "scale"),
    ("RandomGaussianBlur", "factor"),
    ("RandomGaussianBlur", "sigma"),
    ("RandomHue", "factor"),
    ("RandomInvert", "factor"),
    ("RandomPerspective", "factor"),
)
WITHIN_ONE = (
    ("AugMix", "factor"),
    ("RandAugment", "factor"),
    ("RandomShear", "x_factor"),
    ("RandomShear", "y_factor"),
    ("Solarization", "addition_factor"),
    ("Solarization", "threshold_factor"),
)
COLOURS = Kind(
    "a list of two numbers",
    lambda value: (
        isinstance(value, list | tuple)
        and len(value) == 2
        and all(item is UNKNOWN or kinds.is_number(item) for item in value)
    ),
    silent=lambda value: isinstance(value, list | tuple) and len(value) == 2 and None not in value,
)
"""From the darkest to the brightest of an image."""
WITHOUT_LOOKING = (
    "ContrastLimitedAdaptiveHistogramEqualization",
    "RandomColorJitter",
    "RandomContrast",
    "RandomElasticTransform",
    "RandomErasing",
    "RandomGaussianBlur",
    "RandomHue",
    "RandomInvert",
)
"""Layers that take anything as their `value_range`."""


def _is_nothing(value: Any) -> bool:
    """Whether a factor counts as none, or as a number though it is a boolean."""
    return isinstance(value, bool) or kinds.is_empty(value)


OF_IMAGES: dict[tuple[str, str], Kind] = {
    **{(name, "value_range"): kinds.unchecked(COLOURS) for name in WITHOUT_LOOKING},
    **{key: kinds.amount(-1, 1) for key in AROUND_ZERO},
    **{key: kinds.amount(0, 1) for key in FROM_ZERO},
    **{
        (name, factor): replace(kinds.amount(-1, 1), none=True, silent=_is_nothing)
        for name, factor in (
            ("RandomBrightness", "factor"),
            ("RandomColorJitter", "brightness_factor"),
            ("RandomRotation", "factor"),
        )
    },
    **{key: kinds.amount(0, 1, both=True) for key in WITHIN_ONE},
    ("RandomTranslation", "height_factor"): kinds.amount(-1, 1, both=True),
    ("RandomTranslation", "width_factor"): kinds.amount(-1, 1, both=True),
    ("RandomZoom", "height_factor"): ZOOM,
    ("RandomZoom", "width_factor"): ZOOM,
    ("RandomPosterization", "factor"): kinds.unchecked(
        kinds.amount(1, 8), lambda value: value is True
    ),
    ("RandomGaussianBlur", "kernel_size"): Kind(
        "an odd number or a list of two",
        lambda value: all(
            item is UNKNOWN or (kinds.is_whole(item, 1) and item % 2 == 1)
            for item in (value if isinstance(value, list | tuple) else (value,))
        ),
        silent=lambda value: all(
            kinds.is_measure(item) and item % 2 != 0
            for item in (value if isinstance(value, list | tuple) and len(value) == 2 else (value,))
        ),
    ),
    ("RandomGrayscale", "factor"): kinds.FRACTION,
    ("RandomPerspective", "scale"): kinds.FRACTION,
    ("RandomFlip", "mode"): kinds.unchecked(
        one_of("horizontal", "vertical", "horizontal_and_vertical")
    ),
}
"""Rows of `layer_domains.EXCEPTIONS`."""
