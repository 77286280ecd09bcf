"""Every request of the bus: its name, what is asked, what is answered, and how long a caller waits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

from zigbus.contract import binding_requests as b
from zigbus.contract import group_requests as g
from zigbus.contract import raw_requests as raw
from zigbus.contract import requests as r
from zigbus.contract.base import Message, Reply

AskT = TypeVar("AskT", bound=Message)
AnswerT = TypeVar("AnswerT", bound=Reply)


@dataclass(frozen=True)
class Operation(Generic[AskT, AnswerT]):
    """One request: who answers it, its types, and the caller's deadline in seconds."""

    name: str
    owner: Literal["radio", "converter", "registry"]
    ask: type[AskT]
    answer: type[AnswerT]
    timeout_s: float


# The stick retries by itself for up to 8 s and the device may take 10 s to answer.
OVER_THE_AIR_S = 25.0
INTERVIEW_S = 120.0
INVOLVED_S = 120.0  # several frames to several devices, one after the other

READ = Operation("read", "radio", r.ReadAttributes, r.ReadAttributesResult, OVER_THE_AIR_S)
WRITE = Operation("write", "radio", r.WriteAttributes, Reply, OVER_THE_AIR_S)
INVOKE = Operation("invoke", "radio", r.InvokeCommand, r.InvokeResult, OVER_THE_AIR_S)
GROUP_INVOKE = Operation("group_invoke", "radio", r.GroupCommand, Reply, OVER_THE_AIR_S)
BIND = Operation("bind", "radio", r.BindRequest, r.DeviceRevision, OVER_THE_AIR_S)
UNBIND = Operation("unbind", "radio", r.BindRequest, r.DeviceRevision, OVER_THE_AIR_S)
CONFIGURE_REPORTING = Operation("configure_reporting", "radio", r.ConfigureReporting, r.DeviceRevision, OVER_THE_AIR_S)
GROUP_MEMBERSHIP = Operation("group_membership", "radio", r.GroupMembership, Reply, OVER_THE_AIR_S)
CLEAR_BINDINGS = Operation("clear_bindings", "radio", b.ClearBindings, r.DeviceRevision, OVER_THE_AIR_S)
READ_REPORTING = Operation("read_reporting", "radio", b.ReadReporting, b.ReadReportingResult, OVER_THE_AIR_S)
SEND_FRAME = Operation("send_frame", "radio", raw.SendFrame, raw.SendFrameResult, OVER_THE_AIR_S)
SAY_TO_STRANGERS = Operation("say_to_strangers", "radio", raw.SayToStrangers, Reply, 60.0)
LEAVE = Operation("leave", "radio", r.LeaveRequest, r.DeviceRevision, OVER_THE_AIR_S)
PERMIT_JOIN = Operation("permit_join", "radio", r.PermitJoin, r.DeviceRevision, OVER_THE_AIR_S)
INTERVIEW = Operation("interview", "radio", r.InterviewRequest, r.DeviceRevision, INTERVIEW_S)
CHECK_COORDINATOR = Operation(
    "check_coordinator", "radio", r.CheckCoordinator, r.CheckCoordinatorResult, OVER_THE_AIR_S
)

SET = Operation("set", "converter", r.SetRequest, r.KeysResult, 60.0)
GET = Operation("get", "converter", r.GetRequest, r.KeysResult, 60.0)
CONFIGURE = Operation("configure", "converter", r.ConfigureDevice, Reply, INTERVIEW_S)

BIND_ENDPOINT = Operation("bind_endpoint", "converter", b.BindEndpoint, b.BindEndpointResult, INVOLVED_S)
FORGET_BINDINGS = Operation("forget_bindings", "converter", b.ForgetBindings, b.Revisions, OVER_THE_AIR_S + 5)
REPORT_ATTRIBUTE = Operation("report_attribute", "converter", b.ReportAttribute, b.Revisions, INVOLVED_S)
SHOW_REPORTING = Operation("show_reporting", "converter", b.ShowReporting, b.ShowReportingResult, OVER_THE_AIR_S + 5)
FOLLOW_MEMBERSHIP = Operation("follow_membership", "converter", g.FollowMembership, b.Revisions, INVOLVED_S)

CHECK_CONVERTER = Operation("check_converter", "converter", r.CheckConverter, r.CheckConverterResult, 20.0)
GENERATE_DEFINITION = Operation(
    "generate_definition", "converter", r.GenerateDefinition, r.GenerateDefinitionResult, 10.0
)
FIND_MODELS = Operation("find_models", "converter", r.FindModels, r.FindModelsResult, 20.0)

RENAME = Operation("rename", "registry", r.Rename, r.RenameResult, 5.0)
SET_OPTIONS = Operation("set_options", "registry", r.SetOptions, r.SetOptionsResult, 5.0)
CHANGE_SETTINGS = Operation("change_settings", "registry", r.ChangeSettings, r.ChangeSettingsResult, 5.0)
REMOVE_DEVICE = Operation("remove_device", "registry", r.RemoveDevice, r.RemoveDeviceResult, 40.0)
OPEN_NETWORK = Operation("open_network", "registry", r.OpenNetwork, r.OpenNetworkResult, 40.0)
INTERVIEW_ENTITY = Operation(
    "interview_entity", "registry", r.InterviewEntity, r.InterviewEntityResult, INTERVIEW_S + 10
)
RESTART_ALL = Operation("restart_all", "registry", r.RestartAll, Reply, 5.0)
HEALTH = Operation("health", "registry", r.CheckHealth, r.HealthResult, 40.0)
SAVE_CONVERTER = Operation("save_converter", "registry", r.SaveConverter, r.ConvertersResult, 30.0)
REMOVE_CONVERTER = Operation("remove_converter", "registry", r.RemoveConverter, r.ConvertersResult, 5.0)
CHECK_COORDINATORS = Operation("check_coordinators", "registry", r.CheckCoordinators, r.CheckCoordinatorsResult, 40.0)

RUN_ACTION = Operation("run_action", "registry", raw.RunAction, raw.RunActionResult, 65.0)
ADD_GROUP = Operation("add_group", "registry", g.AddGroup, g.AddGroupResult, 5.0)
REMOVE_GROUP = Operation("remove_group", "registry", g.RemoveGroup, g.RemoveGroupResult, INVOLVED_S)
CHANGE_MEMBERSHIP = Operation(
    "change_membership", "registry", g.ChangeMembership, g.ChangeMembershipResult, OVER_THE_AIR_S + 5
)

RADIO = (
    READ, WRITE, INVOKE, GROUP_INVOKE, BIND, UNBIND, CONFIGURE_REPORTING, GROUP_MEMBERSHIP, LEAVE, PERMIT_JOIN, INTERVIEW,
    CHECK_COORDINATOR, CLEAR_BINDINGS, READ_REPORTING, SEND_FRAME, SAY_TO_STRANGERS,
)  # fmt: skip
CONVERTER = (
    SET, GET, CONFIGURE, CHECK_CONVERTER, GENERATE_DEFINITION, FIND_MODELS, BIND_ENDPOINT, FORGET_BINDINGS,
    REPORT_ATTRIBUTE, SHOW_REPORTING, FOLLOW_MEMBERSHIP,
)  # fmt: skip
REGISTRY = (
    RENAME, SET_OPTIONS, CHANGE_SETTINGS, REMOVE_DEVICE, OPEN_NETWORK, INTERVIEW_ENTITY, RESTART_ALL, HEALTH, CHECK_COORDINATORS,
    SAVE_CONVERTER, REMOVE_CONVERTER, ADD_GROUP, REMOVE_GROUP, CHANGE_MEMBERSHIP,
    RUN_ACTION,
)  # fmt: skip
OPERATIONS: tuple[Operation[Message, Reply], ...] = (*RADIO, *CONVERTER, *REGISTRY)  # type: ignore[assignment]  # each is its own pair
