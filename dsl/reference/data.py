"""The catalogue as plain values, for JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dsl.catalogue import lookup
from dsl.catalogue.masks import manner
from dsl.reference.entry import entry, signature
from dsl.reference.examples import example
from dsl.reference.groups import stands_for
from dsl.reference.text import multiply_adds
from dsl.views.json import plain_shape

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from dsl.catalogue.lookup import Symbol
    from dsl.graph import Endpoint
    from dsl.reference.entry import Row
    from dsl.reference.groups import Group

VERSION = 1


def listing_data(listed: Sequence[Group]) -> dict[str, Any]:
    """Groups with their names, as `docs/cli.md` has the form."""
    return {
        **_head(),
        "groups": [
            {
                "name": one.name,
                "title": one.title,
                "symbols": [symbol.path for symbol in one.symbols],
                "aliases": dict(one.aliases),
            }
            for one in listed
        ],
    }


def takers_data(word: str, takers: Iterable[tuple[Symbol, str]]) -> dict[str, Any]:
    """What takes a word: paths and parameters."""
    listed = [{"path": symbol.path, "parameter": parameter} for symbol, parameter in takers]
    return {**_head(), "word": word, "taken_by": listed}


def entry_data(symbol: Symbol) -> dict[str, Any]:
    """All that is known of a symbol, with its example."""
    found = entry(symbol)
    return {
        **_head(),
        "name": symbol.name,
        "path": symbol.path,
        "alias_of": found.alias_of or None,
        "other_names": list(found.others),
        "words": list(found.words),
        "kind": found.what,
        "group": found.group,
        "summary": found.summary or None,
        "signature": signature(found),
        "parameters": [_row(one) for one in found.parameters],
        "call": [_row(one) for one in found.call],
        "holds_weights": found.holds_weights,
        "mask": (manner(symbol.key) or "loses it") if symbol.is_layer else None,
        "example": _example(stands_for(symbol)),
    }


def _head() -> dict[str, Any]:
    return {"version": VERSION, "keras": lookup.keras_version()}


def _row(row: Row) -> dict[str, Any]:
    return {
        "name": row.name,
        "required": row.required,
        "default": row.default or None,
        "takes": row.takes or None,
        "words": list(row.words),
        "flag": row.flag,
        "keyword_only": row.by_name,
    }


def _example(symbol: Symbol) -> dict[str, Any]:
    shown = example(symbol)
    if shown.checked is None:
        return {"text": None, "reason": shown.reason}
    program = shown.checked.program
    return {
        "text": shown.text,
        "inputs": _endpoints(program.inputs),
        "outputs": _endpoints(program.outputs),
        "params": program.params,
        "trainable_params": program.trainable_params,
        "multiply_adds": multiply_adds(program),
        "warnings": [one.message for one in shown.checked.diagnostics],
    }


def _endpoints(endpoints: Iterable[Endpoint]) -> dict[str, dict[str, Any]]:
    return {
        one.name: {"dtype": one.tensor.type.dtype, "shape": plain_shape(one.tensor.type)}
        for one in endpoints
    }
