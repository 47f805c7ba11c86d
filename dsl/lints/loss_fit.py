"""An activation and a loss that do not belong together: it trains, and the numbers mean nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dsl import codes, nodes
from dsl.diagnostics import Label
from dsl.lints import loss_tables as tables
from dsl.lints.heads import head_of
from dsl.lints.reading import words_of
from dsl.records import Record

if TYPE_CHECKING:
    from collections.abc import Callable

    from dsl.checker.frame import Frame
    from dsl.graph import LossTerm
    from dsl.lints.heads import Head
    from dsl.source import Span


class Complaint(Record):
    """What is wrong, what would mend it, and which of the two sides is pointed at."""

    message: str
    help: str
    at_loss: bool = False


def lint(frame: Frame, live: set[int]) -> None:  # noqa: ARG001 -- outputs are live
    """Warn of outputs whose activation does not belong to their loss."""
    program = frame.state.program
    if program.training is None:
        return
    for output in program.outputs:
        term = program.training.losses.get(output.name)
        head = head_of(output.tensor, frame) if term is not None and term.name else None
        if term is None or head is None or _is_lonely_softmax(head):
            continue
        for names, rule in RULES:
            if term.name in names:
                found = rule(term, head)
                if found is not None:
                    _report(found, term, head, frame)
                break


def _report(found: Complaint, term: LossTerm, head: Head, frame: Frame) -> None:
    here, there = (
        (_place_of_loss(term), Label(head.span, f"the output {term.output} is made here"))
        if found.at_loss
        else (head.span, Label(term.span, f"this is the loss of {term.output}"))
    )
    frame.report(codes.LOSS_FIT, here, found.message, help=found.help, labels=[there])


def _place_of_loss(term: LossTerm) -> Span:
    """The argument that says `from_logits`, else the loss."""
    if isinstance(term.expression, nodes.Call):
        for one in term.expression.arguments:
            if one.name == "from_logits":
                return one.span
    return term.span


def _is_lonely_softmax(head: Head) -> bool:
    """Whether `lonely_softmax` speaks of it."""
    return head.activation == "softmax" and head.units == 1


# ---- losses


def _of(head: Head) -> str:
    """What makes the numbers, in words."""
    if head.activation == "linear":
        return f"this {head.words} has no activation"
    return f"{head.activation} makes the output"


def _no_probabilities(word: str, term: LossTerm, head: Head) -> Complaint:
    """The output gives no probabilities: `word` would make them, or the loss may take logits."""
    without = head.activation == "linear"
    help_ = f"give it {word}" if without else f"write {word}"
    if "from_logits" in term.arguments:
        logits = f"{term.name}(from_logits=true)({term.output})"
        help_ += f", or {'' if without else 'leave the activation out and '}write {logits}"
    return Complaint(f"{words_of(term.expression)} takes probabilities, and {_of(head)}", help_)


def _categorical(term: LossTerm, head: Head) -> Complaint | None:
    if head.units == 1:
        return Complaint(
            f"{words_of(term.expression)} chooses among classes, and the output {term.output} has one unit",
            f"write binary_crossentropy({term.output}) with sigmoid for one unit, or give it a unit for each class",
            at_loss=True,
        )
    made = head.activation
    if term.arguments.get("from_logits") is True:
        return _of_logits(term, head)
    if made in tables.SUM_TO_ONE:
        return None
    if made in tables.FROM_0_TO_1:
        return Complaint(
            f"{words_of(term.expression)} takes probabilities that sum to 1, and {_of(head)}",
            f"write softmax, or binary_crossentropy({term.output}) where several classes may hold at once",
        )
    return _no_probabilities("softmax", term, head)


def _binary(term: LossTerm, head: Head) -> Complaint | None:
    made = head.activation
    if term.arguments.get("from_logits") is True:
        return _of_logits(term, head)
    if made in tables.FROM_0_TO_1:
        return None
    if made in tables.SUM_TO_ONE:
        return Complaint(
            f"{words_of(term.expression)} judges each unit alone, and softmax shares 1 among the units of {term.output}",
            f"write categorical_crossentropy({term.output}), or sigmoid where several may hold at once",
            at_loss=True,
        )
    return _no_probabilities("sigmoid", term, head)


def _of_logits(term: LossTerm, head: Head) -> Complaint | None:
    made = head.activation
    if made in tables.SUM_TO_ONE | tables.FROM_0_TO_1:
        return Complaint(
            f"from_logits says that {term.output} gives logits, and {_of(head)}",
            "leave out from_logits, or the activation",
            at_loss=True,
        )
    if made in tables.CUT:
        return Complaint(
            f"logits go from minus to plus infinity, and {_of(head)}",
            "leave the activation out: the loss has its own",
        )
    return None


def _probabilities(term: LossTerm, head: Head) -> Complaint | None:
    if head.activation in tables.SUM_TO_ONE | tables.FROM_0_TO_1:
        return None
    return Complaint(
        f"{words_of(term.expression)} takes probabilities, and {_of(head)}",
        "write sigmoid for each unit alone, or softmax for classes that exclude each other",
    )


def _signed(term: LossTerm, head: Head) -> Complaint | None:
    if head.activation not in tables.SUM_TO_ONE | tables.FROM_0_TO_1:
        return None
    return Complaint(
        f"{words_of(term.expression)} wants numbers from below -1 to above 1, and {_of(head)}",
        f"write tanh, or no activation; or binary_crossentropy({term.output})",
    )


def _regression(term: LossTerm, head: Head) -> Complaint | None:
    if head.activation not in tables.SUM_TO_ONE:
        return None
    return Complaint(
        f"{words_of(term.expression)} compares numbers, and {_of(head)}",
        f"write categorical_crossentropy({term.output}) for classes, or leave softmax out for numbers",
        at_loss=True,
    )


def _ctc(term: LossTerm, head: Head) -> Complaint | None:
    if head.activation not in tables.SUM_TO_ONE | tables.FROM_0_TO_1:
        return None
    return Complaint(
        f"{words_of(term.expression)} takes logits, and {_of(head)}",
        "leave the activation out: the loss has its own",
    )


RULES: tuple[tuple[frozenset[str], Callable[[LossTerm, Head], Complaint | None]], ...] = (
    (tables.CATEGORICAL, _categorical),
    (tables.BINARY, _binary),
    (tables.PROBABILITIES, _probabilities),
    (tables.SIGNED, _signed),
    (tables.REGRESSION, _regression),
    (frozenset({"CTC"}), _ctc),
)
