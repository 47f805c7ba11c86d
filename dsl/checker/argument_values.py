"""The values of arguments: what an expression means in its parameter's place, and whether its domain takes it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from dsl import codes, nodes
from dsl.catalogue import lookup
from dsl.catalogue.domains import unread
from dsl.catalogue.registry import UNKNOWN
from dsl.checker import words
from dsl.checker.binding import SIZE_IN, Binding, listed, names_of
from dsl.checker.expressions import CONSTANTS, evaluate, iterate
from dsl.checker.facts import Bound, SymbolFact, WordFact
from dsl.checker.values import (
    LayerClass,
    UnknownSize,
    Value,
    Word,
    configured,
)  # fmt: skip
from dsl.diagnostics import Fix, Label

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dsl.catalogue.domains import Domain
    from dsl.checker.frame import Frame
    from dsl.source import Span


NAMES_OF_HISTORY = frozenset({"monitor"})
"""Parameters whose words the program itself makes: what the history of a run is called by (`val_loss`)."""


def in_place(node: nodes.Expr, domain: Domain, frame: Frame) -> Value:
    """An argument's value in its place: unbound words are words here, and capitals what the place asks for."""
    if isinstance(node, nodes.Group):
        return in_place(node.value, domain, frame)
    if (
        isinstance(node, nodes.Name)
        and node.id not in CONSTANTS
        and frame.scope.find(node.id) is None
    ):
        return _unbound_in_place(node, domain, frame)
    if isinstance(node, nodes.List | nodes.Tuple):
        items: list[Value] = []
        for item in node.items:
            if isinstance(item, nodes.Splat):
                spread = evaluate(item.value, frame)
                items.extend(iterate(item.value, spread, frame, "`*` spreads"))
            else:
                items.append(in_place(item, domain, frame))
        return items if isinstance(node, nodes.List) else tuple(items)
    if isinstance(node, nodes.Call) and domain.namespace:
        from dsl.checker import calls  # noqa: PLC0415 -- calls bind arguments in turn

        mistaken = _mistaken_call(node, domain, frame)
        if mistaken is not None:
            return mistaken
        return calls.call(node, frame, namespace=domain.namespace)
    return evaluate(node, frame)


def _mistaken_call(node: nodes.Call, domain: Domain, frame: Frame) -> Value | None:
    """A call of a word that stands alone, or of a class that Keras does not have; UNKNOWN after its report."""
    name = node.callee
    if not isinstance(name, nodes.Name) or frame.scope.find(name.id) is not None:
        return None
    if domain.namespace == "activations" and name.id in domain.words and not node.arguments:
        frame.report(
            codes.WRONG_KIND,
            node.span,
            f"{name.id} stands here as a word, without parentheses",
            help=f"write {name.id}",
            fix=Fix(node.span, name.id),
        )
        return UNKNOWN
    known = words.layer(name.id) or lookup.symbol(domain.namespace, name.id)
    if not words.is_class_name(name.id) or known is not None:
        return None
    near = [
        one
        for one in lookup.closest(name.id, lookup.names(domain.namespace), 3)
        if words.is_class_name(one)
    ]
    if not near:
        return None
    frame.report(
        codes.UNKNOWN_NAME,
        name.span,
        f"keras.{domain.namespace} has no {name.id}",
        help=words.did_you_mean(near),
        fix=words.mend(name.span, name.id, near),
    )
    return UNKNOWN


def _unbound_in_place(node: nodes.Name, domain: Domain, frame: Frame) -> Value:
    if domain.namespace and words.is_class_name(node.id):
        symbol = lookup.symbol(domain.namespace, node.id)
        if symbol is not None:
            frame.fact(node, SymbolFact(symbol))
            return LayerClass(symbol)
    if node.id in domain.words or domain.name in NAMES_OF_HISTORY:
        frame.fact(node, WordFact(node.id))
        return Word(node.id)
    slip = node.id.lower() in domain.words and words.layer(node.id) is None
    if domain.words and (slip or not words.is_class_name(node.id)):
        frame.fact(node, WordFact(node.id))
        return Word(node.id)  # the domain says why it is none of its words
    return evaluate(node, frame)


def check_values(binding: Binding) -> None:
    """Report values outside of their parameters' domains."""
    for name, bound in binding.found.items():
        span = bound.node.span if bound.node is not None else binding.spans[name]
        if isinstance(bound.value, UnknownSize):
            binding.failed = True
            binding.frame.report(
                codes.UNKNOWN_SIZE,
                span,
                f"{name} of {binding.what} must be a number, and this size is not known here ({bound.value})",
                help="declare the size in the input, or write the number",
            )
        elif isinstance(bound.value, LayerClass) and not _is_complete(binding, bound.value, span):
            binding.failed = binding.misplaced = True
        elif not (binding.misplaced and _by_its_place(binding, name)):
            _check_domain(binding, name, bound.value, span)


def _by_its_place(binding: Binding, name: str) -> bool:
    """Whether an argument is written without its parameter's name, and found it by counting."""
    node = binding.found[name].node
    return node is not None and binding.spans[name] == node.span


def _is_complete(binding: Binding, value: LayerClass, span: Span) -> bool:
    """Whether a layer named without parentheses can be made with its defaults; else a report."""
    name = value.symbol.name
    missing = [
        one.name for one in value.symbol.parameters if one.required and one.name in names_of([one])
    ]
    if missing:
        binding.frame.report(
            codes.MISSING_ARGUMENT,
            span,
            f"{name} needs {listed(missing)}",
            help=f"configure it: {name}({', '.join(f'{one}=…' for one in missing)})",
        )
    return not missing


def _check_domain(binding: Binding, name: str, value: Value, span: Span) -> None:
    plain: Any = configured(value)
    refusal = binding.domain(name).refuse(plain)
    if refusal is None:
        return
    binding.misplaced = binding.misplaced or _by_its_place(binding, name)
    is_word = isinstance(value, str)
    near = lookup.closest(value, sorted(binding.domain(name).words), 3) if is_word else []
    takers = [
        one.name
        for one in binding.parameters
        if is_word and value in binding.domain(one.name).words
    ]
    quoted = isinstance(value, str) and span.text[:1] in "\"'" and binding.frame.scope.find(value)
    fix = words.mend(span, value, near) if isinstance(value, str) else None
    by_place = _by_its_place(binding, name)
    is_other = by_place or not binding.domain(name).words
    first, again = _first_told(binding.frame, span, f"{binding.what}: {refusal}")
    binding.frame.report(
        codes.SENSELESS_VALUE
        if _is_unread(binding, name)
        else codes.CODES[binding.domain(name).code_of(plain)],
        first,
        f"{binding.what}: {refusal}",
        labels=again,
        help=binding.fraction(span)
        or (f"write {value}, without quotes" if quoted else "")
        or words.did_you_mean(near)
        or _rebound(binding, name, span.text)
        or (f"write {takers[0]}={span.text}" if takers and takers[0] != name and is_other else "")
        or (_out_of_place(binding, name, value) if by_place else "")
        or _domain_help(binding.domain(name), value, span.text),
        fix=fix,
    )
    if fix is None or not _read_as(binding, name, fix.text.strip("\"'")):
        binding.failed = True


def _first_told(frame: Frame, span: Span, message: str) -> tuple[Span, list[Label]]:
    """Where a parameter of a block was told first to be wrong in an application, and a label for a further place."""
    if not frame.through or not span.text.isidentifier():
        return span, []
    key = (frame.through[0][0].start, f"{span.text}: {message}")
    first, _ = frame.state.unknown_names.setdefault(key, (span, ()))
    return first, [Label(span, "and here")] if first != span else []


def _read_as(binding: Binding, name: str, word: str) -> bool:
    """Whether a parameter takes the word that was surely meant, with which the program is read on."""
    if binding.domain(name).refuse(Word(word)) is not None:
        return False
    binding.found[name] = Bound(name, binding.found[name].node, Word(word))
    return True


def _is_unread(binding: Binding, name: str) -> bool:
    """Whether Keras never looks at an argument, beside the others that are given."""
    given = {key: bound.value for key, bound in binding.found.items()}
    return binding.symbol is not None and unread(binding.symbol, name, given)


def _rebound(binding: Binding, name: str, text: str) -> str:
    """What to write where a word of a parameter is the name of another value here."""
    bound = text in binding.domain(name).words and binding.frame.scope.find(text) is not None
    return f'{text} is another value here: write "{text}" in quotes for the word' if bound else ""


def _out_of_place(binding: Binding, name: str, value: Value) -> str:
    """What to do with a number that has come, by its place, to a parameter of words."""
    words_ = sorted(binding.domain(name).words)
    if name == "activation" and isinstance(value, int) and not isinstance(value, bool):
        return SIZE_IN
    if not words_ or isinstance(value, str) or binding.domain(name).namespace:
        return ""
    return f"leave it out: the next parameter is {name}, which takes {', '.join(words_[:6])}"


def _domain_help(domain: Domain, value: Value, text: str) -> str:
    if domain.size and isinstance(value, float):
        if re.fullmatch(r"[\d_]+\.0*", text):
            thousands = f", or {text[:-4]}_000 for thousands" if text.endswith(".000") else ""
            return f"write {int(value)}{thousands}"
        if text.isidentifier() and value == int(value):
            return f"bind {text} to {int(value)}: a size has no point, and `//` divides to whole numbers"
        return "`//` divides to whole numbers: 64 // 2 is 32, 64 / 2 is 32.0"
    near = next((one for one in _nearby(value) if domain.refuse(one) is None), None)
    if near is not None:
        return f"write {near}"
    if domain.namespace == "regularizers" and isinstance(value, int | float):
        return f"write L2({value})"
    if domain.words:
        shown = sorted(domain.words)
        return "it takes " + ", ".join(shown[:12]) + (" …" if len(shown) > 12 else "")
    return f"write {domain.kind.what}" if domain.kind is not None else "leave it out"


def _nearby(value: Value) -> Iterator[Value]:
    """Values that may have been meant."""
    if isinstance(value, str) and value.endswith("%") and value[:-1].isdigit():
        yield int(value[:-1]) / 100
    elif isinstance(value, str):
        for number in (int, float):
            try:
                yield number(value)
            except ValueError:
                continue
    elif isinstance(value, int | float) and not isinstance(value, bool):
        if value < 0:
            yield -value
        if abs(value) > 10 or isinstance(value, int):
            yield value / (100 if abs(value) > 10 else 10)
        yield from ([value], [value, value])
    elif isinstance(value, list | tuple) and value:
        if 0 in value[1:] and all(type(one) is int for one in value):
            yield [one + 1 for one in value]  # axes that were counted from 0 on
        yield from ([one for one in value if one != 0], list(value[:2]), value[0])
