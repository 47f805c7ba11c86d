"""Arguments that look swapped: both orders build, and only one is meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dsl import codes
from dsl.lints.reading import layers, place

if TYPE_CHECKING:
    from collections.abc import Callable

    from dsl.checker.frame import Frame
    from dsl.checker.values import Layer

LEAST_VOCABULARY = 1000
"""Widths below are as likely as vocabularies."""

WIDEST_ROW = 8192
WIDTHS_DIVIDE_BY = 64
"""Rows as wide as a thousand numbers and more are whole multiples of 64 wherever people build them."""

WORDS_OF_VOCABULARIES = ("vocab", "words", "tokens", "input_dim")

LARGEST_KERNEL = 11
"""Larger windows are rare in images, and never larger than the number of filters beside them."""

LARGE_KERNEL_1D = 32
"""Signals are filtered through windows of dozens of steps, seldom by three, five or seven filters."""

KERNELS_1D = (3, 5, 7)


def lint(frame: Frame, live: set[int]) -> None:  # noqa: ARG001 -- wrong in a dead branch too
    """Warn of layers whose first two arguments look swapped."""
    for _, layer in layers(frame):
        rule = RULES.get(layer.symbol.key)
        if rule is not None:
            rule(layer, frame)


def _report(layer: Layer, first: str, second: str, said: str, frame: Frame) -> None:
    a, b = place(layer, first, frame), place(layer, second, frame)
    early, late = (a, b) if a.start <= b.start else (b, a)
    name = layer.symbol.name
    frame.report(
        codes.SWAPPED,
        early.to(late) if early.end <= late.start else layer.span,
        said,
        help=f"{name} takes {first} first and {second} second: {name}({b.text}, {a.text})",
    )


def _embedding(layer: Layer, frame: Frame) -> None:
    rows, width = layer.arguments.get("input_dim"), layer.arguments.get("output_dim")
    if not isinstance(rows, int) or not isinstance(width, int) or width <= rows:
        return
    usual = width <= WIDEST_ROW and width % WIDTHS_DIVIDE_BY == 0
    named = place(layer, "output_dim", frame).text.lower()
    if any(word in named for word in WORDS_OF_VOCABULARIES) or (
        width >= LEAST_VOCABULARY and width > 2 * rows and not usual
    ):
        said = f"{layer.symbol.name} with {rows} words, each a row of {width} numbers: the two look swapped"
        _report(layer, "input_dim", "output_dim", said, frame)


def _convolution(layer: Layer, frame: Frame) -> None:
    filters, window = layer.arguments.get("filters"), _one_number(layer.arguments["kernel_size"])
    if not isinstance(filters, int) or window is None or window <= filters:
        return
    if _one_number(layer.arguments.get("strides")) == window:
        return  # patches side by side
    if layer.symbol.key.endswith("1D"):
        looks = filters in KERNELS_1D and window >= LARGE_KERNEL_1D
    else:
        looks = window > LARGEST_KERNEL >= filters
    if looks:
        said = f"{layer.symbol.name} with {filters} filters and a window of {window}: the two look swapped"
        _report(layer, "filters", "kernel_size", said, frame)


def _one_number(value: object) -> int | None:
    if isinstance(value, list | tuple) and value and all(one == value[0] for one in value):
        value = value[0]
    return value if isinstance(value, int) and not isinstance(value, bool) else None


RULES: dict[str, Callable[[Layer, Frame], None]] = {
    "Embedding": _embedding,
    "ReversibleEmbedding": _embedding,
    **{
        f"{kind}{rank}": _convolution
        for kind, ranks in (("Conv", ("1D", "2D", "3D")), ("SeparableConv", ("1D", "2D")))
        for rank in ranks
    },
}
