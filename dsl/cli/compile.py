"""`dslc FILE.graph [-o OUT.py]`: from a graph to Python."""

from __future__ import annotations

from dsl.cli.options import add_templates, checked, emitted, fails, hint, parser
from dsl.cli.outputs import put, refuse_to_overwrite
from dsl.cli.status import DONE, ERRORS
from dsl.cli.streams import report


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
    refuse_to_overwrite(options.output, compilation)
    report(compilation.diagnostics)
    if fails([compilation], options):
        return ERRORS
    put(emitted(compilation, options), options.output)
    return DONE
