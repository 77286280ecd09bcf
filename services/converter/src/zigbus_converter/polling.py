"""Reads lamps that a remote commands without us: some report only whether they are on (behaviour 11.3)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any

import structlog

from zigbus.contract.base import RequestFailed
from zigbus.contract.devices import DeviceDescription
from zigbus.contract.events import CommandReceived
from zigbus_converter.binding_plan import TEMPERATURE_BIT, XY, capabilities
from zigbus_converter.conversations import Conversations
from zigbus_converter.definition import Device
from zigbus_converter.effects import Conversation
from zigbus_converter.entity import Entity
from zigbus_converter.groups import Groups
from zigbus_converter.parts.base import read
from zigbus_converter.parts.zcl import (
    COLOUR,
    COLOUR_TEMPERATURE,
    CURRENT_LEVEL,
    CURRENT_X,
    CURRENT_Y,
    LEVEL,
    ON_OFF,
    SCENES,
    SWITCHED,
)
from zigbus_converter.roster import Roster

log = structlog.get_logger()

AFTER_S = 1.0  # after the last command: a dimmer sends many, and the lamp takes its time
HUE_REMOTE = 0xFC00
SIGNIFY, ATMEL, GLEDOPTO, MUELLER, TELINK, BUSCH_JAEGER = 0x100B, 0x1014, 0x124F, 0x121B, 0x1141, 0x112E
NAMES = ("GLEDOPTO", "Trust International B.V.\0")  # makers whose code is somebody else's


@dataclass(frozen=True, slots=True)
class Poll:
    """Commands (by cluster), after which lamps of some makers are read, and what is read."""

    name: str
    commands: Mapping[int, frozenset[int]]
    hue_buttons: frozenset[int]
    cluster: int
    read: Callable[[Device, int], Conversation]
    makers: frozenset[int] = frozenset((SIGNIFY, ATMEL, GLEDOPTO, MUELLER, TELINK, BUSCH_JAEGER))

    def is_asked_for(self, command: CommandReceived) -> bool:
        """Tell whether a command is one of those."""
        if command.cluster == HUE_REMOTE:
            return command.command == 0 and command.payload[:1] in {bytes((button,)) for button in self.hue_buttons}
        return not command.from_server and command.command in self.commands.get(command.cluster, ())

    def concerns(self, device: DeviceDescription, endpoint: int) -> bool:
        """Tell whether a lamp is one that does not report this by itself."""
        described = device.endpoints.get(endpoint)
        of_maker = device.manufacturer_code in self.makers or device.manufacturer in NAMES
        return of_maker and described is not None and self.cluster in described.input_clusters


def _read_level(device: Device, endpoint: int) -> Conversation:
    del device
    yield read(endpoint, CURRENT_LEVEL)


def _read_switched(device: Device, endpoint: int) -> Conversation:
    del device
    yield read(endpoint, SWITCHED)


def _read_colour(device: Device, endpoint: int) -> Conversation:
    able = yield from capabilities(device, endpoint)
    attributes = (CURRENT_X, CURRENT_Y) if able & XY else ()
    attributes = (*attributes, COLOUR_TEMPERATURE) if able & TEMPERATURE_BIT else attributes
    if attributes:
        yield read(endpoint, *attributes)


WITH_ON_OFF = frozenset((0x04, 0x05, 0x06, 0x07))  # move to level, move, step, stop
RECALL = {SCENES: frozenset((0x05,))}
POLLS = (
    Poll("level", {LEVEL: WITH_ON_OFF | {0x01, 0x02, 0x03}, **RECALL}, frozenset((2, 3)), LEVEL, _read_level),
    Poll(
        "state",
        {LEVEL: WITH_ON_OFF, ON_OFF: frozenset((0x00, 0x01, 0x02, 0x40)), **RECALL},
        frozenset((1, 4)),
        ON_OFF,
        _read_switched,
    ),
    Poll(
        "colour",
        RECALL,
        frozenset(),
        COLOUR,
        _read_colour,
        makers=frozenset((SIGNIFY, ATMEL, GLEDOPTO, MUELLER, TELINK)),
    ),
)


class Polling:
    """Knows what is to be read when."""

    def __init__(
        self,
        roster: Roster,
        groups: Groups,
        conversations: Conversations,
        spawn: Callable[[Coroutine[Any, Any, None]], object],
    ) -> None:
        self._roster, self._groups, self._conversations, self._spawn = roster, groups, conversations, spawn
        self._waiting: dict[tuple[str, int, str], asyncio.TimerHandle] = {}

    def commanded(self, remote: Entity, command: CommandReceived) -> None:
        """A device commanded something: read what it is bound to, and the group it spoke to, a second later."""
        polls = [poll for poll in POLLS if poll.is_asked_for(command)]
        for entity, endpoint in self._targets(remote, command.group) if polls else ():
            for poll in polls:
                if poll.concerns(entity.description, endpoint):
                    self._soon(entity, endpoint, poll)

    def _targets(self, remote: Entity, number: int | None) -> set[tuple[Entity, int]]:
        found: set[tuple[Entity, int]] = set()
        for described in remote.description.endpoints.values():
            for binding in described.bindings:
                target = None if binding.ieee is None else self._roster.find(binding.ieee)
                if target is not None and target.known is not None and target.converts and binding.endpoint:
                    found.add((target, binding.endpoint))
        group = self._groups.find(number) if number else None
        return found | set(group.present if group is not None else ())

    def _soon(self, entity: Entity, endpoint: int, poll: Poll) -> None:
        key = (entity.ieee, endpoint, poll.name)
        if key in self._waiting:
            self._waiting[key].cancel()
        self._waiting[key] = asyncio.get_running_loop().call_later(AFTER_S, self._now, entity, endpoint, poll)

    def _now(self, entity: Entity, endpoint: int, poll: Poll) -> None:
        self._waiting.pop((entity.ieee, endpoint, poll.name), None)
        self._spawn(self._read(entity, endpoint, poll))

    async def _read(self, entity: Entity, endpoint: int, poll: Poll) -> None:
        conversation = poll.read(entity, endpoint)
        try:
            await self._conversations.in_line(entity, lambda: self._conversations.hold(entity, conversation))
        except RequestFailed as error:
            log.warning("poll_failed", ieee=entity.ieee, what=poll.name, error=error.failure.text)
