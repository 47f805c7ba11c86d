"""Pipeline: layers one after the other, as one layer."""

from __future__ import annotations

from typing import Any

from dsl.catalogue.application import apply_configured
from dsl.catalogue.checks import shape_of
from dsl.catalogue.registry import (
    UNKNOWN_OUTPUT,
    Configured,
    Output,
    Policy,
    Refusal,
    rule,
)
from dsl.records import replace
from dsl.shapes.counting import Within, total
from dsl.shapes.dtypes import is_float
from dsl.shapes.types import UNKNOWN_TENSOR, TensorType


@rule("Pipeline")
def pipeline(x: TensorType, *, layers: Any, policy: Policy) -> Output | Refusal:
    """What the last of the layers gives, with the weights of all.

    Keras traces the layers rather than ask them, and what comes of unknown sizes is theirs to say.

    >>> from dsl.shapes.types import BATCH
    >>> crop = Configured("CenterCrop", {"height": 8, "width": 8})
    >>> x = TensorType("uint8", (BATCH, 32, 32, 3))
    >>> str(pipeline(x, layers=[crop], policy=Policy()).value)
    'float32[8, 8, 3]'
    """
    if not layers:
        return Refusal("Pipeline needs layers, and is given none", argument="layers")
    made = Output(x)
    for layer in layers:
        if not isinstance(layer, Configured):
            return UNKNOWN_OUTPUT
        step = apply_configured(layer, (made.value,), {}, policy)
        if isinstance(step, Refusal):
            return Refusal(step.words, argument="layers", help=step.help, code=step.code)
        if step is None or step.params is None or made.params is None:
            return replace(UNKNOWN_OUTPUT, value=step.value) if step else UNKNOWN_OUTPUT
        made = Output(
            step.value,
            made.params + step.params,
            made.frozen + step.frozen,
            (*made.warnings, *step.warnings),
            total([made.madds, step.madds]),
            _within(made, step),
            made.narrow + step.narrow,
        )
    # What a step does not compute in a run, it does not in a trace either.
    known = all(isinstance(size, int) for size in shape_of(x)[1:]) and (
        is_float(x.dtype) or not made.warnings
    )
    return made if known else replace(made, value=UNKNOWN_TENSOR, warnings=())


def _within(before: Output, step: Output) -> Within:
    """What the layers hold together: all products of a later one are with what an earlier one made."""
    if not before.madds:
        return step.within
    own = (step.madds or 0) - step.within.pairs - step.within.still
    return before.within.beside(Within(own, step.within.pairs, step.within.still))
