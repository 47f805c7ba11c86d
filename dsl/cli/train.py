"""`dslc train FILE.graph --data DATA`: compiles, and trains in the same command."""

from __future__ import annotations

import linecache
import os
import sys
from types import ModuleType
from typing import TYPE_CHECKING

from dsl.build import require_installed
from dsl.cli.options import add_templates, checked, emitted, fails, parser
from dsl.cli.status import DONE, ERRORS
from dsl.cli.streams import report

if TYPE_CHECKING:
    import argparse

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
    text = emitted(compilation, options)
    return run_script(text, compilation.source.name, _handed_on(options))


def run_script(text: str, source: str, argv: list[str]) -> int:
    """Run the text of a script in this process, as `python SCRIPT ARGV` would.

    Args:
        text: a script whose `main` reads `sys.argv`.
        source: the graph that it comes from; modules beside it can be imported.
        argv: the options.

    Returns:
        The exit status.
    """
    name = os.path.splitext(os.path.basename(source))[0] + ".py"  # noqa: PTH119, PTH122
    file = f"<compiled {name}>"
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    module = ModuleType("dslc_train")
    sys.modules[module.__name__] = module
    sys.path.insert(0, os.path.dirname(os.path.abspath(source)))  # noqa: PTH100, PTH120
    sys.argv = ["dslc train", *argv]
    try:
        exec(compile(text, file, "exec"), module.__dict__)  # noqa: S102 -- what we emitted
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
    add_templates(made)
    return made


def _handed_on(options: argparse.Namespace) -> list[str]:
    given = vars(options)
    argv = ["--summary"] if options.summary else []
    for name, _, _ in SCRIPT_OPTIONS:
        value = given[name.strip("-").replace("-", "_")]
        if value is not None:
            argv.append(f"{name}={value}")
    return argv
