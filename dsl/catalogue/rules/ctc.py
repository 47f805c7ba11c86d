"""Sequences of labels without places: `keras.ops.ctc_loss` and `ctc_decode`."""

from __future__ import annotations

from typing import Any

from dsl.catalogue.checks import shape_of
from dsl.catalogue.registry import Output, Refusal, rule
from dsl.catalogue.rules.operands import alike, promoted, run_problem
from dsl.shapes.dtypes import DTYPES
from dsl.shapes.types import TensorType

NUMBERS = tuple(one for one in DTYPES if one != "string" and not one.startswith("complex"))
"""The dtypes of scores that a run takes."""
AXES: tuple[tuple[str, ...], ...] = (("labels",), ("steps", "classes"), (), ())
"""What the labels, the scores and the two lengths have besides the batch."""


@rule("ops.ctc_loss")
def ctc_loss(
    target: TensorType, output: TensorType, target_length: TensorType, output_length: TensorType
) -> Output | Refusal:
    """A number for each sample; Keras compares the first axes alone.

    >>> from dsl.shapes.dims import BATCH
    >>> labels, scores = TensorType("int32", (BATCH, 5)), TensorType("float32", (BATCH, 9, 4))
    >>> length = TensorType("int32", (BATCH,))
    >>> str(ctc_loss(labels, scores, length, length).value)
    'float32[]'
    """
    operands = (target, output, target_length, output_length)
    for index, one in enumerate(operands):
        if not shape_of(one):
            words = f"ctc_loss takes a batch of each, and this is {one}"
            return Refusal(words, operand=index, code="wrong-rank")
        if not alike(shape_of(one)[0], shape_of(target)[0]):
            words = f"this is {one} where the labels are {target}"
            return Refusal(words, operand=index, help="the first axes of all must agree")
    dtype = promoted([output, TensorType("float32", ())])
    if isinstance(dtype, Refusal):
        return dtype
    for index, (one, axes) in enumerate(zip(operands, AXES, strict=True)):
        if len(shape_of(one)) != len(axes) + 1:
            words = f"ctc_loss takes [{', '.join(axes)}] here, and this is {one}"
            return Refusal(words, operand=index, code="cannot-run")
    made = Output(TensorType(dtype, shape_of(target)[:1]))
    return run_problem("ctc_loss", NUMBERS, output) or made


@rule("ops.ctc_decode")
def ctc_decode(
    inputs: TensorType,
    sequence_lengths: Any,
    *,
    strategy: Any = "greedy",
    top_paths: Any = 1,
) -> Output | Refusal:
    """The best sequences of labels, and how likely each is."""
    shape = shape_of(inputs)
    if len(shape) < 2:
        words = f"ctc_decode takes scores of [steps, classes], and this is {inputs}"
        return Refusal(words, operand=0, code="wrong-rank")
    paths = 1 if strategy == "greedy" else top_paths
    if not isinstance(paths, int) or paths < 1:
        silent = paths is None or (isinstance(paths, int) and paths == 0)
        code = "senseless-value" if silent else "bad-value"
        return Refusal(
            f"top_paths is a positive integer, and {paths!r} is none", "top_paths", code=code
        )
    dtype = promoted([inputs, TensorType("float32", ())])
    if isinstance(dtype, Refusal):
        return dtype
    for index, (one, rank) in enumerate(((inputs, 3), (sequence_lengths, 1))):
        if not isinstance(one, TensorType) or len(shape_of(one)) != rank:
            takes = "scores of [steps, classes]" if index == 0 else "a length for each sample"
            words = f"ctc_decode takes {takes}, and this is {one}"
            return Refusal(words, operand=index, code="cannot-run")
    refusal = run_problem("ctc_decode", NUMBERS, inputs)
    if refusal is not None:
        return refusal
    labels = TensorType("int32", (paths, shape[0], shape[1]))
    return Output((labels, TensorType(dtype, (shape[0], paths))))
