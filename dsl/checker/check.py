"""The checker: from a tree to a program, everything that can be proved or refuted in one go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dsl import codes, nodes
from dsl.catalogue.registry import Policy
from dsl.checker import finish, modules, statements, training
from dsl.checker.bodies import inner_frame
from dsl.checker.facts import Facts
from dsl.checker.frame import Frame, State
from dsl.checker.naming import identifier
from dsl.checker.scope import Binding
from dsl.checker.settings import PRECISIONS
from dsl.checker.values import BlockDefinition, ConfiguredBlock
from dsl.checker.work import Work
from dsl.graph import Operation, Program, Tensor
from dsl.records import Thing, replace
from dsl.shapes.types import UNKNOWN_TENSOR

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dsl.diagnostics import Problems
    from dsl.loaders import Loader


class Checked(Thing):
    """How a check left off.

    Args:
        program: what was proved.
        frame: the main file's top level; its state holds the whole graph.
        live: identities of the applications from which an output is reached.
    """

    program: Program
    frame: Frame
    live: set[int]


def check(
    tree: nodes.Tree,
    problems: Problems,
    loader: Loader,
    outside: Mapping[str, Any],
    sizes: Mapping[str, int],
) -> Checked:
    """Check a program.

    Args:
        tree: its main source.
        problems: where diagnostics go.
        loader: how it reaches the files that it imports.
        outside: values of `$names`.
        sizes: numbers for named sizes of the program's inputs.
    """
    program = Program(model_name(tree.source.name), facts=Facts())
    state = State(problems, program, loader, outside, Work(problems), sizes, facts=program.facts)
    train = [one for one in tree.statements if isinstance(one, nodes.Train)]
    state.policy = _policy(train)
    file = modules.open_file(tree, state, is_main=True)
    file.names.finish()
    frame = Frame(state, file, file.scope)
    for statement in tree.statements:
        statements.run(statement, frame)
    statements.finish_scope(frame)
    _judge_unapplied(frame)
    if train:
        _train(train, frame)
    live = finish.finish(frame)
    program.state = state
    return Checked(program, frame, live)


def model_name(source_name: str) -> str:
    """The model's name: the file's stem, as Keras can use it.

    >>> model_name("models/my-net.graph"), model_name("<stdin>"), model_name("3d.graph")
    ('my_net', 'model', 'model_3d')
    """
    if source_name.startswith("<"):
        return "model"
    stem = source_name.replace("\\", "/").rpartition("/")[2].partition(".")[0]
    name = "".join(char if char.isalnum() else "_" for char in identifier(stem)).strip("_")
    if not name:
        return "model"
    return name if name[0].isalpha() else f"model_{name}"


def _policy(train: list[nodes.Train]) -> Policy:
    """The dtype policy, known before shapes are checked; a wrong one is reported with the other settings."""
    for statement in train:
        for setting in statement.settings:
            value = setting.value
            if setting.name.id == "precision" and isinstance(value, nodes.Name | nodes.String):
                word = value.id if isinstance(value, nodes.Name) else value.value
                if word in PRECISIONS:
                    compute = word.removeprefix("mixed_")
                    return Policy(compute, "float32" if word.startswith("mixed_") else word)
    return Policy()


def _train(train: list[nodes.Train], frame: Frame) -> None:
    for extra in train[1:]:
        frame.report(
            codes.MISPLACED,
            extra.span.source.span(extra.span.start, extra.span.start + 5),
            "`train:` stands once",
            help="put all settings below one `train:`",
        )
    training.check(train[0], frame)


def _judge_unapplied(frame: Frame) -> None:
    """Names are checked everywhere: in blocks that nothing applies too."""
    hidden = "connections" in frame.state.lost and frame.state.problems.has_errors
    for file in list(frame.state.files.values()):
        is_program = file.is_main and not finish.is_library(file.tree)
        for binding in list(file.scope.names.values()):
            definition = binding.value
            if (
                not isinstance(definition, BlockDefinition)
                or definition.applications
                or definition.file is not file
            ):
                continue
            wanted = is_program and not frame.state.work.stopped
            wanted = wanted and not hidden and definition.words not in file.tree.unread
            if wanted and not definition.used and not definition.words.startswith("_"):
                frame.report(
                    codes.UNUSED_BLOCK,
                    definition.node.name.span,
                    f"the {definition.node.kind} {definition.words} is never applied",
                    help=f"apply it (y = {definition.words}(…)(x)), or delete it",
                )
            definition.applications.append(definition.node.head)
            _dry_run(definition, frame)


def _dry_run(definition: BlockDefinition, frame: Frame) -> None:
    block = ConfiguredBlock(definition, {}, definition.node.name.span, name="block")
    inner = replace(inner_frame(block, definition.node.name.span, frame), dry=True, through=())
    for one in definition.node.parameters:
        inner.scope.names[one.name.id] = Binding(_unknown(), one.name.span, "parameter")
    for one in definition.node.inputs:
        if one.type is not None:
            for size in one.type.dims:
                if isinstance(size, nodes.Name) and inner.scope.find(size.id) is None:
                    inner.scope.names[size.id] = Binding(_unknown(), size.span, "size")
        tensor = Tensor(
            UNKNOWN_TENSOR, Operation(one.name.id, "InputLayer", "input", one.span), 0, one.span
        )
        inner.scope.names[one.name.id] = Binding(tensor, one.name.span, "operand")
    statements.run_body(definition.node.body, inner)


def _unknown() -> Any:
    from dsl.catalogue.registry import UNKNOWN  # noqa: PLC0415

    return UNKNOWN
