"""Colours: every notation that clients write, and the way from one space to another.

The pairs of numbers were recorded from zigbee2mqtt 2.14.1.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zigbus.contract.base import Json, RequestFailed
from zigbus_converter.colour import Hsv, Rgb, Xy, hsv_to_rgb, mired_to_xy, parse, rgb_to_hsv, to_xy, xy_to_mired
from zigbus_converter.colour_sync import synced

LIMITS = (153, 500)
part = st.floats(0, 1)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ({"x": 0.7, "y": 0.28}, Xy(0.7, 0.28)),
        ({"x": "0.4", "y": "0.5"}, Xy(0.4, 0.5)),
        ({"r": 255, "g": 0, "b": 51}, Rgb(1, 0, 0.2)),
        ({"rgb": "255,0,51"}, Rgb(1, 0, 0.2)),
        ({"hex": "#FF0033"}, Rgb(1, 0, 0.2)),
        ("#FF0033", Rgb(1, 0, 0.2)),
        ({"h": 120, "s": 100, "l": 50}, Hsv(120, 100, 100)),
        ({"hsl": "120,60,50"}, Hsv(120, 75, 80)),
        ({"h": 10, "s": 20, "b": 30}, Hsv(10, 20, 30)),
        ({"hsb": "10,20,30"}, Hsv(10, 20, 30)),
        ({"h": 10, "s": 20, "v": 30}, Hsv(10, 20, 30)),
        ({"hsv": "10,20,30"}, Hsv(10, 20, 30)),
        ({"h": 370, "s": 20}, Hsv(10, 20)),
        ({"h": 10}, Hsv(10)),
        ({"s": 20}, Hsv(None, 20)),
        ({"hue": 240, "saturation": 80}, Hsv(240, 80)),
        ({"saturation": 80}, Hsv(None, 80)),
    ],
)
def test_every_notation_of_a_colour_is_understood(written: Json, meant: object) -> None:
    assert parse(written) == meant


@pytest.mark.parametrize("written", [{}, {"x": 1}, "red", 5, None, {"rgb": "1,2"}, {"hex": "#nothex"}, {"h": "blue"}])
def test_what_is_no_colour_is_refused(written: Json) -> None:
    with pytest.raises(RequestFailed, match="valid color definition"):
        parse(written)


@pytest.mark.parametrize(
    ("written", "xy"),
    [
        ({"r": 46, "g": 102, "b": 150}, (0.1729, 0.2181)),
        ({"hex": "#547CFF"}, (0.1726, 0.1422)),
        ("#FF0000", (0.7006, 0.2993)),
        ({"rgb": "1,2,250"}, (0.1357, 0.0403)),
        ({"hue": 120, "saturation": 100}, (0.1724, 0.7468)),
        ({"hue": 240, "saturation": 50}, (0.2699, 0.2474)),
        ({"h": 300, "s": 80}, (0.3691, 0.2003)),
        ({"h": 10, "s": 50}, (0.4039, 0.3373)),
    ],
)
def test_colours_have_the_chromaticity_that_clients_know(written: Json, xy: tuple[float, float]) -> None:
    assert to_xy(parse(written)) == Xy(*xy)


@pytest.mark.parametrize(
    ("mired", "x", "y"), [(153, 0.3131, 0.3232), (250, 0.3804, 0.3767), (370, 0.4599, 0.4106), (500, 0.5267, 0.4133)]
)
def test_colour_temperatures_lie_on_the_planckian_locus(mired: int, x: float, y: float) -> None:
    xy = mired_to_xy(mired)
    assert (xy.x, xy.y) == pytest.approx((x, y), abs=0.0002)


@given(st.integers(150, 500))
def test_a_colour_temperature_survives_the_way_over_x_and_y(mired: int) -> None:
    assert xy_to_mired(mired_to_xy(mired)) == pytest.approx(mired, rel=0.02)


@given(part, part, part)
def test_red_green_and_blue_survive_the_way_over_hue_and_saturation(red: float, green: float, blue: float) -> None:
    back = hsv_to_rgb(rgb_to_hsv(Rgb(red, green, blue)))
    assert (back.red, back.green, back.blue) == pytest.approx((red, green, blue), abs=1e-6)


def test_a_new_colour_recalculates_only_what_clients_already_know() -> None:
    new = {"color_mode": "xy", "color": {"x": 0.6867, "y": 0.3052}}
    assert synced(new, {}, LIMITS) == new
    known = {"color": {"hue": 40, "saturation": 49}, "color_temp": 250, "color_mode": "color_temp"}
    assert synced(new, known, LIMITS) == {
        "color_mode": "xy",
        "color": {"x": 0.6867, "y": 0.3052, "hue": 1, "saturation": 99},
        "color_temp": 183,
    }


def test_a_colour_temperature_recalculates_both_notations_of_colour() -> None:
    known = {"color": {"hue": 52, "saturation": 54, "x": 0.3788, "y": 0.3976}, "color_mode": "hs"}
    assert synced({"color_mode": "color_temp", "color_temp": 250}, known, LIMITS) == {
        "color_mode": "color_temp",
        "color_temp": 250,
        "color": {"x": 0.3804, "y": 0.3767, "hue": 40, "saturation": 49},
    }


def test_a_recalculated_colour_temperature_stays_within_the_lamps_limits() -> None:
    red = {"color_mode": "xy", "color": {"x": 0.15, "y": 0.06}}
    assert synced(red, {"color_temp": 300}, LIMITS)["color_temp"] in LIMITS


def test_without_color_sync_only_the_new_keys_are_told() -> None:
    new = {"color_mode": "color_temp", "color_temp": 222, "brightness": 9}
    assert synced(new, {"color": {"x": 0.1, "y": 0.2}}, LIMITS, enabled=False) == {
        "color_mode": "color_temp",
        "color_temp": 222,
    }
