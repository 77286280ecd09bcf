"""How the home lives by itself: temperatures drift, somebody presses a button now and then."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Final, NamedTuple

from zigbus_simulator.air import Air
from zigbus_simulator.behaviours import tuya
from zigbus_simulator.device import Device
from zigbus_simulator.home import hands
from zigbus_simulator.home import parts as p

Move = Callable[[Device, random.Random], None]


class Habit(NamedTuple):
    """Something that a device does again and again, on average every `every_s` seconds, first after `first_s`."""

    device: str
    every_s: float
    move: Move
    first_s: float | None = None  # None: after a random part of the interval


class Life:
    """Makes the joined devices do what `HABITS` says. `speed` 10: ten times as often."""

    def __init__(self, air: Air, *, speed: float = 1.0, seed: int | None = None) -> None:
        self._air = air
        self._speed = speed
        self._random = random.Random(seed)

    def begin(self) -> None:
        """Let it go on until the timers of the air are stopped."""
        devices = {device.name: device for device in self._air.devices.values()}
        for habit in HABITS:
            device = devices.get(habit.device)
            if device is not None:
                first_s = self._random.uniform(0.1, 1.0) * habit.every_s if habit.first_s is None else habit.first_s
                self._again(device, habit, first_s)

    def _again(self, device: Device, habit: Habit, delay_s: float) -> None:
        def act() -> None:
            if device.joined:
                habit.move(device, self._random)
            self._again(device, habit, self._random.uniform(0.5, 1.5) * habit.every_s)

        self._air.later(delay_s / self._speed, act)


def _drift(cluster: int, middle: int, reach: int, step: int) -> Move:
    """Walk at random around a middle value, in the attribute's unit."""

    def move(device: Device, rng: random.Random) -> None:
        value = device.get(1, cluster, 0)
        towards = middle - value
        new = round(value + rng.uniform(-step, step) + 0.1 * towards)
        hands.change(device, 1, cluster, {0: max(middle - reach, min(middle + reach, new))})

    return move


def _weather_pressure(device: Device, rng: random.Random) -> None:
    tenths = max(9800, min(10400, device.get(1, p.PRESSURE, 0x10) + rng.randint(-6, 6)))
    device.tell(1, p.PRESSURE, {0: tenths // 10, 0x14: -1, 0x10: tenths})


def _open_and_close(device: Device, rng: random.Random) -> None:
    hands.set_property(device, "contact", "open")
    device.air.later(rng.uniform(5, 20), lambda: hands.set_property(device, "contact", "closed"))


def _walk_by(device: Device, rng: random.Random) -> None:
    lux = rng.randint(20, 400)
    device.tell(1, p.ILLUMINANCE, {0: lux})
    device.tell(1, p.OCCUPANCY, {0: 1})


def _press(*what: str) -> Move:
    return lambda device, rng: hands.press(device, rng.choice(what))


def _turn(device: Device, rng: random.Random) -> None:
    hands.turn(device, rng.choice((-1, 1)) * 12.0 * rng.randint(1, 15), pressed=rng.random() < 0.2)


def _hold_and_release(device: Device, rng: random.Random) -> None:
    hands.press(device, "hold")
    device.air.later(rng.uniform(0.8, 2.0), lambda: hands.press(device, "release"))


def _brighten(device: Device, rng: random.Random) -> None:
    hands.press(device, rng.choice(("up", "down")))
    device.air.later(rng.uniform(0.5, 1.5), lambda: hands.press(device, "stop"))


def _consume(device: Device, rng: random.Random) -> None:
    on = bool(device.get(1, p.ON_OFF, 0))
    watts = rng.randint(20, 45) if on else 0
    hands.change(
        device, 1, p.ELECTRICAL, {0x050B: watts, 0x0508: round(1000 * watts / 230), 0x0505: rng.randint(226, 234)}
    )
    if on and rng.random() < 0.3:
        hands.change(device, 1, p.METERING, {0: device.get(1, p.METERING, 0) + 1})


def _tuya_climate(device: Device, rng: random.Random) -> None:
    tenths = int.from_bytes(device.datapoints[1][1], "big", signed=True)
    new = max(180, min(240, tenths + rng.randint(-3, 3)))
    humidity = max(30, min(70, int.from_bytes(device.datapoints[2][1], "big") + rng.randint(-2, 2)))
    tuya.send(device, [(1, 2, new.to_bytes(4, "big", signed=True)), (2, 2, humidity.to_bytes(4, "big"))])


def _heat(device: Device, rng: random.Random) -> None:
    gap = device.get(1, p.THERMOSTAT, 0x12) - device.get(
        1, p.THERMOSTAT, 0
    )  # hundredths of a degree below the set point
    measured = device.get(1, p.THERMOSTAT, 0) + round(0.1 * gap + rng.uniform(-8, 8))
    hands.change(device, 1, p.THERMOSTAT, {0: measured, 8: max(0, min(100, gap // 2))})


HABITS: Final = (
    Habit("weather", 20, _drift(p.TEMPERATURE, 2150, 300, 12), 6),
    Habit("weather", 30, _drift(p.HUMIDITY, 4600, 1000, 60)),
    Habit("weather", 60, _weather_pressure),
    Habit("weather", 600, _press("heartbeat"), 15),
    Habit("climate", 25, _drift(p.TEMPERATURE, 2210, 250, 15)),
    Habit("climate", 40, _drift(p.HUMIDITY, 5000, 900, 80)),
    Habit("contact", 90, _open_and_close),
    Habit("contact", 600, _press("heartbeat"), 18),
    Habit("motion", 60, _walk_by, 10),
    Habit("motion", 600, _press("heartbeat"), 21),
    Habit("knob", 45, _press("single", "single", "double"), 12),
    Habit("knob", 60, _turn),
    Habit("knob", 120, _hold_and_release),
    Habit("knob", 600, _press("heartbeat"), 24),
    Habit("wall_switch", 50, _press("single", "single", "double"), 9),
    Habit("wall_switch", 120, _hold_and_release),
    Habit("wall_switch", 600, _press("heartbeat")),
    Habit("remote_onoff", 70, _press("on", "off")),
    Habit("remote_onoff", 150, _brighten),
    Habit("remote_5", 80, _press("toggle", "up", "down", "left", "right")),
    Habit("plug_innr", 12, _consume),
    Habit("plug_tuya", 15, _consume),
    Habit("tuya_sensor", 30, _tuya_climate, 14),
    Habit("trv", 40, _heat),
)
