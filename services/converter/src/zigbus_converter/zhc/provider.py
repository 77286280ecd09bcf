"""The catalogue as a source of definitions: identity at once, everything else from the engine's thread."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal, cast

import msgspec
import structlog

from zigbus.contract.base import Json
from zigbus.contract.definitions import AttributeInfo, CustomCluster, Expose
from zigbus.contract.devices import DeviceDescription
from zigbus_converter.definition import Ask, Converted, Definition, Device, Frame, Occasion, Part, Sender
from zigbus_converter.effects import Conversation, Wake
from zigbus_converter.raw import RAW_SENDERS
from zigbus_converter.scenes import SCENE_SENDERS
from zigbus_converter.zhc import bridge
from zigbus_converter.zhc import protocol as p
from zigbus_converter.zhc.catalogue import Catalogue, CatalogueMissing
from zigbus_converter.zhc.host import receive_request
from zigbus_converter.zhc.identities import Found
from zigbus_converter.zhc.worker import Worker

log = structlog.get_logger()

Source = Literal["native", "external"]
EventName = Literal["deviceJoined", "deviceInterview", "deviceAnnounce", "deviceOptionsChanged"]
EVENTS: Mapping[Occasion, EventName] = {
    "joined": "deviceJoined", "interviewed": "deviceInterview", "announced": "deviceAnnounce", "options_changed": "deviceOptionsChanged",
}  # fmt: skip
"""What definitions call an occasion; `started` has come when a device is opened."""

_OWN_KEYS = frozenset(key for sender in (*SCENE_SENDERS, *RAW_SENDERS) for key in sender.keys)


class Upstream:
    """Provider of the definitions of zigbee-herdsman-converters. Without a catalogue it knows none, and says so once."""

    def __init__(self, worker: Worker, catalogue: Catalogue | None) -> None:
        self._worker, self._catalogue = worker, catalogue

    def identify(self, device: DeviceDescription) -> Definition | None:
        """Return the definition without what only the engine knows; `elsewhere.open` adds that."""
        found = self._catalogue.identities.find(device) if self._catalogue is not None else None
        return None if found is None else stub(self._worker, found)


def open_catalogue() -> Catalogue | None:
    """Return the catalogue, None (and a line in the log) if it has not been built."""
    try:
        return Catalogue()
    except CatalogueMissing as error:
        log.warning(
            "catalogue_missing",
            folder=str(error.folder),
            reason=error.reason,
            effect="own and generated definitions only",
        )
        return None


def stub(worker: Worker, found: Found, source: Source = "native") -> Definition:
    """Return a definition of the engine as far as it is known without asking it. `source`: external for the user's."""
    return Definition(
        model=found.model,
        vendor=found.vendor,
        description=found.description,
        parts=(),
        source=source,
        elsewhere=InEngine(worker, found, source),
    )


@dataclass(frozen=True, slots=True)
class InEngine:
    """The engine side of one definition (`definition.Elsewhere`)."""

    worker: Worker
    found: Found
    source: Source

    async def open(self, device: Device) -> Definition:
        """Return the definition with all that it comes down to on this device as it is now. Raises DefinitionFailed."""
        facts: dict[str, Any] = {
            "options": dict(device.options),
            "state": dict(device.state),
            "attributes": dict(device.attributes),
            "remembered": bridge.remembered(device),
            "coordinator": self.worker.coordinators.get(device.description.coordinator),
        }
        step = await self.worker.run(lambda host: host.open(device.description, self.found, **facts))
        assert step.opened is not None, "what was opened is described"
        return completed(
            stub(self.worker, self.found, self.source),
            step.opened,
            partial(bridge.conversation, step, device, self.worker.life),
        )

    def receive(self, device: Device, frame: Frame, answer: Callable[[Converted], None]) -> None:
        """Have a frame converted."""
        request = receive_request(device.ieee, frame, state=dict(device.state))

        def done(step: p.Step | None, error: BaseException | None) -> None:
            if step is None:
                answer(Converted(taken=True, failures=(("receive", cast(Exception, error)),)))
            else:
                answer(bridge.converted(step, device, self.worker.life))

        self.worker.submit(lambda host: host.ask(request), done)

    def woken(self, device: Device, wake: Wake) -> Conversation:
        """Go on when a timer's time has come."""
        return bridge.woken(device, wake, self.worker.life)


def completed(known: Definition, opened: p.Opened, start: Callable[[], Conversation]) -> Definition:
    """Return a definition with what the engine told of it. `start`: what is left to do of its start."""
    assert isinstance(known.elsewhere, InEngine)
    life = known.elsewhere.worker.life
    exposes = msgspec.convert(opened.exposes, tuple[Expose, ...])
    part = Part(
        exposes=exposes,
        senders=tuple(
            _sender(place, sender, life) for place, sender in enumerate(opened.senders) if not _is_general(sender)
        ),
        configure=(partial(_configure, life=life),) if opened.configures else (),
        occasions=(partial(_occasion, life=life, start=start),),
        custom_clusters=tuple(_cluster(name, raw) for name, raw in opened.custom_clusters.items()),
    )
    return replace(
        known,
        parts=(part,),
        options=msgspec.convert(opened.options, tuple[Expose, ...]),
        endpoints=opened.endpoints,
        ota=opened.ota,
        icon=opened.icon,
        version=opened.version,
    )


def _is_general(sender: p.Sender) -> bool:
    """Whether it is one of the senders that every device has; ours take these keys."""
    return (
        sender.keys is not None
        and bool(sender.keys)
        and all(key in _OWN_KEYS or key == "zcl_command" for key in sender.keys)
    )


def _sender(place: int, sender: p.Sender, life: str) -> Sender:
    return Sender(
        keys=sender.keys or (),
        any_key=sender.keys is None,
        set=partial(_converse, place=place, way="set", life=life) if sender.set else None,
        get=partial(_converse, place=place, way="get", life=life) if sender.get else None,
        endpoints=sender.endpoints,
    )


def _converse(ask: Ask, place: int, way: str, life: str) -> Conversation:
    request: p.Request
    facts: dict[str, Any] = {"now_ms": 0.0, "key": ask.key, "message": dict(ask.message)}
    if ask.group is not None:
        members = [
            p.Member(ieee=m.device.ieee, endpoint=m.endpoint, state=dict(m.device.state))
            for m in ask.members
            if _runs_in_engine(m.device)
        ]
        request = p.SetGroup(
            group=ask.group,
            members=members,
            value=ask.value,
            way="set" if way == "set" else "get",
            state=dict(ask.device.state),
            **facts,
        )
    else:
        device = ask.device
        facts |= {
            "ieee": device.ieee,
            "call": 1,
            "converter": place,
            "endpoint": ask.endpoint,
            "endpoint_name": ask.endpoint_name,
        }
        facts |= {"state": dict(device.state), "options": dict(device.options)}
        request = p.Set(value=ask.value, **facts) if way == "set" else p.Get(**facts)
    yield from bridge.consult(request, ask.device, life)


def _runs_in_engine(device: Device) -> bool:
    return device.definition.elsewhere is not None


def _configure(device: Device, life: str) -> Conversation:
    request = p.Configure(now_ms=0.0, ieee=device.ieee, call=1, state=dict(device.state), options=dict(device.options))
    yield from bridge.consult(request, device, life)


def _occasion(device: Device, what: Occasion, life: str, start: Callable[[], Conversation]) -> Conversation:
    if what == "started":
        yield from start()
        return
    data: dict[str, Json] = {"status": "successful"} if what == "interviewed" else {}
    if what == "options_changed":
        data = {"from": {}, "to": dict(device.options)}
    request = p.Event(
        now_ms=0.0,
        ieee=device.ieee,
        call=1,
        type=EVENTS[what],
        data=data,
        state=dict(device.state),
        options=dict(device.options),
    )
    yield from bridge.consult(request, device, life)


def _cluster(name: str, raw: dict[str, Any]) -> CustomCluster:
    attributes = (raw.get("attributes") or {}).items()
    return CustomCluster(
        id=raw["ID"],
        name=name,
        manufacturer=raw.get("manufacturerCode"),
        attributes=tuple(
            AttributeInfo(
                id=facts["ID"], type=facts["type"], name=attribute, manufacturer=facts.get("manufacturerCode")
            )
            for attribute, facts in attributes
        ),
        commands={command: facts["ID"] for command, facts in (raw.get("commands") or {}).items()},
        responses={command: facts["ID"] for command, facts in (raw.get("commandsResponse") or {}).items()},
        raw=raw,
    )
