"""Every right program of the documentation builds, with the shapes and parameters announced."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest

from dsl import compiler
from dsl.loaders import DictLoader
from dsl.source import Source

pytestmark = pytest.mark.keras

UNIT = Path(__file__).resolve().parents[1] / "unit"
PROGRAMS = [
    one
    for one in runpy.run_path(str(UNIT / "test_docs.py"))["PROGRAMS"]
    if one.tag == "" and "from my_" not in one.text and "imagenet" not in one.text
]


def announced(shape: tuple[Any, ...]) -> tuple[int | None, ...]:
    return tuple(size if isinstance(size, int) else None for size in shape)


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.where)
def test_a_program_of_the_documentation_builds_as_announced(program: Any) -> None:
    import keras

    keras.utils.clear_session()
    checked = compiler.check(Source("page.graph", program.text), loader=DictLoader(program.files))
    names: dict[str, Any] = {"__name__": "page"}
    exec(compiler.emit(checked), names)  # noqa: S102 -- the code under test
    model = names["build_model"]()
    if "compile_model" in names:
        names["compile_model"](model)
    ours = [
        (one.tensor.type.dtype, announced(one.tensor.type.shape)) for one in checked.program.outputs
    ]
    assert ours == [(one.dtype, tuple(one.shape)) for one in model.outputs]
    assert checked.program.params == model.count_params()
