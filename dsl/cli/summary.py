"""`dslc summary FILE`: each layer with its shape, dtype and parameters."""

from __future__ import annotations

from dsl.cli.options import add_json, checked, fails, parser
from dsl.cli.status import DONE, ERRORS
from dsl.cli.streams import report, report_json, write_stdout


def run(argv: list[str]) -> int:
    """Print the summary of a file, unless it has errors."""
    made = parser("summary", "Shows each layer of a graph, without TensorFlow.")
    made.add_argument("file", metavar="FILE.graph", help="the graph; `-` reads standard input")
    add_json(made)
    options = made.parse_args(argv)
    (compilation,) = checked([options.file], options)
    failed = fails([compilation], options)
    if failed and options.json:
        report_json(compilation.diagnostics)
    else:
        report(compilation.diagnostics)
    if failed:
        return ERRORS
    if options.json:
        from dsl.views.json import summary_json as view  # noqa: PLC0415 -- one of the two
    else:
        from dsl.views.summary import summary_text as view  # noqa: PLC0415
    write_stdout(view(compilation.program))
    return DONE
