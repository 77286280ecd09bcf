"""Sends frames that somebody made by hand, and hands on what is answered."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator

from zigbus.bus import Bus
from zigbus.contract import operations
from zigbus.contract.base import FailureCode, Reply, RequestFailed
from zigbus.contract.devices import LogicalType
from zigbus.contract.raw_requests import SayToStrangers, SendFrame, SendFrameResult
from zigbus.zcl.frames import ZclFrame, build_frame
from zigbus_radio.adapter import SendFailed, StickGone
from zigbus_radio.air import Air, ZclRequest
from zigbus_radio.devices import Device, DeviceBook
from zigbus_radio.endpoints import MAIN_ENDPOINT
from zigbus_radio.serving import serve_counted

ZDO = 0  # profile
SILENCE_S = 1.0  # after each channel, so that the air is not flooded
HOME_AGAIN_S = 3.0  # what a stick needs to be back in its network


class RawFrames:
    """Answers the operation `send_frame`."""

    def __init__(self, book: DeviceBook, air: Air) -> None:
        self._book, self._air = book, air

    async def serve(self, bus: Bus, coordinator: str) -> None:
        """Start to answer."""
        await serve_counted(bus, coordinator, operations.SEND_FRAME, self.send)
        await serve_counted(bus, coordinator, operations.SAY_TO_STRANGERS, self.say_to_strangers)

    async def send(self, ask: SendFrame) -> SendFrameResult:
        """Send one frame."""
        if ask.group is not None or ask.broadcast is not None:
            await self._to_many(ask)
            return SendFrameResult()
        device = self._book.get(ask.ieee or "")
        if device is None or device.description.logical_type is LogicalType.COORDINATOR:
            text = f"No device {ask.ieee} is known to this coordinator"
            raise RequestFailed.of(FailureCode.NOT_FOUND, text, ieee=ask.ieee)
        if ask.profile == ZDO:
            answer = await self._air.zdo(device, ask.cluster, ask.payload)
            return SendFrameResult(response=answer, nwk=device.nwk, lqi=device.lqi)
        return await self._to_one(device, ask)

    async def say_to_strangers(self, ask: SayToStrangers) -> Reply:
        """Send one frame on several channels to whoever is there; the stick comes home whatever happens."""
        data = build_frame(0, ask.command, ask.payload, cluster_specific=True, manufacturer=ask.manufacturer)
        adapter = self._air.adapter
        with _as_failure():
            try:
                for channel in ask.channels:
                    await adapter.say_to_strangers(channel, ask.cluster, data)
                    await asyncio.sleep(SILENCE_S)
            finally:
                await adapter.come_home()
                await asyncio.sleep(HOME_AGAIN_S)
        return Reply()

    async def _to_one(self, device: Device, ask: SendFrame) -> SendFrameResult:
        request = ZclRequest(
            endpoint=ask.endpoint,
            cluster=ask.cluster,
            command=ask.command,
            payload=ask.payload,
            cluster_specific=ask.cluster_specific,
            manufacturer=ask.manufacturer,
            from_server=ask.from_server,
            disable_default_response=ask.disable_default_response,
            answered=ask.answered,
            sequence=ask.sequence,
            timeout_s=ask.timeout_s,
            profile=ask.profile,
        )
        frame = await self._air.request(device, request)
        return SendFrameResult(response=None if frame is None else _octets(frame), nwk=device.nwk, lqi=device.lqi)

    async def _to_many(self, ask: SendFrame) -> None:
        data = build_frame(
            self._air.next_sequence() if ask.sequence is None else ask.sequence,
            ask.command,
            ask.payload,
            cluster_specific=ask.cluster_specific,
            manufacturer=ask.manufacturer,
            from_server=ask.from_server,
            disable_default_response=ask.disable_default_response,
        )
        adapter = self._air.adapter
        with _as_failure():
            if ask.group is not None:
                await adapter.groupcast(ask.group, ask.cluster, data)
            else:
                assert ask.broadcast is not None
                await adapter.send_broadcast(
                    ask.broadcast, ask.endpoint, ask.cluster, data, source=MAIN_ENDPOINT, profile=ask.profile
                )


@contextlib.contextmanager
def _as_failure() -> Iterator[None]:
    """Turn what the stick says into the failure that the caller gets."""
    try:
        yield
    except SendFailed as error:
        text = f"The coordinator did not send it: {error.name}"
        raise RequestFailed.of(FailureCode.DELIVERY_FAILED, text, status=error.status) from None
    except StickGone as error:
        raise RequestFailed.of(FailureCode.UNAVAILABLE, f"The coordinator is not available: {error}") from None


def _octets(frame: ZclFrame) -> bytes:
    """Return a frame as it came."""
    code = b"" if frame.manufacturer is None else frame.manufacturer.to_bytes(2, "little")
    return bytes((frame.frame_control,)) + code + bytes((frame.sequence, frame.command)) + frame.payload
