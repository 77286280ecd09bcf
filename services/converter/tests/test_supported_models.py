"""The list of models that zigbus knows, and the search in it."""

from __future__ import annotations

import pytest

from zigbus.contract.household import UserConverter
from zigbus.contract.requests import FindModels
from zigbus_converter.catalogue_requests import find_models
from zigbus_converter.provider import native_definitions
from zigbus_converter.supported import found, not_native, supported_models
from zigbus_converter.user_converters import UserConverters
from zigbus_converter.zhc.catalogue import Catalogue
from zigbus_converter.zhc.host import Host
from zigbus_converter.zhc.supported import Supported
from zigbus_converter.zhc.user_scripts import Scripts
from zigbus_converter.zhc.worker import Worker

MODELS = tuple(supported_models(native_definitions(), "native"))


@pytest.mark.parametrize("words", ["QBKG04LM", "xiaomi qbkg", "lumi.ctrl_neutral1", "  Wall   SWITCH xiaomi "])
def test_model_is_found_by_words_of_name_id_and_description(words: str) -> None:
    models = found(MODELS, words, 10).models
    assert ("Xiaomi", "QBKG04LM") in [(model.vendor, model.model) for model in models]


def test_white_label_is_a_model_of_its_own() -> None:
    (label,) = found(MODELS, "ewelink rhk09", 10).models
    assert (label.vendor, label.model) == ("eWeLink", "RHK09")
    assert "occupancy" in label.exposes


def test_only_the_first_matches_are_told_by_vendor_and_model() -> None:
    everything = found(MODELS, "", 100_000)
    names = [(model.vendor.lower(), model.model.lower()) for model in everything.models]
    assert names == sorted(set(names))
    few = found(MODELS, "", 2)
    assert (few.models, few.total) == (everything.models[:2], len(names))


def test_model_of_the_catalogue_that_a_native_definition_takes_is_not_listed_twice() -> None:
    ours = Supported(model="qbkg04lm", vendor="Aqara", description="theirs", models=("lumi.ctrl_neutral1",))
    other = Supported(model="QBKG04LM", vendor="Aqara", description="another device", models=("lumi.unheard_of",))
    assert list(not_native([ours, other], native_definitions())) == [other]


async def test_definition_of_the_household_stands_before_a_native_one() -> None:
    user = UserConverters(Scripts(Worker(lambda: Host(Catalogue()))))
    code = (
        "from zigbus_converter.definition import Definition\n"
        "DEFINITIONS = (Definition(models=('x',), model='QBKG04LM', vendor='Xiaomi', description='mine', parts=()),)"
    )
    await user.changed("key", UserConverter(name="mine.py", code=code))
    (mine,) = (await find_models(FindModels(words="xiaomi qbkg04lm"), user)).models
    assert (mine.provider, mine.description) == ("user", "mine")
