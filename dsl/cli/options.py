"""Options that commands share, and the checked program that they give."""

from __future__ import annotations

import argparse
import os
from typing import TYPE_CHECKING, Any, NoReturn

from dsl.cli.status import COMMANDS, UsageProblem
from dsl.cli.streams import write_stdout
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

    def print_help(self, file: object = None) -> None:  # noqa: ARG002 -- as argparse has it
        """Write the help to standard output, as everything else is written there."""
        write_stdout(self.format_help())


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
    made.add_argument(
        "--keras",
        metavar="VERSION",
        type=_keras,
        help="the version of Keras that it is for: 3.13; by default the newest that is known",
    )
    return made


def add_templates(made: Parser) -> None:
    """Add the option for templates of one's own."""
    made.add_argument(
        "--templates",
        metavar="DIR",
        type=_folder,
        help="templates of your own, in place of those of the same name",
    )


def add_json(made: argparse._ActionsContainer) -> None:
    """Add the option for JSON."""
    made.add_argument("--json", action="store_true", help="JSON on standard output")


def add_sizes(made: Parser) -> None:
    """Add the option for named sizes."""
    made.add_argument(
        "--size",
        dest="sizes",
        action="append",
        default=[],
        metavar="NAME=N",
        help="the number that a named size of an input is taken for: --size T=128",
    )


def positive(text: str) -> int:
    """A whole number from 1 on, as an option has it."""
    if not text.isascii() or not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is no whole number from 1 on")
    return int(text)


def checked(paths: Sequence[str], options: argparse.Namespace) -> list[Compilation]:
    """Read and check files, each with the values of `-D` and the sizes of `--size`.

    Raises:
        FileProblem: where a file cannot be read: then none is checked.
        UsageProblem: where a `-D` is no value, or names what no file uses; the same of a `--size`.
    """
    sources = [opened(path) for path in paths]
    done = [checked_source(one, options) for one in sources]
    _refuse_unused(done, sources)
    _refuse_unused_sizes(_sizes(getattr(options, "sizes", ())), done)
    return done


def checked_source(source: Source, options: argparse.Namespace) -> Compilation:
    """Check one source with the values of `-D` and the sizes of `--size`.

    Raises:
        UsageProblem: where one of them is no value.
    """
    return check(
        source,
        loader=loader_beside(source),
        values=_values(options.values),
        sizes=_sizes(getattr(options, "sizes", ())),
        keras=options.keras or "",
    )


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


def _sizes(words: Sequence[str]) -> dict[str, int]:
    sizes: dict[str, int] = {}
    for word in words:
        name, _, number = (part.strip() for part in word.partition("="))
        try:
            size = positive(number)
        except argparse.ArgumentTypeError as problem:
            raise UsageProblem(
                f"--size {word}: write NAME=N, N a whole number from 1 on"
            ) from problem
        if not name.isidentifier():
            raise UsageProblem(f"--size {word}: write NAME=N, as in --size T=128")
        if name in sizes:
            raise UsageProblem(f"--size {name} is given twice")
        sizes[name] = size
    return sizes


def _refuse_unused_sizes(sizes: dict[str, int], done: Sequence[Compilation]) -> None:
    """Each size that is given must be one of an input, where the files could be read."""
    known = {name for one in done for name in one.program.sizes}
    for name in sizes:
        if name not in known and all(one.ok for one in done):
            files = ", ".join(one.source.name for one in done)
            raise UsageProblem(
                f"--size {name}: no input of {files} has a size of that name{_near(name, known)}"
            )


def _near(name: str, known: set[str]) -> str:
    if not known:
        return "; sizes are named in inputs: input x: [T, 64]"
    from difflib import get_close_matches  # noqa: PLC0415 -- only in a message

    near = get_close_matches(name, sorted(known), 1) or sorted(known)
    return (
        f"; did you mean {' or '.join(near)}?"
        if len(near) < len(known) or len(known) == 1
        else f"; there are {', '.join(near)}"
    )


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


def _keras(version: str) -> str:
    from dsl.catalogue.versions import wanted  # noqa: PLC0415 -- where a version is asked for

    try:
        return wanted(version)
    except ValueError as problem:
        raise argparse.ArgumentTypeError(f"{version}: {problem}") from problem


def _folder(path: str) -> str:
    if not os.path.isdir(path):  # noqa: PTH112
        raise argparse.ArgumentTypeError(f"{path} is no folder")
    return path
