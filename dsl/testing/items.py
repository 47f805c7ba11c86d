"""Graph files as tests: each is checked, compiled, built, and compared with what was announced."""

from __future__ import annotations

import os
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import pytest

from dsl.build import build
from dsl.compiler import CompileError, check, emit
from dsl.files import FileProblem, loader_beside, read_source
from dsl.outside import LiteralProblem, assignment
from dsl.testing.compare import differences

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Differs(Exception):  # noqa: N818 -- a finding, told in lines
    """A built model that is not what the compiler announced."""


class GraphFile(pytest.File):
    """A graph file: one test."""

    def collect(self) -> Iterator[GraphItem]:
        """The one test of the file."""
        yield GraphItem.from_parent(self, name="graph")


class GraphItem(pytest.Item):
    """The test of a graph file."""

    def runtest(self) -> None:
        """Check, compile, build, compare."""
        source = read_source(_shown(self.path, self.config.rootpath))
        compilation = check(source, loader=loader_beside(source), values=_values(self.config))
        if not compilation.ok:
            raise CompileError(compilation.diagnostics)
        if compilation.is_library:
            return
        emit(compilation)
        if _builds(self.config):
            found = differences(compilation.program, build(compilation))
            if found:
                raise Differs("\n".join([f"{source.name}: the built model differs", *found]))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], *args: Any) -> Any:
        """The diagnostics, and nothing of Python's; for what is no fault of the graph, as ever."""
        if isinstance(excinfo.value, CompileError | Differs | FileProblem | LiteralProblem):
            return str(excinfo.value)
        return super().repr_failure(excinfo, *args)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where the test is and what it is called."""
        return self.path, 0, self.nodeid


def _shown(path: Path, root: Path) -> str:
    """The path from the root, where that names the file from where pytest runs, too."""
    short = os.path.relpath(path, root)
    same = os.path.exists(short) and os.path.samefile(path, short)  # noqa: PTH110, PTH121
    return short if same else str(path)


def _builds(config: pytest.Config) -> bool:
    wanted = config.getoption("dslc_build")
    return bool(find_spec("keras") if wanted is None else wanted)


def _values(config: pytest.Config) -> dict[str, Any]:
    values = {}
    for line in config.getini("dslc_values"):
        try:
            name, value = assignment(line)
        except LiteralProblem as problem:
            raise LiteralProblem(f"dslc_values: {line}: {problem}") from problem
        values[name] = value
    return values
