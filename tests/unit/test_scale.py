"""Large programs: what is written out may be long, what a loop makes of a few lines may not."""

from __future__ import annotations

import pytest

from dsl.compiler import check
from dsl.source import Source

pytestmark = pytest.mark.slow


@pytest.mark.slow
def test_ten_thousand_layers_in_parallel_chains_are_a_program():
    lines = ["input x: [4]"]
    for chain in range(20):
        lines.append(f"x{chain} = Dense(4)(x)")
        lines.extend([f"x{chain} = Dense(4)(x{chain})"] * 499)
    ends = ", ".join(f"x{chain}" for chain in range(20))
    made = check(Source("wide.graph", "\n".join([*lines, f"output y = add([{ends}])\n"])))
    assert made.diagnostics == ()
    assert made.program.params == 10_000 * 20


def test_a_loop_without_measure_is_told_once():
    text = "input x: [4]\nfor i in range(50000):\n    x = Dense(4)(x)\noutput y = x\n"
    found = check(Source("loop.graph", text)).diagnostics
    assert [one.code.id for one in found] == ["limit"]
