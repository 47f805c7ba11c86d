"""Functions of `keras.ops` that normalize, and losses as functions."""

from __future__ import annotations

from typing import Any

from dsl.catalogue.checks import shape_of
from dsl.catalogue.registry import Output, Refusal, rule
from dsl.catalogue.rules.axes import axes_of, axis_of
from dsl.catalogue.rules.operands import alike_shapes, run_problem
from dsl.records import replace
from dsl.shapes.types import TensorType

FLOATS = ("float16", "bfloat16", "float32", "float64")
"""The dtypes of scores that a run of a loss takes."""


@rule("ops.layer_normalization", "ops.rms_normalization")
def normalization(x: TensorType, *, axis: Any = -1) -> Output | Refusal:
    """Shape and dtype stay; Keras looks at the axis in the run alone."""
    if not shape_of(x):
        return Output(x)
    found = axes_of(axis, x)
    return replace(found, code="cannot-run") if isinstance(found, Refusal) else Output(x)


@rule("ops.batch_normalization")
def batch_normalization(
    x: TensorType,
    mean: TensorType,
    variance: TensorType,
    *,
    axis: int,
    offset: Any = None,
    scale: Any = None,
) -> Output | Refusal:
    """Mean and variance have one number for each place of an axis, and offset and scale too."""
    at = axis_of(axis, x)
    if isinstance(at, Refusal):
        return at
    given = {"mean": mean, "variance": variance, "offset": offset, "scale": scale}
    if offset is not None and scale is None:
        words = "an offset goes with a scale, and Keras fails without one"
        return Refusal(words, "offset", help="`scale=ones([…])` changes nothing", code="bad-value")
    for name, one in given.items():
        if one is None:
            continue
        if not isinstance(one, TensorType):
            return Refusal(f"{name} is a tensor, and this is {one!r}", name, code="wrong-operands")
        if not alike_shapes(shape_of(one), shape_of(x)[at : at + 1]):
            words = f"{name} is {one} where axis {at} of {x} needs a number for each place"
            return Refusal(words, name)
    return Output(x)


@rule("ops.binary_crossentropy")
def binary_crossentropy(target: TensorType, output: TensorType) -> Output | Refusal:
    """A number for each element."""
    late = run_problem("binary_crossentropy", FLOATS, target, output)
    return _unlike(target, output) or late or Output(output)


@rule("ops.categorical_crossentropy")
def categorical_crossentropy(
    target: TensorType, output: TensorType, *, axis: Any = -1
) -> Output | Refusal:
    """A number for each distribution; announced as if the classes were last, whatever the axis."""
    refusal = _unlike(target, output)
    if refusal is not None:
        return refusal
    shape = shape_of(output)
    if not shape:
        words = f"distributions have an axis of classes, and this is {output}"
        return Refusal(words, operand=1, code="wrong-rank")
    axes = axes_of(axis, output)
    if isinstance(axes, Refusal):
        return replace(axes, code="cannot-run")
    late = run_problem("categorical_crossentropy", FLOATS, target, output)
    if late is not None:
        return late
    warnings: tuple[str, ...] = ()
    real = tuple(size for at, size in enumerate(shape) if at not in axes)
    if not alike_shapes(real, shape[:-1]):
        given = TensorType(output.dtype, real)
        warnings = (f"Keras announces the classes as the last axis, and the run gives {given}",)
    return Output(TensorType(output.dtype, shape[:-1]), warnings=warnings)


@rule("ops.sparse_categorical_crossentropy")
def sparse_categorical_crossentropy(
    target: TensorType, output: TensorType, *, axis: Any = -1
) -> Output | Refusal:
    """A number for each class number."""
    classes, scores = shape_of(target), shape_of(output)
    if not scores:
        words = f"scores have an axis of classes, and this is {output}"
        return Refusal(words, operand=1, code="wrong-rank")
    at = axis_of(axis, output)
    if isinstance(at, Refusal):
        return at
    if len(classes) == len(scores) and classes[-1] == 1:
        classes = classes[:-1]
    rest = (*scores[:at], *scores[at + 1 :])
    if not alike_shapes(classes, rest):
        words = f"the output is {output} where the classes are {target}"
        return Refusal(words, operand=1, help="the output has one axis more, of scores")
    made = Output(TensorType(output.dtype, rest))
    return run_problem("sparse_categorical_crossentropy", FLOATS, output) or made


def _unlike(target: TensorType, output: TensorType) -> Refusal | None:
    if alike_shapes(shape_of(target), shape_of(output)):
        return None
    return Refusal(f"the output is {output} where the target is {target}", operand=1)
