"""`%%graph` and `%graph`: check, show, build and train."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from IPython.core.magic import (  # noqa: TID253 -- a magic is IPython's
    Magics,
    cell_magic,
    line_cell_magic,
    magics_class,
    needs_local_scope,
    no_var_expand,
)

from dsl.compiler import CompileError, check, emit
from dsl.diagnostics import Problems
from dsl.files import FileProblem, read_source, write_whole
from dsl.formatter import format_source
from dsl.source import Source
from magics.display import show_python, show_summary, show_warnings
from magics.options import Asked, cell_parser, line_parser, parsed
from magics.own_code import NotebookLoader
from magics.problems import GraphError, remember
from magics.variables import Variables

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from dsl.compiler import Compilation
    from dsl.loaders import Loader


@magics_class
class GraphMagics(Magics):  # type: ignore[misc]  # IPython has no types here
    """The magics of graphs."""

    @no_var_expand  # type: ignore[untyped-decorator]
    @needs_local_scope  # type: ignore[untyped-decorator]
    @line_cell_magic  # type: ignore[untyped-decorator]
    def graph(self, line: str, cell: str | None = None, local_ns: Any = None) -> None:
        """Check a graph of layers, show its summary and build its Keras model."""
        __tracebackhide__ = True
        try:
            self._graph(line, cell, local_ns)
        except Asked as answer:
            print(answer)  # noqa: T201 -- the answer to --help
        except CompileError as error:
            raise GraphError(str(error), error.diagnostics) from error.__cause__
        except FileProblem as problem:
            raise GraphError(str(problem)) from None

    @no_var_expand  # type: ignore[untyped-decorator]
    @cell_magic  # type: ignore[untyped-decorator]
    def graph_fmt(self, line: str, cell: str) -> None:
        """Lay a graph out anew: the cell becomes `%%graph`, with the same options, in one layout."""
        __tracebackhide__ = True
        problems = Problems()
        text = format_source(Source("cell", "\n" + cell), problems)
        if text is None:
            found = tuple(problems)
            raise GraphError(str(CompileError(found)), found)
        head = f"%%graph {line}".rstrip()
        self.shell.set_next_input(f"{head}\n{text.rstrip()}", replace=True)

    def _graph(self, line: str, cell: str | None, local_ns: Mapping[str, Any] | None) -> None:
        options = parsed(line_parser() if cell is None else cell_parser(), line)
        variables = Variables(local_ns, self.shell.user_ns)
        source, loader = _source(options, cell, variables)
        name = "" if cell is None else options.name
        compilation = check(source, loader=loader, values=variables, name=name)
        if not compilation.ok:
            raise CompileError(compilation.diagnostics)
        _show(compilation, options)
        if not options.check:
            self._build(compilation, options, variables)

    def _build(
        self, compilation: Compilation, options: argparse.Namespace, variables: Variables
    ) -> None:
        from dsl.build import Script, require_installed  # noqa: PLC0415 -- where a model is built
        from magics.keras_import import import_keras  # noqa: PLC0415 -- as above

        require_installed(compilation)
        import_keras()
        try:
            script = Script(compilation)
            model = script.model()
            self.shell.push({options.name: model})
            if options.fit:
                from magics.fit import fit  # noqa: PLC0415 -- as above

                fit(self.shell, script, model, options, variables)
        except CompileError as error:
            if not options.traceback or error.__cause__ is None:
                raise
            for one in compilation.program.trees.values():
                remember(one.source)
            raise error.__cause__ from None


def _source(
    options: argparse.Namespace, cell: str | None, variables: Variables
) -> tuple[Source, Loader]:
    """The program: the lines of the cell count as the notebook shows them, the magic's first."""
    if cell is not None:
        return Source("cell", "\n" + cell), NotebookLoader(os.curdir, variables)
    source = read_source(os.path.expanduser(options.file))  # noqa: PTH111 -- as it was written
    return source, NotebookLoader(os.path.dirname(source.name), variables)  # noqa: PTH120


def _show(compilation: Compilation, options: argparse.Namespace) -> None:
    show_warnings(compilation.diagnostics)
    if not options.quiet:
        show_summary(compilation.program)
    if options.python:
        show_python(emit(compilation))
    if options.output:
        write_whole(os.path.expanduser(options.output), emit(compilation))  # noqa: PTH111


GraphMagics.graph.__doc__ = cell_parser().format_help()
