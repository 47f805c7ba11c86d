"""The options of the magics."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, NoReturn

from magics.problems import GraphError

if TYPE_CHECKING:
    from collections.abc import Sequence

DESCRIPTION = """\
Check a graph of layers, show its summary and build its Keras model.

  %%graph [NAME]              the graph is the body of the cell
  %graph FILE.graph [NAME]    the graph is a file

The model is left under NAME (`model` by default), and a training run under `history`. A `$name`
of the graph is the notebook's variable of that name.
"""


class Asked(Exception):  # noqa: N818 -- a question, not an error
    """`--help` was asked for; its words are the answer."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise GraphError(f"%{self.prog}: {message}; `%{self.prog} --help` tells the usage")


class _Help(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        raise Asked(parser.format_help())


def line_parser() -> argparse.ArgumentParser:
    """The options of `%graph FILE.graph`."""
    made = _parser("graph")
    made.add_argument("file", metavar="FILE.graph", help="the graph")
    return _with_options(made)


def cell_parser() -> argparse.ArgumentParser:
    """The options of `%%graph`."""
    return _with_options(_parser("%graph"))


def parsed(made: argparse.ArgumentParser, line: str) -> argparse.Namespace:
    """Read the line after a magic.

    Raises:
        GraphError: where they are wrong.
        Asked: where they ask for help.
    """
    options = made.parse_args(_words(made, line))
    if not options.name.isidentifier():
        made.error(f"{options.name} is no name for the model")
    return options


def _words(made: argparse.ArgumentParser, line: str) -> Sequence[str]:
    from IPython.utils.process import arg_split

    try:
        words: Sequence[str] = arg_split(line)
    except ValueError as error:
        made.error(str(error).lower())
    return words


def _parser(prog: str) -> argparse.ArgumentParser:
    return _Parser(
        prog=prog,
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        add_help=False,
        allow_abbrev=False,
    )


def _with_options(made: argparse.ArgumentParser) -> argparse.ArgumentParser:
    add = made.add_argument
    add("name", metavar="NAME", nargs="?", default="model", help="what to call the model")
    add("-h", "--help", nargs=0, action=_Help, help="show this text")
    add("--check", action="store_true", help="only check: Keras is not needed")
    add("--python", action="store_true", help="show the Python that the graph compiles to")
    add("-o", dest="output", metavar="FILE", help="write that Python to a file")
    add(
        "--traceback",
        action="store_true",
        help="show all of an error of Keras, as Python does",
    )
    add("--quiet", action="store_true", help="do not show the summary")
    add("--fit", action="store_true", help="train the model, as `train:` says")
    add(
        "--data",
        metavar="NAME",
        help="train on the arrays of this variable, a dictionary by name or (x, y), or of a file "
        ".npz; by default on the variables with the names of the inputs and outputs",
    )
    add("--epochs", metavar="N", type=_positive, help="in place of what `train:` says")
    add("--batch-size", metavar="N", type=_positive, help="in place of what `train:` says")
    return made


def _positive(text: str) -> int:
    number = int(text) if text.isdecimal() else 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is no positive number")
    return number
