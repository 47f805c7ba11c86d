"""Warnings about programs that build and mean something else: one file each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dsl.lints import (
    classes_on_map,
    float_ids,
    lonely_size,
    loss_fit,
    loss_shape,
    mask_lost,
    metric_fit,
    swapped,
    twins,
    unused_value,
)  # fmt: skip

if TYPE_CHECKING:
    from collections.abc import Callable

    from dsl.checker.frame import Frame

LINTS: tuple[Callable[[Frame, set[int]], None], ...] = (
    float_ids.lint,
    swapped.lint,
    mask_lost.lint,
    twins.lint,
    lonely_size.lint,
    unused_value.lint,
    classes_on_map.lint,
    loss_shape.lint,
    loss_fit.lint,
    metric_fit.lint,
)


def run_lints(frame: Frame, live: set[int]) -> None:
    """Run each of them over a checked program."""
    for lint in LINTS:
        lint(frame, live)
