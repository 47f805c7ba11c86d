"""`dslc check FILE…`: errors and warnings, and nothing written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dsl.cli.options import add_json, checked, fails, parser
from dsl.cli.status import DONE, ERRORS
from dsl.cli.streams import report, report_json, write_stdout
from dsl.diagnostics import Problems

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dsl.compiler import Compilation


def run(argv: list[str]) -> int:
    """Check files and tell what is wrong with them."""
    made = parser("check", "Checks graphs without TensorFlow; writes nothing.")
    made.add_argument("files", metavar="FILE.graph", nargs="+", help="`-` reads standard input")
    add_json(made)
    options = made.parse_args(argv)
    compilations = checked(options.files, options)
    problems = _together(compilations)
    failed = fails(compilations, options)
    if options.json:
        report_json(problems)
    else:
        report(problems)
        if not failed:
            write_stdout(_praise(len(compilations), len(problems)))
    return ERRORS if failed else DONE


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
