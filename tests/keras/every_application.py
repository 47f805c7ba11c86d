"""What each model of `keras.applications` costs, beside TensorFlow's profiler: `make costs`, half an hour.

The name keeps it out of the ordinary run, which takes a sample (`test_costs.py`). It prints which share of all that the
profiler counts are products, at the size that the model is made for.
"""

from __future__ import annotations

import runpy
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from dsl.catalogue import lookup
from dsl.catalogue.application import apply
from dsl.catalogue.registry import Output, Policy
from dsl.catalogue.rules.applications import models
from dsl.shapes.dims import BATCH
from dsl.shapes.types import TensorType

if TYPE_CHECKING:
    from collections import Counter

PROFILING = runpy.run_path(str(Path(__file__).with_name("profiling.py")))
OTHER_SIZES = ((160, 160), (97, 130))


@pytest.mark.parametrize("name", models())
def test_as_it_is_made(name: str, capsys: Any):
    size = models()[name]["default_size"]
    ours, found = measured(name, (size, size), include_top=True)
    share = 100 * (1 - products(found) / sum(found.values()))
    with capsys.disabled():
        sys.stdout.write(
            f"\n{name}: {ours:,} multiply-adds; {share:.2f} % of operations are none\n"
        )
    assert 2 * ours == products(found)


@pytest.mark.parametrize("sides", OTHER_SIZES, ids=str)
@pytest.mark.parametrize("name", models())
def test_its_features_of_another_size(name: str, sides: tuple[int, int]):
    ours, found = measured(name, sides, include_top=False)
    assert 2 * ours == products(found)


def measured(name: str, sides: tuple[int, int], **settings: Any) -> tuple[int, Counter[str]]:
    """Our multiply-adds, and the profiler's operations by kind."""
    import keras

    given = {"weights": None, **settings}
    image = TensorType("float32", (BATCH, *sides, 3))
    made = apply(lookup.by_key(f"applications.{name}"), given, [image], {}, Policy())
    assert isinstance(made, Output)
    assert made.madds is not None
    model = getattr(keras.applications, name)(input_shape=(*sides, 3), **given)
    return made.madds, PROFILING["operations_of"](model, ((1, *sides, 3), "float32"))


def products(found: Counter[str]) -> int:
    return sum(count for kind, count in found.items() if kind in PROFILING["PRODUCTS"])
