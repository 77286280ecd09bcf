"""YAML files keep their comments, order and quotes while keys change."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zigbus.contract.base import JsonObject
from zigbus.contract.household import SettingChange
from zigbus_registry.changes import difference
from zigbus_registry.jsonvalues import same
from zigbus_registry.yaml_document import UnreadableYaml, YamlDocument

FILE = """\
# my home
version: 5
mqtt:
  server: '!secret server'   # in the cellar
  user: !secret user
advanced:
  pan_id: 0x1a62
  log_output: [console, file]
devices:
  '0x00158d0001a2b3c4':
    friendly_name: hall  # by the door

  # the old one
  '0x00158d0001a2b3c5':
    friendly_name: "attic"
    list:
      - 1

  # the new one
  0x00158d0001a2b3c6:
    friendly_name: cellar
groups: {}
# the end
"""
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=8)
KEYS = st.sampled_from(["a", "b", "0x00158d0001a2b3c4", "1", "true", "x y", "#", "é"])
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**12), 10**12)
    | st.integers(-(10**6), 10**6).map(lambda n: n / 1000)
    | TEXTS
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=6
)
SETTINGS = st.dictionaries(KEYS, VALUES, max_size=4)


def change(text: str, *changes: SettingChange) -> str:
    document = YamlDocument(text)
    document.change(changes)
    return document.text()


@settings(max_examples=40, deadline=None)  # the round trip of ruamel.yaml is slow
@given(SETTINGS, SETTINGS)
def test_any_change_of_settings_can_be_written_and_read_back(before: JsonObject, after: JsonObject) -> None:
    document = YamlDocument()
    document.change(difference({}, before))
    document = YamlDocument(document.text())
    assert same(document.plain(), before)
    document.change(difference(before, after))
    assert same(YamlDocument(document.text()).plain(), after)


@settings(deadline=None)
@given(st.text(max_size=60) | st.sampled_from([FILE[:n] for n in range(0, len(FILE), 7)]))
def test_any_text_is_a_mapping_or_is_refused(text: str) -> None:
    try:
        content = YamlDocument(text).plain()
    except UnreadableYaml:
        return
    assert isinstance(content, dict)


@settings(max_examples=40, deadline=None)
@given(st.lists(SETTINGS, min_size=2, max_size=4))
def test_a_document_can_be_changed_again_and_again(states: list[JsonObject]) -> None:
    document = YamlDocument(FILE)
    before = document.plain()
    for after in states:
        document.change(difference(before, after))
        assert same(YamlDocument(document.text()).plain(), after)
        before = after


def test_a_file_that_is_not_changed_is_written_as_it_was() -> None:
    assert YamlDocument(FILE).text() == FILE


def test_a_change_touches_only_its_own_line() -> None:
    changed = change(FILE, SettingChange(path=("devices", "0x00158d0001a2b3c4", "friendly_name"), value="loft"))
    assert changed == FILE.replace("hall", "loft")


def test_an_address_without_quotes_is_found_and_read_as_an_address() -> None:
    path = ("devices", "0x00158d0001a2b3c6", "friendly_name")
    assert YamlDocument(FILE).plain()["devices"]["0x00158d0001a2b3c6"] == {"friendly_name": "cellar"}
    assert change(FILE, SettingChange(path=path, value="den")) == FILE.replace("cellar\n", "den\n").replace(
        "# in the den", "# in the cellar"
    )


def test_removing_a_device_keeps_the_comments_about_the_others() -> None:
    changed = change(FILE, SettingChange(path=("devices", "0x00158d0001a2b3c5"), removed=True))
    assert "attic" not in changed
    assert [line for line in FILE.splitlines() if "#" in line] == [line for line in changed.splitlines() if "#" in line]


def test_removing_the_first_device_keeps_the_comments_behind_it() -> None:
    changed = change(FILE, SettingChange(path=("devices", "0x00158d0001a2b3c4"), removed=True))
    assert "  # the old one\n  '0x00158d0001a2b3c5':\n" in changed
    assert YamlDocument(changed).plain()["devices"].keys() == {"0x00158d0001a2b3c5", "0x00158d0001a2b3c6"}


def test_the_first_entry_of_an_empty_mapping_is_written_as_a_block() -> None:
    changed = change(FILE, SettingChange(path=("groups", "1"), value={"friendly_name": "all"}))
    assert "groups:\n  '1':\n    friendly_name: all\n" in changed


def test_a_new_key_follows_the_indentation_of_the_file() -> None:
    text = "mqtt:\n    server: x\nlist:\n- 1\n- 2\n"
    assert (
        change(text, SettingChange(path=("mqtt", "user"), value="me"))
        == "mqtt:\n    server: x\n    user: me\nlist:\n- 1\n- 2\n"
    )


def test_a_tag_reads_like_the_quoted_reference() -> None:
    assert YamlDocument(FILE).plain()["mqtt"] == {"server": "!secret server", "user": "!secret user"}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: 1\n b: 2\n", 2),
        ("a: [1\n", 2),
        ("a: 1\na: 2\n", 2),
        ("\ta: 1", 1),
        ("- 1\n", None),
        ("just text", None),
        ("&x\na: *x\n", None),
    ],
)
def test_a_text_that_is_no_mapping_is_refused_and_the_line_named(text: str, line: int | None) -> None:
    with pytest.raises(UnreadableYaml) as caught:
        YamlDocument(text).plain()
    assert caught.value.line == line
