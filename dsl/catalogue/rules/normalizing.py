"""Functions of `keras.ops` that normalize, and losses as functions."""

from __future__ import annotations

from typing import Any

from dsl.catalogue.registry import Output, Refusal, rule
from dsl.catalogue.rules.axes import axes_of, axis_of, shape_of
from dsl.shapes.dims import same
from dsl.shapes.types import TensorType


@rule("ops.layer_normalization", "ops.rms_normalization")
def normalization(x: TensorType, *, axis: Any = -1) -> Output | Refusal:
    """Shape and dtype stay."""
    found = axes_of(axis, x)
    return found if isinstance(found, Refusal) else Output(x)


@rule("ops.batch_normalization")
def batch_normalization(
    x: TensorType, mean: TensorType, variance: TensorType, *, axis: int
) -> Output | Refusal:
    """Mean and variance have one number for each place of an axis."""
    at = axis_of(axis, x)
    if isinstance(at, Refusal):
        return at
    for index, one in enumerate((mean, variance), 1):
        own = shape_of(one)
        if len(own) != 1 or same(own[0], shape_of(x)[at]) is False:
            words = f"this is {one} where axis {at} of {x} needs a number for each place"
            return Refusal(words, operand=index)
    return Output(x)


@rule("ops.binary_crossentropy")
def binary_crossentropy(target: TensorType, output: TensorType) -> Output | Refusal:
    """A number for each element."""
    return _alike(target, output) or Output(TensorType(output.dtype, output.shape))


@rule("ops.categorical_crossentropy")
def categorical_crossentropy(
    target: TensorType, output: TensorType, *, axis: int = -1
) -> Output | Refusal:
    """A number for each distribution."""
    refusal = _alike(target, output)
    if refusal is not None:
        return refusal
    at = axis_of(axis, output)
    if isinstance(at, Refusal):
        return at
    shape = shape_of(output)
    return Output(TensorType(output.dtype, (*shape[:at], *shape[at + 1 :])))


@rule("ops.sparse_categorical_crossentropy")
def sparse_categorical_crossentropy(target: TensorType, output: TensorType) -> Output | Refusal:
    """A number for each class number."""
    classes, scores = shape_of(target), shape_of(output)
    if len(classes) == len(scores) and classes and classes[-1] == 1:
        classes = classes[:-1]
    if len(classes) == len(scores) - 1 and not _differ(classes, scores[:-1]):
        return Output(TensorType(output.dtype, classes))
    words = f"the output is {output} where the classes are {target}"
    return Refusal(words, operand=1, help="the output has one axis more, of scores")


def _alike(target: TensorType, output: TensorType) -> Refusal | None:
    one, other = shape_of(target), shape_of(output)
    if len(one) == len(other) and not _differ(one, other):
        return None
    return Refusal(f"the output is {output} where the target is {target}", operand=1)


def _differ(one: Any, other: Any) -> bool:
    return any(same(a, b) is False for a, b in zip(one, other, strict=True))
