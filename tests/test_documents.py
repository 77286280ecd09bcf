"""Every command in a README or a page of `docs/` is known here: carried out in a running home, or left out with a reason."""

from __future__ import annotations

import asyncio
import os
import re
import shlex
import shutil
import signal
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.harness import Broker
from tests.harness.stack import ZIGBUS
from zigbus.bus.nats_server import free_port
from zigbus.waiting import until

ROOT = Path(__file__).parents[1]
PAGES = [
    page
    for pattern in ("README.md", "docs/*.md", "docs/bus/*.md", "services/*/README.md", "shared/README.md")
    for page in sorted(ROOT.glob(pattern))
    if page.name != "adding-a-device.md"  # tests/e2e/test_adding_a_device.py carries that one out
]
PROGRAMS = r"(?:\.venv/bin/)?(?:make|zigbus(?! is )|pytest|python3?|mosquitto_sub|mosquitto_pub|curl|docker|docker-compose|kill|sudo)"
COMMAND = re.compile(rf"^    ({PROGRAMS} .*?)(?: +#.*)?$|`((?:sudo|mosquitto_pub|docker compose) [^`]+)`", re.MULTILINE)

LEFT_OUT = {
    r"make \w+": "each target is what the tests are part of; tests/test_start.py is what `make run` runs",
    r"make": "tests/test_deploy.py",
    r"sudo ": "changes the machine",
    r"docker": "needs images; tests/test_deploy.py has the compose file checked",
    r"(\.venv/bin/)?pytest ": "runs tests",
    r"kill -9 ": "tests/test_start.py kills a service as it is said there",
    r"zigbus run --data /tmp/zigbus": "tests/test_start.py runs it",
    r"zigbus sim(ulator)? --data /tmp/home": "needs that simulator; services/simulator/tests/test_simulator_program.py",
    r"zigbus devices --data /tmp/zigbus": "the same command is carried out for another folder",
    r"zigbus simulator --data /tmp/home &": "services/simulator/tests/test_simulator_program.py starts it",
    r"\.venv/bin/python -m tests\.": "compares with programs that are not part of the project",
    r"\.venv/bin/zigbus docs ": "services/converter/tests/test_docs_pages.py; thousands of pages",
    r"\.venv/bin/zigbus generate NAME": "needs a device that nobody lists: tests/e2e/test_adding_a_device.py",
}
ENDLESS = re.compile(r"mosquitto_sub|zigbus watch")  # the first line they print will do
WORDS = {"NAME": "bulb_ct", "localhost:1883": "127.0.0.1:{mqtt}", "localhost:9700": "127.0.0.1:{status}"}


def commands() -> Iterator[tuple[str, str]]:
    """Yield page and command of each command that is shown."""
    for page in PAGES:
        for match in COMMAND.finditer(page.read_text(encoding="utf-8")):
            yield str(page.relative_to(ROOT)), (match[1] or match[2]).strip()


def left_out(command: str) -> bool:
    return any(re.match(pattern, command) for pattern in LEFT_OUT)


CARRIED_OUT = sorted({command for _, command in commands() if not left_out(command)})


def test_the_commands_of_the_documents_are_found() -> None:
    assert len(CARRIED_OUT) >= 10
    assert any(page == "README.md" and command == "make run" for page, command in commands())
    unused = [pattern for pattern in LEFT_OUT if not any(re.match(pattern, command) for _, command in commands())]
    assert not unused


class RunningHome:
    """The simulated home under `zigbus run`, and a folder in which the commands find what they name."""

    def __init__(self, folder: Path, mqtt: int, status: int) -> None:
        self.folder, self.mqtt, self.status = folder, mqtt, status
        self.log = folder / "zigbus.log"

    @property
    def environment(self) -> dict[str, str]:
        """What a shell in that folder has: the tools of .venv, and MQTT clients that know the port."""
        given = {name: value for name, value in os.environ.items() if not name.startswith(("ZIGBUS_", "ZIGBEE2MQTT_"))}
        return {**given, "HOME": str(self.folder), "PATH": f"{ZIGBUS.parent}:{os.environ['PATH']}"}

    async def run(self, command: str) -> tuple[int, str]:
        """Carry a command out in a shell. Returns exit code and output; of an endless one the first line."""
        process = await asyncio.create_subprocess_exec(
            "bash", "-c", command,
            cwd=self.folder, env=self.environment, start_new_session=True,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        assert process.stdout is not None
        async with asyncio.timeout(120):
            if not ENDLESS.search(command):
                output, _ = await process.communicate()
                return process.returncode or 0, output.decode()
            line = await process.stdout.readline()
            os.killpg(process.pid, signal.SIGKILL)
            await process.communicate()
            return 0, line.decode()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def home(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningHome]:
    folder = tmp_path_factory.mktemp("documents")
    broker = Broker(folder / "broker")
    await broker.start()
    found = RunningHome(folder, broker.port, free_port())
    (folder / ".venv").symlink_to(ZIGBUS.parents[1])
    (folder / ".config").mkdir()
    for client in ("mosquitto_sub", "mosquitto_pub"):
        (folder / ".config" / client).write_text(f"-p {broker.port}\n")
    with found.log.open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            ".venv/bin/zigbus", "run", "--data", "data",
            cwd=folder, stdout=log, stderr=log,
            env={
                **found.environment,
                "ZIGBUS_NATS_PORT": "0",
                "ZIGBUS_METRICS_PORT": str(found.status),
                "ZIGBEE2MQTT_CONFIG_MQTT_SERVER": broker.url,
            },
        )  # fmt: skip
    try:
        await until(lambda: "The simulated home is complete" in found.log.read_text(), 240, "the simulated home")
        yield found
    finally:
        process.terminate()
        await process.wait()
        await broker.stop()


@pytest.mark.parametrize("command", CARRIED_OUT)
@pytest.mark.asyncio(loop_scope="module")
async def test_a_command_of_the_documents_does_what_it_says(home: RunningHome, command: str) -> None:
    program = Path(shlex.split(command)[0]).name
    if program.startswith("mosquitto_") and shutil.which(program) is None:
        pytest.skip("mosquitto-clients is not installed")
    for word, value in WORDS.items():
        command = command.replace(word, value.format(mqtt=home.mqtt, status=home.status))
    if ENDLESS.search(command):  # somebody has to say something
        talking = asyncio.create_task(_talk(home))
        code, shown = await home.run(command)
        talking.cancel()
    else:
        code, shown = await home.run(command)
    assert code == 0, shown
    if program != "mosquitto_pub" and "press" not in command:
        assert shown.strip(), "it shows something"


async def _talk(home: RunningHome) -> None:
    while True:
        await home.run(".venv/bin/zigbus sim press wall_switch")
        await asyncio.sleep(0.2)
