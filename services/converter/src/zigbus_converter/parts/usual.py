"""Exposes and options that many devices share, under their usual names."""

from __future__ import annotations

from zigbus.contract.definitions import Expose
from zigbus_converter import expose
from zigbus_converter.expose import ALL, SET, STATE, STATE_GET, STATE_SET, binary, enum, numeric

ACTION_DESCRIPTION = "What was done at the device just now"


def action(*values: str) -> Expose:
    """Return the events of a device; those of several parts become one list."""
    return enum("action", values, STATE, description=ACTION_DESCRIPTION, category="diagnostic")


def battery(access: int = STATE) -> Expose:
    """Return the battery percentage."""
    late = "; a new value may take a day to arrive" if access == STATE else ""
    return numeric(
        "battery",
        access,
        unit="%",
        minimum=0,
        maximum=100,
        description=f"How full the battery is{late}",
        category="diagnostic",
    )


def battery_voltage(access: int = STATE) -> Expose:
    """Return the battery voltage in millivolts."""
    return numeric("voltage", access, unit="mV", description="Battery voltage in millivolts", category="diagnostic")


def battery_low() -> Expose:
    """Return the warning of an almost empty battery."""
    return binary("battery_low", description="The battery is almost empty", category="diagnostic")


def temperature(access: int = STATE) -> Expose:
    """Return the temperature in degrees Celsius."""
    return numeric("temperature", access, unit="°C", description="Measured temperature")


def humidity(access: int = STATE) -> Expose:
    """Return the relative humidity."""
    return numeric("humidity", access, unit="%", description="Measured relative humidity")


def pressure(access: int = STATE, unit: str = "hPa") -> Expose:
    """Return the air pressure."""
    return numeric("pressure", access, unit=unit, description="Measured air pressure")


def illuminance(access: int = STATE) -> Expose:
    """Return the illuminance in lux."""
    return numeric("illuminance", access, unit="lx", description="Measured illuminance")


def device_temperature(access: int = STATE) -> Expose:
    """Return the temperature inside the device."""
    return numeric(
        "device_temperature", access, unit="°C", description="Temperature of the device", category="diagnostic"
    )


def occupancy(access: int = STATE) -> Expose:
    """Return whether someone is there."""
    return binary("occupancy", access, description="Motion was detected")


def contact(access: int = STATE) -> Expose:
    """Return a door or window contact: true is closed."""
    return binary(
        "contact",
        access,
        on=False,
        off=True,
        description="Whether the contact is closed (true) or open (false)",
        homeassistant={"name": None},
    )


def power_outage_count(description: str = "Number of power outages") -> Expose:
    """Return how often power was lost."""
    return numeric("power_outage_count", description=description, category="diagnostic")


def power_on_behaviour(*values: str) -> Expose:
    """Return what the device does when power comes back."""
    return enum(
        "power_on_behavior",
        values or ("off", "on", "toggle", "previous"),
        ALL,
        label="Power-on behavior",
        description="What the device does when power comes back",
        category="config",
    )


def colour_options() -> Expose:
    """Return whether a lamp takes colours while it is off."""
    about = "Whether color and color temperature can be set while the light is off"
    return expose.composite(
        "color_options",
        (binary("execute_if_off", SET, description=about),),
        ALL,
        description="Advanced color behavior",
        category="config",
    )


def child_lock(access: int = STATE_SET) -> Expose:
    """Return the lock of the buttons on the device."""
    return binary("child_lock", access, on="LOCK", off="UNLOCK", description="Locks the buttons on the device")


def power(access: int = STATE, description: str = "Present power") -> Expose:
    """Return power in watts."""
    return numeric("power", access, unit="W", description=description)


def current(access: int = STATE) -> Expose:
    """Return current in amperes."""
    return numeric("current", access, unit="A", description="Present current")


def voltage(access: int = STATE) -> Expose:
    """Return mains voltage in volts."""
    diagnostic = {"entityCategory": "diagnostic"} if access == STATE_GET else None
    return numeric("voltage", access, unit="V", description="Present voltage", homeassistant=diagnostic)


def energy(access: int = STATE) -> Expose:
    """Return consumed energy in kilowatt hours."""
    return numeric("energy", access, unit="kWh", description="Energy consumed so far")


def link_quality() -> Expose:
    """Return the link quality that every device shows last."""
    return numeric(
        "linkquality",
        unit="lqi",
        minimum=0,
        maximum=255,
        description="Link quality (signal strength)",
        category="diagnostic",
    )


# ---- options ---------------------------------------------------------------------------------------------------------

TRANSITION = numeric(
    "transition",
    SET,
    minimum=0,
    step=0.1,
    description="Seconds that changes of on/off, brightness, colour temperature and colour take (default 0)",
)
COLOR_SYNC = binary(
    "color_sync",
    SET,
    description="Recalculate the other notations of a colour when one of them changes (default true)",
)
STATE_ACTION = binary("state_action", SET, description="Publish changes of the state as `action`, too (default false)")
IDENTIFY_TIMEOUT = numeric(
    "identify_timeout", SET, minimum=1, maximum=30, description="Seconds that the device identifies itself (default 3)"
)
OCCUPANCY_TIMEOUT = numeric(
    "occupancy_timeout",
    SET,
    minimum=0,
    description="Seconds after the last detection until occupancy is cleared (default 90)",
)
NO_OCCUPANCY_SINCE = expose.list_of(
    "no_occupancy_since",
    numeric("time", STATE_SET),
    SET,
    description="Publish `no_occupancy_since` that many seconds after the last detection, e.g. [10, 60]",
)
ILLUMINANCE_RAW = binary("illuminance_raw", SET, description="Publish the raw value of the sensor, too (default false)")
INVERT_COVER = binary(
    "invert_cover", SET, description="Turn position and state round: open is 0, closed is 100 (default false)"
)
COVER_DISABLE_REPORT = binary(
    "cover_position_tilt_disable_report",
    SET,
    description="Do not publish the target of a set message as position or tilt (default false)",
)
EXPOSE_PIN = binary("expose_pin", SET, label="Expose PIN", description="Publish PIN codes (default false)")
THERMOSTAT_UNIT = enum(
    "thermostat_unit", ("celsius", "fahrenheit"), SET, description="Unit of the thermostat (default celsius)"
)
UNFREEZE_SUPPORT = binary(
    "unfreeze_support",
    SET,
    description="Stop a running colour transition before the next command, as some lamps ignore it else (default true)",
)
SIMULATED_BRIGHTNESS = expose.composite(
    "simulated_brightness",
    (
        numeric("delta", SET, minimum=0, description="Change per interval, default 20"),
        numeric("interval", SET, minimum=0, unit="ms", description="Length of an interval"),
    ),
    SET,
    description="Publish a brightness that follows the move actions of the device",
)
MEASUREMENT_POLL_INTERVAL = numeric(
    "measurement_poll_interval",
    SET,
    minimum=-1,
    description="Seconds between reads of the electric measurements, which the device does not report (default 60); -1: never",
)
