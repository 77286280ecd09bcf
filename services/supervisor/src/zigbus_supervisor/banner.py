"""What a person reads at the start: what runs where, and what to try. Pure."""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit

from zigbus_supervisor.plan import Plan, Situation


def start_text(situation: Situation, plan: Plan) -> str:
    """Return the lines shown before anything is started."""
    rows = [
        ("data", str(situation.data)),
        ("MQTT", _without_password(plan.mqtt_server) if plan.mqtt_server else "none"),
        ("stick", "none configured: a simulated home" if plan.is_demo else (plan.stick or "none")),
        ("NATS", _without_password(situation.nats_url)),
        ("metrics", ", ".join(f"{name} {port}" for name, port in _status_ports(situation, plan))),
    ]
    lines = ["zigbus is starting", *(f"  {name:<8} {text}" for name, text in rows)]
    return "\n".join([*lines, *(f"zigbus: {problem}" for problem in plan.problems), *_suggestions(situation, plan)])


def ready_text(seconds: float) -> str:
    """Return the line shown when everything does its job."""
    return f"zigbus: everything is ready after {seconds:.1f} s"


def _status_ports(situation: Situation, plan: Plan) -> list[tuple[str, int]]:
    running = {"supervisor", *(child.name for child in plan.children)}
    return [(name, port) for name, port in situation.ports.status.items() if name in running and name != "simulator"]


def _suggestions(situation: Situation, plan: Plan) -> list[str]:
    if plan.problems:
        return []
    tool = ".venv/bin/zigbus"
    data = f" --data {situation.data}"
    lines = ["In another terminal:", f"  {tool} devices{data}", f"  {tool} watch{data}"]
    if plan.is_demo:
        lines.append(f"  {tool} sim --data {situation.data / 'simulator'} press wall_switch")
    host, port = _host_and_port(plan.mqtt_server or "")
    return [*lines, f"  mosquitto_sub -h {host} -p {port} -v -t 'zigbee2mqtt/#'"]


def _host_and_port(server: str) -> tuple[str, int]:
    parts = urlsplit(server)
    return parts.hostname or "localhost", parts.port or (8883 if parts.scheme in ("mqtts", "ssl", "tls") else 1883)


def _without_password(url: str) -> str:
    parts = urlsplit(url)
    if parts.username is None and parts.password is None:
        return url
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
