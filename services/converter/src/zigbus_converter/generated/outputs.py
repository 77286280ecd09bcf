"""Abilities of the clusters that a device uses: what it commands others to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from zigbus_converter.definition import Part
from zigbus_converter.generated.pieces import Piece, call, piece
from zigbus_converter.generated.place import Build, Place
from zigbus_converter.parts.remote import (
    COLOUR_ACTIONS,
    LEVEL_ACTIONS,
    colour_commands,
    cover_commands,
    level_commands,
    on_off_commands,
)
from zigbus_converter.parts.zcl import COLOUR, LEVEL, ON_OFF, WINDOW_COVERING


def _commands(part: Callable[..., Part], name: str, actions: tuple[str, ...]) -> Build:
    def build(place: Place) -> Iterator[Piece]:
        unnamed = actions if place.names is None else ()
        yield piece(call(part, endpoints=place.names), name, place.named, unnamed=unnamed)

    return build


OUTPUTS: Mapping[tuple[int, ...], Build] = {
    (ON_OFF,): _commands(on_off_commands, "commandsOnOff", ("on", "off", "toggle")),
    (LEVEL,): _commands(level_commands, "commandsLevelCtrl", LEVEL_ACTIONS),
    (COLOUR,): _commands(colour_commands, "commandsColorCtrl", COLOUR_ACTIONS),
    (WINDOW_COVERING,): _commands(cover_commands, "commandsWindowCovering", ("open", "close", "stop")),
}
