"""Publications: one message per publication that the contract asks for. Stream UPDATES, in order per entity."""

from __future__ import annotations

from typing import Literal

from zigbus.contract.base import Ieee, JsonObject, Message


class Update(Message, frozen=True, kw_only=True, tag="update"):
    """A device or group has something to say: what changed, and the state that results.

    Exactly one of `ieee` and `group` is set. `state` is the cache after the change merged with `changed`; a frontend
    that collapses keeps the newest `state` and drops `changed`. Keys of `changed` that are never cached (`action`,
    `action_*`, `click` ...) are not in `state`.
    """

    ieee: Ieee | None = None
    group: int | None = None
    sequence: int  # grows by 1 per entity and publication
    changed: JsonObject  # the payload of this publication, in the converter's key order
    state: JsonObject
    is_action: bool = False  # `changed` carries an event that must not be repeated, collapsed or sent late
    cause: Literal["report", "command", "timer", "refresh"] = "report"
    lqi: int | None = None  # of the device's last frame, 0-255
    last_seen_s: float | None = None  # Unix time the device was last heard
    received_at_s: float | None = None  # hop times of the frame that caused it (Unix time), None without one
    published_at_s: float | None = None
    converted_at_s: float = 0.0  # Unix time when the converter handed it to the bus


class BridgeEvent(Message, frozen=True, kw_only=True, tag="bridge_event"):
    """Something happened to the network as a whole. From the registry, after names were given.

    `revisions`: bucket name -> revision that must be visible to a frontend before it tells of the event.
    """

    kind: Literal["device_joined", "device_announce", "device_leave", "device_interview"]
    ieee: Ieee
    friendly_name: str
    status: Literal["started", "successful", "failed"] | None = None  # of an interview
    at_s: float = 0.0
    revisions: dict[str, int] = {}


Publication = Update | BridgeEvent


class EntityState(Message, frozen=True, kw_only=True):
    """Bucket STATE: the converter's memory of one device or group; writing it never publishes anything."""

    state: JsonObject = {}  # what clients see
    event_position: int = 0  # stream sequence of the last ZIGBEE event worked into it
    update_sequence: int = 0  # `Update.sequence` of the last publication
    lqi: int | None = None
    last_seen_s: float | None = None
    memory: JsonObject = {}  # the converter's own: attribute cache, meta, pending debounce, timers
