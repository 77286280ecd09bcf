"""JavaScript files that people wrote for zigbee2mqtt: loaded in the sandbox, or refused with line and reason."""

from __future__ import annotations

from pathlib import Path

import pytest
from services.converter.tests.converter_home import switch

from zigbus.contract.household import UserConverter
from zigbus_converter.check import check
from zigbus_converter.user_code import Refused
from zigbus_converter.user_converters import UserConverters
from zigbus_converter.zhc.catalogue import Catalogue, CatalogueMissing
from zigbus_converter.zhc.host import Host
from zigbus_converter.zhc.user_scripts import Scripts
from zigbus_converter.zhc.worker import Worker

COMMON_JS = """\
const m = require('zigbee-herdsman-converters/lib/modernExtend');

module.exports = [{
    zigbeeModel: ['lumi.ctrl_neutral1'],
    model: 'MINE', vendor: 'Acme', description: 'Mine',
    extend: [m.onOff()],
}];
"""
MODULE = (
    COMMON_JS.replace("const m = require(", "import * as m from ")
    .replace("');", "';", 1)
    .replace("module.exports =", "export default")
)


@pytest.fixture
def converters() -> UserConverters:
    """Files of the household over the built catalogue."""
    try:
        catalogue = Catalogue()
    except CatalogueMissing as error:
        pytest.skip(str(error))
    return UserConverters(Scripts(Worker(lambda: Host(catalogue))))


@pytest.mark.parametrize(("name", "code"), [("mine.js", COMMON_JS), ("mine.cjs", COMMON_JS), ("mine.mjs", MODULE)])
async def test_file_in_either_form_defines_its_devices(converters: UserConverters, name: str, code: str) -> None:
    assert await converters.changed("key", UserConverter(name=name, code=code))
    definition = converters.identify(switch())
    assert definition is not None
    assert (definition.model, definition.vendor, definition.source) == ("MINE", "Acme", "external")
    (model,) = converters.models()
    assert (model.provider, model.model_ids) == ("user", ("lumi.ctrl_neutral1",))


async def test_other_code_is_another_definition_and_the_same_is_not(converters: UserConverters) -> None:
    await converters.changed("key", UserConverter(name="mine.js", code=COMMON_JS))
    first, again = converters.identify(switch()), converters.identify(switch())
    assert not await converters.changed("key", UserConverter(name="mine.js", code=COMMON_JS))
    assert await converters.changed("key", UserConverter(name="mine.js", code=f"{COMMON_JS}// new"))
    second = converters.identify(switch())
    assert first is not None
    assert again is not None
    assert second is not None
    assert first.elsewhere == again.elsewhere
    assert first.elsewhere != second.elsewhere
    assert await converters.changed("key", None)
    assert converters.identify(switch()) is None


@pytest.mark.parametrize(
    ("code", "line", "reason"),
    [
        ("\nconst a = ;", 2, "SyntaxError"),
        ("\n\nnowhere.at_all();", 3, "ReferenceError: 'nowhere' is not defined"),
        (COMMON_JS.replace("m.onOff()", "m.toaster()"), 6, "not a function"),
        ("module.exports = 3;", None, "required field `model`"),
    ],
)
async def test_wrong_script_is_refused_with_line_and_reason(
    converters: UserConverters, code: str, line: int | None, reason: str
) -> None:
    with pytest.raises(Refused) as refused:
        await converters.check("mine.js", code)
    assert reason in refused.value.reason
    assert refused.value.line == line


async def test_script_that_never_ends_is_refused_and_the_next_one_works(converters: UserConverters) -> None:
    with pytest.raises(Refused):
        await converters.check("mine.js", "while (true) {}")
    (model,) = await converters.check("mine.js", COMMON_JS)
    assert model.model == "MINE"


async def test_refused_version_leaves_the_one_before(converters: UserConverters) -> None:
    await converters.changed("key", UserConverter(name="mine.js", code=COMMON_JS))
    assert not await converters.changed("key", UserConverter(name="mine.js", code="nonsense("))
    assert converters.identify(switch()) is not None


async def test_script_without_a_catalogue_says_what_is_missing(tmp_path: Path) -> None:
    converters = UserConverters(Scripts(Worker(lambda: Host(Catalogue(tmp_path)))))
    with pytest.raises(Refused, match="make catalogue"):
        await converters.check("mine.js", COMMON_JS)


def test_script_is_checked_at_a_terminal(
    converters: UserConverters, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    del converters  # only that there is a catalogue
    (tmp_path / "mine.mjs").write_text(MODULE)
    assert check(tmp_path / "mine.mjs") == 0
    assert "Acme MINE: Mine" in capsys.readouterr().out
    (tmp_path / "mine.mjs").write_text("export default nothing;")
    assert check(tmp_path / "mine.mjs") == 1
    assert "is refused, line 1: ReferenceError" in capsys.readouterr().err
