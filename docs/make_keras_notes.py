"""Makes `keras-notes.md` of `keras-notes.toml`: `python docs/make_keras_notes.py` writes it."""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path
from typing import Any

DOCS = Path(__file__).resolve().parent
sys.path.insert(0, str(DOCS.parent))

from dsl import compiler  # noqa: E402 -- found by the line above, without an installation
from dsl.source import Source  # noqa: E402

HEAD = """\
# Where Keras's own answer is odd

What `Model` announces is not always what a run gives, and some of what Keras takes in silence means something else. The compiler
announces what `Model` does, and warns with what the run gives.

Every line here was measured with Keras {version} on TensorFlow, on a CPU, and the tests measure it again. Types stand without the batch.
This page is made by `make docs` of [keras-notes.toml](keras-notes.toml). Which names, parameters and defaults came with which
version of Keras, `dslc` knows by itself: it warns with `newer-keras`.
"""
TABLES = {
    "shape": ("Another shape in the run", ""),
    "dtype": (
        "Another dtype in the run",
        "A layer announces the dtype that it computes in. It casts floats to it, and nothing else.",
    ),
    "fails": ("Announced, and the run fails", "`Model()` builds these, and the first data fails."),
}
PROSE = {
    "cannot": ("Announced, and refused here", "No data can go through these, whatever it is."),
    "constants": ("What no output shows", ""),
    "silent": ("Taken in silence", ""),
    "masks": ("Masks", "[The language](language.md#masks) says how the compiler follows them."),
    "names": ("Names", ""),
}


def main() -> None:
    """Write the page."""
    (DOCS / "keras-notes.md").write_text(page(), encoding="utf-8")


def notes() -> dict[str, Any]:
    """The notes, by section."""
    return tomllib.loads((DOCS / "keras-notes.toml").read_text(encoding="utf-8"))


def program(note: dict[str, Any]) -> str:
    """The program of a note: its own, or an input a line and the application."""
    if "call" not in note:
        return str(note.get("program", ""))
    inputs = re.split(r", (?=\w+: )", note["inputs"])
    lines = [f"input {one}" for one in inputs]
    return "\n".join([*lines, f"output {note.get('targets', 'y')} = {note['call']}", ""])


def checked(note: dict[str, Any]) -> compiler.Compilation:
    """What the compiler finds of it."""
    return compiler.check(Source("note.graph", program(note)))


def announced(note: dict[str, Any]) -> str:
    """The types of its outputs."""
    return ", ".join(str(one.tensor.type) for one in checked(note).program.outputs)


def page() -> str:
    """The page, in Markdown."""
    listed = notes()
    parts = [HEAD.format(version=listed["keras"])]
    parts += [_table(title, text, listed[key]) for key, (title, text) in TABLES.items()]
    parts += [_section(title, text, listed[key]) for key, (title, text) in PROSE.items()]
    return "\n".join(parts)


def _table(title: str, text: str, rows: list[dict[str, Any]]) -> str:
    lines = [f"## {title}", "", *([text, ""] if text else [])]
    lines += [
        "| inputs | program | announced | the run gives | the compiler says |",
        "|---|---|---|---|---|",
    ]
    for row in rows:
        says = "<br>".join(one.message for one in checked(row).diagnostics)
        run = row["run"] if row["run"] == "fails" else f"`{row['run']}`"
        lines.append(
            f"| `{row['inputs']}` | `{row['call']}` | `{announced(row)}` | {run} | {says} |"
        )
    return "\n".join([*lines, ""])


def _section(title: str, text: str, rows: list[dict[str, Any]]) -> str:
    lines = [f"## {title}", "", *([text, ""] if text else [])]
    for row in rows:
        lines += [f"{row['what']}:", "", "```python", row["python"].rstrip()]
        lines += [f"assert {one}" for one in row["shows"]]
        lines += ["```", "", *_said(row)]
    return "\n".join(lines)


def _said(row: dict[str, Any]) -> list[str]:
    if "program" not in row:
        return []
    found = next(one for one in checked(row).diagnostics if one.code.id == row["says"])
    return [f"The compiler says `{row['says']}`: {found.message}.", ""]


if __name__ == "__main__":
    main()
