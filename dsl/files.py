"""Files: the only place that opens them."""

from __future__ import annotations

import contextlib
import os
import stat
import sys

from dsl.loaders import LoadError, module_paths
from dsl.source import MOST_CHARACTERS, Source


class FileProblem(Exception):  # noqa: N818 -- it is a problem with a file, told in one line
    """A file that cannot be read or written; its words name the file and say why."""


def read_source(path: str) -> Source:
    """Read a source file.

    Args:
        path: where it is, and what messages will call it.

    Returns:
        Its text, without the byte order mark that some editors write.

    Raises:
        FileProblem: where it is missing, a folder, unreadable, or not UTF-8.
    """
    if not path:
        raise FileProblem("the name of the file to read is empty")
    try:
        with open(path, "rb") as file:  # noqa: PTH123 -- pathlib costs a tenth of a cold start
            return _decoded(path, file.read(MOST_BYTES + 1))
    except (OSError, ValueError) as error:
        raise FileProblem(f"cannot read {path}: {_words(error)}") from error


MOST_BYTES = 4 * MOST_CHARACTERS
"""More than these are no program in UTF-8."""


def read_stdin() -> Source:
    """Read the source that is piped in.

    Raises:
        FileProblem: where it is closed, cannot be read, or is not UTF-8.
    """
    if sys.stdin is None:
        raise FileProblem("standard input is closed")
    try:
        return _decoded("<stdin>", sys.stdin.buffer.read(MOST_BYTES + 1))
    except OSError as error:
        raise FileProblem(f"cannot read standard input: {_words(error)}") from error


def _decoded(name: str, data: bytes) -> Source:
    if len(data) > MOST_BYTES:
        words = f"it has more than {MOST_BYTES:,} bytes, and a graph at most {MOST_CHARACTERS:,} characters"
        raise FileProblem(f"cannot read {name}: {words}")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or 0 in data[:2]:
        raise FileProblem(f"cannot read {name}: it is UTF-16, UTF-32 or no text; save it as UTF-8")
    try:
        text = data.decode("utf-8-sig")
        return Source(name, text if "\n" in text else text.replace("\r", "\n"))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        byte = data[error.start]
        raise FileProblem(
            f"cannot read {name}: it is not UTF-8 text (byte 0x{byte:02x} on line {line})"
        ) from error


class FileLoader:
    """Loads the files that a program imports, from one folder and those below it.

    Args:
        root: the folder that no import may leave, usually that of the main file.
    """

    def __init__(self, root: str) -> None:
        """Keep the folder."""
        self._root = os.path.realpath(root or os.curdir)

    def load(self, path: str, importer: Source) -> Source:
        """The source at `path`, relative to the file that imports it.

        Raises:
            LoadError: where the path is absolute, leads out of the folder, or cannot be read.
        """
        if "\0" in path:
            raise LoadError("a path cannot hold a zero character")
        if os.path.isabs(path):  # noqa: PTH117
            raise LoadError(f'"{path}" is an absolute path')
        folder = os.path.dirname(importer.name)  # noqa: PTH120
        target = os.path.normpath(os.path.join(folder, path))  # noqa: PTH118
        if not self._inside(target):
            raise LoadError(f'"{path}" leads out of the folder of the main file')
        if os.path.exists(target) and not os.path.isfile(target):  # noqa: PTH110, PTH113
            raise LoadError(f'"{path}" is no file')  # a pipe would be waited for
        try:
            return read_source(target)
        except FileProblem as error:
            raise LoadError(str(error)) from error

    def module(self, name: str, importer: Source) -> Source | None:
        """The text of a module of Python beside the main source; None where there is none to read."""
        if name.partition(".")[0] in (*sys.stdlib_module_names, "__main__"):
            return None
        folder = os.path.dirname(importer.name)  # noqa: PTH120
        for path in module_paths(name):
            target = os.path.join(folder, path)  # noqa: PTH118
            if os.path.isfile(target):  # noqa: PTH113
                try:
                    return read_source(target) if self._inside(target) else None
                except FileProblem:
                    return None
        return None

    def _inside(self, path: str) -> bool:
        real = os.path.realpath(path)
        return real == self._root or real.startswith(self._root.rstrip(os.sep) + os.sep)


def loader_beside(source: Source) -> FileLoader:
    """The loader for what a source file imports: its own folder is the root."""
    return FileLoader(os.path.dirname(source.name))  # noqa: PTH120


def write_whole(path: str, text: str) -> None:
    """Write a text file wholly or not at all.

    The text goes to a temporary file beside it, which then takes its place: a reader meets the
    old text or the new one, and a failure leaves the old one. The mode stays what it was. What
    a link points to is written, not the link; a device or a pipe is written straight.

    Raises:
        FileProblem: where it cannot be written.
    """
    if not path:
        raise FileProblem("the name of the file to write is empty")
    try:
        target = os.path.realpath(path)
        mode = _mode(target)
        if mode is None or stat.S_ISREG(mode):
            _replace(target, text.encode(), mode)
        else:
            _write_through(target, text.encode())
    except (OSError, ValueError) as error:
        raise FileProblem(f"cannot write {path}: {_words(error)}") from error


def _mode(path: str) -> int | None:
    try:
        return os.stat(path).st_mode  # noqa: PTH116
    except FileNotFoundError:
        return None


def _replace(target: str, data: bytes, mode: int | None) -> None:
    folder, base = os.path.split(target)
    temporary = os.path.join(folder, f".{base[:40]}.{os.getpid()}.tmp")  # noqa: PTH118
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if mode is not None:
            os.chmod(temporary, stat.S_IMODE(mode))  # noqa: PTH101
        os.replace(temporary, target)  # noqa: PTH105
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)  # noqa: PTH108
        raise


def _write_through(target: str, data: bytes) -> None:
    with open(target, "wb") as file:  # noqa: PTH123
        file.write(data)


def _words(error: OSError | ValueError) -> str:
    if isinstance(error, FileNotFoundError):
        return "there is no such file or folder"
    if isinstance(error, IsADirectoryError):
        return "it is a folder"
    if isinstance(error, PermissionError):
        return "permission denied"
    return (getattr(error, "strerror", None) or str(error)).lower()
