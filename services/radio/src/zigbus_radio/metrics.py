"""The radio's metrics, in one place. Frames are counted by kind, faults by cause, requests by operation and outcome."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

FRAMES = Counter("zigbus_radio_frames_total", "Frames heard from devices, by kind of event made of them", ["kind"])
MALFORMED = Counter("zigbus_radio_malformed_total", "Frames that could not be decoded to their end", ["layer"])
IGNORED = Counter("zigbus_radio_ignored_total", "Frames heard and not published, by reason", ["reason"])
SKIPPED_BYTES = Counter(
    "zigbus_radio_serial_skipped_bytes_total", "Bytes on the serial line that belonged to no valid frame"
)
OUTBOX_DEPTH = Gauge("zigbus_radio_outbox_depth", "Events that wait to be stored by NATS")
OUTBOX_DROPPED = Counter("zigbus_radio_outbox_dropped_total", "Events lost because the outbox was full")
REQUESTS = Counter("zigbus_radio_requests_total", "Requests from the bus", ["operation", "outcome"])
REQUEST_SECONDS = Histogram(
    "zigbus_radio_request_seconds",
    "Time to carry out a request from the bus",
    ["operation"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25),
)
STICK_UP = Gauge("zigbus_radio_stick_up", "1 while the stick runs the network of the settings")
RECONNECTS = Counter("zigbus_radio_serial_reconnects_total", "Times that the connection to the stick was lost")
START_SECONDS = Gauge(
    "zigbus_radio_stick_start_seconds", "How long the stick took from opening the port to serving the network"
)
DEVICES = Gauge("zigbus_radio_devices", "Devices known to the coordinator")
INTERVIEWS = Counter("zigbus_radio_interviews_total", "Interviews by outcome", ["outcome"])
