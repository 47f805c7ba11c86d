"""A page for each diagnostic code: what it means, a wrong program with what is said of it, and a right one."""

from __future__ import annotations

from pkgutil import get_data

from dsl.codes import CODES

CLAIMS = {
    "raises-build": "Keras refuses it when the model is built.",
    "raises-fit": "Keras builds the model, and fails when it is compiled or trained.",
    "silent": "Keras says nothing.",
    "-": "",
}
HEAD = """\
# Errors and warnings

Each has a code. `dslc explain CODE` shows its page on a terminal; a comment `# allow: CODE` on its line, on the line above it or at the head
of the file switches a warning off. This page is made of the same texts (`make docs`), and the tests run every program in it.
"""


def page(code: str) -> str | None:
    """The page of a code as Markdown; None where no code is called so."""
    if code not in CODES:
        return None
    data = get_data("dsl.pages", f"{code}.md")
    return data.decode() if data else None


def explained(code: str) -> str | None:
    """The page of a code as plain text for a terminal: programs are indented, and no marks are left."""
    text = page(code)
    if text is None:
        return None
    kind = CODES[code]
    lines = [f"{kind.severity}[{code}]: {kind.title}"]
    lines += [CLAIMS[kind.keras]] if CLAIMS[kind.keras] else []
    return "\n".join([*lines, *_plain(text.splitlines()[1:])]) + "\n"


def _plain(lines: list[str]) -> list[str]:
    found: list[str] = []
    inside = False
    for line in lines:
        if line.startswith("```"):
            inside = not inside
            name = line.partition(" file=")[2]
            found += [f"{name}:"] if name else []
        else:
            found.append(f"    {line}".rstrip() if inside else line.replace("`", ""))
    return found


def listing() -> str:
    """Every code with what it stands for, a line each."""
    width = max(map(len, CODES))
    return "".join(
        f"{one.id.ljust(width)}  {one.severity:7}  {one.title}\n" for one in CODES.values()
    )


def document() -> str:
    """All pages as one document in Markdown, in the order of the codes."""
    parts = [HEAD]
    for one in CODES.values():
        text = page(one.id) or ""
        claim = f" {CLAIMS[one.keras]}" if CLAIMS[one.keras] else ""
        about = f"*{one.severity.capitalize()}: {one.title}.{claim}*"
        parts.append("\n".join([f"## {one.id}", "", about, *text.splitlines()[1:], ""]))
    return "\n".join(parts)
