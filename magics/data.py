"""The arrays that a model is trained on: found by name, checked before a step is made."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from magics.problems import GraphError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

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
    arrays = _arrays(_named(script, name, variables))
    for key, spec in {**script.inputs, **script.outputs}.items():
        if problem := script.trouble(arrays[key], *spec):
            raise GraphError(f"the array {key} {problem}")
    lengths = {key: len(array) for key, array in arrays.items()}
    if len(set(lengths.values())) > 1:
        words = ", ".join(f"{key} {length}" for key, length in lengths.items())
        raise GraphError(f"the arrays have different numbers of rows: {words}")
    return _side(arrays, script.inputs), _side(arrays, script.outputs)


def _named(script: Script, name: str | None, variables: Mapping[str, Any]) -> dict[str, Any]:
    wanted = (*script.inputs, *script.outputs)
    if name is None:
        return _picked(wanted, variables, "the notebook")
    if name not in variables:
        return _picked(wanted, _from_file(name), name)
    value = variables[name]
    if isinstance(value, dict):
        return _picked(wanted, value, name)
    if isinstance(value, tuple) and len(value) == 2:
        x, y = value
        return {**_sided(script.inputs, x, "x"), **_sided(script.outputs, y, "y")}
    if isinstance(value, str | os.PathLike):
        return _picked(wanted, _from_file(os.fspath(value)), os.fspath(value))
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


def _picked(names: Collection[str], arrays: Mapping[str, Any], where: str) -> dict[str, Any]:
    missing = [name for name in names if name not in arrays]
    if missing:
        words = ", ".join(missing)
        raise GraphError(f"{where} has no array {words}; wanted are {', '.join(names)}")
    return {name: arrays[name] for name in names}


def _sided(names: Mapping[str, Any], side: Any, letter: str) -> dict[str, Any]:
    """One side of (x, y): a dictionary, one array, or a list in the graph's order."""
    if isinstance(side, dict):
        return _picked(names, side, letter)
    if len(names) == 1 and not (isinstance(side, list | tuple) and _holds_arrays(side)):
        return dict.fromkeys(names, side)
    if not isinstance(side, list | tuple) or len(side) != len(names):
        raise GraphError(f"{letter} is to be {len(names)} arrays: {', '.join(names)}")
    return dict(zip(names, side, strict=True))


def _holds_arrays(side: list[Any] | tuple[Any, ...]) -> bool:
    return bool(side) and hasattr(side[0], "shape")


def _arrays(named: Mapping[str, Any]) -> dict[str, Any]:
    import numpy as np

    arrays = {}
    for name, value in named.items():
        try:
            arrays[name] = np.asarray(value)
        except (ValueError, TypeError) as error:
            raise GraphError(f"{name} is no array: {error}") from error
    return arrays


def _side(arrays: Mapping[str, Any], names: Mapping[str, Any]) -> Any:
    listed = [arrays[name] for name in names]
    return listed[0] if len(listed) == 1 else listed
