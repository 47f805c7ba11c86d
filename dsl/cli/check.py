"""`dslc check FILE…`: errors and warnings, limits that are asked for, and nothing written."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from dsl.cli.options import add_json, add_sizes, checked, fails, parser
from dsl.cli.status import DONE, ERRORS
from dsl.cli.streams import report, report_json, write_stdout
from dsl.diagnostics import Problems
from dsl.records import replace

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dsl.compiler import Compilation


def run(argv: list[str]) -> int:
    """Check files and tell what is wrong with them."""
    made = parser("check", "Checks graphs without TensorFlow; writes nothing.")
    made.add_argument("files", metavar="FILE.graph", nargs="+", help="`-` reads standard input")
    add_json(made)
    add_sizes(made)
    for what, words in LIMITS.items():
        help_ = f"an error where the program has more {words}: 5M, 1.5G, 20000"
        made.add_argument(f"--max-{what}", metavar="N", type=_limit, help=help_)
    options = made.parse_args(argv)
    compilations = [_held(one, options) for one in checked(options.files, options)]
    problems = _together(compilations)
    failed = fails(compilations, options)
    if options.json:
        report_json(problems)
    else:
        report(problems)
        if not failed:
            write_stdout(_praise(len(compilations), len(problems)))
    return ERRORS if failed else DONE


LIMITS = {"params": "parameters", "madds": "multiply-adds for one sample"}


def _limit(text: str) -> int:
    from dsl.cost.limits import number  # noqa: PLC0415 -- where a limit is asked for

    found = number(text)
    if found is None:
        raise argparse.ArgumentTypeError(f"{text} is no number such as 20000, 5M or 1.5G")
    return found


def _held(compilation: Compilation, options: argparse.Namespace) -> Compilation:
    """A right program with what is to be said of the limits."""
    if not compilation.ok or options.max_params is options.max_madds is None:
        return compilation
    from dsl.cost.limits import Limits, passed  # noqa: PLC0415 -- as above

    limits = Limits(options.max_params, options.max_madds)
    more = passed(compilation.program, compilation.source, limits)
    return replace(compilation, diagnostics=(*compilation.diagnostics, *more))


def _together(compilations: Iterable[Compilation]) -> Problems:
    """All diagnostics, those of a file that several import once."""
    problems = Problems()
    for one in compilations:
        problems.extend(one.diagnostics)
    return problems


def _praise(files: int, warnings: int) -> str:
    found = f", {_counted(warnings, 'warning')}" if warnings else ""
    return f"{_counted(files, 'file')} checked, no errors{found}\n"


def _counted(number: int, word: str) -> str:
    return f"{number} {word}" + ("" if number == 1 else "s")
