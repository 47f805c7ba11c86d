"""Words of functions of tensors, where they are others than their parameter's name says.

Keras looks at most of them in the run alone: a word that it does not know is taken in silence while the model is built.
"""

from __future__ import annotations

from functools import partial
from typing import Final

from dsl.catalogue import kinds
from dsl.catalogue.kinds import Kind, one_of
from dsl.records import replace

seen_in_run = partial(one_of, silent=kinds.always)

LAYOUT = seen_in_run("channels_last", "channels_first", none=True)
SMOOTH = seen_in_run("nearest", "bilinear")
EDGES = seen_in_run("constant", "nearest", "reflect", "wrap")
SCALINGS = (
    "linear",
    "bilinear",
    "trilinear",
    "cubic",
    "bicubic",
    "tricubic",
    "lanczos3",
    "lanczos5",
)
WINDOW = Kind(
    "hann or hamming, or a tensor",
    lambda value: value in ("hann", "hamming") if isinstance(value, str) else True,
    frozenset({"hann", "hamming"}),
    attracts=True,
    none=True,
    silent=kinds.always,
)

OF_FUNCTIONS: Final[dict[tuple[str, str], Kind]] = {
    ("ops.adaptive_average_pool", "data_format"): LAYOUT,
    ("ops.adaptive_max_pool", "data_format"): LAYOUT,
    **{
        (f"ops.{name}", part): replace(kinds.NUMBER, silent=kinds.always)
        for name in ("isclose", "allclose")
        for part in ("rtol", "atol")
    },
    ("ops.fold", "padding"): Kind(
        "an integer of 0 or more, or two of these",
        lambda value: not isinstance(value, str),  # the rest is for the rule
        silent=kinds.always,
    ),
    ("ops.ctc_decode", "strategy"): seen_in_run("greedy", "beam_search", attracts=False),
    ("ops.image.affine_transform", "fill_mode"): EDGES,
    ("ops.image.affine_transform", "interpolation"): SMOOTH,
    ("ops.image.elastic_transform", "fill_mode"): EDGES,
    ("ops.image.elastic_transform", "interpolation"): SMOOTH,
    ("ops.image.map_coordinates", "fill_mode"): seen_in_run(
        "constant", "nearest", "reflect", "wrap", "mirror"
    ),
    ("ops.image.map_coordinates", "order"): Kind(
        "0 or 1", lambda value: value in (0, 1), silent=kinds.always
    ),
    ("ops.image.perspective_transform", "interpolation"): SMOOTH,
    ("ops.image.resize", "interpolation"): seen_in_run(
        "nearest", "bilinear", "bicubic", "lanczos3", "lanczos5", "area"
    ),
    ("ops.image.scale_and_translate", "method"): seen_in_run(*SCALINGS, attracts=False),
    ("ops.istft", "window"): WINDOW,
    ("ops.normalize", "order"): replace(kinds.POSITIVE, silent=kinds.always),
    ("ops.qr", "mode"): one_of("reduced", "complete", attracts=False),
    ("ops.stft", "window"): WINDOW,
}
"""By a function's key and a parameter's name."""
