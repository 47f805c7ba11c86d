"""A mask that is lost before anything used it: padding counts as if it were data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dsl import codes
from dsl.diagnostics import Label
from dsl.records import Record

if TYPE_CHECKING:
    from dsl.checker.frame import Frame
    from dsl.checker.values import Layer
    from dsl.graph import Application, Tensor
    from dsl.source import Span

KEEPS = frozenset(
    {
        "Activation", "ActivityRegularization", "AlphaDropout", "Concatenate", "Dense", "Dropout", "ELU",
        "GaussianDropout", "GaussianNoise", "GroupNormalization", "Identity", "LayerNormalization", "LeakyReLU",
        "Normalization", "PReLU", "ReLU", "Rescaling", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D",
        "TimeDistributed", "UnitNormalization",
    }
)  # fmt: skip
"""Layers that pass a mask on (Concatenate takes what has none as unmasked)."""

MERGES = frozenset({"Add", "Average", "Maximum", "Minimum", "Multiply", "Subtract"})
"""Layers that pass masks on where every operand has one, and drop them in silence otherwise."""

USES = frozenset(
    {
        "AdditiveAttention", "Attention", "BatchNormalization", "Bidirectional", "ConvLSTM1D", "ConvLSTM2D",
        "ConvLSTM3D", "Dot", "GRU", "GlobalAveragePooling1D", "GroupQueryAttention", "LSTM", "MultiHeadAttention", "RNN",
        "SimpleRNN", "Softmax",
    }
)  # fmt: skip
"""Layers that heed a mask (or, as Dot, end it on purpose)."""

UNKNOWABLE = frozenset({"Lambda", "Pipeline", "SpectralNormalization"})
"""Layers whose inside decides."""


class Mask(Record):
    """A mask on its way: who made it, and whether something has heeded it."""

    maker: Layer
    used: bool = False


def lint(frame: Frame, live: set[int]) -> None:
    """Warn where a mask is dropped that nothing has heeded yet, once for each mask."""
    masks: dict[Tensor, Mask] = {}
    told: set[int] = set()
    for one in frame.state.applications:  # in the order made: makers stand before what they feed
        if id(one) not in live:
            continue
        layer = frame.state.layers.get(one.operation)
        if layer is not None and _makes(layer):
            masks.update(dict.fromkeys(one.outputs, Mask(layer)))
            continue
        carried = [masks[tensor] for tensor in one.inputs if tensor in masks]
        if not carried:
            continue
        kept = _after(one, layer, carried)
        if kept is not None:
            masks.update(dict.fromkeys(one.outputs, kept))
        elif _loses(one, layer):
            for mask in carried:
                if not mask.used and id(mask.maker) not in told:
                    told.add(id(mask.maker))
                    _report(mask, one, layer, frame)


def _makes(layer: Layer) -> bool:
    key = layer.symbol.key
    return key == "Masking" or (key == "Embedding" and layer.arguments.get("mask_zero") is True)


def _after(one: Application, layer: Layer | None, carried: list[Mask]) -> Mask | None:
    """The mask that an application passes on; None where it ends there."""
    key = layer.symbol.key if layer is not None else ""
    used = key in USES or any(mask.used for mask in carried)
    merged = key in MERGES and len(carried) == len(one.inputs)
    return Mask(carried[0].maker, used) if merged or key in USES | KEEPS else None


def _loses(one: Application, layer: Layer | None) -> bool:
    """Whether a mask that ends here is lost: what nobody knows, and one step or a comparison, lose nothing."""
    if layer is not None:
        return layer.symbol.key not in UNKNOWABLE and layer.symbol.is_layer
    if one.operation.kind != "operator":
        return False
    given, taken = one.outputs[0].type, one.inputs[0].type
    picks = one.operation.class_name == "GetItem" and len(given.shape or ()) < len(
        taken.shape or ()
    )
    return not picks and given.dtype != "bool"


def _report(mask: Mask, one: Application, layer: Layer | None, frame: Frame) -> None:
    maker = mask.maker.symbol.name
    name = layer.symbol.name if layer is not None else one.operation.class_name
    span: Span = one.span if layer is None or layer.symbol.key in MERGES else layer.span
    said, help_ = f"{name} passes no mask on", "or leave mask_zero out where padding may count"
    if layer is None:
        said = f"{name} is an operation, and operations drop masks in silence"
        help_ = "layers such as Add and Multiply keep it where every operand has one; " + help_
    elif layer.symbol.key in MERGES:
        said = f"{name} keeps a mask only where every operand has one"
        help_ = "give every operand a mask, " + help_
    else:
        help_ = f"heed it before (LSTM, attention, GlobalAveragePooling1D), {help_}"
    frame.report(
        codes.MASK_LOST,
        span,
        f"the mask of {maker} is lost before anything heeds it: {said}",
        help=help_ if maker == "Embedding" else help_.replace("mask_zero", "Masking"),
        labels=[Label(mask.maker.span, "the mask is made here")],
    )
