"""Loaders: how a program reaches the other graph files it imports."""

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
