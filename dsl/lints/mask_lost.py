"""A mask that is lost before anything used it, or misses an attention: padding counts as if it were data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dsl import codes
from dsl.catalogue import masks as catalogue
from dsl.diagnostics import Label
from dsl.graph import Tensor
from dsl.records import Record, Thing, field

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from dsl.checker.frame import Frame
    from dsl.checker.masks import Masks
    from dsl.graph import Application, Operation
    from dsl.source import Span


class Trail(Record):
    """A mask on its way: the layer who made it, and whether something has heeded it."""

    maker: Operation
    used: bool = False


class Walk(Thing):
    """What the lint knows while it goes through a graph and the models in it."""

    frame: Frame
    masks: Masks
    trails: dict[Tensor, Trail] = field(default_factory=dict)
    told: set[Span] = field(default_factory=set)


def lint(frame: Frame, live: set[int]) -> None:  # noqa: ARG001 -- what has masks is live
    """Warn where a mask is dropped that nothing has heeded yet, once for each mask; and where one is missed."""
    if frame.state.masks is not None:
        _walk(frame.state.program.applications, Walk(frame, frame.state.masks))


def _walk(applications: Sequence[Application], walk: Walk) -> None:
    for one in applications:  # in the order made: makers stand before what they feed
        operation = one.operation
        if catalogue.makes(operation.symbol, operation.arguments):
            _mark(one.outputs, Trail(operation), walk)
            continue
        inputs = [tensor.current for tensor in one.inputs]
        carried = [walk.trails[tensor] for tensor in inputs if tensor in walk.trails]
        if one.ends:
            _enter(one, walk)
        elif carried:
            _judge(one, carried, walk)


def _mark(tensors: Iterable[Tensor], trail: Trail, walk: Walk) -> None:
    for tensor in tensors:
        if tensor.mask is not None or tensor.run_mask is not None:
            walk.trails[tensor] = trail


def _enter(model: Application, walk: Walk) -> None:
    """Go on inside of a nested model, and come out with what it gives."""
    for one in model.inside:
        for tensor in one.inputs:
            given = model.call.get(tensor.operation.name)
            if tensor.operation.kind != "input" or not isinstance(given, Tensor):
                continue
            if given.current in walk.trails:
                _mark([tensor], walk.trails[given.current], walk)
    _walk(model.inside, walk)
    for given, end in zip(model.outputs, model.ends, strict=True):
        if end.current in walk.trails:
            _mark([given], walk.trails[end.current], walk)


def _judge(one: Application, carried: list[Trail], walk: Walk) -> None:
    passage = walk.masks.passages.get(id(one))
    heeded = passage is not None and passage.run.heeded
    used = heeded or any(trail.used for trail in carried)
    _mark(one.outputs, Trail(carried[0].maker, used), walk)
    if passage is not None and passage.missed and one.operation.symbol in catalogue.ATTENTIONS:
        if not heeded:
            _report_missed(one, passage.missed[0], carried[0], walk)
        return
    failed = passage is not None and (passage.built.refusal or passage.run.refusal)
    kept = any(tensor in walk.trails for tensor in one.outputs)
    if heeded or failed or kept or not _loses(one):
        return
    for trail in carried:
        if not trail.used and trail.maker.span not in walk.told:
            walk.told.add(trail.maker.span)
            _report_lost(trail, one, walk.frame)


def _loses(one: Application) -> bool:
    """Whether a mask that ends here is lost: what nobody knows, and one step or a comparison, lose nothing."""
    operation = one.operation
    if operation.kind == "layer":
        return operation.symbol != "" and operation.symbol not in {"Dot", "Lambda"}
    if operation.kind != "operator":
        return False
    given, taken = one.outputs[0].type, one.inputs[0].type
    picks = operation.class_name == "GetItem" and len(given.shape or ()) < len(taken.shape or ())
    return not picks and given.dtype != "bool"


def _report_lost(trail: Trail, one: Application, frame: Frame) -> None:
    operation = one.operation
    maker, name = trail.maker.class_name, operation.class_name
    span, said, mend = operation.span, f"{name} passes no mask on", ""
    if operation.kind == "operator":
        said = f"{name} is an operation, and operations drop masks in silence"
        mend = "layers such as Add and Multiply keep it where every operand has one"
    elif operation.symbol in catalogue.MERGES:
        said = f"{name} keeps a mask only where every operand has one"
        mend = "give every operand a mask"
    elif operation.symbol in catalogue.HEEDS:
        span, said = one.span, f"Keras gives {name} no mask beside a second tensor"
        mend = "give it the mask: mask=not_equal(ids, 0)"
    else:
        mend = "heed it before (LSTM, attention, GlobalAveragePooling1D)"
    without = "mask_zero" if maker == "Embedding" else "Masking"
    frame.report(
        codes.MASK_LOST,
        one.span if operation.kind == "operator" else span,
        f"the mask of {maker} is lost before anything heeds it: {said}",
        help=f"{mend}, or leave {without} out where padding may count"
        if operation.kind == "layer"
        else f"{mend}; or leave {without} out where padding may count",
        labels=[Label(trail.maker.span, "the mask is made here")],
    )


# ---- attention behind attention


def _report_missed(one: Application, operand: Tensor, trail: Trail, walk: Walk) -> None:
    """An attention whose operands have a mask in the built model, which an attention before it took off in the run."""
    taker = _taker(operand, walk)
    if taker is None or one.operation.span in walk.told:
        return
    walk.told.add(one.operation.span)
    name = one.operation.class_name
    walk.frame.report(
        codes.MASK_LOST,
        one.operation.span,
        f"the mask of {trail.maker.class_name} does not reach this {name}: in a run the {taker.operation.class_name} before it takes it off the tensors that it gets",
        help="give that one a tensor of its own: LayerNormalization before it makes one, or h = Rescaling(1.0)(x)",
        labels=[Label(taker.operation.span, "the mask is taken off here")],
    )


def _taker(tensor: Tensor, walk: Walk) -> Application | None:
    """What took the mask off a tensor, or off one that it comes from."""
    waiting, seen = [tensor], set()
    while waiting:
        one = waiting.pop()
        taker = walk.masks.gone.get(walk.masks.real(one))
        if taker is not None:
            return taker
        maker = one.maker
        if maker is not None and id(maker) not in seen:
            seen.add(id(maker))
            waiting += [
                before.current for before in maker.inputs if before.current.mask is not None
            ]
    return None
