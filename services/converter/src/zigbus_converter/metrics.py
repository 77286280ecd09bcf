"""Counters of the converter service."""

from __future__ import annotations

from prometheus_client import Counter, Gauge

EVENTS = Counter("zigbus_converter_events_total", "Radio events worked in, by kind", ["kind"])
REPLAYED = Counter("zigbus_converter_replayed_events_total", "Events that came again and were already worked in")
PUBLISHED = Counter("zigbus_converter_updates_total", "Messages published for devices, by cause", ["cause"])
UNCONVERTED = Counter("zigbus_converter_unconverted_total", "Frames that no converter of the device's definition takes")
PARSE_ERRORS = Counter(
    "zigbus_converter_parse_errors_total", "Values of devices that a converter could not read", ["ieee"]
)
FAILURES = Counter("zigbus_converter_failures_total", "Converters that raised", ["ieee", "definition", "provider"])
DROPPED = Counter("zigbus_converter_dropped_updates_total", "Updates dropped because too many wait for NATS")
CONVERSION_SECONDS = Counter(
    "zigbus_converter_conversion_seconds_total", "Time spent working events in, up to handing their updates to the bus"
)
KEYS = Counter("zigbus_converter_keys_total", "Keys of set and get messages, by outcome", ["way", "outcome"])
RADIO_CALLS = Counter(
    "zigbus_converter_radio_calls_total", "Requests to a radio, by operation and outcome", ["operation", "outcome"]
)
CONFIGURED = Counter("zigbus_converter_configure_runs_total", "Runs of a definition's set-up, by outcome", ["outcome"])
STORED = Counter("zigbus_converter_states_stored_total", "Device states written to the bucket")
UNSTORED = Gauge("zigbus_converter_unstored_devices", "Devices whose state changed and is not stored yet")
WAITING = Gauge("zigbus_converter_waiting_updates", "Updates accepted and not yet confirmed by NATS")
KEPT = Gauge("zigbus_converter_kept_requests", "Requests kept for sleeping devices")
DEVICES = Gauge("zigbus_converter_devices", "Devices known")
