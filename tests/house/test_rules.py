"""The three sources of the catalogue fit together: facts, domains, rules."""

import pytest

from dsl.catalogue import lookup
from dsl.catalogue.application import RESERVED, keywords_of, operands_of, rule_of
from dsl.catalogue.domains import domain
from dsl.catalogue.families import as_python, families
from dsl.catalogue.rules import FAMILIES
from dsl.catalogue.unheld import INSTEAD, UNHELD
from dsl.catalogue.weights import UNLESS, WITHOUT, WRAPPERS, holds_weights
from dsl.checker.functions import VALUES
from dsl.reference.examples import example

OF_TENSORS = ("activations", "ops", "random")
KEYS = [key for keys in FAMILIES.values() for key in keys]


def test_the_table_of_families_is_fresh():
    assert families() == FAMILIES, "run python -m dsl.catalogue.families"
    assert as_python(FAMILIES)


@pytest.mark.parametrize("key", KEYS)
def test_a_rule_names_parameters_of_its_symbol(key):
    symbol = lookup.by_key(key)
    assert symbol is not None
    rule = rule_of(symbol)
    known = {one.name for one in (*symbol.parameters, *symbol.call_parameters)}
    optional = {name for name in keywords_of(rule) if name in (rule.__kwdefaults__ or {})}
    assert set(keywords_of(rule)) <= known | set(symbol.unlisted) | set(RESERVED) | optional
    assert operands_of(rule) or rule.__code__.co_flags & 0x04 or not symbol.is_layer


def test_every_layer_has_a_rule_or_is_known_to_have_none():
    layers = {lookup.symbol("layers", name) for name in lookup.names("layers")}
    keys = {one.key for one in layers if one.is_layer}
    assert keys - set(KEYS) == set(UNHELD) & keys


def test_every_function_has_a_rule_or_is_known_to_have_none():
    spaces = [one for one in lookup.namespaces() if one.partition(".")[0] in OF_TENSORS]
    functions = {lookup.symbol(space, name) for space in spaces for name in lookup.names(space)}
    keys = {one.key for one in functions if one.kind == "function"}
    assert keys - set(KEYS) == (set(UNHELD) | VALUES) & keys


def test_what_no_model_holds_is_of_keras_and_has_no_rule():
    assert {key for key in UNHELD if lookup.by_key(key) is None} == set()
    assert set(UNHELD) & set(KEYS) == set()
    assert set(INSTEAD) <= set(UNHELD)


def test_layers_without_weights_are_layers():
    listed = WITHOUT | WRAPPERS | set(UNLESS)
    assert {key for key in listed if lookup.by_key(key) is None} == set()


FILLED_BY_ADAPT = {"Discretization", "IntegerLookup", "StringLookup", "TextVectorization"}
"""Layers that hold a table, and no weights that count."""


@pytest.mark.slow
def test_every_layer_without_weights_is_listed():
    found = [lookup.symbol("layers", name) for name in lookup.names("layers")]
    layers = {one.key: one for one in found if one is not None and one.is_layer}
    shown = [example(one).checked for one in layers.values()]
    made = [one for done in shown if done is not None for one in done.program.operations]
    bare = [one for one in made if one.params == 0 and one.symbol in layers]
    holding = {one.symbol for one in bare if holds_weights(layers[one.symbol], one.arguments)}
    assert holding == FILLED_BY_ADAPT


def test_every_default_is_in_its_domain():
    refused = [
        f"{symbol.path}: {said}"
        for namespace in lookup.namespaces()
        for symbol in (lookup.symbol(namespace, name) for name in lookup.names(namespace))
        for one in (*symbol.parameters, *symbol.call_parameters)
        if not one.required and (said := domain(symbol, one.name).refuse(one.default))
    ]
    assert not refused
