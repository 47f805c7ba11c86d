"""Outputs that their loss cannot take: Keras fails in the first step, whatever the data are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dsl import codes
from dsl.diagnostics import Label
from dsl.lints.reading import source
from dsl.shapes.dims import same
from dsl.shapes.types import TensorType

if TYPE_CHECKING:
    from dsl.checker.frame import Frame
    from dsl.graph import LossTerm, Tensor
    from dsl.shapes.dims import Dim
    from dsl.shapes.types import Shape

RANK_OF_CTC = 3
WHOLE = frozenset({"Dice", "Tversky"})
"""Losses that give one number for all samples, which any mask weights."""

WITHOUT_GRADIENT = ("int", "uint", "bool", "string")
"""Dtypes through which no gradient flows."""


def lint(frame: Frame, live: set[int]) -> None:  # noqa: ARG001 -- outputs are live
    """Report losses on outputs that have the wrong rank or let no gradient through."""
    program = frame.state.program
    if program.training is None:
        return
    trained = [
        (program.training.losses[one.name], source(one.tensor, frame))
        for one in program.outputs
        if one.name in program.training.losses
    ]
    for term, tensor in trained:
        if term.name == "CTC":
            _check_ctc(term, tensor, frame)
    for one in program.outputs:
        if one.name in program.training.losses:
            _check_mask(program.training.losses[one.name], one.tensor, frame)
    learns = any(operation.trainable_params for operation in program.operations)
    if learns and all(_stops_gradient(tensor) for _, tensor in trained):
        for term, tensor in trained:
            _report_gradient(term, tensor, frame)


def _check_ctc(term: LossTerm, tensor: Tensor, frame: Frame) -> None:
    shape = tensor.type.shape
    if shape is None or len(shape) == RANK_OF_CTC:
        return
    frame.report(
        codes.LOSS_SHAPE,
        term.span,
        f"CTC judges classes for each step, and {term.output} is {tensor.type}",
        help="give it logits of two sizes: steps and classes",
        labels=[Label(tensor.span, f"{tensor.type} comes from here")],
    )


def _check_mask(term: LossTerm, tensor: Tensor, frame: Frame) -> None:
    """A mask weights the numbers that a loss gives, one for each place: it must have their sizes."""
    mask, shape = tensor.run_mask, tensor.type.shape
    if mask is None or mask.shape is None or shape is None or term.name in {"", *WHOLE}:
        return
    each = shape[:1] if term.name == "CTC" else shape[:-1]
    if len(mask.shape) == len(each) and all(
        _may_meet(one, other) for one, other in zip(mask.shape, each, strict=True)
    ):
        return
    places = TensorType("bool", mask.shape)
    frame.report(
        codes.LOSS_SHAPE,
        term.span,
        f"{term.output} has the mask {places}, and {term.name} gives {_numbers(each)}",
        help=f"an operation drops the mask before the loss: output {term.output} = … + 0.0",
        labels=[Label(tensor.span, "the mask comes with this")],
    )


def _numbers(each: Shape) -> str:
    if len(each) == 1:
        return "one number for each sample"
    return f"a number for each place of {str(TensorType(None, each))[1:]}"


def _may_meet(one: Dim, other: Dim) -> bool:
    return one == 1 or same(one, other) is not False


def _stops_gradient(tensor: Tensor) -> bool:
    return (tensor.type.dtype or "").startswith(WITHOUT_GRADIENT)


def _report_gradient(term: LossTerm, tensor: Tensor, frame: Frame) -> None:
    frame.report(
        codes.LOSS_SHAPE,
        term.span,
        f"{term.output} is {tensor.type}, and no gradient flows through {tensor.type.dtype}: nothing can learn from this loss",
        help="train the numbers before they become whole ones, as an output of their own",
        labels=[Label(tensor.span, f"{tensor.type} comes from here")],
    )
