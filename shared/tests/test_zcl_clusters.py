"""Cluster tables: the names the contract lists, and commands from and to octets."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zigbus.zcl.clusters import CLUSTERS, CLUSTERS_BY_NAME, CUSTOM_CLUSTERS, Command
from zigbus.zcl.types import IDS, ParseError

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
    assert CUSTOM_CLUSTERS["manuSpecificLumi"].id not in CLUSTERS


def test_a_manufacturers_attribute_is_found_with_its_code_only() -> None:
    diagnostic = CLUSTERS_BY_NAME["haDiagnostic"]
    attribute = diagnostic.attribute("danfossSystemStatusCode")
    assert diagnostic.attribute_of(attribute.id, 0x1246) == attribute
    assert diagnostic.attribute_of(attribute.id) is None


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


def test_the_tables_use_known_types_and_unique_names() -> None:
    for cluster in CLUSTERS_BY_NAME.values():
        names = [a.name for a in (*cluster.attributes.values(), *cluster.manufacturer_attributes.values())]
        assert len(names) == len(set(names)), cluster.name
    forms = {parameter.form for command in COMMANDS for parameter in command.parameters}
    assert forms - set(IDS) == {"bytes", "uint8[]", "uint16[]"}


@given(st.sampled_from(COMMANDS), st.binary(max_size=40))
def test_any_octets_give_parameters_or_a_parse_error(command: Command, payload: bytes) -> None:
    try:
        values = command.decode(payload)
    except ParseError:
        return
    assert set(values) <= {parameter.name for parameter in command.parameters}
