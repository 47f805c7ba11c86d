"""The arrays that a model is trained on: found by name, checked before a step is made."""

from __future__ import annotations

import os
from numbers import Number
from typing import TYPE_CHECKING, Any

from magics.problems import GraphError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dsl.build import Script


def training_data(script: Script, name: str | None, variables: Mapping[str, Any]) -> Any:
    """The pair (inputs, targets) for `fit`.

    Args:
        script: knows what the model needs.
        name: a variable or a file; None for the variables of the names wanted.
        variables: those of the notebook.

    Raises:
        GraphError: where an array is missing or does not fit; it names the array.
    """
    named = _named(script, name, variables)
    arrays = {key: _array(key, value) for key, value in named.items()}
    try:
        return script.data(arrays, name or "the notebook")
    except ValueError as problem:
        raise GraphError(str(problem)) from None


def _named(script: Script, name: str | None, variables: Mapping[str, Any]) -> Mapping[str, Any]:
    wanted = (*script.inputs, *script.outputs)
    if name is None:
        missing = [one for one in wanted if one not in variables]
        if missing:
            raise GraphError(
                f"the notebook has no array {', '.join(missing)}; wanted are {', '.join(wanted)}"
            )
        return {one: variables[one] for one in wanted}
    if name not in variables:
        return _from_file(name)
    value = variables[name]
    if isinstance(value, dict):
        return value
    if isinstance(value, tuple) and len(value) == 2:
        x, y = value
        return {**_sided(script.inputs, x, "x"), **_sided(script.outputs, y, "y")}
    if isinstance(value, str | os.PathLike):
        return _from_file(os.fspath(value))
    raise GraphError(
        f"--data {name}: it is a {type(value).__name__}; a dictionary of arrays by name, "
        "a tuple (x, y) or the path of an .npz file is expected"
    )


def _from_file(path: str) -> dict[str, Any]:
    import numpy as np

    if not os.path.exists(path):  # noqa: PTH110 -- as it was written
        raise GraphError(f"--data {path}: there is no such variable or file")
    try:
        with np.load(path) as file:
            return dict(file)
    except (OSError, ValueError, TypeError, EOFError) as error:
        raise GraphError(f"--data {path}: it is no readable .npz file ({error})") from error


def _sided(names: Sequence[str], side: Any, letter: str) -> Mapping[str, Any]:
    """One side of (x, y): a dictionary, one array, or a list in the graph's order."""
    if isinstance(side, dict):
        return side
    if len(names) == 1 and not (isinstance(side, list | tuple) and _holds_arrays(side)):
        return dict.fromkeys(names, side)
    if not isinstance(side, list | tuple) or len(side) != len(names):
        raise GraphError(f"{letter} is to be {len(names)} arrays: {', '.join(names)}")
    return dict(zip(names, side, strict=True))


def _holds_arrays(side: list[Any] | tuple[Any, ...]) -> bool:
    return bool(side) and hasattr(side[0], "shape")


def _array(name: str, value: Any) -> Any:
    """A list, a column of a table or whatever else NumPy takes, as an array."""
    import numpy as np

    for sign, kind, instead in NO_ARRAYS:
        if hasattr(value, sign):
            raise GraphError(f"array {name!r} is a {kind}, {instead}")
    try:
        array = np.asarray(value)
    except (ValueError, TypeError) as error:
        raise GraphError(f"array {name!r} is none: its rows have different shapes") from error
    return _plain(name, array) if array.dtype.kind == "O" else array


NO_ARRAYS = (
    ("toarray", "sparse matrix", "and its toarray() is none"),
    ("element_spec", "dataset", "and arrays are expected"),
)
"""Things that are like arrays: what gives each away, and what to do."""


def _plain(name: str, array: Any) -> Any:
    """Objects as the texts or numbers that they are; what is missing among numbers is no number."""
    import numpy as np

    if array.ndim and all(isinstance(one, str) for one in array.flat):
        return array.astype(str)
    found = np.empty(array.shape)
    for place, one in np.ndenumerate(array):
        if not (_is_missing(one) or isinstance(one, Number)) or isinstance(one, complex):
            where = f" in row {place[0]}" if place else ""
            kind = type(one).__name__
            raise GraphError(f"array {name!r} holds things that are no numbers: a {kind}{where}")
        found[place] = np.nan if _is_missing(one) else one
    return found


def _is_missing(value: Any) -> bool:
    """Whether a table has nothing there."""
    return value is None or type(value).__name__ in {"NAType", "NaTType"}
