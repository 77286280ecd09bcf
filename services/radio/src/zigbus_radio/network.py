"""What to do with the stick that was found: run its network, form one, restore one, or refuse. Decisions only, no I/O.

The rule behind all of them: devices that were joined must not be lost by a decision nobody took (`behaviour` 17.6).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from zigbus_radio.settings import Network

ASK_TO_FORM = "ZIGBUS_FORM_NETWORK"  # environment variable: the owner's word that the old network may go


class Action(Enum):
    """What to do before the network can run."""

    RESUME = "resume"
    MOVE_CHANNEL = "move_channel"  # resume, then tell the devices to follow to the channel of the settings
    FORM = "form"
    RESTORE = "restore"
    REFUSE = "refuse"


@dataclass(frozen=True)
class Decision:
    """The action; `backup` is the index of the backup to restore, `reason` says what its owner can do when refused."""

    action: Action
    backup: int | None = None
    reason: str = ""


def decide(
    wanted: Network, found: Network | None, backups: Sequence[Network], *, devices: int, form_asked: bool
) -> Decision:
    """Compare the settings with the stick (`found` None: no network in it), the backups (oldest first) and our database.

    `devices` is how many devices the database knows; `form_asked` is the owner's explicit wish for a new network.
    """
    if found is not None and wanted.same(found):
        return Decision(Action.RESUME if wanted.channel == found.channel else Action.MOVE_CHANNEL)
    equal = [index for index, backup in enumerate(backups) if wanted.same(backup)]
    if equal:
        return Decision(Action.RESTORE, backup=equal[-1])
    if form_asked or (found is None and devices == 0):
        return Decision(Action.FORM)
    return Decision(Action.REFUSE, reason=_reason(wanted, found, devices))


def _reason(wanted: Network, found: Network | None, devices: int) -> str:
    if found is None:
        return (
            f"The stick is empty, but {devices} devices are known and no backup of their network exists. Put the stick back that "
            f"they joined, or start once with {ASK_TO_FORM}=1 to form a new network and pair every device again"
        )
    differing = [
        name
        for name, differs in (
            ("pan_id", wanted.pan_id != found.pan_id),
            ("ext_pan_id", found.extended_pan_id not in (wanted.extended_pan_id, wanted.extended_pan_id[::-1])),
            ("network_key", wanted.key != found.key),
        )
        if differs
    ]
    return (
        f"The stick runs another network than the settings describe: {', '.join(differing)} differ (the stick has PAN id {found.pan_id}, "
        f"extended PAN id {list(found.extended_pan_id)}, channel {found.channel}). Write the stick's values into the section 'advanced' "
        f"of the settings, use another stick, or start once with {ASK_TO_FORM}=1 to replace its network and pair every device again"
    )
