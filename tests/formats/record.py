"""Records what a version of the gateway leaves in Redis: `python -m tests.formats.record CHECKOUT FILE`.

CHECKOUT is a folder with that version, set up (`scripts/setup dev`). The file is one of the format that this version
writes, for `test_formats.py`: each key with its value, and what desktops held at that time. Sessions of it are those of
demo agents, and the secret was made for the recording: nothing in it opens anything.
"""

import argparse
import base64
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import redis

from tests.support.servers import Server, Servers, free_port

TAG: Final = "recorded"
SECRET: Final = "k1 " + "0123456789abcdef" * 4
PASSWORD: Final = "Welcome-Desk7"
OTHER_PASSWORD: Final = "Changed-Desk8"
READY_S: Final = 120
PLAYED_S: Final = 4


@dataclass
class Desk:
    """A desktop that keeps the GUID it was handed last, and the one before."""

    port: int
    agent_id: int
    guid: str = ""
    former: str = ""

    def ask(self, method: str, path: str, body: Mapping[str, object] | None = None) -> dict[str, Any]:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/agentgateway/resource/{path.format(id=self.agent_id)}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json", **({"guid": self.guid} if self.guid else {})},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            handed = answer.headers.get("Set-GUID", "").removeprefix("JSESSIONID=")
            if handed and handed != self.guid:
                self.former, self.guid = self.guid, handed
            said: dict[str, Any] = json.loads(answer.read())
            return said

    def sign_in(self, password: str = PASSWORD, *, force: bool = False) -> dict[str, Any]:
        path = "onlineagent/{id}/forcelogin" if force else "onlineagent/{id}"
        return self.ask("PUT", path, {"password": password, "phonenum": str(60_000 + self.agent_id)})


@contextmanager
def gateway(checkout: Path, folder: Path, redis_url: str) -> Iterator[int]:
    """The gateway of a checkout; its port."""
    secret = folder / "guid.keys"
    secret.touch(0o600)
    secret.write_text(f"{SECRET}\n")
    port = free_port()
    settings: dict[str, object] = {
        "HTTP_PORT": port,
        "HTTPS_PORT": 0,
        "REDIS_URL": redis_url,
        "STORE_TAG": TAG,
        "GUID_SECRET_FILE": secret,
        "GUIDINTERVAL": 5000,
        "GUIDTIMEOUT": 600_000,
        "AGENT_POLL_WAIT_FLAG": "OFF",
        "VAR_DIR": folder,
        "MAXTIME": 600_000,
    }
    if "DEMO_AGENTS" in (checkout / "config" / "basic.properties").read_text():
        settings["DEMO_AGENTS"] = "ON"
    sets = [word for key, value in settings.items() for word in ("--set", f"{key}={value}")]
    python = checkout / ".venv" / "bin" / "python"
    log = (folder / "log").open("wb")
    process = subprocess.Popen(
        [python, "-P", "-m", "gateway", "serve", "--config", "config/basic.properties", *sets],
        cwd=checkout,
        stdout=subprocess.PIPE,
        stderr=log,
        env={**os.environ, "PYTHONPATH": str(checkout)},
    )
    try:
        assert process.stdout is not None
        if not process.stdout.readline().startswith(b"ready"):
            sys.exit((folder / "log").read_text())
        yield port
    finally:
        process.kill()  # What is in the store stays as it is.
        process.wait()


def play(port: int) -> dict[str, Any]:
    """What desktops do, and what they hold in the end."""
    desks = {agent: Desk(port, agent) for agent in range(101, 108)}
    for agent in (101, 102, 103, 104, 106):
        assert desks[agent].sign_in()["retcode"] == "0", agent
    desks[102].ask("POST", "onlineagent/{id}/saybusy")
    desks[103].ask("DELETE", "onlineagent/{id}/logout")
    taken = desks[104].guid
    second = Desk(port, 104)
    assert second.sign_in(force=True)["retcode"] == "0"
    time.sleep(6)  # GUIDINTERVAL, so that the next poll rotates.
    desks[101].ask("GET", "agentevent/{id}")
    desks[101].ask("GET", "agentevent/{id}")
    assert desks[101].former, "nothing was rotated"
    desks[105].sign_in("wrong-Desk7")
    changed = {"oldPassword": PASSWORD, "newPassword": OTHER_PASSWORD}
    assert desks[106].ask("POST", "onlineagent/{id}/modifyaccountpwdex", changed)["retcode"] == "0"
    time.sleep(PLAYED_S)  # Last-seen is written in batches.
    return {
        "alive": {agent: desks[agent].guid for agent in (101, 102, 106)} | {104: second.guid},
        "in_grace": {101: desks[101].former},
        "ended": {103: desks[103].guid, 104: taken},
        "passwords": {106: OTHER_PASSWORD},
        "queue": {102: "AgentState_SetNotReady_Success"},
        "secret": SECRET,
    }


_READ: Final[Mapping[str, tuple[Any, ...]]] = {
    "string": ("GET",),
    "hash": ("HGETALL",),
    "list": ("LRANGE", 0, -1),
    "zset": ("ZRANGE", 0, -1, "WITHSCORES"),
    "set": ("SMEMBERS",),
}


def dump(server: Server) -> dict[str, Any]:
    """Every key but streams: its kind, its value in base64, and for how many ms it lasts (0: for ever)."""
    found: dict[str, Any] = {}
    with closing(redis.Redis.from_url(server.url)) as asking:
        names: Any = asking.keys("*")
        for key in sorted(names):
            kind = _text(asking.type(key))
            if kind in _READ:
                lasts: Any = asking.pttl(key)
                command, *rest = _READ[kind]
                value = _encoded(asking.execute_command(command, key, *rest))  # type: ignore[no-untyped-call]
                found[key.decode()] = [kind, value, max(0, lasts)]
    return found


def _text(raw: Any) -> str:
    return raw.decode() if isinstance(raw, bytes) else str(raw)


def _encoded(value: Any) -> Any:
    if isinstance(value, dict):
        return [_encoded(each) for pair in value.items() for each in pair]
    if isinstance(value, list | tuple | set):
        flat = [each for part in value for each in (part if isinstance(part, list | tuple) else [part])]
        return [_encoded(each) for each in flat]
    raw = value if isinstance(value, bytes) else str(int(value) if isinstance(value, float) else value).encode()
    return base64.b64encode(raw).decode()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("checkout", type=Path)
    parser.add_argument("file", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        servers = Servers(Path(name))
        try:
            server = servers.start("valkey")
            with gateway(given.checkout.resolve(), Path(name), server.url) as port:
                held = play(port)
                keys = dump(server)
        finally:
            with suppress(OSError):
                servers.end()
    said = {"recorded_ms": time.time_ns() // 1_000_000, **held, "keys": keys}
    given.file.write_text(json.dumps(said, indent=1) + "\n")


if __name__ == "__main__":
    main()
