"""MobileNets of any width: what their weights hold, reckoned where nobody measured it.

`alpha` scales the channels of each block, `depth_multiplier` those between the two halves of one.
The numbers of channels and the order of the blocks are those of the papers, as Keras builds them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from dsl.records import Thing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

CLASSES = 1000
PLAIN: Final = (64, 128, 128, 256, 256, 512, 512, 512, 512, 512, 512, 1024, 1024)
"""Channels of the blocks of MobileNet."""
INVERTED: Final = (
    *(16, 24, 24, 32, 32, 32, 64, 64, 64, 64),
    *(96, 96, 96, 160, 160, 160, 320),
)
"""Channels of the blocks of MobileNetV2; all but the first are six times as wide inside."""
LARGE: Final = (
    *((1, 16, 3, False), (4, 24, 3, False), (3, 24, 3, False)),
    *((3, 40, 5, True), (3, 40, 5, True), (3, 40, 5, True)),
    *((6, 80, 3, False), (2.5, 80, 3, False), (2.3, 80, 3, False), (2.3, 80, 3, False)),
    *((6, 112, 3, True), (6, 112, 3, True)),
    *((6, 160, 5, True), (6, 160, 5, True), (6, 160, 5, True)),
)
SMALL: Final = (
    *((1, 16, 3, True), (72 / 16, 24, 3, False), (88 / 24, 24, 3, False)),
    *((4, 40, 5, True), (6, 40, 5, True), (6, 40, 5, True)),
    *((3, 48, 5, True), (3, 48, 5, True)),
    *((6, 96, 5, True), (6, 96, 5, True), (6, 96, 5, True)),
)
"""Blocks of MobileNetV3: how much wider inside, channels, kernel, whether channels are weighed."""


class Weights(Thing):
    """What is counted on the way through a model: the channels that the last layer gave, and numbers in weights."""

    channels: int = 3
    params: int = 0
    frozen: int = 0

    def convolve(self, kernel: int, channels: int, *, bias: bool = False) -> None:
        """A convolution to so many channels."""
        self.params += kernel * kernel * self.channels * channels + (channels if bias else 0)
        self.channels = channels

    def slide(self, kernel: int, multiplier: int = 1) -> None:
        """A convolution of each channel by itself."""
        self.channels *= multiplier
        self.params += kernel * kernel * self.channels

    def normalize(self) -> None:
        """A normalization of the batch, half of which does not learn."""
        self.params += 4 * self.channels
        self.frozen += 2 * self.channels


def reckoned(name: str, settings: Mapping[str, Any]) -> dict[str, Any] | None:
    """What `applications.json` would have of a MobileNet with these settings; None where a layer would be empty.

    Args:
        name: `MobileNet`, `MobileNetV2`, `MobileNetV3Large` or `MobileNetV3Small`.
        settings: `alpha`, `depth_multiplier`, `minimalistic`, as far as the model has them.

    >>> reckoned("MobileNet", {"alpha": 1.0, "depth_multiplier": 1})["body"]["params"]
    [3228864, 21888]
    >>> reckoned("MobileNetV2", {"alpha": 1.0})["top"]
    {'params': [1281000, 0], 'per_class': 1281}
    """
    made = Weights()
    first = _MODELS[name](made, **settings)
    if first < 1 or made.channels < 1:
        return None
    body = {
        "channels": made.channels,
        "params": [made.params, made.frozen],
        "per_channel": [9 * first, 0],
    }
    inner = 0
    if name.startswith("MobileNetV3"):
        inner = _widened(1280 if name.endswith("Large") else 1024, settings["alpha"])
    last = inner or made.channels
    added = (made.channels + 1) * inner + (last + 1) * CLASSES
    return {"body": body, "top": {"params": [added, 0], "per_class": last + 1}}


def divisible(size: float) -> int:
    """The multiple of 8 next to a size, not less than 90 % of it.

    >>> divisible(32 * 0.35), divisible(24 * 0.35), divisible(1)
    (16, 8, 8)
    """
    near = max(8, int(size + 4) // 8 * 8)
    return near + 8 if near < 0.9 * size else near


def _widened(channels: int, alpha: float) -> int:
    """Channels of a last layer: no model has fewer, wide ones have more."""
    return divisible(channels * alpha) if alpha > 1 else channels


def _plain(made: Weights, alpha: float, depth_multiplier: int) -> int:
    first = int(32 * alpha)
    made.convolve(3, first)
    made.normalize()
    for channels in PLAIN:
        made.slide(3, depth_multiplier)
        made.normalize()
        made.convolve(1, int(channels * alpha))
        made.normalize()
    return first


def _inverted(made: Weights, alpha: float) -> int:
    first = divisible(32 * alpha)
    made.convolve(3, first)
    made.normalize()
    for index, channels in enumerate(INVERTED):
        if index:
            made.convolve(1, 6 * made.channels)
            made.normalize()
        made.slide(3)
        made.normalize()
        made.convolve(1, divisible(int(channels * alpha)))
        made.normalize()
    made.convolve(1, _widened(1280, alpha))
    made.normalize()
    return first


def _weighing(blocks: Any) -> Callable[..., int]:
    """MobileNetV3 of these blocks; the minimalistic one weighs no channels, and has small kernels."""

    def count(made: Weights, alpha: float, minimalistic: bool) -> int:
        made.convolve(3, 16)
        made.normalize()
        for index, (wider, channels, kernel, weighed) in enumerate(blocks):
            inside = divisible(made.channels * wider)
            if index:
                made.convolve(1, inside)
                made.normalize()
            made.slide(3 if minimalistic else kernel)
            made.normalize()
            if weighed and not minimalistic:
                _weigh(made, inside)
            made.convolve(1, divisible(channels * alpha))
            made.normalize()
        made.convolve(1, divisible(made.channels * 6))
        made.normalize()
        return 16

    return count


def _weigh(made: Weights, channels: int) -> None:
    """A weight for each channel, out of their means."""
    made.convolve(1, divisible(channels * 0.25), bias=True)
    made.convolve(1, channels, bias=True)


_MODELS: Final[dict[str, Callable[..., int]]] = {
    "MobileNet": _plain,
    "MobileNetV2": _inverted,
    "MobileNetV3Large": _weighing(LARGE),
    "MobileNetV3Small": _weighing(SMALL),
}
