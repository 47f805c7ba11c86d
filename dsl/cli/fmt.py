"""`dslc fmt FILE…`: one canonical layout."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dsl.cli.options import Parser, opened
from dsl.cli.status import DONE, ERRORS, UsageProblem
from dsl.cli.streams import report, write_stderr, write_stdout
from dsl.diagnostics import Problems
from dsl.files import write_whole
from dsl.formatter import FormatError, format_source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dsl.source import Source


def run(argv: list[str]) -> int:
    """Lay files out anew; those that cannot be read are reported and left as they are."""
    made = Parser(
        prog="dslc fmt",
        description="Gives graphs one layout; comments are kept. `-` goes from input to output.",
        allow_abbrev=False,
    )
    made.add_argument("files", metavar="FILE.graph", nargs="+", help="`-` reads standard input")
    made.add_argument("--check", action="store_true", help="write nothing; exit with 1 if it would")
    made.add_argument("--diff", action="store_true", help="write nothing; show what would change")
    options = made.parse_args(argv)
    sources = [opened(path) for path in options.files]
    problems = Problems()
    texts = [_formatted(one, problems) for one in sources]
    report(problems)
    changed = [
        (source, text)
        for source, text in zip(sources, texts, strict=True)
        if text is not None and text != source.text
    ]
    if options.diff:
        write_stdout("".join(line for one in changed for line in _difference(*one)))
    elif not options.check:
        _write(sources, texts)
    if options.files != ["-"]:
        write_stderr(_told(len(changed), len(sources), would=options.check or options.diff))
    failed = None in texts or (changed and (options.check or options.diff))
    return ERRORS if failed else DONE


def _formatted(source: Source, problems: Problems) -> str | None:
    own = Problems()
    try:
        text = format_source(source, own)
    except FormatError as error:
        raise UsageProblem(str(error)) from error
    if text is None:
        problems.extend(own)
    return text


def _write(sources: list[Source], texts: list[str | None]) -> None:
    for source, text in zip(sources, texts, strict=True):
        if text is None:
            continue
        if source.name == "<stdin>":
            write_stdout(text)
        elif text != source.text:
            write_whole(source.name, text)


def _difference(source: Source, text: str) -> Iterator[str]:
    from difflib import unified_diff  # noqa: PLC0415 -- only where it is asked for

    lines = source.text.splitlines(keepends=True), text.splitlines(keepends=True)
    for line in unified_diff(*lines, source.name, source.name):
        yield line if line.endswith("\n") else f"{line}\n\\ no newline at the end\n"


def _told(changed: int, all_: int, *, would: bool) -> str:
    files = "file" if changed == 1 else "files"
    words = f"{changed} {files} {'would be ' if would else ''}laid out anew"
    return f"{words}, {all_ - changed} left as {'it is' if all_ - changed == 1 else 'they are'}\n"
