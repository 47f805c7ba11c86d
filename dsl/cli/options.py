"""Options that commands share, and the checked program that they give."""

from __future__ import annotations

import argparse
import os
from typing import TYPE_CHECKING, Any, NoReturn

from dsl.cli.status import COMMANDS, UsageProblem
from dsl.compiler import check, emit
from dsl.files import FileProblem, loader_beside, read_source, read_stdin
from dsl.outside import LiteralProblem, assignment

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from dsl.compiler import Compilation
    from dsl.source import Source


class Parser(argparse.ArgumentParser):
    """An argument parser whose complaints are one line."""

    def error(self, message: str) -> NoReturn:
        """Raise the complaint: `main` prints it and exits with 2."""
        raise UsageProblem(f"{message}; `{self.prog} --help` tells the usage")


def parser(command: str, description: str) -> Parser:
    """A parser with the options of every command."""
    prog = f"dslc {command}".strip()
    made = Parser(prog=prog, description=description, allow_abbrev=False)
    made.add_argument(
        "-D",
        dest="values",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help='the value of $NAME: a number, word, "text", list, true, false or none',
    )
    made.add_argument("--deny-warnings", action="store_true", help="let warnings count as errors")
    return made


def add_templates(made: Parser) -> None:
    """Add the option for templates of one's own."""
    made.add_argument(
        "--templates",
        metavar="DIR",
        type=_folder,
        help="templates of your own, in place of those of the same name",
    )


def add_json(made: Parser) -> None:
    """Add the option for JSON."""
    made.add_argument("--json", action="store_true", help="JSON on standard output")


def checked(paths: Sequence[str], options: argparse.Namespace) -> list[Compilation]:
    """Read and check files, each with the values of `-D`.

    Raises:
        FileProblem: where a file cannot be read: then none is checked.
        UsageProblem: where a `-D` is no value, or names what no file uses.
    """
    values = _values(options.values)
    sources = [opened(path) for path in paths]
    done = [check(one, loader=loader_beside(one), values=values) for one in sources]
    _refuse_unused(done, sources)
    return done


def emitted(compilation: Compilation, options: argparse.Namespace) -> str:
    """The Python of a program.

    Raises:
        CompileError: where a file holds blocks alone.
        UsageProblem: where a template of `--templates` cannot be used.
    """
    compilation.require_model()
    if options.templates is None:
        return emit(compilation)
    from dsl.emit.text import TemplateProblem  # noqa: PLC0415 -- emission is loaded when it runs

    try:
        return emit(compilation, templates=options.templates)
    except TemplateProblem as problem:
        raise UsageProblem(str(problem)) from problem


def fails(compilations: Iterable[Compilation], options: argparse.Namespace) -> bool:
    """Whether there are errors, or warnings where these count as errors."""
    return any(not one.ok or (options.deny_warnings and one.diagnostics) for one in compilations)


def opened(path: str) -> Source:
    """A source, of a file or of standard input.

    Raises:
        UsageProblem: where it cannot be read.
    """
    if path == "-":
        return read_stdin()
    try:
        return read_source(path)
    except FileProblem as problem:
        raise UsageProblem(f"{problem}{hint(path)}") from problem


def hint(path: str) -> str:
    """Words about a command, where a name without a dot or a slash looks like a misspelt one."""
    if not path.isidentifier() or os.path.exists(path):  # noqa: PTH110 -- pathlib starts slowly
        return ""
    from difflib import get_close_matches  # noqa: PLC0415 -- only in a message

    near = get_close_matches(path, COMMANDS, 1)
    return f"; did you mean the command `dslc {near[0]}`?" if near else ""


def _values(words: Sequence[str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for word in words:
        try:
            name, value = assignment(word)
        except LiteralProblem as problem:
            raise UsageProblem(f"-D {word}: {problem}") from problem
        if name in values:
            raise UsageProblem(f"-D {name} is given twice")
        values[name] = value
    return values


def _refuse_unused(done: Sequence[Compilation], sources: Sequence[Source]) -> None:
    unused = set.intersection(*(set(one.unused_values) for one in done))
    for name in sorted(unused):
        if all(one.ok for one in done) or not any(_mentions(one, name) for one in done):
            files = ", ".join(one.name for one in sources)
            raise UsageProblem(f"-D {name}: there is no ${name} in {files}")


def _mentions(compilation: Compilation, name: str) -> bool:
    """Whether `$name` stands in a text: perhaps in a statement that could not be read."""
    texts = (tree.source.text for tree in compilation.program.trees.values())
    return any(f"${name}" in text for text in texts)


def _folder(path: str) -> str:
    if not os.path.isdir(path):  # noqa: PTH112
        raise argparse.ArgumentTypeError(f"{path} is no folder")
    return path
