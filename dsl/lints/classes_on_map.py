"""A classifier on a feature map: classes for every place of it come out where a Flatten was forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dsl import codes
from dsl.diagnostics import Fix, Label
from dsl.lints.inside import behind, entries
from dsl.lints.reading import activation, source

if TYPE_CHECKING:
    from dsl.checker.frame import Frame
    from dsl.graph import Application, Endpoint
    from dsl.source import Span

CLASSIFYING = frozenset({"softmax", "sigmoid"})
LEAST_RANK = 4
"""Sequences (rank 3) are often classified at each step; maps are classified by convolutions."""


def lint(frame: Frame, live: set[int]) -> None:  # noqa: ARG001 -- outputs are live
    """Warn of outputs whose classes a Dense gives for each place of a map."""
    for output in frame.state.program.outputs:
        dense, classifies = _dense(output, frame)
        if dense is None or not (classifies or _under_crossentropy(output, frame)):
            continue
        fed = dense.inputs[0]
        if fed.type.shape is None or len(fed.type.shape) < LEAST_RANK:
            continue
        layer = frame.state.layers[dense.operation]
        given = dense.outputs[0].type
        frame.report(
            codes.CLASSES_ON_MAP,
            layer.span,
            f"this Dense gives classes for each place of a feature map: {given}",
            help="put Flatten or GlobalAveragePooling2D before it; classes for each place are made by Conv2D(classes, 1)",
            labels=[Label(fed.span, f"{fed.type} comes from here")],
            fix=_flattened(layer.span, dense.span),
        )


def _flattened(layer: Span, application: Span) -> Fix | None:
    """Flatten before the layer, in a chain or around the operand; None where neither is plain."""
    text = application.text
    if text == layer.text or "->" in text:  # a stage of a chain
        return Fix(layer, f"Flatten -> {layer.text}")
    if text.startswith(f"{layer.text}(") and text.endswith(")"):
        return Fix(application, f"{layer.text}(Flatten()({text[len(layer.text) + 1 : -1]}))")
    return None


def _dense(output: Endpoint, frame: Frame) -> tuple[Application | None, bool]:
    """The Dense that gives an output its numbers, and whether softmax or sigmoid stands at or behind it."""
    classifies = False
    tensor, given = source(output.tensor, frame), entries(frame)
    while (application := behind(tensor, given)) is not None:
        operation = application.operation
        layer = frame.state.layers.get(operation)
        word = activation(layer.arguments.get("activation")) if layer is not None else ""
        classifies = (
            classifies or word in CLASSIFYING or operation.class_name in {"Softmax", "Sigmoid"}
        )
        if layer is not None and layer.symbol.key == "Dense" and application.inputs:
            return application, classifies
        passes = operation.class_name in {
            "Activation",
            "Softmax",
            "Sigmoid",
            "Identity",
            "Dropout",
            "Cast",
        }
        if not passes or len(application.inputs) != 1:
            return None, False
        tensor = application.inputs[0]
    return None, False


def _under_crossentropy(output: Endpoint, frame: Frame) -> bool:
    training = frame.state.program.training
    loss = training.losses.get(output.name) if training is not None else None
    return loss is not None and loss.name.lower().endswith("crossentropy")
