"""What the section of an expose says: where it is found, how it is changed and asked for, what it may be."""

from __future__ import annotations

import re

import pytest

from zigbus.contract.definitions import Expose, Preset
from zigbus_converter import expose
from zigbus_converter.docs.exposes import section, summary
from zigbus_converter.docs.options import option_line

SET = "`zigbee2mqtt/FRIENDLY_NAME/set`"
GET = "`zigbee2mqtt/FRIENDLY_NAME/get`"


def tokens(text: str) -> list[str]:
    return re.findall(r"`[^`]+`", text)


@pytest.mark.parametrize(
    ("access", "expected"),
    [
        (1, ["`p`", "`/get`", "`/set`"]),
        (2, ["`/get`", "`/set`", SET, '`{"p": NEW_VALUE}`']),
        (3, ["`p`", "`/get`", "`/set`", SET, '`{"p": NEW_VALUE}`']),
        (5, ["`p`", "`/get`", GET, '`{"p": ""}`', "`/set`"]),
        (7, ["`p`", "`/get`", GET, '`{"p": ""}`', "`/set`", SET, '`{"p": NEW_VALUE}`']),
    ],
)
def test_section_says_what_the_access_bits_allow(access: int, expected: list[str]) -> None:
    assert tokens(section(expose.text("p", access), "B")) == expected


def test_heading_is_the_name_in_layout_a_and_the_label_in_layout_b() -> None:
    shown = expose.numeric("soil_moisture", label="Soil moisture")
    assert section(shown, "A").startswith("### Soil_moisture (numeric)\n")
    assert section(shown, "B").startswith("### Soil moisture (numeric)\n")


def test_heading_names_the_endpoint() -> None:
    assert section(expose.at_endpoint(expose.switch(), "left"), "B").startswith("### Switch (left endpoint)\n")
    assert section(expose.at_endpoint(expose.numeric("power"), "l1"), "B").startswith(
        "### Power (numeric, l1 endpoint)\n"
    )


def test_number_says_its_limits_only_if_it_has_both() -> None:
    assert tokens(section(expose.numeric("p", minimum=1, maximum=9, unit="V"), "B"))[3:] == ["`1`", "`9`", "`V`"]
    assert tokens(section(expose.numeric("p", minimum=1), "B"))[3:] == []


def test_binary_writes_true_and_false_as_json_does() -> None:
    assert tokens(section(expose.binary("contact", on=False, off=True), "B"))[3:] == ["`false`", "`true`"]


def test_description_ends_with_one_full_stop() -> None:
    assert "\nDone.\n" in section(expose.text("p", description="Done."), "B")
    assert "\nDone.\n" in section(expose.text("p", description="Done"), "B")


def test_composite_shows_its_whole_payload_and_each_of_its_parts() -> None:
    inner = expose.composite("inner", [expose.text("note", 2)], 2)
    shown = section(expose.composite("plan", [expose.numeric("hour", 2, minimum=0, maximum=23), inner], 2), "B")
    assert '`{"plan": {"hour": VALUE, "inner": {"note": VALUE}}}`' in shown
    assert re.search(r"^- `hour` \(numeric\): .*`0`.*`23`", shown, re.MULTILINE)
    assert re.search(r"^  - `note` \(text\)", shown, re.MULTILINE)


def test_composite_without_a_property_has_its_parts_at_the_top_of_the_payload() -> None:
    shown = Expose(type="composite", name="plan", access=2, features=(expose.numeric("hour", 2),))
    assert '`{"hour": VALUE}`' in section(shown, "B")


def test_list_says_type_and_number_of_its_items() -> None:
    days = Expose(
        type="list",
        name="d",
        property="d",
        access=2,
        length_min=1,
        length_max=7,
        item_type=expose.enum("day", ("mo", "tu")),
    )
    assert tokens(section(days, "B"))[-5:] == ["`enum`", "`1`", "`7`", "`mo`", "`tu`"]


def test_switch_lists_its_three_payloads() -> None:
    assert tokens(section(expose.switch(), "B")) == [
        "`state`", "`ON`", "`OFF`", SET, '`{"state": "ON"}`', '`{"state": "OFF"}`', '`{"state": "TOGGLE"}`', GET, '`{"state": ""}`',
    ]  # fmt: skip


def test_lock_has_no_toggle_and_tells_what_the_bolt_does() -> None:
    said = tokens(section(expose.lock(), "B"))
    assert said[:3] == ["`state`", "`LOCK`", "`UNLOCK`"]
    assert said[4:6] == ['`{"state": "LOCK"}`', '`{"state": "UNLOCK"}`']
    assert said[-4:] == ["`lock_state`", "`not_fully_locked`", "`locked`", "`unlocked`"]


def test_cover_takes_stop_but_never_shows_it() -> None:
    said = tokens(section(expose.cover(position=True), "B"))
    assert said[:3] == ["`state`", "`OPEN`", "`CLOSE`"]
    assert '`{"state": "STOP"}`' in said
    assert said.index('`{"position": VALUE}`') < said.index("`invert_cover`")


def test_fan_uses_the_properties_of_its_features() -> None:
    said = tokens(section(expose.fan(("low", "high")), "B"))
    assert said[:3] == ["`fan_state`", "`ON`", "`OFF`"]
    assert said[-3:] == ['`{"fan_mode": VALUE}`', "`low`", "`high`"]


def test_light_lists_features_colors_transition_and_moves() -> None:
    features = (
        expose.numeric("brightness", 7, minimum=0, maximum=254),
        expose.numeric("color_temp", 7, minimum=150, maximum=500, presets=(Preset(name="warm", value=454),)),
        expose.composite("color_xy", [expose.numeric("x", 7), expose.numeric("y", 7)], property="color"),
    )
    said = tokens(section(expose.light(features), "B"))
    assert said[:4] == ["`state`", "`brightness`", "`color_temp`", "`color_xy`"]
    assert {
        '`{"brightness": VALUE}`', "`254`", "`warm`", "`454`", '`{"color": {"x": VALUE, "y": VALUE}}`', '`{"color": {"hex": "#547CFF"}}`',
        "`transition`", '`{"brightness_move": -40}`', '`{"color_temp_step": 40}`',
    } <= set(said)  # fmt: skip


def test_light_that_only_switches_says_nothing_of_levels() -> None:
    shown = section(expose.light(()), "B")
    assert "transition" not in shown
    assert '`{"state": VALUE}`' in shown


def test_climate_says_for_each_feature_how_to_change_and_ask() -> None:
    features = (
        expose.numeric("local_temperature", 5, unit="°C"),
        expose.numeric("occupied_heating_setpoint", 7, minimum=5, maximum=30, unit="°C"),
    )
    shown = section(expose.climate(features), "B")
    assert re.search(
        r'^- `local_temperature`: .*`°C`; it cannot be changed\. .*`{"local_temperature": ""}`', shown, re.MULTILINE
    )
    assert re.search(
        r'^- `occupied_heating_setpoint`: .*`{"occupied_heating_setpoint": VALUE}`.*`5`.*`30`', shown, re.MULTILINE
    )


def test_table_on_top_names_each_expose_once() -> None:
    assert summary((expose.switch(), expose.numeric("power"), expose.numeric("power"))) == "switch (state), power"


@pytest.mark.parametrize(
    ("option", "expected"),
    [
        (expose.binary("legacy", 2), ["`legacy`", "`true`", "`false`"]),
        (expose.numeric("offset", 2), ["`offset`"]),
        (expose.numeric("digits", 2, minimum=0, maximum=3), ["`digits`", "`0`", "`3`"]),
        (expose.enum("mode", ("a", "b"), 2), ["`mode`", "`a`", "`b`"]),
        (expose.list_of("times", expose.numeric("time"), 2), ["`times`", "`numeric`"]),
        (expose.text("note", 2), ["`note`"]),
    ],
)
def test_option_line_says_what_the_option_takes(option: Expose, expected: list[str]) -> None:
    line = option_line(option)
    assert line.startswith("* `")
    assert line.endswith(".")
    assert tokens(line) == expected


def test_composite_option_shows_an_example_in_yaml() -> None:
    option = expose.composite("sim", [expose.numeric("delta", 2, minimum=20), expose.binary("word", 2, on="ON")], 2)
    assert '```yaml\nsim:\n  delta: 20\n  word: "ON"\n```' in option_line(option)
