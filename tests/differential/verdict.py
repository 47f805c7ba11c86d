"""What came out of a case."""

from __future__ import annotations

from dsl.records import Record

KINDS = {
    "accepted": "both build it, and it is as announced",
    "refused": "both refuse it",
    "unknown": "nothing, or not all, was announced",
    "own": "refused here by a rule of the language, without a word on Keras",
    "dies": "Keras takes the process with it",
    "run fails": "built as announced; arrays that were drawn for it do not go through",
}
"""Kinds of verdict that are no disagreement."""

DISAGREEMENTS = {
    "crash": "the compiler raised",
    "too strict": "refused here as something that Keras does not build, and it builds",
    "too lax": "accepted here, and Keras raises",
    "trains": "refused here as something that cannot be trained, and it trains",
    "shape": "another shape",
    "dtype": "another dtype",
    "params": "another number of parameters",
    "trainable": "another number of parameters that learn",
    "emitted": "what was emitted does not build, or builds something else",
    "unwarned": "the run gives something else than the model announces, without a warning",
    "no surprise": "warned that the run gives something else, and it does not",
    "cascade": "another error, or more errors, than the one mistake that was made",
}
"""Kinds of verdict that are."""


class Verdict(Record):
    """What came out of a case.

    Args:
        kind: a key of `KINDS` or of `DISAGREEMENTS`.
        ours: what the compiler says.
        theirs: what Keras does.
        codes: of the errors.
        parameter: the parameter that the error, or the change, is about.
        program: its text.
    """

    kind: str
    ours: str
    theirs: str
    codes: tuple[str, ...] = ()
    parameter: str = ""
    program: str = ""
