"""The functions of `import dsl`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from dsl import compiler
from dsl.files import FileLoader, loader_beside, read_source
from dsl.source import Source

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dsl.compiler import Compilation


def check(
    program: str | Path,
    *,
    values: Mapping[str, object] | None = None,
    sizes: Mapping[str, int] | None = None,
    keras: str = "",
) -> Compilation:
    """Check a program, without TensorFlow and without running any of it.

    Args:
        program: a `str` is the text of a program; a `pathlib.Path` is a file. What it imports
            is looked for beside the file, and for a text in the current folder.
        values: what each `$name` of the program stands for.
        sizes: numbers that named sizes of its inputs are taken for, as if they were written there.
        keras: the version of Keras that it is for, such as `3.13`; by default the newest that is known.

    Returns:
        What was found: `ok`, `diagnostics`, and the `program` as far as it could be proved.
        Errors in the program raise nothing here.

    Raises:
        dsl.FileProblem: where the file cannot be read.
        ValueError: where a size is no number from 1 on, or no input has a size of that name; and
            where `keras` is no version that is supported.
    """
    from dsl.catalogue.versions import wanted  # noqa: PLC0415 -- importing dsl.api alone reads nothing

    for name, size in (sizes or {}).items():
        if type(size) is not int or size < 1:
            raise ValueError(f"the size {name} must be a whole number from 1 on, not {size!r}")
    source = _source(program)
    loader = loader_beside(source) if isinstance(program, Path) else FileLoader("")
    version = wanted(keras) if keras else ""
    found = compiler.check(source, loader=loader, values=values, sizes=sizes, keras=version)
    strange = [name for name in sizes or {} if name not in found.program.sizes]
    if strange and found.ok:
        raise ValueError(f"no input of the program has a size named {' or '.join(strange)}")
    return found


def compile(  # noqa: A001 -- dsl.compile is what it is
    program: str | Path,
    *,
    values: Mapping[str, object] | None = None,
    templates: str | Path | None = None,
) -> str:
    """Compile a program to the text of a Python script.

    Args:
        program: a `str` is the text of a program; a `pathlib.Path` is a file.
        values: what each `$name` of the program stands for.
        templates: a folder with templates of one's own, in place of those of the same name.

    Returns:
        Python that needs Keras and nothing of this package.

    Raises:
        dsl.CompileError: where the program has errors; `diagnostics` are all of them.
        dsl.FileProblem: where the file cannot be read.
    """
    folder = None if templates is None else str(templates)
    return compiler.emit(check(program, values=values), templates=folder)


def build_model(program: str | Path, *, values: Mapping[str, object] | None = None) -> Any:
    """Build the Keras model of a program in this process.

    Args:
        program: a `str` is the text of a program; a `pathlib.Path` is a file.
        values: what each `$name` of the program stands for.

    Returns:
        A `keras.Model`, compiled where the program says how to train it.

    Raises:
        dsl.CompileError: where the program has errors, or Keras refuses to build it.
        dsl.FileProblem: where the file cannot be read.
    """
    from dsl.build import build  # noqa: PLC0415 -- what needs Keras, when it is asked for

    return build(check(program, values=values))


def _source(program: str | Path) -> Source:
    return read_source(str(program)) if isinstance(program, Path) else Source("<text>", program)
