"""How bucket AVAILABILITY becomes retained topics."""

from __future__ import annotations

from services.gateway.tests.gateway_rig import LAMP, Rig

from zigbus.contract import storage
from zigbus.contract.household import Availability, Name
from zigbus.waiting import until


async def test_who_can_be_reached_is_told_at_the_start_and_when_it_changes(rig: Rig) -> None:
    await rig.put(storage.AVAILABILITY, LAMP, Availability(available=True))
    await rig.start()
    assert await rig.mqtt.wait_for("lamp/availability") == {"state": "online"}
    await rig.put(storage.AVAILABILITY, LAMP, Availability(available=False))
    assert await rig.mqtt.wait_for("lamp/availability", lambda m: m["state"] == "offline")
    first = rig.mqtt.of("lamp/availability")[0]
    assert (first.retain, first.qos) == (True, 1)


async def test_availability_moves_with_the_name_and_goes_with_the_entry(rig: Rig) -> None:
    await rig.put(storage.AVAILABILITY, LAMP, Availability(available=True))
    await rig.start()
    await rig.mqtt.wait_for("lamp/availability")
    await rig.put(storage.NAMES, LAMP, Name(friendly_name="light"))
    assert await rig.mqtt.wait_for("light/availability") == {"state": "online"}
    await until(lambda: [m.payload for m in rig.mqtt.of("lamp/availability")] == ['{"state":"online"}', ""])
    await rig.bus.bucket(storage.AVAILABILITY).delete(LAMP)
    await until(lambda: [m.payload for m in rig.mqtt.of("light/availability")] == ['{"state":"online"}', ""])
