"""Judge a case: what the compiler says of its program beside what Keras does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import dsl
from dsl.catalogue import lookup
from tests.differential import keras_side
from tests.differential.verdict import Verdict

if TYPE_CHECKING:
    from dsl.compiler import Compilation
    from dsl.shapes.types import TensorType
    from tests.differential.cases import Case
    from tests.differential.keras_side import Built

BUILDS = "raises-build"
RUN_SHARE = 12
"""One accepted case in so many is also run, and its emitted code built."""

OF_A_RUN = ("gives", "run fails", "leave")
"""Words of warnings that say what a run gives; others say what it is made of."""

NOT_RUN = frozenset(f"Adaptive{what}Pooling{n}D" for what in ("Max", "Average") for n in (1, 2, 3))
"""Layers that are built and not run: in TensorFlow they may divide by zero and end the process."""


def judge(case: Case) -> Verdict:
    """Ask both."""
    try:
        built, trouble = keras_side.build(case), ""
    except keras_side.TooLongError:
        return Verdict("unknown", "", "takes too long")
    except Exception as problem:  # noqa: BLE001 -- any will do as a refusal
        built, trouble = None, _words(problem)
    text = case.program(built.structure if built else [""])
    try:
        done = dsl.check(text)
    except Exception as problem:  # noqa: BLE001 -- what must never happen
        return Verdict("crash", _words(problem), trouble or "builds", program=text)
    verdict = _compare(case, done, built, trouble)
    return Verdict(
        verdict.kind, verdict.ours, verdict.theirs, _codes(done), _parameter(case, done), text
    )


def _words(problem: Exception) -> str:
    return f"{type(problem).__name__}: {' '.join(str(problem).split())[:160]}"


def _codes(done: Compilation) -> tuple[str, ...]:
    return tuple(one.code.id for one in done.diagnostics if one.severity == "error")


def _parameter(case: Case, done: Compilation) -> str:
    """What the error points at, as a parameter, else what was changed."""
    for one in done.diagnostics:
        if one.severity == "error":
            words = one.message.partition(": ")[2] or one.message
            name = words.split()[0]
            if name in case.arguments:
                return name
    return case.change


def _compare(case: Case, done: Compilation, built: Built | None, trouble: str) -> Verdict:
    errors = [one for one in done.diagnostics if one.severity == "error"]
    if not errors:
        return _accepted(case, done, built, trouble)
    said = "; ".join(f"{one.code.id}: {one.message}" for one in errors)
    if built is None:
        return Verdict("refused", said, trouble)
    claims = {one.code.keras for one in errors}
    if BUILDS in claims:
        return Verdict("too strict", said, _shown(built))
    if "raises-fit" in claims:
        return _fit(case, built, said)
    wrong = _of_function(case, done, built)
    return wrong or Verdict("own", said, _shown(built))


def _fit(case: Case, built: Built, said: str) -> Verdict:
    try:
        keras_side.fit(case, built)
    except Exception as problem:  # noqa: BLE001 -- any will do as a refusal
        return Verdict("refused", said, _words(problem))
    return Verdict("trains", said, f"{_shown(built)}, and trains")


def _of_function(case: Case, done: Compilation, built: Built) -> Verdict | None:
    """What a function gives is compared even where it may not be an output."""
    if case.symbol.is_layer or not done.program.operations:
        return None
    announced = done.program.operations[-1].outputs
    if len(announced) != len(built.types) or done.program.operations[-1].kind == "input":
        return None
    if any(one.shape is None for one in announced):
        return None
    return _types(list(announced), built)


def _accepted(case: Case, done: Compilation, built: Built | None, trouble: str) -> Verdict:
    program = done.program
    announced = [one.tensor.type for one in program.outputs]
    shown = ", ".join(map(str, announced))
    if any(one.shape is None for one in announced):
        return Verdict("unknown", shown, trouble or (_shown(built) if built else ""))
    if built is None:
        return Verdict("too lax", shown, trouble)
    wrong = _types(announced, built)
    if wrong is not None:
        return wrong
    for kind, ours, theirs in (
        ("params", program.params, built.params),
        ("trainable", program.trainable_params, built.trainable),
    ):
        if ours is None:
            return Verdict("unknown", f"{shown}, {kind} not known", _shown(built))
        if ours != theirs:
            return Verdict(kind, f"{shown}, {ours} {kind}", f"{_shown(built)}, {theirs} {kind}")
    said = [one.message for one in done.diagnostics if one.code.id == "surprise"]
    known = all(isinstance(size, int) for one in announced for size in (one.shape or ())[1:])
    warned = any(word in message for message in said for word in OF_A_RUN if known)
    warned = warned and not any(" or " in message for message in said)
    if case.symbol.key in NOT_RUN:
        return Verdict("accepted", shown, _shown(built))
    if case.number % RUN_SHARE == 0 or (warned and case.number % 3 == 0):
        return _further(case, done, built, warned=warned, said=bool(said))
    return Verdict("accepted", shown, _shown(built))


def _types(announced: list[TensorType], built: Built) -> Verdict | None:
    ours = [(one.dtype, _plain(one)) for one in announced]
    shown = ", ".join(map(str, announced))
    if [shape for _, shape in ours] != [shape for _, shape in built.types]:
        return Verdict("shape", shown, _shown(built))
    if any(dtype is None for dtype, _ in ours):
        return Verdict("unknown", shown, _shown(built))
    if [dtype for dtype, _ in ours] != [dtype for dtype, _ in built.types]:
        return Verdict("dtype", shown, _shown(built))
    return None


def _plain(one: TensorType) -> tuple[int | None, ...] | None:
    if one.shape is None:
        return None
    return tuple(size if isinstance(size, int) else None for size in one.shape)


def _shown(built: Built) -> str:
    return ", ".join(f"{dtype}{list(shape)}" for dtype, shape in built.types)


def _further(case: Case, done: Compilation, built: Built, *, warned: bool, said: bool) -> Verdict:
    """What was emitted builds the same; and the run gives what is announced, or there is a warning."""
    from dsl.build import Script
    from dsl.testing.compare import differences

    shown = _shown(built)
    try:
        with keras_side.in_time(), keras_side.quiet():
            wrong = differences(done.program, Script(done).model())
    except Exception as problem:  # noqa: BLE001 -- what is emitted must build
        return Verdict("emitted", _words(problem), shown)
    if wrong:
        return Verdict("emitted", "; ".join(wrong), shown)
    return _run_of(case, built, shown, warned=warned, said=said)


def _run_of(case: Case, built: Built, shown: str, *, warned: bool, said: bool) -> Verdict:
    """Whether a run gives what is announced; it must not, in some run, where a warning says so."""
    try:
        found = keras_side.run(case, built)
    except Exception as problem:  # noqa: BLE001 -- a run that fails differs, too
        return Verdict("accepted" if said else "run fails", shown, f"the run: {_words(problem)}")
    same = all(_as_announced(*pair) for pair in zip(built.types, found, strict=True))
    if same and warned and not _differs_elsewhere(case, built):
        return Verdict("no surprise", shown, f"the run: {found}")
    if not same and not said:
        return Verdict("unwarned", shown, f"the run: {found}")
    return Verdict("accepted", shown, shown)


def _differs_elsewhere(case: Case, built: Built) -> bool:
    """Whether a run of other sizes, or one in training, gives something else."""
    for steps, rows, training in ((7, 3, False), (1, 5, False), (keras_side.STEPS, 2, True)):
        try:
            found = keras_side.run(case, built, steps=steps, rows=rows, training=training)
        except Exception:  # noqa: BLE001 -- as above
            return True
        if not all(_as_announced(*pair) for pair in zip(built.types, found, strict=True)):
            return True
    return False


def _as_announced(announced: Any, found: Any) -> bool:
    """Whether a run gives what the model announces."""
    (dtype, shape), (real, sizes) = announced, found
    return (
        dtype == real
        and len(shape) == len(sizes)
        and all(one in (None, other) for one, other in zip(shape, sizes, strict=True))
    )


def family(case: Case) -> str:
    """Where a case's rule lives, for counts."""
    from dsl.catalogue.rules import FAMILIES

    known = lookup.by_key(case.symbol.key)
    key = known.key if known else case.symbol.key
    return next((name for name, keys in FAMILIES.items() if key in keys), "?")
