"""Twin branches that share no weights: equal configurations on two inputs of one kind, where one was meant."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

from dsl import codes
from dsl.checker.values import configured
from dsl.diagnostics import Label
from dsl.lints.inside import Graph, graphs
from dsl.lints.twin_names import families, is_open

if TYPE_CHECKING:
    from dsl.checker.frame import Frame
    from dsl.graph import Application, Operation, Tensor

MERGES = frozenset(
    {
        "Add", "Average", "Concatenate", "Dot", "Einsum", "Matmul", "Maximum", "Minimum", "Multiply", "Stack",
        "Subtract", "TrueDivide",
    }
)  # fmt: skip
"""Where branches of one kind meet, as layers or as operations."""

MOST_MEMBERS = 3
"""Pairs and triplets are twins; more of a kind are columns of a table."""

SETTINGS_ASIDE = frozenset({"name", "seed"})


def lint(frame: Frame, live: set[int]) -> None:  # noqa: ARG001 -- what is dead is left out of its graph
    """Warn of merges whose branches are twins with weights of their own: in the program, and in each model of it."""
    for graph in graphs(frame):
        _lint(graph, frame)


def _lint(graph: Graph, frame: Frame) -> None:
    """Judge one graph, outside of the blocks in it."""
    partners = _partners(graph)
    if not partners:
        return
    origins: dict[Tensor, Tensor | None] = {one: one for one in graph.inputs.values()}
    told: set[tuple[Tensor, Tensor]] = set()
    for one in graph.applications:
        origin = _origin(one, origins)
        origins.update(dict.fromkeys(one.outputs, origin))
        merges = one.operation.class_name in MERGES and one.operation.path == graph.path
        if origin is None and merges:
            _judge(one, origins, partners, told, frame)


def _partners(graph: Graph) -> dict[Tensor, list[Tensor]]:
    """Inputs that look like twins, by input."""
    members: dict[tuple[str, str], dict[str, Tensor]] = {}
    for name, tensor in graph.inputs.items():
        if graph.path and len(name) == 1:  # in the head of a model, x and y only number its inputs
            continue
        for family, apart in families(name):
            members.setdefault((family, str(tensor.type)), {})[apart] = tensor
    found: dict[Tensor, list[Tensor]] = {}
    for (family, _), kin in members.items():
        if len(kin) > (2 if is_open(family) else MOST_MEMBERS):
            continue
        for first, second in combinations(kin.values(), 2):
            found.setdefault(first, []).append(second)
    return found


def _origin(one: Application, origins: dict[Tensor, Tensor | None]) -> Tensor | None:
    """The one input that an application hangs on; None where there are several, or none."""
    if one.operation.kind == "input":
        return one.outputs[0]
    behind = {origins.get(tensor) for tensor in one.inputs}
    return behind.pop() if len(behind) == 1 else None


def _judge(
    merge: Application,
    origins: dict[Tensor, Tensor | None],
    partners: dict[Tensor, list[Tensor]],
    told: set[tuple[Tensor, Tensor]],
    frame: Frame,
) -> None:
    branches: dict[Tensor, Tensor] = {}
    for tensor in merge.inputs:
        behind = origins.get(tensor)
        if behind is not None:
            branches.setdefault(behind, tensor)
    for first, branch in branches.items():
        for second in partners.get(first, ()):
            if second in branches and (first, second) not in told:
                told.add((first, second))
                pair = _unshared(branch, branches[second], frame)
                if pair is not None:
                    _report(pair, (first, second), merge, frame)


def _unshared(first: Tensor, second: Tensor, frame: Frame) -> tuple[Operation, Operation] | None:
    """The first two operations with weights of two branches that are equal and share none of them."""
    waiting, seen = [(first, second)], set()
    found: tuple[Operation, Operation] | None = None
    while waiting:
        pair = waiting.pop()
        if pair in seen:
            continue
        seen.add(pair)
        a, b = pair[0].maker, pair[1].maker
        if a is None and b is None and _enter(*pair):
            continue
        if a is None or b is None or pair[0].index != pair[1].index:
            return None
        one, other = a.operation, b.operation
        weighs = one.params is None or one.params > 0
        if one is other and weighs:
            return None
        if not _alike(a, b, frame):
            return None
        if weighs:
            found = (one, other)
        waiting.extend(zip(a.inputs, b.inputs, strict=True))
    return found


def _enter(first: Tensor, second: Tensor) -> bool:
    """Whether two tensors go into a nested model."""
    return first.operation.kind == "input" and second.operation.kind == "input"


def _alike(first: Application, second: Application, frame: Frame) -> bool:
    one, other = first.operation, second.operation
    if one.kind == "input" and other.kind == "input":
        return True
    same = (one.class_name, one.kind, one.params, one.outputs, len(first.inputs))
    if same != (other.class_name, other.kind, other.params, other.outputs, len(second.inputs)):
        return False
    if one.kind in {"python", "unknown"}:
        return False
    return _settings(one, frame) == _settings(other, frame)


def _settings(operation: Operation, frame: Frame) -> dict[str, Any]:
    layer = frame.state.layers.get(operation)
    if layer is None:
        return {}
    return {k: configured(v) for k, v in layer.arguments.items() if k not in SETTINGS_ASIDE}


def _report(
    pair: tuple[Operation, Operation],
    inputs: tuple[Tensor, Tensor],
    merge: Application,
    frame: Frame,
) -> None:
    one, other = sorted(pair, key=lambda operation: operation.span.start)
    names = " and ".join(tensor.operation.name for tensor in inputs)
    once = one.span == other.span  # made by a block or a loop
    frame.report(
        codes.TWINS,
        merge.span if once else other.span,
        f"{names} look like twins, and their branches are equal but share no weights",
        help=f"make it once, and apply it to both: shared {_word(one)} = {one.span.text}",
        labels=[
            Label(one.span, "this is made for each of them" if once else "its twin is made here"),
            *([] if once else [Label(merge.span, "the branches meet here")]),
        ],
    )


def _word(operation: Operation) -> str:
    return operation.class_name.lower() if operation.kind == "layer" else "tower"
