"""Warnings about programs that build and mean something else: one file each, read where a program may concern it."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from dsl.records import Record

if TYPE_CHECKING:
    from collections.abc import Callable

    from dsl.checker.frame import Frame


class Lint(Record):
    """One of them.

    Args:
        module: where its `lint(frame, live)` is.
        concerns: whether a program has what it judges; cheap, so that most are never imported.
    """

    module: str
    concerns: Callable[[Frame], bool]


def _has_layer(*starts: str) -> Callable[[Frame], bool]:
    """Whether a layer's class begins with one of these."""
    return lambda frame: any(
        layer.symbol.key.startswith(starts) for layer in frame.state.layers.values()
    )


def _has_mask(frame: Frame) -> bool:
    return frame.state.masks is not None


def _may_have_twins(frame: Frame) -> bool:
    program = frame.state.program
    return len(program.inputs) > 1 or any(one.inside for one in program.operations)


def _binds(*kinds: str) -> Callable[[Frame], bool]:
    """Whether a name at top level is bound in one of these ways."""
    return lambda frame: any(one.kind in kinds for one in frame.scope.names.values())


def _gives_map(frame: Frame) -> bool:
    return any(len(one.tensor.type.shape or ()) > 3 for one in frame.state.program.outputs)


def _has_losses(frame: Frame) -> bool:
    training = frame.state.program.training
    return training is not None and bool(training.losses)


def _has_callbacks(frame: Frame) -> bool:
    training = frame.state.program.training
    return training is not None and "callbacks" in training.settings


def _has_one_unit(frame: Frame) -> bool:
    return any(
        (one.outputs[0].shape or ())[-1:] == (1,) for one in frame.state.layers if one.outputs
    )


LINTS = (
    Lint("float_ids", _has_layer("Embedding", "ReversibleEmbedding")),
    Lint("swapped", _has_layer("Embedding", "ReversibleEmbedding", "Conv", "SeparableConv")),
    Lint("mask_lost", _has_mask),
    Lint("twins", _may_have_twins),
    Lint("lonely_size", _binds("size", "block")),
    Lint("unreachable", _binds("block")),
    Lint("unused_value", _binds("const", "assigned", "block")),
    Lint("classes_on_map", _gives_map),
    Lint("lonely_softmax", _has_one_unit),
    Lint("loss_shape", _has_losses),
    Lint("loss_fit", _has_losses),
    Lint("metric_fit", _has_losses),
    Lint("monitors", _has_callbacks),
)


OF_CONNECTIONS = frozenset({"classes_on_map", "mask_lost", "twins"})
"""Those that ask what leads to what: a mistake that hides that is told alone."""


def run_lints(frame: Frame, live: set[int]) -> None:
    """Run those that a checked program may concern."""
    state = frame.state
    hidden = "connections" in state.lost and state.problems.has_errors
    for one in LINTS:
        if one.concerns(frame) and not (hidden and one.module in OF_CONNECTIONS):
            import_module(f"dsl.lints.{one.module}").lint(frame, live)
