"""Operators and subscripts of tensors announce what Keras's own announce."""

import operator as python
from itertools import product

import pytest

from dsl.catalogue.operators import operator, operator_class, subscript, unary
from dsl.catalogue.registry import Refusal
from dsl.shapes.dims import Size
from dsl.shapes.types import TensorType
from tests.tensors import tensor

pytestmark = pytest.mark.keras

DTYPES = ("bool", "uint8", "int32", "int64", "float16", "bfloat16", "float32")
OPERATORS = {
    "+": python.add,
    "-": python.sub,
    "*": python.mul,
    "/": python.truediv,
    "//": python.floordiv,
    "%": python.mod,
    "**": python.pow,
    "@": python.matmul,
    "&": python.and_,
    "|": python.or_,
    "^": python.xor,
    "<": python.lt,
    "<=": python.le,
    ">": python.gt,
    ">=": python.ge,
}
UNARY = {"-": python.neg, "~": python.invert, "abs": abs}


def as_keras(value):
    import keras

    if not isinstance(value, TensorType):
        return value
    shape = [size if isinstance(size, int) else None for size in value.shape]
    return keras.KerasTensor(shape, dtype=value.dtype)


def disagreement(words, ours, make):
    """How Keras and we differ; empty where both refuse or announce the same."""
    late = isinstance(ours, Refusal) and ours.code == "cannot-run"
    try:
        theirs = make()
    except Exception as problem:  # noqa: BLE001 -- any will do as a refusal
        return "" if isinstance(ours, Refusal) and not late else f"{words}: Keras says {problem}"
    if late:
        return ""
    if isinstance(ours, Refusal):
        return f"{words}: ours refuses ({ours.words}), Keras gives {theirs}"
    shape = tuple(size if isinstance(size, int) else None for size in ours.value.shape)
    own, other = (shape, ours.value.dtype), (theirs.shape, theirs.dtype)
    return "" if own == other else f"{words}: ours {own}, Keras {other}"


PAIRS = [
    (tensor(4, 4), tensor(4, 4)),
    (tensor(4, 4), tensor(4)),
    (tensor(4, 4), tensor(1, 4)),
    (tensor(4, 4), tensor(3, 4)),
    (tensor(4, None), tensor(4, 4)),
    (tensor(Size.named("T"), 4), tensor(4, 4)),
    (tensor(4, 4), TensorType("float32", (4, 4))),
    *[(tensor(4, 4, dtype=a), tensor(4, 4, dtype=b)) for a, b in product(DTYPES, DTYPES)],
    *[(tensor(4, 4, dtype=a), number) for a in DTYPES for number in (2, 0.5, True)],
    *[(number, tensor(4, 4, dtype=a)) for a in DTYPES for number in (2, 0.5)],
]


@pytest.mark.parametrize("op", OPERATORS)
def test_operators_of_two(op):
    said = [
        disagreement(
            f"{left} {op} {right}",
            operator(op, left, right),
            lambda a=left, b=right: OPERATORS[op](as_keras(a), as_keras(b)),
        )
        for left, right in PAIRS
    ]
    assert [words for words in said if words] == []


@pytest.mark.parametrize("op", UNARY)
def test_operators_of_one(op):
    said = [
        disagreement(dtype, unary(op, x), lambda a=x: UNARY[op](as_keras(a)))
        for dtype in DTYPES
        for x in [tensor(4, dtype=dtype)]
    ]
    assert [words for words in said if words] == []


def test_operators_bear_the_names_that_keras_gives_them():
    x = as_keras(tensor(4, 4))
    names = {op: type(apply(x, x)._keras_history[0]).__name__ for op, apply in OPERATORS.items()}
    assert {op: operator_class(op) for op in OPERATORS} == names
    names = {op: type(apply(x)._keras_history[0]).__name__ for op, apply in UNARY.items()}
    assert {op: operator_class(op, unary=True) for op in UNARY} == names


ITEMS = [
    [slice(None), 0],
    [slice(None), -1],
    [slice(None), 10],
    [slice(None), -11],
    [slice(None), slice(2, 5)],
    [slice(None), slice(None, None, -2)],
    [slice(None), slice(5, 2)],
    [slice(None), slice(-3, None)],
    [slice(None), slice(0, 100)],
    [slice(None), slice(None), slice(1, None)],
    [slice(None), slice(None), 3, 0],
    [slice(None), None],
    [..., 0],
    [..., None],
    [..., slice(1, 3)],
    [slice(None), ..., -1],
    [0],
    [-1],
    [0, ..., 1],
    [..., ..., 0],
    [slice(None), 2.0],
    [None, 0],
]


def test_subscripts():
    said = []
    for x, items in product([tensor(10, 8), tensor(None, 8), tensor(5, 6, 7)], ITEMS):
        words = f"{x}{items}"
        said.append(
            disagreement(words, subscript(x, items), lambda a=x, b=items: as_keras(a)[tuple(b)])
        )
    assert [words for words in said if words] == []


def test_the_batch_is_not_sliced():
    given = subscript(tensor(10, 8), [slice(0, 2)])
    assert isinstance(given, Refusal)
    assert given.words == "the batch cannot be sliced"
