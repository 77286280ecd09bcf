"""All MT commands of the Z-Stack, by subsystem."""

from __future__ import annotations

from typing import Final

from zigbus_simulator.coordinator import Commands
from zigbus_simulator.mt import Subsystem
from zigbus_simulator.subsystems import af, app_cnf, sapi, sys, util, zdo

MT_COMMANDS: Final[dict[int, Commands]] = {
    Subsystem.SYS: sys.COMMANDS,
    Subsystem.AF: af.COMMANDS,
    Subsystem.ZDO: zdo.COMMANDS,
    Subsystem.SAPI: sapi.COMMANDS,
    Subsystem.UTIL: util.COMMANDS,
    Subsystem.APP_CNF: app_cnf.COMMANDS,
}
