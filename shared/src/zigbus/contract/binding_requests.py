"""Requests about bindings and reporting: to the converter, and what it needs of a radio beyond `requests`."""

from __future__ import annotations

from typing import Literal

from zigbus.contract.base import Ieee, Json, Message, Reply
from zigbus.contract.requests import EndpointRequest

EVERY_TARGET: Ieee = "0xffffffffffffffff"

# ---- to a radio ------------------------------------------------------------------------------------------------------


class ClearBindings(Message, frozen=True, kw_only=True):
    """Make a device forget its bindings to these targets (ZDO Clear All Bindings)."""

    ieee: Ieee
    targets: tuple[Ieee, ...] = (EVERY_TARGET,)


class ReportingSource(Message, frozen=True, kw_only=True):
    """An attribute whose reporting is asked for. `direction` 0: how it is sent; 1: how often it is expected to come."""

    attribute: int
    direction: Literal[0, 1] = 0


class ReadReporting(EndpointRequest, frozen=True, kw_only=True):
    """Read how attributes of one cluster are reported."""

    cluster: int
    attributes: tuple[ReportingSource, ...]
    manufacturer: int | None = None


class ReportingRecord(Message, frozen=True, kw_only=True):
    """How one attribute is reported. With a `status` other than 0 nothing else is known."""

    status: int
    direction: int
    attribute: int
    type: int | None = None  # ZCL data type
    min_interval_s: int | None = None
    max_interval_s: int | None = None
    reportable_change: float | int | None = None
    timeout_s: int | None = None  # direction 1 only


class ReadReportingResult(Reply, frozen=True, kw_only=True):
    """One record per attribute that was asked for, in the device's order."""

    records: tuple[ReportingRecord, ...] = ()
    revision: int = 0  # of the DEVICES entry that shows them, 0 if nothing changed there


# ---- to the converter ------------------------------------------------------------------------------------------------


class BindEndpoint(Message, frozen=True, kw_only=True):
    """Bind clusters of an endpoint to another endpoint or to a group; with neither given to the coordinator.

    `clusters` None: those of the contract that both sides have. `bind` False unbinds. Where a device is bound that
    way, its reporting to the coordinator is set up, or taken down again unless `keep_reporting`.
    """

    ieee: Ieee
    endpoint: int
    target: Ieee | None = None
    target_endpoint: int | None = None
    group: int | None = None
    clusters: tuple[int, ...] | None = None
    bind: bool = True
    keep_reporting: bool = False


class BindEndpointResult(Reply, frozen=True, kw_only=True):
    """Clusters that were bound (unbound) and that were not; both empty: there was nothing to do."""

    done: tuple[int, ...] = ()
    failed: tuple[int, ...] = ()
    revisions: dict[str, int] = {}


class ForgetBindings(Message, frozen=True, kw_only=True):
    """Make a device forget its bindings to these targets."""

    ieee: Ieee
    targets: tuple[Ieee, ...] = (EVERY_TARGET,)


class ReportAttribute(Message, frozen=True, kw_only=True):
    """Bind a cluster of an endpoint to the coordinator and have one attribute of it reported.

    Cluster and attribute by name (the standard's or the definition's) or number. 0xffff as `max_interval_s` switches
    it off.
    """

    ieee: Ieee
    endpoint: int
    cluster: str | int
    attribute: Json  # name, number, or {"ID": number, "type": ZCL data type}
    min_interval_s: int
    max_interval_s: int
    reportable_change: float | int | None = None
    manufacturer: int | None = None


class ShowReporting(Message, frozen=True, kw_only=True):
    """Ask a device how it reports attributes of one cluster; by name or number, with the direction of each."""

    ieee: Ieee
    endpoint: int
    cluster: str | int
    attributes: tuple[tuple[Json, Literal[0, 1]], ...]
    manufacturer: int | None = None


class ShowReportingResult(Reply, frozen=True, kw_only=True):
    """What the device said."""

    records: tuple[ReportingRecord, ...] = ()
    revisions: dict[str, int] = {}


class Revisions(Reply, frozen=True, kw_only=True):
    """Done; the revisions that show it."""

    revisions: dict[str, int] = {}
