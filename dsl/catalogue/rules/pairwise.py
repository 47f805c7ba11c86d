"""Functions of `keras.ops` of two tensors, element by element: they broadcast, and come to one dtype."""

from __future__ import annotations

from typing import Any

from dsl.catalogue.registry import Output, Refusal, rule
from dsl.catalogue.rules.elementwise import keys_of
from dsl.catalogue.rules.operands import (
    as_announced,
    literal,
    meet,
    operand_problem,
    promoted,
    sizes_of,
)
from dsl.records import replace
from dsl.shapes.dtypes import is_integer, promote
from dsl.shapes.types import TensorType

ARITHMETIC = [
    "add",
    "floor_divide",
    "fmax",
    "fmin",
    "maximum",
    "minimum",
    "multiply",
    "power",
    "subtract",
]
SHIFTS = ["bitwise_left_shift", "bitwise_right_shift", "left_shift", "right_shift"]
BITWISE = ["bitwise_and", "bitwise_or", "bitwise_xor"]
TO_FLOAT = ["divide", "divide_no_nan", "true_divide", "logaddexp", "logaddexp2"]
COMPARING = [
    "equal",
    "greater",
    "greater_equal",
    "isclose",
    "less",
    "less_equal",
    "logical_and",
    "logical_or",
    "logical_xor",
    "not_equal",
]


@rule(*keys_of(ARITHMETIC))
def arithmetic(x1: Any, x2: Any) -> Output | Refusal:
    """Two that broadcast, of the dtype they come to.

    >>> str(arithmetic(TensorType("float16", (2, 3)), 1.5).value)
    'float16[2, 3] without its batch'
    """
    return of_two(x1, x2)


@rule(*keys_of(BITWISE))
def bitwise(x1: Any, x2: Any) -> Output | Refusal:
    """Two tensors, announced with the shape of the first; Keras takes no number here."""
    return _number_problem(x1, x2) or _as_the_first(x1, x2)


def _number_problem(x1: Any, x2: Any) -> Refusal | None:
    for index, one in enumerate((x1, x2)):
        if not isinstance(one, TensorType):
            words = f"two tensors are needed, and this is {one}"
            helps = "`full_like(x, 2)` makes a tensor of a number"
            return Refusal(words, None, index, helps, "wrong-operands")
    return None


@rule(*keys_of(SHIFTS))
def shift(x1: Any, x2: Any) -> Output | Refusal:
    """A tensor shifted by another one, or by a whole number."""
    if isinstance(x1, TensorType) and isinstance(x2, int):
        return Output(TensorType(x1.dtype, x1.shape))
    return bitwise(x1, x2)


def _as_the_first(x1: TensorType, x2: TensorType) -> Output | Refusal:
    """Two that broadcast, which Keras looks at in the run."""
    dtype, met = promoted([x1, x2]), meet([x1, x2])
    if isinstance(dtype, Refusal):
        return dtype
    if isinstance(met, Refusal):
        return replace(met, code="cannot-run")
    made = TensorType(dtype, x1.shape)
    if as_announced(met[0]) == as_announced(x1.shape or ()):
        return Output(made, warnings=met[1])
    surprise = f"the model announces {made}, and the run gives {TensorType(dtype, met[0])}"
    return Output(made, warnings=(*met[1], surprise))


@rule(*keys_of(TO_FLOAT))
def to_float(x1: Any, x2: Any) -> Output | Refusal:
    """Two that broadcast, with results between whole numbers."""
    return of_two(x1, x2, "float")


@rule("ops.mod", "ops.fmod")
def mod(x1: Any, x2: Any) -> Output | Refusal:
    """The rest of a division; of truths, a number. A number beside a tensor is as strong as one, in the run."""
    given = of_two(x1, x2)
    if isinstance(given, Refusal) or not isinstance(given.value, TensorType):
        return given
    dtype = "int32" if given.value.dtype == "bool" else given.value.dtype
    kinds = [IN_A_RUN.get(type(one)) or getattr(one, "dtype", None) for one in (x1, x2)]
    run = promote(*kinds) if None not in kinds and dtype is not None else dtype
    surprise = f"the model announces {dtype}, and the run gives {run}"
    more = (surprise,) if run not in (dtype, "bool", None) else ()
    return Output(TensorType(dtype, given.value.shape), warnings=(*given.warnings, *more))


IN_A_RUN = {bool: "bool", int: "int32", float: "float32"}
"""What a run makes of a Python number before anything else."""
STRONG = {bool: "bool", int: "int64", float: "float32"}
"""What some functions make of a Python number, which is weak to all others."""


def counted(operand: Any) -> Any:
    """A number as a tensor of the dtype that some functions give it.

    >>> str(counted(2))
    'int64[] without its batch'
    """
    dtype = STRONG.get(type(operand))
    return operand if dtype is None else TensorType(dtype, ())


@rule("ops.gcd", "ops.lcm")
def divisors(x1: Any, x2: Any, *, symbol: str) -> Output | Refusal:
    """Two that broadcast; a whole number counts as int64.

    >>> str(divisors(TensorType("int8", (2, 3)), 2, symbol="ops.gcd").value)
    'int64[2, 3] without its batch'
    """
    made, weak = of_two(counted(x1), counted(x2)), promoted([x1, x2])
    if symbol == "ops.lcm" and any(isinstance(one, bool) for one in (x1, x2)):
        return Refusal("whole numbers are needed, and no truths", operand=0, code="cannot-run")
    if isinstance(made, Refusal) or not isinstance(made.value, TensorType):
        return made
    run = promote("int32", weak) if isinstance(weak, str) else None
    surprise = f"the model announces {made.value.dtype}, and the run gives {run}"
    same = made.value.dtype == run or all(isinstance(one, TensorType) for one in (x1, x2))
    return made if same else replace(made, warnings=(*made.warnings, surprise))


@rule("ops.arctan2")
def arctan2(x1: Any, x2: Any) -> Output | Refusal:
    """An angle; numbers count as float32, and those in a list are announced as one."""
    operands = [_as_number(x1), _as_number(x2)]
    if None in operands:
        return Refusal("two tensors are needed, and this is none", operand=0, code="cannot-run")
    return of_two(
        *operands, "float" if all(isinstance(one, TensorType) for one in operands) else "float32"
    )


@rule("ops.ldexp")
def ldexp(x1: Any, x2: Any) -> Output | Refusal:
    """A number times two to the power of a whole one."""
    made, power = floats_of_two(x1, x2), counted(x2)
    whole = not isinstance(power, TensorType) or power.dtype is None or is_integer(power.dtype)
    if isinstance(made, Refusal) or whole:
        return made
    words = f"the power is a whole number, and this is {power.dtype}"
    return Refusal(words, operand=1, help="cast it first: cast(x, int32)", code="cannot-run")


@rule("ops.nextafter")
def floats_of_two(x1: Any, x2: Any) -> Output | Refusal:
    """Two that broadcast, to floats; a number counts as float32 or int64."""
    return of_two(counted(x1), counted(x2), "float")


@rule("ops.allclose")
def allclose(x1: Any, x2: Any) -> Output | Refusal:
    """One truth of all elements, the batch's too; Keras compares no shapes before the run."""
    met = meet([x1, x2])
    if isinstance(met, Refusal):
        return replace(met, code="cannot-run")
    return Output(TensorType("bool", ()))


@rule(*keys_of(COMPARING))
def comparing(x1: Any, x2: Any) -> Output | Refusal:
    """Two that broadcast, to truths; numbers in a list are announced as one."""
    operands = [_as_number(x1), _as_number(x2)]
    refusal = operand_problem(operands)
    if refusal is not None:
        alone = not any(isinstance(one, TensorType) for one in operands)
        return refusal if alone else replace(refusal, code="cannot-run")
    met = meet(operands)
    if isinstance(met, Refusal):
        return met
    made = TensorType("bool", met[0])
    lists = [literal(one) if isinstance(one, list | tuple) else one for one in (x1, x2)]
    run = meet(lists)
    if isinstance(run, Refusal):
        return replace(run, code="cannot-run")
    surprise = f"the model announces {made}, and the run gives {TensorType('bool', run[0])}"
    same = as_announced(run[0]) == as_announced(met[0])
    return Output(made, warnings=met[1] if same else (*met[1], surprise))


def _as_number(operand: Any) -> Any:
    """Keras sees no shape in a list of numbers."""
    return 0 if isinstance(operand, list | tuple) and literal(operand) else operand


def of_two(x1: Any, x2: Any, *more: str) -> Output | Refusal:
    """Two that broadcast, of the dtype they come to with these further kinds."""
    refusal = operand_problem([x1, x2])
    if refusal is not None:
        return refusal
    met, dtype = meet([x1, x2]), promoted([x1, x2], *more)
    if isinstance(met, Refusal):
        return met
    if isinstance(dtype, Refusal):
        return dtype
    return Output(TensorType(dtype, met[0]), warnings=met[1])


@rule("ops.hypot", "ops.heaviside")
def of_two_tensors(x1: Any, x2: Any) -> Output | Refusal:
    """Small whole numbers become float32, those of 64 bits float64."""
    given = _number_problem(x1, x2) or of_two(x1, x2)
    if isinstance(given, Refusal) or not isinstance(given.value, TensorType):
        return given
    dtype = given.value.dtype
    if is_integer(dtype):
        dtype = "float64" if dtype == "int64" else "float32"
    return Output(TensorType(dtype, given.value.shape), warnings=given.warnings)


@rule("ops.isin")
def isin(x1: Any, x2: Any) -> Output | Refusal:  # noqa: ARG001 -- Keras's
    """Whether each element is among others."""
    return _number_problem(x1, x1) or Output(TensorType("bool", sizes_of(x1)))


@rule("ops.where")
def where(condition: Any, x1: Any = None, x2: Any = None) -> Output | Refusal:
    """One or the other, by a truth.

    >>> x = TensorType("float32", (2, 3))
    >>> str(where(TensorType("bool", (2, 3)), x, 0).value)
    'float32[2, 3] without its batch'
    """
    if (x1 is None) != (x2 is None):
        helps = "write where(condition, a, b)"
        return Refusal("both values must be given, or none", help=helps, code="wrong-operands")
    if x1 is None:
        shape = condition.shape if isinstance(condition, TensorType) else None
        rank = 0 if shape is None else len(shape)
        made = TensorType("int64", shape)
        surprise = f"the model announces {made}, and the run gives {rank} rows of places"
        return Output(made, warnings=(surprise,))
    condition = _as_number(condition)
    if condition is None:
        return Refusal("a condition is a tensor", "condition", code="cannot-run")
    refusal = operand_problem([condition, x1, x2])
    if refusal is not None:
        return refusal
    met, dtype = meet([condition, x1, x2]), promoted([x1, x2])
    if isinstance(met, Refusal):
        return met
    if isinstance(dtype, Refusal):
        return dtype
    return Output(TensorType(dtype, met[0]), warnings=met[1])
