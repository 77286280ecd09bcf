"""Sends frames that somebody made by hand, and hands on what is answered."""

from __future__ import annotations

from zigbus.bus import Bus
from zigbus.contract import operations
from zigbus.contract.base import FailureCode, RequestFailed
from zigbus.contract.devices import LogicalType
from zigbus.contract.raw_requests import SendFrame, SendFrameResult
from zigbus.zcl.frames import ZclFrame, build_frame
from zigbus_radio.adapter import SendFailed, StickGone
from zigbus_radio.air import Air, ZclRequest
from zigbus_radio.devices import Device, DeviceBook
from zigbus_radio.endpoints import MAIN_ENDPOINT
from zigbus_radio.serving import serve_counted

ZDO = 0  # profile


class RawFrames:
    """Answers the operation `send_frame`."""

    def __init__(self, book: DeviceBook, air: Air) -> None:
        self._book, self._air = book, air

    async def serve(self, bus: Bus, coordinator: str) -> None:
        """Start to answer."""
        await serve_counted(bus, coordinator, operations.SEND_FRAME, self.send)

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
        try:
            if ask.group is not None:
                await adapter.groupcast(ask.group, ask.cluster, data)
            else:
                assert ask.broadcast is not None
                await adapter.send_broadcast(
                    ask.broadcast, ask.endpoint, ask.cluster, data, source=MAIN_ENDPOINT, profile=ask.profile
                )
        except SendFailed as error:
            text = f"The coordinator did not send it: {error.name}"
            raise RequestFailed.of(FailureCode.DELIVERY_FAILED, text, status=error.status) from None
        except StickGone as error:
            raise RequestFailed.of(FailureCode.UNAVAILABLE, f"The coordinator is not available: {error}") from None


def _octets(frame: ZclFrame) -> bytes:
    """Return a frame as it came."""
    code = b"" if frame.manufacturer is None else frame.manufacturer.to_bytes(2, "little")
    return bytes((frame.frame_control,)) + code + bytes((frame.sequence, frame.command)) + frame.payload
