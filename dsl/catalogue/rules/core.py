"""Layers that multiply by a kernel, look up a table, or change nothing."""

from __future__ import annotations

from typing import Any

from dsl.catalogue.checks import (
    announced_only,
    bad_value,
    kept_dtype,
    multiplied,
    number,
    refuse_unknown,
    shape_of,
)
from dsl.catalogue.layer_run_dtypes import run_dtype_of_activation, surprise
from dsl.catalogue.quantizing import Weights, rows_of_table, weights
from dsl.catalogue.registry import Output, Policy, Refusal, rule
from dsl.records import replace
from dsl.shapes.counting import count
from dsl.shapes.types import TensorType


@rule("Dense")
def dense(
    x: TensorType, *, units: int, use_bias: bool, lora_rank: int | None, policy: Policy
) -> Output | Refusal:
    """The last axis becomes `units`.

    >>> from dsl.shapes.types import BATCH
    >>> x = TensorType("float32", (BATCH, 26, 64))
    >>> dense(  # doctest: +ELLIPSIS
    ...     x, units=3, use_bias=True, lora_rank=None, policy=Policy()
    ... )
    Output(value=TensorType(dtype='float32', shape=(batch, 26, 3)), params=195, frozen=0, ...)
    """
    shape = shape_of(x)
    if len(shape) < 2:
        return Refusal(
            f"Dense maps the last axis, and {x} has none beside the batch",
            operand=0,
            help="Reshape((1,)) first",
            code="wrong-rank",
        )
    refusal = refuse_unknown("Dense", x, -1, "size of the last axis")
    if refusal is not None:
        return refusal
    made = with_lora(
        TensorType(policy.compute, (*shape[:-1], units)),
        number(shape[-1]),
        units,
        uses=count(*shape[:-1]),
        bias=units if use_bias else 0,
        rank=lora_rank,
        kept=weights(policy.quantized, number(shape[-1]), units),
    )
    return replace(made, warnings=multiplied("Dense", x, policy))


def with_lora(
    value: TensorType,
    inputs: int,
    outputs: int,
    *,
    uses: int | None,
    bias: int,
    rank: int | None,
    kept: Weights | None = None,
) -> Output:
    """What a layer gives whose kernel a low-rank adaptation freezes and doubles, if it has a rank.

    Args:
        value: its type.
        inputs: the kernel's size but for its last axis.
        outputs: the kernel's last axis.
        uses: how often a sample is multiplied with the whole kernel; None where that is not known.
        bias: the numbers of its bias.
        rank: that of the adaptation.
        kept: the numbers that the layer keeps for its kernel, where that is quantized.
    """
    kept = kept or Weights(inputs * outputs)
    madds = None if uses is None else uses * inputs * outputs
    more = (inputs + outputs) * (rank or 0)
    frozen = inputs * outputs if rank and not kept.frozen else kept.frozen
    return Output(value, kept.params + bias + more, frozen, madds=madds, narrow=kept.narrow)


@rule("Embedding")
def embedding(
    x: TensorType, *, input_dim: int, output_dim: int, lora_rank: int | None, policy: Policy
) -> Output:
    """Every number becomes a row of `output_dim`.

    >>> from dsl.shapes.types import BATCH
    >>> x = TensorType("int32", (BATCH, None))
    >>> str(embedding(x, input_dim=10, output_dim=4, lora_rank=None, policy=Policy()).value)
    'float32[?, 4]'
    """
    value = TensorType(policy.compute, (*shape_of(x), output_dim))
    kept = rows_of_table(policy.quantized, input_dim, output_dim)
    return with_lora(value, input_dim, output_dim, uses=0, bias=0, rank=lora_rank, kept=kept)


@rule("ReversibleEmbedding")
def reversible_embedding(
    x: TensorType,
    *,
    input_dim: int,
    output_dim: int,
    tie_weights: bool,
    reverse: bool,
    lora_rank: int | None = None,
    reverse_dtype: str | None = None,
    policy: Policy,
) -> Output | Refusal:
    """An embedding; backwards, the last axis becomes `input_dim`."""
    if lora_rank and not (tie_weights or policy.quantized):
        words = "lora_rank adds to the weights of ReversibleEmbedding, and without tie_weights Keras makes none"
        return bad_value(words, "lora_rank", "leave out one of the two")
    kept = rows_of_table(policy.quantized, input_dim, output_dim)
    if not tie_weights:
        kept = kept.beside(rows_of_table(policy.quantized, input_dim, output_dim, turned=True))
    made = with_lora(
        TensorType(policy.compute, (*shape_of(x), output_dim)),
        *(input_dim, output_dim),
        uses=0,
        bias=0,
        rank=lora_rank,
        kept=kept,
    )
    back = _backwards(x, made, input_dim, output_dim) if reverse else made
    if not reverse or isinstance(back, Refusal):
        return back
    own = multiplied("ReversibleEmbedding", x, replace(policy, autocast=False))
    if reverse_dtype is not None:
        own = surprise("ReversibleEmbedding", str(x.dtype), policy.compute, reverse_dtype)
    return replace(back, warnings=own)


def _backwards(x: TensorType, made: Output, input_dim: int, output_dim: int) -> Output | Refusal:
    """What an embedding gives backwards, that gives something else forwards."""
    shape = shape_of(x)
    if isinstance(shape[-1], int) and shape[-1] != output_dim:
        return Refusal(
            f"ReversibleEmbedding backwards takes a last axis of {output_dim}, and this is {x}",
            operand=0,
            code="cannot-run",
        )
    dtype = made.value.dtype if isinstance(made.value, TensorType) else None
    value = TensorType(dtype, (*shape[:-1], input_dim))
    return replace(made, value=value, madds=count(*shape[:-1], input_dim, output_dim))


@rule("Identity")
def identity(x: TensorType, *, policy: Policy) -> Output:
    """The same."""
    return Output(TensorType(kept_dtype(x, policy), x.shape))


@rule("Activation")
def activation(x: TensorType, *, activation: Any, policy: Policy) -> Output:
    """The same shape."""
    value, word = TensorType(policy.compute, x.shape), activation
    kept = kept_dtype(x, policy)
    if kept is None or not isinstance(word, str):
        return Output(value)
    real = run_dtype_of_activation(word, kept)
    return Output(value, warnings=surprise(f"Activation({word})", kept, policy.compute, real))


@rule("Masking", "ActivityRegularization")
def unchanged(x: TensorType, *, policy: Policy, symbol: str) -> Output:
    """The same shape."""
    return Output(TensorType(policy.compute, x.shape), warnings=announced_only(symbol, x, policy))
