"""The SDK alone, as an integrator may install it: the wheel without its dependencies, and aiohttp."""

import asyncio
import os
import subprocess
from pathlib import Path
from typing import Final

import pytest

from tests.support.gateway import PASSWORD, gateway_process
from tests.support.wheel import bare_environment, build_wheel

ONLY_NEED: Final = "aiohttp"
SCRIPT: Final = """
import sys
from gateway.client import Agent, PushReceiver, blocking
url, password = sys.argv[1:]
with blocking.sign_in(url, 101, password=password, phone="6001") as agent:
    print(agent.next_event(30).type, agent.next_event(30).type, agent.onlineagent.get_agent_status()["agentState"])
theirs = {name.partition(".")[0] for name in sys.modules}
rooms = {".".join(name.split(".")[:2]) for name in sys.modules if name.startswith("gateway.")}
print(sorted(theirs & {"pydantic", "hiredis", "redis", "click", "argon2", "prometheus_client"}), sorted(rooms))
"""


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of an environment with the wheel, installed without dependencies, and aiohttp."""
    folder = tmp_path_factory.mktemp("wheel")
    return bare_environment(folder / "environment", build_wheel(folder), ONLY_NEED)


async def test_the_wheel_without_its_needs_signs_in_and_polls(python: Path, tmp_path: Path) -> None:
    async with gateway_process(tmp_path) as gateway:
        process = await asyncio.create_subprocess_exec(
            *(str(python), "-I", "-c", SCRIPT, f"http://127.0.0.1:{gateway.port}", PASSWORD),
            stdout=asyncio.subprocess.PIPE,
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": ""},
        )
        said, _ = await process.communicate()
    assert said.decode().splitlines() == [
        "AgentOther_InService AgentState_Ready 4",
        "[] ['gateway.client']",
    ]


def test_the_server_is_not_there(python: Path) -> None:
    """Else the test above would show nothing."""
    done = subprocess.run([str(python), "-I", "-c", "import gateway.app"], capture_output=True, text=True, check=False)
    assert "No module named" in done.stderr


def test_the_wheel_has_the_clients_and_their_types(python: Path) -> None:
    [site] = python.parents[1].glob("lib/python*/site-packages")
    for name in ("py.typed", "client/agentgateway.js", "client/agentgateway.d.ts"):
        assert (site / "gateway" / name).is_file(), name
