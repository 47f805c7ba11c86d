"""Layers that turn sound into pictures of its frequencies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dsl.catalogue.checks import channels_axis, refuse_map, refuse_unknown, shape_of, space_of
from dsl.catalogue.registry import Output, Policy, Refusal, rule
from dsl.catalogue.rules.convolution import refuse_windows
from dsl.shapes.counting import count
from dsl.shapes.dims import floor_div, plus, show, times
from dsl.shapes.types import TensorType
from dsl.shapes.windows import slide

if TYPE_CHECKING:
    from dsl.shapes.types import Shape


@rule("STFTSpectrogram")
def stft_spectrogram(
    x: TensorType,
    *,
    mode: str,
    frame_length: int,
    frame_step: int | None,
    fft_length: int | None,
    padding: str,
    expand_dims: bool,
    window: Any,
    data_format: str | None,
    policy: Policy,
) -> Output | Refusal:
    """Frames of a signal, each as strengths of frequencies; the kernels are weights."""
    refusal = (
        _refuse_lengths(frame_length, frame_step, fft_length)
        or _refuse_window(window, frame_length)
        or refuse_map("STFTSpectrogram", x, 1, data_format)
        or refuse_unknown("STFTSpectrogram", x, channels_axis(data_format), "number of channels")
        or refuse_windows("STFTSpectrogram", x, (frame_length,), padding, data_format, (1,))
    )
    if refusal is not None:
        return refusal
    bins = (fft_length or 1 << (frame_length - 1).bit_length()) // 2 + 1
    shape = shape_of(x)
    (size,) = space_of(shape, data_format)
    steps = slide(size, frame_length, frame_step or frame_length // 2, padding)
    heights = bins * (2 if mode == "stft" else 1)
    channels = shape[channels_axis(data_format)]
    first = data_format == "channels_first"
    made: Shape
    if expand_dims:
        made = (channels, steps, heights) if first else (steps, heights, channels)
    else:
        flat = times(heights, channels)
        made = (flat, steps) if first else (steps, flat)
    kernels = frame_length * bins * (1 if mode in ("real", "imag") else 2)
    madds = count(shape[0], steps, channels, kernels)
    return Output(TensorType(policy.compute, (shape[0], *made)), kernels, madds=madds)


def _refuse_window(window: Any, frame_length: int) -> Refusal | None:
    if not isinstance(window, list | tuple) or len(window) == frame_length:
        return None
    words = f"a window of {len(window)} numbers does not fit a frame_length of {frame_length}"
    return Refusal(words, argument="window", code="bad-value")


@rule("MelSpectrogram")
def mel_spectrogram(
    x: TensorType, *, num_mel_bins: int, sequence_stride: int, fft_length: int, policy: Policy
) -> Output | Refusal:
    """A signal as strengths of pitches: those of frequencies, times a matrix."""
    shape = shape_of(x)
    if len(shape) < 2:
        words = f"MelSpectrogram takes a tensor of [samples], and this is {x}"
        return Refusal(words, operand=0, code="cannot-run")
    steps = floor_div(plus(shape[1], sequence_stride + 1), sequence_stride)
    madds = count(*shape[:-1], steps, fft_length // 2 + 1, num_mel_bins)
    words = "MelSpectrogram announces three axes, and the run keeps all those before the samples"
    surprises = (words,) if len(shape) > 2 else ()
    size = shape[1]
    real = (size - fft_length % 2) // sequence_stride + 1 if isinstance(size, int) else steps
    if not surprises and real != steps:
        surprises = (
            f"MelSpectrogram announces {show(steps)} steps, and the run gives {show(real)}",
        )
    return Output(
        TensorType(policy.compute, (shape[0], num_mel_bins, steps)),
        warnings=surprises,
        madds=madds,
    )


def _refuse_lengths(
    frame_length: int, frame_step: int | None, fft_length: int | None
) -> Refusal | None:
    if frame_step is not None and frame_step > frame_length:
        words = f"a frame_step of {frame_step} leaves gaps between frames of {frame_length}"
        return Refusal(words, argument="frame_step", code="bad-value")
    if frame_step is None and frame_length < 2:
        words = "half of a frame_length of 1 is no frame_step"
        return Refusal(words, "frame_length", help="give it a frame_step", code="bad-value")
    if fft_length is not None and fft_length < frame_length:
        words = f"a fft_length of {fft_length} is below the frame_length of {frame_length}"
        return Refusal(words, argument="fft_length", code="bad-value")
    return None
