"""The documented forms of payloads. That all tests hold what they hear against them is in the rig."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from zigbus_gateway.payload_types import UnknownForm, check, schema

DOCUMENT = Path(__file__).parents[3] / "docs" / "mqtt.schema.json"


def test_the_committed_schema_is_that_of_the_types() -> None:
    assert json.loads(DOCUMENT.read_text()) == schema(), (
        "run `.venv/bin/python -m zigbus_gateway.payload_types docs/mqtt.schema.json`"
    )


def test_a_payload_of_its_form_passes() -> None:
    check("bridge/state", b'{"state":"online"}')
    check("a/lamp/availability", b'{"state":"offline"}')
    check("a/lamp", b'{"state":"ON","brightness":3}')
    check("lamp/brightness", b"3")
    check("bridge/response/device/rename", b'{"data":{},"status":"ok","transaction":[1]}')
    check("lamp", b"")


@pytest.mark.parametrize(
    ("topic", "payload"),
    [
        ("bridge/state", b'{"state":"on"}'),
        ("bridge/state", b'{"state":"online","more":1}'),
        ("bridge/logging", b'{"level":"loud","message":""}'),
        ("bridge/groups", b'[{"id":1}]'),
        ("lamp", b"{state}"),
    ],
)
def test_another_form_is_refused(topic: str, payload: bytes) -> None:
    with pytest.raises(UnknownForm, match=topic):
        check(topic, payload)
