"""Functions of `keras.ops` that work element by element."""

from __future__ import annotations

from dsl.catalogue.registry import Output, Refusal, rule
from dsl.shapes.dims import floor_div, times
from dsl.shapes.dtypes import COMPLEX, FLOAT8, is_float, is_integer, promote
from dsl.shapes.types import TensorType

SAME = [
    "abs",
    "absolute",
    "bitwise_invert",
    "bitwise_not",
    "celu",
    "conj",
    "conjugate",
    "copy",
    "elu",
    "erf",
    "erfinv",
    "gelu",
    "hard_shrink",
    "hard_sigmoid",
    "hard_silu",
    "hard_tanh",
    "leaky_relu",
    "log_sigmoid",
    "nan_to_num",
    "negative",
    "relu",
    "relu6",
    "round",
    "rsqrt",
    "selu",
    "sigmoid",
    "sign",
    "silu",
    "soft_shrink",
    "softplus",
    "softsign",
    "sparse_plus",
    "sparse_sigmoid",
    "squareplus",
    "stop_gradient",
    "tanh_shrink",
    "threshold",
    "trunc",
]
FLOATING = [
    "angle",
    "arccos",
    "arccosh",
    "arcsin",
    "arcsinh",
    "arctan",
    "arctanh",
    "ceil",
    "cos",
    "cosh",
    "erfc",
    "floor",
    "log",
    "log10",
    "log1p",
    "log2",
    "sin",
    "sinc",
    "sinh",
    "sqrt",
    "tan",
    "tanh",
]
WIDE_FLOATING = ["deg2rad", "i0", "rad2deg"]
TRUTHS = ["isfinite", "isinf", "isnan", "isneginf", "isposinf", "isreal", "logical_not", "signbit"]


def keys_of(names: list[str]) -> list[str]:
    """Functions of `keras.ops` by their keys.

    >>> keys_of(["abs"])
    ['ops.abs']
    """
    return [f"ops.{name}" for name in names]


def floating(dtype: str | None) -> str | None:
    """What a function with results between whole numbers gives.

    >>> floating("int64"), floating("float16")
    ('float32', 'float16')
    """
    return None if dtype is None else promote(dtype, "float")


@rule(*keys_of(SAME))
def unchanged(x: TensorType) -> Output:
    """Shape and dtype stay."""
    return Output(x)


@rule(*keys_of(FLOATING), "activations.tanh")
def to_floating(x: TensorType) -> Output:
    """Whole numbers become float32.

    >>> str(to_floating(TensorType("int32", (2, 3))).value)
    'float32[2, 3] without its batch'
    """
    return Output(TensorType(floating(x.dtype), x.shape))


@rule("ops.exp", "ops.exp2", "ops.expm1", "activations.exponential")
def exponential(x: TensorType) -> Output:
    """Whole numbers become float32, and all others stay, wide complex ones among them."""
    whole = x.dtype == "bool" or is_integer(x.dtype)
    return Output(TensorType("float32" if whole else x.dtype, x.shape))


@rule(*keys_of(WIDE_FLOATING))
def to_wide_floating(x: TensorType) -> Output:
    """Whole and complex numbers become float32, whole ones of 64 bits float64."""
    kept = {"int64": "float64", "float64": "float64", "bfloat16": "bfloat16", "float16": "float16"}
    return Output(TensorType(x.dtype and kept.get(x.dtype, "float32"), x.shape))


@rule("ops.cbrt")
def cbrt(x: TensorType) -> Output:
    """Whole numbers become float32, those of 64 bits float64; complex ones stay."""
    kept = {"int64": "float64", "uint64": "uint64", "complex128": "complex128"}
    return Output(TensorType(kept.get(x.dtype or "") or floating(x.dtype), x.shape))


@rule("ops.fabs")
def fabs(x: TensorType) -> Output | Refusal:
    """The size of numbers that are not complex."""
    if x.dtype in COMPLEX:
        helps = "`abs(x)` takes complex numbers"
        return Refusal(f"`fabs` takes no {x.dtype}", operand=0, help=helps, code="wrong-dtype")
    return to_floating(x)


@rule(*keys_of(TRUTHS))
def to_truth(x: TensorType) -> Output:
    """A truth for each element."""
    return Output(TensorType("bool", x.shape))


@rule("ops.square", "ops.clip")
def counted_truths(x: TensorType) -> Output:
    """Of truths, numbers."""
    return Output(TensorType("int32" if x.dtype == "bool" else x.dtype, x.shape))


@rule("ops.reciprocal")
def reciprocal(x: TensorType) -> Output:
    """Announced as float32, whatever it is of."""
    surprise = f"the model announces float32, and the run gives {x.dtype}"
    warnings = (surprise,) if is_float(x.dtype) and x.dtype != "float32" else ()
    return Output(TensorType("float32", x.shape), warnings=warnings)


@rule("ops.real", "ops.imag")
def part_of_complex(x: TensorType) -> Output:
    """The real or the imaginary part, announced with the dtype of the whole."""
    return Output(x)


@rule("ops.cast", "ops.saturate_cast")
def cast(x: TensorType, *, dtype: str | None) -> Output:
    """Another dtype; none is float32."""
    return Output(TensorType(standard(dtype) or "float32", x.shape))


def standard(dtype: str | None) -> str | None:
    """`int` is Keras's word for what TensorFlow has.

    >>> standard("int"), standard("int8"), standard(None)
    ('int64', 'int8', None)
    """
    return "int64" if dtype == "int" else dtype


@rule("ops.view")
def view(x: TensorType, *, dtype: str | None = None) -> Output | Refusal:
    """The same bytes read as another dtype: the last axis grows or shrinks with the dtype's width.

    >>> str(view(TensorType("float32", (2, 6)), dtype="float16").value)
    'float16[2, 12] without its batch'
    """
    if x.dtype == "string":
        return Refusal("`view` reads no texts", operand=0, code="wrong-dtype")
    found = x.dtype if dtype is None else standard(dtype)
    if found is None or x.dtype is None or found == x.dtype:
        return Output(TensorType(found, x.shape))
    wide, narrow = width_of(x.dtype), width_of(found)
    if wide is None or narrow is None:
        return Refusal(f"{x.dtype} cannot be viewed as {found}", "dtype", code="bad-value")
    shape = x.shape or ()
    if wide == narrow:
        return Output(TensorType(found, shape))
    if not shape or (isinstance(shape[-1], int) and shape[-1] * wide % narrow):
        words = f"the bytes of {x} do not make whole numbers of {found}"
        return Refusal(words, "dtype", 0, code="bad-value")
    return Output(TensorType(found, (*shape[:-1], floor_div(times(shape[-1], wide), narrow))))


def width_of(dtype: str) -> int | None:
    """The bytes of one number; None of texts.

    >>> width_of("bfloat16"), width_of("complex64"), width_of("bool"), width_of("string")
    (2, 8, 1, None)
    """
    if dtype in ("bool", *FLOAT8):
        return 1
    digits = dtype.lstrip("abcdefghijklmnopqrstuvwxyz")
    return int(digits) // 8 if digits else None


@rule("ops.zeros_like", "ops.ones_like", "ops.empty_like", "ops.array", "ops.convert_to_tensor")
def like(x: TensorType, *, dtype: str | None = None) -> Output:
    """The same shape, in this dtype."""
    return Output(TensorType(x.dtype if dtype is None else standard(dtype), x.shape))


@rule("ops.full_like")
def full_like(x: TensorType, *, dtype: str | None = None) -> Output:
    """As many of one number."""
    return like(x, dtype=dtype)
