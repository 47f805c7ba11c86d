"""Attention: layers that look up values by queries and keys."""

from __future__ import annotations

from math import prod
from typing import Any

from dsl.catalogue.checks import shape_of
from dsl.catalogue.registry import Output, Policy, Refusal, rule
from dsl.catalogue.rules.operands import alike_shapes
from dsl.shapes.counting import Within, count, total
from dsl.shapes.dims import BATCH, same, show
from dsl.shapes.types import Shape, TensorType

NAMES = ("query", "value", "key")


def widths(tensors: list[TensorType]) -> list[int] | Refusal:
    """The last sizes, which must be known, since weights depend on them."""
    found: list[int] = []
    for index, tensor in enumerate(tensors):
        size = (tensor.shape or (None,))[-1]
        if not isinstance(size, int):
            return Refusal(
                f"the last axis of the {NAMES[index]} must be a known number, and it is {tensor}",
                operand=index,
                help="give the input a number for its last axis",
                code="unknown-size",
            )
        found.append(size)
    return found


def agree(value: TensorType, key: TensorType) -> Refusal | None:
    """Key and value agree in all but the last axis; Keras takes known and unknown for different."""
    one, other = shape_of(value)[1:-1], shape_of(key)[1:-1]
    if alike_shapes(one, other):
        return None
    return Refusal(
        f"the key is {key} where the value is {value}",
        operand=2,
        help="key and value need the same sizes before the last axis",
    )


def _settings_problem(dropout: Any, flash_attention: Any, sliding_window: Any) -> Refusal | None:
    if flash_attention and dropout:
        words = "flash attention has no dropout"
        return Refusal(words, "dropout", help="leave one of the two away", code="bad-value")
    if sliding_window is not None and (not isinstance(sliding_window, int) or sliding_window <= 0):
        words = f"`sliding_window` is a number of steps, and {sliding_window} is none"
        return Refusal(words, "sliding_window", code="bad-value")
    return None


def _axes_problem(query: TensorType, axes: Any) -> Refusal | None:
    """Why `attention_axes` lie far beyond the query's, if they do."""
    rank = len(shape_of(query))
    for axis in _listed(axes):
        if axis > rank:
            words = f"attention_axes counts axis {axis}, and {query} has axes 0 (the batch) to {rank - 1}"
            helps = f"the axes between the batch and the features are 1 to {rank - 2}"
            return Refusal(words, "attention_axes", 0, helps, "wrong-rank")
    return None


def _odd_axes(query: TensorType, axes: Any, flash_attention: Any) -> tuple[str, ...]:
    """What surprises in the run: axes that can't be attended over, and flash attention."""
    rank = len(shape_of(query))
    chosen = [axis % rank for axis in _listed(axes)]
    sound = len(set(chosen)) == len(chosen) > 0 and all(0 < axis < rank - 1 for axis in chosen)
    words = f"attention_axes={axes} is not what lies between batch and features of {query}: the run fails or mixes others"
    flash = "TensorFlow has no flash attention: the run fails"
    return (
        *((words,) if axes is not None and not sound else ()),
        *((flash,) * bool(flash_attention and rank == 3)),
    )


def _listed(axes: Any) -> tuple[int, ...]:
    if axes is None:
        return ()
    return (axes,) if isinstance(axes, int) else tuple(axes)


SEQUENCE = "the layer before it may need return_sequences=true; `Reshape` makes a time axis"


def _rank_problem(
    tensors: list[TensorType], exactly: int | None = None, axes: Any = None
) -> Refusal | None:
    rank = exactly or len(tensors[0].shape or ())
    for index, tensor in enumerate(tensors):
        own = len(shape_of(tensor))
        if own != rank:
            words = f"the {NAMES[index]} is {tensor}, and [time, features] is needed"
            if index and exactly is None:
                words = f"the {NAMES[index]} is {tensor} where the query is {tensors[0]}"
            raises = exactly is not None and own < exactly
            code = "wrong-rank" if raises else "cannot-run"
            return Refusal(words, operand=index, help=SEQUENCE, code=code)
        if own < 2 or (own < 3 and axes is None):
            words = f"attention needs [time, features], and the {NAMES[index]} is {tensor}"
            code = "cannot-run" if exactly is None else "wrong-rank"
            return Refusal(words, operand=index, help=SEQUENCE, code=code)
    return None


@rule("MultiHeadAttention")
def multi_head_attention(
    query: TensorType,
    value: TensorType,
    key: TensorType | None = None,
    *,
    attention_mask: Any = None,
    num_heads: int,
    key_dim: int,
    value_dim: int | None = None,
    use_bias: bool = True,
    output_shape: Any = None,
    attention_axes: Any = None,
    use_gate: bool = False,
    dropout: Any = 0.0,
    flash_attention: Any = None,
    sliding_window: Any = None,
    return_attention_scores: bool = False,
    policy: Policy,
) -> Output | Refusal:
    """Projections of query, key and value, attention in each head, and a projection of the result.

    >>> from dsl.shapes.dims import BATCH
        >>> x = TensorType("float32", (BATCH, 10, 64))
        >>> str(multi_head_attention(x, x, num_heads=8, key_dim=8, policy=Policy()).value)
        'float32[10, 64]'
    """
    tensors = [query, value, value if key is None else key]
    refusal = (
        _settings_problem(dropout, flash_attention, sliding_window)
        or _rank_problem(tensors, axes=attention_axes)
        or _axes_problem(query, attention_axes)
        or agree(value, tensors[2])
        or _mask_problem(attention_mask, query, value)
    )
    if refusal is not None:
        return refusal
    sizes = widths(tensors)
    if isinstance(sizes, Refusal):
        return sizes
    last: Shape = (sizes[0],)
    if output_shape:
        last = (output_shape,) if isinstance(output_shape, int) else tuple(output_shape)
    params = _projections(sizes, num_heads, (key_dim, value_dim or key_dim), use_bias, use_gate)
    params += (num_heads * (value_dim or key_dim) + use_bias) * prod(_numbers(last))
    shape = shape_of(query)
    output = TensorType(policy.compute, (*shape[:-1], *last))
    dims = (key_dim, value_dim or key_dim)
    pairs = _scores(shape, shape_of(value), num_heads, attention_axes)
    projected = _projected(tensors, sizes, (num_heads, num_heads), dims, use_gate)
    after = count(*shape[:-1], num_heads, dims[1], *last)
    madds, within = _costs(projected, count(*pairs, sum(dims)), after)
    warnings = _odd_axes(query, attention_axes, flash_attention)
    if not return_attention_scores:
        return Output(output, params, 0, warnings, madds, within)
    scores = TensorType(policy.compute, (shape[0], num_heads, shape[1], shape[1]))
    if not warnings and not same_shape(scores.shape or (), pairs):
        warnings = (_surprise(scores, pairs),)
    return Output((output, scores), params, 0, warnings, madds, within)


def _mask_problem(mask: Any, query: TensorType, value: TensorType) -> Refusal | None:
    """Why scores of [query steps, value steps] can't be masked with a tensor of these sizes.

    >>> x, mask = TensorType("float32", (None, 4, 16)), TensorType("bool", (None, 5, 5))
    >>> _mask_problem(mask, x, x).words
    'attention_mask is bool[5, 5] where the scores are [4, 4]'
    """
    if not isinstance(mask, TensorType) or not mask.shape or len(shape_of(query)) != 3:
        return None
    if len(mask.shape) == 2 and mask.shape[0] == BATCH:
        return Refusal(
            f"attention_mask is {mask}, and Keras lays its batch over the steps of the query",
            argument="attention_mask",
            help="expand_dims(mask, 1) masks the steps of the value",
            code="senseless-value",
        )
    if len(mask.shape) == 1:
        return None
    scores = (shape_of(query)[1], shape_of(value)[1])
    pairs = zip((mask.shape or ())[-2:], scores, strict=True)
    if all(same(one, size) is not False or one == 1 for one, size in pairs):
        return None
    return Refusal(
        f"attention_mask is {mask} where the scores are [{show(scores[0])}, {show(scores[1])}]",
        argument="attention_mask",
        help="its last axes are the steps of the query and of the value, or 1",
        code="cannot-run",
    )


def _numbers(shape: Shape) -> list[int]:
    return [size for size in shape if isinstance(size, int)]


def _projections(
    sizes: list[int], heads: int, dims: tuple[int, int], use_bias: bool, use_gate: bool
) -> int:
    """Parameters that query, value and key (and the gate) are projected with."""
    query, value, key = (size + use_bias for size in sizes)
    gate = query * dims[1] if use_gate else 0
    return heads * (query * dims[0] + key * dims[0] + value * dims[1] + gate)


def _projected(
    tensors: list[TensorType],
    sizes: list[int],
    heads: tuple[int, int],
    dims: tuple[int, int],
    use_gate: bool,
) -> list[int | None]:
    """Multiply-adds of the projections of query, value and key (and the gate).

    Args:
        tensors: query, value, key.
        sizes: their last axes.
        heads: how many the query has, and key and value have.
        dims: the widths of a key and of a value.
        use_gate: whether the query is projected once more.
    """
    key, value = dims
    widths_ = (heads[0] * (key + value * use_gate), heads[1] * value, heads[1] * key)
    return [
        count(*shape_of(one)[:-1], size, width)
        for one, size, width in zip(tensors, sizes, widths_, strict=True)
    ]


def _costs(
    projected: list[int | None], pairs: int | None, after: int | None
) -> tuple[int | None, Within]:
    """Multiply-adds of all: projections, products of what they give, and the projection of the result."""
    return total([*projected, pairs, after]), Within(inner=after or 0, pairs=pairs or 0)


def _scores(query: Shape, value: Shape, heads: int, axes: Any) -> Shape:
    """The scores' shape in the run: axes without attention, heads, the query's axes, the key's."""
    rank = len(query)
    chosen = [axis % rank for axis in (range(1, rank - 1) if axes is None else _listed(axes))]
    others = [query[axis] for axis in range(rank - 1) if axis not in chosen]
    looked = [query[axis] for axis in chosen]
    return (*others, heads, *looked, *(value[axis] for axis in chosen))


def same_shape(one: Shape, other: Shape) -> bool:
    """Whether two shapes are proved to be the same, or both are unknown at the same places."""
    return len(one) == len(other) and all(a == b for a, b in zip(one, other, strict=True))


def _surprise(announced: TensorType, real: Shape) -> str:
    given = TensorType(announced.dtype, real)
    return f"the model announces {announced} for the scores, and the run gives {given}"


@rule("GroupQueryAttention")
def grouped_query_attention(
    query: TensorType,
    value: TensorType,
    key: TensorType | None = None,
    *,
    attention_mask: Any = None,
    head_dim: int,
    num_query_heads: int,
    num_key_value_heads: int,
    use_bias: bool = True,
    use_gate: bool = False,
    dropout: Any = 0.0,
    flash_attention: Any = None,
    sliding_window: Any = None,
    return_attention_scores: bool = False,
    policy: Policy,
) -> Output | Refusal:
    """Several query heads share the heads of key and value."""
    tensors = [query, value, value if key is None else key]
    refusal = (
        _settings_problem(dropout, flash_attention, sliding_window)
        or _heads_problem(num_query_heads, num_key_value_heads)
        or _rank_problem(tensors, 3)
        or agree(value, tensors[2])
        or _mask_problem(attention_mask, query, value)
    )
    if refusal is not None:
        return refusal
    sizes = widths(tensors)
    if isinstance(sizes, Refusal):
        return sizes
    if sizes[0] != sizes[1]:
        words = f"the value is {value} where the query is {query}: both need the same last axis"
        helps = f"bring the value to {sizes[0]}, or use MultiHeadAttention"
        return Refusal(words, operand=1, help=helps)
    groups, heads = num_key_value_heads * head_dim, num_query_heads * head_dim
    params = (sizes[0] + use_bias) * heads * (2 if use_gate else 1)
    params += (sizes[1] + sizes[2] + 2 * use_bias) * groups + (heads + use_bias) * sizes[0]
    shape = shape_of(query)
    output = TensorType(policy.compute, shape)
    scores = (shape[0], num_query_heads, shape[1], shape_of(tensors[2])[1])
    dims, counts = (head_dim, head_dim), (num_query_heads, num_key_value_heads)
    projected = _projected(tensors, sizes, counts, dims, use_gate)
    madds, within = _costs(projected, count(*scores, 2 * head_dim), count(*shape, heads))
    warnings = _odd_axes(query, None, flash_attention)
    if not return_attention_scores:
        return Output(output, params, 0, warnings, madds, within)
    both = (output, TensorType(policy.compute, scores))
    return Output(both, params, 0, warnings, madds, within)


def _heads_problem(queries: int, groups: int) -> Refusal | None:
    if queries % groups == 0:
        return None
    return Refusal(
        f"{queries} query heads cannot be shared out among {groups} heads",
        "num_query_heads",
        help=f"make it a multiple of {groups}",
        code="bad-value",
    )
