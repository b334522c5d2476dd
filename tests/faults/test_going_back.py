"""The way back to a version of before, as docs/upgrade.md says, with those of the repository's history."""

import secrets
from pathlib import Path
from typing import Final

import pytest

from tests.support import former
from tests.support.desk import Desk
from tests.support.gateway import PASSWORD, ROOT, GatewayProcess
from tests.support.one_centre import before, centre_here
from tests.support.operators_shell import Shell, section
from tests.support.servers import Server, Servers
from tests.support.site import site
from tests.support.waiting import until_async

PAGE: Final = ROOT / "docs" / "upgrade.md"
CHOSEN: Final = "Another-Desk8"
UNKNOWN: Final = "SETTING_OF_A_NEWER_VERSION"
SETTINGS: Final = {
    "AUTHMODE": "2",
    "GUIDINTERVAL": "600000",
    "GUIDTIMEOUT": "900000",
    "MAXTIME": "900000",
    "AGENT_POLL_WAIT_FLAG": "OFF",
}
CALLS: Final = (
    ("GET", "agentstatus"),
    ("PUT", "updateGuid"),
    ("GET", "agentstatus"),
    ("POST", "saybusy"),
    ("POST", "sayfree"),
)
BUSY: Final = "AgentState_SetNotReady_Success"


async def goes_on(desk: Desk, node: GatewayProcess) -> bool:
    """At this node: a call, a new GUID, a call with that, and the event of a change of state."""
    desk.port = node.port
    codes = [(await desk.call(method, f"onlineagent/{{id}}/{name}")).retcode for method, name in CALLS]
    assert codes == ["0"] * len(CALLS), node.log.read_text()

    async def heard_of_it() -> bool:
        return BUSY in [event["eventType"] for event in await desk.drain_events()]

    await until_async(heard_of_it)
    return True


@pytest.mark.slow
async def test_nodes_go_back_one_by_one_within_a_format_and_desktops_go_on(server: Server, tmp_path: Path) -> None:
    former.install(former.first_of_this_format(), tmp_path / "former")
    store = {"REDIS_URL": server.url, "STORE_TAG": secrets.token_hex(8), UNKNOWN: "1"}
    async with centre_here() as centre, site(tmp_path, {**SETTINGS, **store, **before(centre)}) as place:
        todays = {name: await place.start(name) for name in ("NodeA", "NodeB")}
        desks = [node.desk(agent_id) for agent_id, node in enumerate(todays.values(), 101)]
        assert [(await desk.sign_in()).retcode for desk in desks] == ["0", "0"]
        serving, logs = dict(todays), []
        try:
            for name, node in todays.items():
                assert await node.end() == 0
                serving[name] = await former.start(tmp_path / "former", place.config, node.port, name)
                assert all([await goes_on(desk, each) for each in serving.values() for desk in desks])
        finally:
            for node in serving.values():
                await node.end()
                logs.append(node.log.read_text())
    assert all(UNKNOWN in log for log in logs)


@pytest.mark.slow
async def test_to_an_older_format_the_keys_are_emptied_and_chosen_passwords_stay(
    servers: Servers, tmp_path: Path
) -> None:
    former.install(former.last_of_the_format_before(), tmp_path / "former")
    server = servers.start("valkey")
    [clear] = [block for block in section(PAGE, "Going back") if "UNLINK" in block[0]]
    async with site(tmp_path, {**SETTINGS, "REDIS_URL": server.url}) as place:
        node = await place.start()
        desk = node.desk(101)
        await desk.sign_in()
        words = {"oldPassword": PASSWORD, "newPassword": CHOSEN}
        assert (await desk.call("POST", "onlineagent/{id}/modifyaccountpwdex", words)).retcode == "0"
        assert await node.end() == 0
        server.ask("SET", "{another}:record:101", "untouched")
        await Shell(tmp_path, {}, {"6379": str(server.port)}).done(*clear)
        kept = server.ask("KEYS", "*")
        node = await former.start(tmp_path / "former", place.config, node.port, "NodeA")
        try:
            refused = (await desk.status()).retcode
            codes = [(await desk.sign_in(password=given)).retcode for given in (PASSWORD, CHOSEN)]
            codes.append((await desk.status()).retcode)
        finally:
            await node.end()
    assert sorted(kept) == ["{agentgateway}:password:101", "{another}:record:101"]
    assert refused == "100-006"
    assert codes == ["100-004", "0", "0"]


async def test_a_setting_that_this_version_does_not_know_is_ignored_but_on_the_command_line(tmp_path: Path) -> None:
    async with site(tmp_path, {UNKNOWN: "1"}) as place:
        code, said = await place.serve_to_the_end(**{UNKNOWN: "1"})
        node = await place.start()
        assert await node.end() == 0
    assert (code, f"--set: unknown setting {UNKNOWN}" in said) == (2, True)
    assert f"unknown setting {UNKNOWN}" in node.log.read_text()
