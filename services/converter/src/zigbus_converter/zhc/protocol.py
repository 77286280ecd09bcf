"""What goes in and out of the JavaScript engine: requests, and the steps that answer them. JSON, no I/O.

A request is worked on at once and answered with one `Step`: what the definition wants done, in order. What goes over
the air carries an `id`; its answer goes back in an `Answer`, which is answered with the next step, until a step says
that the call is `done`.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from zigbus.contract.base import Ieee, Json, JsonObject
from zigbus.contract.devices import DeviceDescription
from zigbus_converter.zhc.identities import Identity

# ---- requests ------------------------------------------------------------------------------------------------------------


class Request(msgspec.Struct, kw_only=True, omit_defaults=True, tag_field="kind"):
    """Base. `now_ms`: the time that the definition's clock shows. `state` and `options`: None if they are as before."""

    now_ms: float
    ieee: Ieee = ""
    call: int = 0  # names the call in `Done`
    state: JsonObject | None = None
    options: JsonObject | None = None


class Open(Request, kw_only=True, omit_defaults=True, tag="open"):
    """Make a device known, or tell that its descriptors or its definition changed. Its definition is started."""

    identity: JsonObject  # see identities.to_json
    description: DeviceDescription
    coordinator: Ieee | None = None  # whose device it is; definitions write this address into devices
    attributes: JsonObject = {}  # cache: "endpoint/cluster/attribute" in hex -> value
    remembered: JsonObject = {}  # of earlier `Remember`


class Describe(Request, kw_only=True, omit_defaults=True, tag="describe"):
    """Ask what an open device's definition comes down to; answered with `Step.opened`."""


class Close(Request, kw_only=True, omit_defaults=True, tag="close"):
    """Forget a device."""


class FrameIn(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One ZCL frame. `values`: [attribute, value] pairs if all are plain numbers, so that the payload need not be parsed."""

    kind: Literal["report", "read_response", "write", "command", "frame"]
    endpoint: int
    cluster: int
    sequence: int
    payload: str  # hex
    manufacturer: int | None = None
    group: int | None = None
    lqi: int | None = None
    command: int | None = None
    from_server: bool = False
    frame_control: int | None = None
    malformed: bool = False
    values: list[tuple[int, float | int]] | None = None


class Receive(Request, kw_only=True, omit_defaults=True, tag="receive"):
    """A frame was heard."""

    frame: FrameIn


class Set(Request, kw_only=True, omit_defaults=True, tag="set"):
    """A client wants a key to have a value. `converter`: place in `Opened.senders`."""

    converter: int
    endpoint: int
    key: str
    value: Any
    message: JsonObject
    endpoint_name: str | None = None


class Get(Request, kw_only=True, omit_defaults=True, tag="get"):
    """A client wants to know a key."""

    converter: int
    endpoint: int
    key: str
    message: JsonObject
    endpoint_name: str | None = None


class Member(msgspec.Struct, kw_only=True):
    """One endpoint in a group, with the state of its device."""

    ieee: Ieee
    endpoint: int
    state: JsonObject = {}


class SetGroup(Request, kw_only=True, omit_defaults=True, tag="set_group"):
    """A client wants a group to have a value, or to tell it. All members are open."""

    group: int
    members: list[Member]
    key: str
    value: Any = None
    way: Literal["set", "get"] = "set"
    message: JsonObject = {}


class Configure(Request, kw_only=True, omit_defaults=True, tag="configure"):
    """Run the set-up of the definition."""


class Event(Request, kw_only=True, omit_defaults=True, tag="event"):
    """Tell a definition of an event."""

    type: Literal[
        "start", "stop", "deviceJoined", "deviceAnnounce", "deviceInterview", "deviceNetworkAddressChanged",
        "deviceOptionsChanged",
    ]  # fmt: skip
    data: JsonObject = {}


class Fire(Request, kw_only=True, omit_defaults=True, tag="fire"):
    """A timer's time has come. One that is not known (any more) does nothing."""

    timer: int


class Answered(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What came of one effect: `error` if it failed, else `result`: the payload of the device's response in hex, if any."""

    id: int
    result: Any = None
    error: str | None = None


class Answer(Request, kw_only=True, omit_defaults=True, tag="answer"):
    """What came of effects."""

    answers: list[Answered]


class AskIdentities(Request, kw_only=True, omit_defaults=True, tag="identities"):
    """Ask which devices a module defines; answered with `Step.identities`."""

    file: str


class Forget(Request, kw_only=True, omit_defaults=True, tag="forget"):
    """Take a module out, so that another text can be loaded under its name."""

    file: str


# ---- effects of a step -----------------------------------------------------------------------------------------------------


class Op(msgspec.Struct, frozen=True, kw_only=True, tag_field="op"):
    """Base: something a definition wants done, for which device."""

    ieee: Ieee = ""


class Heard(Op, frozen=True, kw_only=True, tag="heard"):
    """Publish what was heard; calibration and precision are applied already."""

    payload: JsonObject


class Published(Op, frozen=True, kw_only=True, tag="publish"):
    """Publish what a command made so."""

    payload: JsonObject


class PublishedGroup(Op, frozen=True, kw_only=True, tag="publish_group"):
    """Publish what a command made so of a group."""

    group: int
    payload: JsonObject


class Remember(Op, frozen=True, kw_only=True, tag="remember"):
    """Keep a value with the device."""

    key: str
    value: Json = None


class RememberGroup(Op, frozen=True, kw_only=True, tag="remember_group"):
    """Keep a value with a group."""

    group: int
    value: Json = None


class Learn(Op, frozen=True, kw_only=True, tag="learn"):
    """Keep attribute values, by number or by name, in the cache of an endpoint."""

    endpoint: int
    cluster: int
    values: JsonObject


class LogLine(Op, frozen=True, kw_only=True, tag="log"):
    """Write a line to the log."""

    level: Literal["info", "warning", "error"]
    text: str


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """What a definition raised. `effect`: the id of the effect whose failure it is."""

    text: str
    name: str = "Error"
    stack: str = ""
    effect: int | None = None


class Failed(Op, frozen=True, kw_only=True, tag="failed"):
    """A receiving converter raised; the others of the frame went on."""

    converter: str
    error: Fault


class TimerStopped(Op, frozen=True, kw_only=True, tag="timer_stopped"):
    """A timer is not wanted any more."""

    timer: int


class AirOp(Op, frozen=True, kw_only=True):
    """Base of what goes over the air and gets an answer."""

    id: int
    manufacturer: int | None = None
    timeout_ms: float | None = None


class EndpointOp(AirOp, frozen=True, kw_only=True):
    """Base of what goes to an endpoint of a device."""

    endpoint: int
    cluster: int


class ReadOp(EndpointOp, frozen=True, kw_only=True, tag="read"):
    """Read attributes."""

    attributes: tuple[int, ...]


class WireValue(msgspec.Struct, frozen=True):
    """An attribute as it goes over the air: octets in hex."""

    id: int
    type: int
    octets: str


class WriteOp(EndpointOp, frozen=True, kw_only=True, tag="write"):
    """Write attributes."""

    attributes: tuple[WireValue, ...]


class InvokeOp(EndpointOp, frozen=True, kw_only=True, tag="invoke"):
    """Send a command of the cluster."""

    command: int
    payload: str
    disable_default_response: bool = False
    to_client: bool = False
    sequence: int | None = None
    expects_response: bool = False
    unanswered: bool = False  # nobody answers it


class GeneralOp(InvokeOp, frozen=True, kw_only=True, tag="general"):
    """Send a general command, such as an answer to a read."""


class ReportItemOp(msgspec.Struct, frozen=True):
    """One attribute to be reported."""

    attribute: int
    type: int
    min_interval_s: int
    max_interval_s: int
    change: float | int | None = None


class ReportOp(EndpointOp, frozen=True, kw_only=True, tag="report"):
    """Configure reporting."""

    items: tuple[ReportItemOp, ...]


class BindOp(EndpointOp, frozen=True, kw_only=True, tag="bind"):
    """Bind a cluster: to a group, an endpoint of a device, or (neither given) to the coordinator."""

    group: int | None = None
    target: Ieee | None = None
    target_endpoint: int | None = None


class UnbindOp(BindOp, frozen=True, kw_only=True, tag="unbind"):
    """Undo a binding."""


class GroupcastOp(AirOp, frozen=True, kw_only=True, tag="groupcast"):
    """Send a command to a group."""

    group: int
    cluster: int
    command: int
    payload: str
    general: bool = False


class MembershipOp(AirOp, frozen=True, kw_only=True, tag="membership"):
    """Add an endpoint to a group or take it out; group None: out of all."""

    endpoint: int
    group: int | None
    add: bool


class OtherOp(AirOp, frozen=True, kw_only=True, tag="broadcast"):
    """Send a command to all devices of a kind."""

    cluster: int
    command: int
    payload: str
    destination: int


class LeaveOp(AirOp, frozen=True, kw_only=True, tag="leave"):
    """Make the device leave."""


class InterviewOp(AirOp, frozen=True, kw_only=True, tag="interview"):
    """Interview the device again."""


AnyOp = (
    Heard | Published | PublishedGroup | Remember | RememberGroup | Learn | LogLine | Failed | TimerStopped | ReadOp | WriteOp | InvokeOp
    | GeneralOp | ReportOp | BindOp | UnbindOp | GroupcastOp | MembershipOp | OtherOp | LeaveOp | InterviewOp
)  # fmt: skip

# ---- steps -------------------------------------------------------------------------------------------------------------------


class Sender(msgspec.Struct, frozen=True):
    """A converter for keys; `keys` None: for every key."""

    keys: tuple[str, ...] | None = None
    endpoints: tuple[str, ...] | None = None
    set: bool = False
    get: bool = False


class Opened(msgspec.Struct, frozen=True, kw_only=True):
    """What a definition comes down to on a device. `exposes`, `options`: zigbee2mqtt's form, as they are published."""

    model: str
    vendor: str
    description: str
    exposes: list[Any]
    options: list[Any]
    senders: tuple[Sender, ...]
    version: str = "0.0.0"
    icon: str | None = None
    ota: bool = False
    endpoints: dict[str, int] = {}
    configures: bool = False
    custom_clusters: dict[str, Any] = {}
    logical_type: str | None = None


class Done(msgspec.Struct, frozen=True):
    """The end of a call: its result (set: {"state": …, "members_state": …}) or what it raised."""

    call: int = 0
    result: Any = None
    error: Fault | None = None


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a request so far. Timers are (number, milliseconds)."""

    effects: tuple[AnyOp, ...] = ()
    timers: tuple[tuple[int, float], ...] = ()
    done: Done | None = None
    converted: bool = False  # receive: some converter takes such frames
    exposes_changed: bool = False
    opened: Opened | None = None
    identities: tuple[Identity, ...] = ()


class DefinitionFailed(Exception):
    """A definition raised, took too long, took too much memory or said nonsense."""

    def __init__(self, text: str, fault: Fault | None = None) -> None:
        super().__init__(text)
        self.fault = fault
