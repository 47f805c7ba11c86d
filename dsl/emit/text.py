"""A plan as the text of a script: context for the templates, which hold the layout alone."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import jinja2

from dsl.emit import plan, script
from dsl.emit.layout import line
from dsl.emit.literals import clean_comment, clean_doc

if TYPE_CHECKING:
    from collections.abc import Iterator

_PACKAGE: Final = Path(__file__).parent.parent


class TemplateProblem(Exception):  # noqa: N818 -- said to the user as it is
    """A template of the user's that can't be used; the message names it and the line."""


def find_templates() -> str:
    """The folder of our templates: inside the installed package, else beside it."""
    inside = _PACKAGE / "templates"
    return str(inside if inside.is_dir() else _PACKAGE.parent / "templates")


def lines(statement: plan.Statement, depth: int) -> Iterator[tuple[str, list[plan.Statement]]]:
    """A statement as heads with the bodies below them; a simple one is a head alone."""
    margin = " " * depth
    match statement:
        case plan.If(branches):
            for index, (test, inner) in enumerate(branches):
                word = "else" if test is None else "elif" if index else "if"
                yield margin + line(statement, depth, word, test), tidy(inner)
        case plan.For(body=inner):
            yield margin + line(statement, depth), tidy(inner)
        case plan.Def(body=inner):
            doc = plan.Do(plan.Raw(f'"""{clean_doc(statement.doc)}"""'))
            yield margin + line(statement, depth), tidy((doc, *inner) if statement.doc else inner)
        case _:
            text = line(statement, depth)
            yield (margin + text if text else ""), []


def tidy(body: tuple[plan.Statement, ...]) -> list[plan.Statement]:
    """A body with blank lines as a formatter has them: none at an end, one around a function."""
    found: list[plan.Statement] = []
    for index, one in enumerate(body):
        if isinstance(one, plan.Blank) or (
            isinstance(one, plan.Comment) and not clean_comment(one.text)
        ):
            found.append(plan.Blank())
            continue
        if found and isinstance(body[index - 1], plan.Def):
            found.append(plan.Blank())
        if isinstance(one, plan.Def):
            place = len(found)
            while place and isinstance(found[place - 1], plan.Comment):
                place -= 1
            found.insert(place, plan.Blank())
        found.append(one)
    return _without_idle_blanks(found)


def _without_idle_blanks(body: list[plan.Statement]) -> list[plan.Statement]:
    kept: list[plan.Statement] = []
    for one in body:
        if not isinstance(one, plan.Blank) or (kept and not isinstance(kept[-1], plan.Blank)):
            kept.append(one)
    while kept and isinstance(kept[-1], plan.Blank):
        kept.pop()
    return kept


class _Loader(jinja2.FileSystemLoader):
    """Says which file can't be read as text."""

    def get_source(self, environment: jinja2.Environment, template: str) -> Any:
        try:
            return super().get_source(environment, template)
        except UnicodeDecodeError as problem:
            raise TemplateProblem(f"{template}: no text in UTF-8") from problem


@lru_cache(maxsize=4)
def _environment(templates: str | None) -> jinja2.Environment:
    environment = jinja2.Environment(  # noqa: S701 -- Python, not HTML
        loader=_Loader([templates, find_templates()] if templates else find_templates()),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=templates is not None,
    )
    environment.filters["lines"] = lines
    return environment


def _context(module: plan.Module) -> dict[str, Any]:
    context = script.context(module)
    for name in ("constants", "guarded"):
        context[name] = tidy(context.get(name, ()))
    return context


def render(module: plan.Module, templates: str | None = None) -> str:
    """The script of a module.

    Args:
        module: what to write.
        templates: a folder whose files stand in for ours of the same names.

    Raises:
        TemplateProblem: where a template of that folder can't be read or used.
    """
    _demand_templates(templates)
    environment = _environment(templates)
    if templates is None:
        return environment.get_template("model.py.jinja").render(_context(module))
    try:
        return environment.get_template("model.py.jinja").render(_context(module))
    except TemplateProblem:
        raise
    except jinja2.TemplateSyntaxError as problem:
        where = f"{problem.filename or problem.name}, line {problem.lineno}"
        raise TemplateProblem(f"{where}: {problem.message}") from problem
    except Exception as problem:
        raise TemplateProblem(f"{_place(problem, templates)}: {problem}") from problem


def _demand_templates(templates: str | None) -> None:
    """Refuse a folder without a file of the name of one of ours: it would change nothing."""
    if templates is None:
        return
    names = sorted(one.name for one in Path(find_templates()).iterdir())
    if not any((Path(templates) / name).is_file() for name in names):
        raise TemplateProblem(f"{templates}: none of {', '.join(names)} is there")


def _place(problem: BaseException, templates: str) -> str:
    """The innermost line of a template that a problem passed through."""
    place = templates
    trace = problem.__traceback__
    while trace is not None:
        name = trace.tb_frame.f_code.co_filename
        if name.endswith(".jinja"):
            place = f"{name}, line {trace.tb_lineno}"
        trace = trace.tb_next
    return place
