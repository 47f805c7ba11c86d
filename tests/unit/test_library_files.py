"""Files that hold blocks for other files: right by themselves, and nothing to build."""

from __future__ import annotations

import pytest

from dsl.compiler import CompileError, check, emit
from dsl.loaders import DictLoader
from dsl.source import Source

BLOCKS = "const twice = 2\n\nblock Wide(n)(x):\n    return x -> Dense(n * twice)\n"


def test_a_file_of_blocks_is_right_by_itself():
    assert check(Source("blocks.graph", BLOCKS)).diagnostics == ()


def test_its_names_are_judged():
    found = check(Source("blocks.graph", BLOCKS.replace("Dense", "Dens"))).diagnostics
    assert [one.code.id for one in found] == ["unknown-name"]


def test_there_is_nothing_to_emit():
    with pytest.raises(CompileError, match="no model to build"):
        emit(check(Source("blocks.graph", BLOCKS)))


def test_another_file_uses_its_blocks_with_its_constants():
    loader = DictLoader({"blocks.graph": BLOCKS})
    text = 'from "blocks.graph" import Wide\ninput x: [4]\noutput y = Wide(3)(x)\n'
    made = check(Source("main.graph", text), loader=loader)
    assert str(made.program.outputs[0].tensor.type) == "float32[6]"
    assert "layers.Dense(n * twice" in emit(made)
