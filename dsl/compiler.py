"""The compiler: the order of the passes, as steps that can stop anywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dsl import codes
from dsl.checker.check import check as check_tree
from dsl.checker.newer import newer, otherwise
from dsl.diagnostics import Diagnostic, Problems
from dsl.lints import run_lints
from dsl.loaders import DictLoader
from dsl.parser import parse
from dsl.records import Record
from dsl.suppress import allowed

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import CodeType

    from dsl.emit import plan
    from dsl.graph import Program
    from dsl.loaders import Loader
    from dsl.source import Source


class CompileError(Exception):
    """A program with errors where a right one is needed; its text is the rendered diagnostics."""

    def __init__(self, diagnostics: tuple[Diagnostic, ...]) -> None:
        """Keep the diagnostics."""
        self.diagnostics = diagnostics
        super().__init__(diagnostics)

    def __str__(self) -> str:
        """The diagnostics as text."""
        from dsl.report.text import render_all  # noqa: PLC0415 -- only where it is shown

        return render_all(self.diagnostics)


class Compilation(Record):
    """A checked source.

    Args:
        source: the main one.
        diagnostics: errors and warnings, those that comments allow left out, in the order of the source.
        program: what was proved; where there are errors, as far as it could be.
        unused_values: names of the given values that no `$name` reads.
    """

    source: Source
    diagnostics: tuple[Diagnostic, ...]
    program: Program
    unused_values: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether there is no error."""
        return all(one.severity != "error" for one in self.diagnostics)

    @property
    def is_library(self) -> bool:
        """Whether it holds blocks for other files, and no model of its own."""
        return self.ok and not self.program.outputs

    def require_model(self) -> None:
        """Raise what is wrong, or that there is no model.

        Raises:
            CompileError: where there is an error, or nothing to build.
        """
        self.require_ok()
        if self.is_library:
            raise CompileError(
                (
                    Diagnostic(
                        codes.NO_OUTPUT,
                        self.source.span(0, 0),
                        "this file holds blocks for other files, and no model to build",
                        f'import them: from "{self.source.name}" import …; or give it an input and an output',
                    ),
                )
            )

    def require_keras(self, version: str) -> None:
        """Raise what a version of Keras does not have yet.

        Raises:
            CompileError: where the program uses something that came later.
        """
        found = newer(self.program, version)
        if found:
            raise CompileError(tuple(found))

    def require_ok(self) -> None:
        """Raise what is wrong.

        Raises:
            CompileError: where there is an error.
        """
        if not self.ok:
            raise CompileError(self.diagnostics)


def check(
    source: Source,
    *,
    loader: Loader | None = None,
    values: Mapping[str, Any] | None = None,
    sizes: Mapping[str, int] | None = None,
    name: str = "",
    keras: str = "",
) -> Compilation:
    """Read and check a source: nothing of it, or of what it imports, is run.

    Args:
        source: the main source.
        loader: how it reaches other graph files; without one it reaches none.
        values: what `$names` stand for.
        sizes: numbers that named sizes of the inputs are taken for; `program.sizes` says which there are.
        name: the model's name; by default the stem of the source's name.
        keras: the version of Keras that it is for: `3.13`; by default the newest that is known.
    """
    problems = Problems()
    given = dict(values or {})
    tree = parse(source, problems)
    checked = check_tree(tree, problems, loader or DictLoader({}), given, sizes or {})
    run_lints(checked.frame, checked.live)
    program, used = checked.program, checked.frame.state.outside_used
    program.name = name or program.name
    if keras:
        problems.extend((*newer(program, keras), *otherwise(program, keras)))
    found = tuple(problems)
    for one in program.trees.values():
        found = tuple(allowed(one, found))
    return Compilation(source, found, program, tuple(name for name in given if name not in used))


def module(compilation: Compilation) -> plan.Module:
    """The plan of the Python that a program becomes.

    Raises:
        CompileError: where the program has errors.
    """
    from dsl.translate import translate  # noqa: PLC0415 -- checking alone needs no emission

    compilation.require_model()
    return translate(compilation.program, compilation.source)


def emit(compilation: Compilation, *, templates: str | None = None) -> str:
    """The program as Python.

    Args:
        compilation: a checked source.
        templates: a folder of templates that stand in for ours.

    Raises:
        CompileError: where the program has errors.
        TemplateProblem: where a template of the user's is wrong.
    """
    from dsl.emit.text import render  # noqa: PLC0415 -- as above

    return render(module(compilation), templates)


def located(compilation: Compilation, filenames: Mapping[str, str] | None = None) -> list[CodeType]:
    """The program as code objects whose positions lie in the graph, to be executed in turn in one namespace.

    Args:
        compilation: a checked source.
        filenames: what code from a source is said to come from, by the source's name; the name itself if missing.

    Raises:
        CompileError: where the program has errors.
    """
    from dsl.emit.python_ast import compile_located  # noqa: PLC0415 -- only what is built needs it
    from dsl.emit.text import render  # noqa: PLC0415 -- as above

    plan_of_it = module(compilation)
    return compile_located(render(plan_of_it), plan_of_it, filenames)
