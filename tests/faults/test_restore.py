"""Store and files are lost and put back as docs/backup.md says: who goes on, and who signs in again."""

import asyncio
import shutil
import time
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from gateway.redis_store.fence_and_seal import OUTAGE_GAP_MS
from gateway.sessions.guid import new_secret_line
from tests.support.desk import Answer, Desk
from tests.support.gateway import CONFIG, PASSWORD, ROOT, Gateway, running_gateway
from tests.support.operators_shell import Shell, section
from tests.support.servers import Server, Servers
from tests.support.waiting import until, until_async

PAGE: Final = ROOT / "docs" / "backup.md"
CHOSEN: Final = "Another-Desk8"
RENEW: Final = "onlineagent/{id}/updateGuid"
FILES: Final = ("basic.properties", "agents.toml", "contact_center.toml", "users.toml")


@dataclass
class Lost:
    """A site in `folder`, with its settings in config/ and the data of its store in data/."""

    folder: Path
    server: Server
    keeps_log: bool
    shell: Shell

    def node(self) -> AbstractAsyncContextManager[Gateway]:
        return running_gateway(config=self.folder / "config" / "basic.properties")

    async def copied(self) -> None:
        """Everything under "Copying"; of a store that keeps a log of its writes the blocks for that."""
        for block in section(PAGE, "Copying"):
            if any("dump.rdb" in line for line in block) and self.keeps_log:
                continue
            if any("appendonlydir" in line for line in block) and not self.keeps_log:
                continue
            await self.shell.done(*block)
            await until_async(self._saved)

    async def _saved(self) -> bool:
        told = await asyncio.to_thread(self.server.ask, "INFO", "persistence")
        return not told["rdb_bgsave_in_progress"] and not told["aof_rewrite_in_progress"]

    def destroyed(self) -> None:
        """The store dies, and nothing is left of its data, the settings and the secrets."""
        self.server.kill()
        for name in ("config", "data"):
            shutil.rmtree(self.folder / name)
            (self.folder / name).mkdir()

    async def put_back(self) -> None:
        for block in section(PAGE, "Putting it back"):
            await self.shell.done(*block)
        self.server.start()


@pytest.fixture(params=["no", "yes"], ids=["snapshot", "appendonly"])
def site(request: pytest.FixtureRequest, servers: Servers, tmp_path: Path) -> Lost:
    (tmp_path / "config").mkdir()
    (tmp_path / "data").mkdir()
    server = servers.start("valkey", {"dir": str(tmp_path / "data"), "appendonly": request.param})
    secret = tmp_path / "config" / "guid.keys"
    secret.touch(0o600)
    secret.write_text(new_secret_line("k1"), "ascii")
    for name in FILES:
        (tmp_path / "config" / name).write_text((CONFIG.parent / name).read_text("utf-8"), "utf-8")
    ours = {
        "REDIS_URL": server.url,
        "GUID_SECRET_FILE": str(secret),
        "AUTHMODE": "2",
        "GUIDINTERVAL": "600000",
        "GUIDTIMEOUT": "900000",
        "MAXTIME": "900000",
        "AGENT_POLL_WAIT_FLAG": "OFF",
    }
    with (tmp_path / "config" / "basic.properties").open("a") as file:
        file.write("\n" + "".join(f"{name} = {value}\n" for name, value in ours.items()))
    shell = Shell(tmp_path, {}, {"6379": str(server.port), "/var/lib/valkey": str(tmp_path / "data")})
    return Lost(tmp_path, server, request.param == "yes", shell)


async def again(node: Gateway, desk: Desk, **body: object) -> Answer:
    """The desktop at a node that was started anew, which it asks for the agent's state."""
    desk.port = node.port
    return await desk.status()


async def renewed(desk: Desk, times: int) -> None:
    for _ in range(times):
        assert (await desk.call("PUT", RENEW)).retcode == "0"
        assert (await desk.status()).retcode == "0"


async def test_agents_go_on_after_store_and_files_were_put_back(site: Lost) -> None:
    async with site.node() as node:
        same, once, twice, often, chose, left = (node.desk(agent_id) for agent_id in range(101, 107))
        for desk in (same, once, twice, often, chose, left):
            assert (await desk.sign_in()).retcode == "0"
            assert (await desk.status()).retcode == "0"
        words = {"oldPassword": PASSWORD, "newPassword": CHOSEN}
        assert (await chose.call("POST", "onlineagent/{id}/modifyaccountpwdex", words)).retcode == "0"
        await same.call("POST", "onlineagent/{id}/saybusy")
        await site.copied()
        for desk, times in ((once, 1), (twice, 2), (often, 3)):
            await renewed(desk, times)
        late = node.desk(107)
        await late.sign_in()
        await left.call("DELETE", "onlineagent/{id}/logout")
        copied_ms = node.app.stores.sessions.now_ms()
    site.destroyed()
    await until(lambda: time.time() * 1000 > copied_ms + OUTAGE_GAP_MS + 500)
    await site.put_back()
    async with site.node() as node:
        [outage] = node.app.stores.sessions.outages()
        goes_on = [(await again(node, desk)).retcode for desk in (same, once, twice, chose)]
        refused = [(await again(node, desk)).retcode for desk in (often, late)]
        events = [event["eventType"] for event in await same.drain_events()]
        signs_in = [(await often.sign_in()).retcode, (await often.sign_in(force=True)).retcode]
        signs_in += [(await late.sign_in()).retcode]
        left.port = node.port
        signs_in += [(await left.sign_in()).retcode, (await left.sign_in(force=True)).retcode]
        await chose.call("DELETE", "onlineagent/{id}/logout")
        passwords = [(await chose.sign_in(password=given)).retcode for given in (PASSWORD, CHOSEN)]
    assert outage.start_ms <= copied_ms < outage.end_ms
    assert goes_on == ["0", "0", "0", "0"]
    assert refused == ["000-003", "100-006"]
    assert "AgentState_SetNotReady_Success" in events
    assert signs_in == ["100-002", "0", "0", "100-002", "0"]
    assert passwords == ["100-004", "0"]
