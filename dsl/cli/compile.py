"""`dslc FILE.graph [-o OUT.py]`: from a graph to Python."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from dsl.cli.options import add_templates, checked, emitted, fails, hint, parser
from dsl.cli.status import DONE, ERRORS, UsageProblem
from dsl.cli.streams import report, write_stdout
from dsl.files import write_whole

if TYPE_CHECKING:
    from dsl.compiler import Compilation


def run(argv: list[str]) -> int:
    """Compile a file and write its Python, unless it has errors."""
    made = parser("", "Compiles a graph to Python.")
    made.add_argument("file", metavar="FILE.graph", help="the graph; `-` reads standard input")
    made.add_argument(
        "-o", dest="output", metavar="OUT.py", help="where to write; standard output by default"
    )
    add_templates(made)
    options, rest = made.parse_known_args(argv)
    if rest:
        made.error(f"unrecognized arguments: {' '.join(rest)}{hint(options.file)}")
    (compilation,) = checked([options.file], options)
    _refuse_to_overwrite(options.output, compilation)
    report(compilation.diagnostics)
    if fails([compilation], options):
        return ERRORS
    _put(emitted(compilation, options), options.output)
    return DONE


def _put(text: str, output: str | None) -> None:
    if output in {None, "-"}:
        write_stdout(text)
    else:
        write_whole(str(output), text)


def _refuse_to_overwrite(output: str | None, compilation: Compilation) -> None:
    if output is None or not os.path.exists(output):  # noqa: PTH110 -- pathlib starts slowly
        return
    for name in (compilation.source.name, *compilation.program.trees):
        if os.path.exists(name) and os.path.samefile(name, output):  # noqa: PTH110, PTH121
            raise UsageProblem(f"-o {output} would overwrite the source {name}")
