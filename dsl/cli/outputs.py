"""Where a command writes: standard output, or a file that is no source."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from dsl.cli.status import UsageProblem
from dsl.cli.streams import write_stdout
from dsl.files import write_whole

if TYPE_CHECKING:
    from dsl.compiler import Compilation


def put(text: str, output: str | None) -> None:
    """Write to a file, wholly or not at all; to standard output for None and `-`."""
    if output in {None, "-"}:
        write_stdout(text)
    else:
        write_whole(str(output), text)


def refuse_to_overwrite(output: str | None, compilation: Compilation) -> None:
    """Raise where the file to write is one that was read.

    Raises:
        UsageProblem: as above.
    """
    if output is None or not os.path.exists(output):  # noqa: PTH110 -- pathlib starts slowly
        return
    for name in (compilation.source.name, *compilation.program.trees):
        if os.path.exists(name) and os.path.samefile(name, output):  # noqa: PTH110, PTH121
            raise UsageProblem(f"-o {output} would overwrite the source {name}")
