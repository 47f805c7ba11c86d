"""A diagram as Mermaid, which code hosts and notebooks draw."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dsl.picture.diagram import Box, Diagram

_SHAPES: Final = {
    "input": ('(["', '"])'),
    "output": ('(["', '"])'),
    "block": ('[["', '"]]'),
    "loop": ('[["', '"]]'),
    "model": ('[["', '"]]'),
    "operator": ('("', '")'),
}
_OTHER: Final = ('["', '"]')


def mermaid(diagrams: Sequence[Diagram]) -> str:
    """Diagrams as one Mermaid flowchart, with a last newline; the models in a program as subgraphs."""
    lines = ["flowchart TD"]
    for number, one in enumerate(diagrams):
        prefix = f"m{number}_" if number else "b"
        indent = "    "
        if number:
            lines.append(f'    subgraph m{number}["{_e(one.title)}"]')
            indent = "        "
        lines += [f"{indent}{prefix}{place}{_box(box)}" for place, box in enumerate(one.boxes)]
        lines += [
            f'{indent}{prefix}{arrow.source} -- "{_e(arrow.label)}" --> {prefix}{arrow.target}'
            for arrow in one.arrows
        ]
        if number:
            lines.append("    end")
    return "\n".join([*lines, ""])


def _box(box: Box) -> str:
    before, after = _SHAPES.get(box.kind, _OTHER)
    return f"{before}{'<br/>'.join(map(_e, box.rows))}{after}"


def _e(words: str) -> str:
    """Words in which nothing means anything to Mermaid: entities as it has them, `#` and a number."""
    return "".join(
        char if char.isalnum() or char in " .,:=_-()·?" else f"#{ord(char)};" for char in words
    )
