"""Requests and their answers: core request/reply with a deadline. Every answer is a Reply; nobody there is an error at once."""

from __future__ import annotations

from typing import Literal

from zigbus.contract.base import Failure, Ieee, Json, JsonObject, Message, Reply
from zigbus.contract.events import AttributeValue

# ---- to a radio: one coordinator carries it out on one device -------------------------------------------------------


class EndpointRequest(Message, frozen=True, kw_only=True):
    """Base of requests that go to one endpoint of one device over the air."""

    ieee: Ieee
    endpoint: int
    timeout_s: float = 10.0  # for the device's answer, counted from when the stick took the frame


class ReadAttributes(EndpointRequest, frozen=True, kw_only=True):
    """Read attributes. The response frame is also published as a radio event, before the answer."""

    cluster: int
    attributes: tuple[int, ...]
    manufacturer: int | None = None


class ReadAttributesResult(Reply, frozen=True, kw_only=True):
    """The records of the read response, in wire order, each with its status."""

    attributes: tuple[AttributeValue, ...] = ()


class WriteAttributes(EndpointRequest, frozen=True, kw_only=True):
    """Write attributes; `id`, `type` and `value` (or `octets`) of each record count."""

    cluster: int
    attributes: tuple[AttributeValue, ...]
    manufacturer: int | None = None


class InvokeCommand(EndpointRequest, frozen=True, kw_only=True):
    """Send a cluster-specific command; waits for the default response unless it is disabled."""

    cluster: int
    command: int
    payload: bytes = b""  # ZCL payload after the header
    manufacturer: int | None = None
    disable_default_response: bool = False
    to_client: bool = False  # direction bit: True = we act as the server
    sequence: int | None = None  # ZCL sequence number to use; None = the radio's next
    expects_response: bool = False  # the command has a response of its own: that is waited for, no default response
    general: bool = False  # a general command, such as the answer to a read, and not one of the cluster


class InvokeResult(Reply, frozen=True, kw_only=True):
    """Done. `response`: ZCL payload of the command's own response, None if it was a default response or none."""

    response: bytes | None = None


class GroupCommand(Message, frozen=True, kw_only=True):
    """Send a cluster-specific command as a groupcast. No device answers it; what it reads comes as radio events."""

    group: int
    cluster: int
    command: int
    payload: bytes = b""
    manufacturer: int | None = None
    general: bool = False  # `command` is a general one of the ZCL (read, write), not the cluster's


class BindRequest(EndpointRequest, frozen=True, kw_only=True):
    """Bind or unbind a cluster of an endpoint. Neither target nor group given: to the coordinator's endpoint 1."""

    cluster: int
    target: Ieee | None = None
    target_endpoint: int | None = None
    group: int | None = None


class ReportingItem(Message, frozen=True, kw_only=True):
    """One attribute to be reported. 0xffff as `max_interval_s` switches reporting off."""

    attribute: int
    type: int  # ZCL data type; decides whether a reportable change is sent
    min_interval_s: int
    max_interval_s: int
    reportable_change: float | int | None = None
    manufacturer: int | None = None


class ConfigureReporting(EndpointRequest, frozen=True, kw_only=True):
    """Configure attribute reporting towards the coordinator; accepted items appear in DEVICES."""

    cluster: int
    items: tuple[ReportingItem, ...]
    manufacturer: int | None = None


class GroupMembership(EndpointRequest, frozen=True, kw_only=True):
    """Add an endpoint to a group or remove it (`add` False); `group` None and `add` False: from all groups."""

    group: int | None
    add: bool = True


class LeaveRequest(Message, frozen=True, kw_only=True):
    """Make a device leave the network. `force`: only forget it."""

    ieee: Ieee
    force: bool = False
    rejoin: bool = False


class PermitJoin(Message, frozen=True, kw_only=True):
    """Open the network for joining, 1-254 s, or close it with 0; `via`: through this device only."""

    time_s: int
    via: Ieee | None = None


class InterviewRequest(Message, frozen=True, kw_only=True):
    """Interview a device again, with fresh reads. Answered when it is finished."""

    ieee: Ieee


class CheckCoordinator(Message, frozen=True, kw_only=True):
    """Ask the stick for the devices in its own tables, which takes seconds; or only whether it answers."""

    alive_only: bool = False  # True: no tables are read, `missing_routers` stays empty


class CheckCoordinatorResult(Reply, frozen=True, kw_only=True):
    """Routers that we know and the stick's tables lack."""

    missing_routers: tuple[Ieee, ...] = ()


class DeviceRevision(Reply, frozen=True, kw_only=True):
    """Done. `revision`: revision of the DEVICES entry that shows it, 0 if nothing changed there."""

    revision: int = 0


# ---- to the converter ------------------------------------------------------------------------------------------------


class SetRequest(Message, frozen=True, kw_only=True):
    """Make a device or group (exactly one given) take on the values of `payload`; order of keys counts."""

    payload: JsonObject
    ieee: Ieee | None = None
    group: int | None = None
    endpoint: str | None = None  # endpoint name or number that the caller addressed
    requested_at_s: float = 0.0  # Unix time when the frontend received it


class GetRequest(Message, frozen=True, kw_only=True):
    """Read the properties that are the keys of `payload`; answers come as ordinary updates."""

    payload: JsonObject
    ieee: Ieee | None = None
    group: int | None = None
    endpoint: str | None = None
    requested_at_s: float = 0.0


class KeyOutcome(Message, frozen=True, kw_only=True):
    """What became of one key: None = done."""

    key: str
    value: Json = None
    failure: Failure | None = None
    queued: bool = False  # the device sleeps; it is kept and sent when the device is heard


class KeysResult(Reply, frozen=True, kw_only=True):
    """Outcome of a set or get, key by key, in the order they were handled. Updates were published before this."""

    keys: tuple[KeyOutcome, ...] = ()
    revisions: dict[str, int] = {}  # of DEFINITIONS, if remembered scenes changed


class ConfigureDevice(Message, frozen=True, kw_only=True):
    """Run the set-up of the device's definition (binds, reporting, reads, writes) now."""

    ieee: Ieee


class CheckConverter(Message, frozen=True, kw_only=True):
    """Load a file with definitions as if it were the household's, and throw it away again. Sent to any converter.

    Refused (INVALID) with what is wrong; the facts hold `line` where one is known.
    """

    name: str  # of the file; its ending tells the language
    code: str


class CheckConverterResult(Reply, frozen=True, kw_only=True):
    """What the file defines, "VENDOR MODEL" each."""

    models: tuple[str, ...] = ()


class GenerateDefinition(Message, frozen=True, kw_only=True):
    """Write a definition for a device from its clusters, as a file to begin with."""

    ieee: Ieee


class GenerateDefinitionResult(Reply, frozen=True, kw_only=True):
    """The same definition in two languages."""

    python: str = ""  # our form
    javascript: str = ""  # zigbee2mqtt's form


class FindModels(Message, frozen=True, kw_only=True):
    """Look for supported models. Sent to any converter."""

    words: str  # all of them must occur in vendor, model, model ids or description; their case does not matter
    limit: int = 100


class SupportedModel(Message, frozen=True, kw_only=True):
    """One model that definitions exist for."""

    model: str
    vendor: str
    description: str
    provider: str  # who defines it: user, native, zhc
    model_ids: tuple[str, ...] = ()  # Basic 0x0005
    exposes: tuple[str, ...] = ()  # names of what it shows, as far as the provider tells without a device


class FindModelsResult(Reply, frozen=True, kw_only=True):
    """The first `limit` matches by vendor and model, and how many there are."""

    models: tuple[SupportedModel, ...] = ()
    total: int = 0


# ---- to the registry -------------------------------------------------------------------------------------------------


class Rename(Message, frozen=True, kw_only=True):
    """Give the entity called `old` (name, ieee or group id; None = the device that joined last) the name `new`."""

    old: str | None
    new: Json
    kind: Literal["device", "group"] = "device"


class RenameResult(Reply, frozen=True, kw_only=True):
    """Old and new name as they are now, and the revision of NAMES that shows it."""

    old: str = ""
    new: str = ""
    revisions: dict[str, int] = {}


class SetOptions(Message, frozen=True, kw_only=True):
    """Merge `options` into the options of an entity; null deletes a key."""

    id: str  # name, ieee or group id
    options: JsonObject
    kind: Literal["device", "group"] = "device"


class SetOptionsResult(Reply, frozen=True, kw_only=True):
    """The option objects before and after, without the friendly name."""

    name: str = ""
    before: JsonObject = {}
    after: JsonObject = {}
    restart_required: bool = False
    revisions: dict[str, int] = {}


class ChangeSettings(Message, frozen=True, kw_only=True):
    """Merge `options` into the settings of the household: null deletes a key, lists are replaced.

    What takes effect only with a restart is stored and shown, and waits for it.
    """

    options: JsonObject


class ChangeSettingsResult(Reply, frozen=True, kw_only=True):
    """Whether something waits for a restart, and the revisions that show the change."""

    restart_required: bool = False
    revisions: dict[str, int] = {}


class RemoveDevice(Message, frozen=True, kw_only=True):
    """Remove a device from the network and the settings (`behaviour` 12.9)."""

    id: str
    force: bool = False
    block: bool = False
    keep_config: bool = False
    clear_cache: bool = False


class RemoveDeviceResult(Reply, frozen=True, kw_only=True):
    """The device as it was called, and what a frontend must show as gone."""

    ieee: Ieee = "0x0000000000000000"
    name: str = ""
    revisions: dict[str, int] = {}


class OpenNetwork(Message, frozen=True, kw_only=True):
    """Open all coordinators for joining, or close them (time 0); `via`: name or ieee of one device."""

    time_s: int
    via: str | None = None


class OpenNetworkResult(Reply, frozen=True, kw_only=True):
    """The device it was opened through, by its name, and the revisions that show it."""

    via: str | None = None
    revisions: dict[str, int] = {}


class InterviewEntity(Message, frozen=True, kw_only=True):
    """Interview the device with this name or ieee again."""

    id: str


class InterviewEntityResult(Reply, frozen=True, kw_only=True):
    """The device as it is called."""

    ieee: Ieee = "0x0000000000000000"
    name: str = ""
    revisions: dict[str, int] = {}


class RestartAll(Message, frozen=True, kw_only=True):
    """Tell every service to stop in order and be started again."""


class SaveConverter(Message, frozen=True, kw_only=True):
    """Write a file with definitions into the data folder, if a converter accepts it."""

    name: str
    code: str


class RemoveConverter(Message, frozen=True, kw_only=True):
    """Delete a file with definitions from the data folder."""

    name: str


class ConvertersResult(Reply, frozen=True, kw_only=True):
    """The revision of CONVERTERS that shows the change."""

    revisions: dict[str, int] = {}


class CheckHealth(Message, frozen=True, kw_only=True):
    """Ask whether the network is served."""


class HealthResult(Reply, frozen=True, kw_only=True):
    """`healthy`: every coordinator answers."""

    healthy: bool = True


class CheckCoordinators(Message, frozen=True, kw_only=True):
    """Ask all sticks for routers that their tables lack."""


class CheckCoordinatorsResult(Reply, frozen=True, kw_only=True):
    """Missing routers with their names: ieee -> friendly name."""

    missing_routers: dict[str, str] = {}
