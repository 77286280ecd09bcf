"""Sleeping devices that check in (poll control): awake as long as something waits for them, and not longer."""

from __future__ import annotations

import asyncio
import contextlib
import time

import structlog

from zigbus.contract.base import RequestFailed
from zigbus.zcl import frames as z
from zigbus_radio.air import Air, ZclRequest
from zigbus_radio.answers import FAST_POLL_STOP, check_in_response
from zigbus_radio.devices import Device
from zigbus_radio.frames import POLL_CONTROL

log = structlog.get_logger()

CHECK_IN_INTERVAL = 0x0000
PAUSE_S = 0.25  # time for the converter to hear of the check-in and send what it has kept for the device
IDLE_S = 0.5  # nothing was sent for so long: the converter has sent all it kept
LONGEST_S = 50.0  # less than the fast poll time that the answer allows


async def answer_check_in(air: Air, device: Device, endpoint: int, sequence: int) -> None:
    """Answer a check-in, let what waits go out, and let the device sleep again."""
    await asyncio.sleep(PAUSE_S)
    stay_awake = device.waiting > 0 or not device.check_in_known
    await air.answer(device, endpoint, POLL_CONTROL, check_in_response(sequence, stay_awake=stay_awake))
    if not stay_awake:
        return
    try:
        if not device.check_in_known:
            interval = z.encode_read((CHECK_IN_INTERVAL,))
            await air.request(
                device, ZclRequest(endpoint=endpoint, cluster=POLL_CONTROL, command=z.READ, payload=interval)
            )
            device.check_in_known = True
        await _until_idle(device)
    except RequestFailed as error:
        log.info("check_in_failed", ieee=device.ieee, error=error.failure.text)
    finally:
        await _stop_fast_poll(air, device, endpoint)


async def _until_idle(device: Device) -> None:
    """Wait until no request is under way or follows."""
    ends_at = time.monotonic() + LONGEST_S
    idle_since = time.monotonic()
    while time.monotonic() < ends_at and time.monotonic() - idle_since < IDLE_S:
        if device.waiting:
            idle_since = time.monotonic()
        await asyncio.sleep(IDLE_S / 10)


async def _stop_fast_poll(air: Air, device: Device, endpoint: int) -> None:
    stop = ZclRequest(
        endpoint=endpoint, cluster=POLL_CONTROL, command=FAST_POLL_STOP, cluster_specific=True, answered=False
    )
    with contextlib.suppress(RequestFailed):  # it ends by itself, a little later
        await air.request(device, stop)
