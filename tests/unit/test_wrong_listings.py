"""The programs in `examples/wrong` are told apart from right ones, in words of their own."""

from __future__ import annotations

from pathlib import Path

import pytest

from dsl import compiler
from dsl.files import read_source

WRONG = Path(__file__).resolve().parents[2] / "examples" / "wrong"

# file: code, what it points at, and what the message with its labels and help must name
EXPECTED = {
    "unconnected": ("unused-input", "unrelated", ("unrelated", "x")),
    "misspelt_loss": (
        "unknown-loss",
        "categorical_cross_entropy",
        ("categorical_cross_entropy", "categorical_crossentropy"),
    ),
    "swapped_embedding": ("swapped", "256, vocabulary", ("256", "50000", "Embedding")),
    "inception_without_padding": (
        "shape-mismatch",
        "concatenate([a, b, c, d])",
        ("[32, 32, 128]", "[31, 31, 128]", "[29, 29, 128]", "[30, 30, 128]"),
    ),
    "residual_without_shortcut": (
        "shape-mismatch",
        "add([y, x])",
        ("[16, 16, 128]", "[32, 32, 64]"),
    ),
}


@pytest.mark.parametrize(("name", "expected"), EXPECTED.items(), ids=list(EXPECTED))
def test_a_wrong_listing_is_told_at_its_place_and_in_its_words(
    name: str, expected: tuple[str, str, tuple[str, ...]]
) -> None:
    code, place, words = expected
    (found,) = compiler.check(read_source(str(WRONG / f"{name}.graph"))).diagnostics
    said = " ".join([found.message, *(label.message for label in found.labels), found.help])
    assert (found.code.id, found.span.text) == (code, place)
    assert [word for word in words if word not in said] == []


def test_every_wrong_listing_is_expected() -> None:
    assert {path.stem for path in WRONG.glob("*.graph")} == set(EXPECTED)
