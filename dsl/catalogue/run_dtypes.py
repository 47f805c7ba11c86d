"""Dtypes that Keras announces, and TensorFlow does not compute: functions that build, and cannot run.

Each row was tried: `tests/keras/test_run_dtypes_against_keras.py` tries it again.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

from dsl.catalogue.registry import Refusal
from dsl.shapes.dtypes import FLOATS, INTEGERS
from dsl.shapes.types import TensorType

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

BOOL: Final = frozenset({"bool"})
WHOLE: Final = frozenset(INTEGERS)
UNSIGNED: Final = frozenset(one for one in INTEGERS if one.startswith("u"))
REAL: Final = frozenset(FLOATS)
COMPLEX: Final = frozenset({"complex64", "complex128"})

NO_COMPLEX: Final = """
amax amin arctan2 argmax argmin argsort ceil clip floor fmod isfinite isin isinf isnan logaddexp logaddexp2
max median min mod nan_to_num nanargmax nanargmin nancumprod nancumsum nanmax nanmedian nanmin nanpercentile
nanquantile nanstd nanvar percentile quantile saturate_cast sort trunc
"""
NO_TRUTHS: Final = """
cross floor_divide fmax fmin greater greater_equal heaviside histogram leaky_relu less less_equal maximum minimum ptp
relu relu6 round searchsorted top_k unique
"""
WHOLE_ALONE: Final = """
bitwise_and bitwise_invert bitwise_left_shift bitwise_not bitwise_or bitwise_right_shift bitwise_xor gcd lcm
left_shift right_shift
"""
FLOATS_ALONE: Final = """
celu elu erf erfc erfinv gelu hard_sigmoid hard_silu hard_tanh log_sigmoid log_softmax logsumexp normalize selu
soft_shrink softmax softplus softsign sparse_plus sparse_sigmoid
"""
LACKING: Final = (
    (COMPLEX, NO_COMPLEX),
    (BOOL | COMPLEX, NO_TRUTHS),
    (BOOL, "add conj conjugate hypot kron multiply power real sign subtract"),
    (BOOL | UNSIGNED, "negative"),
    (BOOL | REAL | COMPLEX, WHOLE_ALONE),
    (BOOL | WHOLE, "glu hard_shrink reciprocal rsqrt sigmoid silu squareplus tanh_shrink"),
    (BOOL | WHOLE | COMPLEX, FLOATS_ALONE),
)
"""Dtypes, and the functions that are not computed in what their operands come to, where that is one of them."""

OTHERWISE: Final[dict[str, tuple[frozenset[str], str]]] = {
    **dict.fromkeys(
        ("abs", "absolute", "angle", "cbrt", "hypot", "imag", "nanmean", "real", "std"),
        (frozenset({"complex64"}), "float32"),
    ),
    "deg2rad": (frozenset({"complex64"}), "complex64"),
    "rad2deg": (frozenset({"complex64"}), "complex64"),
    "reciprocal": (frozenset({"complex64"}), "complex64"),
    "leaky_relu": (WHOLE, "float32"),
}
"""Functions whose run gives another dtype than the model announces: of operands in which, and which."""


def run_problem(
    key: str, operands: Sequence[Any], arguments: Mapping[str, Any] | None = None
) -> Refusal | None:
    """Why no data can go through a function, though it builds: its operands' dtype.

    >>> run_problem("ops.erf", [TensorType("int32", (2,))]).words
    '`erf` is not computed in int32'
    >>> run_problem("ops.add", [TensorType("bool", (2,)), 1]) is None
    True
    """
    name = key.rpartition(".")[2]
    lacking = _table().get(name, frozenset())
    dtype = _common(operands) if lacking else None
    if dtype is None or dtype not in lacking or _stays_whole(name, dtype, arguments or {}):
        return None
    better = "float32" if "float32" not in lacking else "int32"
    words = f"`{name}` is not computed in {dtype}"
    listed = isinstance((arguments or {}).get("threshold"), list | tuple)
    code = "senseless-value" if listed else "cannot-run"
    return Refusal(words, operand=0, help=f"cast it first: cast(x, {better})", code=code)


def run_surprise(key: str, operands: Sequence[Any], announced: str | None) -> tuple[str, ...]:
    """What will surprise where a run gives another dtype than the model announces.

    >>> run_surprise("ops.abs", [TensorType("complex64", (2,))], "complex64")
    ('the model announces complex64, and the run gives float32',)
    """
    given, run = OTHERWISE.get(key.rpartition(".")[2], (frozenset(), ""))
    if not given or _common(operands) not in given or announced == run:
        return ()
    return (f"the model announces {announced}, and the run gives {run}",)


def _common(operands: Sequence[Any]) -> str | None:
    """The dtype that tensors, and the numbers beside them, come to."""
    from dsl.catalogue.rules.operands import promoted  # noqa: PLC0415 -- rules are read when needed

    numbers = [one for one in operands if isinstance(one, TensorType | bool | int | float)]
    dtype = promoted(numbers) if any(isinstance(one, TensorType) for one in numbers) else None
    return dtype if isinstance(dtype, str) else None


def _stays_whole(name: str, dtype: str, arguments: Mapping[str, Any]) -> bool:
    """Whether the arguments spare whole numbers the floats that the function counts with otherwise."""
    if dtype not in WHOLE:
        return False
    threshold = arguments.get("threshold")
    # Unsigned numbers have no negative threshold, and take none that is a truth.
    spared = dtype not in UNSIGNED or (name == "soft_shrink" and not isinstance(threshold, bool))
    whole = isinstance(threshold, int) and spared
    return (name in {"soft_shrink", "hard_shrink"} and whole) or (
        name == "normalize" and arguments.get("order", 2) != 2
    )


@cache
def _table() -> dict[str, frozenset[str]]:
    return {name: dtypes for dtypes, names in LACKING for name in names.split()}
