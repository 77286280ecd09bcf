"""Commands and requests over MQTT, answered by the test in the place of converter and registry."""

from __future__ import annotations

from typing import Any

from services.gateway.tests.gateway_rig import LAMP, Rig, stick

from zigbus.contract import operations, storage
from zigbus.contract import requests as r
from zigbus.contract.base import FailureCode, Reply, RequestFailed
from zigbus.contract.household import Name, PublicSettings
from zigbus.waiting import until


async def converter(rig: Rig, failure: RequestFailed | None = None) -> list[Any]:
    """Play a converter that does everything, or fails every key; returns what it was asked."""
    asked: list[Any] = []

    async def act(request: r.SetRequest | r.GetRequest) -> r.KeysResult:
        asked.append(request)
        return r.KeysResult(
            keys=tuple(r.KeyOutcome(key=k, failure=failure.failure if failure else None) for k in request.payload)
        )

    await rig.bus.serve(operations.SET, act)
    await rig.bus.serve(operations.GET, act)
    return asked


async def request(rig: Rig, path: str, payload: Any) -> Any:
    """Send a request and return the answer to it."""
    before = len(rig.mqtt.of(f"bridge/response/{path}"))
    await rig.mqtt.publish(f"bridge/request/{path}", payload)
    await until(lambda: len(rig.mqtt.of(f"bridge/response/{path}")) > before, 20.0, f"answer to {path}")
    return rig.mqtt.of(f"bridge/response/{path}")[-1].json


REACHING: tuple[tuple[str, str, dict[str, Any], str | None], ...] = (
    ("lamp/set", '{"state":"ON","brightness":3}', {"state": "ON", "brightness": 3}, None),
    ("lamp/set", "toggle", {"state": "toggle"}, None),
    (f"{LAMP}/set", '{"state":"ON"}', {"state": "ON"}, None),
    ("lamp/set/brightness", "12", {"brightness": 12}, None),
    ("lamp/set/state", "on", {"state": "on"}, None),
    ("lamp/1/set", '{"state":"ON"}', {"state": "ON"}, "1"),
    ("lamp/1/set/state", "ON", {"state": "ON"}, "1"),
    ("lamp/get", '{"state":""}', {"state": ""}, None),
)


async def test_a_command_reaches_the_converter(rig: Rig) -> None:
    asked = await converter(rig)
    await rig.start()
    for topic, payload, expected, endpoint in REACHING:
        asked.clear()
        await rig.mqtt.publish(topic, payload)
        await until(lambda: asked, what=topic)
        assert (asked[0].ieee, asked[0].payload, asked[0].endpoint) == (LAMP, expected, endpoint)


FAILING: tuple[tuple[str, str | bytes, str], ...] = (
    ("nobody/set", '{"state":"ON"}', "Entity 'nobody' is unknown"),
    ("lamp/99/set", '{"state":"ON"}', "Device 'lamp' has no endpoint '99'"),
    ("lamp/set", "{not json", "Invalid message 'undefined', skipping..."),
    ("lamp/set", "null", "Invalid message 'null', skipping..."),
    ("lamp/set", '{"nosuch":{"x":1.0}}', "No converter available for 'nosuch' on 'lamp': ({\"x\":1})"),
    ("lamp/set", b"\xff\xfe\x00", "Invalid message 'undefined', skipping..."),
)


async def test_a_name_of_many_levels_hears_commands_from_the_start_and_after_a_rename(rig: Rig) -> None:
    asked = await converter(rig)
    deep = "house/floor/wing/room/corner/table/left/shelf/lamp"
    await rig.put(storage.NAMES, LAMP, Name(friendly_name=deep))
    await rig.start()
    await rig.mqtt.publish(f"{deep}/1/set", '{"state":"ON"}')
    await until(lambda: asked, what="command for a deep name")
    await rig.put(storage.NAMES, LAMP, Name(friendly_name=f"town/street/{deep}"))
    await until(
        lambda: rig.mqtt.of(f"town/street/{deep}") or f"town/street/{deep}" in rig.mqtt.of("bridge/devices")[-1].payload
    )
    await rig.mqtt.publish(f"town/street/{deep}/set/state", "OFF")
    await until(lambda: len(asked) == 2, what="command for a deeper name")
    assert [(request.ieee, request.payload, request.endpoint) for request in asked] == [
        (LAMP, {"state": "ON"}, "1"),
        (LAMP, {"state": "OFF"}, None),
    ]


async def test_a_command_that_fails_is_a_log_line(rig: Rig) -> None:
    await converter(rig, RequestFailed.of(FailureCode.UNSUPPORTED, "no"))
    await rig.start()
    for topic, payload, line in FAILING:
        rig.mqtt.seen.clear()
        await rig.mqtt.publish(topic, payload)
        assert await rig.mqtt.wait_for("bridge/logging") == {"level": "error", "message": f"z2m: {line}"}


async def test_a_command_nobody_can_carry_out_says_why(rig: Rig) -> None:
    await rig.start()
    await rig.mqtt.publish("lamp/set", {"state": "ON", "transaction": 7})
    line = await rig.mqtt.wait_for("bridge/logging")
    assert line["message"] == "z2m: Publish 'set' 'state' to 'lamp' failed: 'Error: No converter is running'"
    answer = await rig.mqtt.wait_for("bridge/response/set")
    assert answer["data"].pop("took_ms") >= 0
    assert answer == {
        "data": {"codes": {"state": "unavailable"}, "id": "lamp", "keys": {"state": "No converter is running"}},
        "status": "error",
        "transaction": 7,
    }


async def test_a_get_and_a_command_for_nobody_are_answered_too_if_they_carry_a_transaction(rig: Rig) -> None:
    await converter(rig)
    await rig.start()
    await rig.mqtt.publish("lamp/get", {"state": "", "transaction": "a"})
    answer = await rig.mqtt.wait_for("bridge/response/get")
    assert (answer["status"], answer["transaction"], answer["data"]["id"]) == ("ok", "a", "lamp")
    await rig.mqtt.publish("nobody/set", {"state": "ON", "transaction": 8})
    assert await rig.mqtt.wait_for("bridge/response/set") == {
        "data": {},
        "error": "Entity 'nobody' is unknown",
        "status": "error",
        "transaction": 8,
    }


async def test_commands_for_one_device_are_carried_out_in_the_order_of_arrival(rig: Rig) -> None:
    asked = await converter(rig)
    await rig.start()
    for level in range(40):
        await rig.mqtt.publish("lamp/set", {"brightness": level})
    await until(lambda: len(asked) == 40)
    assert [request.payload["brightness"] for request in asked] == list(range(40))


async def test_what_asks_for_nothing_is_left_alone(rig: Rig) -> None:
    asked = await converter(rig)
    await rig.start()
    for payload in ("", "{}", "[]", "5"):
        await rig.mqtt.publish("lamp/set", payload)
    await rig.mqtt.publish("lamp/set", {"state": "ON"})
    await until(lambda: asked)
    assert len(asked) == 1
    assert not rig.mqtt.of("bridge/logging")


async def test_own_state_topics_are_never_commands(rig: Rig) -> None:
    asked = await converter(rig)
    await rig.put(storage.NAMES, LAMP, Name(friendly_name="room/set"))
    await rig.mqtt.publish("room/set", {"state": "ON"}, retain=True)  # as an earlier run left it
    await rig.start()
    await rig.update(LAMP, {"state": "ON"})
    await rig.mqtt.wait_for("room/set", lambda m: "linkquality" in m)
    await rig.mqtt.publish(f"{LAMP}/set", {"state": "OFF"})
    await until(lambda: asked)
    assert [request.payload for request in asked] == [{"state": "OFF"}]


async def test_permit_join_shows_the_open_network_before_the_answer(rig: Rig) -> None:
    asked: list[r.OpenNetwork] = []

    async def open_network(ask: r.OpenNetwork) -> r.OpenNetworkResult:
        asked.append(ask)
        revision = await rig.put(storage.DEVICES, stick().ieee, stick(permit_join=True, permit_join_until_s=1000.5))
        return r.OpenNetworkResult(revisions={"DEVICES": revision}, via="lamp" if ask.via else None)

    await rig.bus.serve(operations.OPEN_NETWORK, open_network)
    await rig.start()
    answer = await request(rig, "permit_join", {"time": 254, "device": LAMP, "transaction": "t1"})
    assert answer == {"data": {"device": "lamp", "time": 254}, "status": "ok", "transaction": "t1"}
    assert asked == [r.OpenNetwork(time_s=254, via=LAMP)]
    info = rig.mqtt.of("bridge/info")[-1].json
    assert (info["permit_join"], info["permit_join_end"]) == (True, 1000500)
    assert (
        rig.mqtt.topics()[-2:] == ["bridge/info", "bridge/response/permit_join"]
        or "bridge/info" in rig.mqtt.topics()[-3:]
    )


WRONG: tuple[tuple[str, Any, str], ...] = (
    ("permit_join", {"value": True}, "Invalid payload"),
    ("permit_join", "true", "Invalid payload"),
    ("permit_join", "null", "Invalid payload"),
    ("permit_join", {"time": 300}, "Cannot permit join for more than 254 seconds."),
    ("permit_join", {"time": 5, "device": "nobody"}, "Device 'nobody' does not exist"),
    ("device/rename", {"from": "lamp"}, "Invalid payload"),
    ("device/rename", "lamp", "Invalid payload"),
    ("device/remove", {}, "Invalid payload"),
    ("device/remove", {"id": "nobody"}, "Device 'nobody' does not exist"),
    ("device/options", [], "Invalid payload"),
    ("device/options", {"id": "lamp"}, "Invalid payload"),
    ("device/options", {"id": "nobody", "options": {}}, "Device 'nobody' does not exist"),
    ("device/interview", {}, "Invalid payload"),
    ("device/interview", {"id": "nobody"}, "Device 'nobody' does not exist"),
    ("device/configure", {}, "Invalid payload"),
    ("device/configure", {"id": "Coordinator"}, "Device 'Coordinator' cannot be configured"),
    ("device/configure", "nobody", "Device 'nobody' does not exist"),
)


async def test_a_request_that_is_wrong_gets_the_contracts_text(rig: Rig) -> None:
    await rig.start()
    for path, payload, error in WRONG:
        assert await request(rig, path, payload) == {"data": {}, "error": error, "status": "error"}
        line = {
            "level": "error",
            "message": f"z2m: Request 'zigbee2mqtt/bridge/request/{path}' failed with error: '{error}'",
        }
        await rig.mqtt.wait_for("bridge/logging", lambda seen, line=line: bool(seen == line))


async def test_rename_clears_the_old_topic_and_tells_everything_before_the_answer(rig: Rig) -> None:
    async def rename(ask: r.Rename) -> r.RenameResult:
        revisions = {"NAMES": await rig.put(storage.NAMES, LAMP, Name(friendly_name=ask.new))}
        rig.config["devices"][LAMP]["friendly_name"] = ask.new
        revisions["SETTINGS"] = await rig.put(storage.SETTINGS, "public", PublicSettings(config=rig.config, schema={}))
        return r.RenameResult(old="lamp", new=ask.new, revisions=revisions)

    await rig.bus.serve(operations.RENAME, rename)
    await rig.start()
    await rig.update(LAMP, {"state": "ON"})
    await rig.mqtt.wait_for("lamp")
    before = len(rig.mqtt.seen)
    answer = await request(rig, "device/rename", {"from": "lamp", "to": "floor/lamp"})
    assert answer == {"data": {"from": "lamp", "homeassistant_rename": False, "to": "floor/lamp"}, "status": "ok"}
    seen = [m for m in rig.mqtt.seen[before:] if "request" not in m.topic]
    assert [m.topic for m in seen] == [
        "lamp",
        "bridge/devices",
        "bridge/info",
        "floor/lamp",
        "bridge/response/device/rename",
    ]
    assert (seen[0].payload, seen[0].retain) == ("", True)
    assert seen[3].json == {"linkquality": 120, "state": "ON"}


async def test_remove_clears_the_topic_and_tells_the_tables_before_the_answer(rig: Rig) -> None:
    async def remove(_: r.RemoveDevice) -> r.RemoveDeviceResult:
        devices = await rig.bus.bucket(storage.DEVICES).delete(LAMP)
        names = await rig.bus.bucket(storage.NAMES).delete(LAMP)
        return r.RemoveDeviceResult(ieee=LAMP, name="lamp", revisions={"DEVICES": devices, "NAMES": names})

    await rig.bus.serve(operations.REMOVE_DEVICE, remove)
    await rig.start()
    before = len(rig.mqtt.seen)
    answer = await request(rig, "device/remove", {"id": "lamp", "force": True})
    data = {"block": False, "clear_cache": False, "force": True, "id": "lamp", "keep_config": False}
    assert answer == {"data": data, "status": "ok"}
    topics = [m.topic for m in rig.mqtt.seen[before:] if "request" not in m.topic]
    assert topics == ["lamp", "bridge/groups", "bridge/devices", "bridge/definitions", "bridge/response/device/remove"]


async def test_a_removal_that_fails_names_its_flags(rig: Rig) -> None:
    async def remove(_: r.RemoveDevice) -> r.RemoveDeviceResult:
        raise RequestFailed.of(FailureCode.DELIVERY_FAILED, "asleep")

    await rig.bus.serve(operations.REMOVE_DEVICE, remove)
    await rig.start()
    answer = await request(rig, "device/remove", {"id": LAMP})
    assert (
        answer["error"]
        == "Failed to remove device 'lamp' (block: false, force: false, keep config: false, clear cache: false) (asleep)"
    )
    assert (await request(rig, "device/remove", "lamp"))["error"] == "Failed to remove device 'lamp' (asleep)"


async def test_options_answer_with_before_and_after(rig: Rig) -> None:
    async def options(ask: r.SetOptions) -> r.SetOptionsResult:
        return r.SetOptionsResult(name="lamp", before={}, after=ask.options, restart_required=False)

    await rig.bus.serve(operations.SET_OPTIONS, options)
    await rig.start()
    before = len(rig.mqtt.seen)
    answer = await request(rig, "device/options", {"id": "lamp", "options": {"retain": True}})
    assert answer == {
        "data": {"from": {}, "id": "lamp", "restart_required": False, "to": {"retain": True}},
        "status": "ok",
    }
    await rig.mqtt.settle()
    topics = [m.topic for m in rig.mqtt.seen[before:] if "request" not in m.topic]
    assert topics == [
        "bridge/info",
        "bridge/response/device/options",
        "bridge/devices",
        "bridge/info",
        "bridge/definitions",
    ]


async def test_settings_are_shown_before_the_answer(rig: Rig) -> None:
    async def change(ask: r.ChangeSettings) -> r.ChangeSettingsResult:
        assert ask.options == {"advanced": {"elapsed": True}}
        return r.ChangeSettingsResult(restart_required=False)

    await rig.bus.serve(operations.CHANGE_SETTINGS, change)
    await rig.start()
    before = len(rig.mqtt.seen)
    answer = await request(rig, "options", {"options": {"advanced": {"elapsed": True}}})
    assert answer == {"data": {"restart_required": False}, "status": "ok"}
    topics = [m.topic for m in rig.mqtt.seen[before:] if "request" not in m.topic]
    assert topics == ["bridge/info", "bridge/response/options"]
    assert (await request(rig, "options", {"bogus": 1}))["error"] == "Invalid payload"


async def test_simple_requests_are_answered_from_the_services(rig: Rig) -> None:
    async def check(_: r.CheckCoordinators) -> r.CheckCoordinatorsResult:
        return r.CheckCoordinatorsResult(missing_routers={LAMP: "lamp"})

    async def restart(_: r.RestartAll) -> Reply:
        return Reply()

    await rig.bus.serve(operations.CHECK_COORDINATORS, check)
    await rig.bus.serve(operations.RESTART_ALL, restart)
    await rig.start()
    assert await request(rig, "health_check", "{bad") == {"data": {"healthy": True}, "status": "ok"}
    missing = [{"friendly_name": "lamp", "ieee_address": LAMP}]
    assert await request(rig, "coordinator_check", {}) == {"data": {"missing_routers": missing}, "status": "ok"}
    assert await request(rig, "Restart", {}) == {"data": {}, "status": "ok"}


async def test_an_unknown_request_gets_no_answer(rig: Rig) -> None:
    await rig.start()
    await rig.mqtt.publish("bridge/request/no/such/thing", {})
    await rig.mqtt.publish("bridge/request/", {})
    await request(rig, "health_check", {})
    assert not [topic for topic in rig.mqtt.topics() if topic.startswith("bridge/response/no")]
