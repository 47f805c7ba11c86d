"""Functions of `keras.ops` that take axes away, or go along them."""

from __future__ import annotations

from typing import Any

from dsl.catalogue.checks import shape_of
from dsl.catalogue.registry import Output, Refusal, rule
from dsl.catalogue.rules.axes import axes_of, axis_of
from dsl.catalogue.rules.elementwise import floating, standard
from dsl.catalogue.rules.operands import literal
from dsl.records import replace
from dsl.shapes.dims import product, same
from dsl.shapes.dtypes import is_float, is_integer, promote
from dsl.shapes.types import Shape, TensorType

SUMMED = {"bool": "int32", "int8": "int32", "int16": "int32", "uint8": "uint32", "uint16": "uint32"}
"""What sums of small numbers are kept in."""
MEANS = frozenset(
    f"ops.{name}"
    for name in ["mean", "median", "std", "var", "nanmean", "nanmedian", "nanstd", "nanvar"]
)
SUMS = frozenset(f"ops.{name}" for name in ["sum", "nansum"])
TRUTHS = frozenset({"ops.all", "ops.any"})
POSITIONS = frozenset(f"ops.{name}" for name in ["argmax", "argmin", "nanargmax", "nanargmin"])


def reduced(x: TensorType, axis: Any, keepdims: bool, argument: str = "axis") -> Shape | Refusal:
    """The shape without some axes, or with ones in their place; None takes all.

    >>> reduced(TensorType("float32", (2, 3, 4)), -1, True)
    (2, 3, 1)
    """
    gone = axes_of(axis, x, argument, twice=_named_twice(axis, x, keepdims))
    if isinstance(gone, Refusal):
        return gone
    if keepdims:
        return tuple(1 if at in gone else size for at, size in enumerate(shape_of(x)))
    return tuple(size for at, size in enumerate(shape_of(x)) if at not in gone)


def _named_twice(axis: Any, x: TensorType, keepdims: bool) -> str:
    """What it is to name an axis twice: Keras takes it away twice, and fails where none is left there."""
    listed = axis if isinstance(axis, list | tuple) else ()
    rank = len(shape_of(x))
    places = sorted((at % rank for at in listed if isinstance(at, int) and rank), reverse=True)
    gone_too_far = any(at >= rank - index for index, at in enumerate(places))
    return "bad-value" if gone_too_far and not keepdims else "cannot-run"


@rule(
    *sorted(MEANS | SUMS | TRUTHS | POSITIONS),
    "ops.amax",
    "ops.amin",
    "ops.max",
    "ops.min",
    "ops.nanmax",
    "ops.nanmin",
    "ops.ptp",
)
def reduce(
    x: TensorType, *, symbol: str, axis: Any = None, keepdims: bool = False
) -> Output | Refusal:
    """One number of many.

    >>> from dsl.shapes.dims import BATCH
    >>> x = TensorType("int32", (BATCH, 10, 8))
    >>> str(reduce(x, symbol="ops.mean", axis=1).value)
    'float32[8]'
    >>> reduce(x, symbol="ops.sum", axis=3).words
    'there is no axis 3 in int32[10, 8]'
    """
    shape = reduced(x, axis, keepdims)
    if isinstance(shape, Refusal) and not (symbol in POSITIONS and shape.code == "cannot-run"):
        return shape
    if symbol in POSITIONS and isinstance(axis, list | tuple):
        code = "bad-value" if symbol.startswith("ops.nan") else "cannot-run"
        words = f"`{symbol.removeprefix('ops.')}` goes along one axis, and here are {len(axis)}"
        return Refusal(words, "axis", help="name one axis", code=code)
    return (
        shape if isinstance(shape, Refusal) else Output(TensorType(_dtype(symbol, x.dtype), shape))
    )


def _dtype(symbol: str, dtype: str | None) -> str | None:
    if symbol in TRUTHS:
        return "bool"
    if symbol in POSITIONS:
        return "int32"
    if symbol in MEANS:
        return floating(dtype)
    return SUMMED.get(dtype or "", dtype) if symbol in SUMS else dtype


@rule("ops.nanprod")
def nanprod(x: TensorType, *, axis: Any = None, keepdims: bool = False) -> Output | Refusal:
    """The product of what is a number."""
    return prod(x, axis=axis, keepdims=keepdims)


@rule("ops.prod")
def prod(
    x: TensorType, *, axis: Any = None, keepdims: bool = False, dtype: str | None = None
) -> Output | Refusal:
    """The product."""
    shape = reduced(x, axis, keepdims)
    if isinstance(shape, Refusal):
        return shape
    given = standard(dtype)
    surprise = f"the model announces {given}, and the run gives {x.dtype}"
    warnings = () if given in (None, x.dtype) else (surprise,)
    made = TensorType(given or SUMMED.get(x.dtype or "", x.dtype), shape)
    return Output(made, warnings=warnings)


@rule("ops.count_nonzero")
def count_nonzero(x: TensorType, *, axis: Any = None) -> Output | Refusal:
    """How many are not zero."""
    shape = reduced(x, axis, False)
    return shape if isinstance(shape, Refusal) else Output(TensorType("int32", shape))


@rule("ops.logsumexp")
def logsumexp(x: TensorType, *, axis: Any = None, keepdims: bool = False) -> Output | Refusal:
    """Announced as float32, whatever it is of."""
    shape = reduced(x, axis, keepdims)
    if isinstance(shape, Refusal):
        return shape
    return Output(TensorType("float32", shape), warnings=_as_float32(x.dtype))


def _as_float32(dtype: str | None) -> tuple[str, ...]:
    if not is_float(dtype) or dtype == "float32":
        return ()
    return (f"the model announces float32, and the run gives {dtype}",)


@rule("ops.norm")
def norm(
    x: TensorType,
    *,
    ord: Any = None,
    axis: Any = None,
    keepdims: bool = False,
) -> Output | Refusal:
    """A vector's norm along one axis, a matrix's along two."""
    shape = reduced(x, axis, keepdims)
    if isinstance(shape, Refusal):
        return shape
    count = len(shape_of(x)) if axis is None else len(axis) if isinstance(axis, tuple | list) else 1
    if isinstance(ord, str) and (ord not in ("fro", "nuc") or count == 1):
        words = f"`{ord}` is no norm of a vector" if count == 1 else f"there is no norm `{ord}`"
        return Refusal(words, "ord", help="`fro` and `nuc` are norms of matrices", code="bad-value")
    if count == 2 and ord not in (None, "fro", "nuc", float("inf"), -float("inf"), 1, -1, 2, -2):
        return Refusal(f"there is no norm {ord} of a matrix", "ord", code="bad-value")
    dtype = floating(x.dtype) if is_integer(x.dtype) or x.dtype == "bool" else x.dtype
    return Output(TensorType(dtype, shape))


@rule("ops.average")
def average(x: TensorType, *, axis: Any = None, weights: Any = None) -> Output | Refusal:
    """The mean, with weights along an axis or for each element."""
    one = None if axis is None else axis_of(axis, x)
    if isinstance(one, Refusal):
        return one
    shape = reduced(x, one, False)
    if isinstance(shape, Refusal):
        return shape
    if weights is not None and not isinstance(weights, TensorType):
        helps = "`array([…])` makes a tensor of numbers"
        return Refusal("weights are a tensor", "weights", help=helps, code="wrong-operands")
    dtype = floating(x.dtype)
    if isinstance(weights, TensorType):
        own = shape_of(weights)
        wanted = [shape_of(x)] if one is None else [shape_of(x), (shape_of(x)[one],)]
        if not any(_match(own, other) for other in wanted):
            words = f"the weights are {weights} where the tensor is {x}"
            return Refusal(words, "weights", help="as many weights as elements, or as the axis has")
        if dtype is not None and weights.dtype is not None:
            dtype = promote(dtype, weights.dtype)
    return Output(TensorType(dtype, shape))


def _match(one: Shape, other: Shape) -> bool:
    return len(one) == len(other) and all(
        same(a, b) is not False for a, b in zip(one, other, strict=True)
    )


PERCENTILES = frozenset({"ops.percentile", "ops.nanpercentile"})
"""These give one number in a list an axis of its own."""


@rule("ops.quantile", "ops.percentile", "ops.nanquantile", "ops.nanpercentile")
def quantile(
    x: TensorType, *, q: Any, symbol: str, axis: Any = None, keepdims: bool = False
) -> Output | Refusal:
    """One value for a number, several along a new first axis for several."""
    shape = reduced(x, axis, keepdims)
    if isinstance(shape, Refusal):
        return shape
    front: Shape = ()
    if isinstance(q, TensorType):
        front = shape_of(q)[:1]
    elif isinstance(q, list | tuple) and (len(q) > 1 or symbol in PERCENTILES):
        front = (len(q),)
    dtype = floating(x.dtype)
    if symbol == "ops.percentile" and not is_float(x.dtype) and x.dtype is not None:
        dtype = "float32"
    numbers = q if isinstance(q, TensorType) else literal(q)
    run = shape_of(numbers) if numbers is not None else front
    made = TensorType(dtype, (*front, *shape))
    surprise = f"the model announces {made}, and the run gives {TensorType(dtype, (*run, *shape))}"
    return Output(made, warnings=() if run == front else (surprise,))


SYNCHRONIZED = {
    **dict.fromkeys(("uint8", "int8", "uint16", "int16"), "float32"),
    **dict.fromkeys(("uint32", "int32", "int64"), "float64"),
}
"""What moments of whole numbers are divided in, where they are summed up over several machines."""


@rule("ops.moments")
def moments(
    x: TensorType, *, axes: Any, keepdims: bool = False, synchronized: bool = False
) -> Output | Refusal:
    """Mean and variance."""
    shape = reduced(x, axes, keepdims, "axes")
    if isinstance(shape, Refusal):
        return shape
    made = TensorType(x.dtype, shape)
    real = SYNCHRONIZED.get(x.dtype or "", x.dtype) if synchronized else x.dtype
    surprise = f"the model announces {x.dtype}, and the run gives {real}"
    return Output((made, made), warnings=() if real == x.dtype else (surprise,))


# ---- along an axis


@rule("ops.softmax", "ops.log_softmax", "ops.flip")
def along(x: TensorType, *, axis: Any = -1) -> Output | Refusal:
    """Shape and dtype stay."""
    found = axes_of(axis, x, twice="cannot-run")
    return found if isinstance(found, Refusal) else Output(x)


@rule("ops.normalize")
def normalize(x: TensorType, *, axis: Any = -1) -> Output | Refusal:
    """Announced as float32, whatever it is of."""
    found = axes_of(axis, x, twice="cannot-run")
    if isinstance(found, Refusal):
        return found
    return Output(TensorType("float32", x.shape), warnings=_as_float32(x.dtype))


@rule("ops.roll")
def roll(x: TensorType, *, shift: Any, axis: Any = None) -> Output | Refusal:
    """What leaves at one end comes in at the other."""
    for one in axis if isinstance(axis, list | tuple) else [axis]:  # one may be named twice
        found = None if one is None else axis_of(one, x)
        if isinstance(found, Refusal):
            return found
    shifts = len(shift) if isinstance(shift, list | tuple) else 0
    axes = len(axis) if isinstance(axis, list | tuple) else 0
    whole = all(type(one) is int for one in (shift if shifts else [shift]))
    if shifts != axes or not whole:
        words = "`shift` is a whole number for each axis that is named"
        return Refusal(words, "shift", help="shift=(1, 2), axis=(1, 2)", code="cannot-run")
    return Output(x)


@rule("ops.cumsum", "ops.cumprod")
def cumulate(x: TensorType, *, axis: Any = None, dtype: str | None = None) -> Output | Refusal:
    """Sums up to each element; without an axis, of all in one row."""
    shape = _row_or_same(x, axis)
    if isinstance(shape, Refusal):
        return shape
    result = standard(dtype) or x.dtype
    return Output(TensorType("int32" if result == "bool" else result, shape))


@rule("ops.nancumsum", "ops.nancumprod")
def nancumulate(x: TensorType, *, axis: Any = None, dtype: str | None = None) -> Output | Refusal:
    """Sums up to each element of what is a number; Keras looks at the axis in the run."""
    made = cumulate(x, axis=axis, dtype=dtype)
    return replace(made, code="cannot-run") if isinstance(made, Refusal) else made


@rule("ops.fliplr", "ops.flipud")
def flip_plane(x: TensorType, *, symbol: str) -> Output | Refusal:
    """Axis 1, or axis 0, backwards."""
    return along(x, axis=1 if symbol == "ops.fliplr" else 0)


@rule("ops.sort")
def sort(x: TensorType, *, axis: Any = -1) -> Output | Refusal:
    """In order; without an axis, all in one row."""
    shape = _row_or_same(x, axis)
    return shape if isinstance(shape, Refusal) else Output(TensorType(x.dtype, shape))


@rule("ops.argsort")
def argsort(x: TensorType, *, axis: Any = -1) -> Output | Refusal:
    """Positions in order."""
    shape = _row_or_same(x, axis)
    return shape if isinstance(shape, Refusal) else Output(TensorType("int32", shape))


def _row_or_same(x: TensorType, axis: Any) -> Shape | Refusal:
    if axis is None:
        return (product(shape_of(x)),)
    found = axis_of(axis, x)
    return found if isinstance(found, Refusal) else shape_of(x)


@rule("ops.argpartition")
def argpartition(x: TensorType, *, kth: Any, axis: Any = -1) -> Output | Refusal:
    """Positions, those of the smaller ones in front; without an axis, of all in one row."""
    if not isinstance(kth, int):
        return Refusal("`kth` is a whole number", "kth", code="bad-value")
    shape = (product(shape_of(x)),) if axis is None else shape_of(x)
    at = None if axis is None else axis_of(axis, x)
    if isinstance(at, Refusal):
        return replace(at, code="cannot-run")
    return Output(TensorType("int32", shape))


@rule("ops.trapezoid")
def trapezoid(y: TensorType, *, x: Any = None, axis: Any = -1) -> Output | Refusal:
    """The area under what an axis holds; Keras looks at the axis in the run."""
    shape = list(shape_of(y))
    found = axis_of(axis, y)
    if isinstance(found, Refusal):
        raises = shape and axis is not None and not isinstance(axis, int)
        return found if raises else replace(found, code="cannot-run")
    del shape[found]
    if isinstance(x, TensorType):
        words = "x is read when the model is built, and a tensor has no numbers yet"
        return Refusal(words, "x", help="write x as numbers", code="cannot-run")
    return Output(TensorType(floating(y.dtype), tuple(shape)))


@rule("ops.corrcoef")
def corrcoef(x: TensorType) -> Output | Refusal:
    """How rows go together; announced with the shape of the rows."""
    if len(shape_of(x)) == 1:
        return Refusal(f"`corrcoef` takes rows, and this is {x}", operand=0, code="cannot-run")
    dtype = "float64" if x.dtype == "int64" else floating(x.dtype)
    surprise = "the model announces the shape of x, and the run gives a square of its rows"
    return Output(TensorType(dtype, x.shape), warnings=(surprise,))
