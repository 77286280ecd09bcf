"""A part of a generated definition before it is made: a call that can be carried out, or written down in two languages."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from zigbus.contract.base import Json, JsonObject
from zigbus_converter.definition import Part

Known = Callable[[int, int, int], Json]  # endpoint, cluster, attribute -> its last value, None if it never told


def nothing_known(endpoint: int, cluster: int, attribute: int) -> Json:
    """Know nothing of a device beyond its descriptors."""
    return None


@dataclass(frozen=True)
class Call:
    """A call of a public function with plain values, tuples and calls as arguments."""

    function: Callable[..., Any]
    arguments: tuple[Any, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)  # those that are None are left out

    def carry_out(self) -> Any:
        """Return what the function returns."""
        options = {name: _value(option) for name, option in self._given()}
        return self.function(*map(_value, self.arguments), **options)

    def text(self) -> str:
        """Return the call in Python."""
        words = [*map(_text, self.arguments), *(f"{name}={_text(option)}" for name, option in self._given())]
        return f"{self.function.__name__}({', '.join(words)})"

    def functions(self) -> Iterator[Callable[..., Any]]:
        """Yield every function that is called here: what a file must import."""
        yield self.function
        for argument in (*self.arguments, *self.options.values()):
            yield from _functions(argument)

    def _given(self) -> Iterator[tuple[str, Any]]:
        return ((name, option) for name, option in self.options.items() if option is not None)


def call(function: Callable[..., Any], *arguments: Any, **options: Any) -> Call:
    """Return the call `function(*arguments, **options)`."""
    return Call(function, arguments, options)


@dataclass(frozen=True)
class Piece:
    """One ability: the parts that give it here, and the call that gives it in zigbee2mqtt's form."""

    calls: tuple[Call, ...]
    name: str  # of the function in zigbee-herdsman-converters
    arguments: JsonObject = field(default_factory=dict)  # of that function
    library: str = "m"
    unnamed: tuple[str, ...] = ()  # keys that never get the name of an endpoint
    meta: Mapping[str, Json] = field(default_factory=dict)  # facts that the definition must state for the parts

    def parts(self) -> Iterator[Part]:
        """Yield the parts."""
        return (part.carry_out() for part in self.calls)


def piece(made: Call, name: str, arguments: JsonObject | None = None, *, unnamed: tuple[str, ...] = ()) -> Piece:
    """Return a piece of one part."""
    return Piece((made,), name, {k: v for k, v in (arguments or {}).items() if v is not None}, unnamed=unnamed)


def _value(argument: Any) -> Any:
    if isinstance(argument, Call):
        return argument.carry_out()
    return tuple(map(_value, argument)) if isinstance(argument, tuple) else argument


def _text(argument: Any) -> str:
    if isinstance(argument, Call):
        return argument.text()
    if isinstance(argument, tuple):
        items = ", ".join(map(_text, argument))
        return f"({items},)" if len(argument) == 1 else f"({items})"
    return repr(argument)


def _functions(argument: Any) -> Iterator[Callable[..., Any]]:
    if isinstance(argument, Call):
        yield from argument.functions()
    elif isinstance(argument, tuple):
        for item in argument:
            yield from _functions(item)
