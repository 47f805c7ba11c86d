"""Convolutions as functions, whose kernel is a tensor: `keras.ops.conv` and its kin.

The dtype is that of the inputs; of the kernel Keras looks at the sizes alone.
"""

from __future__ import annotations

from math import floor
from typing import Any

from dsl.catalogue.checks import channels_axis, shape_of, space_of, tuple_of, with_space
from dsl.catalogue.registry import Output, Refusal, rule
from dsl.catalogue.rules.operands import run_problem
from dsl.shapes.counting import count
from dsl.shapes.dims import Dim, same, show, times
from dsl.shapes.types import Shape, TensorType
from dsl.shapes.windows import extent, fits, slide, spread

FLOATS = ("float16", "bfloat16", "float32", "float64")
RUNS = {"conv": ("int32", *FLOATS), "depthwise_conv": FLOATS, "separable_conv": FLOATS}
"""The dtypes whose run succeeds; each other one is announced all the same."""

AXES = {"conv": 3, "depthwise_conv": 2, "separable_conv": 2}
"""Over how many axes of space a run can slide."""

WORDS = ("valid", "same", "causal")


@rule("ops.conv")
def conv(
    inputs: TensorType,
    kernel: TensorType,
    *,
    strides: Any = 1,
    padding: Any = "valid",
    data_format: str | None = None,
    dilation_rate: Any = 1,
) -> Output | Refusal:
    """A kernel of [*windows, channels, filters] slides over a map.

    >>> from dsl.shapes.dims import BATCH
    >>> x, k = TensorType("float32", (BATCH, 8, 8, 3)), TensorType("float32", (3, 3, 3, 5))
    >>> made = conv(x, k)
    >>> str(made.value), made.madds
    ('float32[6, 6, 5]', 4860)
    """
    settings = (strides, padding, data_format, dilation_rate)
    filters = (shape_of(kernel) or (None,))[-1]
    value = _slid("conv", inputs, kernel, filters, settings)
    if isinstance(value, Refusal):
        return value
    late = run_problem("conv", RUNS["conv"], inputs, kernel)
    warnings = _surprises("conv", inputs, settings)
    madds = count(*shape_of(value), *shape_of(kernel)[:-1])
    return late or Output(value, warnings=warnings, madds=madds)


@rule("ops.depthwise_conv")
def depthwise_conv(
    inputs: TensorType,
    kernel: TensorType,
    *,
    strides: Any = 1,
    padding: Any = "valid",
    data_format: str | None = None,
    dilation_rate: Any = 1,
) -> Output | Refusal:
    """A kernel of [*windows, channels, multiplier] slides over each channel by itself."""
    settings = (strides, padding, data_format, dilation_rate)
    value = _deep("depthwise_conv", inputs, kernel, settings)
    if isinstance(value, Refusal):
        return value
    late = run_problem("depthwise_conv", RUNS["depthwise_conv"], inputs, kernel)
    warnings = _surprises("depthwise_conv", inputs, settings)
    madds = count(*shape_of(value), *shape_of(kernel)[:-2])
    return late or Output(value, warnings=warnings, madds=madds)


@rule("ops.separable_conv")
def separable_conv(
    inputs: TensorType,
    depthwise_kernel: TensorType,
    pointwise_kernel: TensorType,
    *,
    strides: Any = 1,
    padding: Any = "valid",
    data_format: str | None = None,
    dilation_rate: Any = 1,
) -> Output | Refusal:
    """A depthwise convolution, whose channels a kernel of [1, …, channels, filters] then mixes."""
    settings = (strides, padding, data_format, dilation_rate)
    deep = _deep("separable_conv", inputs, depthwise_kernel, settings)
    if isinstance(deep, Refusal):
        return deep
    mixing = shape_of(pointwise_kernel)
    if not mixing:
        words = f"the kernel of separable_conv that mixes channels is {pointwise_kernel}"
        return Refusal(words, operand=2, code="wrong-rank")
    sizes = list(shape_of(deep))
    channels = sizes[channels_axis(data_format)]
    sizes[channels_axis(data_format)] = mixing[-1]
    if not _mixes(mixing, channels, len(sizes)):
        words = f"{pointwise_kernel} cannot mix the {show(channels)} channels in between"
        helps = "it needs [1, …, channels in between, filters]"
        return Refusal(words, operand=2, help=helps, code="cannot-run")
    kernels = (depthwise_kernel, pointwise_kernel)
    late = run_problem("separable_conv", RUNS["separable_conv"], inputs, *kernels)
    warnings = _surprises("separable_conv", inputs, settings)
    first = count(*shape_of(deep), *shape_of(depthwise_kernel)[:-2])
    second = count(*sizes, channels)
    madds = None if first is None or second is None else first + second
    made = TensorType(inputs.dtype, tuple(sizes))
    return late or Output(made, warnings=warnings, madds=madds)


@rule("ops.conv_transpose")
def conv_transpose(
    inputs: TensorType,
    kernel: TensorType,
    *,
    strides: Any = 1,
    padding: Any = "valid",
    output_padding: Any = None,
    data_format: str | None = None,
    dilation_rate: Any = 1,
) -> Output | Refusal:
    """A kernel of [*windows, filters, channels] spreads each place of a map over a window."""
    refusal = _map_problem("conv_transpose", inputs, kernel, -1, data_format)
    if refusal is not None:
        return refusal
    *windows, filters, _ = shape_of(kernel)
    space = space_of(shape_of(inputs), data_format)
    if not isinstance(padding, str) or padding.lower() not in WORDS[:2]:
        seen = not isinstance(padding, str) or any(isinstance(size, int) for size in space)
        code = "bad-value" if seen else "senseless-value"
        return Refusal(f"padding must be valid or same, not {padding}", "padding", code=code)
    if len(windows) < len(space):
        return _ranks("conv_transpose", inputs, kernel)
    given = {"strides": strides, "dilation_rate": dilation_rate, "output_padding": output_padding}
    settings = [tuple_of(one, len(space)) for one in given.values()]
    for (name, value), values in zip(given.items(), settings, strict=True):
        plain = isinstance(value, int | list | tuple) or (value, name) == (None, "output_padding")
        if len(values) < len(space) or (space and not plain):
            words = f"{name} needs a number for each of the {len(space)} axes of space"
            return Refusal(words, name, 0, code="bad-value")
    made: list[Dim] = []
    for size, window, step, hole, more in zip(space, windows, *settings, strict=False):
        found = _spread(size, window, (step, hole, more), padding.lower())
        if isinstance(found, Refusal):
            return found
        made.append(found)
    shape = with_space(shape_of(inputs)[0], tuple(made), filters, data_format)
    words = (
        "conv_transpose is announced, and Keras fails in the run; Conv2DTranspose and its kin work"
    )
    madds = count(*shape_of(inputs), *windows, filters)
    return Output(TensorType(inputs.dtype, shape), warnings=(words,), madds=madds)


def _spread(size: Dim, window: Dim, settings: tuple[Any, Any, Any], padding: str) -> Dim | Refusal:
    """The size of one axis after a transposed convolution; Keras looks at nothing where it is open."""
    names = ("strides", "dilation_rate", "output_padding")
    for name, value, low in zip(names, settings, (1, 1, 0), strict=True):
        if not _is_whole(value, low) and (value is not None or name != "output_padding"):
            silent = not isinstance(size, int) or _is_size(size, window, settings, padding)
            words = f"{name} must be integers from {low} up, and {value!r} is none"
            return Refusal(words, name, code="senseless-value" if silent else "bad-value")
    if not isinstance(window, int):
        return _unknown_window("conv_transpose", 1) if isinstance(size, int) else None
    step, hole, more = settings
    return spread(size, window, step, padding, hole, more)


def _is_size(size: int, window: Dim, settings: tuple[Any, Any, Any], padding: str) -> bool:
    """Whether Keras comes to a size of an axis, whatever the settings."""
    step, hole, more = settings
    try:
        found = spread(size, window, step, padding, hole, more)  # type: ignore[arg-type]
    except TypeError:
        return False
    return isinstance(found, int) and found >= 0


# ---- windows that slide


def _deep(name: str, inputs: TensorType, kernel: TensorType, settings: Any) -> TensorType | Refusal:
    """A depthwise convolution: each channel becomes several."""
    shape = shape_of(kernel)
    filters = times(*shape[-2:]) if len(shape) > 1 else None
    if len(shape) > 1 and not all(isinstance(size, int) for size in shape[-2:]):
        words = f"{name} must know the last two sizes of its kernel, and this is {kernel}"
        return Refusal(words, operand=1, code="unknown-size")
    return _slid(name, inputs, kernel, filters, settings)


def _slid(
    name: str, inputs: TensorType, kernel: TensorType, filters: Dim, settings: Any
) -> TensorType | Refusal:
    """The map of places of a kernel's windows."""
    strides, padding, data_format, dilation_rate = settings
    refusal = _map_problem(name, inputs, kernel, -2, data_format)
    if refusal is not None:
        return refusal
    if len(shape_of(inputs)) != len(shape_of(kernel)):
        return _ranks(name, inputs, kernel)
    if not isinstance(padding, str) or padding.lower() not in WORDS:
        return Refusal(f"padding must be valid or same, not {padding}", "padding", code="bad-value")
    named = (strides, padding.lower(), data_format, dilation_rate)
    return slid(name, inputs, shape_of(kernel)[:-2], filters, named)


def slid(
    name: str, inputs: TensorType, windows: Shape, filters: Dim, settings: Any
) -> TensorType | Refusal:
    """The map of places of windows; the ranks agree already.

    Args:
        name: of the function.
        inputs: the map.
        windows: a size for each axis of space.
        filters: the channels of the result.
        settings: strides, padding, data_format, dilation_rate.
    """
    strides, padding, data_format, dilation_rate = settings
    space = space_of(shape_of(inputs), data_format)
    if padding == "valid" and not all(isinstance(window, int) for window in windows):
        return _unknown_window(name, 1)
    refusal = _steps_problem("dilation_rate", dilation_rate, len(space), stretch=False)
    refusal = refusal or _steps_problem("strides", strides, len(space), stretch=True)
    if refusal is not None:
        return refusal
    holes = tuple_of(dilation_rate, len(space))
    steps = tuple_of(strides, len(space))
    steps = steps * len(space) if len(steps) == 1 else steps
    refusal = _senseless(space, windows, steps, holes, padding)
    if refusal is not None:
        return refusal
    made: list[Dim] = []
    for size, window, step, hole in zip(space, windows, steps, holes, strict=True):
        width = window if isinstance(window, int) else 1
        if padding == "valid" and not fits(size, width, hole):
            words = f"the window of {extent(width, hole)} is larger than the {show(size)} that {inputs} has"
            helps = "use `padding=same` or a smaller window"
            return Refusal(words, operand=0, help=helps, code="too-small")
        made.append(slide(size, width, step, padding, hole))
    shape = with_space(shape_of(inputs)[0], tuple(made), filters, data_format)
    return TensorType(inputs.dtype, shape)


def _steps_problem(name: str, value: Any, rank: int, *, stretch: bool) -> Refusal | None:
    """Why these are not a number for each axis; one number in a list stretches, where Keras lets numpy do it."""
    if isinstance(value, int) or (stretch and isinstance(value, float)):
        return None
    count_ = len(value) if isinstance(value, list | tuple) else -1
    if count_ == rank or (stretch and count_ == 1):
        return None
    silent = stretch and rank == 1 and count_ > 1
    words = f"{name} needs a number for each of the {rank} axes of space"
    if stretch and rank == 0 and value is None:
        return Refusal(words, name, 0, code="cannot-run")
    return Refusal(words, name, 0, code="senseless-value" if silent else "bad-value")


def _senseless(
    space: Shape, windows: Shape, steps: Any, holes: Any, padding: str
) -> Refusal | None:
    """Why steps or holes are no positive integers; Keras asks only that it can divide, and that something is left."""
    named = {"strides": steps, "dilation_rate": holes}
    odd = [(n, v) for n, values in named.items() for v in values if not _is_whole(v, 1)]
    if not odd:
        return None
    name, value = odd[0]
    words = f"{name} must be positive integers, and {value!r} is none"
    found = [places(*one, padding) for one in zip(space, windows, steps, holes, strict=True)]
    return Refusal(words, name, code="senseless-value" if all(found) else "bad-value")


def places(size: Dim, window: Any, step: Any, hole: Any, padding: str) -> bool:
    """Whether Keras finds a number of places for a window, with whatever step and hole it is given."""
    known = size if isinstance(size, int) else -1
    try:
        reach = hole * (window - 1) if padding == "valid" else 0
        found = floor((known - reach - 1) / step) + 1
    except (TypeError, ZeroDivisionError):
        return False
    return not isinstance(size, int) or found >= (1 if padding == "valid" else 0)


# ---- what is asked of operands


def _map_problem(
    name: str, inputs: TensorType, kernel: TensorType, channels: int, data_format: str | None
) -> Refusal | None:
    """Why the channels of a map and those of a kernel don't meet; `channels`: where the kernel has them."""
    own, other = shape_of(inputs), shape_of(kernel)
    least = 1 if name == "conv_transpose" and data_format != "channels_first" else 2
    if len(own) < least or len(other) < 2:
        return _ranks(name, inputs, kernel)
    if same(own[channels_axis(data_format)], other[channels]) is not False:
        return None
    words = f"the kernel is {kernel} where the map is {inputs}"
    helps = f"axis {channels} of the kernel holds the channels of the map"
    return Refusal(words, operand=1, help=helps)


def _ranks(name: str, inputs: TensorType, kernel: TensorType) -> Refusal:
    words = f"the kernel of {name} is {kernel} where the map is {inputs}"
    helps = "the kernel has a size for each axis of space, and two for channels"
    return Refusal(words, operand=1, help=helps, code="wrong-rank")


def _unknown_window(name: str, operand: int) -> Refusal:
    words = f"{name} must know the sizes of its windows"
    return Refusal(words, operand=operand, code="unknown-size")


def _mixes(kernel: Shape, channels: Dim, rank: int) -> bool:
    fits_ = len(kernel) == rank and same(kernel[-2], channels) is not False
    return fits_ and all(same(size, 1) is not False for size in kernel[:-2])


def _is_whole(value: Any, low: int) -> bool:
    return isinstance(value, int) and value >= low


def _surprises(name: str, inputs: TensorType, settings: Any) -> tuple[str, ...]:
    """That the run fails, where Keras does not see it while building."""
    strides, padding, _, dilation_rate = settings
    axes = len(shape_of(inputs)) - 2
    if not 1 <= axes <= AXES[name]:
        return (f"the run fails: {name} slides over 1 to {AXES[name]} axes, and here are {axes}",)
    if padding.lower() == "causal":
        return (f"the run fails: {name} takes padding valid or same",)
    both = max(tuple_of(strides, 1)) > 1 and max(tuple_of(dilation_rate, 1)) > 1
    if name == "conv" and both:
        return ("the run fails: conv takes strides or a dilation_rate above 1, not both",)
    return ()
