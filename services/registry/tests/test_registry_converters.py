"""Files with definitions in the data folder; the test plays the converter that accepts or refuses them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from services.registry.tests.registry_home import Home
from structlog.testing import capture_logs

from zigbus.bus import Table
from zigbus.contract import operations, storage
from zigbus.contract import requests as r
from zigbus.contract.base import FailureCode, RequestFailed
from zigbus.contract.household import UserConverter
from zigbus.waiting import until

SETTINGS = "version: 5\nmqtt: {server: 'mqtt://127.0.0.1:1883'}\n"
OFF = SETTINGS + "advanced: {enable_external_js: false}\n"


async def started(home: Home, settings: str = SETTINGS) -> Table[UserConverter]:
    """Start the registry; returns what it shows."""
    home.file.write_text(settings)
    await home.start()
    await home.ready()
    return await home.bus.table(storage.CONVERTERS)


async def serve_converter(home: Home) -> list[str]:
    """Play a converter that refuses code with the word "wrong"; returns the names it was asked about."""
    asked: list[str] = []

    async def check(ask: r.CheckConverter) -> r.CheckConverterResult:
        asked.append(ask.name)
        if "wrong" in ask.code:
            raise RequestFailed.of(FailureCode.INVALID, "line 2: it is wrong", line=2, reason="it is wrong")
        return r.CheckConverterResult(models=("Acme TH-9",))

    await home.bus.serve(operations.CHECK_CONVERTER, check)
    return asked


def folder(home: Home) -> Path:
    path = home.data / "external_converters"
    path.mkdir(exist_ok=True)
    return path


def shown(table: Table[UserConverter]) -> dict[str, str]:
    return {file.name: file.code for file in table.values()}


async def refused(home: Home, operation: Any, ask: Any) -> str:
    with pytest.raises(RequestFailed) as caught:
        await home.bus.call(operation, ask)
    return caught.value.failure.text


async def test_file_counts_from_when_it_is_saved_until_it_is_deleted(home: Home) -> None:
    await serve_converter(home)
    table = await started(home)
    file = folder(home) / "acme.py"
    file.write_text("one")
    await until(lambda: shown(table) == {"acme.py": "one"})
    file.write_text("two!")
    await until(lambda: shown(table) == {"acme.py": "two!"})
    file.unlink()
    await until(lambda: shown(table) == {})


async def test_files_that_are_not_for_a_converter_are_left_alone(home: Home) -> None:
    asked = await serve_converter(home)
    for name in (".tmp-1.py", "acme.js.invalid", "README.md"):
        (folder(home) / name).write_text("x")
    (folder(home) / "cache.py").mkdir()
    (folder(home) / "acme.mjs").write_text("x")
    table = await started(home)
    await until(lambda: shown(table) == {"acme.mjs": "x"})
    assert asked == ["acme.mjs"]


async def test_refused_file_leaves_its_predecessor_also_when_the_registry_starts_again(home: Home) -> None:
    await serve_converter(home)
    table = await started(home)
    file = folder(home) / "acme.py"
    file.write_text("good")
    await until(lambda: shown(table) == {"acme.py": "good"})
    with capture_logs() as lines:
        file.write_text("now wrong")
        await until(lambda: any(line["event"] == "user_converter_refused" for line in lines))
    (line,) = [line for line in lines if line["event"] == "user_converter_refused"]
    assert {key: line[key] for key in ("file", "line", "error", "effect", "log_level")} == {
        "file": "acme.py",
        "line": 2,
        "error": "line 2: it is wrong",
        "effect": "the one before it stays",
        "log_level": "error",
    }
    await home.stop()
    with capture_logs() as lines:
        await home.start()
        await until(lambda: any(line["event"] == "user_converter_refused" for line in lines))
    assert shown(table) == {"acme.py": "good"}
    file.write_text("good again")
    await until(lambda: shown(table) == {"acme.py": "good again"})


async def test_file_that_came_before_any_converter_counts_when_there_is_one(home: Home) -> None:
    (folder(home) / "acme.py").write_text("one")
    table = await started(home)
    await serve_converter(home)
    await until(lambda: shown(table) == {"acme.py": "one"})


async def test_requests_save_and_remove_files(home: Home) -> None:
    await serve_converter(home)
    table = await started(home)
    saved = await home.bus.call(operations.SAVE_CONVERTER, r.SaveConverter(name="my acme.py", code="# °C"))
    assert await table.until(saved.revisions["CONVERTERS"], 60)
    assert shown(table) == {"my acme.py": "# °C"}
    assert (folder(home) / "my acme.py").read_text("utf-8") == "# °C"
    removed = await home.bus.call(operations.REMOVE_CONVERTER, r.RemoveConverter(name="my acme.py"))
    assert await table.until(removed.revisions["CONVERTERS"], 60)
    assert shown(table) == {}
    assert list(folder(home).iterdir()) == []


async def test_file_that_is_refused_is_not_kept(home: Home) -> None:
    await serve_converter(home)
    table = await started(home)
    await home.bus.call(operations.SAVE_CONVERTER, r.SaveConverter(name="acme.py", code="one"))
    error = await refused(home, operations.SAVE_CONVERTER, r.SaveConverter(name="acme.py", code="wrong"))
    assert error == "acme.py contains invalid code: line 2: it is wrong"
    assert (folder(home) / "acme.py").read_text() == "one"
    assert shown(table) == {"acme.py": "one"}
    large = r.SaveConverter(name="acme.py", code="#" * 600_000)
    assert "larger than 512 KiB" in await refused(home, operations.SAVE_CONVERTER, large)


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("acme.txt", "Converter file must have '.py', '.js' or '.mjs' extension"),
        ("../acme.py", "Invalid payload"),
        ("a/b.py", "Invalid payload"),
        ("a\\b.py", "Invalid payload"),
        (".py", "Invalid payload"),
        ("a..py", "Invalid payload"),
    ],
)
async def test_file_is_not_saved_under_a_wrong_name(home: Home, name: str, error: str) -> None:
    await serve_converter(home)
    await started(home)
    assert await refused(home, operations.SAVE_CONVERTER, r.SaveConverter(name=name, code="x")) == error


async def test_file_that_is_not_there_cannot_be_removed(home: Home) -> None:
    await started(home)
    path = home.data / "external_converters" / "acme.py"
    error = await refused(home, operations.REMOVE_CONVERTER, r.RemoveConverter(name="acme.py"))
    assert error == f"acme.py ({path}) doesn't exists"
    error = await refused(home, operations.REMOVE_CONVERTER, r.RemoveConverter(name="../configuration.yaml"))
    assert error == "Invalid payload"
    assert home.file.exists()


async def test_nothing_is_shown_while_it_is_off(home: Home) -> None:
    await serve_converter(home)
    table = await started(home)
    (folder(home) / "acme.py").write_text("one")
    await until(lambda: shown(table) == {"acme.py": "one"})
    await home.stop()
    await started(home, OFF)
    await until(lambda: shown(table) == {})
    assert (folder(home) / "acme.py").exists()


async def test_extensions_of_the_original_are_named_and_left_alone(home: Home) -> None:
    path = home.data / "external_extensions"
    path.mkdir()
    (path / "mine.js").write_text("class Mine {}")
    with capture_logs() as lines:
        await started(home)
    assert [line["name"] for line in lines if line["event"] == "external_extension_ignored"] == ["mine.js"]
    assert (path / "mine.js").exists()
