"""Any value for any argument of anything in the catalogue is told, or taken: never another exception."""

from __future__ import annotations

import re
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dsl.catalogue import lookup
from dsl.reference.examples import example
from tests.fuzz.target import run

pytestmark = pytest.mark.slow

VALUES = [
    "nowhere", "[nowhere]", "[]", "[[]]", "[none]", "{}", "{a: 1}", '""', '"a"', "none", "true", "-1", "0", "1.5", "-0.0", "1e400",
    "10 ** 20", "[1, 2]", "(1,)", "x", "[x]", "Dense(3)", "relu", "...",
]  # fmt: skip
patient = settings(suppress_health_check=list(HealthCheck))


@cache
def symbols() -> tuple[lookup.Symbol, ...]:
    """Everything in the catalogue, each once."""
    every = (
        lookup.symbol(space, name) for space in lookup.namespaces() for name in lookup.names(space)
    )
    return tuple({one.key: one for one in every if one is not None and one.parameters}.values())


def closing(text: str, opening: int) -> int:
    """Where the bracket is closed that stands at `opening`."""
    depth = 0
    for at in range(opening, len(text)):
        depth += (text[at] in "([{") - (text[at] in ")]}")
        if depth == 0:
            return at
    raise ValueError(text)


def with_argument(text: str, opening: int, name: str, value: str) -> str:
    """A call with one argument set, whatever it was before."""
    end = closing(text, opening)
    inside = text[opening + 1 : end]
    others = re.sub(rf"(^|, ){name}=[^,()\[\]]*(?=,|$)", "", inside)
    return f"{text[: opening + 1]}{others}{', ' if others else ''}{name}={value}{text[end:]}"


@patient
@given(data=st.data())
def test_an_odd_value_is_told_or_taken(data: st.DataObject) -> None:
    symbol = data.draw(
        st.sampled_from(symbols()).filter(lambda one: f"{one.name}(" in example(one).text)
    )
    text = example(symbol).text
    opening = text.index(f"{symbol.name}(") + len(symbol.name)
    for _ in range(data.draw(st.sampled_from([1, 1, 2]))):
        behind = closing(text, opening) + 1
        in_call = symbol.call_parameters and text[behind : behind + 1] == "("
        listed = (
            symbol.call_parameters if in_call and data.draw(st.booleans()) else symbol.parameters
        )
        parameter = data.draw(st.sampled_from(listed))
        place = opening if listed is symbol.parameters else behind
        text = with_argument(text, place, parameter.name, data.draw(st.sampled_from(VALUES)))
    run(text)


@pytest.mark.parametrize(
    "applied",
    [
        "ConvLSTM1D(8, 3)(x, initial_state=[1, 2])",
        "Softmax()(x, mask=-1)",
        "Softmax()(x, mask={})",
        "true_divide([], [])",
        "RNN(GRUCell(8, use_bias=nowhere))(x)",
        "RNN(GRUCell(8, reset_after=none))(x)",
        "Pipeline(nowhere)(x)",
    ],
)
def test_what_failed_once_does_not_fail(applied: str) -> None:
    run(f"input x: [32, 8]\noutput y = {applied}\n")
    run(f"input x: [32, 8, 3]\noutput y = {applied}\n")
