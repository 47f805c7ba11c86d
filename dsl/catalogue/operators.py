"""What operators between tensors give, and what Keras calls them in a summary."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dsl.catalogue.registry import Output, Refusal
from dsl.catalogue.rules.operands import meet, operand_problem, promoted
from dsl.catalogue.run_dtypes import run_problem
from dsl.shapes.dims import BATCH
from dsl.shapes.types import Shape, TensorType

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dsl.shapes.dims import Dim

CLASSES = {
    "+": "Add",
    "-": "Subtract",
    "*": "Multiply",
    "/": "TrueDivide",
    "//": "FloorDivide",
    "%": "Mod",
    "**": "Power",
    "@": "Matmul",
    "&": "LogicalAnd",
    "|": "LogicalOr",
    "^": "LogicalXor",
    "<": "Less",
    "<=": "LessEqual",
    ">": "Greater",
    ">=": "GreaterEqual",
}
KEYS = {
    "+": "ops.add",
    "-": "ops.subtract",
    "*": "ops.multiply",
    "/": "ops.true_divide",
    "//": "ops.floor_divide",
    "%": "ops.mod",
    "**": "ops.power",
    "&": "ops.logical_and",
    "|": "ops.logical_or",
    "^": "ops.logical_xor",
    "<": "ops.less",
    "<=": "ops.less_equal",
    ">": "ops.greater",
    ">=": "ops.greater_equal",
}
"""The function that an operator is."""
UNARY_CLASSES = {"-": "Negative", "~": "LogicalNot", "abs": "Absolute"}
BOOLEAN = frozenset({"&", "|", "^", "<", "<=", ">", ">=", "~"})

IRREGULAR = {
    "ops.abs": "Absolute",
    "ops.allclose": "AllClose",
    "ops.argpartition": "Argpartition",
    "ops.bitwise_not": "BitwiseNot",
    "ops.cdist": "CDist",
    "ops.conj": "Conjugate",
    "ops.ctc_decode": "CTCDecode",
    "ops.ctc_loss": "CTCLoss",
    "ops.fft": "FFT",
    "ops.fft2": "FFT2",
    "ops.hard_swish": "HardSilu",
    "ops.ifft2": "IFFT2",
    "ops.image.extract_patches_3d": "ExtractPatches",
    "ops.image.hsv_to_rgb": "HSVToRGB",
    "ops.image.rgb_to_grayscale": "RGBToGrayscale",
    "ops.image.rgb_to_hsv": "RGBToHSV",
    "ops.image.ssim": "SSIM",
    "ops.irfft": "IRFFT",
    "ops.isin": "IsIn",
    "ops.istft": "ISTFT",
    "ops.jvp": "JVP",
    "ops.layer_normalization": "LayerNorm",
    "ops.linspace": "Linspace",
    "ops.psnr": "PSNR",
    "ops.rfft": "RFFT",
    "ops.rms_normalization": "RMSNorm",
    "ops.searchsorted": "SearchSorted",
    "ops.stft": "STFT",
    "ops.svd": "SVD",
    "ops.swish": "Silu",
    "activations.exponential": "Exp",
    "activations.linear": "",
    "activations.relu": "ReLU",
    "activations.swish": "Silu",
}
"""Functions whose class is not their name in capitals; `linear` leaves no trace."""


def operator_class(op: str, *, unary: bool = False) -> str:
    """Keras's name for an operator.

    >>> operator_class("/"), operator_class("-"), operator_class("-", unary=True)
    ('TrueDivide', 'Subtract', 'Negative')
    """
    return UNARY_CLASSES[op] if unary else CLASSES[op]


def operation_class(key: str) -> str:
    """Keras's name for what a function leaves in the graph; empty where it leaves nothing.

    >>> operation_class("ops.expand_dims"), operation_class("activations.relu")
    ('ExpandDims', 'ReLU')
    """
    if key in IRREGULAR:
        return IRREGULAR[key]
    return "".join(part.capitalize() for part in key.rpartition(".")[2].split("_"))


def operator(op: str, left: Any, right: Any) -> Output | Refusal:
    """What an operator of two gives, at least one of them a tensor.

    Args:
        op: as written: `+ - * / // % ** @ & | ^ < <= > >=`.
        left: a tensor or a number.
        right: a tensor or a number.

    >>> x = TensorType("int32", (BATCH, 3))
    >>> [str(operator(op, x, 2).value) for op in ("+", "/", "<")]
    ['int32[3]', 'float32[3]', 'bool[3]']
    """
    refusal = operand_problem([left, right])
    if refusal is not None:
        return refusal
    if any(isinstance(one, TensorType) and one.shape is None for one in (left, right)):
        return Output(TensorType("bool" if op in BOOLEAN else None, None))
    if op == "@":
        from dsl.catalogue.rules.products import matmul  # noqa: PLC0415 -- seldom needed

        return matmul(left, right)
    late = run_problem(KEYS[op], [left, right])
    if late is not None:
        return late
    met = meet([left, right])
    dtype = _dtype(op, left, right)
    if isinstance(met, Refusal) or isinstance(dtype, Refusal):
        return met if isinstance(met, Refusal) else _refused(dtype)
    shape, warnings = met
    return Output(TensorType(dtype, shape), warnings=warnings)


def _refused(dtype: str | Refusal | None) -> Refusal:
    assert isinstance(dtype, Refusal)  # noqa: S101 -- the only case left
    return dtype


def _dtype(op: str, left: Any, right: Any) -> str | Refusal | None:
    if op in BOOLEAN:
        return "bool"
    found = promoted([left, right], *(["float"] if op == "/" else []))
    return "int32" if op == "%" and found == "bool" else found


def unary(op: str, operand: TensorType) -> Output | Refusal:
    """What `-`, `~` or `abs` gives of a tensor.

    >>> str(unary("~", TensorType("bool", (BATCH, 3))).value)
    'bool[3]'
    """
    late = run_problem("ops.negative", [operand]) if op == "-" else None
    return late or Output(TensorType("bool" if op in BOOLEAN else operand.dtype, operand.shape))


# ---- subscripts


def subscript(tensor: TensorType, items: Sequence[Any]) -> Output | Refusal:
    """What `x[items]` gives.

    Args:
        tensor: the tensor.
        items: integers, slices, `...` and None (a new axis).

    >>> x = TensorType("float32", (BATCH, 10, 64))
    >>> str(subscript(x, [slice(None), -1]).value), str(subscript(x, [..., None, 3]).value)
    ('float32[64]', 'float32[10, 1]')
    >>> subscript(x, [slice(None), 10]).words
    'index 10 is outside of axis 1, which has 10'
    """
    if tensor.shape is None:
        return Output(TensorType(tensor.dtype, None))
    refusal = _items_problem(tensor, tensor.shape, items)
    if refusal is not None:
        return refusal
    shape: list[Dim] = []
    axis = 0
    for item in _without_ellipsis(items, len(tensor.shape)):
        if item is None:
            shape.append(1)
            continue
        size = tensor.shape[axis]
        found = _one_axis(item, size, axis)
        if isinstance(found, Refusal):
            return found
        shape.extend(found)
        axis += 1
    return Output(TensorType(tensor.dtype, tuple(shape)))


def _items_problem(tensor: TensorType, shape: Shape, items: Sequence[Any]) -> Refusal | None:
    for item in items:
        if isinstance(item, TensorType):
            helps = "`take(x, indices, axis=1)` picks by a tensor"
            return Refusal("a tensor is no index", help=helps, code="bad-value")
        if not (item is None or item is Ellipsis or isinstance(item, int | slice)):
            words = f"an index is a whole number or a slice, and {item!r} is neither"
            return Refusal(words, code="bad-value")
    if sum(item is Ellipsis for item in items) > 1:
        return Refusal("only one `...` can stand in an index", code="bad-value")
    used = sum(item is not None and item is not Ellipsis for item in items)
    if used > len(shape):
        words = (
            f"{used} indices are more than the {len(shape)} axes of {tensor}, its batch included"
        )
        return Refusal(words, help="axis 0 is the batch: `x[:, 0]`", code="wrong-rank")
    return None


def _without_ellipsis(items: Sequence[Any], rank: int) -> list[Any]:
    """The items with slices of everything for `...` and for what is left away."""
    listed = list(items)
    used = sum(item is not None and item is not Ellipsis for item in listed)
    rest = [slice(None)] * (rank - used)
    at = next((i for i, item in enumerate(listed) if item is Ellipsis), None)
    return [*listed, *rest] if at is None else [*listed[:at], *rest, *listed[at + 1 :]]


def _one_axis(item: int | slice, size: Dim, axis: int) -> list[Dim] | Refusal:
    if isinstance(item, slice):
        return _sliced(item, size, axis)
    if isinstance(size, int) and not -size <= item < size:
        words = f"index {item} is outside of axis {axis}, which has {size}"
        helps = f"indices go from 0 to {size - 1}, or from -1 back to {-size}" if size else ""
        return Refusal(words, help=helps, code="bad-value")
    return []


def _sliced(item: slice, size: Dim, axis: int) -> list[Dim] | Refusal:
    if item.step == 0:
        return Refusal("a slice cannot step by 0", code="bad-value")
    whole = item == slice(None) or item == slice(None, None, 1)
    if whole:
        return [size]
    if size == BATCH and axis == 0:
        return Refusal(
            "the batch cannot be sliced",
            help="axis 0 is the batch: `x[:, …]` slices the axis after it",
            code="bad-value",
        )
    if isinstance(size, int):
        return [len(range(*item.indices(size)))]
    return [None]
