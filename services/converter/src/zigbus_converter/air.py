"""Effects that go over the air: each becomes one request (or a few) to the radio of the device."""

from __future__ import annotations

from typing import TypeVar

from zigbus.bus import Bus
from zigbus.contract import operations
from zigbus.contract.base import FailureCode, Message, Reply, RequestFailed
from zigbus.contract.events import AttributeValue
from zigbus.contract.operations import Operation
from zigbus.contract.requests import (
    BindRequest,
    ConfigureReporting,
    DeviceRevision,
    GroupCommand,
    InvokeCommand,
    ReadAttributes,
    ReportingItem,
    WriteAttributes,
)
from zigbus.zcl import frames
from zigbus.zcl.types import EncodeError
from zigbus_converter.effects import Bind, Invoke, Read, Report, Write
from zigbus_converter.entity import Entity
from zigbus_converter.metrics import RADIO_CALLS

AskT = TypeVar("AskT", bound=Message)
AnswerT = TypeVar("AnswerT", bound=Reply)

RadioEffect = Read | Write | Invoke | Bind | Report


class Air:
    """Performs effects on devices. Raises RequestFailed with the radio's failure."""

    def __init__(self, bus: Bus) -> None:
        self.devices_revision = 0  # of DEVICES: the newest that our bindings and reportings led to
        self._bus = bus

    async def perform(self, entity: Entity, effect: RadioEffect) -> tuple[AttributeValue, ...] | bytes | None:
        """Perform one effect; the answer is what the effect's docstring says. What goes to a group is not answered."""
        if entity.group is not None:
            return await self._groupcast(entity, entity.group, effect)
        match effect:
            case Read():
                return await self._read(entity, effect)
            case Write():
                await self._write(entity, effect)
            case Invoke():
                return await self._invoke(entity, effect)
            case Bind():
                await self._bind(entity, effect)
            case Report():
                await self._report(entity, effect)
        return None

    async def call(self, entity: Entity, operation: Operation[AskT, AnswerT], ask: AskT) -> AnswerT:
        """Ask the radio of a device for something. Raises RequestFailed as the radio says."""
        if entity.known is None:
            raise RequestFailed.of(FailureCode.NOT_FOUND, "The device is gone", ieee=entity.ieee)
        try:
            answer = await self._bus.call(operation, ask, coordinator=entity.known.coordinator)
        except RequestFailed as error:
            RADIO_CALLS.labels(operation.name, error.failure.code.value).inc()
            raise
        RADIO_CALLS.labels(operation.name, "ok").inc()
        return answer

    async def _groupcast(self, entity: Entity, group: int, e: RadioEffect) -> tuple[AttributeValue, ...] | None:
        """One frame for all members, from each coordinator that has some."""
        match e:
            case Invoke():
                ask = GroupCommand(
                    group=group,
                    cluster=e.cluster,
                    command=e.command,
                    payload=e.payload,
                    manufacturer=e.manufacturer,
                    general=e.general,
                )
            case Read():
                ask = _general(group, e, frames.READ, frames.encode_read(e.attributes))
            case Write():
                ask = _general(group, e, frames.WRITE, _encoded(e))
            case _:
                raise RequestFailed.of(FailureCode.UNSUPPORTED, "A group cannot be set up as a whole", group=group)
        for coordinator in dict.fromkeys(member.device.description.coordinator for member in entity.members):
            await self._bus.call(operations.GROUP_INVOKE, ask, coordinator=coordinator)
            RADIO_CALLS.labels(operations.GROUP_INVOKE.name, "ok").inc()
        return () if isinstance(e, Read) else None

    async def _read(self, entity: Entity, e: Read) -> tuple[AttributeValue, ...]:
        ask = ReadAttributes(
            ieee=entity.ieee,
            endpoint=e.endpoint,
            cluster=e.cluster,
            attributes=e.attributes,
            manufacturer=e.manufacturer,
        )
        answer = await self.call(entity, operations.READ, ask)
        entity.learn(e.endpoint, e.cluster, answer.attributes)
        return answer.attributes

    async def _write(self, entity: Entity, e: Write) -> None:
        ask = WriteAttributes(
            ieee=entity.ieee,
            endpoint=e.endpoint,
            cluster=e.cluster,
            attributes=e.attributes,
            manufacturer=e.manufacturer,
        )
        await self.call(entity, operations.WRITE, ask)
        entity.learn(e.endpoint, e.cluster, e.attributes)

    async def _invoke(self, entity: Entity, e: Invoke) -> bytes | None:
        ask = InvokeCommand(
            ieee=entity.ieee,
            endpoint=e.endpoint,
            cluster=e.cluster,
            command=e.command,
            payload=e.payload,
            manufacturer=e.manufacturer,
            disable_default_response=e.disable_default_response,
            to_client=e.to_client,
            timeout_s=e.timeout_s,
            expects_response=e.expects_response,
            sequence=e.sequence,
            general=e.general,
        )
        return (await self.call(entity, operations.INVOKE, ask)).response

    async def _bind(self, entity: Entity, e: Bind) -> None:
        for cluster in e.clusters:
            ask = BindRequest(
                ieee=entity.ieee,
                endpoint=e.endpoint,
                cluster=cluster,
                group=e.group,
                target=e.target,
                target_endpoint=e.target_endpoint,
            )
            answer = await self.call(entity, operations.BIND if e.bind else operations.UNBIND, ask)
            self._note(answer)

    async def _report(self, entity: Entity, e: Report) -> None:
        items = tuple(
            ReportingItem(
                attribute=item.attribute,
                type=item.type,
                min_interval_s=item.min_interval_s,
                max_interval_s=item.max_interval_s,
                reportable_change=item.change,
                manufacturer=item.manufacturer,
            )
            for item in e.items
        )
        ask = ConfigureReporting(
            ieee=entity.ieee, endpoint=e.endpoint, cluster=e.cluster, items=items, manufacturer=e.manufacturer
        )
        self._note(await self.call(entity, operations.CONFIGURE_REPORTING, ask))

    def _note(self, answer: DeviceRevision) -> None:
        self.devices_revision = max(self.devices_revision, answer.revision)


def _general(group: int, e: Read | Write, command: int, payload: bytes) -> GroupCommand:
    return GroupCommand(
        group=group, cluster=e.cluster, command=command, payload=payload, manufacturer=e.manufacturer, general=True
    )


def _encoded(e: Write) -> bytes:
    try:
        return frames.encode_write(e.attributes)
    except EncodeError as error:
        raise RequestFailed.of(FailureCode.INVALID, f"A value does not fit its type: {error}") from None
