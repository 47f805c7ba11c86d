"""Loaders: how a program reaches the other files it imports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from dsl.source import Source

if TYPE_CHECKING:
    from collections.abc import Mapping


class LoadError(Exception):
    """A file that cannot be had; its words say why."""


class Loader(Protocol):
    """Finds the source that a program names."""

    def load(self, path: str, importer: Source) -> Source:
        """The source at `path`, relative to the source that imports it.

        Raises:
            LoadError: where there is none, or it may not be read.
        """

    def module(self, name: str, importer: Source) -> Source | None:
        """The text of a module of Python that the main source, `importer`, imports; None where there is none to read."""


def module_paths(name: str) -> tuple[str, str]:
    """Where Python looks for a module in a folder, in its order.

    >>> module_paths("my.layers")
    ('my/layers/__init__.py', 'my/layers.py')
    """
    path = name.replace(".", "/")
    return f"{path}/__init__.py", f"{path}.py"


class DictLoader:
    """Sources from a dictionary of names: for tests and notebook cells."""

    def __init__(self, sources: Mapping[str, str]) -> None:
        """Keep the texts by name."""
        self._sources = {name: Source(name, text) for name, text in sources.items()}

    def load(self, path: str, importer: Source) -> Source:
        """The source of that name, wherever it is imported from."""
        if path not in self._sources:
            raise LoadError(f'there is no "{path}" beside {importer.name}')
        return self._sources[path]

    def module(self, name: str, importer: Source) -> Source | None:  # noqa: ARG002 -- as any loader has it
        """The text of a module by its path: `my/layers.py`."""
        found = (self._sources.get(path) for path in module_paths(name))
        return next((one for one in found if one is not None), None)
