"""Read the generated tables that lie beside this module."""

from __future__ import annotations

from typing import Any


def read(name: str) -> Any:
    """The table of that name, from wherever the package is (a folder or an archive).

    >>> read("keras.json")["symbols"]["layers.MaxPool2D"]
    'layers.MaxPooling2D'
    """
    import json  # noqa: PLC0415 -- needed once a program names something of Keras

    # pkgutil.get_data does the same after an import that costs as much as the reading itself.
    loader: Any = __spec__.loader
    return json.loads(loader.get_data(__file__.rpartition("data.py")[0] + name))
