"""`dslc train FILE.graph --data DATA`: compiles, and trains in the same command."""

from __future__ import annotations

import linecache
import os
import sys
from types import ModuleType
from typing import TYPE_CHECKING

from dsl.build import failure, place_of, require_installed
from dsl.cli.options import add_templates, checked, emitted, fails, parser
from dsl.cli.status import DONE, ERRORS, UsageProblem
from dsl.cli.streams import report
from dsl.compiler import CompileError, located
from dsl.files import FileProblem

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable
    from types import CodeType

SCRIPT_OPTIONS = (
    ("--data", "TRAIN.npz", "arrays to train on, by the names of inputs and outputs"),
    ("--validation", "VAL.npz", "arrays to check by after each epoch"),
    ("--epochs", "N", "in place of what `train:` says"),
    ("--batch-size", "N", "in place of what `train:` says"),
    ("--seed", "N", "makes a run repeatable"),
    ("--save", "MODEL.keras", "where to save the trained model"),
    ("--history", "HISTORY.json", "where to write losses and metrics of each epoch"),
)
"""The options of an emitted script that take a value; `--summary` takes none."""


def run(argv: list[str]) -> int:
    """Compile a file and run its script with the options that are the script's."""
    options = _parser().parse_args(argv)
    (compilation,) = checked([options.file], options)
    report(compilation.diagnostics)
    if fails([compilation], options):
        return ERRORS
    require_installed(compilation)
    name = compilation.source.name
    if options.templates:
        codes = [_of_templates(emitted(compilation, options), name)]
    else:
        codes = located(compilation)
    try:
        return run_script(codes, name, _handed_on(options))
    except Exception as error:
        if options.traceback:
            raise
        if place_of(error, compilation) is not None:
            raise CompileError((failure(error, compilation),)) from error
        if isinstance(error, OSError):
            raise FileProblem(str(error)) from error
        kind = type(error).__name__
        raise UsageProblem(f"{kind}: {error} (--traceback shows all of it)") from error


def _of_templates(text: str, source: str) -> CodeType:
    """A script of the user's templates: no place of the graph is known of its code."""
    name = os.path.splitext(os.path.basename(source))[0] + ".py"  # noqa: PTH119, PTH122
    file = f"<compiled {name}>"
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    return compile(text, file, "exec")


def run_script(codes: Iterable[CodeType], source: str, argv: list[str]) -> int:
    """Run a script in this process, as `python SCRIPT ARGV` would.

    Args:
        codes: the code of a script whose `main` reads `sys.argv`.
        source: the graph that it comes from; modules beside it can be imported.
        argv: the options.

    Returns:
        The exit status.
    """
    module = ModuleType("dslc_train")
    sys.modules[module.__name__] = module
    sys.path.insert(0, os.path.dirname(os.path.abspath(source)))  # noqa: PTH100, PTH120
    sys.argv = ["dslc train", *argv]
    try:
        for code in codes:
            exec(code, module.__dict__)  # noqa: S102 -- what we emitted
        module.main()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else DONE if end.code is None else ERRORS
    return DONE


def _parser() -> argparse.ArgumentParser:
    made = parser("train", "Compiles a graph and trains its model; needs Keras.")
    made.add_argument("file", metavar="FILE.graph", help="the graph")
    for name, value, words in SCRIPT_OPTIONS:
        made.add_argument(name, metavar=value, help=words)
    made.add_argument("--summary", action="store_true", help="show the layers")
    made.add_argument("--traceback", action="store_true", help="show all of an error of Keras")
    add_templates(made)
    return made


def _handed_on(options: argparse.Namespace) -> list[str]:
    given = vars(options)
    argv = ["--traceback", *(["--summary"] if options.summary else [])]
    for name, _, _ in SCRIPT_OPTIONS:
        value = given[name.strip("-").replace("-", "_")]
        if value is not None:
            argv.append(f"{name}={value}")
    return argv
