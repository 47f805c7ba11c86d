"""Warnings about programs that build and mean something else: one file each."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from dsl.checker.frame import Frame

LINTS: tuple[Callable[[Frame, set[int]], None], ...] = ()


def run_lints(frame: Frame, live: set[int]) -> None:
    """Run each of them over a checked program."""
    for lint in LINTS:
        lint(frame, live)
