"""`dslc check FILE…`: errors and warnings, limits that are asked for, and nothing written."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from dsl.cli.options import add_json, add_sizes, checked, checked_source, fails, opened, parser
from dsl.cli.status import DONE, ERRORS, UsageProblem
from dsl.cli.streams import report, report_json, report_sarif, write_stderr, write_stdout
from dsl.diagnostics import Problems
from dsl.files import write_whole
from dsl.fixes import fixed
from dsl.records import replace

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dsl.compiler import Compilation


def run(argv: list[str]) -> int:
    """Check files and tell what is wrong with them."""
    made = parser("check", "Checks graphs without TensorFlow; writes nothing without `--fix`.")
    made.add_argument("files", metavar="FILE.graph", nargs="+", help="`-` reads standard input")
    forms = made.add_mutually_exclusive_group()
    add_json(forms)
    forms.add_argument("--sarif", action="store_true", help="SARIF on standard output")
    made.add_argument("--fix", action="store_true", help="mend in the files what is certain")
    add_sizes(made)
    for what, words in LIMITS.items():
        help_ = f"an error where the program has more {words}: 5M, 1.5G, 20000"
        made.add_argument(f"--max-{what}", metavar="N", type=_limit, help=help_)
    options = made.parse_args(argv)
    if options.fix:
        _mend(options)
    compilations = [_held(one, options) for one in checked(options.files, options)]
    problems = _together(compilations)
    failed = fails(compilations, options)
    if options.json:
        report_json(problems)
    elif options.sarif:
        report_sarif(problems)
    else:
        report(problems)
        _hint(problems)
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


def _mend(options: argparse.Namespace) -> None:
    """Write the files anew with what is certain mended, each whole or not at all."""
    if "-" in options.files:
        raise UsageProblem("--fix mends files in their place, and `-` is none")
    for path in dict.fromkeys(options.files):
        before = opened(path)
        after, count = fixed(before, lambda one: checked_source(one, options).diagnostics)
        if count:
            write_whole(path, after.text)
            write_stderr(f"{path}: {_counted(count, 'mend')}\n")


def _hint(problems: Problems) -> None:
    """Say that there is a way to have mistakes mended."""
    count = sum(1 for one in problems if one.fix)
    if count:
        write_stderr(f"{count} can be mended by `dslc check --fix`\n")


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
