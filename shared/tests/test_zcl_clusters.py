"""Cluster tables: the names the contract lists, and commands from and to octets."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zigbus.zcl.clusters import CLUSTERS, CLUSTERS_BY_NAME, OWN_CLUSTERS
from zigbus.zcl.commands import FORM_NUMBERS, Command
from zigbus.zcl.types import ParseError

COMMANDS = [
    command
    for cluster in CLUSTERS_BY_NAME.values()
    for command in (*cluster.commands.values(), *cluster.responses.values())
]


@pytest.mark.parametrize(
    ("cluster", "attribute", "id_"),
    [
        ("genBasic", "modelId", 5), ("genOnOff", "startUpOnOff", 0x4003), ("genLevelCtrl", "currentLevel", 0),
        ("lightingColorCtrl", "colorTemperature", 7), ("hvacThermostat", "occupiedHeatingSetpoint", 0x12),
        ("seMetering", "currentSummDelivered", 0), ("haElectricalMeasurement", "rmsVoltage", 0x505),
        ("closuresDoorLock", "lockState", 0), ("manuSpecificLumi", "mode", 9), ("genPollCtrl", "checkinInterval", 0),
    ],
)  # fmt: skip
def test_attributes_of_the_contract_have_their_ids(cluster: str, attribute: str, id_: int) -> None:
    assert CLUSTERS_BY_NAME[cluster].attribute(attribute).id == id_


def test_ids_of_manufacturers_own_clusters_name_nothing_by_themselves() -> None:
    assert CLUSTERS[0xFC57].name == "manuSpecificAmazonWWAH"
    assert OWN_CLUSTERS["lumi"]["manuSpecificLumi"].id not in CLUSTERS


def test_what_a_manufacturer_adds_stands_apart_from_the_standard_cluster() -> None:
    added = OWN_CLUSTERS["danfoss"]["haDiagnostic"]
    assert added.attribute("danfossSystemStatusCode").manufacturer == 0x1246
    assert CLUSTERS[added.id].attribute_of(0x4000) is None


@pytest.mark.parametrize(
    ("cluster", "command", "values", "octets"),
    [
        ("genOnOff", "toggle", {}, ""),
        ("genOnOff", "onWithTimedOff", {"ctrlbits": 0, "ontime": 3000, "offwaittime": 1200}, "00b80bb004"),
        ("genLevelCtrl", "moveToLevel", {"level": 254, "transtime": 10}, "fe0a00"),
        ("genScenes", "recall", {"groupid": 1, "sceneid": 2}, "010002"),
        ("genGroups", "getMembership", {"groupcount": 2, "grouplist": [1, 513]}, "0201000102"),
        ("closuresDoorLock", "lockDoor", {"pincodevalue": b"12"}, "023132"),
        ("manuSpecificTuya", "dataRequest", {"seq": 1, "dpValues": b"\x01\x02"}, "01000102"),
    ],
)
def test_commands_encode_and_decode(command: str, cluster: str, values: dict[str, object], octets: str) -> None:
    form = CLUSTERS_BY_NAME[cluster].command(command)
    assert form.encode(values).hex() == octets
    assert form.decode(bytes.fromhex(octets)) == values


def test_a_missing_parameter_is_named() -> None:
    with pytest.raises(KeyError, match="transtime"):
        CLUSTERS_BY_NAME["genLevelCtrl"].command("moveToLevel").encode({"level": 1})


def test_every_parameter_has_a_known_form() -> None:
    assert {parameter.form for command in COMMANDS for parameter in command.parameters} <= set(FORM_NUMBERS)


@pytest.mark.parametrize(
    ("cluster", "response", "octets", "names"),
    [
        ("genScenes", "addRsp", "0001000200", ["status", "groupId", "sceneId"]),
        ("genScenes", "viewRsp", "8b010002", ["status", "groupid", "sceneid"]),
        ("genScenes", "viewRsp", "00010002050000", ["status", "groupid", "sceneid", "transtime", "scenename", "extensionfieldsets"]),
        ("genOta", "imageBlockResponse", "98", ["status"]),
    ],
)  # fmt: skip
def test_a_parameter_is_read_only_where_it_is_there(cluster: str, response: str, octets: str, names: list[str]) -> None:
    assert list(CLUSTERS_BY_NAME[cluster].response(response).decode(bytes.fromhex(octets))) == names


def test_clusters_are_described_with_all_that_is_known_of_them() -> None:
    on_off = CLUSTERS_BY_NAME["genOnOff"].described()
    assert on_off["attributes"]["startUpOnOff"] == {
        "ID": 0x4003, "name": "startUpOnOff", "type": 0x30, "write": True, "max": 255,
        "special": {"255": "SetToPreviousValue"},
    }  # fmt: skip
    request = CLUSTERS_BY_NAME["genOta"].command("imageBlockRequest").described()
    assert request["parameters"][-1] == {
        "name": "minimumBlockPeriod", "type": 0x21,
        "conditions": [
            {"type": "bitMaskSet", "param": "fieldControl", "mask": 2},
            {"type": "minimumRemainingBufferBytes", "value": 2},
        ],
    }  # fmt: skip


@given(st.sampled_from(COMMANDS), st.binary(max_size=40))
def test_any_octets_give_parameters_or_a_parse_error(command: Command, payload: bytes) -> None:
    try:
        values = command.decode(payload)
    except ParseError:
        return
    assert set(values) <= {parameter.name for parameter in command.parameters}
