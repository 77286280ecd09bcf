"""Abilities of the clusters that a device uses: what it commands others to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from zigbus_converter.definition import Part
from zigbus_converter.generated.pieces import Piece, call, piece
from zigbus_converter.generated.place import Build, Place
from zigbus_converter.parts.remote import colour_commands, cover_commands, level_commands, on_off_commands
from zigbus_converter.parts.zcl import COLOUR, LEVEL, ON_OFF, WINDOW_COVERING


def _commands(part: Callable[..., Part], name: str) -> Build:
    def build(place: Place) -> Iterator[Piece]:
        yield piece(call(part, endpoints=place.names), name, place.named)

    return build


OUTPUTS: Mapping[tuple[int, ...], Build] = {
    (ON_OFF,): _commands(on_off_commands, "commandsOnOff"),
    (LEVEL,): _commands(level_commands, "commandsLevelCtrl"),
    (COLOUR,): _commands(colour_commands, "commandsColorCtrl"),
    (WINDOW_COVERING,): _commands(cover_commands, "commandsWindowCovering"),
}
