"""What a whole program costs: inference and a step of training, at a size of the batch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dsl.cost.layers import (
    activation_bytes,
    fixed_batch,
    layer_costs,
    leaves,
    times,
    weight_bytes,
)
from dsl.cost.memory import peak
from dsl.cost.training import backward_madds, optimizer_of, slot_bytes, trainable_bytes
from dsl.records import Record
from dsl.shapes.counting import total
from dsl.shapes.dims import names_in, show

if TYPE_CHECKING:
    from dsl.cost.training import Optimizer
    from dsl.graph import Program
    from dsl.shapes.dims import Dim


class Inference(Record):
    """A forward pass of a batch; None where a size is not a number.

    Args:
        batch: the number of samples.
        madds: multiply-adds of all of them.
        weights: bytes.
        peak: the most bytes of activations that live at one time.
        activations: bytes of all activations.
    """

    batch: int
    madds: int | None
    weights: int | None
    peak: int | None
    activations: int | None


class TrainingStep(Record):
    """A step of training: forward, backward, update; None where a size is not a number.

    Args:
        batch: the number of samples.
        madds: multiply-adds of the forward and of the backward pass.
        weights: bytes.
        gradients: bytes, of the weights that learn.
        slots: bytes that the optimizer keeps.
        activations: bytes of all activations, kept for the backward pass.
        memory: bytes of all these.
        optimizer: whose slots they are.
    """

    batch: int
    madds: int | None
    weights: int | None
    gradients: int | None
    slots: int | None
    activations: int | None
    memory: int | None
    optimizer: Optimizer


def inference(program: Program, batch: int) -> Inference:
    """What a forward pass costs."""
    fixed = fixed_batch(program)
    return Inference(
        batch,
        times(_madds(program), batch),
        _weights(program),
        times(peak(program.applications, program.results, fixed), batch),
        times(_activations(program), batch),
    )


def training_step(program: Program, batch: int) -> TrainingStep:
    """What a step of training costs."""
    weights, activations = _weights(program), times(_activations(program), batch)
    gradients, slots = trainable_bytes(program), slot_bytes(program)
    return TrainingStep(
        batch,
        times(total([_madds(program), backward_madds(program)]), batch),
        weights,
        gradients,
        slots,
        activations,
        total([weights, gradients, slots, activations]),
        optimizer_of(program),
    )


def training_batch(program: Program) -> int | None:
    """The batch that the program trains with, if it says so."""
    settings = program.training.settings if program.training is not None else {}
    found = settings.get("batch_size", (None,))[0]
    return found if type(found) is int else None


def _madds(program: Program) -> int | None:
    return total(one.madds for one in program.applications)


def _weights(program: Program) -> int | None:
    return total(weight_bytes(one) for one in leaves(program.operations))


def _activations(program: Program) -> int | None:
    fixed = fixed_batch(program)
    return total(activation_bytes(one, fixed) for one in program.applications)


def open_sizes(program: Program) -> list[str]:
    """For each input with a size that is no number, a sentence on how to give it one."""
    found = []
    for one in program.inputs:
        shape = one.tensor.type.shape or ()
        sizes: list[Dim] = [size for size in shape[1:] if not isinstance(size, int)]
        if sizes:
            found.append(f"the input {one.name} has {_words(sizes)}")
    return found


def reasons(program: Program) -> list[str]:
    """Why costs are not known: sizes of inputs that are no numbers; where there are none, whose costs they are."""
    found = open_sizes(program)
    if found:
        return found
    unknown = [
        one.operation for one in layer_costs(program) if None in (one.madds, one.activations)
    ]
    return [f"what {one.name or 'an operation'} ({one.class_name}) costs" for one in unknown]


def _words(sizes: list[Dim]) -> str:
    names = sorted({name for size in sizes for name in names_in(size)})
    if None in sizes:
        return "a size `?`: name it (T in place of ?) and give it with --size T=128"
    given = " ".join(f"--size {name}=…" for name in names)
    return f"the size {', '.join(show(size) for size in sizes)}: give it with {given}"
