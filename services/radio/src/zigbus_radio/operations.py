"""The requests that a coordinator carries out for others (`zigbus.contract.operations.RADIO`)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from zigbus.bus import Bus
from zigbus.contract import binding_requests as b
from zigbus.contract import operations as ops
from zigbus.contract import requests as r
from zigbus.contract.base import FailureCode, Ieee, Json, Reply, RequestFailed
from zigbus.contract.devices import Binding, InterviewState, LogicalType, Reporting
from zigbus.zcl import frames as z
from zigbus.zcl.frames import AttributeStatus, ReportingRecord, ZclFrame
from zigbus.zcl.types import EncodeError, ParseError
from zigbus_radio import bindings, metrics, zdo
from zigbus_radio.adapter import SendFailed, StickGone
from zigbus_radio.air import Air, ZclRequest
from zigbus_radio.devices import Device, DeviceBook
from zigbus_radio.endpoints import MAIN_ENDPOINT
from zigbus_radio.interview import Interviewer
from zigbus_radio.membership import Membership
from zigbus_radio.serving import serve_counted

log = structlog.get_logger()

PING_WITHIN_S = 5.0
SETTLE_AFTER_GROUPCAST_S = 0.2  # nobody confirms it, and routers repeat it: let it spread before what follows
GROUPS = 0x0004
ADD_GROUP, REMOVE_GROUP, REMOVE_ALL_GROUPS = 0x00, 0x03, 0x04


class Operations:
    """Answers the bus. Every failure is a RequestFailed with its facts."""

    def __init__(
        self,
        book: DeviceBook,
        air: Air,
        membership: Membership,
        interviewer: Interviewer,
        routers_missing: Callable[[], Awaitable[tuple[Ieee, ...]]],
    ) -> None:
        self._book, self._air, self._membership, self._interviewer = book, air, membership, interviewer
        self._routers_missing = routers_missing
        self._groupcasts = asyncio.Lock()

    async def serve(self, bus: Bus, coordinator: str) -> None:
        """Start answering."""
        await serve_counted(bus, coordinator, ops.READ, self.read)
        await serve_counted(bus, coordinator, ops.WRITE, self.write)
        await serve_counted(bus, coordinator, ops.INVOKE, self.invoke)
        await serve_counted(bus, coordinator, ops.GROUP_INVOKE, self.group_invoke)
        await serve_counted(bus, coordinator, ops.BIND, self.bind)
        await serve_counted(bus, coordinator, ops.UNBIND, self.unbind)
        await serve_counted(bus, coordinator, ops.CONFIGURE_REPORTING, self.configure_reporting)
        await serve_counted(bus, coordinator, ops.GROUP_MEMBERSHIP, self.group_membership)
        await serve_counted(bus, coordinator, ops.CLEAR_BINDINGS, self.clear_bindings)
        await serve_counted(bus, coordinator, ops.READ_REPORTING, self.read_reporting)
        await serve_counted(bus, coordinator, ops.LEAVE, self.leave)
        await serve_counted(bus, coordinator, ops.PERMIT_JOIN, self.permit_join)
        await serve_counted(bus, coordinator, ops.INTERVIEW, self.interview)
        await serve_counted(bus, coordinator, ops.CHECK_COORDINATOR, self.check_coordinator)

    # ---- attributes and commands -------------------------------------------------------------------------------------

    async def read(self, ask: r.ReadAttributes) -> r.ReadAttributesResult:
        """Read attributes. A status per attribute is not a failure; a refusal of the whole command is."""
        frame = await self._general(ask, z.READ, z.encode_read(ask.attributes), ask.cluster, ask.manufacturer)
        try:
            return r.ReadAttributesResult(attributes=tuple(z.decode_read_response(frame.payload)))
        except ParseError as error:
            return r.ReadAttributesResult(attributes=error.partial)

    async def write(self, ask: r.WriteAttributes) -> Reply:
        """Write attributes. Raises RequestFailed (REJECTED) if the device refuses one of them."""
        try:
            payload = z.encode_write(ask.attributes)
        except EncodeError as error:
            raise RequestFailed.of(
                FailureCode.INVALID, f"A value does not fit its type: {error}", ieee=ask.ieee, cluster=ask.cluster
            ) from None
        frame = await self._general(ask, z.WRITE, payload, ask.cluster, ask.manufacturer)
        self._refuse_failed(ask, ask.cluster, z.decode_write_response, frame.payload)
        return Reply()

    async def invoke(self, ask: r.InvokeCommand) -> r.InvokeResult:
        """Send a cluster's command; raises RequestFailed (REJECTED) if the default response says so."""
        quiet = ask.disable_default_response or ask.expects_response
        request = ZclRequest(
            endpoint=ask.endpoint,
            cluster=ask.cluster,
            command=ask.command,
            payload=ask.payload,
            cluster_specific=not ask.general,
            manufacturer=ask.manufacturer,
            from_server=ask.to_client,
            disable_default_response=quiet,
            answered=not ask.disable_default_response or ask.expects_response,
            sequence=ask.sequence,
            timeout_s=ask.timeout_s,
        )
        frame = await self._air.request(self._device(ask.ieee), request)
        if frame is not None and not frame.cluster_specific and frame.command == z.DEFAULT_RESPONSE:
            self._refuse_default(ask, ask.cluster, ask.command, frame)
            frame = None
        return r.InvokeResult(response=None if frame is None else frame.payload)

    async def group_invoke(self, ask: r.GroupCommand) -> Reply:
        """Send a command to a group, one after the other; nobody answers."""
        data = z.build_frame(
            self._air.next_sequence(),
            ask.command,
            ask.payload,
            cluster_specific=not ask.general,
            manufacturer=ask.manufacturer,
            disable_default_response=True,
        )
        try:
            async with self._groupcasts:
                await self._air.adapter.groupcast(ask.group, ask.cluster, data)
                await asyncio.sleep(SETTLE_AFTER_GROUPCAST_S)
        except SendFailed as error:
            raise RequestFailed.of(
                FailureCode.DELIVERY_FAILED,
                f"The coordinator did not send it: {error.name}",
                group=ask.group,
                status=error.status,
            ) from None
        except StickGone as error:
            raise RequestFailed.of(FailureCode.UNAVAILABLE, f"The coordinator is not available: {error}") from None
        return Reply()

    # ---- bindings, reporting, groups ---------------------------------------------------------------------------------

    async def bind(self, ask: r.BindRequest) -> r.DeviceRevision:
        """Bind, and note it in the device's entry."""
        return await self._bind(ask, bind=True)

    async def unbind(self, ask: r.BindRequest) -> r.DeviceRevision:
        """Unbind, and note it in the device's entry. A binding that the device does not know is as good as unbound."""
        return await self._bind(ask, bind=False)

    async def _bind(self, ask: r.BindRequest, *, bind: bool) -> r.DeviceRevision:
        device = self._device(ask.ieee)
        try:
            binding = await self._ask_to_bind(device, ask, bind=bind)
        except RequestFailed as error:
            if bind or error.failure.facts.get("status_name") != "NO_ENTRY":
                raise
            binding = self._binding(ask)
        change = bindings.bound if bind else bindings.unbound
        changed = change(device.description.endpoints, ask.endpoint, binding)
        if changed is device.description.endpoints:
            return r.DeviceRevision()
        return r.DeviceRevision(revision=await self._book.put(device, endpoints=changed))

    async def _ask_to_bind(self, device: Device, ask: r.BindRequest, *, bind: bool) -> Binding:
        binding = self._binding(ask)
        if binding.group is not None:
            await self._air.bind_to_group(device, ask.endpoint, ask.cluster, binding.group, bind=bind)
        else:
            assert binding.ieee is not None
            assert binding.endpoint is not None
            payload = zdo.bind_request(device.ieee, ask.endpoint, ask.cluster, binding.ieee, binding.endpoint)
            await self._air.zdo(device, zdo.BIND if bind else zdo.UNBIND, payload)
        return binding

    def _binding(self, ask: r.BindRequest) -> Binding:
        if ask.group is not None:
            return Binding(cluster=ask.cluster, group=ask.group)
        return Binding(
            cluster=ask.cluster,
            ieee=ask.target or self._air.adapter.ieee,
            endpoint=ask.target_endpoint or MAIN_ENDPOINT,
        )

    async def configure_reporting(self, ask: r.ConfigureReporting) -> r.DeviceRevision:
        """Configure reporting; what the device accepted is noted even if it refused other items."""
        records = [
            ReportingRecord(i.attribute, i.type, i.min_interval_s, i.max_interval_s, i.reportable_change)
            for i in ask.items
        ]
        try:
            payload = z.encode_configure_reporting(records)
        except EncodeError as error:
            raise RequestFailed.of(
                FailureCode.INVALID, f"A reportable change does not fit its type: {error}", ieee=ask.ieee
            ) from None
        manufacturer = (
            ask.manufacturer if ask.manufacturer is not None else next((i.manufacturer for i in ask.items), None)
        )
        frame = await self._general(ask, z.CONFIGURE_REPORTING, payload, ask.cluster, manufacturer)
        failed = self._failed(z.decode_configure_reporting_response, frame.payload)
        everything_failed = any(status.attribute is None for status in failed)
        refused = {status.attribute for status in failed}
        accepted = [] if everything_failed else [i for i in ask.items if i.attribute not in refused]
        noted = [_reporting(ask.cluster, item, manufacturer) for item in accepted]
        revision = await self._note_reporting(ask, noted) if noted else 0
        if failed:
            raise _rejected(
                ask,
                ask.cluster,
                failed[0].status,
                attributes=sorted(a for a in refused if a is not None),
                revision=revision,
            )
        return r.DeviceRevision(revision=revision)

    async def read_reporting(self, ask: b.ReadReporting) -> b.ReadReportingResult:
        """Read how attributes are reported. A status per attribute is not a failure."""
        payload = b"".join(z.encode_read_reporting((item.attribute,), bool(item.direction)) for item in ask.attributes)
        frame = await self._general(ask, z.READ_REPORTING, payload, ask.cluster, ask.manufacturer)
        try:
            records = z.decode_read_reporting_response(frame.payload)
        except ParseError:
            metrics.MALFORMED.labels("zcl").inc()
            records = []
        noted = [
            Reporting(
                cluster=ask.cluster,
                attribute=shown.attribute,
                min_interval_s=shown.min_interval_s,
                max_interval_s=shown.max_interval_s,
                reportable_change=shown.reportable_change,
                manufacturer=ask.manufacturer,
            )
            for shown in map(_reporting_record, records)
            if shown.min_interval_s is not None and shown.max_interval_s is not None
        ]
        return b.ReadReportingResult(
            records=tuple(map(_reporting_record, records)), revision=await self._note_reporting(ask, noted)
        )

    async def _note_reporting(self, ask: r.EndpointRequest, noted: list[Reporting]) -> int:
        """Show reportings in the device's entry; returns the revision that does, 0 if there is nothing new."""
        device = self._device(ask.ieee)
        changed = bindings.configured(device.description.endpoints, ask.endpoint, noted)
        same = changed == device.description.endpoints
        return 0 if same else await self._book.put(device, endpoints=changed)

    async def clear_bindings(self, ask: b.ClearBindings) -> r.DeviceRevision:
        """Make a device forget bindings, and forget them in its entry."""
        device = self._device(ask.ieee)
        await self._air.zdo(device, zdo.CLEAR_ALL_BINDINGS, zdo.clear_bindings_request(ask.targets))
        changed = bindings.cleared(device.description.endpoints, ask.targets)
        if changed == device.description.endpoints:
            return r.DeviceRevision()
        return r.DeviceRevision(revision=await self._book.put(device, endpoints=changed))

    async def group_membership(self, ask: r.GroupMembership) -> Reply:
        """Add an endpoint to a group, or take it out of one or of all."""
        device = self._device(ask.ieee)
        if ask.add and ask.group is None:
            raise RequestFailed.of(FailureCode.INVALID, "A group is needed to add a device to", ieee=ask.ieee)
        command = ADD_GROUP if ask.add else REMOVE_ALL_GROUPS if ask.group is None else REMOVE_GROUP
        payload = b"" if ask.group is None else ask.group.to_bytes(2, "little") + (b"\0" if ask.add else b"")
        request = ZclRequest(
            endpoint=ask.endpoint,
            cluster=GROUPS,
            command=command,
            payload=payload,
            cluster_specific=True,
            disable_default_response=command != REMOVE_ALL_GROUPS,  # the one without a response of its own
            timeout_s=ask.timeout_s,
        )
        frame = await self._air.request(device, request)
        assert frame is not None
        if not frame.cluster_specific:
            self._refuse_default(ask, GROUPS, command, frame)
        elif frame.payload[:1] not in (b"\0", bytes((z.DUPLICATE_EXISTS,)), b"" if ask.add else bytes((z.NOT_FOUND,))):
            raise _rejected(ask, GROUPS, frame.payload[0] if frame.payload else z.FAILURE)
        return Reply()

    # ---- the network -------------------------------------------------------------------------------------------------

    async def leave(self, ask: r.LeaveRequest) -> r.DeviceRevision:
        """Make a device leave, or only forget it."""
        device = self._device(ask.ieee)
        return r.DeviceRevision(revision=await self._membership.remove(device, rejoin=ask.rejoin, force=ask.force))

    async def permit_join(self, ask: r.PermitJoin) -> r.DeviceRevision:
        """Open or close the network for joining."""
        return r.DeviceRevision(revision=await self._membership.permit_join(ask.time_s, ask.via))

    async def interview(self, ask: r.InterviewRequest) -> r.DeviceRevision:
        """Interview again. Raises RequestFailed (DELIVERY_FAILED) if it fails."""
        device = self._device(ask.ieee)
        self._air.adapter  # noqa: B018  # raises while the stick is away
        revision = await self._interviewer.start(device)
        if device.description.interview is not InterviewState.SUCCESSFUL:
            raise RequestFailed.of(
                FailureCode.DELIVERY_FAILED,
                "The interview failed: the device does not answer",
                ieee=ask.ieee,
                revision=revision,
            )
        return r.DeviceRevision(revision=revision)

    async def check_coordinator(self, ask: r.CheckCoordinator) -> r.CheckCoordinatorResult:
        """Compare our routers with the stick's own tables, or only see whether it answers."""
        adapter = self._air.adapter
        try:
            if ask.alive_only:
                await adapter.ping(PING_WITHIN_S)
                return r.CheckCoordinatorResult()
            return r.CheckCoordinatorResult(missing_routers=await self._routers_missing())
        except (SendFailed, StickGone, TimeoutError) as error:
            raise RequestFailed.of(FailureCode.UNAVAILABLE, f"The coordinator does not tell: {error}") from None

    # ---- common ------------------------------------------------------------------------------------------------------

    def _device(self, ieee: Ieee) -> Device:
        device = self._book.get(ieee)
        if device is None or device.description.logical_type is LogicalType.COORDINATOR:
            raise RequestFailed.of(FailureCode.NOT_FOUND, f"No device {ieee} is known to this coordinator", ieee=ieee)
        return device

    async def _general(
        self, ask: r.EndpointRequest, command: int, payload: bytes, cluster: int, manufacturer: int | None
    ) -> ZclFrame:
        request = ZclRequest(
            endpoint=ask.endpoint,
            cluster=cluster,
            command=command,
            payload=payload,
            manufacturer=manufacturer,
            timeout_s=ask.timeout_s,
        )
        frame = await self._air.request(self._device(ask.ieee), request)
        assert frame is not None
        if frame.command == z.DEFAULT_RESPONSE:
            self._refuse_default(ask, cluster, command, frame)
        return frame

    def _refuse_default(self, ask: r.EndpointRequest, cluster: int, command: int, frame: ZclFrame) -> None:
        try:
            _, status = z.decode_default_response(frame.payload)
        except ParseError:
            status = z.FAILURE
        if status:
            raise _rejected(ask, cluster, status, command=command)

    def _refuse_failed(
        self, ask: r.EndpointRequest, cluster: int, decode: Callable[[bytes], list[AttributeStatus]], payload: bytes
    ) -> None:
        failed = self._failed(decode, payload)
        if failed:
            raise _rejected(
                ask,
                cluster,
                failed[0].status,
                attributes=[status.attribute for status in failed if status.attribute is not None],
            )

    def _failed(self, decode: Callable[[bytes], list[AttributeStatus]], payload: bytes) -> list[AttributeStatus]:
        try:
            return [status for status in decode(payload) if status.status]
        except ParseError:
            metrics.MALFORMED.labels("zcl").inc()
            return []  # it answered; how, nobody can tell


def _reporting(cluster: int, item: r.ReportingItem, manufacturer: int | None) -> Reporting:
    return Reporting(
        cluster=cluster,
        attribute=item.attribute,
        min_interval_s=item.min_interval_s,
        max_interval_s=item.max_interval_s,
        reportable_change=item.reportable_change,
        manufacturer=manufacturer,
    )


def _reporting_record(record: ReportingRecord) -> b.ReportingRecord:
    known, change = record.status == 0, record.change
    sent = known and not record.received
    return b.ReportingRecord(
        status=record.status,
        direction=int(record.received),
        attribute=record.attribute,
        type=record.type if sent else None,
        min_interval_s=record.min_interval_s if sent else None,
        max_interval_s=record.max_interval_s if sent else None,
        reportable_change=change if sent and isinstance(change, (int, float)) else None,
        timeout_s=record.timeout_s if known and record.received else None,
    )


def _rejected(ask: r.EndpointRequest, cluster: int, status: int, **facts: Json) -> RequestFailed:
    name = STATUS_NAMES.get(status, f"0x{status:02x}")
    return RequestFailed.of(
        FailureCode.UNSUPPORTED
        if status in (z.UNSUPPORTED_CLUSTER, z.UNSUP_CLUSTER_COMMAND, z.UNSUP_GENERAL_COMMAND)
        else FailureCode.REJECTED,
        f"The device refused: {name}",
        ieee=ask.ieee,
        endpoint=ask.endpoint,
        cluster=cluster,
        status=status,
        status_name=name,
        **facts,
    )


STATUS_NAMES = {
    0x01: "FAILURE", 0x7E: "NOT_AUTHORIZED", 0x80: "MALFORMED_COMMAND", 0x81: "UNSUP_CLUSTER_COMMAND",
    0x82: "UNSUP_GENERAL_COMMAND", 0x83: "UNSUP_MANUF_CLUSTER_COMMAND", 0x84: "UNSUP_MANUF_GENERAL_COMMAND",
    0x85: "INVALID_FIELD", 0x86: "UNSUPPORTED_ATTRIBUTE", 0x87: "INVALID_VALUE", 0x88: "READ_ONLY",
    0x89: "INSUFFICIENT_SPACE", 0x8A: "DUPLICATE_EXISTS", 0x8B: "NOT_FOUND", 0x8C: "UNREPORTABLE_ATTRIBUTE",
    0x8D: "INVALID_DATA_TYPE", 0x8E: "INVALID_SELECTOR", 0x8F: "WRITE_ONLY", 0x94: "TIMEOUT", 0x95: "ABORT",
    0x99: "WAIT_FOR_DATA", 0xC0: "HARDWARE_FAILURE", 0xC1: "SOFTWARE_FAILURE", 0xC3: "UNSUPPORTED_CLUSTER",
}  # fmt: skip
"""ZCL status codes (ZCL rev 8, table 2-12)."""
