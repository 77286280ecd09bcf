"""How entities look in Home Assistant, by the name of what they show (contract/homeassistant.md, appendix A).

One row per look, with all names that share it. `icon` is a Material Design icon; `enabled` says whether Home Assistant
shows the entity from the start. Names are exact: `area1Occupancy` is no `area_1_occupancy`.
"""

from __future__ import annotations

from typing import Literal

from zigbus.contract.base import Json, JsonObject

Look = JsonObject  # keys of a discovery payload
Table = dict[str, Look]


def row(
    names: str,
    *,
    device_class: str | None = None,
    state_class: Literal["measurement", "total_increasing"] | None = None,
    category: Literal["config", "diagnostic"] | None = None,
    enabled: bool | None = None,
    icon: str | None = None,
    **payload: Json,
) -> tuple[list[str], Look]:
    """Return the names, separated by blanks, and the keys of their discovery payload."""
    given = {
        "device_class": device_class,
        "state_class": state_class,
        "entity_category": category,
        "enabled_by_default": enabled,
        "icon": None if icon is None else f"mdi:{icon}",
        **payload,
    }
    return names.split(), {key: value for key, value in given.items() if value is not None}


def table(*rows: tuple[list[str], Look]) -> Table:
    """Return the look of every name."""
    return {name: look for names, look in rows for name in names}


BINARY: Table = table(  # binary exposes, settable or not
    row("activity_led_indicator trigger_indicator", icon="led-on"),
    row("area1Occupancy area2Occupancy area3Occupancy area4Occupancy occupancy presence", device_class="occupancy"),
    row("auto_lock button_lock", category="config", icon="lock"),
    row("auto_off", icon="flash-auto"),
    row("away_mode", category="config", icon="home-export-outline"),
    row("battery_low", device_class="battery", category="diagnostic"),
    row("calibration calibration_left calibration_right", category="config", icon="progress-wrench"),
    row(
        "capabilities_configurable_curve capabilities_forward_phase_control capabilities_overload_detection capabilities_reactance_discriminator capabilities_reverse_phase_control status_capacitive_load status_forward_phase_control status_inductive_load status_overload status_reverse_phase_control",
        category="diagnostic",
        icon="tune",
    ),
    row("carbon_monoxide", device_class="carbon_monoxide"),
    row("card", category="config", icon="clipboard-check"),
    row("child_lock", category="config", icon="account-lock"),
    row("color_sync", category="config", icon="sync-circle"),
    row("consumer_connected", device_class="plug"),
    row("contact", device_class="door"),
    row("eco_mode", category="config", icon="leaf"),
    row("enable_display", category="config", icon="monitor"),
    row("expose_pin", category="config", icon="pin"),
    row(
        "flip_indicator_light invert_cover motor_reversal motor_reversal_left motor_reversal_right",
        category="config",
        icon="arrow-left-right",
    ),
    row("frost_protection", category="config", icon="snowflake-thermometer"),
    row("garage_door_contact", device_class="garage_door", payload_on=False, payload_off=True),
    row("gas", device_class="gas"),
    row("heating_stop", category="config", icon="radiator-off"),
    row("indicator indicator_mode led_indication led_enable", category="config", icon="led-on"),
    row("led_disabled_night", category="config", icon="led-off"),
    row("moving", device_class="moving"),
    row("no_position_support", category="config", icon="minus-circle-outline"),
    row("noise_detected", device_class="sound"),
    row("power_outage_memory", category="config", icon="memory"),
    row("rain_status", device_class="moisture", icon="weather-pouring"),
    row("schedule", icon="calendar"),
    row("setup", device_class="running"),
    row("smoke", device_class="smoke"),
    row("sos", device_class="safety"),
    row("tamper", device_class="tamper"),
    row("temperature_scale", category="config", icon="temperature-celsius"),
    row("test", category="diagnostic", icon="test-tube"),
    row("th_heater", icon="heat-wave"),
    row("tilt_mode", category="config", icon="angle-acute"),
    row("valve_alarm", device_class="problem"),
    row("valve_detection", category="config", icon="pipe-valve"),
    row("valve_state", device_class="opening"),
    row("vibration", device_class="vibration"),
    row("water_leak", device_class="moisture"),
    row("window window_open", device_class="window"),
    row("window_detection", category="config", icon="window-open-variant"),
)

NUMERIC: Table = table(  # numeric exposes, settable or not
    row("ac_frequency", device_class="frequency", state_class="measurement"),
    row("action_duration", device_class="duration", icon="timer"),
    row("alarm_humidity_max", device_class="humidity", category="config", icon="water-plus"),
    row("alarm_humidity_min", device_class="humidity", category="config", icon="water-minus"),
    row(
        "alarm_temperature_max comfort_temperature_max",
        device_class="temperature",
        category="config",
        icon="thermometer-high",
    ),
    row(
        "alarm_temperature_min comfort_temperature_min",
        device_class="temperature",
        category="config",
        icon="thermometer-low",
    ),
    row("angle angle_axis", icon="angle-acute"),
    row("apparent_temperature", device_class="temperature", state_class="measurement", icon="thermometer-lines"),
    row("aqi", device_class="aqi", state_class="measurement"),
    row(
        "auto_relock_time away_preset_days boost_heating_countdown_time_set boost_time detection_delay duration fading_time interval_time occupancy_timeout presence_timeout vibration_timeout",
        category="config",
        icon="timer",
    ),
    row(
        "away_preset_temperature comfort_temperature deadzone_temperature eco_temperature",
        category="config",
        icon="thermometer",
    ),
    row("ballast_maximum_level ballast_minimum_level minimum_on_level", category="config"),
    row("ballast_physical_maximum_level ballast_physical_minimum_level", category="diagnostic"),
    row("battery", device_class="battery", state_class="measurement"),
    row("battery2", device_class="battery", state_class="measurement", category="diagnostic"),
    row("battery_voltage", device_class="voltage", state_class="measurement", category="diagnostic", enabled=True),
    row("boost_heating_countdown", device_class="duration"),
    row(
        "calibration calibration_closing_time calibration_opening_time calibration_time calibration_time_left calibration_time_right humidity_calibration illuminance_calibration soil_calibration temperature_calibration",
        category="config",
        icon="wrench-clock",
    ),
    row(
        "calibration_button_hold_time calibration_motor_start_delay",
        category="config",
        enabled=False,
        icon="wrench-clock",
    ),
    row("co2", device_class="carbon_dioxide", state_class="measurement"),
    row("comfort_humidity_max comfort_humidity_min", device_class="humidity", category="config", icon="water-percent"),
    row(
        "cpu_temperature device_temperature internalTemperature",
        device_class="temperature",
        state_class="measurement",
        category="diagnostic",
    ),
    row("cube_side", icon="cube"),
    row("current current_phase_b current_phase_c", device_class="current", state_class="measurement"),
    row("detection_interval noise_timeout", icon="timer"),
    row("dew_point", device_class="temperature", state_class="measurement", icon="thermometer-water"),
    row("distance", device_class="distance", state_class="measurement"),
    row("eco2 voc_parts", device_class="volatile_organic_compounds_parts", state_class="measurement"),
    row("effect_speed", category="config", enabled=False, icon="motion-outline"),
    row("energy", device_class="energy", state_class="total_increasing"),
    row("external_humidity", device_class="humidity", state_class="measurement", icon="water-percent"),
    row("external_temperature", device_class="temperature", state_class="measurement", icon="thermometer"),
    row("external_temperature_input", device_class="temperature", icon="thermometer"),
    row("flow", device_class="volume_flow_rate", state_class="measurement"),
    row("formaldehyd formaldehyde illuminance_raw load_estimate", state_class="measurement"),
    row("gas", device_class="gas", state_class="total_increasing", icon="meter-gas"),
    row("gas_density smoke_density", state_class="measurement", icon="google-circles-communities"),
    row("gust_speed", device_class="wind_speed", state_class="measurement", icon="weather-windy-variant"),
    row("hcho", state_class="measurement", icon="air-filter"),
    row("heat_stress", state_class="measurement", icon="weather-sunny-alert"),
    row("humidex", device_class="temperature", state_class="measurement", icon="thermometer-alert"),
    row("humidity", device_class="humidity", state_class="measurement"),
    row("humidity_max humidity_min", category="config", icon="water-percent"),
    row("illuminance", device_class="illuminance", state_class="measurement"),
    row(
        "large_motion_detection_distance max_range maximum_range minimum_range medium_motion_detection_distance small_detection_distance",
        category="config",
        icon="signal-distance-variant",
    ),
    row(
        "large_motion_detection_sensitivity medium_motion_detection_sensitivity motion_sensitivity occupancy_sensitivity small_detection_sensitivity",
        category="config",
        icon="motion-sensor",
    ),
    row("linkquality", state_class="measurement", category="diagnostic", enabled=False, icon="signal"),
    row("local_temperature temperature temperature_probe", device_class="temperature", state_class="measurement"),
    row("max_temperature max_temperature_limit", category="config", icon="thermometer-high"),
    row(
        "measurement_interval measurement_poll_interval soil_sampling temperature_sampling",
        category="config",
        icon="clock-out",
    ),
    row("min_temperature_limit min_temperature", category="config", icon="thermometer-low"),
    row("noise", device_class="sound_pressure", state_class="measurement"),
    row("noise_detect_level", icon="volume-equal"),
    row("occupancy_level", state_class="measurement", icon="motion-sensor"),
    row("overload_protection", icon="flash"),
    row("people", state_class="measurement", icon="account-multiple"),
    row("pm10", device_class="pm10", state_class="measurement"),
    row("pm25", device_class="pm25", state_class="measurement"),
    row("position", state_class="measurement", icon="valve"),
    row("power power_phase_b power_phase_c", device_class="power", state_class="measurement"),
    row("power_factor", device_class="power_factor", state_class="measurement", category="diagnostic", enabled=False),
    row("power_outage_count trigger_count", state_class="measurement", enabled=False, icon="counter"),
    row("precipitation", device_class="precipitation", state_class="total_increasing", icon="weather-rainy"),
    row("precision", category="config", icon="decimal-comma-increase"),
    row("pressure", device_class="atmospheric_pressure", state_class="measurement"),
    row("pressure_trend", state_class="measurement", icon="trending-up"),
    row("rain_rate", device_class="precipitation_intensity", state_class="measurement", icon="weather-pouring"),
    row("reporting_time", category="config", icon="clock-time-one-outline"),
    row(
        "requested_brightness_level requested_brightness_percent",
        category="diagnostic",
        enabled=False,
        icon="brightness-5",
    ),
    row("sensitivity", category="config", icon="tune"),
    row("soil_fertility", device_class="conductivity", state_class="measurement"),
    row("soil_moisture", device_class="moisture", state_class="measurement"),
    row("soil_warning", category="config", icon="water-percent-alert"),
    row("temperature_max", category="config", icon="thermometer-plus"),
    row("temperature_min", category="config", icon="thermometer-minus"),
    row("temperature_offset", icon="thermometer-lines"),
    row("transition", category="config", icon="transition"),
    row("uv_index", state_class="measurement", icon="white-balance-sunny"),
    row("voc", device_class="volatile_organic_compounds", state_class="measurement"),
    row("voc_index", state_class="measurement", icon="molecule"),
    row("voltage voltage_phase_b voltage_phase_c", device_class="voltage", state_class="measurement"),
    row("water_consumed", device_class="water", state_class="total_increasing"),
    row("wind_chill", device_class="temperature", state_class="measurement", icon="snowflake-thermometer"),
    row("wind_direction", state_class="measurement", icon="compass-outline"),
    row("wind_speed", device_class="wind_speed", state_class="measurement", icon="weather-windy"),
    row("x x_axis", state_class="measurement", icon="axis-x-arrow"),
    row("y y_axis", state_class="measurement", icon="axis-y-arrow"),
    row("z z_axis", state_class="measurement", icon="axis-z-arrow"),
)

ENUM: Table = table(  # enum exposes
    row("action", icon="gesture-double-tap"),
    row("alarm_humidity", category="config", icon="water-percent-alert"),
    row("alarm_temperature", category="config", icon="thermometer-alert"),
    row("backlight_auto_dim", category="config", icon="brightness-auto"),
    row("backlight_mode", category="config", icon="lightbulb"),
    row("calibrate mode_switch sensor", icon="tune"),
    row("color_power_on_behavior", category="config", icon="palette"),
    row(
        "control_mode device_mode load_detection_mode mode_phase_control mode motion_sensitivity operation_mode sensitivity sensors_type switch_type",
        category="config",
        icon="tune",
    ),
    row("effect", enabled=False, icon="palette"),
    row("force", category="config", icon="valve"),
    row("identify", device_class="identify", category="diagnostic"),
    row("keep_time", category="config", icon="av-timer"),
    row("keypad_lockout", category="config", icon="lock"),
    row("load_dimmable", category="config", icon="chart-bell-curve"),
    row("load_type", category="config", icon="led-on"),
    row("melody", category="config", icon="music-note"),
    row("motor_direction", category="config", icon="arrow-left-right"),
    row("motor_state", category="diagnostic", icon="state-machine"),
    row("power_on_behavior power_outage_memory power_supply_mode", category="config", icon="power-settings"),
    row("power_type", category="config", icon="lightning-bolt-circle"),
    row("restart", device_class="restart"),
    row("set_limits", category="config", icon="ray-start-end"),
    row("sound_volume", category="config", icon="volume-high"),
    row("status", icon="state-machine"),
    row("temperature_display_mode thermostat_unit", category="config", icon="thermometer"),
    row("temperature_sensor_select", category="config", icon="home-thermometer"),
    row("temperature_unit", category="config", icon="temperature-celsius"),
    row("update", device_class="update"),
    row("volume", category="config", icon="volume-high"),
    row("weather_condition", icon="weather-partly-cloudy"),
    row("week", category="config", icon="calendar-clock"),
)

TEXT: Table = table(  # text, list and composite exposes
    row("action", icon="gesture-double-tap"),
    row("color_options", icon="palette"),
    row("effect_color", category="config", enabled=False, icon="palette-swatch"),
    row("level_config", category="diagnostic"),
    row("programming_mode", icon="calendar-clock"),
    row("schedule_settings", category="config", icon="calendar-clock"),
)

SWITCH: Table = table(  # switches that are an entity of their own by their property
    row("auto_lock", category="config", icon="lock"),
    row("away_mode", category="config", icon="home-export-outline"),
    row("comfort_smiley", category="config", icon="emoticon-happy-outline"),
    row("enable_display", category="config", icon="monitor"),
    row("indicator", category="config", icon="led-on"),
    row("tilt_mode", category="config", icon="angle-acute"),
    row("valve_detection", category="config", icon="pipe-valve"),
    row("window_detection", category="config", icon="window-open-variant"),
)

KEEP_NAME = frozenset((  # these keep their own name beside a device class, which otherwise names the entity
    "apparent_temperature", "dew_point", "gust_speed", "humidex", "wind_chill",
))  # fmt: skip
