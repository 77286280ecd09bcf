"""From a data folder to usable settings, and back."""

from __future__ import annotations

import base64
import errno
import hashlib
from pathlib import Path

import pytest

from zigbus.contract.base import JsonObject
from zigbus.contract.household import SettingChange
from zigbus_registry.atomic_file import replace_file
from zigbus_registry.changes import difference
from zigbus_registry.environment import environment_settings
from zigbus_registry.folder import DataFolder
from zigbus_registry.loading import InvalidConfiguration, load, open_folder

DEVICE = "0x00158d0001a2b3c4"
OTHER = "0x00158d0001a2b3c5"
MINIMAL = "version: 5\nmqtt:\n  server: mqtt://x\nadvanced:\n  network_key: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]\n"
PREFIX = "ZIGBEE2MQTT_CONFIG_"


def folder_with(path: Path, **files: str) -> DataFolder:
    """A data folder with these files; `configuration` means configuration.yaml."""
    for name, text in files.items():
        (path / f"{name}.yaml").write_text(text)
    return DataFolder(path)


def written(folder: DataFolder, *changes: SettingChange) -> list[str]:
    return sorted(folder.write_changes(changes))


def test_a_reference_is_replaced_by_what_it_refers_to_and_stays_in_the_file(tmp_path: Path) -> None:
    text = "version: 5\nmqtt:\n  server: '!secret server'\n  user: !secret.yaml user\n  base_topic: '!secret server'\n"
    folder = folder_with(tmp_path, configuration=text, secret="server: mqtt://x\nuser: me\n")
    assert load(folder, {}).settings.effective["mqtt"]["server"] == "mqtt://x"
    assert load(folder, {}).settings.effective["mqtt"]["user"] == "me"
    assert load(folder, {}).settings.effective["mqtt"]["base_topic"] == "!secret server"
    assert written(folder, SettingChange(path=("mqtt", "user"), value="you")) == ["secret.yaml"]
    assert (tmp_path / "secret.yaml").read_text() == "server: mqtt://x\nuser: you\n"
    assert (tmp_path / "configuration.yaml").read_text() == text


@pytest.mark.parametrize(
    ("secret", "error"),
    [
        ("other: 1\n", "mqtt/server refers to key 'server' of secret.yaml, which has no such key"),
        ("a: [\n", "secret.yaml is not valid YAML"),
    ],
)
def test_a_reference_to_nothing_is_an_error_that_names_both_ends(tmp_path: Path, secret: str, error: str) -> None:
    folder = folder_with(tmp_path, configuration="version: 5\nmqtt:\n  server: '!secret server'\n", secret=secret)
    with pytest.raises(InvalidConfiguration) as caught:
        load(folder, {})
    assert caught.value.errors[0].startswith(error)


def test_a_generated_key_goes_where_the_reference_points(tmp_path: Path) -> None:
    text = "version: 5\nmqtt:\n  server: mqtt://x\nadvanced:\n  network_key: '!secret key'\n"
    folder = folder_with(tmp_path, configuration=text, secret="key: GENERATE\n")
    loaded = load(folder, {})
    assert folder.write_changes(difference(loaded.on_disk, loaded.settings.persisted)) == ["secret.yaml"]
    assert load(folder, {}).settings.persisted == loaded.settings.persisted


def test_devices_in_several_files_are_one_mapping_and_are_written_where_they_are(tmp_path: Path) -> None:
    folder = folder_with(
        tmp_path,
        configuration=MINIMAL + "devices: [devices.yaml, guests.yaml]\n",
        guests=f"'{DEVICE}':\n  friendly_name: a\n",
    )
    assert load(folder, {}).settings.devices == {DEVICE: {"friendly_name": "a"}}
    rename = SettingChange(path=("devices", DEVICE, "friendly_name"), value="b")
    new = SettingChange(path=("devices", OTHER), value={"friendly_name": OTHER})
    assert written(folder, rename, new) == ["devices.yaml", "guests.yaml"]
    assert load(folder, {}).settings.devices == {DEVICE: {"friendly_name": "b"}, OTHER: {"friendly_name": OTHER}}
    assert (tmp_path / "configuration.yaml").read_text() == MINIMAL + "devices: [devices.yaml, guests.yaml]\n"


def test_a_device_in_two_files_goes_from_both(tmp_path: Path) -> None:
    entry = f"'{DEVICE}':\n  friendly_name: a\n"
    folder = folder_with(tmp_path, configuration=MINIMAL + "devices: [one.yaml, two.yaml]\n", one=entry, two=entry)
    folder.write_changes([SettingChange(path=("devices", DEVICE), removed=True)])
    assert load(folder, {}).settings.devices == {}


def test_only_files_whose_content_changed_are_written(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, configuration=MINIMAL)
    before = (tmp_path / "configuration.yaml").stat().st_mtime_ns
    assert written(folder, SettingChange(path=("version",), value=5)) == []
    assert (tmp_path / "configuration.yaml").stat().st_mtime_ns == before


def test_a_file_that_no_change_concerns_is_left_alone(tmp_path: Path) -> None:
    text = MINIMAL + "devices: mine.yaml\nx:   {a:   1}\n"
    folder = folder_with(tmp_path, configuration=text)
    assert written(folder, SettingChange(path=("devices", DEVICE), value={"friendly_name": "a"})) == ["mine.yaml"]
    assert (tmp_path / "configuration.yaml").read_text() == text


def test_what_somebody_edits_meanwhile_is_kept(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, configuration=MINIMAL)
    load(folder, {})
    (tmp_path / "configuration.yaml").write_text(MINIMAL + "passlist: []  # mine\n")
    written(folder, SettingChange(path=("devices", DEVICE), value={"friendly_name": "a"}))
    assert "passlist: []  # mine" in (tmp_path / "configuration.yaml").read_text()


def test_a_change_that_could_not_be_written_is_not_written_with_the_next_one(tmp_path: Path) -> None:
    outcomes = [OSError(errno.ENOSPC, "No space left on device"), None]

    def write(path: Path, content: bytes) -> None:
        outcome = outcomes.pop(0)
        if outcome is not None:
            raise outcome
        replace_file(path, content)

    (tmp_path / "configuration.yaml").write_text(MINIMAL)
    folder = DataFolder(tmp_path, write=write)
    with pytest.raises(OSError, match="No space left"):
        folder.write_changes([SettingChange(path=("lost",), value=1)])
    folder.write_changes([SettingChange(path=("kept",), value=2)])
    assert (tmp_path / "configuration.yaml").read_text() == MINIMAL + "kept: 2\n"


def test_a_file_is_replaced_with_its_mode_and_through_a_link(tmp_path: Path) -> None:
    target = tmp_path / "real.yaml"
    target.write_text("old")
    target.chmod(0o640)
    link = tmp_path / "link.yaml"
    link.symlink_to(target)
    replace_file(link, b"new")
    assert (target.read_text(), link.is_symlink(), target.stat().st_mode & 0o777) == ("new", True, 0o640)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link.yaml", "real.yaml"]


def test_a_new_file_is_private(tmp_path: Path) -> None:
    replace_file(tmp_path / "new.yaml", b"secret")
    assert (tmp_path / "new.yaml").stat().st_mode & 0o777 == 0o600


def test_a_first_start_makes_a_network_of_its_own(tmp_path: Path) -> None:
    one, two = load(DataFolder(tmp_path), {}), load(DataFolder(tmp_path), {})
    advanced = one.settings.persisted["advanced"]
    assert one.is_new
    assert (len(advanced["network_key"]), len(advanced["ext_pan_id"])) == (16, 8)
    assert 1 <= advanced["pan_id"] <= 0xFFFE
    assert advanced["network_key"] != two.settings.persisted["advanced"]["network_key"]
    assert one.settings.persisted["mqtt"] == {"base_topic": "zigbee2mqtt", "server": "mqtt://localhost:1883"}
    assert (one.settings.persisted["serial"], advanced["enable_external_js"]) == ({}, False)


def test_a_broker_from_the_environment_is_used_and_not_written_down(tmp_path: Path) -> None:
    loaded = load(DataFolder(tmp_path), {f"{PREFIX}MQTT_SERVER": "mqtt://env"})
    assert loaded.settings.persisted["mqtt"] == {"base_topic": "zigbee2mqtt"}
    assert loaded.settings.effective["mqtt"]["server"] == "mqtt://env"


@pytest.mark.parametrize(
    ("files", "is_made"), [([], True), (["database.db"], False), (["coordinator_backup.json"], False)]
)
def test_a_missing_network_key_is_made_only_for_a_new_network(tmp_path: Path, files: list[str], is_made: bool) -> None:
    folder = folder_with(tmp_path, configuration="version: 5\nmqtt:\n  server: mqtt://x\n")
    for name in files:
        (tmp_path / name).touch()
    loaded = load(folder, {})
    assert ("network_key" in loaded.settings.persisted.get("advanced", {})) is is_made
    assert len(loaded.settings.effective["advanced"]["network_key"]) == 16


def test_generate_in_the_environment_makes_one_key_for_all_starts(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, configuration="version: 5\nmqtt:\n  server: mqtt://x\n")
    environment = {f"{PREFIX}ADVANCED_NETWORK_KEY": "GENERATE"}
    loaded = load(folder, environment)
    folder.write_changes(difference(loaded.on_disk, loaded.settings.persisted))
    assert load(folder, environment).settings.effective == loaded.settings.effective


def test_environment_variables_are_read_by_the_type_of_their_setting() -> None:
    values: JsonObject = {
        "MQTT_SERVER": "mqtt://x",
        "ADVANCED_CHANNEL": "15",
        "ADVANCED_NETWORK_KEY": "[1, 2]",
        "ADVANCED_PAN_ID": "0x1a62",
        "ADVANCED_LAST_SEEN": "epoch",
        "FRONTEND": '{"port": 1, "enabled": false}',
        "FRONTEND_ENABLED": "TRUE",
        "DEVICES": "devices.yaml",
        "AVAILABILITY_ACTIVE_TIMEOUT": "ten",
        "SERIAL_PORT": "",
        "NOSUCH": "1",
    }
    assert environment_settings({PREFIX + name: value for name, value in values.items()}) == {
        "mqtt": {"server": "mqtt://x"},
        "advanced": {"channel": 15, "network_key": [1, 2], "pan_id": "0x1a62", "last_seen": "epoch"},
        "frontend": {"port": 1, "enabled": True},
        "devices": "devices.yaml",
        "availability": {"active": {"timeout": "ten"}},
    }


def test_a_wrong_value_in_the_environment_is_an_error_like_one_in_the_file(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, configuration=MINIMAL)
    with pytest.raises(InvalidConfiguration) as caught:
        load(folder, {f"{PREFIX}ADVANCED_CHANNEL": "ten"})
    assert caught.value.errors == ["advanced/channel must be number"]


def test_the_environment_may_name_the_file_of_the_devices(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, configuration=MINIMAL, mine=f"'{DEVICE}':\n  friendly_name: a\n")
    environment = {f"{PREFIX}DEVICES": "mine.yaml"}
    assert load(open_folder(folder, environment), environment).settings.devices == {DEVICE: {"friendly_name": "a"}}


def test_learned_changes_are_laid_over_the_file(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, configuration=MINIMAL)
    learned = [SettingChange(path=("devices", DEVICE), value={"friendly_name": "a"})]
    assert load(folder, {}, learned).settings.devices == {DEVICE: {"friendly_name": "a"}}


def test_an_icon_given_as_text_becomes_a_file(tmp_path: Path) -> None:
    picture = b"\x89PNG picture"
    url = f"data:image/png;base64,{base64.b64encode(picture).decode()}"
    folder = folder_with(
        tmp_path,
        configuration=MINIMAL.replace("5", "3", 1) + f"devices:\n  '{DEVICE}': {{friendly_name: a, icon: '{url}'}}\n",
    )
    loaded = load(folder, {})
    name = f"device_icons/{hashlib.md5(picture).hexdigest()}.png"
    assert loaded.settings.devices[DEVICE]["icon"] == name
    assert loaded.icons == {name: picture}


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("version: 5\n\tmqtt: x\n", "configuration.yaml is not valid YAML, line 2: "),
        ("- 1\n", "configuration.yaml is not valid YAML, the top level must be a mapping of keys to values"),
        ("version: 6\n", "Your configuration.yaml has an unsupported version 6, expected one of undefined,2,3,4,5."),
        ("version: 5\n", "must have required property 'mqtt'"),
        ("version: 5\nmqtt: {}\n", "mqtt must have required property 'server'"),
    ],
)
def test_settings_that_cannot_be_used_say_why(tmp_path: Path, text: str, error: str) -> None:
    with pytest.raises(InvalidConfiguration) as caught:
        load(folder_with(tmp_path, configuration=text), {})
    assert caught.value.errors[0].startswith(error)


def test_a_file_that_is_mounted_alone_is_written_in_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "configuration.yaml"
    file.write_text("a: something long\n")
    inode = file.stat().st_ino

    def busy(self: Path, target: Path) -> Path:
        raise OSError(errno.EBUSY, "Device or resource busy", str(target))

    monkeypatch.setattr(Path, "replace", busy)
    replace_file(file, b"a: 1\n")
    assert (file.read_text(), file.stat().st_ino) == ("a: 1\n", inode)
    assert [path.name for path in tmp_path.iterdir()] == ["configuration.yaml"]
