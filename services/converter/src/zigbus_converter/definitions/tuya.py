"""Tuya devices that speak standard clusters with Tuya's own attributes."""

from __future__ import annotations

from zigbus_converter.definition import Definition, Fingerprint, Part, WhiteLabel
from zigbus_converter.parts import tuya
from zigbus_converter.parts.meter import Fixed, fixed_meter
from zigbus_converter.parts.usual import MEASUREMENT_POLL_INTERVAL

POLLED_PLUGS = (160, 100, 69, 68, 65, 64)  # application versions of plugs that do not report measurements


def _label(vendor: str, model: str, about: str, manufacturer: str) -> WhiteLabel:
    return WhiteLabel(model, vendor, about, fingerprints=(Fingerprint(model="TS011F", manufacturer=manufacturer),))


DEFINITIONS = (
    Definition(
        fingerprints=(
            Fingerprint(model="TS011F", application_version=192, manufacturer="_TZ3000_2uollq9d", priority=-1),
            *(Fingerprint(model="TS011F", application_version=version, priority=-1) for version in POLLED_PLUGS),
            Fingerprint(model="TS011F", application_version=67, manufacturer="_TZ3000_9ni6xxld", priority=-1),
        ),
        model="TS011F_plug_3",
        vendor="Tuya",
        description="Smart plug (with power monitoring by polling)",
        white_labels=(
            WhiteLabel("TS011F", "VIKEFON"),
            WhiteLabel("BW-SHP15", "BlitzWolf"),
            WhiteLabel("MIUCOT10Z", "AVATTO"),
            WhiteLabel("PLUG-001SPB2", "NEO"),
            _label("BSEED", "TS011F_plug_3_1", "Wall socket with power monitoring", "_TZ3000_2uollq9d"),
            _label("Nous", "A6Z_polling", "Outdoor smart socket", "_TZ3000_266azbg3"),
        ),
        parts=(
            tuya.base(),
            Part(configure=(tuya.greet,)),  # once more
            tuya.switch_with_countdown(),
            tuya.power_outage_memory(),
            tuya.indicator_mode(),
            fixed_meter("power", "current", "voltage", "energy", fixed={"current": Fixed(1000), "energy": Fixed(100)}),
            tuya.child_lock(),
            tuya.measurement_poll(energy_on=(100, 160, 192)),
        ),
        options=(tuya.time_start_option(), MEASUREMENT_POLL_INTERVAL),
        ota=True,
    ),
)
