"""Expressions of sizes mean what Python's integers mean, whatever their names stand for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsl.shapes.dims import (
    Size,
    ceil_div,
    floor_div,
    is_positive,
    largest,
    minus,
    plus,
    same,
    smallest,
    substitute,
    times,
)

NAMES = ("T", "U")
OPERATIONS = {
    plus: lambda a, b: a + b,
    minus: lambda a, b: a - b,
    times: lambda a, b: a * b,
    smallest: min,
    largest: max,
}
DIVISIONS = {floor_div: lambda a, b: a // b, ceil_div: lambda a, b: -(-a // b)}

leaves = st.integers(0, 9) | st.sampled_from([Size.named(name) for name in NAMES])
operations = st.sampled_from(sorted(OPERATIONS, key=lambda one: one.__name__))
divisions = st.sampled_from(sorted(DIVISIONS, key=lambda one: one.__name__))


def trees(inner):
    return st.tuples(operations, inner, inner) | st.tuples(divisions, inner, st.integers(1, 5))


expressions = st.recursive(leaves, trees, max_leaves=6)
numbers = st.fixed_dictionaries({name: st.integers(0, 40) for name in NAMES})


def symbolic(tree):
    if isinstance(tree, tuple):
        operation, left, right = tree
        return operation(symbolic(left), symbolic(right))
    return tree


def concrete(tree, sizes):
    if isinstance(tree, tuple):
        operation, left, right = tree
        return {**OPERATIONS, **DIVISIONS}[operation](concrete(left, sizes), concrete(right, sizes))
    return sizes[str(tree)] if isinstance(tree, Size) else tree


@given(expressions, numbers)
def test_an_expression_has_the_value_of_its_parts(tree, sizes):
    assert substitute(symbolic(tree), sizes) == concrete(tree, sizes)


@given(expressions, expressions, numbers)
def test_what_is_proved_holds(left, right, sizes):
    proved = same(symbolic(left), symbolic(right))
    equal = concrete(left, sizes) == concrete(right, sizes)
    assert proved is None or proved == equal
    assert not is_positive(symbolic(left)) or concrete(left, sizes) > 0


@given(expressions)
def test_adding_and_taking_away_leaves_the_same(tree):
    size = symbolic(tree)
    assert minus(plus(size, 4), 4) == size
    assert minus(size, size) == 0
    assert floor_div(times(size, 3), 3) == size


@pytest.mark.parametrize("operation", [plus, minus, floor_div, smallest, largest])
def test_unknown_absorbs(operation):
    assert operation(None, 2) is None


def test_equal_forms_are_equal_keys():
    size = Size.named("T")
    assert {floor_div(times(2, size), 2): "yes"}[size] == "yes"
