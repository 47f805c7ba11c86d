"""Products of tensors: `keras.ops.matmul` and its kin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dsl.catalogue.checks import shape_of
from dsl.catalogue.registry import Output, Refusal, rule
from dsl.catalogue.rules.arranging import any_batch
from dsl.catalogue.rules.axes import axis_of
from dsl.catalogue.rules.operands import operand_problem, promoted, sizes_of
from dsl.catalogue.rules.pairwise import counted
from dsl.records import replace
from dsl.shapes.broadcast import Clash, broadcast
from dsl.shapes.counting import count
from dsl.shapes.dims import Dim, plus, product, same, times
from dsl.shapes.types import Shape, TensorType

if TYPE_CHECKING:
    from collections.abc import Sequence


def typed(
    operands: Sequence[Any],
    shape: Shape,
    warnings: tuple[str, ...] = (),
    madds: int | None = 0,
) -> Output | Refusal:
    """An output of the dtype that the operands come to."""
    dtype = promoted(operands)
    if isinstance(dtype, Refusal):
        return dtype
    return Output(TensorType(dtype, shape), warnings=warnings, madds=madds)


def _known(one: Dim, other: Dim) -> Dim:
    """Of two sizes that are equal, the one that is a number."""
    return one if isinstance(one, int) else other


def _inner(one: Any, other: Any, sizes: tuple[Dim, Dim], where: str) -> Refusal | None:
    """Why the axes that are summed over don't meet."""
    if same(*sizes) is not False:
        return None
    words = f"operand 2 is {other} where operand 1 is {one}"
    helps = f"{where} must agree, and they are {sizes[0]} and {sizes[1]}"
    turned = sizes_of(other)[-1:]
    if turned and same(sizes[0], turned[0]) is True and len(sizes_of(other)) > 1:
        helps += ": swapaxes(…, -1, -2) turns the second"
    return Refusal(words, operand=1, help=helps)


@rule("ops.matmul")
def matmul(x1: TensorType, x2: TensorType) -> Output | Refusal:
    """The last axis of the first with the last but one of the second; those before broadcast.

    >>> from dsl.shapes.dims import BATCH
    >>> a, b = TensorType("float32", (BATCH, 5, 6)), TensorType("float32", (BATCH, 6, 7))
    >>> str(matmul(a, b).value)
    'float32[5, 7]'
    """
    left, right = sizes_of(x1), sizes_of(x2)
    if not left or not right:
        words = "a matrix product needs two tensors; a number multiplies with `*`"
        return Refusal(words, operand=0 if not left else 1, code="wrong-rank")
    first = left if len(left) > 1 else (1, *left)
    second = right if len(right) > 1 else (*right, 1)
    where = "the last axis of the first and the last but one of the second"
    refusal = _inner(x1, x2, (first[-1], second[-2]), where)
    if refusal is not None:
        return refusal
    leading = broadcast(first[:-2], second[:-2])
    if isinstance(leading, Clash):
        words = f"operand 2 is {x2} where operand 1 is {x1}"
        return Refusal(words, operand=1, help="the axes before the last two must agree or be 1")
    rows = first[-2:-1] if len(left) > 1 else ()
    columns = second[-1:] if len(right) > 1 else ()
    dtype = promoted([x1, x2])
    if isinstance(dtype, Refusal):
        return dtype
    both = x1.dtype == x2.dtype == "int8"
    shape = (*leading, *rows, *columns)
    madds = count(*shape, _known(first[-1], second[-2]))
    return Output(TensorType("int32" if both else dtype, shape), madds=madds)


@rule("ops.dot")
def dot(x1: Any, x2: Any) -> Output | Refusal:
    """The last axis of the first with the last but one of the second; all others stay."""
    refusal = operand_problem([x1, x2])
    if refusal is not None:
        return refusal
    left, right = sizes_of(x1), sizes_of(x2)
    if not left or not right:
        return typed([x1, x2], left or right)
    if len(left) == len(right) == 1:
        return typed([x1, x2], (), madds=count(_known(left[0], right[0])))
    at = -1 if len(right) == 1 else -2
    # against a vector, Keras takes known and unknown for different
    strict = at == -1 and isinstance(left[-1], int) != isinstance(right[-1], int)
    where = "the last axis of the first and the last but one of the second"
    refusal = _inner(x1, x2, (left[-1], right[at]), where)
    if refusal is None and strict:
        refusal = _inner(x1, x2, (0, 1), where)
    if refusal is not None:
        return refusal
    rest = list(right)
    del rest[at]
    madds = count(*left[:-1], *rest, _known(left[-1], right[at]))
    return typed([x1, x2], (*left[:-1], *rest), madds=madds)


@rule("ops.inner")
def inner(x1: Any, x2: Any) -> Output | Refusal:
    """The last axis of both; all others stay."""
    refusal = operand_problem([x1, x2])
    left, right = sizes_of(x1), sizes_of(x2)
    if refusal is None and left and right:
        refusal = _inner(x1, x2, (left[-1], right[-1]), "the last axes")
    if refusal is not None:
        return refusal
    if not left or not right:
        return typed([x1, x2], left or right)
    madds = count(*left[:-1], *right[:-1], _known(left[-1], right[-1]))
    return typed([x1, x2], (*left[:-1], *right[:-1]), madds=madds)


@rule("ops.outer")
def outer(x1: Any, x2: Any) -> Output | Refusal:
    """Each element of one with each of the other."""
    return operand_problem([x1, x2]) or typed(
        [x1, x2], tuple(product(sizes_of(one)) for one in (x1, x2))
    )


@rule("ops.vdot")
def vdot(x1: Any, x2: Any) -> Output | Refusal:
    """The sum of all products."""
    refusal = operand_problem([x1, x2])
    left, right = product(sizes_of(x1)), product(sizes_of(x2))
    if refusal is None:
        refusal = _inner(x1, x2, (left, right), "as many elements in both")
    if refusal is not None:
        return refusal if refusal.code == "wrong-operands" else replace(refusal, code="cannot-run")
    return typed([x1, x2], (), madds=count(left))


@rule("ops.tensordot")
def tensordot(x1: Any, x2: Any, *, axes: Any = 2) -> Output | Refusal:
    """Sums over the axes named, or over so many of the last and first axes.

    >>> from dsl.shapes.dims import BATCH
    >>> a, b = TensorType("float32", (BATCH, 5, 6)), TensorType("float32", (6, 7))
    >>> str(tensordot(a, b, axes=1).value), str(tensordot(a, b, axes=[[2], [0]]).value)
    ('float32[5, 7]', 'float32[5, 7]')
    """
    refusal = operand_problem([x1, x2])
    pairs = refusal or _paired(x1, x2, axes)
    if isinstance(pairs, Refusal):
        return pairs
    left, right = sizes_of(x1), sizes_of(x2)
    for a, b in pairs if not isinstance(axes, int) else ():
        refusal = _inner(x1, x2, (left[a], right[b]), f"axis {a} and axis {b}")
        if refusal is not None:
            return refusal
    gone_left, gone_right = (
        product([size[at] for at in ats])
        for size, ats in zip(
            (left, right), zip(*pairs, strict=True) if pairs else ((), ()), strict=True
        )
    )
    refusal = _inner(x1, x2, (gone_left, gone_right), "what is summed over")
    if refusal is not None:  # of so many axes, Keras looks at none, and a run at their product
        return replace(refusal, code="cannot-run")
    gone, lost = {a for a, _ in pairs}, {b for _, b in pairs}
    kept = [size for axis, size in enumerate(left) if axis not in gone]
    others = [size for axis, size in enumerate(right) if axis not in lost]
    summed = [_known(left[a], right[b]) for a, b in pairs]
    return typed([x1, x2], (*kept, *others), madds=count(*kept, *others, *summed))


def _paired(x1: Any, x2: Any, axes: Any) -> list[tuple[int, int]] | Refusal:
    """The axes that are summed over, of the first with those of the second."""
    if isinstance(axes, int):
        return _last_with_first(x1, x2, axes)
    helps = "axes=[[2], [1]] sums over axis 2 of the first and axis 1 of the second"
    wrong = Refusal(
        "`axes` is a number, or a list of axes for each", "axes", help=helps, code="bad-value"
    )
    if not isinstance(axes, list | tuple) or len(axes) != 2:
        return wrong
    if not all(isinstance(one, list | tuple) for one in axes) or len(axes[0]) != len(axes[1]):
        return wrong
    pairs: list[tuple[int, int]] = []
    for one, other in zip(*axes, strict=True):
        a = axis_of(one, counted(x1), "axes")
        b = axis_of(other, counted(x2), "axes")
        if isinstance(a, Refusal) or isinstance(b, Refusal):
            return a if isinstance(a, Refusal) else _refusal(b)
        pairs.append((a, b))
    return pairs


def _last_with_first(x1: Any, x2: Any, axes: int) -> list[tuple[int, int]] | Refusal:
    ranks = len(sizes_of(x1)), len(sizes_of(x2))
    if axes < 0 or axes > min(ranks):
        words = f"{axes} axes are not to be had of {x1} and {x2}"
        return Refusal(words, "axes", help="axes=1 sums over one axis", code="cannot-run")
    return [(ranks[0] - axes + at, at) for at in range(axes)]


def _refusal(found: int | Refusal) -> Refusal:
    assert isinstance(found, Refusal)  # noqa: S101 -- the only case left
    return found


@rule("ops.dot_product_attention")
def dot_product_attention(
    query: TensorType, key: TensorType, value: TensorType, *, attn_logits_soft_cap: Any = None
) -> Output | Refusal:
    """Announced with the shape of the query; what does not meet, Keras sees in the run alone."""
    if attn_logits_soft_cap is not None:
        words = "attn_logits_soft_cap is for JAX alone, and this is built with TensorFlow"
        return Refusal(words, "attn_logits_soft_cap", help="leave it out", code="bad-value")
    made = typed([query, key, value], shape_of(query))
    refusal = _attention_problem(query, key, value)
    if isinstance(made, Refusal) or refusal is not None:
        return refusal or made
    batch, steps, heads, width = shape_of(query)
    depth = shape_of(value)[-1]
    warnings: tuple[str, ...] = ()
    if same(width, depth) is False:
        words = f"Keras announces a width of {width}, and the run gives that of the value, {depth}"
        warnings = (words,)
    madds = count(batch, steps, heads, shape_of(key)[1], plus(width, depth))
    return Output(made.value, warnings=warnings, madds=madds)


def _attention_problem(query: TensorType, key: TensorType, value: TensorType) -> Refusal | None:
    """Why a run of attention fails."""
    for index, one in enumerate((query, key, value)):
        if len(shape_of(one)) != 4:
            words = f"[time, heads, width] is needed, and this is {one}"
            return Refusal(words, operand=index, code="cannot-run")
    asked, keys, values = shape_of(query), shape_of(key), shape_of(value)
    if same(asked[3], keys[3]) is False or not _heads_meet(asked[2], keys[2]):
        words, helps = f"the key is {key} where the query is {query}", "heads and width must meet"
        return Refusal(words, operand=1, help=helps, code="cannot-run")
    if same(keys[1], values[1]) is False or same(keys[2], values[2]) is False:
        words, helps = f"the value is {value} where the key is {key}", "time and heads must agree"
        return Refusal(words, operand=2, help=helps, code="cannot-run")
    return None


def _heads_meet(heads: Dim, groups: Dim) -> bool:
    """Whether heads of a query may share those of a key: equally many each, and never all one."""
    if not isinstance(heads, int) or not isinstance(groups, int):
        return True
    return heads == groups or (heads > groups > 1 and heads % groups == 0)


@rule("ops.cross")
def cross(
    x1: TensorType,
    x2: TensorType,
    *,
    axisa: int = -1,
    axisb: int = -1,
    axisc: int = -1,
    axis: int | None = None,
) -> Output | Refusal:
    """The vector product of vectors of 2 or 3; of two of 2, a number.

    >>> x = TensorType("float32", (4, 3))
    >>> str(cross(x, x).value), str(cross(x, x, axisc=0).value)
    ('float32[4, 3] without its batch', 'float32[3, 4] without its batch')
    """
    if axis is not None:
        axisa = axisb = axisc = axis
    first, second = _vectors(x1, axisa, "axisa", 0), _vectors(x2, axisb, "axisb", 1)
    if isinstance(first, Refusal):
        return first
    if isinstance(second, Refusal):
        return second
    rest = broadcast(first[1], second[1])
    if isinstance(rest, Clash):
        words = f"operand 2 is {x2} where operand 1 is {x1}"
        return Refusal(
            words, operand=1, help="the axes beside those of the vectors must agree or be 1"
        )
    if 3 not in (first[0], second[0]):
        at = axis_of(axisc, TensorType(None, rest), "axisc")
        return at if isinstance(at, Refusal) else typed([x1, x2], rest)
    at = axis_of(axisc, TensorType(None, rest), "axisc", more=1)
    return at if isinstance(at, Refusal) else typed([x1, x2], (*rest[:at], 3, *rest[at:]))


def _vectors(x: TensorType, axis: int, argument: str, operand: int) -> tuple[Dim, Shape] | Refusal:
    """How long the vectors along an axis are, and what else there is."""
    at = axis_of(axis, x, argument)
    if isinstance(at, Refusal):
        return at
    shape = shape_of(x)
    if isinstance(shape[at], int) and shape[at] not in (2, 3):
        words = f"vectors have 2 or 3 numbers, and axis {axis} of {x} has {shape[at]}"
        return Refusal(words, operand=operand, code="bad-value")
    return shape[at], (*shape[:at], *shape[at + 1 :])


@rule("ops.kron")
def kron(x1: Any, x2: Any) -> Output | Refusal:
    """Each element of one times all of the other; axes beyond those of the shorter are not announced.

    >>> str(kron(TensorType("float32", (2, 3)), TensorType("float32", (4, 5))).value)
    'float32[8, 15] without its batch'
    """
    refusal = operand_problem([x1, x2])
    if refusal is not None:
        return refusal
    left, right = sizes_of(x1), sizes_of(x2)
    pairs = zip(left, right, strict=False)
    shape = tuple(times(a, b) for a, b in pairs)
    warnings = ("kron is announced, and TensorFlow fails where the model runs",)
    return typed([counted(x1), counted(x2)], any_batch(shape), warnings)


@rule("ops.correlate")
def correlate(x1: TensorType, x2: TensorType, *, mode: Any = "valid") -> Output | Refusal:
    """One row slid along another; both lengths must be known."""
    for index, x in enumerate((x1, x2)):
        if len(shape_of(x)) != 1:
            return Refusal(f"rows are needed, and this is {x}", operand=index, code="wrong-rank")
    long, short = shape_of(x1)[0], shape_of(x2)[0]
    if not isinstance(long, int) or not isinstance(short, int):
        index = 1 if isinstance(long, int) else 0
        return Refusal("both lengths must be known", operand=index, code="unknown-size")
    if long < short:
        long, short = short, long
    lengths = {"valid": long - short + 1, "same": long, "full": long + short - 1}
    if not isinstance(mode, str) or mode not in lengths:
        return Refusal("mode must be valid, same or full", "mode", code="bad-value")
    dtype = promoted([x1, x2])
    if isinstance(dtype, Refusal):
        return dtype
    kept = {"int64": "float64", "bfloat16": "bfloat16", "float16": "float16", "float64": "float64"}
    given = None if dtype is None else kept.get(dtype, "float32")
    madds = short * (lengths["valid"] if mode == "valid" else long)
    return Output(TensorType(given, (lengths[mode],)), madds=madds)
