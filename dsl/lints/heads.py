"""What the numbers of an output are: the activation that made them, followed back through what keeps it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dsl.checker.values import Layer
from dsl.lints.reading import LAYER_ACTIVATIONS, activation, place, size_of, source
from dsl.records import Record

if TYPE_CHECKING:
    from dsl.checker.frame import Frame
    from dsl.graph import Application, Tensor
    from dsl.source import Span

WITH_ACTIVATION = frozenset(
    {
        "Conv1D", "Conv1DTranspose", "Conv2D", "Conv2DTranspose", "Conv3D", "Conv3DTranspose", "Dense", "DepthwiseConv1D",
        "DepthwiseConv2D", "EinsumDense", "SeparableConv1D", "SeparableConv2D",
    }
)  # fmt: skip
"""Layers whose `activation` is the last thing they do."""

RECURRENT = frozenset({"GRU", "LSTM", "SimpleRNN"})
"""With their own tanh they give numbers from -1 to 1; with another activation it depends."""

KEEPING = frozenset(
    {
        "Cast", "ExpandDims", "Flatten", "Identity", "Permute", "Reshape", "Squeeze", "Transpose",
        "GlobalAveragePooling1D", "GlobalAveragePooling2D", "GlobalAveragePooling3D",
    }
)  # fmt: skip
"""Operations through which probabilities stay probabilities, and logits logits."""

FUNCTIONS = {
    "Elu": "elu", "Exp": "exponential", "Gelu": "gelu", "HardSigmoid": "hard_sigmoid", "HardTanh": "hard_tanh",
    "LeakyRelu": "leaky_relu", "LogSoftmax": "log_softmax", "ReLU": "relu", "Relu": "relu", "Relu6": "relu6",
    "Selu": "selu", "Sigmoid": "sigmoid", "Silu": "silu", "Softmax": "softmax", "Softplus": "softplus",
    "Softsign": "softsign", "Sparsemax": "sparsemax", "Tanh": "tanh",
}  # fmt: skip
"""Operations that functions of tensors leave in the graph."""


class Head(Record):
    """What makes the numbers of an output.

    Args:
        activation: Keras's word for it, `linear` where there is none.
        units: the size of the last axis; None where not known.
        span: the activation in the source, or what lacks one.
        words: what makes the numbers, for messages.
        application: where it is applied.
    """

    activation: str
    units: int | None
    span: Span
    words: str
    application: Application


def head_of(output: Tensor, frame: Frame) -> Head | None:
    """What makes the numbers of an output; None where that cannot be told."""
    tensor = source(output, frame)
    while True:
        application = frame.state.makers.get(tensor)
        if application is None:
            return None
        found = _made_by(application, tensor, frame)
        if found is not None:
            return found if found.activation else None
        if not _keeps(application, frame) or len(application.inputs) != 1:
            return None
        tensor = application.inputs[0]


def _keeps(application: Application, frame: Frame) -> bool:
    operation = application.operation
    layer = frame.state.layers.get(operation)
    if layer is not None and layer.symbol.key == "Activation":
        return activation(layer.arguments.get("activation")) == "linear"
    return operation.class_name in KEEPING


def _made_by(application: Application, tensor: Tensor, frame: Frame) -> Head | None:
    """The head, if this application decides what the numbers are."""
    operation = application.operation
    if operation.kind == "operator":
        word = FUNCTIONS.get(operation.class_name)
        if word is None:
            return None
        return Head(word, size_of(tensor.type), application.span, word, application)
    layer = frame.state.layers.get(operation)
    if layer is None:
        return None
    inner = layer.arguments.get("layer")
    if layer.symbol.key == "TimeDistributed" and isinstance(inner, Layer):
        layer = inner
    word = _word(layer)
    if word is None:
        return None
    span = place(layer, "activation", frame)
    axis = layer.arguments.get("axis", -1) if layer.symbol.key == "Softmax" else -1
    return Head(word, size_of(tensor.type, axis), span, layer.symbol.name, application)


def _word(layer: Layer) -> str | None:
    """The activation that a layer ends with, empty where not known; None where it passes on what it gets."""
    key = layer.symbol.key
    value = layer.arguments.get("activation")
    if key in WITH_ACTIVATION:
        last = layer.arguments.get("data_format") != "channels_first"
        return activation(value) if last else ""
    if key in RECURRENT:
        return "tanh" if activation(value) == "tanh" else ""
    if key == "Activation":
        word = activation(value)
        return None if word == "linear" else word
    return LAYER_ACTIVATIONS.get(key)
