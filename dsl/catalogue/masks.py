"""Masks: where Keras makes one, passes it on, heeds it, ends it, or destroys it with a warning.

A mask is a tensor of truths that Keras keeps beside another one: padding is false. Each layer's row was found by asking
Keras (`tests/keras/test_masks_against_keras.py` asks again for every public layer). What a layer does with a mask is
the same while the model is built and while it runs, but for those in `OPENED`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dsl.catalogue import mask_shapes
from dsl.catalogue.registry import Configured
from dsl.records import Record, field
from dsl.shapes.types import Mask, TensorType

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from dsl.catalogue.registry import Refusal

Masks = tuple[Mask | None, ...]

KEEPS = frozenset(
    {
        "Activation", "ActivityRegularization", "AlphaDropout", "Dense", "Dropout", "ELU", "GaussianDropout",
        "GaussianNoise", "GroupNormalization", "Identity", "LayerNormalization", "LeakyReLU", "Normalization", "PReLU",
        "ReLU", "Rescaling", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D", "UnitNormalization",
    }
)  # fmt: skip
"""They pass it on and heed nothing."""

MERGES = frozenset({"Add", "Average", "Maximum", "Minimum", "Multiply", "Subtract"})
"""They pass on where any operand counts, if every operand has a mask; else they end it in silence."""

ATTENTIONS = frozenset(
    {"AdditiveAttention", "Attention", "GroupQueryAttention", "MultiHeadAttention"}
)
RECURRENT = frozenset({"GRU", "LSTM", "RNN", "SimpleRNN"})
CONVOLUTIONAL = frozenset({"ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"})

HEEDS = ATTENTIONS | RECURRENT | CONVOLUTIONAL | {
    "BatchNormalization", "Bidirectional", "GlobalAveragePooling1D", "Softmax"
}  # fmt: skip
"""They compute otherwise where the mask is false (`BatchNormalization` while it learns)."""

RECORDED = (HEEDS - ATTENTIONS) | {"Pipeline", "TimeDistributed"}
"""Their `call` takes the `mask` of one tensor."""

ENDS = frozenset({"Dot", "GlobalAveragePooling1D"})
"""They end it on purpose, without a warning."""

OPENED = frozenset({"Pipeline", "SpectralNormalization"})
"""Keras warns that they destroy a mask, and in the run it goes through the layers inside of them."""

TAKES_AWAY = frozenset({"MultiHeadAttention"})
"""In a run they take the masks off the tensors that they are given, for whatever comes after."""


class Call(Record):
    """One application of a layer, as far as masks go.

    Args:
        key: what is applied, as rules know it.
        arguments: of its configuration; those left out have Keras's defaults.
        operands: what its call is given, by parameter: types, lists of these, or values; the first operand first.
        masks: for each operand, in its structure, the mask beside it.
        outputs: the types of what it gives, flat.
        running: whether this is a run; else the model is built.
    """

    key: str
    arguments: Mapping[str, Any]
    operands: Mapping[str, Any]
    masks: Mapping[str, Any]
    outputs: Sequence[TensorType] = ()
    running: bool = False

    @property
    def own(self) -> Masks:
        """The masks of the first operand, flat; a `mask` that the call is given stands in their place."""
        if self.explicit is not None:
            return flat(self.explicit)
        return flat(self.masks.get(self.first))

    @property
    def first(self) -> str:
        """The name of the first operand."""
        return next(iter(self.operands), "")

    @property
    def explicit(self) -> Any:
        """The `mask` that the call is given, each tensor as a mask; None where there is none."""
        return as_masks(self.operands.get("mask"))

    @property
    def heard(self) -> Masks:
        """The masks that reach `call`: Keras fills in none where there is a second tensor (`initial_state`)."""
        alone = sum(_holds_tensor(one) for one in self.operands.values()) == 1
        return self.own if alone or self.explicit is not None else ()

    @property
    def x(self) -> TensorType | None:
        """The first operand, where it is one tensor."""
        value = self.operands.get(self.first)
        return value if isinstance(value, TensorType) else None


class Carried(Record):
    """What becomes of masks at one application.

    Args:
        masks: of its outputs, flat, in order; those left out have none.
        heeded: whether the layer computes otherwise for a mask that it got.
        destroyed: whether Keras warns that a mask ends here.
        refusal: why Keras fails over a mask, if it does (code `mask-shape`: in a run).
    """

    masks: Masks = ()
    heeded: bool = False
    destroyed: bool = False
    refusal: Refusal | None = field(default=None)


def carry(call: Call) -> Carried:
    """What becomes of masks at an application of a layer of Keras."""
    rule = _RULES.get(call.key)
    if rule is not None:
        return rule(call)
    if call.key in KEEPS:
        return Carried(call.own)
    return _destroys(call)


def makes(key: str, arguments: Mapping[str, Any]) -> bool:
    """Whether a layer makes a mask.

    >>> makes("Masking", {}), makes("Embedding", {}), makes("Embedding", {"mask_zero": True})
    (True, False, True)
    """
    embeds = key in {"Embedding", "ReversibleEmbedding"}
    return key == "Masking" or (embeds and arguments.get("mask_zero") is True)


def manner(key: str) -> str:
    """What a layer does with a mask, in words; empty where it loses it.

    >>> manner("LSTM"), manner("Add"), manner("Conv1D")
    ('heeds it, and keeps it with return_sequences', 'keeps it where every operand has one', '')
    """
    return next((words for words, keys in _MANNERS.items() if key in keys), "")


def records(key: str) -> bool:
    """Whether the built model notes the mask of a layer's one tensor, so that each run finds it there.

    Keras does that for a `mask` of `call` that it fills in, where the operand is a tensor and no list.
    """
    return key in RECORDED


def flat(value: Any) -> Masks:
    """The masks of a structure, in order."""
    if isinstance(value, list | tuple):
        return tuple(one for item in value for one in flat(item))
    return (value if isinstance(value, Mask) else None,)


def as_masks(value: Any) -> Any:
    """Tensors that are given as masks, in their structure; None where there are none."""
    if isinstance(value, list | tuple):
        found = [as_masks(one) for one in value]
        return found if any(one is not None for one in found) else None
    return Mask(value.shape) if isinstance(value, TensorType) else None


def _holds_tensor(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return any(_holds_tensor(one) for one in value)
    return isinstance(value, TensorType)


def _has_one(masks: Masks) -> bool:
    return any(one is not None for one in masks)


# ---- a rule for each kind


def _destroys(call: Call) -> Carried:
    return Carried(destroyed=_has_one(call.own))


def _embedding(call: Call) -> Carried:
    if not makes(call.key, call.arguments):
        return _destroys(call)
    if call.key == "ReversibleEmbedding" and (not call.running or _reverses(call)):
        return Carried()  # its `call` makes the mask: the built model does not know of it
    return Carried((Mask(call.x.shape if call.x is not None else None),))


def _reverses(call: Call) -> bool:
    return bool(call.operands.get("reverse"))


def _masking(call: Call) -> Carried:
    shape = call.x.shape if call.x is not None else None
    return Carried((Mask(shape[:-1] if shape is not None else None),))


def _ends(call: Call) -> Carried:  # noqa: ARG001 -- a rule takes the call
    return Carried()


def _merge(call: Call) -> Carried:
    masks = call.own
    known = [one for one in masks if one is not None]
    if not known or len(known) < len(masks):
        return Carried()
    met, refusal = mask_shapes.joined(known, call.key, running=call.running)
    return Carried((met,), refusal=refusal)


def _concatenate(call: Call) -> Carried:
    masks = call.own
    if not _has_one(masks):
        return Carried()
    inputs = call.operands.get(call.first)
    met, refusal = mask_shapes.concatenated(
        inputs, masks, call.arguments.get("axis", -1), call.outputs, running=call.running
    )
    return Carried((met,), refusal=refusal)


def _recurrent(call: Call) -> Carried:
    kept = call.own[:1] if call.arguments.get("return_sequences") else ()
    heard = call.heard[:1]
    refusal = None
    if _has_one(heard) and call.key in RECURRENT:
        refusal = mask_shapes.refuse_steps(call.x, heard[0], call.arguments.get("units"), call.key)
    elif _has_one(heard):
        refusal = mask_shapes.refuse_maps(call.x, heard[0], call.arguments, call.outputs, call.key)
    return Carried(kept, heeded=_has_one(heard), refusal=refusal)


def _bidirectional(call: Call) -> Carried:
    inner = call.arguments.get("layer")
    if not isinstance(inner, Configured):
        return Carried(heeded=_has_one(call.heard))
    outputs = call.outputs
    if inner.symbol in CONVOLUTIONAL and outputs and outputs[0].shape is not None:
        outputs = ()  # the merged one has other channels, and the maps of the inner one
    forward = _recurrent(_renamed(call, inner, outputs or call.outputs))
    twice = 2 if call.arguments.get("merge_mode", "concat") is None else 1
    return Carried(forward.masks * twice, heeded=forward.heeded, refusal=forward.refusal)


def _time_distributed(call: Call) -> Carried:
    """The mask stays as it was; the layer inside heeds its part at each step."""
    mask, inner, x = call.own[0] if call.own else None, call.arguments.get("layer"), call.x
    if mask is None or not isinstance(inner, Configured) or x is None or not call.heard:
        return Carried(call.own)
    refusal = mask_shapes.refuse_first_axes(x, mask, call.key)
    if refusal is not None or not _listens(inner.symbol) or x.shape is None or mask.shape is None:
        return Carried(call.own, refusal=refusal)
    step = TensorType(x.dtype, (x.shape[0], *x.shape[2:]))
    part = Mask((mask.shape[0], *mask.shape[2:]))
    inside = carry(
        Call(inner.symbol, inner.arguments, {"inputs": step}, {"inputs": part}, (), call.running)
    )
    return Carried(call.own, heeded=inside.heeded, refusal=inside.refusal)


def _listens(key: str) -> bool:
    """Whether a layer's `call` takes `mask`."""
    return key in RECORDED | {"AdditiveAttention", "Attention"}


def _opened(call: Call) -> Carried:
    """A wrapper that Keras warns of, though what is inside passes the mask on in the run."""
    inner = call.arguments.get("layer" if call.key == "SpectralNormalization" else "layers")
    if not call.running:
        return _destroys(call)
    masks, heeded = call.own, False
    for one in inner if isinstance(inner, list | tuple) else [inner]:
        if not isinstance(one, Configured):
            return Carried()
        inside = carry(Call(one.symbol, one.arguments, call.operands, {call.first: masks[0]}))
        masks, heeded = (inside.masks or (None,)), heeded or inside.heeded
    return Carried(masks, heeded=heeded)


def _batch_normalization(call: Call) -> Carried:
    mask = call.heard[0] if call.heard else None
    refusal = mask_shapes.refuse_rank(call.x, mask, call.key)
    return Carried(call.own, heeded=mask is not None, refusal=refusal)


def _softmax(call: Call) -> Carried:
    mask = call.heard[0] if call.heard else None
    refusal = mask_shapes.refuse_softmax(call.x, mask)
    return Carried(call.own, heeded=mask is not None, refusal=refusal)


def _global_average(call: Call) -> Carried:
    mask = call.heard[0] if call.heard else None
    first = call.arguments.get("data_format") == "channels_first"
    refusal = mask_shapes.refuse_average(call.x, mask, channels_first=first)
    return Carried(heeded=mask is not None, refusal=refusal)


def _attention(call: Call) -> Carried:
    """`Attention([query, value])`: the query's mask goes on; the key's is never looked at."""
    query, value = (*call.own, None, None)[:2]
    refusal = mask_shapes.refuse_values(value, call.key)
    return Carried((query,), heeded=query is not None or value is not None, refusal=refusal)


def _multi_head(call: Call) -> Carried:
    """The query's mask goes on; a `query_mask` that the call is given is thrown away."""
    query = _beside(call, "query", explicit=call.key != "MultiHeadAttention")
    others = [_beside(call, name, explicit=True) for name in ("value", "key")]
    refusal = mask_shapes.refuse_heads(call.x, [query, *others], call.arguments, call.key)
    own = flat(call.masks.get("query"))[:1]
    return Carried(own, heeded=_has_one(tuple(others)), refusal=refusal)


def _beside(call: Call, name: str, *, explicit: bool) -> Mask | None:
    given = as_masks(call.operands.get(f"{name}_mask")) if explicit else None
    return given if isinstance(given, Mask) else flat(call.masks.get(name))[0]


def _renamed(call: Call, inner: Configured, outputs: Sequence[TensorType]) -> Call:
    return Call(inner.symbol, inner.arguments, call.operands, call.masks, outputs, call.running)


_MANNERS = {
    "makes one": {"Masking"},
    "makes one with mask_zero": {"Embedding", "ReversibleEmbedding"},
    "keeps it": KEEPS,
    "keeps it where every operand has one": MERGES,
    "keeps it, and lets what has none count": {"Concatenate"},
    "heeds it as it learns, and keeps it": {"BatchNormalization"},
    "heeds it along its last axes, and keeps it": {"Softmax"},
    "heeds it, and keeps it with return_sequences": RECURRENT | CONVOLUTIONAL | {"Bidirectional"},
    "heeds it, and keeps the query's": ATTENTIONS,
    "heeds it as the layer inside does, and keeps it": {"TimeDistributed"},
    "heeds it and ends it": ENDS & HEEDS,
    "ends it": ENDS - HEEDS,
    "gives it to the layer inside in a run, though Keras warns": OPENED,
}

_RULES: dict[str, Callable[[Call], Carried]] = {
    **dict.fromkeys(MERGES, _merge),
    **dict.fromkeys(RECURRENT | CONVOLUTIONAL, _recurrent),
    **dict.fromkeys(OPENED, _opened),
    "AdditiveAttention": _attention,
    "Attention": _attention,
    "BatchNormalization": _batch_normalization,
    "Bidirectional": _bidirectional,
    "Concatenate": _concatenate,
    "Dot": _ends,
    "Embedding": _embedding,
    "GlobalAveragePooling1D": _global_average,
    "GroupQueryAttention": _multi_head,
    "Masking": _masking,
    "MultiHeadAttention": _multi_head,
    "ReversibleEmbedding": _embedding,
    "Softmax": _softmax,
    "TimeDistributed": _time_distributed,
}
