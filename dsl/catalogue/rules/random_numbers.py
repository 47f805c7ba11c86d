"""Functions of `keras.random`: constants, drawn once while the model is built."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dsl.catalogue.registry import UNKNOWN, Configured, Output, Refusal, rule
from dsl.catalogue.rules.axes import sizes_given
from dsl.shapes.dtypes import FLOATS, is_float, is_integer
from dsl.shapes.types import TensorType

if TYPE_CHECKING:
    from collections.abc import Mapping

INSTEAD = (
    "multiply and add instead: `mean + stddev * random.normal(…)`; layers draw anew at each step"
)


@rule("random.normal", "random.truncated_normal", "random.uniform", "random.gamma", "random.beta")
def floats(*, shape: Any, dtype: str | None = None, **others: Any) -> Output | Refusal:
    """Floats of this shape.

    >>> str(floats(shape=(2, 3)).value)
    'float32[2, 3] without its batch'
    """
    dtype = "float32" if dtype == "float" else dtype
    if dtype is not None and not is_float(dtype):
        return Refusal(f"these numbers are floats, not {dtype}", "dtype", code="bad-value")
    return _drawn(shape, dtype or "float32", others)


@rule("random.binomial")
def binomial(*, shape: Any, dtype: str | None = None, **others: Any) -> Output | Refusal:
    """Counts, as floats unless `dtype` says."""
    if dtype not in (None, *FLOATS, "int32", "int64"):
        return Refusal(f"these numbers cannot be {dtype}", "dtype", code="bad-value")
    return _drawn(shape, dtype or "float32", others)


@rule("random.randint")
def randint(
    *, shape: Any, minval: Any, maxval: Any, dtype: str | None = "int32", **others: Any
) -> Output | Refusal:
    """Whole numbers from `minval` to before `maxval`."""
    if not is_integer(dtype):
        return Refusal("these numbers are whole", "dtype", code="bad-value")
    for name, value in (("minval", minval), ("maxval", maxval)):
        if isinstance(value, float):
            return Refusal(f"`{name}` is a whole number", name, code="bad-value")
    if isinstance(minval, int) and isinstance(maxval, int) and minval >= maxval:
        return Refusal("`maxval` lies above `minval`", "maxval", code="bad-value")
    return _drawn(shape, dtype or "int32", {"minval": minval, "maxval": maxval, **others})


def _drawn(shape: Any, dtype: str, others: Mapping[str, Any]) -> Output | Refusal:
    tensor = next((name for name, one in others.items() if isinstance(one, TensorType)), None)
    if tensor is not None:
        words = f"`{tensor}` is read when the model is built, and a tensor has no numbers yet"
        return Refusal(words, tensor, help=INSTEAD, code="wrong-operands")
    seed = others.get("seed")
    if (
        seed is not None
        and seed is not UNKNOWN
        and type(seed) is not int
        and not isinstance(seed, Configured)
    ):
        return Refusal("`seed` is a whole number", "seed", code="bad-value")
    sizes = sizes_given(shape)
    if isinstance(sizes, Refusal):
        return sizes
    if None in sizes:
        return Refusal("every size must be a number", "shape", code="unknown-size")
    return Output(TensorType(dtype, sizes))
