"""A callback that watches what the program does not measure: Keras warns at each epoch, and the callback does nothing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from dsl import codes, nodes
from dsl.catalogue import lookup
from dsl.catalogue.nearness import plain
from dsl.checker import words
from dsl.checker.values import Layer
from dsl.lints.reading import place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dsl.checker.frame import Frame
    from dsl.graph import Training

ALWAYS = ("loss", "learning_rate")
"""What every run measures, or what a schedule adds to it."""


def lint(frame: Frame, live: set[int]) -> None:  # noqa: ARG001 -- callbacks see outputs alone
    """Warn of callbacks whose `monitor` is no loss and no metric."""
    training = frame.state.program.training
    if training is None:
        return
    measured = _measured(training, frame)
    callbacks = training.settings.get("callbacks", ((), None))[0]
    if measured is None or not isinstance(callbacks, list):
        return
    for one in callbacks:
        if isinstance(one, Layer) and "monitor" in one.given:
            _judge(one, measured, frame)


def _judge(callback: Layer, measured: list[str], frame: Frame) -> None:
    monitor = callback.arguments["monitor"]
    if not isinstance(monitor, str) or _base(monitor) in {plain(one) for one in measured}:
        return
    of_data = "val_" if monitor.startswith("val_") else ""
    near = lookup.closest(monitor, [of_data + one for one in measured], 3)
    listed = ", ".join(of_data + one for one in measured if one not in ALWAYS[1:])
    span = place(callback, "monitor", frame)
    frame.report(
        codes.UNKNOWN_MONITOR,
        span,
        f"{callback.symbol.name} watches {monitor}, and nothing here is measured by that name",
        help=words.did_you_mean(near) or f"watch one of {listed}, or add the metric",
        fix=words.mend(span, monitor, near),
    )


def _base(monitor: str) -> str:
    """A name of the history without what Keras puts around it."""
    return plain(re.sub(r"_\d+$", "", monitor.removeprefix("val_")))


def _measured(training: Training, frame: Frame) -> list[str] | None:
    """The names of losses and metrics; None where one of them has a name that nobody can know."""
    outputs = [one.name for one in frame.state.program.outputs]
    found = list(ALWAYS[:1])
    several = len(outputs) > 1
    found += [f"{output}_loss" for output in training.losses] if several else []
    weighted = training.settings.get("weighted_metrics")
    more = weighted[0] if weighted is not None and isinstance(weighted[0], dict) else {}
    for listed in (training.metrics, more):
        for output, metrics in listed.items():
            for node in metrics:
                names = list(_names(nodes.strip(node), frame))
                if not names:
                    return None
                found += [f"{output}_{name}" for name in names] if several else names
    return [*dict.fromkeys(found), *ALWAYS[1:]]


def _names(node: nodes.Expr, frame: Frame) -> Iterator[str]:
    """The names that a metric may bear: its word, and its class in small letters; none for one of one's own."""
    if isinstance(node, nodes.Call):
        given = [nodes.strip(one.value) for one in node.arguments if one.name == "name"]
        if given:
            yield from (one.value for one in given if isinstance(one, nodes.String))
            return
        node = nodes.strip(node.callee)
    if not isinstance(node, nodes.Name | nodes.String):
        return
    word = node.value if isinstance(node, nodes.String) else node.id
    if frame.scope.find(word) is not None:
        return
    symbol = lookup.symbol("metrics", word) or lookup.resolve_word("metrics", word)
    if not words.is_class_name(word):
        yield word
    if symbol is not None:
        yield words.snake(symbol.name) if words.is_class_name(symbol.name) else symbol.name
