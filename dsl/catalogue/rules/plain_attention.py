"""Attention without projections: a query looks up values by their keys."""

from __future__ import annotations

from typing import Any

from dsl.catalogue.checks import kept_dtype, shape_of
from dsl.catalogue.layer_run_dtypes import refuse_scores, surprise
from dsl.catalogue.registry import Output, Policy, Refusal, rule
from dsl.catalogue.rules.attention import NAMES, widths
from dsl.shapes.counting import count, total
from dsl.shapes.dims import same, show
from dsl.shapes.dtypes import is_float, promote
from dsl.shapes.types import Shape, TensorType


@rule("Attention")
def attention(
    tensors: list[TensorType],
    *,
    use_scale: bool = False,
    score_mode: str = "dot",
    return_attention_scores: bool = False,
    policy: Policy,
) -> Output | Refusal:
    """Of `[query, value]` or `[query, value, key]`."""
    params = int(use_scale) + int(score_mode == "concat")
    dot = score_mode == "dot"
    return _looked_up(tensors, params, return_attention_scores, policy, stretch=not dot, scaled=dot)


@rule("AdditiveAttention")
def additive_attention(
    tensors: list[TensorType],
    *,
    use_scale: bool = True,
    return_attention_scores: bool = False,
    policy: Policy,
) -> Output | Refusal:
    """Of `[query, value]` or `[query, value, key]`; the scale is as long as the query is wide."""
    params = 0
    if use_scale and isinstance(tensors, list | tuple) and tensors:
        sizes = widths(list(tensors[:1]))
        if isinstance(sizes, Refusal):
            return sizes
        params = sizes[0]
    return _looked_up(
        tensors, params, return_attention_scores, policy, stretch=True, scaled=use_scale
    )


def _looked_up(
    tensors: Any, params: int, scores: bool, policy: Policy, *, stretch: bool, scaled: bool
) -> Output | Refusal:
    """What attention gives; `stretch`: whether an axis of one meets any, `scaled`: whether a score sums products."""
    if not isinstance(tensors, list | tuple) or not 2 <= len(tensors) <= 3:
        return Refusal(
            "one list is needed, of a query and a value, and perhaps a key",
            operand=0,
            help="write `[query, value]` or `[query, value, key]`",
            code="wrong-operands",
        )
    query, value, key = tensors if len(tensors) == 3 else (*tensors, tensors[1])
    shapes = [shape_of(tensor) for tensor in (query, value, key)]
    if any(len(shape) < 2 for shape in shapes):
        index = next(i for i, shape in enumerate(shapes) if len(shape) < 2)
        words = f"attention needs [time, features], and the {NAMES[index]} is {tensors[index]}"
        return Refusal(words, operand=min(index, len(tensors) - 1), code="wrong-rank")
    refusal = _meeting_problem(tensors, shapes, stretch)
    if refusal is not None:
        return refusal
    learned = stretch or params > 0
    problem = refuse_scores(
        *(kept_dtype(one, policy) for one in (query, key)), summed=stretch, learned=learned
    )
    if problem is not None:
        return Refusal(
            problem, operand=0, help="cast both first: cast(x, float32)", code="cannot-run"
        )
    warnings = _otherwise((query, value, key), policy, summed=stretch, learned=learned)
    output = TensorType(policy.compute, (*shapes[0][:-1], shapes[1][-1]))
    pairs = (*shapes[0][:-1], shapes[2][-2])
    madds = total([count(*pairs, shapes[0][-1] if scaled else 0), count(*pairs, shapes[1][-1])])
    if not scores:
        return Output(output, params, warnings=warnings, madds=madds)
    both = (output, TensorType(policy.compute, pairs))
    return Output(both, params, warnings=warnings, madds=madds)


def _otherwise(
    tensors: tuple[TensorType, ...], policy: Policy, *, summed: bool, learned: bool
) -> tuple[str, ...]:
    """A warning, where a run gives another dtype than the model announces: what all that is multiplied comes to."""
    kinds = [kept_dtype(one, policy) for one in tensors]
    kinds += [policy.weights or policy.compute] * learned
    kinds += ["float32"] * (summed and not is_float(kinds[0]))  # their hyperbolic tangent
    known = [one for one in kinds if one is not None]
    real = promote(*known) if len(known) == len(kinds) else None
    return surprise("attention", str(kinds[0]), policy.compute, real)


def _meeting_problem(tensors: Any, shapes: list[Shape], stretch: bool) -> Refusal | None:
    """Keras builds these all the same; the run fails."""
    query, value, key = shapes
    last = len(tensors) - 1
    if len(query) != len(value) and (len(query), len(value)) != (3, 2):
        words = f"the value is {tensors[1]} where the query is {tensors[0]}"
        # An axis more meets the batch of the query: of 1, or of as many as the batch, it runs and mixes the samples up.
        code = "senseless-value" if len(query) < len(value) else "cannot-run"
        helps = "bring both to [time, features]"
        return Refusal(words, operand=1, help=helps, code=code)
    if same(query[-1], key[-1]) is False and not (stretch and 1 in (query[-1], key[-1])):
        words = f"the {NAMES[last]} is {tensors[last]} where the query is {tensors[0]}"
        helps = f"query and key need the same last axis, say by `Dense({show(query[-1])})`"
        return Refusal(words, operand=last, help=helps, code="cannot-run")
    if same(value[-2], key[-2]) is False:
        words = f"the key is {tensors[last]} where the value is {tensors[1]}"
        helps = "key and value need as many steps"
        return Refusal(words, operand=last, help=helps, code="cannot-run")
    return None
