"""`dslc explain CODE`: what a diagnostic means, with a wrong and a right program."""

from __future__ import annotations

from dsl.cli.options import Parser
from dsl.cli.status import DONE, UsageProblem
from dsl.cli.streams import write_stdout
from dsl.codes import CODES
from dsl.pages import document, explained, listing


def run(argv: list[str]) -> int:
    """Print the page of a code, or the list of all codes."""
    made = Parser(
        prog="dslc explain",
        description="Tells what an error or warning means, with a wrong and a right program.",
        allow_abbrev=False,
    )
    made.add_argument("code", metavar="CODE", nargs="?", help="as in error[CODE]; none lists all")
    made.add_argument("--all", action="store_true", help="all pages as one document in Markdown")
    options = made.parse_args(argv)
    if options.all:
        write_stdout(document())
    elif options.code is None:
        write_stdout(listing())
    else:
        write_stdout(_text(options.code))
    return DONE


def _text(word: str) -> str:
    text = explained(word.lower().replace("_", "-").strip("[]"))
    if text is not None:
        return text
    from difflib import get_close_matches  # noqa: PLC0415 -- only in a message

    near = get_close_matches(word.lower(), CODES, 3, 0.5)
    helps = f"did you mean {' or '.join(near)}?" if near else "`dslc explain` lists all codes"
    raise UsageProblem(f"no code is called {word}; {helps}")
