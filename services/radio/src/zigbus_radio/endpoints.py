"""The endpoints that the coordinator registers, as zigbee2mqtt's z-stack adapter does, so that devices find the same peer.

Profiles beside Home Automation (0x0104) are for old devices that only talk to an endpoint of their own profile; the
vendors that need one of the numbers are named.
"""

from __future__ import annotations

from zigbus.contract.devices import EndpointDescription

HOME_AUTOMATION = 0x0104
GREEN_POWER = 0xA1E0
TOUCHLINK = 0xC05E

TOUCHLINK_ENDPOINT = 12  # speaks to devices of other networks, too
MAIN_ENDPOINT = 1  # what we send from, and the target of bindings to the coordinator
GREEN_POWER_ENDPOINT = 242

GREEN_POWER_GROUP = 0x0B84  # Green Power Alliance group
DEFAULT_BIND_GROUP = 901  # remotes that can only be bound to a group are bound to this one
GROUPS = ((GREEN_POWER_ENDPOINT, GREEN_POWER_GROUP), (MAIN_ENDPOINT, DEFAULT_BIND_GROUP))

_CONTROLLER = 0x0005  # device type "configuration tool"
_CONTROL_PANEL = 0x0400  # IAS ancillary control equipment


def _plain(profile: int) -> EndpointDescription:
    return EndpointDescription(profile=profile, device_type=_CONTROLLER)


ENDPOINTS: dict[int, EndpointDescription] = {
    1: _plain(HOME_AUTOMATION),
    2: _plain(0x0101),  # industrial plant monitoring
    3: _plain(0x0106),  # commercial building automation
    4: _plain(0x0107),  # telecom
    5: _plain(0x0108),  # health care
    6: _plain(0x0109),  # smart energy
    8: _plain(HOME_AUTOMATION),
    10: _plain(HOME_AUTOMATION),
    11: EndpointDescription(  # keypads arm and disarm here: ssIasAce, genTime; ssIasZone, ssIasWd
        profile=HOME_AUTOMATION,
        device_type=_CONTROL_PANEL,
        input_clusters=(0x0501, 0x000A),
        output_clusters=(0x0500, 0x0502),
    ),
    TOUCHLINK_ENDPOINT: _plain(TOUCHLINK),
    13: EndpointDescription(profile=HOME_AUTOMATION, device_type=_CONTROLLER, input_clusters=(0x0019,)),  # genOta
    47: _plain(HOME_AUTOMATION),  # Insta
    110: _plain(HOME_AUTOMATION),  # Terncy
    239: _plain(HOME_AUTOMATION),  # Tuya
    242: _plain(GREEN_POWER),
}
