"""All native definitions: found by what devices say of themselves, and sound in themselves."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest

from zigbus.contract.definitions import Expose
from zigbus_converter.assembly import exposes_of
from zigbus_converter.bench import described
from zigbus_converter.definition import Definition, Sender
from zigbus_converter.definitions import ANY_MODEL, KNOWN, all_definitions, definitions_of, find
from zigbus_converter.expose import GET, SET

ALL = all_definitions()


def _models(definition: Definition) -> Iterator[str]:
    yield from definition.models
    for fingerprint in definition.fingerprints:
        yield fingerprint.model or ANY_MODEL


def _keys(definition: Definition, sender: Sender) -> set[str]:
    names = sender.endpoints or definition.endpoints
    plain = set() if sender.endpoints else set(sender.keys)
    return plain | {f"{key}_{name}" for key in sender.keys for name in names}


def _shown(definition: Definition) -> list[Expose]:
    """Return the exposes with a name, those inside of specific types too."""
    shown: list[Expose] = []
    for expose in exposes_of(definition, None):
        shown += [expose] if expose.name is not None else list(expose.features or ())
    return shown


@pytest.mark.parametrize("module", KNOWN)
def test_the_index_names_the_models_of_its_modules(module: str) -> None:
    models = {model for definition in definitions_of(module) for model in _models(definition)}
    assert set(KNOWN[module]) == models


def test_no_module_is_loaded_until_a_device_asks_for_it() -> None:
    program = "import sys, zigbus_converter.definitions as d; print([m for m in d.KNOWN if f'{d.__name__}.{m}' in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("model", "manufacturer", "found"),
    [
        ("lumi.weather", "LUMI", "WSDCGQ11LM"),
        ("lumi.weather\0\0", "LUMI", "WSDCGQ11LM"),
        ("LCT015", "Philips", "9290012573A"),
        ("LCT010", "Philips", "9290012574"),
        ("TS0601", "_TZE200_vvmbj46n", "TH05Z"),
        ("TS0601", "_TZE284_vvmbj46n", "ZTH05Z"),
        ("TS0601", "_TZE200_b6wax7g0", "BRT-100-TRV"),
        ("TS0601", "_TZE200_nobody", None),
        ("TRV001", "Danfoss", "UK7004240"),
        ("RW-GENERIC-1", "Rig Works", None),
    ],
)
def test_a_device_is_found_by_model_manufacturer_and_white_label(
    model: str, manufacturer: str, found: str | None
) -> None:
    definition = find(described(model, {1: ((0,), ())}, manufacturer=manufacturer))
    assert (definition.model if definition else None) == found


def test_a_plug_is_found_by_its_application_version() -> None:
    device = described("TS011F", {1: ((0,), ())}, manufacturer="_TZ3000_cphmq0q7", application=68)
    definition = find(device)
    assert definition is not None
    assert definition.model == "TS011F_plug_3"


@pytest.mark.parametrize("definition", ALL, ids=lambda definition: definition.model)
def test_every_property_that_can_be_set_or_read_has_a_sender(definition: Definition) -> None:
    senders = [sender for part in definition.parts for sender in part.senders]
    can_set = {key for sender in senders if sender.set for key in _keys(definition, sender)}
    can_get = {key for sender in senders if sender.get for key in _keys(definition, sender)}
    for expose in _shown(definition):
        assert not (expose.access or 0) & SET or expose.property in can_set, expose
        assert not (expose.access or 0) & GET or expose.property in can_get, expose


@pytest.mark.parametrize("definition", ALL, ids=lambda definition: definition.model)
def test_exposes_have_names_labels_and_no_doubles(definition: Definition) -> None:
    shown = _shown(definition)
    assert all(expose.label and expose.access for expose in shown)
    properties = [(expose.property, expose.type, expose.name) for expose in shown]
    assert len(properties) == len(set(properties))
    for expose in shown:
        assert expose.category != "config" or (expose.access or 0) & SET, expose
        assert expose.category != "diagnostic" or not (expose.access or 0) & SET, expose


def test_model_names_are_unique_per_vendor() -> None:
    names = [(definition.vendor, definition.model) for definition in ALL]
    assert len(names) == len(set(names))
