"""A sample of what `make differential` draws by the hundred thousand: nobody disagrees with Keras."""

from __future__ import annotations

from collections import Counter
from importlib.metadata import version

import pytest

from dsl.catalogue import lookup
from tests.differential.chunk import verdicts
from tests.differential.report import disagreements
from tests.differential.verdict import DISAGREEMENTS

pytestmark = pytest.mark.keras

SEED = 2026


@pytest.fixture(scope="module", autouse=True)
def _same_keras() -> None:
    """The catalogue is compared with the Keras that it was taken from, and no other."""
    ours, there = lookup.keras_version(), version("keras")
    if ours.rsplit(".", 1)[0] != there.rsplit(".", 1)[0]:
        pytest.skip(f"the catalogue is of Keras {ours}, and {there} is installed")


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("what", "count"), [("case", 1000), ("program", 100)])
def test_a_sample_agrees_with_keras(what: str, count: int) -> None:
    lines = list(verdicts(what, SEED, 0, count))
    kinds = Counter(line["kind"] for line in lines)
    wrong = sum(kinds[kind] for kind in DISAGREEMENTS)
    assert wrong == 0, f"{dict(kinds)}\n{disagreements(lines)}"
    assert kinds["accepted"] > count / 3, dict(kinds)
    assert kinds["refused"] > count / 10, dict(kinds)
