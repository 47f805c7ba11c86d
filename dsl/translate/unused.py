"""Variables that a function binds and never reads get a leading underscore: they are said to be unused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dsl.emit import plan
from dsl.records import fields, replace

if TYPE_CHECKING:
    from collections.abc import Iterator


def without_unused(function: plan.Def) -> plan.Def:
    """The function with its unread variables renamed, and no empty lines at its head."""
    body = list(function.body)
    while body and isinstance(body[0], plan.Blank):
        del body[0]
    function = replace(function, body=tuple(body))
    bound = set(_targets(function.body))
    read = set(_reads(function.body))
    parameters = {one.name for one in (*function.params, *function.keyword_only)}
    unread = {name for name in bound - read - parameters if not name.startswith("_")}
    taken = bound | read | parameters
    new = {}
    for name in sorted(unread):
        wanted = f"_{name}"
        while wanted in taken:
            wanted += "_"
        taken.add(wanted)
        new[name] = wanted
    return replace(function, body=_renamed(function.body, new)) if new else function


def _targets(body: tuple[plan.Statement, ...]) -> Iterator[str]:
    for one in body:
        match one:
            case plan.Assign():
                yield from _names(one.target)
            case plan.For():
                yield from _names(one.target)
                yield from _targets(one.body)
            case plan.If():
                for _, inner in one.branches:
                    yield from _targets(inner)


def _names(target: Any) -> Iterator[str]:
    match target:
        case plan.Raw() if target.text.isidentifier():
            yield target.text
        case plan.Sequence():
            for one in target.items:
                yield from _names(one)
        case plan.Star():
            yield from _names(target.value)


def _reads(body: tuple[plan.Statement, ...]) -> Iterator[str]:
    for one in body:
        match one:
            case plan.Assign():
                if one.op != "=" or not isinstance(one.target, plan.Raw | plan.Sequence):
                    yield from _words(one.target)
                yield from _words(one.value)
            case plan.For():
                yield from _words(one.iterable)
                yield from _reads(one.body)
            case plan.If():
                for test, inner in one.branches:
                    yield from _words(test)
                    yield from _reads(inner)
            case plan.Def():
                yield from _reads(one.body)
            case plan.Do() | plan.Return():
                yield from _words(one.value)


def _words(part: Any) -> Iterator[str]:
    """The names in an expression."""
    if isinstance(part, plan.Raw):
        yield part.text.partition(".")[0]
    elif isinstance(part, tuple):
        for one in part:
            yield from _words(one)
    elif isinstance(part, plan.Planned):
        for name in fields(part):
            if name != "span":
                yield from _words(getattr(part, name))


def _renamed(body: tuple[plan.Statement, ...], new: dict[str, str]) -> tuple[plan.Statement, ...]:
    return tuple(_renamed_one(one, new) for one in body)


def _renamed_one(one: plan.Statement, new: dict[str, str]) -> plan.Statement:
    match one:
        case plan.Assign():
            return replace(one, target=_renamed_target(one.target, new))
        case plan.For():
            return replace(
                one, target=_renamed_target(one.target, new), body=_renamed(one.body, new)
            )
        case plan.If():
            return replace(
                one, branches=tuple((test, _renamed(inner, new)) for test, inner in one.branches)
            )
    return one


def _renamed_target(target: Any, new: dict[str, str]) -> Any:
    match target:
        case plan.Raw():
            return replace(target, text=new.get(target.text, target.text))
        case plan.Sequence():
            return replace(target, items=tuple(_renamed_target(one, new) for one in target.items))
        case plan.Star():
            return replace(target, value=_renamed_target(target.value, new))
    return target
