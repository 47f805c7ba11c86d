"""Which values a parameter takes: by its name, with exceptions by symbol and name."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from dsl.catalogue import kinds, lookup
from dsl.catalogue.domain_tables import (
    BY_NAME,
    BY_NAMESPACE,
    EACH_AXIS,
    IDENTIFIERS,
    IN_FUNCTIONS,
)
from dsl.catalogue.function_domains import OF_FUNCTIONS
from dsl.catalogue.kinds import Kind, choice
from dsl.catalogue.layer_domains import EXCEPTIONS, NEVER_NONE
from dsl.catalogue.registry import UNKNOWN, Configured
from dsl.records import Record

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dsl.catalogue.lookup import Parameter, Symbol


NEVER_REGULARIZED = frozenset({"SimpleRNN", "HashedCrossing"})
"""Layers that take an `activity_regularizer` and never look at it."""


READ_IF = {
    ("applications", "classifier_activation"): "include_top",
    **{
        (key, "seed"): "rate"
        for key in (
            *("Dropout", "AlphaDropout", "GaussianDropout"),
            *(f"SpatialDropout{axes}D" for axes in (1, 2, 3)),
        )
    },
    ("GaussianNoise", "seed"): "stddev",
    **{
        (key, "seed"): "dropout"
        for key in ("Attention", "AdditiveAttention", "MultiHeadAttention", "GroupQueryAttention")
    },
}
"""Arguments that Keras looks at only where another one is true or above 0, by key or namespace, and name."""


class Domain(Record):
    """The values of a parameter.

    Args:
        name: the parameter's.
        kind: the kind of its values; None where anything goes.
        none: whether `none` is among them.
        flag: whether it is a boolean whose default is false, which its bare name sets.
    """

    name: str = ""
    kind: Kind | None = None
    none: bool = False
    flag: bool = False

    @property
    def words(self) -> frozenset[str]:
        """The bare words that belong to it."""
        return self.kind.words if self.kind else frozenset()

    @property
    def attracts(self) -> bool:
        """Whether these words find it by themselves."""
        return self.kind is not None and self.kind.attracts

    @property
    def namespace(self) -> str:
        """Where the classes and functions that it takes live (`initializers`); empty elsewhere."""
        return self.kind.namespace if self.kind else ""

    @property
    def size(self) -> bool:
        """Whether it is a whole number of things."""
        return self.kind is not None and self.kind.size

    def refuse(self, value: Any) -> str | None:
        """Why a value is outside; None where it is not, or is not known.

        >>> domain(lookup.symbol("layers", "Dense"), "units").refuse(0)
        'units must be a positive integer, not 0'
        >>> domain(lookup.symbol("layers", "Conv2D"), "padding").refuse("sme")
        'padding must be valid or same, not sme'
        """
        if self.kind is None or value is UNKNOWN or (value is None and self.none):
            return None
        if self.kind.test(value):
            return None
        if self.kind.words and isinstance(value, str) and len(self.kind.words) > 6:
            return f"{self.name} takes no word {value}"
        if self.namespace:
            return f"{self.name} must be one of keras.{self.namespace}, not {_shown(value)}"
        return f"{self.name} must be {self.kind.what}, not {_shown(value)}"

    def code_of(self, value: Any) -> str:
        """The id of the code that the refusal of a value has: whether Keras refuses it too.

        >>> domain(lookup.symbol("layers", "Dense"), "use_bias").code_of("relu")
        'senseless-value'
        >>> domain(lookup.symbol("layers", "Dense"), "units").code_of(0)
        'bad-value'
        """
        silent = self.kind.silent if self.kind is not None else None
        return "senseless-value" if silent is not None and silent(value) else "bad-value"


def unread(symbol: Symbol, parameter: str, arguments: Mapping[str, Any]) -> bool:
    """Whether Keras never looks at an argument, beside these others."""
    flag = READ_IF.get((symbol.key, parameter)) or READ_IF.get((symbol.namespace, parameter))
    return flag is not None and arguments.get(flag, symbol.defaults.get(flag)) in (False, 0)


def domain(symbol: Symbol, parameter: str) -> Domain:
    """The domain of a parameter of a symbol, of its configuration or of its call.

    >>> domain(lookup.symbol("layers", "LSTM"), "return_state").flag
    True
    >>> domain(lookup.symbol("layers", "Dense"), "activation").attracts
    True
    >>> domain(lookup.symbol("layers", "Dense"), "kernel_initializer").attracts
    False
    """
    return _domain(symbol.namespace, symbol.name, parameter)


@cache
def _domain(namespace: str, name: str, parameter: str) -> Domain:
    symbol = lookup.symbol(namespace, name)
    if symbol is None:
        return Domain(parameter)
    found = _find(symbol, parameter)
    default = found.default if found else None
    kind = _kind(symbol, parameter, default)
    none = default is None or (kind is not None and kind.none)
    return Domain(parameter, kind, none, flag=default is False)


@cache
def all_words() -> frozenset[str]:
    """Every word that finds some parameter by itself."""
    of_spaces = [kind for table in BY_NAMESPACE.values() for kind in table.values()]
    known = [
        *BY_NAME.values(),
        *EXCEPTIONS.values(),
        *OF_FUNCTIONS.values(),
        *IN_FUNCTIONS.values(),
        *of_spaces,
    ]
    listed = [kind.words for kind in known if kind.attracts]
    return frozenset(lookup.words("activations")).union(*listed)


def is_word(name: str) -> bool:
    """Whether a name is a word that finds some parameter by itself.

    >>> is_word("same"), is_word("relu"), is_word("sme")
    (True, True, False)
    """
    return name in all_words()


def _find(symbol: Symbol, name: str) -> Parameter | None:
    for parameter in (*symbol.parameters, *symbol.call_parameters):
        if parameter.name == name:
            return parameter
    return None


def _kind(symbol: Symbol, name: str, default: Any) -> Kind | None:
    own = EXCEPTIONS.get((symbol.key, name)) or OF_FUNCTIONS.get((symbol.key, name))
    if own is not None:
        return own
    if name == "activity_regularizer" and symbol.key in NEVER_REGULARIZED:
        return kinds.unchecked(_identifier("regularizers", attracts=False))
    if symbol.namespace.partition(".")[0] in ("ops", "random", "activations"):
        return _kind_in_function(name, default)
    return (
        _kind_of_space(symbol, name)
        or _kind_of_identifier(name, none=(symbol.key, name) not in NEVER_NONE)
        or BY_NAMESPACE.get(symbol.namespace, {}).get(name)
        or BY_NAME.get(name)
        or _kind_like(default, symbol)
    )


def _kind_in_function(name: str, default: Any) -> Kind | None:
    return IN_FUNCTIONS.get(name) or (kinds.FLAG if isinstance(default, bool) else None)


def _kind_of_space(symbol: Symbol, name: str) -> Kind | None:
    """What is said of each axis of a space: a list has as many as the digit in the name says."""
    if name not in EACH_AXIS or not symbol.is_layer:
        return None
    digits = [int(letter) for letter in symbol.key if letter.isdigit()]
    low, what = EACH_AXIS[name]
    turned = "Transpose" in symbol.key or "ConvLSTM" in symbol.key
    huge = name in ("strides", "size") or (name == "dilation_rate" and turned)
    cut = name in ("kernel_size", "size") or "Transpose" in symbol.key
    least = 1 - 1e-9 if cut else None
    return kinds.wholes(digits[0], low, what, huge=huge, least=least) if digits else None


def _kind_of_identifier(name: str, *, none: bool) -> Kind | None:
    """An initializer, regularizer, constraint or activation, by the end of the name."""
    for end, namespace in IDENTIFIERS.items():
        if name.endswith(end):
            return _identifier(namespace, attracts=end == "activation", none=none)
    return None


def _identifier(namespace: str, *, attracts: bool, none: bool = True) -> Kind:
    """What stands for an object of a namespace: its word, the object, or a function from Python.

    Args:
        namespace: `initializers`, `regularizers`, `constraints` or `activations`.
        attracts: as in `Kind`.
        none: whether none is one.

    Keras takes whatever can be called for a regularizer, a constraint or an activation, and says nothing.
    """
    words = lookup.words(namespace)
    at_home = ("activations", "layers") if namespace == "activations" else (namespace,)

    def test(value: Any) -> bool:
        if isinstance(value, str):
            return value in words
        if isinstance(value, Configured):
            return _home(value) in at_home
        return (value is None and none) or (isinstance(value, dict) and "class_name" in value)

    def silent(value: Any) -> bool:
        called = isinstance(value, Configured) and _home(value) != "optimizers"
        return called and namespace != "initializers"

    what = choice(words)
    return Kind(what, test, frozenset(words), attracts, none, namespace=namespace, silent=silent)


def _home(value: Configured) -> str:
    """The namespace of an object's class."""
    symbol = lookup.by_key(value.symbol)
    return symbol.namespace if symbol is not None else ""


def _kind_like(default: Any, symbol: Symbol) -> Kind | None:
    """What the default lets one think: no word for a number, no number for a word."""
    if isinstance(default, bool):
        return kinds.FLAG
    if symbol.namespace == "callbacks":
        return None
    if kinds.is_number(default):
        return kinds.NO_WORD
    return kinds.NO_NUMBER if isinstance(default, str) else None


CONSTANTS = frozenset({"true", "false", "none"})
"""What would be a value without its quotes."""


def _shown(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_shown, value))}]"
    if isinstance(value, str) and (not value.isidentifier() or value.lower() in CONSTANTS):
        return f'"{value}"'
    return str(getattr(value, "symbol", None) or value)
