"""What is drawn: always the same, from all of the catalogue, and a program each."""

from __future__ import annotations

from collections import Counter

import pytest

from dsl.diagnostics import Problems
from dsl.parser import parse
from dsl.source import Source
from tests.differential import programs
from tests.differential.draw import draw, draw_of, symbols
from tests.differential.report import disagreements, summary


def test_a_number_of_a_seed_is_always_the_same_case():
    first = [draw(3, number).program([""]) for number in range(200)]
    assert [draw(3, number).program([""]) for number in range(200)] == first
    assert [programs.draw(3, number) for number in range(20)] == [
        programs.draw(3, number) for number in range(20)
    ]


def test_every_symbol_with_a_rule_can_be_drawn():
    import random

    for symbol in symbols():
        for number in range(5):
            case = draw_of(symbol, number, random.Random(number))
            assert case.application().startswith(symbol.path.removeprefix("keras.").removeprefix("layers."))  # fmt: skip


def test_all_sorts_are_drawn():
    cases = [draw(1, number) for number in range(3000)]
    changes = Counter(case.change for case in cases)
    assert changes[""] > 1500
    assert all(changes[one] for one in ("argument", "rank", "size", "dtype", "missing", "more"))
    dtypes = {one.dtype for case in cases for one in case.inputs}
    assert {"float32", "int32", "bool", "float16", "uint8", "string"} <= dtypes
    sizes = {size for case in cases for one in case.inputs for size in one.sizes}
    assert {None, "T", 1, 9} <= sizes
    assert {0, 1, 2, 3, 4} <= {len(one.sizes) for case in cases for one in case.inputs}
    assert any(case.precision for case in cases)


@pytest.mark.parametrize("number", range(40))
def test_what_is_drawn_is_a_program(number: int):
    for text in (draw(5, number).program([""]), programs.draw(5, number)):
        problems = Problems()
        parse(Source("drawn.graph", text), problems)
        assert not list(problems), text


def test_a_report_counts_and_groups():
    line = {"what": "case", "number": 7, "subject": "Dense", "family": "core", "codes": []}
    lines = [
        {**line, "kind": "accepted", "parameter": ""},
        *(
            {
                **line,
                "kind": "shape",
                "parameter": "units",
                "program": "p",
                "ours": "a",
                "theirs": "b",
            }
            for _ in range(2)
        ),
    ]
    assert "3 cases: 2 disagreements, 666.67 per thousand" in summary(lines)
    assert "## Dense: shape, units (2)" in disagreements(lines)
