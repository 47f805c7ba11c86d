"""What the fuzzer found is mended for good: each file of `tests/fuzz/found` goes through every pass."""

from pathlib import Path

import pytest

from tests.fuzz.target import run

pytestmark = pytest.mark.slow

FOUND = sorted((Path(__file__).parents[1] / "fuzz/found").iterdir())


@pytest.mark.parametrize("path", FOUND, ids=lambda path: path.name)
def test_a_text_that_failed_once_does_not_fail(path):
    run(path.read_bytes().decode("utf-8", "replace"))
