"""What a program costs, in words and as plain values for JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dsl.cost.layers import layer_costs
from dsl.cost.totals import inference, reasons, training_step

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dsl.cost.totals import Inference, TrainingStep
    from dsl.graph import Program

HEADINGS = ("multiply-adds", "activations", "weights")


def cost_cells(program: Program) -> list[tuple[str, str, str]]:
    """The columns of the cost, for one sample, a row for each operation."""
    return [
        (amount(one.madds), size(one.activations), size(one.weights))
        for one in layer_costs(program)
    ]


def cost_lines(program: Program, batches: tuple[int, int]) -> list[str]:
    """The totals in words.

    Args:
        program: a checked program.
        batches: samples of a batch in inference, and in training.
    """
    forward, step = inference(program, batches[0]), training_step(program, batches[1])
    lines = [*_inference(forward), *_training(step)]
    if None in (forward.madds, forward.activations):
        lines += [f"not known: {one}" for one in reasons(program)]
    return lines


def _inference(cost: Inference) -> list[str]:
    return [
        f"inference, {_batch(cost.batch)}:",
        f"  multiply-adds: {amount(cost.madds)}{_operations(cost.madds)}",
        f"  weights: {size(cost.weights)}",
        f"  activations: {size(cost.activations)} in all, at most {size(cost.peak)} at one time",
    ]


def _training(cost: TrainingStep) -> list[str]:
    name = cost.optimizer.name
    slots = f"{name} {size(cost.slots)}" if name else "no optimizer (there is no `train:`)"
    parts = (
        f"weights {size(cost.weights)}",
        f"gradients {size(cost.gradients)}",
        slots,
        f"activations {size(cost.activations)}",
    )
    return [
        f"training step, {_batch(cost.batch)}:",
        f"  multiply-adds: {amount(cost.madds)}{_operations(cost.madds)}",
        f"  memory: {size(cost.memory)}: {', '.join(parts)}",
    ]


def _batch(samples: int) -> str:
    return f"a batch of {samples:,}"


def _operations(madds: int | None) -> str:
    return "" if madds is None else f" ({amount(2 * madds)} operations)"


def cost_data(program: Program, batches: tuple[int, int]) -> dict[str, Any]:
    """The totals as plain numbers; null where a size is not known."""
    forward, step = inference(program, batches[0]), training_step(program, batches[1])
    return {
        "inference": {
            "batch": forward.batch,
            "madds": forward.madds,
            "weight_bytes": forward.weights,
            "activation_bytes": forward.activations,
            "peak_activation_bytes": forward.peak,
        },
        "training_step": {
            "batch": step.batch,
            "madds": step.madds,
            "weight_bytes": step.weights,
            "gradient_bytes": step.gradients,
            "optimizer": step.optimizer.name or None,
            "optimizer_bytes": step.slots,
            "activation_bytes": step.activations,
            "memory_bytes": step.memory,
        },
    }


def cost_fields(program: Program) -> list[dict[str, int | None]]:
    """What each layer adds to the JSON of the summary, for one sample."""
    return [
        {
            "madds": one.madds,
            "activation_bytes": one.activations,
            "weight_bytes": one.weights,
        }
        for one in layer_costs(program)
    ]


# ---- numbers for people


def amount(number: int | None) -> str:
    """A large number, its thousands as letters.

    >>> amount(0), amount(999), amount(4_110_000_000), amount(99_960), amount(None)
    ('0', '999', '4.11 G', '100 k', '?')
    """
    return _scaled(number, 1000, ("", "k", "M", "G", "T", "P", "E"))


def size(number: int | None) -> str:
    """Bytes.

    >>> size(0), size(1000), size(102_236_160), size(None)
    ('0 B', '1000 B', '97.5 MiB', '?')
    """
    return _scaled(number, 1024, ("B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"))


def _scaled(number: int | None, step: int, units: Sequence[str]) -> str:
    if number is None:
        return "?"
    if number < step:
        return f"{number} {units[0]}".rstrip()
    value, place = float(number), 0
    while value >= step - 0.5 and place < len(units) - 1:
        value, place = value / step, place + 1
    digits = 2 if value < 9.995 else 1 if value < 99.95 else 0
    return f"{value:.{digits}f} {units[place]}"
