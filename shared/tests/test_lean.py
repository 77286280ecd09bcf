from __future__ import annotations

import subprocess
import sys


def run(code: str) -> None:
    subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL)


def test_bus_does_not_load_the_web_client_that_it_does_not_use() -> None:
    run("import sys, zigbus.bus; sys.exit('aiohttp' in sys.modules)")


def test_command_does_not_load_the_coloured_tracebacks_that_it_does_not_use() -> None:
    code = "import sys; from zigbus import cli; sys.argv = ['zigbus', 'devices', '--help']\n"
    run(code + "try: cli.main()\nexcept SystemExit: sys.exit('rich' in sys.modules)")


def test_left_out_module_can_be_imported_later() -> None:
    run("import zigbus.bus, aiohttp; aiohttp.ClientSession")
