"""The notebook's variables, as values for `$name`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


class Variables(Mapping[str, object]):
    """The variables of a notebook; a scalar of NumPy is the plain number that it holds."""

    def __init__(self, *scopes: Mapping[str, Any] | None) -> None:
        """Keep the scopes, inner ones first."""
        self._names = {
            name: value for scope in reversed(scopes) for name, value in (scope or {}).items()
        }

    def __getitem__(self, name: str) -> object:
        """The value of a variable."""
        return _plain(self._names[name])

    def __iter__(self) -> Iterator[str]:
        """The names."""
        return iter(self._names)

    def __len__(self) -> int:
        """How many there are."""
        return len(self._names)


def _plain(value: Any) -> Any:
    if type(value).__module__ == "numpy" and getattr(value, "shape", None) == ():
        return value.item()
    return value
