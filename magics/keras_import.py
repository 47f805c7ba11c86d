"""Keras, imported quietly and when a model is built, not before."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from typing import TYPE_CHECKING

from magics.problems import GraphError

if TYPE_CHECKING:
    from collections.abc import Iterator


def import_keras() -> None:
    """Import Keras with its backend.

    Raises:
        GraphError: where it is not installed.
    """
    if "keras" in sys.modules:
        return
    try:
        with quiet_stderr():
            import keras  # noqa: F401 -- it takes seconds: not before a model is built
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] not in {"keras", "tensorflow"}:
            raise
        raise GraphError(
            f"{error.name} is not installed: `pip install dslc[train]` brings it, "
            "and `%%graph --check` works without"
        ) from error


@contextlib.contextmanager
def quiet_stderr() -> Iterator[None]:
    """Keep back what is written to file descriptor 2, and say it only where the body fails.

    TensorFlow's C++ writes there, past Python and whatever its log level.
    """
    sys.stderr.flush()
    saved = os.dup(2)
    with tempfile.TemporaryFile() as kept:
        os.dup2(kept.fileno(), 2)
        try:
            yield
        except BaseException:
            os.dup2(saved, 2)
            kept.seek(0)
            os.write(2, kept.read())
            raise
        finally:
            os.dup2(saved, 2)
            os.close(saved)
