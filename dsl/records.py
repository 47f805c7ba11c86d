"""Records: values with named fields, as dataclasses are, made in a hundredth of the time.

A dataclass compiles its methods when its module is imported: half a millisecond each, and the tree and the
plan have sixty of them. A record has the same methods from its base class. Type checkers see dataclasses (PEP 681).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, dataclass_transform

if TYPE_CHECKING:
    from collections.abc import Callable

_MISSING: Any = object()
_PLAIN = (str, int, float, bool, type(None))
_Some = TypeVar("_Some", bound="_Fields")


class _Field:
    """What `field` says of a field until its class is made."""

    def __init__(self, default: Any, default_factory: Any, *, kw_only: bool, compare: bool) -> None:
        self.default = default
        self.default_factory = default_factory
        self.kw_only = kw_only
        self.compare = compare


def field(
    *,
    default: Any = _MISSING,
    default_factory: Callable[[], Any] | None = None,
    kw_only: bool = False,
    compare: bool = True,
) -> Any:
    """Say more of a field than its type.

    Args:
        default: its value where none is given.
        default_factory: what makes that value, for lists and dictionaries.
        kw_only: whether it goes by name alone.
        compare: whether it takes part in equality.
    """
    return _Field(default, default_factory, kw_only=kw_only, compare=compare)


class _Fields:
    """Fields from annotations, those of base classes last, as they are given by name."""

    _fields: ClassVar[tuple[str, ...]] = ()
    _positional: ClassVar[tuple[str, ...]] = ()
    _required: ClassVar[frozenset[str]] = frozenset()
    _factories: ClassVar[dict[str, Callable[[], Any]]] = {}
    _compared: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls) -> None:
        own = {
            name: cls.__dict__.get(name, _MISSING)
            for name, kind in cls.__dict__.get("__annotations__", {}).items()  # noqa: RUF063 -- inspect costs 6 ms
            if "ClassVar" not in str(kind)
        }
        required, factories, hidden, by_name = (
            set(cls._required),
            dict(cls._factories),
            set(),
            set(),
        )
        for name, value in own.items():
            said = (
                value
                if isinstance(value, _Field)
                else _Field(value, None, kw_only=False, compare=True)
            )
            if isinstance(value, _Field):
                delattr(cls, name)
            if said.default is not _MISSING:
                setattr(cls, name, said.default)
            elif said.default_factory is not None:
                factories[name] = said.default_factory
            else:
                required.add(name)
            if not said.compare:
                hidden.add(name)
            if said.kw_only:
                by_name.add(name)
        cls._positional = (*cls._positional, *(name for name in own if name not in by_name))
        cls._fields = (*own, *(name for name in cls._fields if name not in own))
        cls._compared = tuple(
            n for n in cls._fields if n not in hidden and (n in own or n in cls._compared)
        )
        cls._required, cls._factories = frozenset(required), factories
        cls.__match_args__ = cls._positional  # type: ignore[attr-defined,misc]

    def __init__(self, *args: Any, **given: Any) -> None:
        state = self.__dict__
        if args:
            state.update(zip(self._positional, args, strict=False))
        if given:
            state.update(given)
        if len(state) < len(self._fields) or len(args) > len(self._positional):
            self._complete(len(args))

    def _complete(self, positional: int) -> None:
        """Make what was not given and can be made; what has a default is the class's."""
        state = self.__dict__
        for name, make in self._factories.items():
            if name not in state:
                state[name] = make()
        if not self._required <= state.keys() or positional > len(self._positional):
            missing = ", ".join(sorted(self._required - state.keys()))
            raise TypeError(f"{type(self).__name__} needs {missing or 'fewer arguments'}")

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in self._compared)
        return f"{type(self).__name__}({shown})"


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
class Record(_Fields):
    """A value: equal to another one of its class whose compared fields are equal; never changed."""

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"{type(self).__name__}.{name} cannot be changed")

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in self._compared)

    def __hash__(self) -> int:
        return hash((type(self).__name__, *(getattr(self, name) for name in self._compared)))


@dataclass_transform(eq_default=False, field_specifiers=(field,))
class Thing(_Fields):
    """A thing with an identity, whose fields may change; things hold each other, so it shows its plain fields alone."""

    def __repr__(self) -> str:
        fields = ((name, getattr(self, name)) for name in self._compared)
        shown = [f"{name}={value!r}" for name, value in fields if isinstance(value, _PLAIN)]
        return f"{type(self).__name__}({', '.join(shown)})"


def replace(one: _Some, **changes: Any) -> _Some:
    """Another one of its class, with some fields changed."""
    made = object.__new__(type(one))
    made.__dict__.update(one.__dict__)
    made.__dict__.update(changes)
    return made


def fields(one: _Fields | type[_Fields]) -> tuple[str, ...]:
    """The names of the fields."""
    return one._fields
