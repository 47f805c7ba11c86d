"""Reading: text to tree. The only place that knows lark."""

from dsl.parser.reading import parse

__all__ = ["parse"]
