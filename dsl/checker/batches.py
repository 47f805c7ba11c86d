"""Axis 0 is the batch: which tensors a layer must have it of, and what stands for every sample alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dsl import codes
from dsl.catalogue.registry import Output
from dsl.checker.binding import flat_tensors
from dsl.diagnostics import Label
from dsl.records import replace
from dsl.shapes.dims import BATCH
from dsl.shapes.types import TensorType

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dsl.checker.binding import Binding
    from dsl.checker.frame import Frame
    from dsl.checker.values import Layer
    from dsl.graph import Tensor
    from dsl.source import Span

MERGES = frozenset({"Add", "Average", "Maximum", "Minimum", "Multiply", "Subtract"})
"""Layers that compute with each element of their operands."""

MASKS = frozenset({"mask", "attention_mask"})
"""Parameters whose constant of one sample masks every sample alike."""

SPREAD = MERGES | {"Attention", "AdditiveAttention"}
"""Layers that spread a constant of one sample over the batch."""

STATES = "initial_state"
"""The parameter of states, that a loop must not change the batch of."""

ANNOUNCED = "the model announces a batch of 1 here, as the constant has, and a run gives any"


def refuse_lost(layer: Layer, binding: Binding, span: Span, frame: Frame) -> bool:
    """Whether a tensor of a call has no batch and needs one; reported then.

    Keras spreads a constant of one sample over the batch where it adds, compares or matches, and takes one of several
    samples, whose run then takes as many and no others. States are carried by a loop that keeps their size.
    """
    for bound in binding.written:
        for tensor in flat_tensors(bound.value):
            if keeps_batch(tensor, frame) or _stands_for_all(layer, bound.parameter, tensor):
                continue
            _report(layer, bound.parameter, tensor, span, frame)
            return True
    return _refuse_first(layer, binding, span, frame)


def _stands_for_all(layer: Layer, parameter: str, tensor: Tensor) -> bool:
    if not is_constant(tensor):
        return False
    one_sample = (tensor.type.shape or (None,))[0] == 1
    if parameter in MASKS:
        return one_sample or parameter == "attention_mask"
    unrolled = parameter == STATES and layer.arguments.get("unroll") is True
    return one_sample and (layer.symbol.canonical in SPREAD or unrolled)


def _refuse_first(layer: Layer, binding: Binding, span: Span, frame: Frame) -> bool:
    """A merge asks its first operand whether it is sparse, and a constant has no answer; nor has one behind sparse ones."""
    if layer.symbol.canonical not in MERGES:
        return False
    operands = [one for bound in binding.written for one in flat_tensors(bound.value)]
    dense = next((one for one in operands if is_constant(one) or not one.sparse), None)
    if dense is None or not is_constant(dense):
        return False
    first = "here it comes first" if dense is operands[0] else "those before it are sparse to Keras"
    helps = "put the constant last" if dense is operands[0] else "x * 2.0 + 0 is dense"
    frame.report(
        codes.WRONG_OPERANDS,
        span,
        f"{layer.words} takes a constant behind a tensor that hangs on an input, and {first}",
        help=f"{helps}, or use the operator: x + c",
        labels=[Label(dense.span, "this is a constant")],
    )
    return True


def _report(layer: Layer, parameter: str, tensor: Tensor, span: Span, frame: Frame) -> None:
    """A tensor without its batch, told where it lost it; a constant, where it is used."""
    what, kind, helps = layer.words, tensor.type, _help(layer, parameter, tensor)
    if is_constant(tensor):
        words = f"{what} takes a tensor with its batch, and this constant has none: {kind}"
        at, label = span, Label(tensor.span, "this is a constant")
    else:
        words = f"the batch is lost here, and {what} takes a tensor with it: {kind}"
        at, label = tensor.span, Label(span, f"{what} is applied to it here")
    frame.report(codes.LOST_BATCH, at, words, help=helps, labels=[label])


def _help(layer: Layer, parameter: str, tensor: Tensor) -> str:
    shape = tensor.type.shape or ()
    if is_constant(tensor) and (parameter in MASKS or layer.symbol.canonical in SPREAD):
        sizes = ", ".join(str(one) for one in (1, *shape[1:]))
        return f"one sample stands for all: give the constant the shape [{sizes}]"
    if is_constant(tensor) and parameter == STATES:
        return "states of zeros are the default; others get the batch of a tensor that is as wide: Dense(…)(x) * 0 + c"
    if is_constant(tensor):
        return "add it to zeros that have the batch: zeros_like(x[:, :1]) + c has that of x, where their other axes meet"
    rank = len(shape)
    if tensor.operation.class_name == "Transpose" and rank > 1:
        axes = ", ".join(map(str, [0, *range(rank - 1, 0, -1)]))
        return f"axis 0 is the batch, and stays first: transpose(x, [{axes}])"
    return "axis 0 is the batch: reduce or slice from axis 1 on (sum(x, axis=1), x[:, 0])"


def keeps_batch(tensor: Tensor, frame: Frame) -> bool:
    """Whether axis 0 is the batch, or has the size that an input gives to it."""
    shape = tensor.type.shape
    known = bool(shape) and shape is not None and shape[0] in frame.state.batch_sizes
    return tensor.type.has_batch or (known and not is_constant(tensor))


def is_constant(tensor: Tensor) -> bool:
    """Whether a tensor hangs on no input."""
    return tensor.operation.kind == "constant"


def spread(outcome: Any, tensors: Iterable[Tensor]) -> Any:
    """What a layer gives that was given a constant of one sample: Keras announces its batch, and a run has any."""
    if not isinstance(outcome, Output) or not any(map(is_constant, tensors)):
        return outcome
    kind = outcome.value
    if not isinstance(kind, TensorType) or not kind.shape or kind.shape[0] != 1:
        return outcome
    value = TensorType(kind.dtype, (BATCH, *kind.shape[1:]))
    return replace(outcome, value=value, warnings=(*outcome.warnings, ANNOUNCED))
