"""Judge a whole program: built as announced, or refused for a reason that Keras has too."""

from __future__ import annotations

from collections import Counter
from contextlib import redirect_stdout
from io import StringIO
from typing import TYPE_CHECKING, Any

import dsl
from dsl.records import replace
from tests.differential.keras_side import STEPS, in_time, quiet
from tests.differential.verdict import Verdict

if TYPE_CHECKING:
    from dsl.build import Script
    from dsl.compiler import Compilation

FIT_SHARE = 3
"""One program in so many is also run; those with a `train:` learn for a step."""


OF_MASKS = (
    *("NotEqual", "Any", "LogicalOr", "LogicalAnd", "ExpandDims"),
    *("ZerosLike", "OnesLike", "Concatenate", "Cast"),
)
"""Operators by which Keras makes masks of its own accord."""

OURS = (NameError, AttributeError, SyntaxError)
"""Errors of a script that was emitted in spite of errors: they are no refusal of Keras's."""


def judge(text: str, number: int) -> Verdict:
    """Check a program, build it, and compare."""
    try:
        done = dsl.check(text)
    except Exception as problem:  # noqa: BLE001 -- what must never happen
        return Verdict("crash", _words(problem), "", program=text)
    errors = tuple(one for one in done.diagnostics if one.severity == "error")
    said = "; ".join(f"{one.code.id}: {one.message}" for one in errors)
    verdict = _refused(done, said) if errors else _accepted(done, number)
    return replace(verdict, codes=tuple(one.code.id for one in errors), program=text)


def _words(problem: BaseException) -> str:
    return f"{type(problem).__name__}: {' '.join(str(problem).split())[:200]}"


def _refused(done: Compilation, said: str) -> Verdict:
    """What is emitted in spite of the errors must not build, where a code says so.

    Not everything can be emitted after an error: such a program says nothing on Keras.
    """
    claims = {one.code.keras for one in done.diagnostics if one.severity == "error"}
    if claims != {"raises-build"}:
        return Verdict("own", said, "")
    script = _forced(done)
    if script is None:
        return Verdict("own", said, "not emitted")
    try:
        with in_time(), quiet():
            script.model()
    except Exception as problem:  # noqa: BLE001 -- any will do as a refusal
        kind = "own" if isinstance(problem.__cause__, OURS) else "refused"
        return Verdict(kind, said, _words(problem))
    return Verdict("too strict", said, "builds")


def _forced(done: Compilation) -> Script | None:
    """The script of a program with errors, where one comes out."""
    from dsl.build import Script

    try:
        return Script(replace(done, diagnostics=()))
    except Exception:  # noqa: BLE001 -- translation counts on a checked program
        return None


def _accepted(done: Compilation, number: int) -> Verdict:
    from dsl.build import Script
    from dsl.testing.compare import differences

    program = done.program
    shown = ", ".join(f"{one.name}: {one.tensor.type}" for one in program.outputs)
    try:
        with in_time(), quiet():
            script = Script(done)
            model = script.model()
    except Exception as problem:  # noqa: BLE001 -- what is accepted must build
        return Verdict("too lax", shown, _words(problem))
    wrong = [*differences(program, model), *_operations(program, model)]
    if wrong:
        return Verdict("emitted", "; ".join(wrong[:4]), "")
    if number % FIT_SHARE == 0:
        return _runs(done, script, model, shown)
    return Verdict("accepted", shown, "")


def _operations(program: Any, model: Any) -> list[str]:
    """Whether the model has the very operations: layers once each, operators by class."""
    announced = Counter(one.class_name for one in program.operations if one.kind != "constant")
    built = Counter(type(one).__name__ for one in model.operations)
    for name in OF_MASKS:
        built[name] = min(built[name], announced[name])
    if +announced == +built:
        return []
    return [f"operations: announced {dict(announced - built)}, built {dict(built - announced)}"]


# ---- running


def _runs(done: Compilation, script: Script, model: Any, shown: str) -> Verdict:
    warned = {one.code.id for one in done.diagnostics} & {"surprise", "loss-fit", "float-ids"}
    try:
        with in_time(), quiet(), redirect_stdout(StringIO()):
            data = _arrays(model)
            results = model(data)
            wrong = _unlike(model.outputs, results)
            if script.trains:
                script.train(model, (data, _targets(done, results)), epochs=1, batch_size=4)
    except Exception as problem:  # noqa: BLE001 -- what is accepted must run
        # A program that says how to train must train; one that does not need only build.
        kind = "run fails" if warned or not script.trains else "too lax"
        return Verdict(kind, shown, f"the run: {_words(problem)}")
    if wrong and not warned:
        return Verdict("unwarned", shown, wrong)
    return Verdict("accepted", shown, "")


def _arrays(model: Any) -> Any:
    import numpy as np

    draw = np.random.default_rng(0)
    found = []
    for one in model.inputs:
        shape = [4, *(size or STEPS for size in one.shape[1:])]
        found.append(draw.integers(0, 2, shape).astype(one.dtype))
    return found if len(found) > 1 else found[0]


def _listed(results: Any) -> list[Any]:
    return list(results) if isinstance(results, list | tuple) else [results]


def _unlike(outputs: Any, results: Any) -> str:
    """Where a run gives another dtype or shape than the model announces."""
    for one, result in zip(outputs, _listed(results), strict=True):
        same = len(one.shape) == len(result.shape) and all(
            size in (None, other) for size, other in zip(one.shape, result.shape, strict=True)
        )
        if not same or one.dtype != result.dtype.name:
            return f"{one.dtype}{one.shape} announced, {result.dtype.name}{result.shape} in the run"
    return ""


def _targets(done: Compilation, results: Any) -> Any:
    import numpy as np

    training = done.program.training
    found = []
    for endpoint, result in zip(done.program.outputs, _listed(results), strict=True):
        term = training.losses.get(endpoint.name) if training else None
        sparse = term is not None and term.name == "SparseCategoricalCrossentropy"
        shape = result.shape[:-1] if sparse else result.shape
        found.append(np.zeros(shape, "int32" if sparse else "float32"))
    return found if len(found) > 1 else found[0]
