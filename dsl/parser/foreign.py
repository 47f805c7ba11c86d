"""Words and marks of Python and other languages, each with what to write instead."""

from __future__ import annotations

import unicodedata

# A word that begins a statement of Python, or stands in an expression of it: what it is, what to write.
WORDS: dict[str, tuple[str, str]] = {
    "lambda": ("`lambda` is not in the language", "write a `block`, or name the function of Keras that does it"),
    "def": ("`def` is not in the language", "write `block Name(settings)(x):`, applied as a layer is"),
    "class": ("`class` is not in the language", "write a `block`, or import a layer of your own: `from my_code import MyLayer`"),
    "import": ("`import` can't begin a statement", "leave it out: all of Keras is there without an import; what is your own comes by `from my_code import MyLayer`"),
    "while": ("`while` is not in the language", "repeat with `for i in range(n):`"),
    "with": ("`with` is not in the language", "leave it out; precision is set under `train:`"),
    "as": ("`as` stands only in an import", "bind the name with `=`"),
    "try": ("`try` is not in the language", "leave it out"),
    "except": ("`except` is not in the language", "leave it out"),
    "finally": ("`finally` is not in the language", "leave it out"),
    "raise": ("`raise` is not in the language", "leave it out; a model's graph can't fail on purpose"),
    "assert": ("`assert` is not in the language", "write the shape beside the name, `x: [8, 8, 64] = …`: it is proved"),
    "del": ("`del` is not in the language", "leave it out"),
    "global": ("`global` is not in the language", "a block sees the constants of its file"),
    "nonlocal": ("`nonlocal` is not in the language", "a block sees the constants of its file"),
    "async": ("`async` is not in the language", "leave it out"),
    "await": ("`await` is not in the language", "leave it out"),
    "yield": ("`yield` is not in the language", "append to a list, `xs += [x]`, and return it"),
    "pass": ("`pass` is not in the language", "leave the statement out with its body"),
    "break": ("`break` is not in the language", "choose with `if` inside the loop"),
    "continue": ("`continue` is not in the language", "choose with `if` inside the loop"),
    "is": ("`is` is not in the language", "compare with `==`"),
    "function": ("`function` is not in the language", "write `block Name(settings)(x):`, applied as a layer is"),
    "func": ("`func` is not in the language", "write `block Name(settings)(x):`, applied as a layer is"),
    "fn": ("`fn` is not in the language", "write `block Name(settings)(x):`, applied as a layer is"),
    "match": ("`match` is not in the language", "choose with `if` and `elif`"),
    "switch": ("`switch` is not in the language", "choose with `if` and `elif`"),
    "case": ("`case` is not in the language", "choose with `if` and `elif`"),
    "in": ("`in` stands only in a `for`", "compare with `==`, joined by `or`"),
}  # fmt: skip
HEADS = frozenset(WORDS) - {"in", "is", "lambda", "as"}
ALONE = ("pass", "break", "continue")

MARKS: dict[str, tuple[str, str]] = {
    ":=": ("`:=` is not in the language", "bind the name on a line of its own"),
    "|>": ("`|>` is not in the language", "write `->`"),
    "-->": ("`-->` is not in the language", "write `->`"),
    "<>": ("`<>` is not in the language", "write `!=`"),
    "===": ("`===` is not in the language", "write `==`"),
    "!==": ("`!==` is not in the language", "write `!=`"),
    "/*": ("`/*` begins no comment", "a comment begins with `#`"),
    "=>": ("`=>` is not in the language", "write `->`, or `>=` where a comparison is meant"),
    "&&": ("`&&` is not in the language", "write `and`"),
    "||": ("`||` is not in the language", "write `or`"),
    "<<": ("`<<` is not in the language", "write `* 2 ** n`"),
    ">>": ("`>>` is not in the language", "write `// 2 ** n`, or `->` where a chain is meant"),
    "!": ("`!` is not in the language", "write `not`"),
    ";": ("`;` does not end a statement", "give each statement a line of its own"),
    "\\": ("`\\` does not carry a line on", "put parentheses around what takes several lines"),
    "\N{NO-BREAK SPACE}": ("a no-break space stands here", "replace it by a plain space"),
    "\N{RIGHTWARDS ARROW}": ("this arrow is not in the language", "write `->`"),
    "\N{MINUS SIGN}": ("this dash is no minus", "write `-`"),
    "\N{EN DASH}": ("this dash is no minus", "write `-`"),
    "\N{MIDDLE DOT}": ("this dot is no operator", "write `*`"),
    "\N{DIVISION SIGN}": ("this mark is no operator", "write `/`"),
    "\N{LESS-THAN OR EQUAL TO}": ("this mark is no operator", "write `<=`"),
    "\N{GREATER-THAN OR EQUAL TO}": ("this mark is no operator", "write `>=`"),
    "\N{NOT EQUAL TO}": ("this mark is no operator", "write `!=`"),
    "\N{SUPERSCRIPT TWO}": ("powers have an operator", "write `** 2`"),
    "\N{MULTIPLICATION SIGN}": ("this cross is no operator", "write `*`"),
}  # fmt: skip
QUOTES = "\N{LEFT DOUBLE QUOTATION MARK}\N{RIGHT DOUBLE QUOTATION MARK}\N{LEFT SINGLE QUOTATION MARK}\N{RIGHT SINGLE QUOTATION MARK}`"


def mark(text: str) -> tuple[str, str]:
    """What to say of a mark that is not in the language."""
    if text in MARKS:
        return MARKS[text]
    if text in QUOTES:
        return f"{_shown(text)} is no quote of the language", "write `\"` or `'`"
    if len(text) > 1 and text[-1] == "=":
        return f"`{text}` is not in the language", f"write `x = x {text[:-1]} …`"
    plain = unicodedata.normalize("NFKC", text)
    help_ = f"write `{plain}`" if plain != text and plain.isascii() else "take it out"
    return f"{_shown(text)} is not in the language", help_


def _shown(text: str) -> str:
    if text.isprintable() and text != "`":
        return f"`{text}`"
    return f"the character U+{ord(text[0]):04X}"
