from __future__ import annotations

import sys
from importlib.metadata import EntryPoint

import pytest

from zigbus import cli


def command(value: str) -> EntryPoint:
    return EntryPoint(name="x", value=value, group=cli.GROUP)


def test_help_line_is_read_without_importing_the_command() -> None:
    sys.modules.pop("wsgiref.validate", None)
    assert cli.first_line(command("wsgiref.validate:validator")).startswith("When applied between a WSGI server")
    assert "wsgiref.validate" not in sys.modules


def test_command_without_docstring_of_its_own_is_described_by_its_module() -> None:
    assert cli.first_line(command("zigbus.cli:no_such_function")).startswith("The program `zigbus`")


def test_unknown_command_ends_with_2_and_names_the_help(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["zigbus", "nonsense"])
    assert cli.main() == cli.USAGE
    assert "there is no command 'nonsense'; `zigbus --help` lists them" in capsys.readouterr().err


def test_help_lists_the_commands_that_packages_offer(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["zigbus", "--help"])
    assert cli.main() == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("usage: zigbus COMMAND")
    assert any(line.split()[:2] == ["devices", "List"] for line in lines)
