"""Translation: the checked program as a plan of Python, source to source, with what the checker found out."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dsl.emit import plan
    from dsl.graph import Program
    from dsl.source import Source


def translate(program: Program, source: Source) -> plan.Module:
    """The plan of a script.

    Args:
        program: a checked program without errors.
        source: its main source.
    """
    from dsl.translate.builder import Builder  # noqa: PLC0415 -- only where something is emitted

    return Builder(program, source).module()
