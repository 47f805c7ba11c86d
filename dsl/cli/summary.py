"""`dslc summary FILE`: each layer with its shape, dtype and parameters, and what it costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dsl.cli.options import add_json, add_sizes, checked, fails, parser, positive
from dsl.cli.status import DONE, ERRORS, UsageProblem
from dsl.cli.streams import report, report_json, write_stdout

if TYPE_CHECKING:
    import argparse

    from dsl.graph import Program


def run(argv: list[str]) -> int:
    """Print the summary of a file, unless it has errors."""
    made = parser("summary", "Shows each layer of a graph, without TensorFlow.")
    made.add_argument("file", metavar="FILE.graph", help="the graph; `-` reads standard input")
    add_json(made)
    add_sizes(made)
    made.add_argument(
        "--cost",
        action="store_true",
        help="multiply-adds and bytes of each layer for one sample, and of inference and training",
    )
    made.add_argument(
        "--batch",
        metavar="N",
        type=positive,
        help="with --cost: samples in a batch of inference and of training",
    )
    options = made.parse_args(argv)
    if options.batch is not None and not options.cost:
        raise UsageProblem("--batch goes with --cost")
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
    write_stdout(view(compilation.program, _batches(compilation.program, options)))
    return DONE


def _batches(program: Program, options: argparse.Namespace) -> tuple[int, int] | None:
    """Samples in a batch of inference and of training; None where no cost is wanted."""
    if not options.cost:
        return None
    from dsl.cost.layers import fixed_batch  # noqa: PLC0415 -- only here
    from dsl.cost.totals import training_batch  # noqa: PLC0415

    fixed = fixed_batch(program)
    if options.batch is not None and fixed not in (1, options.batch):
        raise UsageProblem(f"--batch {options.batch}: the input fixes a batch of {fixed}")
    one = options.batch or fixed
    return one, options.batch or training_batch(program) or fixed
