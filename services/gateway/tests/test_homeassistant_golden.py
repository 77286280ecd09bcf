"""Discovery of real models, beside what zigbee2mqtt told of them.

data/homeassistant_golden.jsonl was recorded from the code of zigbee2mqtt 2.14.1 with zigbee-herdsman-converters 25
(tests/parity/node/discovery.js): models that between them have nearly every kind of entity. Left out are texts, what all
entities have in common, and templates of more than a line; those are tested by what they give.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from zigbus.contract.base import JsonObject
from zigbus.contract.definitions import DefinitionRecord, Expose
from zigbus.contract.devices import DeviceDescription, EndpointDescription, InterviewState
from zigbus.contract.household import GatewaySettings, MqttSettings, Name
from zigbus_gateway.entities import Household
from zigbus_gateway.homeassistant.planner import Planner

GOLDEN = [
    json.loads(line)
    for line in (Path(__file__).parent / "data" / "homeassistant_golden.jsonl").read_text().splitlines()
]
IEEE = "0x00158d0001020304"
COMMON = frozenset((
    "device", "origin", "availability", "availability_mode", "object_id", "default_entity_id", "unique_id",
))  # fmt: skip


def planner_for(model: dict[str, Any]) -> Planner:
    """A household with one device of the model."""
    device = DeviceDescription(
        ieee=IEEE,
        coordinator="main",
        nwk=1,
        interview=InterviewState.SUCCESSFUL,
        endpoints={number: EndpointDescription(profile=260, device_type=0) for number in model["endpoints"]},
    )
    record = DefinitionRecord(
        ieee=IEEE,
        device_revision=1,
        model=model["model"],
        vendor=model["vendor"],
        exposes=msgspec.convert(model["exposes"], tuple[Expose, ...]),
        supports_ota=model["ota"],
        endpoint_names=model["names"],
    )
    home = Household({IEEE: device}, {IEEE: record}, {IEEE: Name(friendly_name=IEEE)}, {}, {})
    return Planner(home, GatewaySettings(mqtt=MqttSettings()), ())


def without_long_templates(payload: JsonObject, golden: JsonObject) -> JsonObject:
    """Our payload without what the recording leaves out."""
    return {
        key: value
        for key, value in payload.items()
        if key not in COMMON and (key in golden or not key.endswith("template"))
    }


@pytest.mark.parametrize("model", GOLDEN, ids=[model["model"] for model in GOLDEN])
def test_a_model_is_told_as_zigbee2mqtt_tells_it(model: dict[str, Any]) -> None:
    planner = planner_for(model)
    told = json.loads(json.dumps(planner.messages(IEEE)).replace(IEEE, "IEEE"))  # the recording has one word for all
    assert told.keys() == model["messages"].keys()
    for topic, golden in model["messages"].items():
        assert without_long_templates(told[topic], golden) == golden, topic
    assert planner.shape(IEEE).defaults == model["defaults"]
