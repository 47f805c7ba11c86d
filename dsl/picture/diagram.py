"""What a picture shows: boxes, and the tensors that go from one to another."""

from __future__ import annotations

from dsl.records import Thing, field


class Box(Thing):
    """A layer, an operator, a folded block or loop, a model, an input or an output.

    Args:
        kind: `input`, `layer`, `operator`, `unknown`, `model`, `block`, `loop` or `output`.
        rows: its lines, the first one its title.
        tip: what is told where a mouse rests on it.
        family: a number that it shares with its twins, which have the same weights; None where it has none.
        marked: whether an error stands there.
    """

    kind: str
    rows: list[str]
    tip: list[str] = field(default_factory=list)
    family: int | None = None
    marked: bool = False


class Arrow(Thing):
    """A tensor that goes from a box to another.

    Args:
        source, target: numbers of boxes.
        port: which of the tensors that leave the source it is.
        label: its shape.
        tip: what is told where a mouse rests on it.
    """

    source: int
    target: int
    port: int
    label: str
    tip: str


class Diagram(Thing):
    """A graph to be drawn: of a program, or of a model in it.

    Args:
        title: what stands above it.
        boxes: in the order of the source.
        arrows: in that of their targets.
    """

    title: str
    boxes: list[Box] = field(default_factory=list)
    arrows: list[Arrow] = field(default_factory=list)
