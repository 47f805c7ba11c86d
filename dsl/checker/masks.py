"""Masks followed through a whole graph, twice: as the built model knows them, and as a run carries them.

Keras keeps a mask beside a symbolic tensor while the model is built, and beside a real one in each run. The two may
part: a mask goes through a nested model in the run alone, and `MultiHeadAttention` takes the masks off its operands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dsl import codes
from dsl.catalogue import masks as catalogue
from dsl.catalogue.masks import Call, Carried
from dsl.catalogue.registry import UNKNOWN
from dsl.checker.order import in_running_order
from dsl.checker.values import configured
from dsl.graph import Application, Tensor
from dsl.records import Record, Thing, field

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from dsl.checker.frame import Frame
    from dsl.shapes.types import Mask

ALIASES = frozenset({"ActivityRegularization", "Identity"})
"""Layers whose output is, in a run, the very tensor that they got."""


class Passage(Record):
    """What became of masks at one application.

    Args:
        application: where.
        built: as the built model knows it.
        run: as a run does it.
        missed: the masks that the built model knows beside the operands, and that do not reach the run.
    """

    application: Application
    built: Carried
    run: Carried
    missed: tuple[Tensor, ...] = ()


class Masks(Thing):
    """The masks of a checked graph.

    Args:
        passages: by an application's identity, those in nested models too; applications without masks are missing.
        built: for each application, what the built model knows.
        gone: what took the masks off which tensors in the run.
        reals: the tensor that another one is in the run.
    """

    passages: dict[int, Passage] = field(default_factory=dict)
    built: dict[int, Carried] = field(default_factory=dict)
    gone: dict[Tensor, Application] = field(default_factory=dict)
    reals: dict[Tensor, Tensor] = field(default_factory=dict)

    def real(self, tensor: Tensor) -> Tensor:
        """The tensor that this one is in the run."""
        return self.reals.get(tensor.current, tensor.current)

    def running(self, tensor: Tensor) -> Mask | None:
        """The mask that a run finds beside a tensor now."""
        real = self.real(tensor)
        return None if real in self.gone else real.run_mask


def follow(frame: Frame) -> Masks:
    """Set the masks of all tensors that reach an output, and report those that Keras fails over; what became of them."""
    program = frame.state.program
    found = Masks()
    names = [
        Application(one.tensor.operation, one.tensor.operation.calls[0], (one.tensor,), one.span)
        for one in program.outputs
        if id(one.tensor.operation) in frame.state.identity_operations
    ]
    applications = [*program.applications, *names]
    ends = [one.tensor for one in program.outputs]
    _build(applications, found)
    _run(applications, ends, found)
    for tensor in ends:
        tensor.mask, tensor.run_mask = tensor.current.mask, found.running(tensor)
    _report(found, frame)
    return found


# ---- as the built model knows them


def _build(applications: Sequence[Application], found: Masks) -> None:
    for one in applications:
        _build(one.inside, found)
        carried = _carried(one, lambda tensor: tensor.current.mask, running=False)
        found.built[id(one)] = carried
        for tensor, mask in zip(one.outputs, carried.masks, strict=False):
            tensor.mask = mask


def _carried(
    one: Application, mask_of: Callable[[Tensor], Mask | None], *, running: bool
) -> Carried:
    """What becomes of masks at an application that is no nested model of the program in a run."""
    operation = one.operation
    entering = any(mask_of(tensor) is not None for tensor in one.inputs)
    if operation.kind == "model":
        return Carried(destroyed=entering and not running)
    if operation.class_name == "Identity" and not one.call:  # it names an output
        return Carried((mask_of(one.inputs[0]),))
    if operation.kind != "layer" or not operation.symbol:
        return Carried(_unchanged(one, mask_of) if running else ())
    types = {name: configured(value) for name, value in one.call.items()}
    masks = {name: _structure(value, mask_of) for name, value in one.call.items()}
    outputs = tuple(tensor.type for tensor in one.outputs)
    return catalogue.carry(
        Call(operation.symbol, _defaults(operation), types, masks, outputs, running)
    )


def _unchanged(one: Application, mask_of: Callable[[Tensor], Mask | None]) -> tuple[Any, ...]:
    """A cast to the dtype that a tensor has gives, in a run, the tensor itself."""
    same = one.operation.class_name == "Cast" and one.inputs and one.outputs
    if same and one.inputs[0].type.dtype == one.outputs[0].type.dtype:
        return (mask_of(one.inputs[0]),)
    return ()


def _defaults(operation: Any) -> Mapping[str, Any]:
    return {name: value for name, value in operation.arguments.items() if value is not UNKNOWN}


def _structure(value: Any, mask_of: Callable[[Tensor], Mask | None]) -> Any:
    if isinstance(value, list | tuple):
        return [_structure(one, mask_of) for one in value]
    return mask_of(value) if isinstance(value, Tensor) else None


# ---- as a run carries them


def _run(applications: Sequence[Application], ends: Sequence[Tensor], found: Masks) -> None:
    for one in in_running_order(applications, ends):
        operation = one.operation
        mask_of = _reader(one, found)
        missed = tuple(
            tensor.current
            for tensor in one.inputs
            if tensor.current.mask is not None and mask_of(tensor) is None
        )
        carried = _carried(one, mask_of, running=True)
        if one.ends:
            carried = _through(one, found)
        for tensor, mask in zip(one.outputs, carried.masks, strict=False):
            tensor.run_mask = mask
        if operation.class_name in ALIASES or (operation.class_name == "Cast" and carried.masks):
            found.reals[one.outputs[0]] = found.real(one.inputs[0])
        if operation.symbol in catalogue.TAKES_AWAY:
            found.gone.update({found.real(tensor): one for tensor in one.inputs})
        built = found.built[id(one)]
        if missed or _says_something(built) or _says_something(carried) or one.inside:
            found.passages[id(one)] = Passage(one, built, carried, missed)


def _reader(one: Application, found: Masks) -> Callable[[Tensor], Mask | None]:
    """The masks that a run finds: a layer with `mask` that gets one tensor alone was given it for good when built."""
    if catalogue.records(one.operation.symbol) and len(one.call) == 1:
        return lambda tensor: tensor.current.mask or found.running(tensor)
    return found.running


def _through(one: Application, found: Masks) -> Carried:
    """A nested model in a run: masks go in beside its inputs, and come out beside what it gives.

    What enters is the very tensor outside. Keras notes the masks when it builds, and lays them on again in each run.
    """
    entering = {name: value for name, value in one.call.items() if isinstance(value, Tensor)}
    for outer in entering.values():
        if outer.current.mask is not None:
            real = found.real(outer)
            real.run_mask = outer.current.mask
            found.gone.pop(real, None)
    for inner in one.inside:
        for tensor in inner.inputs:
            given = entering.get(tensor.operation.name)
            if tensor.operation.kind == "input" and given is not None:
                found.reals[tensor] = found.real(given)
                tensor.run_mask = found.running(given)
    _run(one.inside, one.ends, found)
    for output, end in zip(one.outputs, one.ends, strict=True):
        found.reals[output] = found.real(end)
    heeded = any(
        id(inner) in found.passages and found.passages[id(inner)].run.heeded for inner in one.inside
    )
    return Carried(tuple(found.running(tensor) for tensor in one.ends), heeded=heeded)


def _says_something(carried: Carried) -> bool:
    return carried != Carried()


# ---- what Keras fails over


def _report(found: Masks, frame: Frame) -> None:
    told: set[tuple[Any, str]] = set()
    for one in found.passages.values():
        for refusal, code in (
            (one.built.refusal, "shape-mismatch"),
            (one.run.refusal, "mask-shape"),
        ):
            if refusal is None or refusal.code != code or (one.application.span, "") in told:
                continue
            told.add((one.application.span, ""))
            frame.report(codes.CODES[code], one.application.span, refusal.words, help=refusal.help)
