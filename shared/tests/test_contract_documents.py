"""The documents of the bus are those that the message types and tables give."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, get_args

import pytest

from zigbus.contract import asyncapi, operations, schema, storage, subjects
from zigbus.contract.base import FailureCode
from zigbus.contract.events import AttributeReport
from zigbus.contract.updates import Update

BUS = Path(__file__).resolve().parents[2] / "docs" / "bus"
IEEE = "0x00158d0001a2b3c4"


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((BUS / "asyncapi.json").read_text())
    return loaded


def test_committed_documents_are_those_of_the_contract() -> None:
    stale = [path.name for path, text in asyncapi.generated(BUS).items() if path.read_text() != text]
    assert stale == [], "run: python -m zigbus.contract.asyncapi"


def test_check_finds_a_stale_document_and_writing_mends_it(tmp_path: Path) -> None:
    assert asyncapi.main(["--check", str(tmp_path)]) == 1
    assert list(tmp_path.iterdir()) == []
    assert asyncapi.main([str(tmp_path)]) == 0
    assert asyncapi.main(["--check", str(tmp_path)]) == 0


def test_every_reference_in_the_documents_leads_somewhere() -> None:
    for name in ("asyncapi.json", "schema.json"):
        text = (BUS / name).read_text()
        whole = json.loads(text)
        for reference in re.findall(r'"\$ref": "#/([^"]+)"', text):
            found = whole
            for step in reference.split("/"):
                found = found[step]
            assert found


@pytest.mark.parametrize(
    ("channel", "subject"),
    [
        ("event_report", subjects.event("main", IEEE, "report")),
        ("event_interview", subjects.event("second-stick", IEEE, "interview")),
        ("update_device", subjects.update_of_device(IEEE)),
        ("update_group", subjects.update_of_group(7)),
        ("update_bridge", subjects.bridge_event("device_joined")),
        ("radio_read", subjects.radio_request("main", "read")),
        ("converter_set", subjects.converter_request(subjects.partition_of(IEEE), "set")),
        ("registry_rename", subjects.registry_request("rename")),
        ("log", subjects.log("radio", "info")),
        ("restart", subjects.RESTART),
    ],
)
def test_subject_that_services_use_is_the_address_in_the_document(
    document: dict[str, Any], channel: str, subject: str
) -> None:
    described = document["channels"][channel]
    pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^.]+)", re.escape(described["address"]))
    match = re.fullmatch(pattern, subject)
    assert match is not None
    assert match.groupdict().keys() == described.get("parameters", {}).keys()


def test_document_has_every_operation_bucket_and_event(document: dict[str, Any]) -> None:
    described = document["operations"].keys()
    assert {f"{operation.owner}_{operation.name}" for operation in operations.OPERATIONS} <= described
    assert {f"event_{kind}" for kind in get_args(subjects.EventKind)} <= described
    buckets = {bucket.name for bucket in storage.BUCKETS if bucket.content is not None}
    assert {f"bucket_{name}" for name in buckets} <= described
    assert {f"bucket_SETTINGS_{key}" for key in storage.SETTINGS_CONTENT} <= described


def test_schema_says_units_and_sources_beside_the_fields() -> None:
    properties = schema.document([AttributeReport])["$defs"]["AttributeReport"]["properties"]
    assert "Unix time" in properties["received_at_s"]["description"]  # of a base class
    assert "0-255" in properties["lqi"]["description"]
    assert properties["payload"]["contentEncoding"] == "base64"


def test_schema_says_what_each_failure_code_means() -> None:
    described = schema.document(asyncapi.message_kinds().values())["$defs"]["FailureCode"]["description"]
    assert all(f"- {code.value}: " in described for code in FailureCode)


def test_documents_do_not_depend_on_how_docstrings_are_indented() -> None:
    described = schema.document([Update])["$defs"]["Update"]["description"]
    assert "\n " not in described
