"""A program as a diagram: blocks and loops folded into a box each, down to the depth that is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dsl.picture import words
from dsl.picture.diagram import Arrow, Box, Diagram
from dsl.records import Thing, field

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from dsl.graph import Application, Endpoint, Operation, Place, Program, Tensor
    from dsl.source import Span

SEVERAL: Final = 3
"""Boxes beside inputs and outputs from which on a picture tells something."""


def diagrams(
    program: Program, depth: int | None = None, marks: Iterable[Span] = ()
) -> list[Diagram]:
    """A program and the models in it, each as a diagram.

    Args:
        program: a checked program, whole or not.
        depth: how many blocks and loops within each other are opened; None: those without which there would
            be less than three boxes.
        marks: the places of errors.
    """
    marked = list(marks)
    if depth is not None:
        return _diagrams(program, depth, marked)
    drawn = _diagrams(program, 0, marked)
    for more in range(1, 1 + max((len(one.places) for one in program.applications), default=0)):
        inner = [one for one in drawn[0].boxes if one.kind not in ("input", "output")]
        if len(inner) >= SEVERAL or not any(one.kind in ("block", "loop") for one in inner):
            break
        drawn = _diagrams(program, more, marked)
    return drawn


def _diagrams(program: Program, depth: int, marks: list[Span]) -> list[Diagram]:
    found = [_program(program, depth, marks)]
    seen: set[int] = set()
    waiting = list(program.applications)
    while waiting:
        one = waiting.pop(0)
        if one.inside and id(one.operation) not in seen:
            seen.add(id(one.operation))
            found.append(_model(one, depth, marks))
            waiting.extend(one.inside)
    return found


def _program(program: Program, depth: int, marks: list[Span]) -> Diagram:
    folding = _Folding(Diagram(f"model {program.name}"), depth, 0, marks)
    folding.take(_applications(program))
    results = program.results or tuple(end.tensor for end in program.outputs)
    for end, tensor in zip(program.outputs, results, strict=True):
        folding.end(end.name, tensor, _losses(program, end))
    folding.name_twins()
    return folding.diagram


def _applications(program: Program) -> list[Application]:
    """Those that an output hangs on; of a program that has no output, all."""
    return program.applications or (program.state.applications if program.state is not None else [])


def _model(application: Application, depth: int, marks: list[Span]) -> Diagram:
    name = application.operation.name
    levels = len(application.places) + 1
    folding = _Folding(Diagram(f"within {name}"), depth, levels, marks)
    folding.take(application.inside)
    for number, tensor in enumerate(application.ends):
        several = len(application.ends) > 1
        folding.end(f"{name}[{number}]" if several else name, tensor, [])
    folding.name_twins()
    return folding.diagram


def _losses(program: Program, end: Endpoint) -> list[str]:
    if program.training is None:
        return []
    term = program.training.losses.get(end.name)
    return [f"loss {words.loss_words(term)}"] if term is not None else []


class _Group(Thing):
    """The applications in one box, the place that folds them, and the tensors that leave it."""

    applications: list[Application] = field(default_factory=list)
    place: Place | None = None
    box: Box | None = None
    ports: list[Tensor] = field(default_factory=list)


class _Folding:
    """Fills a diagram: a box for each group of applications, arrows between them."""

    def __init__(self, diagram: Diagram, depth: int, skipped: int, marks: list[Span]) -> None:
        self.diagram = diagram
        self.depth = depth
        self.skipped = skipped
        self.marks = marks
        self.groups: list[_Group] = []
        self.taken = False
        self.number_of: dict[int, int] = {}
        """Of an application, a place or an operation without application, by identity, its box."""

    def take(self, applications: Sequence[Application]) -> None:
        made = {id(one) for one in applications}
        for one in applications:
            for tensor in one.inputs:
                if id(tensor.maker) not in made:
                    self.source_of(tensor)
            self.put(one)
        self.diagram.boxes += [one.box or self.box(one) for one in self.groups]
        self.taken = True
        for one in applications:
            for tensor in one.inputs:
                self.arrow(tensor, self.number_of[id(one)])

    def put(self, application: Application) -> None:
        """Find the box of an application, a new one where it is the first there."""
        place = self.folding_place(application)
        key = id(application) if place is None else id(place)
        if key not in self.number_of:
            self.number_of[key] = len(self.groups)
            self.groups.append(_Group(place=place))
        self.number_of[id(application)] = self.number_of[key]
        self.groups[self.number_of[key]].applications.append(application)

    def folding_place(self, application: Application) -> Place | None:
        """The outermost place that is not opened; None where all are."""
        level = 0
        for place in application.places[self.skipped :]:
            if place.kind == "turn":
                continue
            if level >= self.depth:
                return place
            level += 1
        return None

    def box(self, group: _Group) -> Box:
        made = _folded(group) if group.place is not None else _single(group.applications[0])
        spans = [one.span for one in group.applications]
        spans += [group.place.span] if group.place is not None else []
        made.marked = any(_holds(span, mark) for span in spans for mark in self.marks)
        return made

    def arrow(self, tensor: Tensor, target: int) -> None:
        """Draw a tensor to a box, once, unless it stays within it."""
        source = self.source_of(tensor)
        if source == target:
            return
        ports = self.groups[source].ports
        if tensor not in ports:
            ports.append(tensor)
        port = ports.index(tensor)
        if any(
            (one.source, one.target, one.port) == (source, target, port)
            for one in self.diagram.arrows
        ):
            return
        self.diagram.arrows.append(
            Arrow(source, target, port, words.tensor_label(tensor), words.tensor_tip(tensor))
        )

    def source_of(self, tensor: Tensor) -> int:
        """The box that a tensor comes from; one of its own where no application makes it."""
        key = id(tensor.maker) if tensor.maker is not None else id(tensor.operation)
        if key not in self.number_of:
            operation = tensor.operation
            self.number_of[key] = len(self.groups)
            box = Box("input", [words.cut(operation.name)], [words.tensor_tip(tensor)])
            self.groups.append(_Group(box=box))
            if self.taken:
                self.diagram.boxes.append(box)
        return self.number_of[key]

    def end(self, name: str, tensor: Tensor, more: list[str]) -> None:
        """Draw what the program or the model gives."""
        self.source_of(tensor)  # its box comes first: what a mistake hides has none yet
        self.groups.append(_Group())
        rows = [f"output {name}", *more]
        self.diagram.boxes.append(Box("output", [words.cut(one) for one in rows], rows))
        self.arrow(tensor, len(self.groups) - 1)

    def name_twins(self) -> None:
        """Give the boxes that share weights a number that they have in common."""
        holders: dict[int, list[Box]] = {}
        for group, box in zip(self.groups, self.diagram.boxes, strict=True):
            shared = next(
                (one.operation for one in group.applications if _is_shared(one.operation)), None
            )
            if shared is not None:
                holders.setdefault(id(shared), []).append(box)
        twins = [boxes for boxes in holders.values() if len(boxes) > 1]
        for number, boxes in enumerate(twins):
            for one in boxes:
                one.family = number


def _holds(span: Span, mark: Span) -> bool:
    return span.source is mark.source and span.start <= mark.start and mark.end <= span.end


def _is_shared(operation: Operation) -> bool:
    return len(operation.calls) > 1 and operation.kind in ("layer", "model", "unknown")


def _single(application: Application) -> Box:
    operation = application.operation
    named = operation.kind in ("layer", "model")
    if operation.kind == "input":
        return Box("input", [words.cut(operation.name)], _tip(application))
    title = words.title(operation)
    if operation.inside:
        title = operation.span.text
    if operation.kind == "unknown":
        title = application.span.text
    weights = words.params_words([operation]) if operation.class_name != "?" else ""
    about = " · ".join(filter(None, [operation.name if named else "", weights]))
    rows = [words.cut(one) for one in (" ".join(title.split()), about) if one]
    return Box(operation.kind, rows, [title, *_tip(application)])


def _tip(application: Application) -> list[str]:
    return [words.tensor_tip(one) for one in application.outputs]


def _folded(group: _Group) -> Box:
    place = group.place
    assert place is not None  # noqa: S101 -- the caller's promise, for the type checker
    operations = [one.operation for one in group.applications]
    within = _within(group)
    number = len({id(one) for one in operations})
    counted = f"{number} layer{'s' if number > 1 else ''}"
    about = " · ".join(filter(None, [counted, words.params_words(operations)]))
    rows = [" ".join(place.words.split()), within, about]
    tip = [*rows, *(one.operation.name for one in group.applications[:12])]
    return Box(place.kind, [words.cut(one) for one in rows if one], [one for one in tip if one])


def _within(group: _Group) -> str:
    """What a loop goes through: how often, and the blocks of a turn."""
    place = group.place
    if place is None or place.kind != "loop":
        return ""
    turns: list[int] = []
    blocks: list[str] = []
    for one in group.applications:
        at = one.places.index(place)
        inner = one.places[at + 1 : at + 3]
        turns += [id(inner[0])] if inner and id(inner[0]) not in turns else []
        named = " ".join(inner[1].words.split()) if len(inner) > 1 else one.operation.class_name
        blocks += [named] if named not in blocks else []
    return f"{len(turns)} times {', '.join(blocks)}"
