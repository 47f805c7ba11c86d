"""The pytest plugin: `*.graph` files as tests, and a fixture for graphs in tests.

pytest imports this file at every start: what it needs comes when it is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from dsl.testing.fixture import GraphOf
    from dsl.testing.items import GraphFile


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the settings and flags of `docs/pytest.md`."""
    parser.addini("dslc_graphs", "collect *.graph files as tests", type="bool", default=False)
    parser.addini(
        "dslc_values", "values of $names for collected graphs: lines name = literal", "linelist", []
    )
    group = parser.getgroup("dslc", "graphs of layers")
    group.addoption(
        "--dslc-build",
        dest="dslc_build",
        action="store_true",
        default=None,
        help="build the model of each collected graph (the default where Keras is installed)",
    )
    group.addoption(
        "--no-dslc-build",
        dest="dslc_build",
        action="store_false",
        help="check and compile collected graphs without building their models",
    )


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> GraphFile | None:
    """Collect a graph file, where `dslc_graphs` asks for it."""
    if file_path.suffix != ".graph" or not parent.config.getini("dslc_graphs"):
        return None
    from dsl.testing.items import GraphFile  # noqa: PLC0415 -- only where graphs are collected

    return GraphFile.from_parent(parent, path=file_path)


@pytest.fixture
def dslc_graph(request: pytest.FixtureRequest) -> GraphOf:
    """A function from a graph to what the compiler makes of it.

    Call it with a text, or with a `pathlib.Path` relative to the test file, and with values of
    `$names` as keywords. What it returns has `program`, `python`, `warnings` and `model`.
    """
    from dsl.testing.fixture import GraphOf  # noqa: PLC0415 -- only where a test asks for it

    return GraphOf(request.path.parent)
