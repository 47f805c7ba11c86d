"""Fourier transforms, complex numbers as pairs, and windows over signals.

A complex tensor is a pair of a real and an imaginary one here, as in Keras.
"""

from __future__ import annotations

from typing import Any

from dsl.catalogue.checks import shape_of
from dsl.catalogue.registry import Output, Refusal, rule
from dsl.catalogue.rules.elementwise import floating
from dsl.catalogue.rules.operands import alike_shapes, run_problem
from dsl.records import replace
from dsl.shapes.dims import Dim, floor_div, minus, plus, times
from dsl.shapes.types import TensorType

RUNS = ("float32", "float64")
"""The dtypes whose run succeeds, with TensorFlow; each other one is announced all the same."""

PAIR = "give it both: (real, imaginary)"


@rule("ops.fft", "ops.fft2", "ops.ifft2")
def fft(x: list[TensorType], *, symbol: str) -> Output | Refusal:
    """A pair to a pair, over the last axis or the last two, which must be known.

    >>> from dsl.shapes.dims import BATCH
    >>> real = TensorType("float32", (BATCH, 8))
    >>> [str(one) for one in fft([real, real], symbol="ops.fft").value]
    ['float32[8]', 'float32[8]']
    """
    name = _name(symbol)
    axes = 1 if name == "fft" else 2
    refusal = _pair_problem(name, x, axes)
    if refusal is not None:
        return refusal
    real, imaginary = x
    if any(not isinstance(size, int) for size in shape_of(real)[-axes:]):
        where = "its last axis" if axes == 1 else "its last two axes"
        words = f"{name} must know {where} as a number, and this is {real}"
        helps = "declare the input with numbers there"
        return Refusal(words, operand=0, help=helps, code="unknown-size")
    return run_problem(name, RUNS, real, imaginary) or Output((real, imaginary))


@rule("ops.rfft")
def rfft(x: TensorType, *, fft_length: Any = None) -> Output | Refusal:
    """A real signal to the pair of its first half of frequencies."""
    shape = shape_of(x)
    refusal = _no_signal("rfft", x) or _given_problem("fft_length", fft_length, -3)
    if refusal is not None:
        return refusal
    size = shape[-1] if fft_length is None else fft_length
    made = TensorType(x.dtype, (*shape[:-1], plus(floor_div(size, 2), 1)))
    return run_problem("rfft", RUNS, x) or Output((made, made))


@rule("ops.irfft")
def irfft(x: list[TensorType], *, fft_length: Any = None) -> Output | Refusal:
    """The pair of the first half of frequencies to a real signal."""
    refusal = _pair_problem("irfft", x, 1) or _given_problem("fft_length", fft_length, -1)
    if refusal is not None:
        return refusal
    real, imaginary = x
    *batch, size = shape_of(real)
    if size == 0 and fft_length is None:
        return Refusal(f"irfft of nothing, {real}, has no size", operand=0, code="too-small")
    length = times(2, minus(size, 1)) if fft_length is None else fft_length
    made = TensorType(real.dtype, (*batch, length))
    return run_problem("irfft", RUNS, real, imaginary) or Output(made)


@rule("ops.stft")
def stft(
    x: TensorType,
    *,
    sequence_length: Any,
    sequence_stride: Any,
    fft_length: Any,
    center: Any = True,
) -> Output | Refusal:
    """Windows over a signal, each as the pair of its frequencies.

    >>> from dsl.shapes.dims import BATCH
    >>> x = TensorType("float32", (BATCH, 100))
    >>> str(stft(x, sequence_length=16, sequence_stride=8, fft_length=16).value[0])
    'float32[13, 9]'
    """
    refusal = (
        _no_signal("stft", x)
        or _stride_problem(sequence_stride)
        or _length_problem("fft_length", fft_length, -3)
    )
    if refusal is not None:
        return refusal
    *batch, size = shape_of(x)
    padded = 0 if center is False else fft_length // 2 * 2
    windows = _windows(plus(size, padded), fft_length, sequence_stride)
    if isinstance(windows, int) and windows < 0:
        words = (
            f"the window of {fft_length} is larger than the {size} that {x} has in its last axis"
        )
        return Refusal(words, "fft_length", 0, "use a smaller window", "too-small")
    made = TensorType(x.dtype, (*batch, windows, fft_length // 2 + 1))
    refusal = (
        _too_long(sequence_length, fft_length)
        or _too_far(x, fft_length, center)
        or run_problem("stft", RUNS, x)
    )
    if refusal is not None:
        return refusal
    warnings: tuple[str, ...] = ()
    if center is not False and not center:
        words = f"stft announces windows around the ends with center={center!r}, and the run leaves them out"
        warnings = (words,)
    return Output((made, made), warnings=warnings)


@rule("ops.istft")
def istft(
    x: list[TensorType],
    *,
    sequence_length: Any,
    sequence_stride: Any,
    fft_length: Any,
    length: Any = None,
    center: Any = True,
) -> Output | Refusal:
    """Windows of frequencies to the signal that they came from."""
    refusal = (
        _pair_problem("istft", x, 2)
        or _stride_problem(sequence_stride)
        or _given_problem("length", length, -1)
    )
    if refusal is not None:
        return refusal
    real, imaginary = x
    *batch, windows, _ = shape_of(real)
    words = f"fft_length is a positive integer, and {fft_length!r} is none"
    if not isinstance(fft_length, int):
        seen = isinstance(windows, int) and (length is None or not isinstance(fft_length, float))
        return Refusal(words, "fft_length", code="bad-value" if seen else "senseless-value")
    size = length
    if length is None:
        size = plus(times(minus(windows, 1), sequence_stride), fft_length)
        size = minus(size, fft_length // 2 * 2) if center else size
    if isinstance(size, int) and size < 0:
        words = f"nothing is left of the signal: its size would be {size}"
        return Refusal(words, "fft_length", 0, code="too-small")
    if fft_length < 1:
        return Refusal(words, "fft_length", code="senseless-value")
    refusal = _too_long(sequence_length, fft_length)
    refusal = refusal or run_problem("istft", RUNS, real, imaginary)
    if refusal is not None:
        return refusal
    warnings = _too_short(real, sequence_stride, fft_length, length, center)
    return Output(TensorType(real.dtype, (*batch, size)), warnings=warnings)


@rule("ops.extract_sequences")
def extract_sequences(
    x: TensorType, *, sequence_length: Any, sequence_stride: Any
) -> Output | Refusal:
    """Windows over the last axis."""
    refusal = _no_signal("extract_sequences", x)
    refusal = refusal or _length_problem("sequence_length", sequence_length, -1)
    *batch, size = shape_of(x)
    if refusal is not None and sequence_length is None and not isinstance(size, int):
        return replace(refusal, code="cannot-run")  # nothing is reckoned with it
    if refusal is not None:
        return refusal
    if not isinstance(sequence_stride, int) or sequence_stride < 1:
        words = f"sequence_stride is a positive integer, and {sequence_stride!r} is none"
        seen = isinstance(size, int) and not _goes_back(size, sequence_length, sequence_stride)
        return Refusal(words, "sequence_stride", code="bad-value" if seen else "senseless-value")
    windows = _windows(size, sequence_length, sequence_stride)
    if isinstance(windows, int) and windows < 0:
        words = f"the window of {sequence_length} is larger than the {size} that {x} has in its last axis"
        return Refusal(words, "sequence_length", 0, "use a smaller window", "too-small")
    return Output(TensorType(x.dtype, (*batch, windows, sequence_length)))


# ---- complex numbers


@rule("ops.view_as_complex")
def view_as_complex(x: TensorType) -> Output:
    """Pairs in the last axis to complex numbers."""
    words = "view_as_complex is announced, and its run fails with TensorFlow"
    if x.dtype is not None and x.dtype.startswith("complex"):
        words = f"view_as_complex of {x.dtype} adds two complex numbers"
    return Output(TensorType("complex64", shape_of(x)[:-1]), warnings=(words,))


@rule("ops.view_as_real")
def view_as_real(x: TensorType) -> Output:
    """Complex numbers to pairs in a further axis."""
    real = {"complex64": "float32", "complex128": "float64"}.get(x.dtype or "", x.dtype)
    words = f"view_as_real announces float32, and the run gives {real}"
    if x.dtype == "bool":
        words = "view_as_real of bool is announced, and the run fails"
    made = TensorType("float32", (*shape_of(x), 2))
    return Output(made, warnings=() if real in (None, "float32") else (words,))


@rule("ops.polar")
def polar(abs_: TensorType, angle: Any) -> Output | Refusal:
    """A size and an angle to a complex number, announced as a real one like the first operand."""
    sizes = [
        abs_,
        *([TensorType(floating(angle.dtype), ())] if isinstance(angle, TensorType) else []),
    ]
    words = "polar announces float32, and the run gives complex numbers"
    made = Output(TensorType("float32", abs_.shape), warnings=(words,))
    return run_problem("polar", RUNS, *sizes) or made


# ---- what is asked of operands and arguments


def _pair_problem(name: str, x: Any, axes: int) -> Refusal | None:
    """Why this is no pair of tensors of one shape."""
    if not isinstance(x, list | tuple) or len(x) != 2:
        form = f"a list of {len(x)}" if isinstance(x, list | tuple) else str(x)
        words = f"{name} takes a pair of a real and an imaginary tensor, and this is {form}"
        return Refusal(words, operand=0, help=PAIR, code="wrong-operands")
    real, imaginary = x
    if not alike_shapes(shape_of(real), shape_of(imaginary)):
        words = f"{name} takes two tensors of one shape, and these are {real} and {imaginary}"
        return Refusal(words, operand=0)
    if len(shape_of(real)) < axes:
        words = f"{name} needs {axes} axes, and this is {real}"
        return Refusal(words, operand=0, code="wrong-rank")
    return None


def _no_signal(name: str, x: TensorType) -> Refusal | None:
    if shape_of(x):
        return None
    return Refusal(f"{name} takes a signal, and this is {x}", operand=0, code="wrong-rank")


def _length_problem(name: str, value: Any, raises: int) -> Refusal | None:
    """Why a length is no positive integer; Keras takes integers above `raises` in silence."""
    if isinstance(value, int) and value > 0:
        return None
    silent = isinstance(value, int) and value > raises
    words = f"{name} is a positive integer, and {value!r} is none"
    return Refusal(words, name, code="senseless-value" if silent else "bad-value")


def _given_problem(name: str, value: Any, raises: int) -> Refusal | None:
    return None if value is None else _length_problem(name, value, raises)


def _stride_problem(value: Any) -> Refusal | None:
    if isinstance(value, int) and value > 0:
        return None
    words = f"sequence_stride is a positive integer, and {value!r} is none"
    return Refusal(words, "sequence_stride", code="bad-value")


def _windows(size: Dim, window: int, stride: int) -> Dim:
    """How many windows there are; Keras counts none where the window is larger by less than the stride."""
    return plus(floor_div(minus(size, window), stride), 1)


def _goes_back(size: int, window: int, stride: Any) -> bool:
    """Whether Keras takes a stride below 1 in silence: it only asks that the windows are not fewer than none."""
    return isinstance(stride, int) and stride < 0 <= (size - window) // stride + 1


def _too_long(sequence_length: Any, fft_length: int) -> Refusal | None:
    """Why a run fails: the window is longer than the transform."""
    if isinstance(sequence_length, int) and sequence_length <= fft_length:
        return None
    words = f"a sequence_length of {sequence_length} is above the fft_length of {fft_length}"
    helps = f"give an fft_length of {sequence_length} or more"
    return Refusal(words, "sequence_length", help=helps, code="cannot-run")


def _too_far(x: TensorType, fft_length: int, center: Any) -> Refusal | None:
    """Why a run fails: it mirrors more at both ends than there is."""
    size = shape_of(x)[-1]
    if not center or not isinstance(size, int) or size > fft_length // 2:
        return None
    words = f"half the window, {fft_length // 2}, is mirrored at both ends, and {x} has {size}"
    helps = "use `center=false` or a smaller window"
    return Refusal(words, "fft_length", 0, helps, "cannot-run")


def _too_short(
    real: TensorType, stride: int, fft_length: int, length: Any, center: Any
) -> tuple[str, ...]:
    """That the windows hold less than the length asked for."""
    windows = shape_of(real)[-2]
    if length is None or not isinstance(windows, int):
        return ()
    held = (windows - 1) * stride + fft_length - (fft_length // 2 if center else 0)
    return (f"istft announces {length}, and the run gives {held}",) if held < length else ()


def _name(symbol: str) -> str:
    return symbol.rpartition(".")[2]
