"""Requests over the air: one at a time per device, each matched with its answer or ended by a typed failure."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from zigbus.contract.base import FailureCode, RequestFailed
from zigbus.zcl.frames import (
    CONFIGURE_REPORTING,
    CONFIGURE_REPORTING_RESPONSE,
    DEFAULT_RESPONSE,
    READ,
    READ_REPORTING,
    READ_REPORTING_RESPONSE,
    READ_RESPONSE,
    WRITE,
    WRITE_RESPONSE,
    ZclFrame,
    build_frame,
)
from zigbus.zcl.types import ParseError
from zigbus_radio import zdo
from zigbus_radio.adapter import Adapter, SendFailed, StickGone
from zigbus_radio.devices import Device
from zigbus_radio.endpoints import HOME_AUTOMATION
from zigbus_radio.mt import ApsFrame, ZdoFrame

WAITING_LIMIT = 200  # requests for one device; a caller that asks for more has lost count
ANSWER_WITHIN_S = 10.0
ZDO_WITHIN_S = 10.0

_ANSWER_OF = {
    READ: READ_RESPONSE,
    WRITE: WRITE_RESPONSE,
    CONFIGURE_REPORTING: CONFIGURE_REPORTING_RESPONSE,
    READ_REPORTING: READ_REPORTING_RESPONSE,
}


@dataclass(frozen=True, kw_only=True)
class ZclRequest:
    """One ZCL frame to a device, and whether it is answered."""

    endpoint: int
    cluster: int
    command: int
    payload: bytes = b""
    cluster_specific: bool = False
    manufacturer: int | None = None
    from_server: bool = False
    disable_default_response: bool = True
    answered: bool = True
    sequence: int | None = None  # None: the next of ours
    profile: int = HOME_AUTOMATION
    timeout_s: float = ANSWER_WITHIN_S

    def is_answered_by(self, frame: ZclFrame) -> bool:
        """Whether a frame with our sequence number, of this device and cluster, is the answer."""
        if not frame.cluster_specific:
            if frame.command == DEFAULT_RESPONSE:
                return bool(frame.payload[:1] == bytes((self.command,)))
            return not self.cluster_specific and frame.command == _ANSWER_OF.get(self.command)
        return self.cluster_specific and frame.from_server != self.from_server


@dataclass
class Waiter:
    """Somebody waits for this answer."""

    request: ZclRequest
    answer: asyncio.Future[ZclFrame] = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    def give(self, frame: ZclFrame) -> None:
        """Here it is."""
        if not self.answer.done():
            self.answer.set_result(frame)


class Air:
    """Everything we say to devices. Fails at once while the stick is away."""

    def __init__(self) -> None:
        self._adapter: Adapter | None = None
        self._reason = "the stick is not there yet"
        self._sequence = 0
        self._waiters: dict[tuple[str, int, int], Waiter] = {}
        self._zdo_waiters: list[tuple[int, int, int | None, asyncio.Future[ZdoFrame]]] = []

    def connected(self, adapter: Adapter) -> None:
        """The stick runs: requests may be sent."""
        self._adapter = adapter

    def disconnected(self, reason: str) -> None:
        """The stick is away: who waits for an answer learns of it now."""
        self._adapter, self._reason = None, reason
        waiting: list[asyncio.Future[Any]] = [waiter.answer for waiter in self._waiters.values()]
        waiting += [future for *_, future in self._zdo_waiters]
        for future in waiting:
            if not future.done():
                future.set_exception(StickGone(reason))
        self._waiters.clear()
        self._zdo_waiters.clear()

    @property
    def available(self) -> bool:
        """Whether the stick is there."""
        return self._adapter is not None

    @property
    def adapter(self) -> Adapter:
        """The stick. Raises RequestFailed (UNAVAILABLE) while it is away."""
        if self._adapter is None:
            raise RequestFailed.of(FailureCode.UNAVAILABLE, f"The coordinator is not available: {self._reason}")
        return self._adapter

    # ---- what was heard ----------------------------------------------------------------------------------------------

    def waiter_for(self, ieee: str, aps: ApsFrame, frame: ZclFrame) -> Waiter | None:
        """Return who waits for this frame, and forget him."""
        if not self._waiters:
            return None
        key = (ieee, frame.sequence, aps.cluster)
        waiter = self._waiters.get(key)
        if waiter is None or not waiter.request.is_answered_by(frame):
            return None
        del self._waiters[key]
        return waiter

    def zdo_heard(self, frame: ZdoFrame) -> bool:
        """Hand a ZDO response to who waits for it. Returns whether somebody did."""
        for entry in self._zdo_waiters:
            nwk, cluster, sequence, future = entry
            if (nwk, cluster) == (frame.nwk, frame.cluster) and sequence in (None, frame.sequence):
                self._zdo_waiters.remove(entry)
                if not future.done():
                    future.set_result(frame)
                return True
        return False

    # ---- ZCL ---------------------------------------------------------------------------------------------------------

    async def request(self, device: Device, request: ZclRequest) -> ZclFrame | None:
        """Send a frame and return its answer, None if it has none.

        Raises RequestFailed: UNAVAILABLE without a stick, DELIVERY_FAILED if the device did not confirm, TIMEOUT if it
        did not answer. The status in the answer is the caller's business.
        """
        facts = {
            "ieee": device.ieee,
            "endpoint": request.endpoint,
            "cluster": request.cluster,
            "command": request.command,
        }
        async with self._turn(device, facts):
            return await self._exchange(device, request, facts)

    async def _exchange(self, device: Device, request: ZclRequest, facts: dict[str, Any]) -> ZclFrame | None:
        sequence = self.next_sequence() if request.sequence is None else request.sequence
        data = build_frame(
            sequence,
            request.command,
            request.payload,
            cluster_specific=request.cluster_specific,
            manufacturer=request.manufacturer,
            from_server=request.from_server,
            disable_default_response=request.disable_default_response,
        )
        key = (device.ieee, sequence, request.cluster)
        waiter = Waiter(request)
        if request.answered:
            self._waiters[key] = waiter
        try:
            with _as_failure(facts):
                await self.adapter.unicast(device.nwk, request.endpoint, request.cluster, data, profile=request.profile)
                if not request.answered:
                    return None
                answer: ZclFrame = await _within(waiter.answer, request.timeout_s, facts)
                return answer
        finally:
            if self._waiters.get(key) is waiter:
                del self._waiters[key]
            if not waiter.answer.done():
                waiter.answer.cancel()
            elif not waiter.answer.cancelled():
                waiter.answer.exception()  # seen: nobody else will ask

    async def answer(self, device: Device, endpoint: int, cluster: int, data: bytes) -> None:
        """Send an answer of ours without waiting for a turn; who asked and is gone is no fault."""
        with contextlib.suppress(SendFailed, StickGone, RequestFailed):
            await self.adapter.unicast(device.nwk, endpoint, cluster, data)

    def next_sequence(self) -> int:
        """Return the next ZCL sequence number of ours."""
        self._sequence = (self._sequence + 1) & 0xFF
        return self._sequence

    # ---- ZDO ---------------------------------------------------------------------------------------------------------

    async def zdo(self, device: Device, cluster: int, payload: bytes) -> bytes:
        """Send a ZDO request to a device and return its response, which says success. Raises RequestFailed."""
        facts = {"ieee": device.ieee, "endpoint": 0, "cluster": cluster}
        async with self._turn(device, facts):
            response = await self._zdo_exchange(device.nwk, cluster, payload, facts)
        return _successful(response, facts)

    async def bind_to_group(self, device: Device, endpoint: int, cluster: int, group: int, *, bind: bool) -> None:
        """Bind a cluster of a device to a group, or unbind it. Raises RequestFailed."""
        kind = zdo.BIND if bind else zdo.UNBIND
        facts = {"ieee": device.ieee, "endpoint": endpoint, "cluster": cluster, "group": group}
        async with self._turn(device, facts):
            with self._zdo_waiter(device.nwk, kind, None) as response, _as_failure(facts):
                await self.adapter.bind_to_group(device.nwk, device.ieee, endpoint, cluster, group, bind=bind)
                frame = await _within(response, ZDO_WITHIN_S, facts)
        _successful(frame.data, facts)

    async def ask_ieee(self, nwk: int) -> str | None:
        """Ask who has a network address. Returns None if nobody says so."""
        facts = {"nwk": nwk, "cluster": zdo.IEEE_ADDRESS}
        try:
            response = await self._zdo_exchange(nwk, zdo.IEEE_ADDRESS, zdo.ieee_request(nwk), facts)
            return zdo.parse_ieee_response(_successful(response, facts))[1]
        except (RequestFailed, ParseError):
            return None

    async def send_zdo(self, nwk: int, cluster: int, payload: bytes) -> None:
        """Send a ZDO request whose answer nobody needs."""
        with contextlib.suppress(SendFailed, StickGone, RequestFailed):
            await self.adapter.unicast(nwk, 0, cluster, bytes((self.next_sequence(),)) + payload)

    async def _zdo_exchange(self, nwk: int, cluster: int, payload: bytes, facts: dict[str, Any]) -> bytes:
        sequence = self.next_sequence()
        with self._zdo_waiter(nwk, cluster, sequence) as response, _as_failure(facts):
            await self.adapter.unicast(nwk, 0, cluster, bytes((sequence,)) + payload)
            frame: ZdoFrame = await _within(response, ZDO_WITHIN_S, facts)
            return frame.data

    @contextlib.contextmanager
    def _zdo_waiter(self, nwk: int, cluster: int, sequence: int | None) -> Any:
        future: asyncio.Future[ZdoFrame] = asyncio.get_running_loop().create_future()
        entry = (nwk, cluster | zdo.RESPONSE, sequence, future)
        self._zdo_waiters.append(entry)
        try:
            yield future
        finally:
            if entry in self._zdo_waiters:
                self._zdo_waiters.remove(entry)
            if not future.done():
                future.cancel()
            elif not future.cancelled():
                future.exception()

    @contextlib.asynccontextmanager
    async def _turn(self, device: Device, facts: dict[str, Any]) -> AsyncIterator[None]:
        """Wait until the device is free; order is that of asking. Fails at once without a stick or with too many before."""
        self.adapter  # noqa: B018  # raises while the stick is away, before anything waits
        if device.waiting >= WAITING_LIMIT:
            raise RequestFailed.of(
                FailureCode.UNAVAILABLE, f"{device.waiting} requests wait for this device already", **facts
            )
        device.waiting += 1
        try:
            async with device.turn:
                yield
        finally:
            device.waiting -= 1


@contextlib.contextmanager
def _as_failure(facts: dict[str, Any]) -> Any:
    """Turn what the stick says into the failure that the caller of a request gets."""
    try:
        yield
    except SendFailed as error:
        raise RequestFailed.of(
            FailureCode.DELIVERY_FAILED,
            f"The device did not confirm: {error.name}",
            status=error.status,
            status_name=error.name,
            attempts=error.attempts,
            **facts,
        ) from None
    except StickGone as error:
        raise RequestFailed.of(FailureCode.UNAVAILABLE, f"The coordinator is not available: {error}", **facts) from None


async def _within(future: asyncio.Future[Any], timeout_s: float, facts: dict[str, Any]) -> Any:
    try:
        async with asyncio.timeout(timeout_s):
            return await future
    except TimeoutError:
        raise RequestFailed.of(
            FailureCode.TIMEOUT,
            f"The device did not answer within {timeout_s:g} s",
            timeout_s=timeout_s,
            attempts=1,
            **facts,
        ) from None


def _successful(response: bytes, facts: dict[str, Any]) -> bytes:
    """Return a ZDO response that says success. Raises RequestFailed (REJECTED) otherwise."""
    status = response[0] if response else 0x01
    if status:
        name = zdo.STATUS_NAMES.get(status, f"0x{status:02x}")
        raise RequestFailed.of(
            FailureCode.REJECTED, f"The device refused: {name}", status=status, status_name=name, **facts
        )
    return response
