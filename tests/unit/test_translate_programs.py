"""Python of programs that `tests/cases/ok` cannot hold: those that import Python, and what stands around a plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dsl import compiler

if TYPE_CHECKING:
    from collections.abc import Callable

SHARED = """
    from my_code import Scale

    block Twice()(x):
        for _ in range(2):
            x = Scale(2.0)(x)
        return x

    input a: [8]
    input b: [8]
    shared twice = Twice()
    output y: [8] = twice(a) + twice(b)
"""


def test_a_python_layer_of_a_shared_block_is_made_once(checked: Callable) -> None:
    done = checked(SHARED)
    assert 'once(f"scale.{i}", Scale, 2.0)(x)' in compiler.emit(done)
    assert [one.class_name for one in done.program.operations].count("Scale") == 2


def test_what_was_checked_is_shown_in_a_line(checked: Callable) -> None:
    done = checked("input x: [8]\nfor i in range(60): x += Dense(8)(x)\noutput y = x\n")
    assert len(repr(done.program)) < 200


def test_a_variable_that_nothing_reads_says_so(checked: Callable) -> None:
    text = compiler.emit(checked("input x: [8]\nspare = Dense(3)(x)\noutput y = Dense(1)(x)\n"))
    assert '    _spare = layers.Dense(3, name="spare")(x)' in text
