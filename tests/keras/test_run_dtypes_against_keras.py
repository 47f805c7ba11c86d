"""What is said not to run is not run by TensorFlow: dtypes of functions, and of operators."""

import warnings

import pytest

from dsl.catalogue import lookup
from dsl.catalogue.application import operands_of, rule_of
from dsl.catalogue.operators import operator
from dsl.catalogue.registry import Refusal
from dsl.catalogue.run_dtypes import LACKING, OTHERWISE, run_problem
from dsl.shapes.types import TensorType

pytestmark = pytest.mark.keras

DTYPES = ("bool", "uint8", "int8", "int32", "int64", "float16", "float32", "float64", "complex64")
NEEDED = {
    "clip": {"x_min": 0, "x_max": 1},
    "threshold": {"threshold": 0.5, "default_value": 0.0},
    "saturate_cast": {"dtype": "float32"},
    **{name: {"q": 0.5} for name in ("quantile", "percentile", "nanquantile", "nanpercentile")},
    "top_k": {"k": 1},
}
ROWS = frozenset({"digitize", "histogram", "searchsorted"})
"""These take a row."""


def of_name(name):
    for space in ("ops", "activations"):
        symbol = lookup.symbol(space, name)
        if symbol is not None:
            return symbol
    return None


def run(name, dtype):
    """What Keras computes at once; None where TensorFlow does not."""
    import keras

    symbol = of_name(name)
    function = getattr(getattr(keras, symbol.namespace), name)
    count = max(1, len(operands_of(rule_of(symbol))) - len(rule_of(symbol).__defaults__ or ()))
    ones = keras.ops.cast(keras.ops.ones((4,) if name in ROWS else (2, 2)), dtype)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            made = function(*[ones] * count, **NEEDED.get(name, {}))
    except Exception:  # noqa: BLE001 -- any will do as a failure
        return None
    return made[0] if isinstance(made, list | tuple) else made


NAMES = [(dtypes, name) for dtypes, names in LACKING for name in names.split()]


def test_functions_run_in_all_dtypes_but_those_that_the_table_says():
    wrong = [
        (name, dtype)
        for dtypes, name in NAMES
        for dtype in DTYPES
        if (run(name, dtype) is None) != (dtype in dtypes)
    ]
    assert wrong == []


def test_runs_give_the_dtypes_that_the_table_says():
    wrong = [
        (name, dtype)
        for name, (dtypes, given) in OTHERWISE.items()
        for dtype in DTYPES
        if dtype in dtypes and run(name, dtype).dtype.name != given
    ]
    assert wrong == []


@pytest.mark.parametrize("name", [name for _, name in NAMES])
def test_the_table_names_functions(name):
    assert of_name(name) is not None


def test_an_operator_is_its_function():
    truths = TensorType("bool", (2, 2))
    assert isinstance(operator("+", truths, truths), Refusal)
    assert run_problem("ops.add", [truths, truths]).code == "cannot-run"
    assert run_problem("ops.add", [truths, 1]) is None
