"""`# allow: CODE, CODE`: comments that switch warnings off, for a line, a statement or a file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from dsl import codes, nodes
from dsl.diagnostics import Diagnostic, Problems

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_ALLOW = re.compile(r"#+\s*allow:\s*(.*)")
_WORD = re.compile(r"[^\s,]+")


def allowed(tree: nodes.Tree, diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """What is left of diagnostics once the comments of a source have switched warnings off.

    A comment holds for its own line; alone on a line, for the statement or line below it; before
    the first statement, for the whole source. Errors stay, and what belongs to another source.

    Args:
        tree: the source with its comments.
        diagnostics: what the passes found.

    Returns:
        The diagnostics that stay, by place, and a warning for each code that can't be allowed.
    """
    allowances = _Allowances(tree)
    problems = Problems()
    problems.extend(diagnostics)
    problems.extend(allowances.mistakes())
    return [one for one in problems if not allowances.cover(one)]


class _Allowances:
    def __init__(self, tree: nodes.Tree) -> None:
        self.tree = tree
        self.everywhere: set[str] = set()
        self.at_line: dict[int, set[str]] = {}
        self.words = list(_words(tree))
        ends = _ends(tree.statements) if self.words else {}
        begins = min((s.span.start for s in tree.statements), default=len(tree.source.text))
        lone = {c.span.line for c in tree.comments if c.alone} if self.words else set()
        for comment, code, _ in self.words:
            line = comment.span.line
            if comment.alone and comment.span.start < begins:
                self.everywhere.add(code)
                continue
            last = line
            if comment.alone:
                while line in lone:
                    line += 1
                last = ends.get(line, line)
            for covered in range(line, last + 1):
                self.at_line.setdefault(covered, set()).add(code)

    def cover(self, one: Diagnostic) -> bool:
        """Whether a diagnostic is a warning that is switched off."""
        if one.severity != "warning" or one.span.source is not self.tree.source:
            return False
        if one.code.id in self.everywhere:
            return True
        return bool(self.at_line) and one.code.id in self.at_line.get(one.span.line, ())

    def mistakes(self) -> Iterator[Diagnostic]:
        """A warning for each word that is no code, or the code of an error."""
        for comment, word, start in self.words:
            code = codes.CODES.get(word)
            if code is not None and code.severity == "warning":
                continue
            at = comment.span.start + start
            span = self.tree.source.span(at, at + len(word))
            if code is None:
                yield Diagnostic(
                    codes.UNKNOWN_CODE, span, f"no code is called `{word}`", _help(word)
                )
            else:
                message = f"`{word}` is an error and can't be allowed"
                yield Diagnostic(
                    codes.UNKNOWN_CODE,
                    span,
                    message,
                    "take it out of the comment, and mend the error",
                )


def _words(tree: nodes.Tree) -> Iterator[tuple[nodes.Comment, str, int]]:
    """The codes that comments name, each with its comment and its place in it."""
    for comment in tree.comments:
        match = _ALLOW.match(comment.text)
        if match:
            for word in _WORD.finditer(comment.text, match.start(1)):
                yield comment, word[0], word.start()


def _help(word: str) -> str:
    from difflib import get_close_matches  # noqa: PLC0415 -- only for mistakes

    warnings = [code.id for code in codes.CODES.values() if code.severity == "warning"]
    close = get_close_matches(word, warnings, 1)
    return (
        f"did you mean `{close[0]}`?"
        if close
        else "write the word that stands in brackets in the warning"
    )


def _ends(statements: Iterable[nodes.Statement]) -> dict[int, int]:
    """The last line of each statement without a body, by its first line; nested ones too."""
    found: dict[int, int] = {}
    waiting = list(statements)
    while waiting:
        one = waiting.pop()
        match one:
            case nodes.Block() | nodes.For():
                waiting.extend(one.body)
            case nodes.If():
                waiting.extend(inner for _, body in one.branches for inner in body)
            case nodes.Train():
                found.update({s.span.line: _last_line(s) for s in one.settings})
            case _:
                found[one.span.line] = _last_line(one)
    return found


def _last_line(node: nodes.Node) -> int:
    return node.span.source.position(node.span.end)[0]
