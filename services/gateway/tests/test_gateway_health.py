"""What `bridge/health` says."""

from __future__ import annotations

from dataclasses import dataclass

from services.gateway.tests.gateway_rig import LAMP, Rig

from zigbus.contract import storage, subjects
from zigbus.contract.census import Census, DeviceCounts, ServiceStatus
from zigbus.waiting import until
from zigbus_gateway.health import Machine, health_payload

MEBIBYTE = 1024 * 1024


@dataclass
class Line:
    connected: bool = True
    waiting: int = 2
    published: int = 30
    received: int = 4


def test_health_sums_the_services_and_tells_them_and_the_devices_apart() -> None:
    radio = ServiceStatus(
        service="radio",
        started_at_s=900.5,
        memory_octets=60 * MEBIBYTE,
        devices={LAMP: DeviceCounts(messages=50, first_at_s=990.0, leaves=1, nwk_changes=2)},
    )
    registry = ServiceStatus(service="registry", started_at_s=950.0, memory_octets=20 * MEBIBYTE)
    machine = Machine((0.5, 0.25, 0.125), 1024 * MEBIBYTE, 256 * MEBIBYTE)
    assert health_payload(machine, [radio, registry], Line(), 1000.0) == {
        "response_time": 1_000_000,
        "os": {"load_average": [0.5, 0.25, 0.125], "memory_used_mb": 768, "memory_percent": 75},
        "process": {"uptime_sec": 99, "memory_used_mb": 80, "memory_percent": 7.8125},
        "mqtt": {"connected": True, "queued": 2, "published": 30, "received": 4},
        "devices": {LAMP: {"messages": 50, "messages_per_sec": 5, "leave_count": 1, "network_address_changes": 2}},
        "services": {
            "radio": {"up": True, "memory_used_mb": 60},
            "registry": {"up": True, "memory_used_mb": 20},
        },
    }


async def test_health_is_told_every_interval_and_counting_begins_anew_if_that_is_wanted(rig: Rig) -> None:
    asked: list[Census] = []

    def status(ask: Census) -> ServiceStatus:
        asked.append(ask)
        return ServiceStatus(service="radio", started_at_s=1.0, memory_octets=MEBIBYTE)

    await rig.bus.answer_all(subjects.CENSUS, Census, status)
    await rig.put(storage.SETTINGS, "gateway", rig.settings(health_interval_s=0.01, health_reset=True))
    await rig.start()
    told = await rig.mqtt.wait_for("bridge/health")
    assert told["services"] == {"radio": {"up": True, "memory_used_mb": 1}}
    assert told["mqtt"]["connected"] is True
    message = rig.mqtt.of("bridge/health")[0]
    assert (message.retain, message.qos) == (True, 1)
    await until(lambda: len(rig.mqtt.of("bridge/health")) > 1, what="told again")
    assert asked[0].reset
