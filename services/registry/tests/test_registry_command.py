"""`zigbus registry --check` and `--describe`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from zigbus_registry.main import main


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = main(list(arguments))
    return code, capsys.readouterr().out


def test_check_prints_every_error_and_exits_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "configuration.yaml").write_text("version: 5\nmqtt: {}\nadvanced: {channel: 5, log_level: loud}\n")
    code, out = run(capsys, "--check", "--data", str(tmp_path))
    assert (code, sorted(out.splitlines())) == (
        1,
        ["advanced/channel must be >= 11", "advanced/log_level must be equal to one of the allowed values"],
    )


def test_check_of_valid_settings_exits_0_and_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "configuration.yaml").write_text("permit_join: true\nmqtt: {server: 'mqtt://x'}\n")
    assert run(capsys, "--check", "--data", str(tmp_path))[0] == 0
    assert [path.name for path in tmp_path.iterdir()] == ["configuration.yaml"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (None, (None, None, "missing", [])),
        ("version: 5\nmqtt:\n  base_topic: x\n", (None, None, "ok", [])),
        ("mqtt: {server: '!secret s'}\nserial: {port: /dev/ttyACM0}\n", ("/dev/ttyACM0", "mqtt://secret", "ok", [])),
        (
            "version: 5\nmqtt: {server: 'mqtt://x'}\nadvanced: {channel: 5}\n",
            (None, "mqtt://x", "invalid", ["advanced/channel must be >= 11"]),
        ),
        (
            "version: 7\n",
            (
                None,
                None,
                "invalid",
                ["Your configuration.yaml has an unsupported version 7, expected one of undefined,2,3,4,5."],
            ),
        ),
        ("serial: 5\nversion: 5\n", (None, None, "invalid", ["serial must be object"])),
    ],
)
def test_describe_says_stick_broker_and_errors(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str | None, expected: tuple[object, ...]
) -> None:
    (tmp_path / "secret.yaml").write_text("s: mqtt://secret\n")
    if text is not None:
        (tmp_path / "configuration.yaml").write_text(text)
    code, out = run(capsys, "--describe", "--data", str(tmp_path))
    described = json.loads(out)
    assert code == 0
    assert (
        described["serial_port"],
        described["mqtt_server"],
        described["configuration"],
        described["errors"],
    ) == expected


def test_describe_counts_the_environment(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZIGBEE2MQTT_CONFIG_SERIAL_PORT", "tcp://stick:6638")
    assert json.loads(run(capsys, "--describe", "--data", str(tmp_path))[1])["serial_port"] == "tcp://stick:6638"


def test_describe_of_a_file_that_is_no_yaml_is_one_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "configuration.yaml").write_text("a: [\n")
    described = json.loads(run(capsys, "--describe", "--data", str(tmp_path))[1])
    assert (described["configuration"], len(described["errors"])) == ("invalid", 1)
