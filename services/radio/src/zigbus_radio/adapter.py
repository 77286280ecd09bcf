"""The stick through zigpy and zigpy-znp: running or forming its network, sending, backups.

What is heard does not pass through zigpy (0.35 ms CPU per report are saved; and zigpy drops endpoints and clusters that
a device never declared), see `stick`. The types of zigpy end in this module: zigpy-znp has none, and zigpy makes many
of its own at run time, where a type checker cannot see them.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import time
from typing import Any

import structlog
import zigpy.backups
import zigpy.config
import zigpy.state
import zigpy.types
import zigpy.zdo.types
import zigpy_znp.commands as mt_commands  # type: ignore[import-untyped]  # no type information
import zigpy_znp.types as mt_types  # type: ignore[import-untyped]
from zigpy.exceptions import DeliveryError, NetworkNotFormed
from zigpy_znp.config import CONF_SREQ_TIMEOUT, CONF_ZNP_CONFIG  # type: ignore[import-untyped]
from zigpy_znp.exceptions import CommandNotRecognized  # type: ignore[import-untyped]
from zigpy_znp.zigbee.application import ControllerApplication  # type: ignore[import-untyped]
from zigpy_znp.zigbee.device import ZNPCoordinator  # type: ignore[import-untyped]

from zigbus_radio import mt
from zigbus_radio.endpoints import ENDPOINTS, GROUPS, HOME_AUTOMATION, MAIN_ENDPOINT, TOUCHLINK_ENDPOINT
from zigbus_radio.settings import Network, SerialPort
from zigbus_radio.stick import Hot, Stick

log = structlog.get_logger()

PARALLEL_REQUESTS = 16  # what a CC2652 takes
LINK_KEY = b"ZigBeeAlliance09"  # the well-known trust centre link key
RADIUS = 30  # hops that a frame may take; the stack's own limit
ANSWER_WITHIN_S = 6.0  # the stick's own answers; a garbled one must not hold up a request for zigpy-znp's 15 s
LOST_ROUTE = frozenset((0xE9, 0xCD))  # Z-Stack: no acknowledgement, no route; before the last attempt one is looked for
EXPIRED = 0xF0  # the device did not fetch the frame from its parent: it sleeps
SEND_ATTEMPTS: dict[int | None, int] = {0xE1: 3, 0x11: 3, 0xE9: 3, 0xCD: 3, EXPIRED: 2}  # channel or stick busy: 3, too
SEND_AGAIN_AFTER_S: dict[int | None, float] = {EXPIRED: 2.0}  # others: 1 s
RETRIEVE_AT_ONCE = 230  # octets of a big frame that fit one MT message

zt: Any = zigpy.types
zs: Any = zigpy.state
zdo_types: Any = zigpy.zdo.types


class SendFailed(Exception):
    """The stick did not confirm a frame. `status` is the stack's status, None if no confirmation came at all."""

    def __init__(self, status: int | None, name: str) -> None:
        super().__init__(name)
        self.status, self.name = status, name
        self.attempts = 1  # times that the frame was sent


class StickGone(Exception):
    """The connection to the stick is lost or it does not answer."""


class Adapter(ControllerApplication):  # type: ignore[misc]  # the base has no type information
    """One connection to one stick. Thrown away when it is lost."""

    def __init__(self, *, parallel: int | None, transmit_power_dbm: int | None, disable_led: bool) -> None:
        super().__init__(
            {
                zigpy.config.CONF_DEVICE: {zigpy.config.CONF_DEVICE_PATH: "opened elsewhere"},
                zigpy.config.CONF_OTA: {zigpy.config.CONF_OTA_ENABLED: False, zigpy.config.CONF_OTA_PROVIDERS: []},
                zigpy.config.CONF_NWK_BACKUP_ENABLED: False,
                zigpy.config.CONF_TOPO_SCAN_ENABLED: False,
                CONF_ZNP_CONFIG: {CONF_SREQ_TIMEOUT: ANSWER_WITHIN_S},
            }
        )
        self.lost: asyncio.Future[str] = asyncio.get_running_loop().create_future()  # why, as soon as it is lost
        self._parallel, self._transmit_power_dbm, self._disable_led = (
            parallel or PARALLEL_REQUESTS,
            transmit_power_dbm,
            disable_led,
        )

    # ---- connection --------------------------------------------------------------------------------------------------

    async def open(self, port: SerialPort, hot: Hot) -> None:
        """Open the port. Raises OSError or TimeoutError if nothing answers there."""
        stick = Stick(self.config)
        try:
            await stick.open(port, hot)
        except BaseException:
            await stick.disconnect()
            raise
        self._znp: Any = stick
        stick.set_application(self)
        self._version_rsp = await stick.request(mt_commands.SYS.Version.Req())

    async def disconnect(self) -> None:
        """Close the port and leave the stick running: a reset would cost the network seconds at every start."""
        stick, self._znp = self._znp, None
        for task in list(self._tasks):
            task.cancel()
        if stick is not None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(2.0):
                    await stick.disconnect()

    def connection_lost(self, exc: BaseException | None) -> None:
        """The port was closed by the other side."""
        if not self.lost.done():
            self.lost.set_result(str(exc) if exc is not None else "the connection was closed")

    def watch_resets(self) -> None:
        """From now on a reset of the stick, by its own watchdog or a weak power supply, counts as a lost connection."""
        self._znp.callback_for_response(
            mt_commands.SYS.ResetInd.Callback(partial=True),
            lambda _: self.connection_lost(ConnectionResetError("the stick has reset itself")),
        )

    @property
    def quiet_s(self) -> float:
        """Seconds since the stick last sent anything."""
        return time.time() - self._znp.read_at_s if self._znp is not None else 0.0

    async def ping(self, timeout_s: float) -> None:
        """Ask the stick for a sign of life. Raises StickGone if there is none."""
        try:
            async with asyncio.timeout(timeout_s):
                await self._znp.request(mt_commands.SYS.Ping.Req())
        except (TimeoutError, DeliveryError, RuntimeError, OSError, AttributeError) as error:
            raise StickGone("the stick does not answer") from error

    # ---- network -----------------------------------------------------------------------------------------------------

    async def find(self) -> Network | None:
        """Return the network in the stick's memory, None if there is none."""
        try:
            await self.load_network_info(load_devices=False)
        except NetworkNotFormed:
            return None
        return network_of(self.state.network_info)

    async def form(self, network: Network) -> None:
        """Write a new network into the stick. Everything that it knew before is gone."""
        key = zs.Key(key=zt.KeyData(network.key), seq=0, tx_counter=0, rx_counter=0)
        link_key = zs.Key(key=zt.KeyData(LINK_KEY), partner_ieee=zt.EUI64.UNKNOWN)
        await self.write_network_info(
            network_info=zs.NetworkInfo(
                extended_pan_id=zt.ExtendedPanId.deserialize(network.extended_pan_id)[0],
                pan_id=zt.PanId(network.pan_id),
                nwk_update_id=zt.uint8_t(0),
                nwk_manager_id=zt.NWK(0),
                channel=zt.uint8_t(network.channel),
                channel_mask=zt.Channels.from_channel_list([network.channel]),
                security_level=zt.uint8_t(5),
                network_key=key,
                tc_link_key=link_key,
            ),
            node_info=zs.NodeInfo(
                nwk=zt.NWK(0),
                ieee=zt.EUI64.UNKNOWN,
                logical_type=zdo_types.LogicalType.Coordinator,
            ),
        )
        await self.load_network_info(load_devices=False)

    async def restore(self, backup: dict[str, Any]) -> None:
        """Write a backup into the stick, with a frame counter that devices have not seen yet."""
        await self.backups.restore_backup(zigpy.backups.NetworkBackup.from_dict(backup), create_new=False)
        await self.load_network_info(load_devices=False)

    async def back_up(self) -> dict[str, Any]:
        """Return the network with the keys and addresses of its devices. Takes some seconds on a serial line."""
        backup = await self.backups.create_backup(load_devices=True)
        self.backups.backups.clear()  # the store keeps them
        return dict(backup.as_dict())

    async def start_network(self, *, read_only: bool = False) -> None:
        """Make the stick serve its network. A stick that does so already is left alone."""
        stick = self._znp
        changed = False if read_only else await self._write_stack_settings()
        about = await stick.request(mt_commands.UTIL.GetDeviceInfo.Req())
        if changed or about.DeviceState != mt_types.DeviceState.StartedAsCoordinator:
            await stick.reset()
            await stick.start_network()
        if self._transmit_power_dbm is not None:
            await self.set_tx_power(dbm=self._transmit_power_dbm)
        if self._disable_led:
            await self._set_led_mode(led=0xFF, mode=mt_commands.util.LEDMode.OFF)
        await self._register()
        await stick.request(mt_commands.ZDO.MsgCallbackRegister.Req(ClusterId=0xFFFF))  # every ZDO message from the air
        node = self.state.node_info
        self.devices[node.ieee] = ZNPCoordinator(self, node.ieee, node.nwk)
        self._concurrent_requests_semaphore.max_concurrency = self._parallel

    async def _register(self) -> None:
        """Register endpoints and groups. A stick that was not reset has them still, and says so."""
        for number, endpoint in ENDPOINTS.items():
            await self._znp.request(
                mt_commands.AF.Register.Req(
                    Endpoint=number,
                    ProfileId=endpoint.profile,
                    DeviceId=endpoint.device_type,
                    DeviceVersion=0,
                    LatencyReq=mt_commands.af.LatencyReq.NoLatencyReqs,
                    InputClusters=list(endpoint.input_clusters),
                    OutputClusters=list(endpoint.output_clusters),
                )
            )
        for number, group in GROUPS:
            with contextlib.suppress(CommandNotRecognized):
                await self._znp.request(
                    mt_commands.ZDO.ExtAddGroup.Req(
                        Endpoint=number, GroupId=group, GroupName=mt_types.CharacterString("")
                    )
                )

    @property
    def ieee(self) -> str:
        """The stick's own address."""
        return mt.ieee_text(self.state.node_info.ieee.serialize())

    @property
    def network(self) -> Network:
        """The network it runs."""
        return network_of(self.state.network_info)

    @property
    def version(self) -> dict[str, int]:
        """What the firmware says about itself, in zigbee2mqtt's words."""
        answer = self._version_rsp
        return {
            "transportrev": int(answer.TransportRev),
            "product": int(answer.ProductId),
            "majorrel": int(answer.MajorRel),
            "minorrel": int(answer.MinorRel),
            "maintrel": int(answer.MaintRel),
            "revision": int(answer.CodeRevision or 0),
        }

    @property
    def firmware(self) -> str:
        """The kind of firmware, in zigbee2mqtt's words."""
        return {1.2: "ZStack12", 3.0: "ZStack30x"}.get(self._znp.version, "ZStack3x0")

    # ---- sending -----------------------------------------------------------------------------------------------------

    def packet_received(self, packet: Any) -> None:
        """Nothing comes this way but our own ZDO broadcasts looped back, which zigpy would answer."""

    def get_device_with_address(self, address: Any) -> Any:
        """No device has one here, so that zigpy-znp repairs nothing: the answer that it would need from the stick comes
        packed, and it waits for it in vain. `_send` tries again and looks for routes itself.
        """
        raise KeyError(address)

    async def unicast(
        self,
        nwk: int,
        endpoint: int,
        cluster: int,
        data: bytes,
        *,
        source: int = MAIN_ENDPOINT,
        profile: int = HOME_AUTOMATION,
    ) -> None:
        """Send to one endpoint of one device, with an APS acknowledgement. Endpoint 0 is ZDO. Raises SendFailed."""
        await self._send(
            zt.AddrMode.NWK, nwk, endpoint, cluster, data, source=source, profile=profile if endpoint else 0
        )

    async def groupcast(self, group: int, cluster: int, data: bytes) -> None:
        """Send to all members of a group; nobody confirms. Raises SendFailed if the stick refuses."""
        await self._send(zt.AddrMode.Group, group, 0xFF, cluster, data)

    async def send_broadcast(
        self, nwk: int, endpoint: int, cluster: int, data: bytes, *, source: int, profile: int
    ) -> None:
        """Send to all devices that listen to a broadcast address. Raises SendFailed if the stick refuses."""
        await self._send(zt.AddrMode.Broadcast, nwk, endpoint, cluster, data, source=source, profile=profile)

    async def _send(
        self,
        mode: Any,
        address: int,
        endpoint: int,
        cluster: int,
        data: bytes,
        *,
        source: int = MAIN_ENDPOINT,
        profile: int = HOME_AUTOMATION,
    ) -> None:
        kind = zt.BroadcastAddress if mode == zt.AddrMode.Broadcast else zt.NWK
        packet = zt.ZigbeePacket(
            src_ep=zt.uint8_t(source if endpoint else 0),
            dst=zt.AddrModeAddress(addr_mode=mode, address=kind(address)),
            dst_ep=zt.uint8_t(endpoint),
            tsn=zt.uint8_t(self.get_sequence()),
            profile_id=zt.uint16_t(profile),
            cluster_id=zt.uint16_t(cluster),
            data=zt.SerializableBytes(data),
            tx_options=zt.TransmitOptions.ACK if mode == zt.AddrMode.NWK else zt.TransmitOptions.NONE,
            radius=zt.uint8_t(RADIUS),
        )
        for attempt in itertools.count(1):
            if self._znp is None or self.lost.done():
                raise StickGone("the stick is away")
            try:
                await self._guarded(self.send_packet(packet))
            except SendFailed as failure:
                failure.attempts = attempt
                attempts = SEND_ATTEMPTS.get(failure.status, 1)
                if attempt >= attempts:
                    raise
                log.debug("send_again", nwk=address, status=failure.name, attempt=attempt)
                await asyncio.sleep(SEND_AGAIN_AFTER_S.get(failure.status, 1.0))
                if failure.status in LOST_ROUTE and attempt == attempts - 1:
                    await self.discover_route(address)
            else:
                return

    async def bind_to_group(self, nwk: int, ieee: str, endpoint: int, cluster: int, group: int, *, bind: bool) -> None:
        """Ask a device to bind to a group, through the stack's own request, which pads the address as old firmware wants it."""
        request = mt_commands.ZDO.BindReq if bind else mt_commands.ZDO.UnBindReq
        target = _PaddedGroup(addrmode=zt.uint8_t(1), nwk=zt.uint16_t(group))
        source = zt.EUI64.deserialize(mt.ieee_octets(ieee))[0]
        await self._guarded(
            self._znp.request(
                request.Req(Dst=nwk, Src=source, SrcEndpoint=endpoint, ClusterId=cluster, Address=target),
                RspStatus=mt_types.Status.SUCCESS,
            )
        )

    async def say_to_strangers(self, channel: int, cluster: int, data: bytes) -> None:
        """Move to a channel and send to whoever hears it there, in whatever network. `come_home` goes back."""
        control, everybody = (
            mt_commands.AF.InterPanCtl.Req,
            mt_types.AddrModeAddress(mt_types.AddrMode.NWK, zt.NWK(0xFFFF)),
        )
        for command, value in (
            (mt_types.InterPanCommand.Set, channel),
            (mt_types.InterPanCommand.Reg, TOUCHLINK_ENDPOINT),
        ):
            await self._ask(control(Command=command, Data=zt.Bytes(bytes((value,)))))
        await self._ask(
            mt_commands.AF.DataRequestExt.Req(
                DstAddrModeAddress=everybody,
                DstEndpoint=0xFE,
                DstPanId=0xFFFF,
                SrcEndpoint=TOUCHLINK_ENDPOINT,
                ClusterId=cluster,
                TSN=self.get_sequence(),
                Options=mt_commands.af.TransmitOptions.NONE,
                Radius=RADIUS,
                Data=mt_types.LongBytes(data),
            )
        )

    async def come_home(self) -> None:
        """Go back to the channel of our network."""
        await self._ask(mt_commands.AF.InterPanCtl.Req(Command=mt_types.InterPanCommand.Clr, Data=zt.Bytes(b"")))

    async def _ask(self, request: Any) -> None:
        await self._guarded(self._znp.request(request, RspStatus=mt_types.Status.SUCCESS))

    async def permit_joining(self, nwk: int, time_s: int) -> None:
        """Open or close one router, or with 0xFFFC all of them. Raises SendFailed."""
        broadcast = nwk >= 0xFFF8
        await self._guarded(
            self._znp.request(
                mt_commands.ZDO.MgmtPermitJoinReq.Req(
                    AddrMode=mt_types.AddrMode.Broadcast if broadcast else mt_types.AddrMode.NWK,
                    Dst=nwk,
                    Duration=time_s,
                    TCSignificance=1,
                ),
                RspStatus=mt_types.Status.SUCCESS,
            )
        )

    async def discover_route(self, nwk: int) -> None:
        """Look for a way to a device that has just moved; failure shows when something is sent."""
        with contextlib.suppress(SendFailed, StickGone):
            await self._guarded(self._discover_route(zt.NWK(nwk)))

    async def retrieve(self, announced: mt.Announced) -> bytes:
        """Fetch a frame that was too big for one MT message, and let the stick forget it."""
        data = b""
        while len(data) < announced.length:
            part = await self._znp.request(
                mt_commands.AF.DataRetrieve.Req(
                    TimeStamp=announced.timestamp,
                    Index=len(data),
                    Length=min(announced.length - len(data), RETRIEVE_AT_ONCE),
                )
            )
            if part.Status != mt_types.Status.SUCCESS or not part.Data:
                break
            data += bytes(part.Data)
        await self._znp.request(mt_commands.AF.DataRetrieve.Req(TimeStamp=announced.timestamp, Index=0, Length=0))
        return data

    async def _guarded(self, work: Any) -> None:
        """Await zigpy and turn its many kinds of failure into ours."""
        try:
            await work
        except DeliveryError as error:
            status = (
                error.status if error.status is not None else getattr(getattr(error, "response", None), "Status", None)
            )
            raise SendFailed(None if status is None else int(status), getattr(status, "name", str(error))) from error
        except TimeoutError as error:
            raise SendFailed(None, "the stick did not confirm") from error
        except (
            RuntimeError,
            OSError,
            AttributeError,
            asyncio.InvalidStateError,
        ) as error:  # the port was closed meanwhile
            raise StickGone(str(error)) from error


class _PaddedGroup(zdo_types.MultiAddress):  # type: ignore[misc]  # the base is Any, see above
    """A group as bind target in an MT request: address and endpoint fields keep their full length."""

    def serialize(self) -> bytes:
        return bytes(super().serialize()) + bytes(7)


def network_of(info: Any) -> Network:
    """Return what identifies a network, from zigpy's description of it."""
    return Network(
        int(info.pan_id),
        bytes(info.extended_pan_id.serialize()),
        bytes(info.network_key.key.serialize()),
        int(info.channel),
    )


def network_of_backup(backup: dict[str, Any]) -> Network:
    """Return the network in a stored backup. Raises KeyError or ValueError if it is none."""
    return network_of(zigpy.backups.NetworkBackup.from_dict(backup).network_info)
