"""A definition made ready for one device: its exposes, options, receivers and senders in the form that work needs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import msgspec

from zigbus.contract.definitions import Expose
from zigbus.contract.devices import DeviceDescription, LogicalType
from zigbus_converter.calibration import Correction, corrections, flattened, offered_options
from zigbus_converter.definition import Definition, Device, ExposeSource, Kind, Receiver, Sender
from zigbus_converter.expose import numeric
from zigbus_converter.raw import RAW_SENDERS
from zigbus_converter.scenes import SCENE_SENDERS

LINK_QUALITY = numeric(
    "linkquality",
    description="Link quality (signal strength)",
    unit="lqi",
    minimum=0,
    maximum=255,
    category="diagnostic",
)

POLL_CONTROL = 0x0020
BATTERY = 0x03  # Basic 0x0007
DAY_S = 24 * 3600  # how long requests are kept while the check-in interval is not known (behaviour 7.10)


class Listeners(NamedTuple):
    """Who hears frames of one cluster and kind from one endpoint, and whether any of them minds repetitions."""

    receivers: tuple[Receiver, ...]
    mind_repeats: bool


@dataclass(frozen=True, slots=True)
class Assembled:
    """What a definition comes down to on one device."""

    definition: Definition
    exposes: tuple[Expose, ...]
    options: tuple[Expose, ...]
    properties: frozenset[str]
    corrections: Mapping[str, Correction]
    senders: tuple[Sender, ...]
    receivers: Mapping[tuple[int, Kind], tuple[Receiver, ...]] = field(default_factory=dict)
    _listeners: dict[tuple[int, Kind, int], Listeners] = field(default_factory=dict)  # what was asked for before

    def listeners(self, cluster: int, kind: Kind, endpoint: int) -> Listeners:
        """Return who hears such a frame, in definition order."""
        key = (cluster, kind, endpoint)
        found = self._listeners.get(key)
        if found is None:
            receivers = tuple(
                r for r in self.receivers.get((cluster, kind), ()) if r.endpoints is None or endpoint in r.endpoints
            )
            mind_repeats = any(r.once_per_sequence or r.drop_repeats for r in receivers)
            found = self._listeners[key] = Listeners(receivers, mind_repeats)
        return found

    def sender_of(self, key: str, endpoint_name: str | None) -> Sender | None:
        """Return the first sender that handles a key on an endpoint."""
        for sender in self.senders:
            if (sender.any_key or key in sender.keys) and (
                sender.endpoints is None or endpoint_name in sender.endpoints
            ):
                return sender
        return None


def assembled(definition: Definition, device: Device) -> Assembled:
    """Assemble a definition for a device whose options may change what it exposes. Raises what its parts raise."""
    exposes = exposes_of(definition, device)
    own = [sender for part in definition.parts for sender in part.senders]
    return Assembled(
        definition=definition,
        exposes=exposes,
        options=options_of(definition, exposes),
        properties=frozenset(e.property for e in flattened(exposes) if e.property is not None),
        corrections=corrections(exposes) if definition.elsewhere is None else {},
        senders=in_order(own),
        receivers=_by_cluster_and_kind(receiver for part in definition.parts for receiver in part.receivers),
    )


def in_order(own: Sequence[Sender]) -> tuple[Sender, ...]:
    """Return a definition's senders with those that every device has: behind its own, before one that takes any key."""
    greedy = next((place for place, sender in enumerate(own) if sender.any_key), len(own))
    return (*own[:greedy], *SCENE_SENDERS, *RAW_SENDERS, *own[greedy : greedy + 1])


def exposes_of(definition: Definition, device: Device | None) -> tuple[Expose, ...]:
    """Return what clients see: several `action` exposes as one, in the definition's order, link quality last."""
    listed = list(_resolved((source for part in definition.parts for source in part.exposes), device))
    others = [expose for expose in listed if expose.name != "action"]
    actions = [expose for expose in listed if expose.name == "action"]
    if actions:
        values = dict.fromkeys(value for expose in actions for value in expose.values or ())
        others.append(msgspec.structs.replace(actions[0], values=tuple(values)))
    if definition.elsewhere is not None:
        return (*listed, LINK_QUALITY)
    if definition.exposes_order is not None:
        places = {name: place for place, name in enumerate(definition.exposes_order)}
        others.sort(key=lambda expose: places.get(_property_of(expose), len(places)))
    return (*others, LINK_QUALITY)


def options_of(definition: Definition, exposes: Iterable[Expose]) -> tuple[Expose, ...]:
    """Return the options of a definition in the order clients know: its own, corrections, senders', receivers'."""
    own = definition.options
    if definition.elsewhere is not None:
        return own
    of_parts = [option for part in definition.parts for option in part.options]
    of_receivers = [option for part in definition.parts for option in part.receive_options]
    by_name: dict[str | None, Expose] = {}
    for option in (*own, *offered_options(exposes), *of_parts, *of_receivers):
        by_name.setdefault(option.name, option)
    return tuple(by_name.values())


def kept_for_s(definition: Definition, device: DeviceDescription) -> int:
    """How long a request that failed is kept for the device, 0 if it is not: only sleeping devices get that (7.10)."""
    if definition.check_in_interval_s is not None:
        return definition.check_in_interval_s
    if device.logical_type != LogicalType.END_DEVICE or device.mains_powered:
        return 0
    polls = any(POLL_CONTROL in endpoint.input_clusters for endpoint in device.endpoints.values())
    return DAY_S if polls or device.power_source == BATTERY else 0


def _resolved(sources: Iterable[ExposeSource], device: Device | None) -> Iterator[Expose]:
    for source in sources:
        if isinstance(source, Expose):
            yield source
        else:
            yield from source(device)


def _property_of(expose: Expose) -> str:
    if expose.property is not None:
        return expose.property
    return (expose.features[0].property or "") if expose.features else ""


def _by_cluster_and_kind(receivers: Iterable[Receiver]) -> dict[tuple[int, Kind], tuple[Receiver, ...]]:
    table: dict[tuple[int, Kind], tuple[Receiver, ...]] = {}
    for receiver in receivers:
        for kind in receiver.kinds:
            table[receiver.cluster, kind] = (*table.get((receiver.cluster, kind), ()), receiver)
    return table
