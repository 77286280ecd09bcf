"""Numbered reports and actions: what was sent can be compared with what arrived, one by one."""

from __future__ import annotations

import asyncio
import struct
import time
from collections import defaultdict

import msgspec

from tests.harness.recorder import Heard
from tests.harness.stack import BASE
from zigbus.zcl.types import INT16
from zigbus_simulator import Simulator, home, sensors
from zigbus_simulator.spec import DeviceSpec

LUMI_CLUSTER, LUMI_CODE = 0xFCC0, 0x115F
KNOB_ENDPOINT = 71  # rotations come from an endpoint that the knob never declared


def knobs(count: int) -> list[DeviceSpec]:
    """Rotary knobs: a rotation carries a number (the angle), so that actions can be counted."""
    spec = home.devices("knob")[0]
    return [
        msgspec.structs.replace(spec, name=f"knob{i}", ieee=f"0x54ef441000a{i:05x}", nwk=0x6000 + i)
        for i in range(count)
    ]


def household(sensor_count: int, knob_count: int) -> list[DeviceSpec]:
    """Specs of a home of sensors (`sensor0` …) and knobs."""
    renamed = [msgspec.structs.replace(spec, name=f"sensor{i}") for i, spec in enumerate(sensors(sensor_count))]
    return [*renamed, *knobs(knob_count)]


class Numbered:
    """Sends numbers round robin from all devices, and finds them again in MQTT messages."""

    def __init__(self, simulator: Simulator, names: list[str]) -> None:
        self._simulator, self._names = simulator, names
        self.sent: dict[str, list[int]] = defaultdict(list)
        self.heard_by_stick: dict[str, list[int]] = defaultdict(list)  # sent while a client was connected to the stick

    async def send(self, rate: float, seconds: float, first: int = 0) -> None:
        """Send at a fixed rate, open loop: a late moment is made up for."""
        start = time.monotonic()
        for i in range(int(rate * seconds)):
            pause_s = start + i / rate - time.monotonic()
            if pause_s > 0:
                await asyncio.sleep(pause_s)
            self._send_one(self._names[i % len(self._names)], first + i // len(self._names))

    def _send_one(self, name: str, number: int) -> None:
        self.sent[name].append(number)
        if self._simulator.connected:
            self.heard_by_stick[name].append(number)
        device = self._simulator.device(name)
        if name.startswith("knob"):
            device.send_frame(KNOB_ENDPOINT, LUMI_CLUSTER, rotation(number))
        else:
            device.report(1, 0x0402, {0x0000: (INT16, number)})

    @staticmethod
    def numbers(messages: list[Heard], name: str) -> list[int]:
        """The numbers of one device in the order they arrived; for knobs those of the actions only."""
        found = []
        for message in messages:
            if message.topic != f"{BASE}/{name}" or not message.payload:
                continue
            payload = message.json
            if name.startswith("knob"):
                if "action_rotation_angle" in payload:
                    found.append(round(payload["action_rotation_angle"]))
            elif "temperature" in payload:
                found.append(round(payload["temperature"] * 100))
        return found


def rotation(number: int) -> bytes:
    """A ZCL frame of the knob: rotation (2) with the angle (0x022E, float) as number; manufacturer specific report."""
    sequence = number & 0xFF
    header = bytes((0x1C,)) + LUMI_CODE.to_bytes(2, "little") + bytes((sequence, 0x0A))
    return header + bytes.fromhex("3a022002") + bytes.fromhex("2e0239") + struct.pack("<f", float(number))
