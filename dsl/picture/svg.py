"""Diagrams as SVG: one picture, its own background, colours for light and for dark."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape

from dsl.picture.places import Port, placed
from dsl.picture.stack import bundled, stacked
from dsl.picture.text_width import text_width
from dsl.records import Thing

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from dsl.picture.diagram import Arrow, Box, Diagram
    from dsl.picture.places import Drawing, Point

WIDEST: Final = 1600
TALLEST: Final = 4000
"""Pixels that a picture may have: a larger drawing is shown smaller."""

MARGIN: Final = 20
TITLE: Final = 13
SMALL: Final = 11
LINE: Final = 16
PAD: Final = 12
HEADING: Final = 26

STYLE: Final = """
.paper{fill:#fff}.box{stroke:#5b6b7c;stroke-width:1.2}text{fill:#1c2733;font:11px "DejaVu Sans",Verdana,sans-serif}
.t{font-weight:bold;font-size:13px}.h{font-weight:bold;font-size:14px}
.input{fill:#dff3e4}.operator{fill:#eceff3}.layer{fill:#e3edfb}.unknown{fill:#fff}.model{fill:#efe4fb}
.block,.loop{fill:#fdf3d8}.output{fill:#fbe3e0}
.wire{fill:none;stroke:#5b6b7c;stroke-width:1.3}.tip{fill:#5b6b7c}.label{fill:#33475b;paint-order:stroke;stroke:#fff;stroke-width:3px}
.bad{stroke:#d11a2a;stroke-width:3}
@media (prefers-color-scheme:dark){.paper{fill:#14181d}.box{stroke:#8fa3b8}text{fill:#e8eef4}
.input{fill:#1e4029}.operator{fill:#2c333b}.layer{fill:#1f3554}.unknown{fill:#14181d}.model{fill:#3b2a56}
.block,.loop{fill:#4a3d16}.output{fill:#54231d}
.wire{stroke:#8fa3b8}.tip{fill:#8fa3b8}.label{fill:#c3d0dc;stroke:#14181d}.bad{stroke:#ff5a67}}
"""
FAMILIES: Final = (
    "#d1495b",
    "#00798c",
    "#8f5db7",
    "#b8860b",
    "#2e7d32",
    "#c2185b",
    "#3949ab",
    "#6d4c41",
)
"""Colours of the bars of twins, readable on light and dark boxes."""


class _Sheet(Thing):
    """A diagram that was drawn: its size and its elements."""

    width: float
    height: float
    parts: list[str]


def svg(diagrams: Sequence[Diagram]) -> str:
    """Diagrams below each other, as one SVG.

    Args:
        diagrams: at least one; their boxes and arrows are without a circle.

    Returns:
        A whole SVG document with a last newline: at most `WIDEST` by `TALLEST` pixels, no script, no reference to
        anything outside of it, all words escaped.
    """
    sheets = [_fitting(one) for one in diagrams]
    width = max(one.width for one in sheets) + 2 * MARGIN
    parts, top = [], float(MARGIN)
    for one in sheets:
        left = (width - one.width) / 2
        parts += [f'<g transform="translate({_n(left)} {_n(top)})">', *one.parts, "</g>"]
        top += one.height + MARGIN
    scale = min(1.0, WIDEST / width, TALLEST / top)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_n(width * scale)}" height="{_n(top * scale)}" '
        f'viewBox="0 0 {_n(width)} {_n(top)}" role="img">'
    )
    paper = f'<rect class="paper" width="{_n(width)}" height="{_n(top)}" rx="8"/>'
    name = f"<title>{_e(diagrams[0].title)}</title>"
    arrow = (
        '<defs><marker id="a" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" '
        'orient="auto"><path class="tip" d="M0 0L8 4L0 8z"/></marker></defs>'
    )
    return "\n".join([head, name, f"<style>{STYLE}</style>", arrow, paper, *parts, "</svg>", ""])


def _fitting(diagram: Diagram) -> _Sheet:
    """A diagram drawn, with fewer boxes where it would be too tall or too wide."""
    sheet = _sheet(diagram)
    if sheet.height > TALLEST:
        diagram = stacked(diagram)
        sheet = _sheet(diagram)
    return _sheet(bundled(diagram)) if sheet.width > WIDEST else sheet


def _sheet(diagram: Diagram) -> _Sheet:
    leaving = _leaving(diagram)
    boxes = [_size(one) for one in diagram.boxes]
    rooms = [
        (max(width, _room(leaving.get(number, {}))), height)
        for number, (width, height) in enumerate(boxes)
    ]
    ports = [
        Port(one.source, one.target, _leaves(one, leaving[one.source])) for one in diagram.arrows
    ]
    drawing = placed(rooms, ports)
    heading = text_width(diagram.title, 14, bold=True)
    shift = max(0.0, (heading - drawing.width) / 2)
    parts = [
        f'<text class="h" x="{_n(drawing.width / 2 + shift)}" y="14" text-anchor="middle">{_e(diagram.title)}</text>'
    ]
    parts.append(f'<g transform="translate({_n(shift)} {HEADING})">')
    parts += _wires(diagram, drawing)
    parts += [
        line
        for one, size, centre in zip(diagram.boxes, boxes, drawing.centres, strict=True)
        for line in _box(one, size, centre)
    ]
    parts += _labels(diagram, drawing)
    parts.append("</g>")
    return _Sheet(max(drawing.width, heading), drawing.height + HEADING, parts)


# ---- sizes


def _size(box: Box) -> tuple[float, float]:
    widths = [
        text_width(words, SMALL if number else TITLE, bold=not number)
        for number, words in enumerate(box.rows)
    ]
    return max(60.0, *widths) + 2 * PAD, len(box.rows) * LINE + PAD


def _leaving(diagram: Diagram) -> dict[int, dict[int, str]]:
    """For each box the labels of the tensors that leave it, by port."""
    found: dict[int, dict[int, str]] = {}
    for one in diagram.arrows:
        found.setdefault(one.source, {})[one.port] = one.label
    return found


def _room(labels: dict[int, str]) -> float:
    """The width that the labels below a box need: each stands to the right of its arrow."""
    widest = max((text_width(one, SMALL) for one in labels.values()), default=0.0) + 12
    return widest * (len(labels) + 1) if labels else 0.0


def _leaves(arrow: Arrow, labels: dict[int, str]) -> float:
    step = _room(labels) / (len(labels) + 1)
    return (arrow.port - (len(labels) - 1) / 2) * step


# ---- elements


def _box(box: Box, size: tuple[float, float], centre: Point) -> list[str]:
    (width, height), (middle, top) = size, centre
    left = middle - width / 2
    radius = 14 if box.kind in ("input", "output") else 5
    frame = f'class="box {box.kind}{" bad" if box.marked else ""}"'
    lines = ["<g>", f"<title>{_e(chr(10).join(box.tip))}</title>"]
    if box.kind in ("block", "loop", "model"):
        lines.append(_rect(frame, left + 4, top + 4, width, height, radius))
    lines.append(_rect(frame, left, top, width, height, radius))
    if box.family is not None:
        colour = FAMILIES[box.family % len(FAMILIES)]
        lines.append(
            f'<rect x="{_n(left)}" y="{_n(top)}" width="6" height="{_n(height)}" rx="3" fill="{colour}"/>'
        )
    for number, words in enumerate(box.rows):
        kind = ' class="t"' if not number else ""
        y = top + PAD / 2 + LINE * (number + 0.78)
        lines.append(
            f'<text{kind} x="{_n(middle)}" y="{_n(y)}" text-anchor="middle">{_e(words)}</text>'
        )
    return [*lines, "</g>"]


def _rect(attributes: str, x: float, y: float, width: float, height: float, radius: float) -> str:
    return f'<rect {attributes} x="{_n(x)}" y="{_n(y)}" width="{_n(width)}" height="{_n(height)}" rx="{radius}"/>'


def _wires(diagram: Diagram, drawing: Drawing) -> Iterable[str]:
    for arrow, points in zip(diagram.arrows, drawing.paths, strict=True):
        tip = f"<title>{_e(arrow.tip)}</title>"
        yield f'<g>{tip}<path class="wire" marker-end="url(#a)" d="{_curve(points)}"/></g>'


def _curve(points: list[Point]) -> str:
    """Straight down where two points stand above each other, else a curve that leaves and arrives upright."""
    parts = [f"M{_n(points[0][0])} {_n(points[0][1])}"]
    for (x, y), (to_x, to_y) in pairwise(points):
        if abs(x - to_x) < 0.5:
            parts.append(f"L{_n(to_x)} {_n(to_y)}")
        else:
            half = (y + to_y) / 2
            parts.append(f"C{_n(x)} {_n(half)} {_n(to_x)} {_n(half)} {_n(to_x)} {_n(to_y)}")
    return "".join(parts)


def _labels(diagram: Diagram, drawing: Drawing) -> Iterable[str]:
    """Shapes, one for each tensor that leaves a box."""
    seen: set[tuple[int, int]] = set()
    for arrow, points in zip(diagram.arrows, drawing.paths, strict=True):
        if (arrow.source, arrow.port) in seen:
            continue
        seen.add((arrow.source, arrow.port))
        x, y = points[0]
        yield f'<text class="label" x="{_n(x + 6)}" y="{_n(y + 13)}">{_e(arrow.label)}</text>'


def _n(number: float) -> str:
    """A number in as few characters as a tenth of a pixel needs."""
    return f"{number:.1f}".removesuffix(".0")


def _e(words: str) -> str:
    """Words as text of XML: what XML cannot hold, or nobody sees, is shown as a replacement character."""
    return escape(
        "".join(char if char.isprintable() or char == "\n" else "\ufffd" for char in words)
    )
