"""Values for parameters: one that fits, and one that need not.

What fits hangs on the tensors that were drawn; where a table says nothing, a parameter's default
and domain do. That a value here is in the domain says nothing of Keras: Keras is asked.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

from dsl.catalogue import lookup
from dsl.catalogue.domains import domain
from tests.differential import nested
from tests.differential.cases import Case, Made

if TYPE_CHECKING:
    from collections.abc import Callable

    from dsl.catalogue.lookup import Parameter, Symbol

ANYTHING: tuple[Any, ...] = (
    *(0, -1, 1, 2, 3, 7, 2.5, 0.5, -0.5, 1.0, True, False, None),
    *("same", "SAME", "causal", "relu", "he_normal", "l2", "zeros", "foo", "", "float16", "a/b"),
    *("bilinear", "channels_first", "concat", "one_hot", "int", "constant", "1"),
    *([2], [2, 2], (2, 2), [2, 2, 2], [1, 2], [0, 1], [[1, 0], [0, 1]], [-1], [0.5, 0.2], []),
    *([None], ["a"], {"a": 1}),
)
"""What a parameter may be given by mistake."""

HUGE = 10**9
CHEAP = frozenset(
    {
        *("axis", "axes", "dims", "seed", "strides", "dilation_rate", "pool_size", "cropping"),
        *("shared_axes", "momentum", "rate", "dropout", "epsilon", "negative_slope", "max_value"),
        *("threshold", "num_bins", "factor", "k", "shift", "offset", "target_shape", "newshape"),
    }
)
"""Parameters that may be huge: nothing is made in memory of their size."""


FILES = frozenset({"vocabulary"})
"""Parameters in which a word is the path of a file: the checker opens none."""


def fitting(case: Case, symbol: Symbol, parameter: Parameter) -> Any:
    """A value that probably fits."""
    draw = BY_SYMBOL.get((symbol.key, parameter.name)) or BY_NAME.get(parameter.name)
    if draw is not None and (symbol.is_layer or parameter.name not in OF_LAYERS):
        return draw(case)
    known = domain(symbol, parameter.name)
    if known.namespace:
        return _identifier(case, known.namespace, known.words, parameter.default)
    for _ in range(8):
        value = _like(case, parameter.default, sorted(known.words), parameter.name)
        if known.refuse(value) is None:
            return value
    return parameter.default if not parameter.required else 1


def other(case: Case, symbol: Symbol, parameter: Parameter) -> Any:
    """A value that the domain mostly refuses."""
    known = domain(symbol, parameter.name)
    values = [*ANYTHING, *([HUGE, 2**64] if parameter.name in CHEAP else [])]
    if parameter.name in FILES:
        values = [value for value in values if not isinstance(value, str)]
    refused = [value for value in values if known.refuse(value) is not None]
    return case.random.choice(refused if refused and case.random.random() < 0.6 else values)


def _like(case: Case, default: Any, words: list[str], name: str) -> Any:
    draw = case.random
    if words and (isinstance(default, str) or default is None or default is lookup.REQUIRED):
        return draw.choice(words)
    match default:
        case bool():
            return draw.random() < 0.5
        case int():
            return draw.choice((1, 2, 3, 4, default))
        case float():
            return draw.choice((0.0, 0.1, 0.3, 0.5, 1.0, 1, 2.0, default))
        case list() | tuple():
            return [_like(case, one, [], name) for one in default]
        case str():
            return default
    return draw.choice((None, 1, 2, 0.5)) if default is None else draw.randint(1, 4)


def _identifier(case: Case, namespace: str, words: frozenset[str], default: Any) -> Any:
    """An initializer, regularizer, constraint or activation."""
    draw = case.random
    if draw.random() < 0.1 and default is not lookup.REQUIRED:
        return None
    classes = [
        name
        for name in lookup.names(namespace)
        if (known := lookup.symbol(namespace, name))
        and known.kind == "class"
        and name not in {"Initializer", "Regularizer", "Constraint"}
        and not any(one.required for one in known.parameters)
    ]
    if classes and draw.random() < 0.4:
        return Made(f"{namespace}.{draw.choice(classes)}")
    return draw.choice(sorted(words))


# ---- what hangs on the tensors


def sizes(case: Case, index: int = 0) -> list[Any]:
    """The sizes of an input, without the batch."""
    return case.inputs[index].sizes if len(case.inputs) > index else []


def axes_count(case: Case) -> int:
    """The axes of space: the digit in a layer's name; for a function those between the ends."""
    digits = [int(letter) for letter in case.symbol.key if letter.isdigit()]
    return digits[0] if digits and case.symbol.is_layer else max(len(sizes(case)) - 1, 1)


def axis(case: Case) -> int:
    """An axis of the first tensor, the batch among them now and then."""
    rank = len(sizes(case)) + 1
    draw = case.random
    return draw.choice((-1, draw.randint(1, max(rank - 1, 1)), draw.randint(-rank, rank - 1)))


def axis_or_none(case: Case) -> Any:
    """An axis, several, or none."""
    draw = case.random
    if draw.random() < 0.6:
        return axis(case)
    rank = len(sizes(case)) + 1
    listed = draw.sample(range(1, rank), draw.randint(1, rank - 1)) if rank > 1 else [0]
    return draw.choice((None, sorted(listed), tuple(listed), [axis(case)]))


def axes(case: Case) -> Any:
    """Several axes."""
    rank = len(sizes(case)) + 1
    count = case.random.randint(1, max(rank - 1, 1))
    return case.random.sample(range(1, rank), count) if rank > 1 else [-1]


def window(low: int, high: int) -> Callable[[Case], Any]:
    """One number for all axes of a space, or one each."""

    def draw(case: Case) -> Any:
        if case.random.random() < 0.6:
            return case.random.randint(low, high)
        return [case.random.randint(low, high) for _ in range(axes_count(case))]

    return draw


def cuts(case: Case) -> Any:
    """What is cut off or put at the ends of each axis."""
    draw = case.random
    count = axes_count(case)
    pairs = [[draw.randint(0, 2), draw.randint(0, 2)] for _ in range(count)]
    each = pairs[0] if count == 1 else pairs
    return draw.choice((draw.randint(0, 2), each, [draw.randint(0, 2) for _ in range(count)]))


def divisor(case: Case) -> int:
    """A divisor of the channels."""
    channels = sizes(case)[-1] if sizes(case) else 1
    if not isinstance(channels, int):
        return 1
    return case.random.choice([one for one in range(1, channels + 1) if channels % one == 0])


def target(case: Case) -> Any:
    """A shape of as many numbers."""
    known = [size for size in sizes(case) if isinstance(size, int)]
    draw = case.random
    total = prod(known)
    parts = []
    for _ in range(draw.randint(0, 3)):
        part = draw.choice([one for one in range(1, total + 1) if total % one == 0])
        parts.append(part)
        total //= part
    parts.append(total)
    if len(known) < len(sizes(case)) or draw.random() < 0.3:
        parts[draw.randrange(len(parts))] = -1
    return draw.choice((parts, tuple(parts)))


def new_shape(case: Case) -> Any:
    """The same for a function, the batch among it."""
    return [-1, *(size for size in target(case) if size != -1)]


def shape(case: Case) -> Any:
    """A few sizes."""
    return [case.random.randint(1, 4) for _ in range(case.random.randint(0, 3))]


def shape_above(case: Case) -> Any:
    """A shape that the first tensor can be broadcast to, were it not for the batch."""
    own = [size if isinstance(size, int) else 1 for size in sizes(case)]
    return [case.random.randint(1, 3), *own]


def order(case: Case) -> Any:
    """All axes but the batch in some order."""
    rank = len(sizes(case))
    return case.random.sample(range(1, rank + 1), rank)


def order_of_all(case: Case) -> Any:
    """All axes in some order, the batch mostly first."""
    draw = case.random
    return draw.choice((None, [0, *order(case)], [0, *order(case)], [*order(case), 0]))


def noise_shape(case: Case) -> Any:
    """The shape of a dropout's mask: some axes 1."""
    batch = case.random.choice((None, 1))
    return [batch, *(case.random.choice((1, size, None)) for size in sizes(case))]


def precision(case: Case) -> str:
    """A dtype or policy, mostly one that layers can compute in."""
    usual = ("float16", "bfloat16", "float64", "mixed_float16", "mixed_bfloat16", "float32")
    odd = ("int32", "int8", "bool", "uint8", "string", "complex64", "float", "float8_e4m3fn")
    return case.random.choice(usual if case.random.random() < 0.85 else odd)


def any_dtype(case: Case) -> str:
    """A dtype to cast to."""
    usual = ("float16", "bfloat16", "float64", "float32", "int32", "bool", "int64", "uint8")
    return case.random.choice((*usual, "int8", "complex64", "string", "uint32"))


def pairs(case: Case) -> Any:
    """How far each axis is padded, the batch among them."""
    draw = case.random
    every = [[draw.randint(0, 2), draw.randint(0, 2)] for _ in sizes(case)]
    return draw.choice(([[0, 0], *every], [[0, 0], *every], draw.randint(0, 2), [1, 2]))


def sections(case: Case) -> Any:
    """Into how many parts, or where, an axis is split."""
    return case.random.choice((1, 2, 3, divisor(case), [1], [1, 2]))


def name(case: Case) -> str:
    """A layer's name."""
    return case.random.choice(("layer", "a.b", "a-b", "Layer_1", "x1", "dense"))


def number(*values: Any) -> Callable[[Case], Any]:
    """One of these."""
    return lambda case: case.random.choice(values)


def whole(low: int, high: int) -> Callable[[Case], int]:
    """An integer between two."""
    return lambda case: case.random.randint(low, high)


def equation(case: Case) -> str:
    """An einsum over the axes of the tensor."""
    draw = case.random
    letters = "abcdef"[: len(sizes(case)) + 1]
    if not sizes(case):
        return "a,b->ab"
    weight, out = letters[-1] + "z", letters[:-1] + "z"
    dotted = f"...{letters[-1]},{weight}->...z"
    return draw.choice((f"{letters},{weight}->{out}", f"{letters},{weight}->{out}", dotted))


def einsum_output(case: Case) -> Any:
    """What stands for the output of `equation`."""
    draw = case.random
    last = draw.randint(1, 4)
    own = [draw.choice((size if isinstance(size, int) else None, None)) for size in sizes(case)]
    return last if len(own) < 2 and draw.random() < 0.5 else [*own[:-1], last]


def vocabulary(case: Case) -> Any:
    """A few words, or numbers where numbers are looked up."""
    if case.symbol.key == "IntegerLookup":
        return case.random.choice(([3, 5, 7], [10], [2, 4, 6, 8]))
    return case.random.choice((["a", "b", "c"], ["x"], ["red", "green"]))


def per_channel(case: Case) -> Any:
    """A mean or variance."""
    width = sizes(case)[-1] if sizes(case) else 1
    return case.random.choice((0.5, 1.0, 1, [1.0] * (width if isinstance(width, int) else 2)))


UNITS = whole(1, 5)
SPAN = number([0, 255], [0.0, 1.0], (0, 1), [-1, 1])
RATE = number(0.0, 0.1, 0.5, 1.0, 0, 1)
FACTOR = number(0.1, 0.5, 1.0, [0.1, 0.3], [0.0, 1.0], 0.0)

BY_NAME: dict[str, Callable[[Case], Any]] = {
    **dict.fromkeys(
        ("units", "filters", "output_dim", "num_tokens", "num_heads", "key_dim"), UNITS
    ),
    **dict.fromkeys(("value_dim", "depth_multiplier", "head_dim", "num_classes", "n"), UNITS),
    "input_dim": whole(1, 9),
    "num_bins": whole(1, 9),
    "num_query_heads": number(2, 4, 4, 3),
    "num_key_value_heads": number(1, 2, 1),
    "kernel_size": window(1, 4),
    "pool_size": window(1, 4),
    "strides": window(1, 3),
    "dilation_rate": window(1, 2),
    "output_padding": window(0, 1),
    "size": window(1, 3),
    "output_size": window(1, 4),
    "cropping": cuts,
    "padding": number("valid", "same", "valid", "same", "causal"),
    "data_format": number("channels_last", "channels_first", "channels_last"),
    "axis": axis,
    "axes": axes,
    "shared_axes": axes,
    "dims": order,
    "groups": divisor,
    "target_shape": target,
    "newshape": new_shape,
    "shape": shape,
    "noise_shape": noise_shape,
    "dtype": precision,
    "name": name,
    "seed": whole(0, 9),
    "rate": RATE,
    "dropout": RATE,
    "recurrent_dropout": RATE,
    "equation": equation,
    "output_shape": einsum_output,
    "bias_axes": lambda case: case.random.choice(("z", "z", "b", "bz", "a")),
    "vocabulary": vocabulary,
    "mean": per_channel,
    "variance": per_channel,
    "bin_boundaries": number([0.0, 1.0], [1, 2, 3], [0.5]),
    "value_range": SPAN,
    "factor": FACTOR,
    "height_factor": FACTOR,
    "width_factor": FACTOR,
    "height": whole(1, 6),
    "width": whole(1, 6),
    "scale": number(0.5, 1.0, 2, [0.02, 0.33]),
    "layer": nested.layer,
    "layers": nested.layers,
    "cell": nested.cell_or_cells,
    "cells": nested.cells,
    "frame_length": whole(1, 8),
    "frame_step": whole(1, 4),
    "fft_length": number(8, 16, 32),
    "sequence_length": whole(1, 8),
    "sequence_stride": whole(1, 8),
    "num_mel_bins": whole(1, 8),
    "output_sequence_length": whole(1, 5),
    "max_tokens": number(5, 10, None),
    "salt": number(1, [1, 2], None),
    "ngrams": number(1, 2, (1, 2), None),
    "attention_axes": number(1, -2, None, [1], [1, 2]),
    "lora_rank": number(1, 2, None),
    "mask_token": number("", "m", None, 0),
    "mask_value": number(0.0, 1, None, ""),
    "weights": number(None),
    "idf_weights": number(None, [0.5, 0.5, 0.5]),
    "quantization_config": number(None),
    "gptq_unpacked_column_size": number(None),
}
"""By a parameter's name."""

BY_SYMBOL: dict[tuple[str, str], Callable[[Case], Any]] = {
    **{(f"ZeroPadding{count}D", "padding"): cuts for count in (1, 2, 3)},
    ("Dot", "axes"): lambda case: case.random.choice((1, -1, 2, (1, 1), [1, 2], [2, 1], [-1, -1])),
    ("MultiHeadAttention", "output_shape"): number(3, [3], [2, 3], None),
    ("GroupNormalization", "groups"): lambda case: case.random.choice((divisor(case), -1)),
    ("LayerNormalization", "axis"): lambda case: case.random.choice((axis(case), axes(case))),
    ("RMSNormalization", "axis"): lambda case: case.random.choice((axis(case), axes(case))),
    ("UnitNormalization", "axis"): lambda case: case.random.choice((axis(case), axes(case))),
    ("Normalization", "axis"): lambda case: case.random.choice((axis(case), axes(case), None)),
    ("Softmax", "axis"): lambda case: case.random.choice((axis(case), axes(case))),
    ("RandomPosterization", "factor"): whole(1, 8),
    ("RandomGaussianBlur", "kernel_size"): number(1, 3, [3, 5]),
    ("RandomZoom", "height_factor"): number(0.2, -0.5, [-0.2, 0.3], [0.1, 0.2]),
    ("Hashing", "mask_value"): number(None, "", "a", 0, 1),
}
"""Where a symbol's parameter takes other values than its name says."""

OF_LAYERS = frozenset({"name", "padding", "mean", "variance", "scale", "size", "weights", "n"})
"""Names that mean something else in functions."""
