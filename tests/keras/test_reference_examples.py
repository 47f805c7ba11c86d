"""Every example that `dslc layers` shows builds, with the types and parameters that it announces."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import pytest

from dsl import compiler
from dsl.reference.examples import example
from dsl.reference.groups import groups

if TYPE_CHECKING:
    from dsl.shapes.types import TensorType

pytestmark = pytest.mark.keras

GROUPS = [one for one in groups() if one.name != "applications"]
NEEDS_MORE = frozenset({"BackupAndRestore", "OrbaxCheckpoint", "TensorBoard", "SwapEMAWeights"})
"""Callbacks that write as they are made, or need another package."""


def _announced(type_: TensorType) -> tuple[Any, Any]:
    return type_.dtype, type_.shape and tuple(
        size if isinstance(size, int) else None for size in type_.shape
    )


def _disagreement(checked: compiler.Compilation) -> str:
    """How the model that Keras builds differs from what was announced; empty where it doesn't."""
    names: dict[str, Any] = {"__name__": "example"}
    try:
        exec(compiler.emit(checked), names)  # noqa: S102 -- the code under test
        model = names["build_model"]()
        if "compile_model" in names:
            names["compile_model"](model)
    except Exception as problem:  # noqa: BLE001 -- whatever Keras says, it refuses
        return f"{type(problem).__name__}: {str(problem)[:200]}"
    announced = [_announced(one.tensor.type) for one in checked.program.outputs]
    ours = [*announced, checked.program.params]
    theirs = [*((one.dtype, tuple(one.shape)) for one in model.outputs), model.count_params()]
    return "" if ours == theirs else f"announced {ours}, built {theirs}"


def _is_open(checked: compiler.Compilation) -> bool:
    """Whether the checker says itself that it does not know what comes out."""
    return any(one.tensor.type.shape is None for one in checked.program.outputs)


@pytest.mark.parametrize("group", GROUPS, ids=lambda one: one.name)
def test_the_examples_of_a_group_build_as_announced(group: Any) -> None:
    import keras

    keras.utils.clear_session()
    wrong = {}
    for symbol in group.symbols:
        shown = example(symbol)
        if shown.checked is None or symbol.name in NEEDS_MORE or _is_open(shown.checked):
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            said = _disagreement(shown.checked)
        if said:
            wrong[symbol.path] = said
    assert wrong == {}
