"""Files of the household in the running service; the test plays registry and radio."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from services.converter.tests.converter_home import SWITCH, Home, switch

from zigbus.bus import Table
from zigbus.bus.nats_server import NatsServer
from zigbus.contract import operations, storage
from zigbus.contract import requests as r
from zigbus.contract.base import FailureCode, RequestFailed
from zigbus.contract.definitions import DefinitionRecord
from zigbus.contract.devices import DeviceDescription
from zigbus.contract.household import UserConverter
from zigbus.waiting import until

NAME = "mine.py"
ONE = """\
from zigbus_converter.definition import Definition, Part, Receiver
from zigbus_converter.effects import Bind, Merge

def receive(frame, device):
    yield Merge({"mine": frame.value(0)})

def set_up(device):
    yield Bind(endpoint=2, clusters=(6,))

PART = Part(receivers=(Receiver(6, ("report",), receive),), configure=(set_up,))
DEFINITIONS = (Definition(models=("lumi.ctrl_neutral1",), model="M1", vendor="Mine", description="one", parts=(PART,)),)
"""
REPORT = "18SS0a000010%02x"  # on/off


async def put(home: Home, code: str | None) -> None:
    """Put the file on the bus, as the registry does, or take it away."""
    bucket, key = home.bus.bucket(storage.CONVERTERS), storage.converter_key(NAME)
    await (bucket.delete(key) if code is None else bucket.put(key, UserConverter(name=NAME, code=code)))


async def records(home: Home) -> Table[DefinitionRecord]:
    return await home.bus.table(storage.DEFINITIONS)


def shown(table: Table[DefinitionRecord]) -> tuple[str, str | None]:
    record = table.get(SWITCH)
    return ("", None) if record is None else (record.source, record.description)


def unknown() -> DeviceDescription:
    return msgspec.structs.replace(switch(), model="TH-9", manufacturer="Acme")


async def test_file_goes_before_the_native_definition_until_it_is_removed(home: Home, nats_server: NatsServer) -> None:
    await put(home, ONE)
    await home.start(switch())
    async with home.converter(nats_server.url):
        table = await records(home)
        await until(lambda: shown(table) == ("external", "one"))
        home.report(SWITCH, REPORT % 1, 2, 6)
        await home.expect(SWITCH, {"mine": True})
        await put(home, ONE.replace('"one"', '"two"').replace('"mine"', '"yours"'))
        await until(lambda: shown(table) == ("external", "two"))
        home.report(SWITCH, REPORT % 0, 2, 6)
        await home.expect(SWITCH, {"yours": False})
        await put(home, None)
        await until(lambda: shown(table)[0] == "native")


async def test_device_is_set_up_anew_by_the_definition_that_came(home: Home, nats_server: NatsServer) -> None:
    await home.start(unknown())
    async with home.converter(nats_server.url):
        await home.definition(SWITCH, configured=True)
        home.calls.clear()
        await put(home, ONE.replace("lumi.ctrl_neutral1", "TH-9"))
        await until(lambda: any(isinstance(call, r.BindRequest) for call in home.calls))
        (bind,) = [call for call in home.calls if isinstance(call, r.BindRequest)]
        assert (bind.endpoint, bind.cluster) == (2, 6)
        record = await home.definition(SWITCH, configured=True)
        assert record.source == "external"


async def test_file_that_no_longer_loads_changes_nothing(home: Home, nats_server: NatsServer) -> None:
    await home.start(switch())
    async with home.converter(nats_server.url):
        table = await records(home)
        await put(home, ONE)
        await until(lambda: shown(table) == ("external", "one"))
        await put(home, "nonsense(")
        await put(home, ONE.replace('"one"', '"three"'))
        await until(lambda: shown(table) == ("external", "three"))


@pytest.mark.parametrize(
    ("code", "line", "text"),
    [
        ("\nnonsense", 2, "line 2: NameError: name 'nonsense' is not defined"),
        ("DEFINITIONS = 1", 1, "line 1: DEFINITIONS must be a tuple"),
    ],
)
async def test_wrong_file_is_refused_by_a_check(
    home: Home, nats_server: NatsServer, code: str, line: int, text: str
) -> None:
    await home.start(switch())
    async with home.converter(nats_server.url):
        checked = await home.bus.call(operations.CHECK_CONVERTER, r.CheckConverter(name=NAME, code=ONE))
        assert checked.models == ("Mine M1",)
        with pytest.raises(RequestFailed) as refused:
            await home.bus.call(operations.CHECK_CONVERTER, r.CheckConverter(name=NAME, code=code))
        failure = refused.value.failure
        assert (failure.code, failure.facts["line"]) == (FailureCode.INVALID, line)
        assert failure.text.startswith(text)


async def test_definition_is_generated_for_any_device_that_is_known(home: Home, nats_server: NatsServer) -> None:
    await home.start(switch())
    async with home.converter(nats_server.url):
        answer: Any = await home.bus.call(
            operations.GENERATE_DEFINITION, r.GenerateDefinition(ieee=SWITCH), ieee=SWITCH
        )
        assert "models=('lumi.ctrl_neutral1',)" in answer.python
        assert "zigbeeModel: ['lumi.ctrl_neutral1']" in answer.javascript
        nobody = "0x00000000000000ff"
        with pytest.raises(RequestFailed, match="No such device"):
            await home.bus.call(operations.GENERATE_DEFINITION, r.GenerateDefinition(ieee=nobody), ieee=nobody)
        found: Any = await home.bus.call(operations.FIND_MODELS, r.FindModels(words="qbkg04lm"))
        assert [model.vendor for model in found.models] == ["Xiaomi"]
