"""`dslc plot FILE -o OUT.svg`: a picture of a graph, without TensorFlow and without a drawing program."""

from __future__ import annotations

import argparse

from dsl.cli.options import add_sizes, checked, fails, parser
from dsl.cli.outputs import put, refuse_to_overwrite
from dsl.cli.status import DONE, ERRORS
from dsl.cli.streams import report


def run(argv: list[str]) -> int:
    """Draw a file; one with errors too, as far as it was understood, with the places of the errors marked."""
    made = parser("plot", "Draws a graph, its blocks and loops folded, without TensorFlow.")
    made.add_argument("file", metavar="FILE.graph", help="the graph; `-` reads standard input")
    made.add_argument(
        "-o", dest="output", metavar="OUT.svg", help="where to write; standard output by default"
    )
    made.add_argument(
        "--depth",
        metavar="N",
        type=_depth,
        help="how many blocks and loops within each other are opened; 0 by default, more where little would be seen",
    )
    made.add_argument("--mermaid", action="store_true", help="Mermaid instead of SVG")
    add_sizes(made)
    options = made.parse_args(argv)
    (compilation,) = checked([options.file], options)
    refuse_to_overwrite(options.output, compilation)
    report(compilation.diagnostics)
    from dsl.picture.fold import diagrams  # noqa: PLC0415 -- where there is something to draw

    errors = [one.span for one in compilation.diagnostics if one.severity == "error"]
    drawn = diagrams(compilation.program, options.depth, errors)
    if drawn[0].boxes:
        if options.mermaid:
            from dsl.picture.mermaid import mermaid as write  # noqa: PLC0415 -- one of the two
        else:
            from dsl.picture.svg import svg as write  # noqa: PLC0415
        put(write(drawn), options.output)
    return ERRORS if fails([compilation], options) else DONE


def _depth(text: str) -> int:
    if not text.isascii() or not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text} is no whole number from 0 on")
    return int(text)
