"""Functions of `keras.ops` that make constants, without a tensor."""

from __future__ import annotations

from math import ceil
from typing import Any, Final

from dsl.catalogue.registry import Output, Refusal, rule
from dsl.catalogue.rules.axes import axis_of
from dsl.catalogue.rules.elementwise import floating, standard
from dsl.catalogue.rules.operands import kind_of, meet, operand_problem, promoted, sizes_of
from dsl.catalogue.rules.pairwise import counted
from dsl.records import replace
from dsl.shapes.dims import same
from dsl.shapes.dtypes import FLOATS, INTEGERS, is_integer
from dsl.shapes.types import TensorType

WHOLE = frozenset(INTEGERS)
SIGNED = frozenset(one for one in INTEGERS if one.startswith("int"))
REAL = WHOLE | frozenset(FLOATS)
NUMBERS = REAL | {"bool", "complex64", "complex128"}
MADE_IN: Final[dict[str, frozenset[str]]] = {
    "ops.arange": REAL - {"uint8"} | {"int"},
    "ops.zeros": NUMBERS | {"string"},
    "ops.empty": NUMBERS | {"string"},
    "ops.ones": NUMBERS,
    "ops.full": NUMBERS | {"int"},
    "ops.eye": NUMBERS,
    "ops.identity": NUMBERS,
    "ops.tri": NUMBERS | {"int"},
    "ops.linspace": REAL | {"complex64", "complex128", "int"},
    "ops.logspace": SIGNED | frozenset(FLOATS) | {"complex64", "complex128", "int"},
    "ops.geomspace": frozenset({*FLOATS, "complex64", "complex128"}),
}
"""The dtypes in which TensorFlow makes a constant."""


def dtype_problem(symbol: str, dtype: str | None) -> Refusal | None:
    """Why a constant cannot be made in a dtype."""
    if dtype is None or dtype in MADE_IN[symbol]:
        return None
    name = symbol.removeprefix("ops.")
    helps = "`cast(…, dtype)` brings it to another one"
    return Refusal(f"`{name}` makes no {dtype}", "dtype", help=helps, code="bad-value")


@rule("ops.arange")
def arange(
    *, start: Any, stop: Any = None, step: Any = None, dtype: str | None = None
) -> Output | Refusal:
    """Numbers from start to before stop.

    >>> arange(start=10).value.shape, arange(start=1, stop=2, step=0.25).value.dtype
    ((10,), 'float32')
    """
    first, last = (0, start) if stop is None else (start, stop)
    by = 1 if step is None else step
    numbers = {"start": first, "stop": last, "step": by}
    refusal = _way_problem(numbers) or dtype_problem("ops.arange", dtype)
    if refusal is not None:
        return refusal
    if is_integer(standard(dtype)) and any(isinstance(one, float) for one in numbers.values()):
        return Refusal(f"whole numbers are needed for {dtype}", "dtype", code="bad-value")
    found = standard(dtype) or promoted([first, last, by])
    if isinstance(found, Refusal):
        return found
    return Output(TensorType(found, (ceil((last - first) / by),)))


def _way_problem(numbers: dict[str, Any]) -> Refusal | None:
    """Why steps do not lead from start to stop."""
    for name, value in numbers.items():
        if not isinstance(value, int | float):
            return Refusal("`arange` takes numbers", name, code="bad-value")
    start, stop, step = numbers.values()
    if step == 0:
        return Refusal("a step of 0 leads nowhere", "step", code="bad-value")
    if (stop - start) * step < 0:
        words = f"steps of {step} do not lead from {start} to {stop}"
        return Refusal(words, help="write step=-1 to count down", code="bad-value")
    return None


@rule("ops.zeros", "ops.ones", "ops.empty", "ops.full")
def alike(*, shape: Any, symbol: str, dtype: str | None = None) -> Output | Refusal:
    """A constant of this shape.

    >>> str(alike(shape=(2, 3), symbol="ops.zeros").value)
    'float32[2, 3] without its batch'
    """
    if not isinstance(shape, int | list | tuple) or (
        isinstance(shape, int) and symbol == "ops.full"
    ):
        return Refusal("a shape is a list of sizes", "shape", help="shape=(2, 3)", code="bad-value")
    sizes = (shape,) if isinstance(shape, int) else tuple(shape)
    if not all(isinstance(size, int) and size >= 0 for size in sizes):
        return Refusal("a constant's sizes are numbers", "shape", code="bad-value")
    return dtype_problem(symbol, dtype) or Output(TensorType(standard(dtype) or "float32", sizes))


@rule("ops.eye", "ops.tri")
def matrix(
    *,
    N: Any,  # noqa: N803 -- Keras's
    symbol: str,
    M: Any = None,  # noqa: N803 -- Keras's
    k: Any = 0,
    dtype: str | None = None,
) -> Output | Refusal:
    """Ones on a diagonal, or on it and below it."""
    for name, size in (("N", N), ("M", N if M is None else M)):
        if not isinstance(size, int) or size < 0:
            return Refusal(f"`{name}` is a whole number of 0 or more", name, code="bad-value")
    rows, columns = int(N), int(N if M is None else M)
    if not isinstance(k, int) or (symbol == "ops.eye" and k and not -rows <= k <= columns):
        words = f"there is no diagonal {k} in {rows} rows of {columns}"
        return Refusal(words, "k", code="bad-value")
    made = TensorType(standard(dtype) or "float32", (rows, columns))
    return dtype_problem(symbol, dtype) or Output(made)


@rule("ops.identity")
def identity(*, n: Any, dtype: str | None = None) -> Output | Refusal:
    """Ones on the diagonal of a square."""
    made = matrix(N=n, symbol="ops.eye", dtype=dtype)
    if isinstance(made, Refusal) and made.argument == "N":
        return replace(made, words="`n` is a whole number of 0 or more", argument="n")
    return made


@rule("ops.bartlett", "ops.blackman", "ops.hamming", "ops.hanning", "ops.kaiser")
def window(*, x: Any, symbol: str) -> Output | Refusal:
    """A window of so many numbers, which must be known.

    >>> str(window(x=10, symbol="ops.hanning").value)
    'float32[10] without its batch'
    """
    name = symbol.removeprefix("ops.")
    if isinstance(x, TensorType):
        return Refusal(
            f"`{name}` takes a number, and no tensor",
            "x",
            help=f"write {name}(10)",
            code="wrong-operands",
        )
    least = 1 if name == "kaiser" else 0
    count = ceil if name in ("bartlett", "blackman") else int
    if not isinstance(x, int | float) or count(x) < least or (count is ceil and x < 0):
        return Refusal(f"`{name}` takes a number of {least} or more", "x", code="bad-value")
    return Output(TensorType("float32", (count(x),)))


# ---- between two ends


@rule("ops.linspace", "ops.logspace", "ops.geomspace")
def spaced(
    start: Any,
    stop: Any,
    *,
    symbol: str,
    num: Any = 50,
    dtype: str | None = None,
    axis: Any = 0,
    retstep: bool = False,
) -> Output | Refusal:
    """So many numbers from one end to the other, along a new axis.

    >>> str(spaced(0, TensorType("float16", (4,)), symbol="ops.linspace", num=3).value)
    'float32[3, 4] without its batch'
    """
    refusal = operand_problem([start, stop]) or _count_problem(num)
    if refusal is not None:
        return refusal
    met = meet([start, stop])
    if isinstance(met, Refusal):
        return met
    sizes, warnings = met
    shape = TensorType("float32", sizes)
    at = axis_of(axis, shape, more=1)
    if isinstance(at, Refusal):
        return at
    symbolic = any(isinstance(one, TensorType) for one in (start, stop))
    refusal = None if symbolic and dtype != "string" else dtype_problem(symbol, dtype)
    if refusal is not None:
        return refusal
    dtype = standard(dtype)
    own = kind_of(counted(start)) if symbolic else None
    found = dtype or own or "float32"
    made = TensorType(floating(found) if symbolic else found, (*sizes[:at], num, *sizes[at:]))
    if symbol == "ops.geomspace" and sizes_of(start) and at != 0 and num != 1:
        words = "`geomspace` puts the numbers along axis 0 alone"
        helps = "moveaxis(…, 0, -1) brings them elsewhere"
        by_luck = at == 1 and same(sizes[0], num) is not False  # as many rows as numbers go through
        code = "senseless-value" if by_luck else "cannot-run"
        return Refusal(words, "axis", help=helps, code=code)
    run = _run_dtype(symbol, start, stop, dtype) if symbolic else made.dtype
    if run != made.dtype:
        warnings = (*warnings, f"the model announces {made.dtype}, and the run gives {run}")
    if not retstep:
        return Output(made, warnings=warnings)
    if symbolic:
        return Refusal(
            "the step is no tensor of a graph",
            "retstep",
            help="leave out `retstep`",
            code="bad-value",
        )
    return Output((made, TensorType(found, ())))


def _run_dtype(symbol: str, start: Any, stop: Any, dtype: str | None) -> str | None:
    """The dtype of a run, which looks at both ends."""
    if symbol == "ops.geomspace":
        return "float32"
    found = dtype or promoted([start, stop], "float")
    return found if isinstance(found, str) else None


def _count_problem(num: Any) -> Refusal | None:
    if num is None or (isinstance(num, int) and num >= 0):
        return None
    return Refusal("`num` is a whole number of 0 or more", "num", code="bad-value")
