"""Outputs that losses and metrics name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dsl import codes, nodes
from dsl.catalogue import lookup
from dsl.checker import words
from dsl.diagnostics import Fix, Label
from dsl.graph import Tensor

if TYPE_CHECKING:
    from dsl.checker.frame import Frame
    from dsl.checker.scope import Binding


def output_names(frame: Frame) -> list[str]:
    """The names of the program's outputs, in order."""
    return [one.name for one in frame.state.program.outputs]


def names_outputs(call: nodes.Call) -> bool:
    """Whether the parentheses of a call name outputs (second ones, or those of a word)."""
    callee = nodes.strip(call.callee)
    if isinstance(callee, nodes.Call):
        return True
    if (
        isinstance(callee, nodes.Name)
        and words.is_class_name(callee.id)
        and lookup.symbol("losses", callee.id)
    ):
        return False
    arguments = [one for one in call.arguments if not one.name]
    return bool(arguments) and all(
        isinstance(nodes.strip(one.value), nodes.Name) for one in arguments
    )


def applied_to(call: nodes.Call, frame: Frame) -> list[str]:
    """The outputs that a loss or metric is applied to, in the order written."""
    outputs = output_names(frame)
    found: list[str] = []
    if len(call.arguments) > 1 and not any_output(call, outputs):
        _report_no_outputs(call, outputs, frame)
        return found
    for one in call.arguments:
        inner = nodes.strip(one.value)
        if isinstance(inner, nodes.Name) and inner.id in outputs:
            binding = frame.scope.find(inner.id)
            if binding is not None:
                binding.used = True
            found.append(inner.id)
        else:
            report_no_output(inner, frame)
    return found


def output_key(key: nodes.Expr, frame: Frame) -> str | None:
    """The output that a key of a dictionary names; None after a diagnostic."""
    inner = nodes.strip(key)
    name = (
        inner.value
        if isinstance(inner, nodes.String)
        else inner.id
        if isinstance(inner, nodes.Name)
        else None
    )
    if name in output_names(frame):
        return name
    report_no_output(inner, frame)
    return None


def report_no_output(node: nodes.Expr, frame: Frame) -> None:
    """A name that stands where an output should."""
    outputs = output_names(frame)
    name = node.value if isinstance(node, nodes.String) else node.span.text
    if are_lost(frame) or name in frame.file.tree.unread:
        return
    near = lookup.closest(name, outputs, 3)
    binding = frame.scope.find(node.id) if isinstance(node, nodes.Name) else None
    labels = (
        [Label(binding.span, f"{name} is no output: it is only named here")]
        if binding is not None
        else []
    )
    first, _ = frame.state.unknown_names.setdefault((OUTPUTS, name), (node.span, ()))
    again = [Label(node.span, f"{name} is used here too")] if first != node.span else []
    is_tensor = binding is not None and isinstance(binding.value, Tensor)
    frame.report(
        codes.UNKNOWN_OUTPUT,
        first,
        f"{name} is no output of the program",
        help=words.did_you_mean(near) or _output_help(name, outputs, binding, is_tensor=is_tensor),
        labels=again or labels,
        fix=_declared(binding) if is_tensor and not outputs else words.mend(first, name, near),
    )


OUTPUTS = -1
"""Stands for a scope: of the names that are used as outputs."""


def _output_help(name: str, outputs: list[str], binding: Binding | None, *, is_tensor: bool) -> str:
    """What to do with a name that is no output."""
    listed = ", ".join(outputs)
    if is_tensor and not outputs:
        return f"declare it where it is made: output {name} = …"
    the = (
        f"the output is {listed}"
        if len(outputs) == 1
        else f"the outputs are {listed or 'none yet'}"
    )
    if is_tensor:
        return f"{the}; to make this one, write `output {name}` on a line of its own"
    return f"name what it makes: {listed}" if binding is not None and outputs else the


def _declared(binding: Binding | None) -> Fix | None:
    """The edit that makes an output of a tensor where it gets its name."""
    if binding is None or binding.kind != "assigned":
        return None
    start = binding.span.start
    text = binding.span.source.text
    if text[text.rfind("\n", 0, start) + 1 : start]:
        return None
    return Fix(binding.span.source.span(start, start), "output ")


def are_lost(frame: Frame) -> bool:
    """Whether a line of an output could not be read, or what it names is not known."""
    if "output" in frame.file.tree.unread:
        return True
    return any(
        one.code is codes.DUPLICATE_NAME and one.span.text in output_names(frame)
        for one in frame.state.problems
    )


def any_output(call: nodes.Call, outputs: list[str]) -> bool:
    """Whether an output is among what a call is given."""
    found = [nodes.strip(one.value) for one in call.arguments]
    return any(isinstance(one, nodes.Name) and one.id in outputs for one in found)


def _report_no_outputs(call: nodes.Call, outputs: list[str], frame: Frame) -> None:
    """Say once that nothing in the parentheses is an output."""
    if are_lost(frame):
        return
    first, last = call.arguments[0].span, call.arguments[-1].span
    shown = f"{call.callee.span.text}({outputs[0] if outputs else 'y'})"
    frame.report(
        codes.UNKNOWN_OUTPUT,
        first.to(last),
        f"none of these is an output of the program: {first.to(last).text}",
        help=f"name the output alone, its targets come with the data: {shown}",
    )
