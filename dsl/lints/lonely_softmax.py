"""Softmax over one unit: it gives 1, whatever goes in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dsl import codes
from dsl.lints.heads import WITH_ACTIVATION
from dsl.lints.reading import activation, layers, place, size_of

if TYPE_CHECKING:
    from dsl.checker.frame import Frame
    from dsl.checker.values import Layer


def lint(frame: Frame, live: set[int]) -> None:  # noqa: ARG001 -- wrong in a dead branch too
    """Warn of each softmax that shares 1 among one."""
    for operation, layer in layers(frame):
        if not operation.outputs or not _is_softmax(layer):
            continue
        alone = layer.symbol.key == "Softmax"
        if size_of(operation.outputs[0], layer.arguments.get("axis") if alone else -1) == 1:
            frame.report(
                codes.LOSS_FIT,
                place(layer, "activation", frame),
                "softmax over one unit gives 1, whatever goes in",
                help="say over which axis: Softmax(axis=1)"
                if alone
                else "write sigmoid for one unit: softmax shares 1 among several",
            )


def _is_softmax(layer: Layer) -> bool:
    key = layer.symbol.key
    return key == "Softmax" or (
        key in WITH_ACTIVATION | {"Activation"}
        and activation(layer.arguments.get("activation")) == "softmax"
    )
