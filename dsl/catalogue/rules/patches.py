"""Windows of maps as functions: patches taken out and put back, pools of a wanted size."""

from __future__ import annotations

from math import prod
from typing import Any

from dsl.catalogue.checks import channels_axis, shape_of, space_of, tuple_of
from dsl.catalogue.registry import Output, Refusal, rule
from dsl.catalogue.rules.convolution_functions import WORDS, places, slid
from dsl.catalogue.rules.operands import run_problem
from dsl.records import replace
from dsl.shapes.dims import Dim, floor_div, show
from dsl.shapes.dtypes import DTYPES
from dsl.shapes.types import TensorType

FLOATS = ("float16", "bfloat16", "float32", "float64")
NUMBERS = tuple(dtype for dtype in DTYPES if dtype not in ("bool", "string"))
REAL = tuple(dtype for dtype in NUMBERS if not dtype.startswith("complex"))
RUNS = {
    "adaptive_average_pool": FLOATS,
    "adaptive_max_pool": REAL,
    "extract_patches": ("int32", *FLOATS),
    "extract_patches_3d": FLOATS,
    "fold": NUMBERS,
    "unfold": NUMBERS,
}
"""The dtypes whose run succeeds; each other one is announced all the same."""


@rule("ops.image.extract_patches", "ops.image.extract_patches_3d")
def extract_patches(
    images: TensorType,
    *,
    size: Any,
    strides: Any = None,
    dilation_rate: Any = 1,
    padding: Any = "valid",
    data_format: str | None = None,
    symbol: str,
) -> Output | Refusal:
    """Each patch as one row of channels; a size of three is for volumes, a map without batch may come too.

    >>> from dsl.shapes.dims import BATCH
    >>> x = TensorType("float32", (BATCH, 8, 8, 3))
    >>> str(extract_patches(x, size=4, symbol="ops.image.extract_patches").value)
    'float32[2, 2, 48]'
    """
    name = symbol.rpartition(".")[2]
    windows = _windows(name, size)
    if isinstance(windows, Refusal):
        return windows
    shape, axes = shape_of(images), len(windows)
    if len(shape) not in (axes + 1, axes + 2):
        words = (
            f"{name} of {axes} sizes takes {axes} axes of space and channels, and this is {images}"
        )
        return Refusal(words, operand=0, code="wrong-rank")
    if padding not in WORDS:
        return Refusal(f"padding must be valid or same, not {padding}", "padding", code="bad-value")
    channels = shape[-axes - 1 if data_format == "channels_first" else -1]
    if not isinstance(channels, int):
        words = f"{name} must know the number of channels, and it is {show(channels)} in {images}"
        return Refusal(words, operand=0, code="unknown-size")
    alone = len(shape) == axes + 1
    batch = TensorType(images.dtype, (1, *shape) if alone else shape)
    settings = (windows if strides is None else strides, padding, data_format, dilation_rate)
    if min(windows) < 1:
        return _odd_size(batch, windows, settings)
    found = slid(name, batch, windows, prod(windows) * channels, settings)
    if isinstance(found, Refusal):
        return found
    value = TensorType(images.dtype, shape_of(found)[1:]) if alone else found
    return run_problem(name, RUNS[name], images) or Output(value, warnings=_not_run(settings))


def _windows(name: str, size: Any) -> tuple[int, ...] | Refusal:
    """The size of a patch, for each axis of space."""
    if isinstance(size, int):
        size = (size,) * (3 if name.endswith("3d") else 2)
    counts = isinstance(size, list | tuple) and len(size) in (2, 3)
    if counts and all(isinstance(one, int) for one in size):
        return tuple(size)
    words = f"`size` is a positive integer or two or three of these, and {size!r} is not"
    return Refusal(words, "size", code="bad-value")


def _odd_size(batch: TensorType, windows: tuple[int, ...], settings: tuple[Any, ...]) -> Refusal:
    """Why a size is not positive; Keras asks only that it can divide, and that something is left."""
    strides, padding, data_format, dilation_rate = settings
    space = space_of(shape_of(batch), data_format)
    steps, holes = (tuple_of(one, len(space)) for one in (strides, dilation_rate))
    alike = len(steps) == len(holes) == len(space)
    every = zip(space, windows, steps, holes, strict=False)
    silent = alike and prod(windows) >= 0 and all(places(*one, padding) for one in every)
    words = f"`size` is a positive integer or two or three of these, and {windows} is not"
    return Refusal(words, "size", code="senseless-value" if silent else "bad-value")


def _not_run(settings: tuple[Any, ...]) -> tuple[str, ...]:
    strides, padding, _, dilation_rate = settings
    if padding == "causal":
        return ("the run fails: patches take padding valid or same",)
    if _above_one(strides) and _above_one(dilation_rate):
        return ("the run fails: patches take strides or a dilation_rate above 1, not both",)
    return ()


def _above_one(value: Any) -> bool:
    return any(one > 1 for one in (value if isinstance(value, list | tuple) else (value,)))


# ---- fold and unfold


@rule("ops.unfold")
def unfold(
    x: TensorType, *, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1
) -> Output | Refusal:
    """Patches of [channels, height, width], as columns of [channels of a patch, patches].

    >>> from dsl.shapes.dims import BATCH
    >>> str(unfold(TensorType("float32", (BATCH, 3, 8, 8)), kernel_size=2).value)
    'float32[12, 49]'
    """
    shape = shape_of(x)
    if len(shape) != 4:
        words = f"unfold takes [channels, height, width], and this is {x}"
        return Refusal(words, operand=0, code="wrong-rank")
    batch, channels, height, width = shape
    if not (isinstance(channels, int) and isinstance(height, int) and isinstance(width, int)):
        words = f"unfold must know channels, height and width as numbers, and this is {x}"
        return Refusal(words, operand=0, code="unknown-size")
    given = {"kernel_size": kernel_size, "dilation": dilation, "padding": padding, "stride": stride}
    odd = _odd(given)
    if odd is not None:
        return replace(odd, code="senseless-value") if _unfolds(shape, given) else odd
    kernel, *settings = map(_pair, given.values())
    places = [_places(*one) for one in zip((height, width), kernel, *settings, strict=True)]
    if prod(places) < 0:
        return Refusal(f"the window is larger than {x}", "kernel_size", 0, code="too-small")
    if min(places) < 1:
        words = f"no window of {kernel_size} fits into {x}"
        return Refusal(words, "kernel_size", 0, code="senseless-value")
    made = TensorType(x.dtype, (batch, channels * prod(kernel), prod(places)))
    return run_problem("unfold", RUNS["unfold"], x) or Output(made)


@rule("ops.fold")
def fold(
    x: TensorType,
    *,
    output_size: Any,
    kernel_size: Any,
    dilation: Any = 1,
    padding: Any = 0,
    stride: Any = 1,
) -> Output | Refusal:
    """Columns of [channels of a patch, patches] summed up to [channels, height, width]: the way back from `unfold`."""
    shape = shape_of(x)
    if len(shape) != 3:
        words = f"fold takes [channels of a patch, patches], and this is {x}"
        return Refusal(words, operand=0, code="wrong-rank")
    sizes = {"output_size": output_size, "kernel_size": kernel_size}
    given = {"dilation": dilation, "padding": padding, "stride": stride}
    odd = _odd(sizes)
    if odd is not None:
        return replace(odd, code="senseless-value") if _folds(shape, sizes) else odd
    batch, columns, patches = shape
    if not _folds(shape, sizes):
        count = prod(_pair(kernel_size))
        words = f"{columns} channels of a patch are no multiple of the {count} of {kernel_size}"
        return Refusal(words, "kernel_size", 0, code="bad-value")
    odd = _odd(given)
    if odd is not None:
        return replace(odd, code="senseless-value")
    size, kernel, *settings = map(_pair, (*sizes.values(), *given.values()))
    places = [_places(*one) for one in zip(size, kernel, *settings, strict=True)]
    if isinstance(patches, int) and patches != prod(places):
        words = f"{prod(places)} patches make up {size}, and {x} has {patches}"
        return Refusal(words, operand=0, code="cannot-run")
    made = TensorType(x.dtype, (batch, floor_div(columns, prod(kernel)), *size))
    return run_problem("fold", RUNS["fold"], x) or Output(made)


def _pair(value: Any) -> Any:
    """A number for both axes, or one for each."""
    return (value, value) if isinstance(value, int) else value


def _odd(given: dict[str, Any]) -> Refusal | None:
    """Why a setting is neither a number for both axes nor one for each, if one is."""
    for name, value in given.items():
        pair = _pair(value)
        least = 0 if name in ("padding", "output_size") else 1
        two = isinstance(pair, list | tuple) and len(pair) == 2
        if not two or not all(isinstance(one, int) and one >= least for one in pair):
            words = f"{name} is an integer from {least} up or two of these, and {value!r} is not"
            return Refusal(words, name, code="bad-value")
    return None


def _unfolds(shape: Any, given: dict[str, Any]) -> bool:
    """Whether Keras comes to sizes, whatever the settings."""
    try:
        pairs = [tuple(_pair(value)) for value in given.values()]
        places = [_places(*one) for one in zip(shape[2:], *pairs, strict=True)]
        sizes = (shape[1] * prod(pairs[0]), prod(places))
    except (TypeError, ValueError, ZeroDivisionError):
        return False
    return all(isinstance(size, int) and size >= 0 for size in sizes)


def _folds(shape: Any, given: dict[str, Any]) -> bool:
    """Whether Keras comes to sizes, whatever the output and the kernel."""
    try:
        (height, width), (rows, columns) = (_pair(value) for value in given.values())
        rest = shape[1] % (rows * columns) if isinstance(shape[1], int) else 0
        channels = shape[1] // (rows * columns) if isinstance(shape[1], int) else None
    except (TypeError, ValueError, ZeroDivisionError):
        return False
    sizes = (channels, height, width)
    return rest == 0 and all(n is None or (isinstance(n, int) and n >= 0) for n in sizes)


def _places(size: int, window: int, dilation: int, padding: int, stride: int) -> int:
    return (size + 2 * padding - dilation * (window - 1) - 1) // stride + 1


# ---- pools of a wanted size


@rule("ops.adaptive_average_pool", "ops.adaptive_max_pool")
def adaptive_pool(
    inputs: TensorType, *, output_size: Any, data_format: str | None = None, symbol: str
) -> Output | Refusal:
    """As many windows as wanted; with the channels last Keras announces one axis too many.

    >>> from dsl.shapes.dims import BATCH
    >>> x, key = TensorType("float32", (BATCH, 8, 8, 3)), "ops.adaptive_max_pool"
    >>> str(adaptive_pool(x, output_size=(2, 2), symbol=key).value)
    'float32[8, 2, 2, 3]'
    """
    name, shape = symbol.rpartition(".")[2], shape_of(inputs)
    first = data_format == "channels_first"
    if len(shape) < (2 if first else 1):
        words = f"{name} takes a map with channels, and this is {inputs}"
        return Refusal(words, operand=0, code="wrong-rank")
    refusal = _size_problem(name, output_size)
    if refusal is not None:
        return refusal
    kept = shape[:2] if first else shape[: -len(output_size)]
    after: tuple[Dim, ...] = () if first else shape[-1:]
    refusal = run_problem(name, RUNS[name], inputs)
    if refusal is not None:
        return refusal
    warnings = _real_pool(inputs, output_size, channels_axis(data_format))
    made = TensorType(inputs.dtype, (*kept, *output_size, *after))
    return Output(made, warnings=warnings)


def _size_problem(name: str, output_size: Any) -> Refusal | None:
    """Why these are no numbers of windows; Keras takes a tuple alone, with a nought or none in silence."""
    if not isinstance(output_size, tuple):
        words = f"{name} takes its output_size as a tuple, and {output_size!r} is none"
        helps = "write (2, 2), with round parentheses"
        return Refusal(words, "output_size", help=helps, code="bad-value")
    if output_size and all(isinstance(size, int) and size > 0 for size in output_size):
        return None
    silent = all(one is None or (isinstance(one, int) and one >= 0) for one in output_size)
    words = f"output_size is a tuple of positive integers, and {output_size!r} is none"
    return Refusal(words, "output_size", code="senseless-value" if silent else "bad-value")


def _real_pool(inputs: TensorType, output_size: tuple[int, ...], channels: int) -> tuple[str, ...]:
    """What the run gives where it is not what Keras announces."""
    shape = shape_of(inputs)
    if len(shape) != len(output_size) + 2:
        words = f"a run on {inputs} needs an output_size of {max(len(shape) - 2, 0)} numbers"
        return (words,)
    if channels == 1:
        return ()
    real = TensorType(inputs.dtype, (shape[0], *output_size, shape[-1]))
    return (f"Keras announces one axis too many here, and the run gives {real}",)
