"""Functions of `keras.ops` whose results depend on the numbers: counts, places, what is unique."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dsl.catalogue.checks import shape_of
from dsl.catalogue.registry import Output, Refusal, Structure, rule
from dsl.catalogue.rules.axes import axis_of
from dsl.catalogue.rules.operands import literal, promoted
from dsl.shapes.types import Shape, TensorType

if TYPE_CHECKING:
    from dsl.shapes.dims import Dim


@rule("ops.bincount")
def bincount(x: TensorType, *, weights: Any = None) -> Output | Refusal:
    """How often each whole number stands along the last axis: as many counts as the largest says.

    >>> str(bincount(TensorType("int32", (2, 8))).value)
    'int32[2, ?] without its batch'
    """
    if isinstance(weights, str):
        return Refusal("weights are numbers", "weights", code="bad-value")
    if isinstance(weights, TensorType):
        words = "weights are read when the model is built, and a tensor has no numbers yet"
        return Refusal(words, "weights", help="write them as numbers", code="wrong-operands")
    dtype: str | Refusal | None = "int32"
    numbers = literal(weights)
    if weights is not None and numbers is None:
        return Refusal("weights are numbers in lists", "weights", code="bad-value")
    if numbers is not None:
        dtype = promoted([x, numbers])
    if isinstance(dtype, Refusal):
        return dtype
    return Output(TensorType(dtype, (*shape_of(x)[:-1], None)))


@rule("ops.digitize")
def digitize(x: TensorType, bins: TensorType) -> Output | Refusal:
    """Into which bin each number falls."""
    if len(shape_of(bins)) > 1:
        return Refusal(f"the bins are one row, and this is {bins}", operand=1, code="wrong-rank")
    return Output(TensorType("int32", x.shape))


@rule("ops.histogram")
def histogram(x: TensorType, *, bins: Any = 10, range: Any = None) -> Output | Refusal:
    """How many numbers fall into each bin, and the bins' ends; announced in the dtype of the numbers."""
    if not isinstance(bins, int) or bins < 0:
        return Refusal("`bins` is a whole number of 0 or more", "bins", code="bad-value")
    if range and (not isinstance(range, tuple) or len(range) < 2 or range[1] < range[0]):
        helps = "write it in parentheses, the smaller end first: range=(0, 1)"
        return Refusal("`range` is a tuple of two ends", "range", help=helps, code="bad-value")
    if len(shape_of(x)) != 1:
        words = f"`histogram` takes one row, and this is {x}"
        return Refusal(words, operand=0, help="`ravel(x)` makes one", code="cannot-run")
    counts, ends = TensorType(x.dtype, (int(bins),)), TensorType(x.dtype, (int(bins) + 1,))
    return Output((counts, ends))


@rule("ops.searchsorted")
def searchsorted(sorted_sequence: TensorType, values: TensorType) -> Output | Refusal:
    """Where each value belongs in a sorted row: int64 where its length is not known."""
    shape = shape_of(sorted_sequence)
    if len(shape) != 1:
        words = f"one sorted row is needed, and this is {sorted_sequence}"
        return Refusal(words, operand=0, code="wrong-rank")
    if values.shape is not None and len(values.shape) != 1:
        words = f"with TensorFlow one sorted row takes one row of values, and these are {values}"
        return Refusal(
            words, operand=1, help="digitize(x, bins) takes any shape", code="cannot-run"
        )
    short = isinstance(shape[0], int) and shape[0] < 2**31
    return Output(TensorType("int32" if short else "int64", values.shape))


@rule("ops.nonzero")
def nonzero(x: TensorType) -> Output | Refusal:
    """Where the numbers stand that are not zero: a row of places for each axis.

    >>> [str(one) for one in nonzero(TensorType("bool", (2, 3))).value]
    ['int32[]', 'int32[]']
    """
    if not shape_of(x):
        return Refusal(f"{x} has no axis", operand=0, code="cannot-run")
    return Output(tuple(TensorType("int32", (None,)) for _ in shape_of(x)))


@rule("ops.unravel_index")
def unravel_index(indices: TensorType, *, shape: Any) -> Output | Refusal:
    """Places in a row as places along the axes of a shape: one tensor for each of them."""
    if not isinstance(shape, list | tuple):
        # Keras counts the keys of a dictionary.
        code = "senseless-value" if shape == "" or isinstance(shape, dict) else "bad-value"
        return Refusal("`shape` is a list of sizes", "shape", code=code)
    sizes: Shape = (None,) if None in shape else shape_of(indices)
    return Output([TensorType(indices.dtype, sizes) for _ in shape])


@rule("ops.unique")
def unique(
    x: TensorType,
    *,
    return_index: bool = False,
    return_inverse: bool = False,
    return_counts: bool = False,
    axis: Any = None,
    size: Any = None,
) -> Output | Refusal:
    """Each number once, and what else is asked for: first places, where each came from, how often.

    >>> x = TensorType("float32", (2, 3))
    >>> [str(one) for one in unique(x, return_inverse=True, size=4).value]
    ['float32[4] without its batch', 'int32[2, 3] without its batch']
    """
    if size is not None and (not isinstance(size, int) or size < 0):
        return Refusal("`size` is a whole number of 0 or more", "size", code="bad-value")
    count: Dim = None if size is None else int(size)
    found: Shape = (count,)
    back = shape_of(x)
    if axis is not None:
        at = axis_of(int(axis) if isinstance(axis, bool) else axis, x)
        if isinstance(at, Refusal):
            return at
        found, back = (*back[:at], count, *back[at + 1 :]), (back[at],)
    given = [TensorType(x.dtype, found)]
    more = ((return_index, (count,)), (return_inverse, back), (return_counts, (count,)))
    given += [TensorType("int32", shape) for asked, shape in more if asked]
    value: Structure = given[0] if len(given) == 1 else tuple(given)
    return Output(value)


@rule("ops.size")
def size(x: TensorType) -> Output:  # noqa: ARG001 -- Keras's
    """How many numbers there are, the batch counted."""
    return Output(TensorType("int32", ()))


@rule("ops.ndim")
def ndim(x: TensorType) -> Output:
    """How many axes there are: announced as a row of that many numbers."""
    rank = len(shape_of(x))
    surprise = f"the model announces float32[{rank}], and the run gives the number {rank}; x.ndim is a value"
    return Output(TensorType("float32", (rank,)), warnings=(surprise,))
