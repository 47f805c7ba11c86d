"""`dslc layers [NAME]`: what the catalogue has, and all that is known of one name."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from dsl.cli.options import Parser, add_json
from dsl.cli.status import DONE, UsageProblem
from dsl.cli.streams import write_stdout
from dsl.reference import data, text
from dsl.reference.find import find
from dsl.reference.groups import groups

if TYPE_CHECKING:
    from dsl.reference.find import Found


def run(argv: list[str]) -> int:
    """Print the catalogue, a group of it, or an entry."""
    made = Parser("dslc layers", description="Lists what Keras has, or tells all about one name.")
    made.add_argument(
        "name",
        metavar="NAME",
        nargs="?",
        help="a layer, function, loss, …; a group (pooling, ops, losses, …); or a parameter or word",
    )
    add_json(made)
    options = made.parse_args(argv)
    if options.name is None:
        write_stdout(
            _written(data.listing_data(groups())) if options.json else text.listing(groups())
        )
        return DONE
    found = find(options.name)
    write_stdout(_as_json(options.name, found) if options.json else _as_text(options.name, found))
    return DONE


def _as_text(name: str, found: Found) -> str:
    if found.symbols:
        return text.entry_text(found.symbols[0], found.symbols[1:])
    if found.group is not None:
        return text.group_text(found.group)
    if found.takers:
        return text.takers_text(name, found.takers)
    raise _unknown(name, found)


def _as_json(name: str, found: Found) -> str:
    if found.symbols:
        return _written(data.entry_data(found.symbols[0]))
    if found.group is not None:
        return _written(data.listing_data([found.group]))
    if found.takers:
        return _written(data.takers_data(name, found.takers))
    raise _unknown(name, found)


def _unknown(name: str, found: Found) -> UsageProblem:
    if not name.strip():
        return UsageProblem("an empty name is nobody's; `dslc layers` without one lists all")
    *rest, last = found.near or ("",)
    listed = f"{', '.join(rest)} or {last}" if rest else last
    hint = f"did you mean {listed}?" if last else "`dslc layers` lists all"
    return UsageProblem(f"nothing in Keras is called {name}; {hint}")


def _written(value: dict[str, Any]) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"
