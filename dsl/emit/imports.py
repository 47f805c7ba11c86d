"""Import lines as isort has them: the standard library's first, `import` before `from`."""

from __future__ import annotations

from sys import stdlib_module_names
from typing import TYPE_CHECKING, Final

from dsl.emit.document import WIDTH

if TYPE_CHECKING:
    from collections.abc import Iterable

_Key = tuple[tuple[int, int, str], ...]
_DIGITS: Final = "0123456789"


def import_sections(lines: Iterable[str]) -> tuple[list[str], list[str]]:
    """The lines of the standard library's imports, and of all others, sorted.

    Args:
        lines: `import m`, `import m as n`, or `from m import a, b as c`, in any order, repeated
            or not.
    """
    plain: set[tuple[str, str]] = set()
    members: dict[str, set[tuple[str, str]]] = {}
    for text in lines:
        words = text.split(maxsplit=3)
        if words[0] == "from":
            names = (_alias(one) for one in words[3].split(","))
            members.setdefault(words[1], set()).update(names)
        else:
            plain.add(_alias(text.removeprefix("import ")))
    sections: tuple[list[str], list[str]] = ([], [])
    for name, alias in sorted(plain, key=lambda pair: (_natural(pair[0]), pair)):
        sections[_section(name)].append(f"import {_named(name, alias)}")
    for module in sorted(members, key=lambda name: (_natural(name), name)):
        sections[_section(module)].extend(_from(module, members[module]))
    return sections


def _section(module: str) -> int:
    return 0 if module.partition(".")[0] in stdlib_module_names else 1


def _alias(text: str) -> tuple[str, str]:
    name, _, alias = text.strip().partition(" as ")
    return name.strip(), alias.strip()


def _named(name: str, alias: str) -> str:
    return f"{name} as {alias}" if alias else name


def _natural(text: str) -> _Key:
    """A key by which `b2` comes before `b10`, whatever the case of letters."""
    found: list[tuple[int, int, str]] = []
    number = ""
    for char in text.lower() + "\0":
        if char in _DIGITS:
            number += char
            continue
        if number:
            found.append((0, int(number), ""))
            number = ""
        found.append((1, 0, char))
    return tuple(found)


def _member(name: str) -> tuple[int, _Key, str]:
    """Constants, then classes, then the rest."""
    sort = 0 if name.isupper() and len(name) > 1 else 1 if name[:1].isupper() else 2
    return sort, _natural(name), name


def _from(module: str, members: set[tuple[str, str]]) -> list[str]:
    """The plain names on one line, each other one on its own; by the first name of each."""
    names = sorted((name for name, alias in members if not alias), key=_member)
    lines = [(_member(name), alias, _named(name, alias)) for name, alias in members if alias]
    if names:
        lines.append((_member(names[0]), "", ", ".join(names)))
    written = [f"from {module} import {text}" for _, _, text in sorted(lines)]
    return [line if len(line) <= WIDTH else _split(line) for line in written]


def _split(line: str) -> str:
    head, _, names = line.partition(" import ")
    inner = "".join(f"    {name},\n" for name in names.split(", "))
    return f"{head} import (\n{inner})"
