"""What single models need otherwise than their exposes say. Model names are those of definitions."""

from __future__ import annotations

from collections.abc import Callable

from zigbus.contract.base import JsonObject
from zigbus_gateway.homeassistant.draft import choose

Change = Callable[[JsonObject, JsonObject], None]  # gets a payload to change, and the device's options

# Modes of a fan that are speeds, slowest first, and those that are presets.
FAN_MODES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "99432": (("low", "medium", "high", "on"), ("smart",)),  # the fourth speed is called `on`, "Comfort Breeze" `smart`
}

OPERATING_MODES = {"auto": "schedule", "off": "pause"}  # Home Assistant's word -> Bosch's
STEERED_BY_HAND = "manual"


def _bosch(modes: Callable[[JsonObject], list[str]], *, single: bool = False) -> Change:
    """Thermostats that have `operating_mode` beside `system_mode`. `single`: heating is all they can do."""

    def change(payload: JsonObject, options: JsonObject) -> None:
        topic, active = payload.get("mode_command_topic"), modes(options)
        if not isinstance(topic, str) or not topic.endswith("/system_mode"):
            return
        payload["mode_command_topic"] = topic.removesuffix("/system_mode")
        by_hand = f'{{"operating_mode": "{STEERED_BY_HAND}"' + ("}" if single else ', "system_mode": "{{ value }}"}')
        told = ", ".join(f'"{word}": "{mode}"' for word, mode in OPERATING_MODES.items())
        heard = ", ".join(f'"{mode}": "{word}"' for word, mode in OPERATING_MODES.items())
        mode = f'{{{{ value_json.system_mode if value_json.system_mode in {active} else "{active[0]}" }}}}'
        payload["mode_command_template"] = choose(
            (f"value in {active}", by_hand),
            otherwise=f'{{"operating_mode": "{{{{ {{{told}}}.get(value, "pause") }}}}"}}',
        )
        payload["mode_state_template"] = choose(
            (f'value_json.operating_mode == "{STEERED_BY_HAND}"', active[0] if single else mode),
            otherwise=f'{{{{ {{{heard}}}.get(value_json.operating_mode, "off") }}}}',
        )
        payload["modes"] = ["off", *active, "auto"]

    return change


def _wanted_modes(options: JsonObject) -> list[str]:
    """What a thermostat that could do everything is wired for."""
    wiring = {"cool": ["cool"], "heat_cool": ["heat", "cool"]}
    return wiring.get(str(options.get("homeassistant_climate_modes")), ["heat"])


def _aqara_w600(payload: JsonObject, _: JsonObject) -> None:
    """It leaves keys out of its states, or has values that Home Assistant does not know."""
    if str(payload.get("mode_command_topic", "")).endswith("/system_mode"):
        payload |= {
            "mode_state_template": _one_of("system_mode", ["off", "heat", "auto"], "off"),
            "preset_mode_value_template": _one_of("preset", ["home", "away", "sleep", "vacation", "wind_down"], "none"),
            "temperature_state_template": "{{ value_json.occupied_heating_setpoint | default(None) }}",
            "current_temperature_template": "{{ value_json.local_temperature | default(None) }}",
        }


def _one_of(key: str, words: list[str], otherwise: str) -> str:
    return f'{{{{ value_json.{key} if value_json.{key} in {words} else "{otherwise}" }}}}'


def _shutter(payload: JsonObject, _: JsonObject) -> None:
    if "position_topic" in payload:
        payload["device_class"] = "shutter"


CHANGES: dict[str, Change] = {
    "BTH-RA": _bosch(lambda _: ["heat"], single=True),
    "BTH-RM": _bosch(lambda _: ["heat", "cool"]),
    "BTH-RM230Z": _bosch(_wanted_modes),
    "DS-K02D/DS-K02E": _shutter,
    "WT-A03E": _aqara_w600,
}
