"""Linear algebra: `keras.ops.linalg` and its kin, over matrices in the last two axes.

Each rule says what the function announces. Keras asks for few things there, and knows numbers alone: two open sizes
are equal to it, and an open one is never equal to a number. What a run takes was tried with TensorFlow.
"""

from __future__ import annotations

from typing import Any

from dsl.catalogue.checks import shape_of
from dsl.catalogue.registry import Output, Refusal, rule
from dsl.catalogue.rules.operands import (
    alike,
    clash,
    promoted,
    run_problem,
)
from dsl.shapes.broadcast import Clash, broadcast
from dsl.shapes.dims import Dim, same
from dsl.shapes.types import Shape, TensorType

REAL = ("float32", "float64")
COMPLEX = {"float32": "complex64", "float64": "complex128"}
BOTH = (*REAL, *COMPLEX.values())
RUNS = {
    "cdist": ("int32", "int64", "float16", "bfloat16", *BOTH),
    "cholesky": REAL,
    "cholesky_inverse": BOTH,
    "det": BOTH,
    "eig": BOTH,
    "eigh": BOTH,
    "inv": ("float16", *BOTH),
    "logdet": BOTH,
    "lstsq": BOTH,
    "lu_factor": BOTH,
    "matrix_rank": REAL,
    "pinv": REAL,
    "qr": ("float16", *BOTH),
    "slogdet": BOTH,
    "solve": BOTH,
    "solve_triangular": BOTH,
    "svd": BOTH,
}
"""The dtypes whose run succeeds; each other one is announced all the same."""

SQUARE = frozenset({"cholesky", "cholesky_inverse", "det", "eig", "eigh", "inv", "solve"})
SQUARE |= {"solve_triangular"}
"""Functions that ask for square matrices while building."""

KNOWN = frozenset({"lu_factor", "qr", "svd"})
"""Functions that must know rows and columns as numbers."""

SQUARE_IN_RUN = frozenset({"logdet", "lu_factor", "slogdet"})
"""Functions that ask for square matrices in the run alone."""


@rule("ops.cholesky", "ops.cholesky_inverse", "ops.inv")
def square(x: TensorType, *, symbol: str) -> Output | Refusal:
    """A square matrix to another one of its size.

    >>> from dsl.shapes.dims import BATCH
    >>> str(square(TensorType("float32", (BATCH, 4, 4)), symbol="ops.inv").value)
    'float32[4, 4]'
    >>> square(TensorType("float32", (BATCH, 4, 5)), symbol="ops.inv").words
    'inv takes square matrices, and this is float32[4, 5]'
    """
    return matrix_problem(symbol, x) or late_problem(symbol, x) or Output(x)


@rule("ops.det", "ops.matrix_rank")
def number_of_matrix(x: TensorType, *, symbol: str) -> Output | Refusal:
    """A number for each matrix."""
    dtype = "int32" if symbol == "ops.matrix_rank" else x.dtype
    made = TensorType(dtype, shape_of(x)[:-2])
    return matrix_problem(symbol, x) or late_problem(symbol, x) or Output(made)


@rule("ops.logdet")
def logdet(x: TensorType) -> Output | Refusal:
    """A number for each matrix; nothing is asked while building."""
    made = TensorType(x.dtype, shape_of(x)[:-2])
    refusal = late_problem("ops.logdet", x)
    return refusal or Output(made, warnings=_real_in_run("logdet", x))


@rule("ops.slogdet")
def slogdet(x: TensorType) -> Output | Refusal:
    """The sign, announced as one for all, and the logarithm for each matrix."""
    shape = shape_of(x)
    words = "slogdet announces one sign for all matrices, and the run gives one for each"
    more = (words,) if len(shape) > 2 else ()
    made = (TensorType(x.dtype, ()), TensorType(x.dtype, shape[:-2]))
    return late_problem("ops.slogdet", x) or Output(made, warnings=more)


@rule("ops.eig", "ops.eigh")
def eigen(x: TensorType, *, symbol: str) -> Output | Refusal:
    """Eigenvalues and eigenvectors; those of `eig` are complex in the run."""
    refusal = matrix_problem(symbol, x) or late_problem(symbol, x)
    if refusal is not None:
        return refusal
    warnings: tuple[str, ...] = ()
    if symbol == "ops.eig" and x.dtype in COMPLEX:
        warnings = (f"eig announces {x.dtype}, and the run gives {COMPLEX[x.dtype]}",)
    return Output((TensorType(x.dtype, shape_of(x)[:-1]), x), warnings=warnings)


@rule("ops.lu_factor")
def lu_factor(x: TensorType) -> Output | Refusal:
    """The two triangles in one matrix, and which rows were exchanged."""
    refusal = matrix_problem("ops.lu_factor", x) or late_problem("ops.lu_factor", x)
    if refusal is not None:
        return refusal
    *batch, rows, columns = shape_of(x)
    words = f"lu_factor announces the exchanges as {x.dtype}, and the run gives int32"
    if batch:
        words = f"lu_factor of {x} is announced, and the run takes one matrix alone"
    pivots = TensorType(x.dtype, (*batch, _less(rows, columns)))
    return Output((x, pivots), warnings=(words,))


@rule("ops.qr")
def qr(x: TensorType, *, mode: str = "reduced") -> Output | Refusal:
    """An orthogonal matrix and a triangle.

    >>> made = qr(TensorType("float32", (5, 3)), mode="complete").value
    >>> [one.shape for one in made]
    [(5, 5), (5, 3)]
    """
    refusal = matrix_problem("ops.qr", x) or late_problem("ops.qr", x)
    if refusal is not None:
        return refusal
    *batch, rows, columns = shape_of(x)
    inner = _less(rows, columns) if mode == "reduced" else rows
    made = _typed(x, (*batch, rows, inner), (*batch, inner, columns))
    return Output(made)


@rule("ops.svd")
def svd(x: TensorType, *, full_matrices: Any = True, compute_uv: Any = True) -> Output | Refusal:
    """Two orthogonal matrices with the singular values between them, or these alone."""
    refusal = matrix_problem("ops.svd", x) or late_problem("ops.svd", x)
    if refusal is not None:
        return refusal
    *batch, rows, columns = shape_of(x)
    least = _less(rows, columns)
    warnings = _real_in_run("svd", x, "singular values as ")
    values = TensorType(x.dtype, (*batch, least))
    if not compute_uv:
        return Output(values, warnings=warnings)
    left, right = (rows, columns) if full_matrices else (least, least)
    u, v = _typed(x, (*batch, rows, left), (*batch, right, columns))
    return Output((u, values, v), warnings=warnings)


@rule("ops.pinv")
def pinv(x: TensorType) -> Output | Refusal:
    """Rows and columns change places."""
    refusal = matrix_problem("ops.pinv", x) or late_problem("ops.pinv", x)
    if refusal is not None:
        return refusal
    *batch, rows, columns = shape_of(x)
    return Output(TensorType(x.dtype, (*batch, columns, rows)))


@rule("ops.solve", "ops.solve_triangular")
def solve(a: TensorType, b: TensorType, *, symbol: str) -> Output | Refusal:
    """The x of `a x = b`: announced like b.

    >>> from dsl.shapes.dims import BATCH
    >>> a, b = TensorType("float32", (BATCH, 4, 4)), TensorType("float32", (BATCH, 4, 2))
    >>> str(solve(a, b, symbol="ops.solve").value)
    'float32[4, 2]'
    """
    refusal = matrix_problem(symbol, a)
    if refusal is not None:
        return refusal
    rows, right = shape_of(a), shape_of(b)
    if not right:
        words = f"{_name(symbol)} takes a vector or matrix as b, and this is {b}"
        return Refusal(words, operand=1, code="wrong-rank")
    more = len(right) - len(rows)
    if more in (0, 1) and not alike(rows[-1], right[-2 if more == 0 else -1]):
        return Refusal(f"b is {b} where a is {a}", operand=1, help="b needs a row for each of a's")
    if more not in (0, -1) and symbol == "ops.solve_triangular":
        words = f"solve_triangular announces the shape of b, {b}, and the run gives that of both together"
        return Output(b, warnings=(words,))
    if more not in (0, -1) or (more and same(rows[-1], right[-1]) is False):
        words = f"b is {b} where a is {a}"
        helps = "b has as many axes as a, or one less"
        return Refusal(words, operand=1, help=helps, code="cannot-run")
    return late_problem(symbol, a, b) or Output(b)


@rule("ops.lstsq")
def lstsq(a: TensorType, b: TensorType) -> Output | Refusal:
    """The best x of `a x = b`; both are single matrices, so that the batch counts as rows."""
    rows, right = shape_of(a), shape_of(b)
    if len(rows) != 2:
        words = f"lstsq takes one matrix, and this is {a}"
        return Refusal(words, operand=0, help="the batch is its first axis", code="wrong-rank")
    if len(right) not in (1, 2):
        words = f"lstsq takes a vector or matrix as b, and this is {b}"
        return Refusal(words, operand=1, code="wrong-rank")
    if not alike(right[0], rows[0]):
        return Refusal(f"b is {b} where a is {a}", operand=1, help="both need equally many rows")
    made = TensorType(a.dtype, (rows[1], *right[1:]))
    return late_problem("ops.lstsq", a, b) or Output(made)


@rule("ops.cdist")
def cdist(x: TensorType, y: TensorType) -> Output | Refusal:
    """The distance of each row of one to each row of the other."""
    left, right = shape_of(x), shape_of(y)
    for index, one in enumerate((x, y)):
        if len(shape_of(one)) < 2:
            words = f"cdist takes rows of numbers, two axes or more, and this is {one}"
            return Refusal(words, operand=index, code="wrong-rank")
    if same(left[-1], right[-1]) is False:
        words = f"operand 2 is {y} where operand 1 is {x}"
        return Refusal(words, operand=1, help="their last axes must agree")
    batch = broadcast(left[:-2], right[:-2])
    if isinstance(batch, Clash):
        return clash([x, y], 1, Clash(batch.axis - 2, batch.left, batch.right))
    dtype = promoted([x, y], "float")
    if isinstance(dtype, Refusal):
        return dtype
    made = TensorType(dtype, (*batch, left[-2], right[-2]))
    return late_problem("ops.cdist", x, y) or Output(made)


# ---- what is asked of operands


def matrix_problem(symbol: str, x: TensorType) -> Refusal | None:
    """Why this is no matrix of the kind that a function takes, if it is none."""
    name, shape = _name(symbol), shape_of(x)
    if len(shape) < 2:
        words = f"{name} takes matrices, and this is {x}"
        return Refusal(words, operand=0, help="rows and columns are two axes", code="wrong-rank")
    if name in SQUARE and not alike(*shape[-2:]):
        words, helps = (
            f"{name} takes square matrices, and this is {x}",
            "its last two axes must be equal",
        )
        if len(shape) == 2:
            words, helps = (
                f"{words}, whose rows are the batch",
                "a matrix for each sample has two axes",
            )
        return Refusal(words, operand=0, help=helps)
    if name in KNOWN and not all(isinstance(size, int) for size in shape[-2:]):
        words = f"{name} must know rows and columns as numbers, and this is {x}"
        helps = "declare the input with numbers there; the batch is the first axis"
        return Refusal(words, operand=0, help=helps, code="unknown-size")
    return None


def late_problem(symbol: str, *operands: TensorType) -> Refusal | None:
    """Why the run fails, where Keras does not see it while building."""
    name = _name(symbol)
    for index, one in enumerate(operands):
        shape = shape_of(one)
        if name in SQUARE_IN_RUN and (len(shape) < 2 or same(*shape[-2:]) is False):
            words = f"{name} takes square matrices, and this is {one}"
            return Refusal(words, operand=index, code="cannot-run")
    return run_problem(name, RUNS.get(name), *operands)


def _real_in_run(name: str, x: TensorType, what: str = "") -> tuple[str, ...]:
    """That complex matrices give real numbers in the run."""
    real = next((one for one, other in COMPLEX.items() if other == x.dtype), None)
    return (f"{name} announces {what}{x.dtype}, and the run gives {real}",) if real else ()


def _less(rows: Dim, columns: Dim) -> int:
    """The smaller of two sizes that are known to be numbers (`matrix_problem` passed them)."""
    return min(size for size in (rows, columns) if isinstance(size, int))


def _typed(x: TensorType, *shapes: Shape) -> tuple[TensorType, ...]:
    return tuple(TensorType(x.dtype, shape) for shape in shapes)


def _name(symbol: str) -> str:
    return symbol.rpartition(".")[2]
