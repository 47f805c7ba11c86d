"""Built models: the emitted program, run in this process; the only place that needs Keras."""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING, Any

from dsl.checker.facts import ClaimFact
from dsl.checker.naming import walk_statements
from dsl.codes import BUILD_FAILED, NOT_AS_ANNOTATED, TRAINING_FAILED
from dsl.compiler import CompileError, located
from dsl.diagnostics import Diagnostic
from dsl.nodes import Block, Import
from dsl.shapes.dims import BATCH
from dsl.shapes.types import TensorType

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from types import CodeType, TracebackType

    from dsl.compiler import Compilation
    from dsl.graph import Operation
    from dsl.source import Source, Span


def build(compilation: Compilation) -> Any:
    """Build the model of a checked program.

    Args:
        compilation: what was checked, without errors.

    Returns:
        A `keras.Model`, compiled where the program has a `train:`.

    Raises:
        CompileError: where the program has errors, or Keras refuses to build it: then its one
            diagnostic is at the place of the graph where it does.
    """
    return Script(compilation).model()


def require_installed(compilation: Compilation) -> None:
    """Compare what a program uses with the Keras that is installed, which is not imported for it.

    Raises:
        CompileError: where the program uses something that came later.
    """
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415 -- where something is built

    with contextlib.suppress(PackageNotFoundError):
        compilation.require_keras(version("keras"))


class Script:
    """The functions of an emitted script, with positions in the graph.

    Args:
        compilation: what was checked, without errors.

    Raises:
        CompileError: where the program has errors, or an import of its fails.
    """

    def __init__(self, compilation: Compilation) -> None:
        """Run the script's definitions; this imports Keras."""
        if not compilation.ok:
            raise CompileError(compilation.diagnostics)
        require_installed(compilation)
        self._compilation = compilation
        self._names: dict[str, Any] = {"__name__": compilation.program.name}
        codes = located(compilation)
        self._pointing(lambda: self._run(codes))

    @property
    def trains(self) -> bool:
        """Whether the program says how to train."""
        return "train" in self._names

    @property
    def inputs(self) -> tuple[str, ...]:
        """The names of the arrays that go in."""
        return tuple(self._names.get("INPUTS", ()))

    @property
    def outputs(self) -> tuple[str, ...]:
        """The names of the arrays that training aims at."""
        return tuple(self._names.get("OUTPUTS", ()))

    def data(self, arrays: Mapping[str, Any], origin: str) -> Any:
        """The pair (inputs, targets) for `train`.

        Args:
            arrays: those of NumPy, by the names of inputs and outputs.
            origin: where they come from, in messages.

        Raises:
            ValueError: where they do not fit the graph; it names the array, what it has, and what is expected.
        """
        return self._names["load_data"](origin, dict(arrays))

    def model(self) -> Any:
        """A new model, compiled where the program says how to train.

        Raises:
            CompileError: where Keras refuses.
        """
        return self._pointing(self._model)

    def train(
        self, model: Any, data: Any, *, epochs: int | None = None, batch_size: int | None = None
    ) -> Any:
        """Fit a model to (inputs, targets) and return the history.

        Args:
            model: a model of this script.
            data: the pair, each one array or a list in the graph's order.
            epochs: in place of what the program says.
            batch_size: in place of what the program says.

        Raises:
            CompileError: where Keras fails.
        """
        epochs = epochs or self._setting("epochs", 1)
        batch_size = batch_size or self._setting("batch_size", 32)
        fit = self._names["train"]
        return self._pointing(lambda: fit(model, data, None, epochs, batch_size))

    def _run(self, codes: Iterable[CodeType]) -> None:
        for code in codes:
            exec(code, self._names)  # noqa: S102 -- what we emitted

    def _model(self) -> Any:
        model = self._names["build_model"]()
        return self._names["compile_model"](model) if self.trains else model

    def _setting(self, name: str, default: int) -> Any:
        training = self._compilation.program.training
        found = training.settings.get(name) if training else None
        return default if found is None else found[0]

    def _pointing(self, make: Callable[[], Any]) -> Any:
        """Do something, and say an error of it at its place in the graph."""
        try:
            return make()
        except Exception as error:
            raise CompileError((failure(error, self._compilation),)) from error


def failure(error: Exception, compilation: Compilation) -> Diagnostic:
    """An error of Keras as a diagnostic, at the place of the graph that it comes from.

    Args:
        error: what code of `located` raised.
        compilation: the program that it was made from.
    """
    kind = type(error).__name__
    words = _words(error)
    place = place_of(error, compilation) or compilation.source.span(0, 0)
    if _is_fit(error):
        return Diagnostic(
            TRAINING_FAILED,
            _layer_in(str(error), compilation) or place,
            f"training the model fails here, with {kind}: {words}",
            help="the compiler could not foresee it; see what this place is given",
        )
    claim = _claims(compilation).get((place.source.name, place.start))
    if claim is not None:
        return _refuted(claim, error, place)
    return Diagnostic(
        BUILD_FAILED,
        place,
        f"building the model fails here, with {kind}: {words}",
        help="the compiler could not foresee it; see what this place is given",
    )


def _is_fit(error: Exception) -> bool:
    """Whether an error comes from training, not from `compile`."""
    return any(one.tb_frame.f_code.co_name == "train" for one in _frames(error.__traceback__))


def _words(error: Exception) -> str:
    """What Keras says, without colours, Python's frames and the list of all arguments."""
    said = str(error.args[0] if isinstance(error, KeyError) and error.args else error)
    return " ".join(re.sub(NOISE, "", said).split())


NOISE = r"\x1b\[\d*m|Graph exec.*\s+| defined at .*|\n+ +File .*|\n\s*(Arg|\[\[)(?s:.*)"
"""What Keras and TensorFlow write around what they say: colours, the frames of Python, all arguments."""


def _layer_in(words: str, compilation: Compilation) -> Span | None:
    """The layer that fails: TensorFlow has it in the path of a node (`model/layer_1/MatMul`), Keras its class."""
    operations = list(_operations(compilation.program.operations))
    named = {one.name: one for one in operations}
    for path in re.findall(r"[\w.]+(?:/[\w.]+)+", words):
        for part in reversed(path.split("/")[1:]):
            found = named.get(re.sub(r"_\d+$", "", part)) or named.get(part)
            if found is not None:
                return found.span
    for kind in re.findall(r"when calling (\w+)\.call\(\)", words):
        of_kind = [one for one in operations if one.class_name == kind]
        if len(of_kind) == 1:
            return of_kind[0].span
    return None


def _operations(operations: Iterable[Operation]) -> Iterator[Operation]:
    for one in operations:
        yield one
        yield from _operations(one.inside)


def _claims(compilation: Compilation) -> dict[tuple[str, int], ClaimFact]:
    """The annotations that the built model proves, by their places."""
    found = {}
    for tree in compilation.program.trees.values():
        blocks = [one.body for one in tree.statements if isinstance(one, Block)]
        for statement in (
            one for body in (tree.statements, *blocks) for one in walk_statements(body)
        ):
            for kind in getattr(statement, "types", ()):
                fact = compilation.program.facts.get(kind)
                if isinstance(fact, ClaimFact):
                    found[tree.source.name, kind.span.start] = fact
    return found


def _refuted(claim: ClaimFact, error: Exception, place: Span) -> Diagnostic:
    """An annotation that the built model refutes, with what Keras gives."""
    calls = (one.tb_frame for one in _frames(error.__traceback__))
    proof = next((one for one in calls if one.f_code.co_name == "assert_equal"), None)
    found = "what is built there is no single tensor"
    if proof is not None:
        found = f"the built tensor is {_shown(proof.f_locals['actual'])}"
    written = f"{claim.dtype}{place.text}" if place.text.startswith("[") else place.text
    return Diagnostic(
        NOT_AS_ANNOTATED,
        place,
        f"{written} is written here, and {found}",
        help="write the type it has, or change what makes it",
    )


def _shown(found: Any) -> str:
    """A shape, or a shape and a dtype, as the language writes them."""
    with_dtype = len(found) == 2 and not isinstance(found[0], int | None)
    shape, dtype = found if with_dtype else (found, None)
    sizes: Any = tuple(shape)
    shown = str(TensorType(str(dtype), (BATCH, *sizes[1:]) if sizes[:1] == (None,) else sizes))
    return shown if with_dtype else shown.removeprefix("None")


def place_of(error: Exception, compilation: Compilation) -> Span | None:
    """The innermost place of the graph that an error of code of `located` passed through."""
    sources = {name: tree.source for name, tree in compilation.program.trees.items()}
    sources[compilation.source.name] = compilation.source
    for frame in reversed(list(_frames(error.__traceback__))):
        source = sources.get(frame.tb_frame.f_code.co_filename)
        span = _span(source, frame) if source else None
        if span:
            return span
    return _import(error, compilation)


def _frames(trace: TracebackType | None) -> Iterator[TracebackType]:
    while trace is not None:
        yield trace
        trace = trace.tb_next


def _span(source: Source, frame: TracebackType) -> Span | None:
    positions = list(frame.tb_frame.f_code.co_positions())
    line, end_line, column, end_column = positions[frame.tb_lasti // 2]
    if line is None or end_line is None or column is None or end_column is None:
        return None
    return source.span(_offset(source, line, column), _offset(source, end_line, end_column))


def _offset(source: Source, line: int, column: int) -> int:
    """The offset of a line and a column that counts UTF-8 bytes, as Python's own do."""
    before = sum(len(one) for one in source.text.splitlines(keepends=True)[: line - 1])
    return before + len(source.line(line).encode()[:column].decode(errors="ignore"))


def _import(error: Exception, compilation: Compilation) -> Span | None:
    """The import of a Python module that failed."""
    if not isinstance(error, ImportError):
        return None
    for tree in compilation.program.trees.values():
        for one in tree.statements:
            if isinstance(one, Import) and one.module and one.module == error.name:
                return one.origin_span
    return None
