"""Compares what zigbus tells Home Assistant with what zigbee2mqtt tells, for every definition of its catalogue.

    node tests/parity/node/discovery.js CONVERTERS ZIGBEE2MQTT --groups 300 > told.jsonl
    python -m tests.parity.discovery told.jsonl

CONVERTERS and ZIGBEE2MQTT are the folders of the packages. Texts that name the program are left out, templates are compared
by what they give. Prints every kind of difference with an example; the last line is the score.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec

from tests.parity.templates import same
from zigbus.contract.definitions import DefinitionRecord, Expose
from zigbus.contract.devices import (
    AdapterDescription,
    DeviceDescription,
    EndpointDescription,
    InterviewState,
    LogicalType,
)
from zigbus.contract.household import GatewaySettings, Group, GroupMember, HomeAssistantSettings, MqttSettings, Name
from zigbus_gateway.entities import Household
from zigbus_gateway.homeassistant.planner import Planner

STICK = "0x00124b0012345678"
SETTINGS = {
    "plain": GatewaySettings(mqtt=MqttSettings()),
    "more": GatewaySettings(
        mqtt=MqttSettings(),
        last_seen="ISO_8601",
        discovery=HomeAssistantSettings(
            legacy_action_sensor=True, experimental_event_entities=True, frontend_url="http://home"
        ),
    ),
}
# Kinds of difference that are wanted, with their reason.
WANTED = {
    "sensor.preserve_name": "the original publishes a key that is meant for itself",
    "select.icon": "the original has a blank in the name of the icon",
    "switch.group": "switches with a property of their own are no part of the group of main switches",
    "only ours: switch": "same",
    "defaults": "same",
    "light.group": "a member with several lights on one endpoint is listed with all of them, not with the last",
    "cover.group": "same for covers",
    "climate.mode_state_template": "BTH-RM: heat while it has not said whether it heats or cools",
    "original raises": "definitions without limits of a setpoint stop its discovery; ours leaves the thermostat out",
}
PROGRAM = ("origin", "via_device", "sw_version")  # keys whose value names the program, or a device of ours


class Everything:
    """Contains every key."""

    def __contains__(self, _: object) -> bool:
        return True


class Comparison:
    """Counts entities and differences."""

    def __init__(self) -> None:
        self.entities = self.equal = self.unwanted = 0
        self.kinds: Counter[str] = Counter()
        self.examples: dict[str, str] = {}
        self.devices: dict[str, tuple[DeviceDescription, DefinitionRecord]] = {}
        self.home = Household({}, {}, {}, {}, {})

    def differs(self, kind: str, example: Any) -> None:
        """Count a difference."""
        self.kinds[kind] += 1
        self.unwanted += not any(kind.startswith(wanted) for wanted in WANTED)
        self.examples.setdefault(kind, json.dumps(example, default=str)[:500])

    def planner(self, way: str) -> Planner:
        """Our plan under the same settings."""
        return Planner(self.home, SETTINGS[way], Everything() if way == "more" else ())

    def take(self, line: dict[str, Any]) -> None:
        """Compare one device or group."""
        who = self._group(line) if "group" in line else self._device(line)
        name = line.get("model") or f"group {line['group']}"
        try:
            ours = self.planner(line["way"]).messages(who) or {}
        except Exception as error:  # every definition is to be seen
            self.differs(f"we raise {error!r}"[:80], name)
            return
        if "error" in line:
            self.differs(f"original raises {line['error']}"[:90], [name, list(ours)])
            return
        theirs = line["messages"]
        for topic in theirs.keys() | ours.keys():
            self.entities += 1
            if topic not in ours or topic not in theirs:
                side = "original" if topic in theirs else "ours"
                self.differs(
                    f"only {side}: {topic.split('/')[0]}", [name, topic, (theirs.get(topic) or ours.get(topic))]
                )
                continue
            self.equal += self._equal(name, theirs[topic], msgspec.to_builtins(ours[topic]), line)
        shape = self.planner(line["way"]).shape(who)
        if line["defaults"] != shape.defaults:
            self.differs("defaults", [name, line["defaults"], shape.defaults])

    def _equal(self, name: str, theirs: dict[str, Any], ours: dict[str, Any], line: dict[str, Any]) -> bool:
        equal = True
        for key in sorted(theirs.keys() | ours.keys()):
            one, two = theirs.get(key, "-"), ours.get(key, "-")
            if key == "device":
                one, two = ({k: v for k, v in device.items() if k not in PROGRAM} for device in (one, two))
            if key in PROGRAM or one == two:
                continue
            if key.endswith("template") and isinstance(one, str) and isinstance(two, str):
                found = same(one, two, _values(line))
                if found is None:
                    continue
                one = [one, found]
            equal = False
            self.differs(f"{theirs.get('default_entity_id', '?').split('.')[0]}.{key}", [name, one, two])
        return equal

    def _device(self, line: dict[str, Any]) -> str:
        ieee: str = line["ieee"]
        device = DeviceDescription(
            ieee=ieee,
            coordinator="main",
            nwk=1,
            interview=InterviewState.SUCCESSFUL,
            endpoints={number: EndpointDescription(profile=260, device_type=0) for number in line["endpoints"]},
            software_build="1.2",
            hardware_version=3,
        )
        record = DefinitionRecord(
            ieee=ieee,
            device_revision=1,
            model=line["model"],
            vendor=line["vendor"],
            description=line["description"],
            exposes=msgspec.convert([_without_presets(e) for e in line["exposes"]], tuple[Expose, ...], strict=False),
            supports_ota=line["ota"],
            endpoint_names=line["names"],
        )
        self.devices[ieee] = (device, record)
        self._furnish([ieee], {})
        return ieee

    def _group(self, line: dict[str, Any]) -> str:
        key = str(line["group"])
        members = tuple(GroupMember(ieee=ieee, endpoint=endpoint) for ieee, endpoint in line["members"])
        self._furnish([member.ieee for member in members], {key: Group(id=line["group"], members=members)})
        return key

    def _furnish(self, ieees: list[str], groups: dict[str, Group]) -> None:
        adapter = AdapterDescription(type="ZStack3x0", meta={"revision": 20230507})
        stick = DeviceDescription(
            ieee=STICK, coordinator="main", nwk=0, logical_type=LogicalType.COORDINATOR, adapter=adapter
        )
        found = {ieee: self.devices[ieee] for ieee in ieees}
        names = {key: Name(friendly_name=key) for key in ieees} | {k: Name(friendly_name=f"group {k}") for k in groups}
        devices = {STICK: stick, **{ieee: device for ieee, (device, _) in found.items()}}
        self.home = Household(devices, {ieee: record for ieee, (_, record) in found.items()}, names, {}, groups)


def _without_presets(expose: dict[str, Any]) -> dict[str, Any]:
    """An expose without what may be null there and discovery does not read."""
    return {key: value for key, value in expose.items() if key != "presets"} | (
        {"features": [_without_presets(feature) for feature in expose["features"]]} if "features" in expose else {}
    )


def _values(line: dict[str, Any]) -> dict[str, list[Any]]:
    """What properties may be, from the exposes."""
    versions = {"latest_version": 2, "installed_version": 1}
    updates = [{**versions, "state": "available"}, {**versions, "state": "updating", "progress": 7}]
    found: dict[str, list[Any]] = {"volume_level": [0.1, 0.25, 0.3, 0.6, 0.9], "update": updates}

    def walk(exposes: list[dict[str, Any]]) -> None:
        for expose in exposes:
            words = expose.get("values") or [expose[k] for k in ("value_on", "value_off") if k in expose]
            for key in (expose.get("property"), expose.get("name")):
                if key:
                    found.setdefault(key, []).extend(words)
            walk(expose.get("features") or [])

    walk(line.get("exposes", []))
    return found


def main(path: str) -> int:
    """Compare a recording."""
    comparison = Comparison()
    with Path(path).open() as lines:
        for line in lines:
            comparison.take(json.loads(line))
    for kind, count in comparison.kinds.most_common():
        sys.stdout.write(f"{count:6} {kind}\n       {comparison.examples[kind]}\n")
    score = f"{comparison.equal} of {comparison.entities} entities identical"
    sys.stdout.write(f"{score}, {comparison.unwanted} differences are not wanted\n")
    return 1 if comparison.unwanted else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
