"""What goes to standard output, and how diagnostics reach a terminal."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from dsl.files import FileProblem

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dsl.diagnostics import Diagnostic


def write_stdout(text: str) -> None:
    """Write UTF-8 to standard output, whatever the locale, and flush.

    Raises:
        BrokenPipeError: where the reader has gone.
        FileProblem: where it is closed, or its disk is full.
    """
    if sys.stdout is None:
        raise FileProblem("standard output is closed")
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace"))
        sys.stdout.flush()
    except BrokenPipeError:
        _give_up(1)
        raise
    except OSError as error:
        _give_up(1)
        reason = (error.strerror or str(error)).lower()
        raise FileProblem(f"cannot write to standard output: {reason}") from error


def _give_up(stream: int) -> None:
    """Point a stream at nothing: the interpreter's last flush would fail again, and change the exit status."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream)


def write_stderr(text: str) -> None:
    """Write to standard error; where nobody reads it, there is nothing more to be done."""
    if sys.stderr is None:
        return
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except OSError:
        _give_up(2)


def report(diagnostics: Iterable[Diagnostic]) -> None:
    """Write diagnostics as text to standard error, in colour where that is a terminal."""
    listed = list(diagnostics)
    if not listed:
        return
    from dsl.report.text import render_all  # noqa: PLC0415 -- only where there is something to say

    write_stderr(render_all(listed, color=_in_colour()) + "\n")


def report_json(diagnostics: Iterable[Diagnostic]) -> None:
    """Write diagnostics as one JSON document to standard output."""
    from dsl.report.json import to_json  # noqa: PLC0415 -- as above

    write_stdout(to_json(diagnostics) + "\n")


def report_sarif(diagnostics: Iterable[Diagnostic]) -> None:
    """Write diagnostics as one SARIF log to standard output."""
    from dsl.report.sarif import to_sarif  # noqa: PLC0415 -- as above
    from dsl.version import __version__  # noqa: PLC0415

    write_stdout(to_sarif(diagnostics, __version__) + "\n")


def _in_colour() -> bool:
    plain = "NO_COLOR" in os.environ or os.environ.get("TERM") == "dumb"
    return not plain and sys.stderr is not None and sys.stderr.isatty()
