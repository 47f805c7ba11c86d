"""`dslc`: finds the command, and turns what goes wrong outside the program into one line."""

from __future__ import annotations

import gc
import signal
import sys
from contextlib import contextmanager, suppress
from importlib import import_module
from typing import TYPE_CHECKING

from dsl.cli.status import COMMANDS, DONE, ERRORS, USAGE, UsageProblem
from dsl.cli.streams import write_stderr, write_stdout
from dsl.compiler import CompileError
from dsl.files import FileProblem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

HELP = """\
usage: dslc FILE.graph [-o OUT.py]
       dslc check FILE.graph ...
       dslc explain CODE
       dslc fmt FILE.graph ...
       dslc summary FILE.graph
       dslc plot FILE.graph -o OUT.svg
       dslc train FILE.graph --data DATA
       dslc layers [NAME]

Compiles a graph of neural-network layers to plain Keras, and checks shapes, dtypes, names and
losses without TensorFlow.

  dslc model.graph                  the Python of model.graph, on standard output
  dslc model.graph -o model.py      the same, written to a file, wholly or not at all
  dslc check *.graph                errors and warnings of several files; nothing is written
  dslc explain shape-mismatch       what an error or warning means, with a wrong and a right program
  dslc fmt *.graph                  one layout for several files, comments kept; `--check` writes nothing
  dslc summary model.graph          each layer with its shape, dtype and parameters
  dslc summary model.graph --cost   its multiply-adds and bytes too, and those of a step of training
  dslc plot model.graph -o model.svg
                                    a picture, blocks and loops folded; --mermaid for code hosts
  dslc train model.graph --data digits.npz --epochs 5
                                    compiles the file and trains the model
  dslc layers                       every layer, function, loss, metric, … that Keras has
  dslc layers Conv2D                its signature, what each parameter takes, an example

A file called `check`, `explain`, `fmt`, `layers`, `plot`, `summary` or `train` is reached as ./check. `-` reads standard input.

options, for every command that reads a file:
  -D NAME=VALUE         the value of $NAME: a number, word, "text", list, true, false or none
  --deny-warnings       let warnings count as errors
  --keras VERSION       the version of Keras that it is for: 3.13; by default the newest known
  -h, --help            this text; `dslc COMMAND --help` tells the options of a command
  --version             the version

options of `dslc FILE.graph` and `dslc train`:
  --templates DIR       templates of your own, in place of those of the same name
options of `dslc check`, `dslc layers` and `dslc summary`:
  --json                JSON on standard output
options of `dslc check`, `dslc plot` and `dslc summary`:
  --size NAME=N         the number that a named size of an input is taken for: --size T=128
options of `dslc check`:
  --max-params N, --max-madds N
                        an error where the program has more parameters, or multiply-adds: 5M, 1G
options of `dslc summary`:
  --cost                multiply-adds and bytes
  --batch N             with --cost: samples in a batch
options of `dslc plot`:
  --depth N             blocks and loops within each other that are opened
  --mermaid             Mermaid instead of SVG

exit status: 0 done, 1 errors in the program, 2 wrong usage or a file that cannot be used
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command line.

    Args:
        argv: the words after `dslc`; those of this process by default.

    Returns:
        The exit status: 0 done, 1 errors in the program, 2 wrong usage or files.
    """
    try:
        with _ended_by_signals():
            return _run(list(sys.argv[1:] if argv is None else argv))
    except (FileProblem, UsageProblem) as problem:
        return _fail(str(problem))
    except CompileError as problem:
        write_stderr(f"{problem}\n")
        return ERRORS
    except BrokenPipeError:
        return _fail("the output was closed before all of it was written")
    except KeyboardInterrupt:
        return _fail("interrupted")


def _run(argv: list[str]) -> int:
    if not argv:
        raise UsageProblem("no file is given; `dslc --help` tells the usage")
    if argv[0] in {"-h", "--help"}:
        return _say(HELP)
    if argv[0] == "--version":
        from dsl.version import __version__  # noqa: PLC0415 -- what a command needs, when it runs

        return _say(f"dslc {__version__}\n")
    if argv[0] == "train":
        return _command("train")(argv[1:])
    with _no_collection():
        if argv[0] in COMMANDS:
            return _command(argv[0])(argv[1:])
        return _command("compile")(argv)


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """Let a request to end be an interrupt, so that nothing half done is left behind."""
    names = [getattr(signal, one) for one in ("SIGTERM", "SIGHUP") if hasattr(signal, one)]
    ours = [one for one in names if signal.getsignal(one) is signal.SIG_DFL]
    _handle(ours, signal.default_int_handler)
    try:
        yield
    finally:
        _handle(ours, signal.SIG_DFL)


def _handle(
    signals: list[signal.Signals], handler: Callable[..., object] | signal.Handlers
) -> None:
    with suppress(ValueError):  # in another thread than the main one, which alone gets signals
        for one in signals:
            signal.signal(one, handler)


@contextmanager
def _no_collection() -> Iterator[None]:
    """Put off the search for cycles: a compile ends before it pays, and it costs a fifth of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _command(name: str) -> Callable[[list[str]], int]:
    run: Callable[[list[str]], int] = import_module(f"dsl.cli.{name}").run
    return run


def _say(text: str) -> int:
    write_stdout(text)
    return DONE


def _fail(words: str) -> int:
    from dsl.diagnostics import readable  # noqa: PLC0415 -- where something went wrong
    from dsl.report.text import printable  # noqa: PLC0415

    write_stderr(f"dslc: {printable(readable(words))}\n")
    return USAGE
