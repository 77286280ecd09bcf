"""Building blocks in definitions of their own: several endpoints, fans, any attribute."""

from __future__ import annotations

import pytest

from zigbus.contract.base import JsonObject, RequestFailed
from zigbus_converter.bench import Bench, described
from zigbus_converter.definition import Definition, Part
from zigbus_converter.expose import STATE_GET
from zigbus_converter.parts import attribute
from zigbus_converter.parts.fan import fan
from zigbus_converter.parts.light import identify
from zigbus_converter.parts.remote import on_off_commands
from zigbus_converter.parts.siren import warning
from zigbus_converter.parts.switch import on_off
from zigbus_converter.parts.zcl import S16, Attribute

SIDES = {"left": 1, "right": 2}


def bench_of(*parts: Part, endpoints: dict[str, int] | None = None) -> Bench:
    """A device with two endpoints and these parts."""
    bench = Bench(described("anything", {1: ((0, 3, 6, 0x202, 0x502), (6,)), 2: ((0, 6), (6,))}))
    definition = Definition(
        model="X",
        vendor="Y",
        description="Z",
        parts=parts,
        endpoints=endpoints or {},
        multi_endpoint=endpoints is not None,
    )
    bench.definition = definition
    bench.entity.use(definition)
    return bench


def test_a_switch_with_two_gangs_has_a_suffix_everywhere() -> None:
    bench = bench_of(on_off(endpoints=SIDES, power_on_behaviour=False), endpoints=SIDES)
    assert bench.report(6, {0: True}, endpoint=2) == [{"state_right": "ON"}]
    assert bench.set({"state_left": "OFF"}) == (["1:0x0006 command 0x00"], {"state": "OFF"})
    assert bench.set({"state": "TOGGLE"}, "right") == (["2:0x0006 command 0x02"], {"state": "OFF"})
    assert bench.set_up() == [
        frame
        for number in (1, 2)
        for frame in (
            f"{number}:0x0006 bind",
            f"{number}:0x0006 report 0x0000 0/65000/1",
            f"{number}:0x0006 read 0x0000",
        )
    ]


def test_the_buttons_of_a_switch_with_two_gangs_have_the_suffix_in_the_action() -> None:
    bench = bench_of(on_off_commands("on", endpoints=SIDES), endpoints=SIDES)
    assert bench.command(6, 1, endpoint=1) == [{"action": "on_left"}]
    assert bench.entity.assembled is not None
    assert bench.entity.assembled.exposes[0].values == ("on_left", "on_right")


def test_a_fan_is_on_in_every_mode_but_off() -> None:
    bench = bench_of(fan())
    assert bench.set({"fan_mode": "high"}) == (["1:0x0202 write 0x0000=3"], {"fan_mode": "high", "fan_state": "ON"})
    assert bench.set({"fan_state": "OFF"}) == (["1:0x0202 write 0x0000=0"], {"fan_mode": "off", "fan_state": "OFF"})
    assert bench.report(0x202, {0: 5}) == [{"fan_mode": "auto", "fan_state": "ON"}]


def test_a_siren_warns_as_loud_and_as_long_as_wished() -> None:
    bench = bench_of(warning())
    wish: JsonObject = {"mode": "fire", "level": "high", "strobe": False, "duration": 300}
    assert bench.set({"warning": wish}) == (["1:0x0502 command 0x00 222c010001"], {})
    assert bench.set({"warning": {"mode": "stop"}}) == (["1:0x0502 command 0x00 050a000001"], {})
    with pytest.raises(RequestFailed):
        bench.set({"warning": {"mode": "whisper"}})


def test_a_device_shows_itself_for_as_long_as_its_option_says() -> None:
    bench = bench_of(identify())
    assert bench.set({"identify": "identify"}) == (["1:0x0003 command 0x00 0300"], {})
    bench.entity.set_options({"identify_timeout": 30})
    assert bench.set({"identify": "identify"}) == (["1:0x0003 command 0x00 1e00"], {})


def test_an_attribute_that_is_only_read_has_no_way_to_be_set() -> None:
    bench = bench_of(attribute.numeric("tilt_angle", Attribute(0xFC80, 1, S16), STATE_GET, scale=10, unit="°"))
    assert bench.report(0xFC80, {1: -123}) == [{"tilt_angle": -12.3}]
    sender = bench.definition.parts[0].senders[0]
    assert sender.set is None
    assert sender.get is not None
