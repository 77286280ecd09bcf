"""Writes the Grafana dashboard: panels are rows of a table here instead of a thousand lines of JSON by hand.

`python deploy/dashboard.py` writes deploy/grafana/dashboards/zigbus.json; a test keeps it equal and checks that
every metric in it exists.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).parent / "grafana" / "dashboards" / "zigbus.json"
WIDTH, HEIGHT, PER_ROW = 8, 8, 3
SOURCE = {"type": "prometheus", "uid": "prometheus"}


@dataclass(frozen=True)
class Panel:
    """One panel: a title, a unit of Grafana's, and pairs of query and legend."""

    title: str
    unit: str
    queries: tuple[tuple[str, str], ...]


def _quantile(quantile: float) -> tuple[tuple[str, str], ...]:
    query = f"histogram_quantile({quantile}, sum by (le, hop) (rate(zigbus_hop_seconds_bucket[1m])))"
    return ((query, "{{hop}}"),)


PANELS = (
    Panel("Hop latency, p50", "s", _quantile(0.5)),
    Panel("Hop latency, p95", "s", _quantile(0.95)),
    Panel("Hop latency, p99", "s", _quantile(0.99)),
    Panel("Messages per second", "cps", (("sum by (hop) (rate(zigbus_hop_seconds_count[1m]))", "{{hop}}"),)),
    Panel(
        "Waiting messages",
        "short",
        (
            ("zigbus_radio_outbox_depth", "radio: not stored by NATS yet"),
            ("zigbus_converter_waiting_updates", "converter: not stored by NATS yet"),
            ("zigbus_gateway_waiting", "gateway: waiting for the broker"),
            ("zigbus_gateway_in_flight", "gateway: not confirmed by the broker"),
        ),
    ),
    Panel(
        "Lost, dropped, malformed",
        "short",
        (
            ("increase(zigbus_radio_outbox_dropped_total[5m])", "radio: outbox full"),
            ("sum(increase(zigbus_radio_malformed_total[5m]))", "radio: malformed frames"),
            ("increase(zigbus_converter_dropped_updates_total[5m])", "converter: updates dropped"),
            ("sum(increase(zigbus_converter_failures_total[5m]))", "converter: converters that raised"),
            (
                "sum by (reason) (increase(zigbus_gateway_actions_dropped_total[5m]))",
                "gateway: actions dropped, {{reason}}",
            ),
        ),
    ),
    Panel(
        "Restarts in the last hour",
        "short",
        (("changes(process_start_time_seconds{job='zigbus'}[1h])", "{{service}}"),),
    ),
    Panel("Memory (RSS)", "bytes", (("process_resident_memory_bytes{job='zigbus'}", "{{service}}"),)),
    Panel("CPU", "percentunit", (("rate(process_cpu_seconds_total{job='zigbus'}[1m])", "{{service}}"),)),
    Panel(
        "Connections",
        "short",
        (
            ("zigbus_bus_connected", "{{service}}: bus"),
            ("zigbus_radio_stick_up", "stick"),
            ("zigbus_gateway_broker_connected", "broker"),
        ),
    ),
    Panel(
        "Log lines, warnings and errors",
        "short",
        (("increase(zigbus_log_lines_total{level=~'warning|error'}[5m])", "{{service}}: {{level}}"),),
    ),
    Panel(
        "Requests to devices per minute",
        "short",
        (("60 * sum by (operation, outcome) (rate(zigbus_radio_requests_total[5m]))", "{{operation}}: {{outcome}}"),),
    ),
)


def dashboard() -> str:
    """Return the dashboard as Grafana reads it."""
    content = {
        "uid": "zigbus",
        "title": "zigbus",
        "tags": ["zigbus"],
        "timezone": "browser",
        "schemaVersion": 39,
        "refresh": "5s",
        "time": {"from": "now-30m", "to": "now"},
        "editable": False,
        "panels": [_panel(number, panel) for number, panel in enumerate(PANELS)],
    }
    return json.dumps(content, indent=1) + "\n"


def _panel(number: int, panel: Panel) -> dict[str, object]:
    row, column = divmod(number, PER_ROW)
    targets = [
        {"refId": chr(ord("A") + n), "expr": query, "legendFormat": legend, "datasource": SOURCE}
        for n, (query, legend) in enumerate(panel.queries)
    ]
    return {
        "id": number + 1,
        "type": "timeseries",
        "title": panel.title,
        "datasource": SOURCE,
        "gridPos": {"x": column * WIDTH, "y": row * HEIGHT, "w": WIDTH, "h": HEIGHT},
        "fieldConfig": {"defaults": {"unit": panel.unit, "min": 0}, "overrides": []},
        "options": {"legend": {"displayMode": "list", "placement": "bottom"}, "tooltip": {"mode": "multi"}},
        "targets": targets,
    }


if __name__ == "__main__":
    FILE.write_text(dashboard(), encoding="utf-8")
