"""SDK, commands and a gateway in memory start without what only Unix or Linux has (docs/other_systems.md)."""

import asyncio
import json
import signal
import subprocess
import sys
from pathlib import Path

from gateway.cli import COMMANDS as NAMES
from tests.support.command import IN_TURN, answers_in_turn
from tests.support.desk import Desk, Line
from tests.support.gateway import CONFIG, ENDS_S, PASSWORD, READY_S, ROOT
from tests.support.servers import free_port

ELSEWHERE = """
import asyncio, os, signal, socket, sys

signal.signal(signal.SIGINT, signal.default_int_handler)  # In the background of a shell it is ignored.

MISSING = {"fcntl", "grp", "pwd", "resource", "termios", "uvloop"}

class Without:
    def __init__(self, finder):
        self.finder = finder

    def find_spec(self, name, path=None, target=None):
        return None if name in MISSING else self.finder.find_spec(name, path, target)

for name in MISSING:
    sys.modules.pop(name, None)
sys.meta_path[:] = [Without(finder) for finder in sys.meta_path]
for name in ("geteuid", "getegid", "getgroups", "getuid", "getgid", "fchmod", "fchown", "chown", "fork",
             "sched_getaffinity", "O_CLOEXEC", "O_NONBLOCK", "O_NOCTTY", "O_DIRECTORY", "O_NOFOLLOW"):
    if hasattr(os, name):
        delattr(os, name)
for name in ("TCP_INFO", "TCP_KEEPIDLE", "TCP_USER_TIMEOUT", "SO_REUSEPORT"):
    if hasattr(socket, name):
        delattr(socket, name)

def no_signals(self, sig, callback, *args):
    raise NotImplementedError

asyncio.SelectorEventLoop.add_signal_handler = no_signals
"""
SERVE = (
    ELSEWHERE
    + """
from gateway.cli import main
main(sys.argv[1:])
"""
)
COMMANDS = (
    ["--help"],
    *([name, "--help"] for name in NAMES if name != "openapi"),
    ["sim", "day", "--help"],
    ["openapi"],
)


def run(script: str, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-P", "-c", script, *words]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False, env={"PYTHONPATH": str(ROOT)})


def test_the_sdk_is_loaded() -> None:
    done = run(ELSEWHERE + "\nfrom gateway.client import Agent, PushReceiver, blocking; print('there')")
    assert (done.stdout, done.stderr) == ("there\n", "")


def test_every_command_is_loaded() -> None:
    done = run(ELSEWHERE + IN_TURN, json.dumps(COMMANDS))
    assert (done.returncode, done.stderr) == (0, "")
    assert answers_in_turn(COMMANDS, done.stdout) == {" ".join(words): (0, "", True) for words in COMMANDS}


def test_agents_are_added(tmp_path: Path) -> None:
    made = tmp_path / "agents.toml"
    made.write_text('[[skills]]\nid = 1\nname = "Service"\n', "utf-8")
    config = tmp_path / "basic.properties"
    config.write_text("AGENTS_FILE = agents.toml\n", "utf-8")
    command = [sys.executable, "-P", "-c", SERVE, "agents", "add", "--config", str(config), "--password-stdin", "701"]
    done = subprocess.run(
        command,
        input="Harbour-Light4",
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
        env={"PYTHONPATH": str(ROOT)},
    )
    assert (done.returncode, "id = 701" in made.read_text("utf-8")) == (0, True), done.stderr


async def test_a_gateway_in_memory_serves_sign_in_polls_and_calls(tmp_path: Path) -> None:
    port = free_port()
    settings = {"HTTP_PORT": port, "HTTPS_PORT": 0, "VAR_DIR": tmp_path, "AUDIT_FILE": tmp_path / "audit.jsonl"}
    sets = [word for key, value in settings.items() for word in ("--set", f"{key}={value}")]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-u", "-P", "-c", SERVE, "serve", "--demo", "--config", str(CONFIG), *sets),
        stdout=asyncio.subprocess.PIPE,
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT)},
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(READY_S):
            assert (await process.stdout.readline()).startswith(b"ready ")
        desk = Desk(port, 101, PASSWORD)
        assert (await desk.sign_in()).retcode == "0"
        line = await Line.open(port)  # Only a next poll on one connection confirms there.
        kinds = [(await desk.poll(line=line)).json["event"]["eventType"] for _ in range(2)]
        await line.close()
        assert kinds == ["AgentOther_InService", "AgentState_Ready"]
        assert (await desk.status()).json["result"]["agentState"] == 4
        process.send_signal(signal.SIGINT)
        async with asyncio.timeout(ENDS_S):
            await process.wait()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
