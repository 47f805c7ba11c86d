"""Bare words among the arguments find their parameter, or are told why they find none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dsl import codes, nodes
from dsl.catalogue import lookup
from dsl.catalogue.registry import UNKNOWN
from dsl.checker import words
from dsl.checker.binding import VALUES_OF_CALLS, Binding, in_the_others, names_of, next_domain
from dsl.checker.expressions import CONSTANTS, evaluate
from dsl.checker.facts import Bound, SymbolFact, WordFact
from dsl.checker.values import (
    ConfiguredBlock,
    Layer,
    LayerClass,
    Value,
    Word,
    contains_tensor,
    is_unknown,
)  # fmt: skip
from dsl.diagnostics import Fix, Label

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dsl.catalogue.lookup import Parameter
    from dsl.source import Span


def word_of(node: nodes.Expr, binding: Binding, operands: bool) -> str | None:
    """The word that an argument is, if it is one."""
    if isinstance(node, nodes.Group):
        return word_of(node.value, binding, operands)
    if isinstance(node, nodes.String):
        return node.value if parameter_of(node.value, binding) else None
    if not isinstance(node, nodes.Name) or node.id in CONSTANTS:
        return None
    bound = binding.frame.scope.find(node.id)
    if bound is None:
        known = words.layer(node.id) is not None or (
            words.is_class_name(node.id) and not words.is_word(node.id)
        )
        return None if known else node.id
    if parameter_of(node.id, binding) is None:
        return None
    is_thing = contains_tensor(bound.value) or isinstance(
        bound.value, Layer | ConfiguredBlock | LayerClass
    )
    if is_thing and not operands:
        return node.id
    refused = next_domain(binding).refuse(bound.value) is not None  # which is told then
    if not (is_thing or refused or is_unknown(bound.value) or bound.kind == "parameter"):
        binding.frame.report(
            codes.WORD_IS_BOUND,
            node.span,
            f"{node.id} is a {'loop value' if bound.kind == 'loop' else 'constant'} here, not the word of {binding.what}",
            help=f'write "{node.id}" in quotes for the word, or give the value another name',
            labels=[Label(bound.span, f"{node.id} is bound here")],
        )
    return None


def parameter_of(word: str, binding: Binding) -> str | None:
    """The parameter that a bare word looks for: one that attracts it and has no value yet, else a flag of that name."""
    fallback = None
    for one in binding.parameters:
        domain = binding.domain(one.name)
        if domain.attracts and word in domain.words:
            if one.name not in binding.found:
                return one.name
            fallback = fallback or one.name
        if domain.flag and one.name == word:
            return one.name
    return fallback


def stray_word(binding: Binding, node: nodes.Expr, word: str) -> list[tuple[Bound, Span]]:
    """A word that no parameter looks for: it counts as a position where a word may stand, else it is a mistake."""
    frame = binding.frame
    domain = next_domain(binding)
    if word in domain.words or (domain.words and not domain.attracts and words.is_word(word)):
        frame.fact(node, WordFact(word))
        return [(Bound("", node, Word(word)), node.span)]
    function = words.function(word) if not words.is_word(word) else None
    if function is not None and binding.symbol is None:
        frame.fact(node, SymbolFact(function))
        return [(Bound("", node, evaluate(node, frame)), node.span)]
    if binding.symbol is None:
        return [(Bound("", node, evaluate(node, frame)), node.span)]
    binding.failed = True
    if _is_operand(binding, word):
        frame.lose()
        words.report_unknown(node.span, word, frame)
        return [(Bound("", node, UNKNOWN), node.span)]
    if words.is_word(word) or word in names_of([*binding.parameters, *binding.others]):
        _report_stray_word(binding, node, word)
    elif binding.operands:
        frame.lose()
        words.report_unknown(node.span, word, frame, own=domain.words)
    else:
        frame.lose()
        own = [w for one in binding.parameters for w in attracted(binding, one.name)]
        words.report_unknown(node.span, word, frame, own=own, taker=binding.what)
    return [(Bound("", node, UNKNOWN), node.span)]


def _is_operand(binding: Binding, word: str) -> bool:
    """Whether a name that nothing binds stands where a tensor is meant, and is a tensor's parameter by chance."""
    tensors = set(names_of(binding.parameters)) - VALUES_OF_CALLS
    return binding.operands and word in tensors and not isinstance(default_of(binding, word), bool)


def _report_stray_word(binding: Binding, node: nodes.Expr, word: str) -> None:
    """A word of Keras, or the name of a parameter, where it says nothing."""
    keyword = keyword_for(binding, binding.parameters, word)
    other = keyword_for(binding, binding.others, word)
    is_name = word in names_of(binding.parameters)
    if is_name:
        help_ = f"give it a value: {word}=…"
        if isinstance(default_of(binding, word), bool):
            help_ = f"it is true already; write {word}=false where it is not meant"
    elif keyword:
        help_ = f"give it by name: {keyword}={word}"
    else:
        name = word if word in names_of(binding.others) else other
        help_ = (
            in_the_others(binding, name, word)
            or _wrapped(binding, word)
            or _taken_words(binding, word)
        )
    binding.frame.report(
        codes.UNKNOWN_WORD,
        node.span,
        f"{word} alone sets nothing of {binding.what}"
        if is_name
        else f"no parameter of {binding.what} takes the word {word}"
        + (" in these parentheses" if word in names_of(binding.others) or other else ""),
        help=help_,
        fix=_mended(binding, node, word, help_),
    )


def _mended(binding: Binding, node: nodes.Expr, word: str, help_: str) -> Fix | None:
    """The edit that the help line shows, where it shows one."""
    keyword = keyword_for(binding, binding.parameters, word)
    if keyword and help_.endswith(f"{keyword}={word}"):
        return Fix(node.span, f"{keyword}={node.span.text}")
    near = _near_words(binding, word)
    return words.mend(node.span, word, near) if help_ == words.did_you_mean(near) else None


def _wrapped(binding: Binding, word: str) -> str:
    """What to write where a layer is wanted, and a function's word was given."""
    names = names_of(binding.parameters)[:1]
    if words.function(word) is None:
        return ""
    if names == ["layer"]:
        return f"it takes a layer: {binding.what}(Activation({word}))"
    return f"apply the function itself: x -> {word}" if names == ["function"] else ""


def default_of(binding: Binding, name: str) -> Value:
    """The default of a parameter."""
    return next((one.default for one in binding.parameters if one.name == name), None)


def _taken_words(binding: Binding, word: str) -> str:
    """Words that would have been understood."""
    own, near = _own_words(binding), _near_words(binding, word)
    if near or not 0 < len(own) < 9:
        return words.did_you_mean(near) or f"leave out {word}"
    return f"leave out {word}; {binding.what} takes {', '.join(own)}"


def _own_words(binding: Binding) -> list[str]:
    return sorted({w for one in binding.parameters for w in attracted(binding, one.name)})


def _near_words(binding: Binding, word: str) -> list[str]:
    return lookup.closest(word, _own_words(binding), 3)


def attracted(binding: Binding, parameter: str) -> frozenset[str]:
    """The bare words that find a parameter by themselves."""
    domain = binding.domain(parameter)
    if domain.attracts:
        return frozenset(domain.words)
    return frozenset({parameter}) if domain.flag else frozenset()


def keyword_for(binding: Binding, parameters: Iterable[Parameter], word: str) -> str:
    """The parameter, if one is, whose words a word belongs to."""
    return next((one.name for one in parameters if word in binding.domain(one.name).words), "")
