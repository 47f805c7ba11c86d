"""Exit statuses, the names of the commands, and wrong usage as an exception."""

from __future__ import annotations

DONE, ERRORS, USAGE = 0, 1, 2
COMMANDS = ("check", "explain", "fmt", "layers", "plot", "summary", "train")


class UsageProblem(Exception):  # noqa: N818 -- wrong usage, told in one line
    """A wrong use of the command line; its words say what."""
