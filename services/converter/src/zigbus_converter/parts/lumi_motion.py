"""Motion sensors of Aqara that report on the maker's own cluster (0xFCC0): motion with illuminance, and their settings."""

from __future__ import annotations

from dataclasses import replace

from zigbus.contract.base import JsonObject
from zigbus_converter.definition import Ask, Device, Frame, Part, Receiver, Sender
from zigbus_converter.effects import Conversation, Effects, Merge
from zigbus_converter.expose import SET, numeric
from zigbus_converter.parts import attribute, usual
from zigbus_converter.parts.base import REPORTS, getter, loose_number, named, taken, write
from zigbus_converter.parts.lumi import CLUSTER, CODE, Tags
from zigbus_converter.parts.own import own_clusters
from zigbus_converter.parts.sensors import still_seen
from zigbus_converter.parts.zcl import U8, U32, Attribute

SEEN_WITH = Attribute(CLUSTER, 0x0112, U32, CODE)  # illuminance plus 2**16, sent only when somebody moves
INTERVAL = Attribute(CLUSTER, 0x0102, U8, CODE)
SENSITIVITY = Attribute(CLUSTER, 0x010C, U8, CODE)
INDICATOR = Attribute(CLUSTER, 0x0152, U8, CODE)

BASE, DARK = 0x10000, 130536  # above it the sensor means darkness
BRIGHTEST_TAG = 65000
ENDS_LATER_S = 2
SENSITIVITIES = {"low": 1, "medium": 2, "high": 3}
TIMEOUT = numeric(
    "occupancy_timeout",
    SET,
    minimum=0,
    step=0.1,
    unit="s",
    description="Seconds after the last detection until occupancy is cleared; no less than the detection interval "
    "(default: that and 2)",
)


def motion(interval_s: float = 60) -> Part:
    """Return occupancy and illuminance; `interval_s` is how often the sensor looks as long as nobody said otherwise."""

    def receive(frame: Frame, device: Device) -> Effects:
        raw = frame.value(SEEN_WITH.id)
        if raw is None:
            return
        known = device.state.get("detection_interval")
        least_s = interval_s if known is None else loose_number(known, "detection_interval")
        wish = device.options.get("occupancy_timeout")
        wish_s = None if wish is None else loose_number(wish, "occupancy_timeout")
        timeout_s = wish_s if wish_s is not None and wish_s >= least_s else least_s + ENDS_LATER_S
        yield from still_seen(device, frame.endpoint, timeout_s)
        yield Merge({"illuminance": 0 if raw > DARK else raw - BASE})

    return Part(
        exposes=(usual.occupancy(), usual.illuminance()),
        receivers=(Receiver(CLUSTER, REPORTS, receive),),
        receive_options=(TIMEOUT, usual.NO_OCCUPANCY_SINCE),
        custom_clusters=own_clusters("lumi"),
    )


def light_level(tags: Tags) -> JsonObject:
    """Read tag 101, the illuminance."""
    value = tags.get(101)
    return {"illuminance": 0 if value > BRIGHTEST_TAG else value} if isinstance(value, int) else {}


def settings_in_heartbeat(tags: Tags) -> JsonObject:
    """Read tags 105 to 107, in which newer sensors repeat their settings."""
    payload: JsonObject = {}
    if 105 in tags:
        payload["detection_interval"] = tags[105]
    if tags.get(106) in SENSITIVITIES.values():
        payload["motion_sensitivity"] = named(tags[106], SENSITIVITIES)
    if 107 in tags:
        payload["trigger_indicator"] = tags[107] == 1
    return payload


def detection_interval(*, to_set_up: bool = False) -> Part:
    """Return how many seconds lie between two detections at least. `to_set_up`: shown among the settings."""
    about = "Least time between two detections; press the pairing button right before changing it"
    return _plain(
        attribute.numeric(
            "detection_interval",
            INTERVAL,
            minimum=2,
            maximum=65535,
            unit="s",
            description=about,
            category="config" if to_set_up else None,
        )
    )


def motion_sensitivity() -> Part:
    """Return how easily the sensor sees motion."""
    about = "How easily motion is seen; press the pairing button right before changing it"
    return _plain(
        attribute.enum("motion_sensitivity", SENSITIVITY, SENSITIVITIES, description=about, category="config")
    )


def trigger_indicator() -> Part:
    """Return whether a light blinks at motion."""
    about = "Blue light blinks at motion; press the pairing button right before changing it"
    part = _plain(attribute.binary("trigger_indicator", INDICATOR, description=about, category="config"))
    return replace(part, senders=(Sender(("trigger_indicator",), set=_send_indicator, get=getter(INDICATOR)),))


def _send_indicator(ask: Ask) -> Conversation:
    yield write(ask.endpoint, INDICATOR, int(bool(ask.value)))
    yield taken("trigger_indicator", ask.value)


def _plain(part: Part) -> Part:
    return replace(part, configure=())
