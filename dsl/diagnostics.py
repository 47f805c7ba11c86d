"""Diagnostics: what a pass has to say about a program, as values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dsl.records import Record, Thing, field, replace

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from dsl.codes import Code
    from dsl.source import Span


class Label(Record):
    """A second place that belongs to a diagnostic, with the words that say why."""

    span: Span
    message: str


class Fix(Record):
    """A mend that is certain: `text` in place of what stands at `span`."""

    span: Span
    text: str


class Diagnostic(Record):
    """One error or warning.

    Args:
        code: what kind it is.
        span: the smallest stretch of source at fault.
        message: one sentence, without a full stop, in words of the source.
        help: what would mend it, in one sentence.
        labels: other places that explain it, in the order they are to be read.
        fix: the mend as an edit, where it is certain.
    """

    code: Code
    span: Span
    message: str
    help: str
    labels: tuple[Label, ...] = ()
    fix: Fix | None = None

    @property
    def severity(self) -> str:
        """`error` or `warning`."""
        return self.code.severity


_MOST_LABELS = 3
"""An error in a block is told once, with its first applications."""


MOST_ERRORS = 1_000
"""After these nothing more of a program is read: nobody mends them one by one."""


LONGEST_WORD, LONGEST_TEXT = 100, 1_000


def readable(words: str) -> str:
    """Words cut where a name or text in them is longer than anybody reads.

    >>> readable("there is no " + "x" * 200 + "!")[:60]
    'there is no xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'
    >>> len(readable("there is no " + "x" * 200 + "!"))
    74
    """
    if len(words) <= LONGEST_WORD:
        return words
    import re  # noqa: PLC0415 -- seldom needed

    short = re.sub(rf"(\S{{60}})\S{{{LONGEST_WORD - 60},}}(\S)", r"\1…\2", words)
    return short if len(short) <= LONGEST_TEXT else f"{short[:LONGEST_TEXT]}…"


class Problems(Thing):
    """Collects diagnostics; the same one at the same place is kept once, with the labels of its first meetings."""

    _found: dict[tuple[str, int, int, str], Diagnostic] = field(default_factory=dict)
    _errors: int = 0

    def add(
        self,
        code: Code,
        span: Span,
        message: str,
        *,
        help: str,
        labels: Iterable[Label] = (),
        fix: Fix | None = None,
    ) -> None:
        """Add a diagnostic; where the same code stands at the same place already, only its new labels are added."""
        key = (span.source.name, span.start, span.end, code.id)
        labels = [Label(one.span, readable(one.message)) for one in labels]
        new_one = Diagnostic(code, span, readable(message), readable(help), tuple(labels), fix)
        known = self._found.setdefault(key, new_one)
        if known is new_one:
            self._errors += code.severity == "error"
        new = [label for label in labels if label not in known.labels]
        if new and len(known.labels) < _MOST_LABELS:
            self._found[key] = replace(known, labels=(*known.labels, *new)[:_MOST_LABELS])

    def extend(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Add each of these."""
        for one in diagnostics:
            self.add(one.code, one.span, one.message, help=one.help, labels=one.labels, fix=one.fix)

    def __iter__(self) -> Iterator[Diagnostic]:
        """All of them, by source in the order met, then by place."""
        order: dict[str, int] = {}
        for one in self._found.values():
            order.setdefault(one.span.source.name, len(order))
        return iter(
            sorted(
                self._found.values(),
                key=lambda d: (order[d.span.source.name], d.span.start, d.span.end, d.code.id),
            )
        )

    def __len__(self) -> int:
        """How many there are."""
        return len(self._found)

    @property
    def has_errors(self) -> bool:
        """Whether one of them is an error."""
        return self._errors > 0

    @property
    def full(self) -> bool:
        """Whether there are so many errors that reading on would help nobody."""
        return self._errors >= MOST_ERRORS

    def says(self, message: str) -> bool:
        """Whether one of them has these words."""
        message = readable(message)
        return any(one.message == message for one in self._found.values())
