"""What tests of whole programs have in common: sources as text, checked without Keras."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from dsl import compiler
from dsl.catalogue import lookup, versions
from dsl.loaders import DictLoader
from dsl.source import Source
from tests.keras.older import installed

if TYPE_CHECKING:
    from collections.abc import Callable

    from dsl.compiler import Compilation


# The same draws in each run: what fails has failed of a change. `--hypothesis-profile wide` draws anew, and many.
settings.register_profile("steady", derandomize=True, deadline=None)
settings.register_profile("wide", max_examples=5_000, deadline=None, print_blob=True)
settings.load_profile("steady")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the flag that writes expected texts anew."""
    parser.addoption("--update", action="store_true", help="write the texts of tests/cases anew")


@pytest.fixture
def update(request: pytest.FixtureRequest) -> bool:
    """Whether the expected texts of `tests/cases` are to be written anew."""
    return bool(request.config.getoption("--update"))


@pytest.fixture
def checked() -> Callable[..., Compilation]:
    """A program checked: `checked(text, files={"blocks.graph": text}, units=64)`."""

    def run(text: str, files: dict[str, str] | None = None, **values: object) -> Compilation:
        loader = DictLoader({name: dedent(one) for name, one in (files or {}).items()})
        return compiler.check(Source("test.graph", dedent(text)), loader=loader, values=values)

    return run


@pytest.fixture
def told(checked: Callable[..., Compilation]) -> Callable[..., list[tuple[str, str]]]:
    """What is said of a program: each code with the stretch of source that it points at."""

    def run(text: str, **options: object) -> list[tuple[str, str]]:
        found = checked(text, **options).diagnostics
        return [(one.code.id, one.span.text) for one in found]

    return run


@pytest.fixture
def accepts(told: Callable[..., list[tuple[str, str]]]) -> Callable[..., None]:
    """That nothing at all is said of a program."""

    def run(text: str, **options: object) -> None:
        assert told(text, **options) == []

    return run


@pytest.fixture
def rejects(told: Callable[..., list[tuple[str, str]]]) -> Callable[..., None]:
    """That exactly one thing is said of a program: this code, of this stretch where one is given."""

    def run(text: str, code: str, place: str | None = None, **options: object) -> None:
        found = told(text, **options)
        assert [one for one, _ in found] == [code], found
        if place is not None:
            assert found[0][1] == place

    return run


@pytest.fixture
def shape_of(checked: Callable[..., Compilation]) -> Callable[..., list[str]]:
    """The types of a program's outputs, in order."""

    def run(text: str, **options: object) -> list[str]:
        done = checked(text, **options)
        assert done.ok, [one.message for one in done.diagnostics]
        return [str(one.tensor.type) for one in done.program.outputs]

    return run


@pytest.fixture
def names_in(checked: Callable[..., Compilation]) -> Callable[..., list[str]]:
    """The names of a program's operations, inputs left out, in order."""

    def run(text: str, **options: object) -> list[str]:
        done = checked(text, **options)
        assert done.ok, [one.message for one in done.diagnostics]
        return [one.name for one in done.program.operations if one.kind != "input"]

    return run


OF_THE_NEWEST = frozenset(
    {
        "test_arguments_against_keras",
        "test_constants_against_keras",
        "test_costs",
        "test_found",
        "test_functions_in_programs",
        "test_image_ops_against_keras",
        "test_keras_notes_against_keras",
        "test_layer_run_dtypes_against_keras",
        "test_linalg_against_keras",
        "test_masks_against_keras",
        "test_numbers_against_keras",
        "test_quantizing_against_keras",
        "test_reference_examples",
        "test_run_dtypes_against_keras",
        "test_silent_values_against_keras",
        "test_sparse_against_keras",
        "test_wrappers_against_keras",
    }
)
"""Files that hold the catalogue's own Keras to what is said of it: what an older one does there is not recorded."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Pass over what only the catalogue's own Keras is asked."""
    ours, there = lookup.keras_version(), installed()
    if versions.minor(ours) == there:
        return
    reason = f"the catalogue is of Keras {ours}, and {there} is installed"
    for one in items:
        if one.path.stem in OF_THE_NEWEST:
            one.add_marker(pytest.mark.skip(reason=reason))
