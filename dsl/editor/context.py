"""Where in a program a cursor stands: at the beginning of a statement, in which brackets, behind which name.

Read from the tokens before the cursor alone, so that it holds for a text that is half written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dsl.diagnostics import Problems
from dsl.parser import laid_out
from dsl.records import Thing, field
from dsl.source import Source

if TYPE_CHECKING:
    from dsl.parser.tokens import Token

OPENERS = {"(": ")", "[": "]", "{": "}"}


class Call(Thing):
    """Parentheses that are open at the cursor.

    Args:
        callee: the name before them, with its dots; empty where they group.
        applies: whether they are the second ones, which apply what the first ones configure.
        position: how many arguments without a name stand before the cursor.
        given: names of the arguments that have one.
        keyword: the name before the `=` that the cursor is behind; empty where there is none.
    """

    callee: str
    applies: bool = False
    position: int = 0
    given: set[str] = field(default_factory=set)
    keyword: str = ""


class Context(Thing):
    """What stands before a cursor.

    Args:
        prefix: the part of a word that is typed already.
        start: where that word begins.
        begins: where the statement begins.
        owner: the name with its dots before a `.`; empty elsewhere.
        calls: the parentheses that are open, outermost first; other brackets are none.
        head: the first word of the statement.
        at_start: whether the cursor is at the first word of a statement.
        indent: columns before that statement.
        setting: the name before the statement's own `=`.
        is_text: whether it is in a string or comment, where nothing fits.
        is_variable: whether a `$` stands before the word.
        is_stage: whether an arrow stands before it.
    """

    prefix: str
    start: int
    begins: int
    owner: str = ""
    calls: list[Call] = field(default_factory=list)
    head: str = ""
    at_start: bool = False
    indent: int = 0
    setting: str = ""
    is_text: bool = False
    is_variable: bool = False
    is_stage: bool = False

    @property
    def call(self) -> Call | None:
        """The innermost parentheses of a call."""
        return next((one for one in reversed(self.calls) if one.callee), None)


def context_at(text: str, offset: int) -> Context:
    """What stands before a cursor.

    Args:
        text: the program.
        offset: the cursor, in code points.
    """
    start = offset
    while start and (text[start - 1].isalnum() or text[start - 1] == "_"):
        start -= 1
    found = Context(text[start:offset], start, start)
    lines, comments = laid_out(Source("editor", text[:start] + "_"), Problems())
    if any(one.end > start for one in comments) or not lines or lines[-1].tokens[-1].start < start:
        found.is_text = True
        return found
    line = lines[-1]
    tokens = [one for one in line.tokens if one.start < start]
    found.begins = line.first.start
    found.indent = line.indent
    found.at_start = not tokens
    if tokens:
        found.head = tokens[0].text
        _before(found, tokens)
        found.calls = _open_calls(tokens)
        found.setting = _setting(tokens)
    return found


def _before(found: Context, tokens: list[Token]) -> None:
    last = tokens[-1].text
    found.is_variable = last == "$"
    found.is_stage = last == "->"
    if last == ".":
        found.owner = _dotted(tokens, len(tokens) - 2)


def _setting(tokens: list[Token]) -> str:
    is_one = len(tokens) > 1 and tokens[1].text == "=" and tokens[0].text.isidentifier()
    return tokens[0].text if is_one else ""


def _open_calls(tokens: list[Token]) -> list[Call]:
    stack: list[Call] = []
    closed: dict[int, str] = {}
    """Of a closing parenthesis by its place, the name before the opening one."""
    for at, token in enumerate(tokens):
        if token.text in OPENERS:
            stack.append(_opened(tokens, at, closed))
        elif token.text in OPENERS.values() and stack:
            closed[at] = stack.pop().callee
        elif token.text == "," and stack:
            done = stack[-1]
            done.position += not done.keyword
            done.keyword = ""
        elif token.text == "=" and stack and tokens[at - 1].text.isidentifier():
            stack[-1].keyword = tokens[at - 1].text
            stack[-1].given.add(tokens[at - 1].text)
    return stack


def _opened(tokens: list[Token], at: int, closed: dict[int, str]) -> Call:
    if tokens[at].text != "(" or not at:
        return Call("")
    if tokens[at - 1].text == ")":
        return Call(closed.get(at - 1, ""), applies=True)
    return Call(_dotted(tokens, at - 1))


def _dotted(tokens: list[Token], at: int) -> str:
    """The name with its dots that ends at a token; empty where there is none."""
    words: list[str] = []
    while at >= 0 and tokens[at].text.isidentifier():
        words.append(tokens[at].text)
        if at < 2 or tokens[at - 1].text != ".":
            break
        at -= 2
    return ".".join(reversed(words))
