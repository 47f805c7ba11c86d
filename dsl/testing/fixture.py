"""What the fixture `dslc_graph` gives to a test."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dsl import api
from dsl.build import build
from dsl.compiler import CompileError, emit

if TYPE_CHECKING:
    from dsl.compiler import Compilation
    from dsl.diagnostics import Diagnostic
    from dsl.graph import Program


class Graph:
    """A checked graph without errors."""

    def __init__(self, compilation: Compilation) -> None:
        """Keep what was checked."""
        self._compilation = compilation

    @property
    def program(self) -> Program:
        """Its operations, inputs, outputs and training."""
        return self._compilation.program

    @property
    def warnings(self) -> tuple[Diagnostic, ...]:
        """What the compiler warns of."""
        return self._compilation.diagnostics

    @cached_property
    def python(self) -> str:
        """The Python that it compiles to."""
        return emit(self._compilation)

    @cached_property
    def model(self) -> Any:
        """The Keras model, built once; needs Keras."""
        return build(self._compilation)


class GraphOf:
    """Checks a text or a file and gives a `Graph`."""

    def __init__(self, folder: Path) -> None:
        """Keep the folder that paths are relative to."""
        self._folder = folder

    def __call__(self, program: str | Path, **values: Any) -> Graph:
        """Check a graph.

        Args:
            program: a text, or the path of a file, relative to the test's.
            values: what each `$name` stands for.

        Raises:
            CompileError: where it has errors; its words are the diagnostics.
            TypeError: where a value is given that the graph does not use.
        """
        __tracebackhide__ = True
        source = self._folder / program if isinstance(program, Path) else program
        compilation = api.check(source, values=values)
        if not compilation.ok:
            raise CompileError(compilation.diagnostics)
        if compilation.unused_values:
            raise TypeError(f"the graph has no ${compilation.unused_values[0]}")
        return Graph(compilation)
