"""Getting to know a device: descriptors, Basic attributes, IAS enrolment, poll control (`behaviour` 12.3, 12.4)."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog

from zigbus.contract.base import FailureCode, RequestFailed
from zigbus.contract.devices import Binding, EndpointDescription, InterviewState
from zigbus.contract.events import AttributeValue, InterviewChanged
from zigbus.zcl import frames as z
from zigbus.zcl import types as t
from zigbus.zcl.types import ParseError
from zigbus_radio import bindings, metrics, zdo
from zigbus_radio.air import Air, ZclRequest
from zigbus_radio.answers import ENROL_RESPONSE, ZONE_ID
from zigbus_radio.devices import Device, DeviceBook
from zigbus_radio.endpoints import MAIN_ENDPOINT
from zigbus_radio.frames import BASIC, BASIC_FIELDS, IAS_ZONE, POLL_CONTROL
from zigbus_radio.journal import Journal
from zigbus_radio.tasks import Tasks

log = structlog.get_logger()

T = TypeVar("T")

NODE_DESCRIPTOR_ATTEMPTS = 6  # the first frames to a device that has just joined often find no route
DESCRIPTOR_ATTEMPTS = 2
NAME_RETRY_S = 10.0  # manufacturer and model decide everything: asked for once more
SILENT_READS = 2  # optional reads without an answer, after which the device is taken to sleep
PARALLEL = 8  # interviews at a time

ZONE_STATE, CIE_ADDRESS, CHECK_IN_INTERVAL = 0x0000, 0x0010, 0x0000
ENROL_CHECKS, ENROL_PAUSE_S = 20, 0.5


class Interviewer:
    """Runs interviews, one per device at a time."""

    def __init__(self, coordinator: str, book: DeviceBook, air: Air, journal: Journal, tasks: Tasks) -> None:
        self._coordinator, self._book, self._air, self._journal, self._tasks = coordinator, book, air, journal, tasks
        self._running: dict[str, asyncio.Task[int]] = {}
        self._places = asyncio.Semaphore(PARALLEL)

    def start(self, device: Device) -> asyncio.Task[int]:
        """Interview a device, or join the interview that runs. The task gives the revision of the finished entry."""
        running = self._running.get(device.ieee)
        if running is None:
            running = self._running[device.ieee] = self._tasks.start(self._interview(device))
            running.add_done_callback(lambda _: self._running.pop(device.ieee, None))
        return running

    def stop(self, ieee: str) -> None:
        """The device is gone."""
        running = self._running.get(ieee)
        if running is not None:
            running.cancel()

    def runs(self, ieee: str) -> bool:
        """Whether the device is being interviewed."""
        return ieee in self._running

    async def _interview(self, device: Device) -> int:
        self._tell(device, "started", InterviewState.IN_PROGRESS)
        async with self._places:
            try:
                await self._steps(device)
                outcome = InterviewState.SUCCESSFUL
            except (RequestFailed, ParseError) as error:
                known = bool(device.description.model and device.description.manufacturer)
                outcome = InterviewState.SUCCESSFUL if known else InterviewState.FAILED
                log.warning("interview_cut_short", ieee=device.ieee, error=str(error), outcome=outcome.value)
        metrics.INTERVIEWS.labels(outcome.value).inc()
        log.info("interviewed", ieee=device.ieee, outcome=outcome.value, model=device.description.model)
        return await self._tell(device, "successful" if outcome is InterviewState.SUCCESSFUL else "failed", outcome)

    def _tell(self, device: Device, status: str, state: InterviewState) -> asyncio.Future[int]:
        return self._journal.change(
            self._book.put(device, interview=state),
            "interview",
            lambda revision: InterviewChanged(
                coordinator=self._coordinator,
                ieee=device.ieee,
                received_at_s=time.time(),
                published_at_s=time.time(),
                status=status,  # type: ignore[arg-type]  # the callers hold the literals
                device_revision=revision,
            ),
        )

    # ---- the steps ---------------------------------------------------------------------------------------------------

    async def _steps(self, device: Device) -> None:
        await self._read_node_descriptor(device)
        request = zdo.address_request(device.nwk)
        listed = zdo.parse_active_endpoints(
            await _tries(DESCRIPTOR_ATTEMPTS, lambda: self._air.zdo(device, zdo.ACTIVE_ENDPOINTS, request))
        )
        found: dict[int, EndpointDescription] = {}
        named = False
        for number in listed:
            found[number] = await self._read_simple_descriptor(device, number)
            if BASIC in found[number].input_clusters and not named:
                named = True
                await self._read_basic(device, number)
        self._book.change(device, endpoints=bindings.interviewed(device.description.endpoints, found))
        for number, endpoint in found.items():
            if IAS_ZONE in endpoint.input_clusters:
                await self._enrol(device, number)
        for number, endpoint in found.items():
            if POLL_CONTROL in endpoint.input_clusters:
                await self._set_up_poll_control(device, number)

    async def _read_node_descriptor(self, device: Device) -> None:
        request = zdo.address_request(device.nwk)
        data = await _tries(NODE_DESCRIPTOR_ATTEMPTS, lambda: self._air.zdo(device, zdo.NODE_DESCRIPTOR, request))
        node = zdo.parse_node_descriptor(data)
        self._book.change(
            device,
            logical_type=node.logical_type,
            manufacturer_code=node.manufacturer_code,
            mains_powered=node.mains_powered,
            rx_on_when_idle=node.rx_on_when_idle,
        )

    async def _read_simple_descriptor(self, device: Device, number: int) -> EndpointDescription:
        request = zdo.simple_descriptor_request(device.nwk, number)
        data = await _tries(DESCRIPTOR_ATTEMPTS, lambda: self._air.zdo(device, zdo.SIMPLE_DESCRIPTOR, request))
        return zdo.parse_simple_descriptor(data)

    async def _read_basic(self, device: Device, endpoint: int) -> None:
        """Read what describes the device, one attribute at a time: some firmware answers nothing if it lacks one.

        The values reach the description on their way through the receiver.
        """
        silent = 0
        for attribute, name in BASIC_FIELDS.items():
            needed = name in ("model", "manufacturer")
            if not needed and silent >= SILENT_READS:
                break
            try:
                await self._read(device, endpoint, BASIC, (attribute,))
                silent = 0
            except RequestFailed as error:
                if (
                    needed
                    and getattr(device.description, name) is None
                    and error.failure.code is not FailureCode.UNAVAILABLE
                ):
                    await asyncio.sleep(NAME_RETRY_S)
                    await self._read(device, endpoint, BASIC, (attribute,))
                elif not needed:
                    silent += 1

    async def _enrol(self, device: Device, endpoint: int) -> None:
        """Make an IAS zone report to us: write our address, give it a zone id, wait until it says that it is enrolled."""
        try:
            if await self._enrolled(device, endpoint):
                return
            ours = AttributeValue(id=CIE_ADDRESS, type=t.EUI64, value=self._air.adapter.ieee)
            await self._air.request(
                device,
                ZclRequest(endpoint=endpoint, cluster=IAS_ZONE, command=z.WRITE, payload=z.encode_write((ours,))),
            )
            await asyncio.sleep(ENROL_PAUSE_S)
            enrol = ZclRequest(
                endpoint=endpoint,
                cluster=IAS_ZONE,
                command=ENROL_RESPONSE,
                payload=bytes((0, ZONE_ID)),
                cluster_specific=True,
                answered=False,
            )
            await self._air.request(device, enrol)
            for _ in range(ENROL_CHECKS):
                await asyncio.sleep(ENROL_PAUSE_S)
                if await self._enrolled(device, endpoint):
                    return
            log.warning("ias_zone_not_enrolled", ieee=device.ieee, endpoint=endpoint)
        except RequestFailed as error:
            log.warning("ias_zone_not_enrolled", ieee=device.ieee, endpoint=endpoint, error=str(error))

    async def _enrolled(self, device: Device, endpoint: int) -> bool:
        """Whether the zone is enrolled with us. Raises RequestFailed (REJECTED) if it does not let itself be asked."""
        records = await self._read(device, endpoint, IAS_ZONE, (CIE_ADDRESS, ZONE_STATE))
        values = {record.id: record.value for record in records if not record.status}
        if len(values) < 2:
            raise RequestFailed.of(FailureCode.REJECTED, "The zone's attributes cannot be read", ieee=device.ieee)
        return bool(values[ZONE_STATE] == 1 and values[CIE_ADDRESS] == self._air.adapter.ieee)

    async def _set_up_poll_control(self, device: Device, endpoint: int) -> None:
        """Have check-ins sent to us and learn how often they come."""
        with contextlib.suppress(RequestFailed):
            ours = self._air.adapter.ieee
            await self._air.zdo(
                device, zdo.BIND, zdo.bind_request(device.ieee, endpoint, POLL_CONTROL, ours, MAIN_ENDPOINT)
            )
            binding = Binding(cluster=POLL_CONTROL, ieee=ours, endpoint=MAIN_ENDPOINT)
            self._book.change(device, endpoints=bindings.bound(device.description.endpoints, endpoint, binding))
            await self._read(device, endpoint, POLL_CONTROL, (CHECK_IN_INTERVAL,))
            device.check_in_known = True

    async def _read(
        self, device: Device, endpoint: int, cluster: int, attributes: tuple[int, ...]
    ) -> list[AttributeValue]:
        frame = await self._air.request(
            device, ZclRequest(endpoint=endpoint, cluster=cluster, command=z.READ, payload=z.encode_read(attributes))
        )
        if frame is None or frame.command != z.READ_RESPONSE:
            return []
        try:
            return z.decode_read_response(frame.payload)
        except ParseError as error:
            return list(error.partial)


async def _tries(attempts: int, ask: Callable[[], Awaitable[T]]) -> T:
    """Ask up to so many times. Raises the last RequestFailed; a missing stick is not tried again."""
    for left in range(attempts - 1, -1, -1):
        try:
            return await ask()
        except RequestFailed as error:
            if left == 0 or error.failure.code is FailureCode.UNAVAILABLE:
                raise
    raise AssertionError("attempts must be positive")
