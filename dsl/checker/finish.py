"""The graph as a whole: what reaches what, how deep it is, which outputs need a name of their own."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from dsl import codes, nodes
from dsl.checker import operation_names
from dsl.checker.operation_names import names_of_keras
from dsl.checker.values import is_mistaken
from dsl.diagnostics import Label
from dsl.graph import Endpoint, Operation, Tensor

if TYPE_CHECKING:
    from dsl.checker.frame import Frame, State
    from dsl.diagnostics import Diagnostic
    from dsl.graph import Application

DEEPEST_PATH = 900
"""Keras gives up at a path of 987 operations, 927 deep in a notebook; a margin is left."""

SHAPES_ALONE = frozenset(
    {
        codes.SHAPE_MISMATCH, codes.WRONG_RANK, codes.TOO_SMALL, codes.BAD_STATE, codes.BAD_VALUE, codes.WRONG_DTYPE,
        codes.NOT_AS_ANNOTATED, codes.LOST_BATCH, codes.UNKNOWN_SIZE, codes.APPLIED_TWICE, codes.ON_CONSTANT,
        codes.DUPLICATE_NAME, codes.REBOUND, codes.BAD_NAME, codes.UNKNOWN_SETTING, codes.UNKNOWN_LOSS, codes.UNKNOWN_METRIC,
        codes.UNKNOWN_OPTIMIZER, codes.BAD_LOSS, codes.WHICH_OUTPUT, codes.NO_LOSS, codes.BAD_SETTING, codes.LOSS_SHAPE,
        codes.UNKNOWN_OUTPUT, codes.UNKNOWN_ARGUMENT, codes.MISSING_ARGUMENT, codes.REPEATED_ARGUMENT, codes.UNKNOWN_WORD,
        codes.OUTSIDE_MISSING, codes.OUTSIDE_KIND, codes.BAD_OPERATION, codes.SPARSE_OPERAND,
    }
)  # fmt: skip
"""Errors that leave the connections of the graph as they were meant."""

READ_ON = frozenset({codes.SYNTAX, codes.UNCLOSED, codes.INDENTATION})
"""Errors with whose mend, where it is certain, a program is read on."""


def _read_on(error: Diagnostic, state: State) -> bool:
    """Whether the program was read on with the mend of an error."""
    if error.code is codes.UNKNOWN_NAME:
        return error.fix is not None and error.span.text in {name for _, name in state.meant}
    return error.code in READ_ON and error.fix is not None


def finish(frame: Frame) -> set[int]:
    """Judge the whole graph and leave in the program what `Model` would hold; ids of the live applications."""
    state = frame.state
    program = state.program
    reached = state.behind(one.tensor for one in program.outputs)
    live = {id(one) for one in reached}
    errors = [one for one in state.problems if one.severity == "error"]
    hidden = errors and "connections" in state.lost
    if not hidden and all(one.code in SHAPES_ALONE or _read_on(one, state) for one in errors):
        _check_outputs(frame, live)
        _check_inputs(frame, live)
        _warn_dead(frame, live)
        _check_depth(frame, live)
        operation_names.check(names_of_keras(state), frame)
    program.results = tuple(one.tensor for one in program.outputs)
    if program.outputs:
        _add_identities(state, live)
        _keep_live(state, reached)
        if any(_may_mask(one) for one in program.applications):
            from dsl.checker.mask_names import of_masks  # noqa: PLC0415 -- as the next line
            from dsl.checker.masks import follow  # noqa: PLC0415 -- few programs have masks

            state.masks = follow(frame)
            operation_names.check(of_masks(program.applications), frame)
    return live


def _may_mask(one: Application) -> bool:
    """Whether a mask may begin at an application: a layer makes it, or the call gives one."""
    operation = one.operation
    makes = operation.symbol == "Masking" or operation.arguments.get("mask_zero") is True
    return (
        makes or any(name.endswith("mask") for name in one.call) or any(map(_may_mask, one.inside))
    )


def is_library(tree: nodes.Tree) -> bool:
    """Whether a file holds blocks and values for other files, and no model of its own."""
    own = (nodes.Input, nodes.Output, nodes.Train)
    kinds = {type(one) for one in tree.statements}
    return nodes.Block in kinds and not kinds & {*own}


def _check_outputs(frame: Frame, live: set[int]) -> None:
    state = frame.state
    program = state.program
    if is_library(frame.file.tree):
        return
    start = frame.file.tree.source.span(0, 0)
    if not program.outputs and not program.inputs:
        frame.report(
            codes.NO_INPUT,
            start,
            "the program has no input and no output",
            help="write `input x: [64]` for what goes in, and `output y = …` for what comes out",
        )
        return
    unnamed = any(one.code is codes.UNKNOWN_OUTPUT for one in state.problems)
    if not program.outputs and not unnamed:
        frame.report(
            codes.NO_OUTPUT,
            start,
            "the program has no output",
            help=f"write `output {_last_tensor(frame) or 'y = …'}` for what the model gives",
        )
    if not program.inputs:
        frame.report(
            codes.NO_INPUT, start, "the program has no input", help="write `input x: [64]`"
        )
        return
    uses = _uses(state, live)
    for output in program.outputs:
        _check_its_name(output, uses, frame)
        if not _inputs_behind(output.tensor, state):
            names = ", ".join(one.name for one in program.inputs)
            frame.report(
                codes.UNCONNECTED_OUTPUT,
                output.span,
                f"no input reaches the output {output.name}",
                help=f"build it from an input ({names})",
            )


def _check_its_name(output: Endpoint, uses: Counter[int], frame: Frame) -> None:
    """A layer of another tensor may not bear an output's name: the output would need it."""
    state = frame.state
    place = state.names.get(output.name)
    if place is None or any(one.name == output.name for one in state.program.inputs):
        return
    if bears_its_name(output, uses) or is_mistaken(output.tensor):
        return
    frame.report(
        codes.DUPLICATE_NAME,
        output.span,
        f"the output {output.name} and a layer bear one name",
        help="give one of them another name",
        labels=[Label(place, f"this layer is called {output.name}")],
    )


def _last_tensor(frame: Frame) -> str:
    """The name bound last to a tensor that some layer makes."""
    found = [
        name
        for name, binding in frame.scope.names.items()
        if isinstance(binding.value, Tensor) and binding.kind == "assigned"
    ]
    return found[-1] if found else ""


def _inputs_behind(tensor: Tensor, state: State) -> list[str]:
    """The inputs that a tensor comes from."""
    seen: set[int] = set()
    waiting, found = [tensor], []
    while waiting:
        application = state.makers.get(waiting.pop())
        if application is None or id(application) in seen:
            continue
        seen.add(id(application))
        if application.operation.kind == "input":
            found.append(application.operation.name)
        waiting.extend(application.inputs)
    return found


def _check_inputs(frame: Frame, live: set[int]) -> None:
    state = frame.state
    outputs = state.program.outputs
    for one in state.program.inputs:
        application = state.makers[one.tensor]
        if id(application) in live or one.name.startswith("_") or not outputs:
            continue
        sources = list(
            dict.fromkeys(
                name for output in outputs for name in _inputs_behind(output.tensor, state)
            )
        )
        names = ", ".join(output.name for output in outputs)
        come = (
            f"{names} come{'s' if len(outputs) == 1 else ''} from {', '.join(sources)}"
            if sources
            else f"the outputs are {names}"
        )
        frame.report(
            codes.UNUSED_INPUT,
            one.span,
            f"the input {one.name} reaches no output: {come}",
            help="build an output from it, or delete it",
            labels=[
                *(
                    Label(end.span, f"what is made of {one.name} ends here")
                    for end in _ends(application, state)[:1]
                ),
                *(
                    Label(output.span, f"this output does not come from {one.name}")
                    for output in outputs[:2]
                ),
            ],
        )


def _warn_dead(frame: Frame, live: set[int]) -> None:
    """Tensors that are computed and reach no output: only the last ones of a dead branch are named."""
    state = frame.state
    if not state.program.outputs:
        return
    dead = [
        one for one in state.applications if id(one) not in live and one.operation.kind != "input"
    ]
    feeding = {tensor for one in dead for tensor in one.inputs}
    told, meant = _of_unused_inputs(frame, live), _meant(frame)
    for one in dead:
        if any(tensor in feeding for tensor in one.outputs) or one.operation.kind == "unknown":
            continue
        if id(one) in told or any(id(tensor) in meant for tensor in one.outputs):
            continue
        frame.report(
            codes.UNUSED_TENSOR,
            one.span,
            "this tensor reaches no output, so the model will not hold what makes it",
            help="use it, or delete it; a name that begins with `_` says that it is meant",
        )


def _of_unused_inputs(frame: Frame, live: set[int]) -> set[int]:
    """The applications, by identity, that hang on an input which reaches no output: that was told."""
    found: set[int] = set()
    makers = frame.state.makers
    for one in frame.state.applications:  # in the order made
        unused = one.operation.kind == "input" and not one.operation.name.startswith("_")
        before = (makers.get(tensor) for tensor in one.inputs)
        if (unused and id(one) not in live) or any(id(made) in found for made in before):
            found.add(id(one))
    return found


def _ends(application: Application, state: State) -> list[Application]:
    """The last applications of what hangs on an input, in the order of the source."""
    found = set(application.outputs)
    behind = []
    for one in state.applications:
        if found & set(one.inputs):
            found.update(one.outputs)
            behind.append(one)
    feeding = {tensor for one in behind for tensor in one.inputs}
    return [one for one in behind if not feeding & set(one.outputs)]


def _meant(frame: Frame) -> set[int]:
    """What is bound to names that say that it may go unused, by identity."""
    names = frame.scope.names
    return {id(one.value) for name, one in names.items() if name.startswith("_")}


def _check_depth(frame: Frame, live: set[int]) -> None:
    state = frame.state
    depth: dict[int, int] = {}
    for one in state.applications:  # in the order made: inputs stand before what they feed
        before = [
            depth.get(id(state.makers[tensor]), 0)
            for tensor in one.inputs
            if tensor in state.makers
        ]
        depth[id(one)] = 1 + max(before, default=0)
        if depth[id(one)] > DEEPEST_PATH and id(one) in live:
            frame.report(
                codes.TOO_DEEP,
                one.span,
                f"this stands {depth[id(one)]} operations behind an input, and Keras follows no path of much over {DEEPEST_PATH}",
                help="put stretches of the path into a `model`, which is one operation of the outer graph",
            )
            return


def _add_identities(state: State, live: set[int]) -> None:
    """An output gets an Identity unless one layer with one output, applied once, makes it and bears its name."""
    program = state.program
    added = 0
    uses = _uses(state, live)
    for number, output in enumerate(program.outputs):
        if bears_its_name(output, uses):
            continue
        operation = Operation(
            output.name,
            "Identity",
            "layer",
            output.span,
            outputs=(output.tensor.type,),
            calls=[(output.tensor,)],
            madds=[0],
        )
        named = Tensor(output.tensor.type, operation, 0, output.span)
        place = min(
            state.output_places.get(output.name, len(program.operations)) + added,
            len(program.operations),
        )
        program.operations.insert(place, operation)
        program.outputs[number] = Endpoint(output.name, named, output.span)
        state.identities.add(output.name)
        state.identity_operations.add(id(operation))
        added += 1


def _uses(state: State, live: set[int]) -> Counter[int]:
    """How often each operation is applied on the way to an output, by identity."""
    return Counter(id(one.operation) for one in state.applications if id(one) in live)


def bears_its_name(output: Endpoint, uses: Counter[int]) -> bool:
    """Whether the layer that makes an output is known by the output's name."""
    operation = output.tensor.operation
    return (
        operation.name == output.name
        and operation.kind in {"layer", "model"}
        and len(operation.outputs) == 1
        and uses[id(operation)] == 1
    )


def _keep_live(state: State, reached: list[Application]) -> None:
    program = state.program
    program.applications = reached
    uses: dict[int, list[Application]] = {}
    for one in program.applications:
        uses.setdefault(id(one.operation), []).append(one)
    kept = []
    for operation in program.operations:
        if id(operation) in state.identity_operations or operation.kind == "input":
            kept.append(operation)
        elif id(operation) in uses:
            operation.calls = [one.inputs for one in uses[id(operation)]]
            operation.madds = [one.madds for one in uses[id(operation)]]
            kept.append(operation)
    program.operations[:] = kept
