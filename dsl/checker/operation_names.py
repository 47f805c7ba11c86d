"""Names that Keras gives to operations of a model by itself (`add`, `add_1`): nothing else may have one of these."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dsl import codes
from dsl.checker import words

if TYPE_CHECKING:
    from dsl.checker.frame import Frame, State


def check(taken: set[str], frame: Frame) -> None:
    """Report names of the source that Keras gives to an operation too.

    Args:
        taken: Keras's names, without their counters, which go on from one model to the next.
        frame: where.
    """
    state = frame.state
    given = [
        (operation.name, layer.span, "layer")
        for operation, layer in state.layers.items()
        if "name" in layer.given
    ]
    given += [(one.name, one.span, "input") for one in state.program.inputs]
    for name, span, what in given:
        stem, _, number = name.rpartition("_")
        if (stem if number.isdigit() else name) in taken:
            frame.report(
                codes.DUPLICATE_NAME,
                span,
                f"{name} is a name that Keras gives to an operation of this program",
                help=f"give the {what} another name: {name}_{what}",
            )


def names_of_keras(state: State) -> set[str]:
    """Those of the operations that bear none of the source's."""
    operators = (one for one in state.program.operations if one.kind == "operator")
    return {words.snake(one.class_name) for one in operators} | state.unnamed_layers
