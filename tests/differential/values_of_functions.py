"""Values for the arguments of functions, by name, or by function and name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.differential.operands import size
from tests.differential.values import (
    any_dtype,
    axis,
    axis_or_none,
    new_shape,
    number,
    order_of_all,
    pairs,
    sections,
    shape,
    shape_above,
    sizes,
    whole,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.differential.cases import Case


def _two_axes(case: Case) -> Any:
    return [axis(case), axis(case)]


def _repeats(case: Case) -> Any:
    rank = len(sizes(case)) + 1
    return case.random.choice((1, 2, 3, [1] * (rank - 1) + [2], [2]))


def _weights(case: Case) -> Any:
    return case.random.choice((None, case.tensor(sizes(case)), case.tensor(sizes(case)[-1:])))


def _last(case: Case) -> Any:
    return case.tensor([sizes(case)[-1]] if sizes(case) else [])


def _maybe_last(case: Case) -> Any:
    return case.random.choice((None, _last(case)))


def _squeezed(case: Case) -> Any:
    ones = [place + 1 for place, one in enumerate(sizes(case)) if one == 1]
    return case.random.choice((*ones, None, axis(case)))


def _source(case: Case) -> Any:
    return case.random.choice((axis(case), axis(case), _two_axes(case)))


def _attention_mask(case: Case) -> Any:
    own = sizes(case)
    if len(own) < 3:
        return None
    return case.random.choice((None, case.tensor([own[1], own[0], size(case)], "bool")))


QUANTILES = number(0.5, 0, 1, [0.1, 0.9], 0.0, 50, 1.5)

FUNCTION_VALUES: dict[str, Callable[[Case], Any]] = {
    "keepdims": number(True, False),
    "approximate": number(True, False),
    "from_logits": number(True, False),
    "reshape.newshape": new_shape,
    "broadcast_to.shape": shape_above,
    "shape": shape,
    "transpose.axes": order_of_all,
    "moments.axes": axis_or_none,
    "tensordot.axes": number(0, 1, 2, [[1], [1]], [2, 1], [[2], [1]]),
    "rot90.axes": number([0, 1], [1, 2], (1, 2), [2, 1]),
    "squeeze.axis": _squeezed,
    "expand_dims.axis": lambda case: case.random.choice((axis(case), -1, 1, [1, 2])),
    "concatenate.axis": axis,
    "stack.axis": axis,
    "split.axis": axis,
    "array_split.axis": axis,
    "unstack.axis": axis,
    "softmax.axis": axis_or_none,
    "log_softmax.axis": axis_or_none,
    "one_hot.axis": axis,
    "axis1": axis,
    "axis2": axis,
    "source": _source,
    "destination": _source,
    "repeats": _repeats,
    "indices_or_sections": sections,
    "num": number(None, 1, 2, 3),
    "num_classes": whole(1, 5),
    "k": whole(1, 3),
    "n": whole(1, 2),
    "offset": number(0, 1, -1),
    "batch_normalization.offset": _maybe_last,
    "batch_normalization.scale": _maybe_last,
    "batch_normalization.axis": number(-1, -1, 1, [-1]),
    "gamma": _maybe_last,
    "beta": _maybe_last,
    "rms_normalization.scale": _maybe_last,
    "average.weights": _weights,
    "q": QUANTILES,
    "method": number("linear", "lower", "higher", "midpoint", "nearest"),
    "ord": number(None, 1, 2, "fro", "nuc", -1, 0),
    "order": number(1, 2, 3),
    "pad_width": pairs,
    "mode": number("constant", "reflect", "symmetric"),
    "constant_values": number(None, 0, 1.0),
    "shift": number(1, -1, [1, 2], 2),
    "x_min": number(-1, 0.0, None),
    "x_max": number(1, 2.0, None),
    "threshold": number(0.5, 1, 0),
    "default_value": number(0, 1.0),
    "fill_value": number(0, 1.5, True),
    "dtype": any_dtype,
    "cast.dtype": any_dtype,
    "saturate_cast.dtype": any_dtype,
    "decimals": number(0, 1, 2, -1),
    "initial": number(None, 0, 1.0),
    "block_size": number(1, 2, 2, 3),
    "resize.size": number([4, 4], [2, 3], (5, 5)),
    "indexing": number("xy", "ij"),
    "flash_attention": number(None, False),
    "attn_logits_soft_cap": number(None),
    "dot_product_attention.bias": number(None),
    "dot_product_attention.mask": _attention_mask,
    "axisa": number(-1, 1),
    "axisb": number(-1, 1),
    "axisc": number(-1, 1),
    "pool_size": number(1, 2, [2, 2], 3),
    "strides": number(None, 1, 2, [1, 2]),
    "padding": number("valid", "same"),
    "sparse": number(False, False, True),
    "kth": whole(0, 3),
    "tol": number(None, 0.1),
    "rcond": number(None, 0.1),
    "fft_length": number(None, 8, 4),
    "sequence_length": whole(1, 6),
    "sequence_stride": whole(1, 4),
    "window": number("hann", "hamming", None),
    "target_height": whole(1, 9),
    "target_width": whole(1, 9),
    "top_cropping": whole(0, 2),
    "left_cropping": whole(0, 2),
    "bottom_cropping": whole(0, 2),
    "right_cropping": whole(0, 2),
    "top_padding": whole(0, 2),
    "left_padding": whole(0, 2),
    "bottom_padding": whole(0, 2),
    "right_padding": whole(0, 2),
    "num_segments": number(None, 3, 5),
    "bins": number(5, 10),
    "num_samples": whole(1, 3),
    "max_val": number(1.0, 255),
    "kernel_size": number(2, [2, 2], 3),
    "output_size": number(2, [2, 2], 3, [4, 4]),
}
