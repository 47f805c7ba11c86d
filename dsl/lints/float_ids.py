"""Floats given to an Embedding: Keras cuts them to whole numbers in silence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dsl import codes
from dsl.diagnostics import Label
from dsl.lints.inside import graphs
from dsl.lints.reading import is_float, layers

if TYPE_CHECKING:
    from dsl.checker.frame import Frame
    from dsl.graph import Tensor

EMBEDDINGS = frozenset({"Embedding", "ReversibleEmbedding"})

PASSING = frozenset(
    {
        "ExpandDims", "Flatten", "GetItem", "Identity", "Permute", "RepeatVector", "Reshape", "Split", "Squeeze",
        "Transpose",
    }
)  # fmt: skip
"""Operations that give the numbers they get."""


def lint(frame: Frame, live: set[int]) -> None:  # noqa: ARG001 -- wrong in a dead branch too
    """Warn of inputs declared as floats whose numbers an Embedding takes as they are."""
    backwards = {
        (one.operation.name, id(one.inputs[0]))
        for graph in graphs(frame)
        for one in graph.applications
        if one.inputs and one.call.get("reverse")
    }
    for operation, layer in layers(frame):
        if layer.symbol.key not in EMBEDDINGS:
            continue
        for call in operation.calls:
            looked_up = call and (operation.name, id(call[0])) not in backwards
            declared = _declared(call[0]) if looked_up else None
            if declared is None or not is_float(declared):
                continue
            name, dtype = declared.operation.name, declared.type.dtype
            mended = str(declared.type).replace(str(dtype), "int32", 1)
            frame.report(
                codes.FLOAT_IDS,
                declared.span,
                f"{name} is declared as {dtype}, and {layer.words} takes whole numbers",
                help=f"declare the numbers of rows as what they are: {name}: {mended}",
                labels=[Label(layer.span, f"this {layer.symbol.name} looks up a row for each")],
            )


def _declared(tensor: Tensor) -> Tensor | None:
    """The input whose numbers a tensor holds unchanged."""
    while tensor.operation.kind != "input":
        calls = tensor.operation.calls
        if tensor.operation.class_name not in PASSING or len(calls) != 1 or len(calls[0]) != 1:
            return None
        tensor = calls[0][0]
    return tensor
