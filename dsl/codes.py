"""Every diagnostic code, a line each.

`keras` says what Keras does with such a program: `raises-build` (building the model fails), `raises-fit` (compiling or
training fails), `silent` (it goes on, wrongly or by luck), or `-` where the program is not one yet (syntax, names).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Code:
    """A kind of diagnostic: its stable id (also for `# allow: ID`), severity, and what Keras does."""

    id: str
    title: str
    severity: str = "error"
    keras: str = "-"


CODES: dict[str, Code] = {}


def _code(id: str, title: str, severity: str = "error", keras: str = "-") -> Code:  # noqa: A002 -- its name
    CODES[id] = Code(id, title, severity, keras)
    return CODES[id]


# ---- reading
SYNTAX = _code("syntax", "text that is not in the language")
NOT_PYTHON = _code("not-python", "a construct of Python that the language does not have")
LIMIT = _code("limit", "a program too large or too deep")

# ---- names and kinds
UNKNOWN_NAME = _code("unknown-name", "a name that nothing binds")
