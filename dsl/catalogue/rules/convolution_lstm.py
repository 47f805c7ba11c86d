"""ConvLSTM: recurrent layers whose steps are images."""

from __future__ import annotations

from math import prod
from typing import Any

from dsl.catalogue.registry import Output, Policy, Refusal, rule
from dsl.catalogue.rules.recurrent import batch_problem, mask_problem, states_within
from dsl.records import replace
from dsl.shapes.counting import count
from dsl.shapes.dims import same, show
from dsl.shapes.types import Shape, TensorType
from dsl.shapes.windows import extent, fits, slide


@rule("ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D")
def conv_lstm(
    x: TensorType,
    *,
    symbol: str,
    filters: int,
    kernel_size: Any,
    strides: Any = 1,
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: Any = 1,
    use_bias: bool = True,
    return_sequences: bool = False,
    return_state: bool = False,
    stateful: bool = False,
    initial_state: Any = None,
    mask: TensorType | None = None,
    policy: Policy,
) -> Output | Refusal:
    """An LSTM whose products are convolutions; its states h and c are images.

    >>> from dsl.shapes.dims import BATCH
    >>> x = TensorType("float32", (BATCH, 10, 8, 8, 3))
    >>> given = conv_lstm(x, symbol="ConvLSTM2D", filters=4, kernel_size=3, policy=Policy())
    >>> str(given.value), given.params
    ('float32[6, 6, 4]', 1024)
    """
    rank = int(symbol[-2])
    first = data_format == "channels_first"
    refusal = (
        _image_problem(x, rank, first)
        or batch_problem(x, stateful)
        or _mask_problem(x, mask)
        or _both_problem(strides, dilation_rate)
    )
    if refusal is not None:
        return refusal
    shape = x.shape or ()
    space, channels = (shape[3:], shape[2]) if first else (shape[2:-1], shape[-1])
    kernel, steps, gaps = (_each(value, rank) for value in (kernel_size, strides, dilation_rate))
    after: list[Any] = []
    for axis, (size, window, step, gap) in enumerate(zip(space, kernel, steps, gaps, strict=True)):
        if padding.lower() == "valid" and not fits(size, window, gap):
            return _too_small(size, extent(window, gap), axis + (3 if first else 2))
        after.append(slide(size, window, step, padding.lower(), gap))
    state: Shape = (shape[0], filters, *after) if first else (shape[0], *after, filters)
    refusal = _state_problem(initial_state, state)
    if refusal is not None:
        return refusal
    output = (shape[0], shape[1], *state[1:]) if return_sequences else state
    value = TensorType(policy.compute, output)
    states = (TensorType(policy.compute, state),) * 2 if return_state else ()
    known = channels if isinstance(channels, int) else 0
    weights = 4 * filters * prod(kernel) * (known + filters)
    params = weights + 4 * filters * use_bias
    madds = count(*shape[:2], *after, weights)
    recurrent = count(*after, 4 * filters * prod(kernel) * filters)
    within = states_within(recurrent, (shape[0], shape[1]), initial_state)
    return Output((value, *states) if states else value, params, madds=madds, within=within)


def _each(value: Any, rank: int) -> tuple[int, ...]:
    return (value,) * rank if isinstance(value, int) else tuple(value)


def _image_problem(x: TensorType, rank: int, first: bool) -> Refusal | None:
    shape = x.shape or ()
    space = ["length", "height, width", "depth, height, width"][rank - 1]
    form = f"[time, channels, {space}]" if first else f"[time, {space}, channels]"
    if len(shape) != rank + 3:
        words = f"a sequence {form} is needed, and this is {x}"
        sizes = ", ".join(map(show, shape[1:]))
        helps = f"Reshape([1, {sizes}]) makes one step of it" if len(shape) == rank + 2 else ""
        return Refusal(words, operand=0, help=helps, code="wrong-rank")
    if all(isinstance(size, int) for size in shape[2:]):
        return None
    return Refusal(
        f"every size but the time must be a known number, and this is {x}",
        operand=0,
        help=f"give the input numbers: {form}",
        code="unknown-size",
    )


def _both_problem(strides: Any, dilation_rate: Any) -> Refusal | None:
    if max(_each(strides, 1)) == 1 or max(_each(dilation_rate, 1)) == 1:
        return None
    words = "a stride and a dilation above 1 do not go together"
    return Refusal(words, "dilation_rate", help="leave one of them at 1", code="bad-value")


def _too_small(size: Any, window: int, axis: int) -> Refusal:
    return Refusal(
        f"the window of {window} is larger than the {size} that are left of axis {axis}",
        "kernel_size",
        0,
        "use `padding=same` or a smaller kernel",
        "too-small",
    )


def _mask_problem(x: TensorType, mask: Any) -> Refusal | None:
    """Keras looks at a mask in the run alone."""
    refusal = mask_problem(x, mask)
    return None if refusal is None else replace(refusal, code="cannot-run")


def _state_problem(given: Any, state: Shape) -> Refusal | None:
    if given is None:
        return None
    states = list(given) if isinstance(given, list | tuple) else [given]
    helps = "ConvLSTM's states are `initial_state=[h, c]`"
    if len(states) != 2:
        words = (
            f"the layer has 2 states and {len(states)} {'is' if len(states) == 1 else 'are'} given"
        )
        return Refusal(words, "initial_state", help=helps, code="bad-state")
    for one in states:
        own = one.shape if isinstance(one, TensorType) else None
        if own is not None and not _meet(own, state):
            words = f"a state is {one} where the layer's are {TensorType(one.dtype, state)}"
            return Refusal(words, "initial_state", help=helps, code="bad-state")
    return None


def _meet(one: Shape, other: Shape) -> bool:
    return len(one) == len(other) and all(
        same(a, b) is not False for a, b in zip(one[1:], other[1:], strict=True)
    )
