"""`train:`: the loss as what is minimised, metrics, and the settings of compile and fit."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from dsl import codes, nodes
from dsl.catalogue import lookup
from dsl.checker import calls, loss_terms, losses, metrics, newer, settings, words
from dsl.checker.expressions import CONSTANTS, evaluate
from dsl.checker.habits import VALUES
from dsl.checker.values import Word
from dsl.diagnostics import Fix, Label
from dsl.graph import Training
from dsl.records import Thing
from dsl.shapes.types import UNKNOWN_TENSOR

if TYPE_CHECKING:
    from dsl.checker.frame import Frame
    from dsl.checker.values import Value
    from dsl.graph import LossTerm


class Draft(Thing):
    """What has been read of `train:` so far."""

    losses: dict[str, LossTerm]
    metrics: dict[str, tuple[nodes.Expr, ...]]
    settings: dict[str, tuple[Value, nodes.Expr]]
    loss_failed: bool = False


def check(statement: nodes.Train, frame: Frame) -> None:
    """Check the settings, in the order written, and give the program its training."""
    if statement.phase is not None:
        frame.report(
            codes.UNKNOWN_SETTING,
            statement.phase.span,
            "`train:` has no phases yet",
            help="write `train:` without a name, once",
        )
    draft = Draft({}, {}, {})
    seen: dict[str, nodes.Setting] = {}
    for one in statement.settings:
        name = one.name.id
        if name in seen:
            frame.report(
                codes.REPEATED_ARGUMENT,
                one.name.span,
                f"{name} is set twice",
                help="leave one of them out",
                labels=[Label(seen[name].name.span, "it is set here first")],
            )
            continue
        seen[name] = one
        _check_setting(one, draft, frame)
    _finish(statement, draft, seen, frame)


def _check_setting(setting: nodes.Setting, draft: Draft, frame: Frame) -> None:
    name = setting.name.id
    if name == "loss":
        before = len(frame.state.problems)
        draft.losses.update(losses.read(setting.value, frame))
        draft.loss_failed = len(frame.state.problems) > before
    elif name in {"metrics", "weighted_metrics"}:
        found = metrics.read(setting.value, frame)
        if name == "metrics":
            draft.metrics.update(found)
        else:
            draft.settings[name] = (found, setting.value)
    elif name == "loss_weights":
        draft.settings[name] = (losses.weights(setting.value, frame), setting.value)
    elif name == "optimizer":
        draft.settings[name] = (_optimizer(setting.value, frame), setting.value)
    elif name in settings.CHECKS:
        draft.settings[name] = (_plain(name, setting.value, frame), setting.value)
    else:
        _report_unknown(setting, frame)


def _report_unknown(setting: nodes.Setting, frame: Frame) -> None:
    known = ["loss", "optimizer", "metrics", "loss_weights", "weighted_metrics", *settings.CHECKS]
    near = lookup.closest(setting.name.id, known, 3)
    older = settings.ELSEWHERE.get(setting.name.id, "")
    now = re.match(r"it is called (\w+)", older)
    fix = words.mend(setting.name.span, setting.name.id, near)
    if older:
        fix = Fix(setting.name.span, now[1]) if now and now[1] != "loss" else None
    frame.report(
        codes.UNKNOWN_SETTING,
        setting.name.span,
        f"`train:` has no setting {setting.name.id}",
        help=older or words.did_you_mean(near) or "its settings are " + ", ".join(known),
        fix=fix,
    )


def _means_loss(name: str) -> bool:
    """Whether a setting that does not exist seems to be the loss, which was told."""
    older = settings.ELSEWHERE.get(name, "").startswith("it is called loss")
    return older or bool(lookup.closest(name, ["loss"]))


def _is_word(name: str, frame: Frame) -> bool:
    """Whether a name means nothing but itself."""
    known = name in CONSTANTS or name.lower() in VALUES
    return not known and frame.scope.find(name) is None


def _plain(name: str, node: nodes.Expr, frame: Frame) -> Value:
    if name == "callbacks":
        return settings.callbacks(node, frame)
    if name == "precision":
        return settings.precision_of(node, frame)
    inner = nodes.strip(node)
    if isinstance(inner, nodes.Name) and _is_word(inner.id, frame):
        value: Value = Word(inner.id)
    else:
        value = evaluate(node, frame)
    settings.CHECKS[name](name, node, value, frame)
    return value


def _optimizer(node: nodes.Expr, frame: Frame) -> Value:
    inner = nodes.strip(node)
    word = loss_terms.word_of(inner, frame)
    if word is None:
        return _optimizer_call(inner, frame)
    built = lookup.symbol("optimizers", word) if words.is_class_name(word) else None
    symbol = built or lookup.resolve_word("optimizers", word)
    if symbol is None and "(" in word and isinstance(node, nodes.String):
        frame.report(
            codes.UNKNOWN_OPTIMIZER,
            node.span,
            "an optimizer with settings stands without quotes",
            help=f"write {word}",
            fix=Fix(node.span, word),
        )
    elif symbol is None:
        known = [*lookup.words("optimizers"), *lookup.names("optimizers")]
        near = lookup.closest(word, known, 3)
        frame.report(
            codes.UNKNOWN_OPTIMIZER,
            node.span,
            f"Keras has no optimizer {word}",
            help=words.did_you_mean(near) or "adam, rmsprop and sgd are the usual ones",
            fix=words.mend(node.span, word, near),
        )
    elif built is not None:
        newer.note(built, node.span, frame)
    else:
        newer.note_word("optimizers", word.lower(), node.span, frame)
    return symbol


def _near(name: str, known: list[str]) -> list[str]:
    """Optimizers that a name may mean; `AdamOptimizer` is how TensorFlow 1 called them."""
    return lookup.closest(name.removesuffix("Optimizer") or name, known, 3)


def _optimizer_call(node: nodes.Expr, frame: Frame) -> Value:
    if isinstance(node, nodes.Call):
        callee = nodes.strip(node.callee)
        if isinstance(callee, nodes.Name) and frame.scope.find(callee.id) is None:
            symbol = lookup.symbol("optimizers", callee.id)
            if symbol is not None and symbol.kind == "class":
                return calls.configure(node, symbol, node.arguments, frame)
            by_word = lookup.resolve_word("optimizers", callee.id)
            known = [*lookup.names("optimizers")]
            near = [by_word.name] if by_word else _near(callee.id, known)
            frame.report(
                codes.UNKNOWN_OPTIMIZER,
                callee.span,
                f"Keras has no optimizer class {callee.id}",
                help=words.did_you_mean(near) or "write Adam(learning_rate=0.001)",
                fix=words.mend(callee.span, callee.id, near),
            )
            meant = words.mend(callee.span, callee.id, near)
            symbol = lookup.symbol("optimizers", meant.text) if meant else None
            if symbol is not None:
                calls.configure(node, symbol, node.arguments, frame)
            return None
        return calls.call(node, frame, namespace="optimizers")
    return evaluate(node, frame)


def _finish(
    statement: nodes.Train, draft: Draft, seen: dict[str, nodes.Setting], frame: Frame
) -> None:
    program = frame.state.program
    losses.apply_weights(draft.losses, draft.settings.pop("loss_weights", None), frame)
    unread = frame.file.tree.lost | frame.file.tree.unread
    if "loss" not in seen and "loss" not in unread and not any(map(_means_loss, seen)):
        frame.report(
            codes.NO_LOSS,
            statement.span.source.span(statement.span.start, statement.span.start + 5),
            "`train:` does not say what is minimised",
            help=f"write loss = {loss_terms.fitting(program.outputs[0])}"
            if program.outputs
            else "write loss = mse(y)",
        )
    elif draft.losses and not draft.loss_failed:
        for output in program.outputs:
            unknown = output.tensor.type == UNKNOWN_TENSOR and frame.state.problems.has_errors
            if output.name not in draft.losses and not unknown:
                frame.report(
                    codes.OUTPUT_WITHOUT_LOSS,
                    output.span,
                    f"the output {output.name} has no loss: nothing trains it",
                    help=f"add a loss for it: … + {loss_terms.fitting(output)}",
                    labels=[Label(seen["loss"].name.span, "the loss is here")],
                )
    order = [one.name for one in program.outputs]
    settings.check_together(draft.settings, len(order), frame)
    program.training = Training(
        {name: draft.losses[name] for name in order if name in draft.losses},
        {name: draft.metrics[name] for name in order if name in draft.metrics},
        draft.settings,
        statement.span,
    )
