"""A running gateway steered by its operator's commands, with sessions in memory and in Valkey (docs/admin.md)."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from gateway.agents.lockout import PAIR_LIMIT
from tests.support.admin import TOKEN, Operator, administered, token_file
from tests.support.command import run
from tests.support.desk import Answer, Desk, Line, ask_once
from tests.support.gateway import CONFIG, running_gateway
from tests.support.servers import Server, free_port
from tests.support.site import site
from tests.support.waiting import until_async

LOOKS = 5


@dataclass(frozen=True)
class Steered:
    """A gateway with its port, its settings file and its operator."""

    port: int
    desk: Callable[[int], Desk]
    config: Path
    operator: Operator
    folder: Path

    async def command(self, *words: str, typed: str = "") -> Result:
        return await asyncio.to_thread(run, self.folder, self.operator.port, *words, typed=typed)

    async def json(self, *words: str) -> Any:
        return json.loads((await self.command(*words, "--json")).stdout)


@pytest.fixture(params=["memory", "valkey"])
def store(request: pytest.FixtureRequest) -> Mapping[str, str]:
    """Settings of each kind of store."""
    if request.param == "memory":
        return {}
    server: Server = request.getfixturevalue("shared_server")("valkey")
    return {"REDIS_URL": server.url, "STORE_TAG": f"steering-{free_port()}"}


@pytest.fixture
async def steered(store: Mapping[str, str], tmp_path: Path) -> AsyncIterator[Steered]:
    """In this process."""
    admin = {"ADMIN_TOKEN_FILE": str(token_file(tmp_path)), "ADMIN_PORT": "1"}
    async with site(tmp_path) as place:
        overrides = {**admin, "NODE_NAME": "NodeA", **store}
        async with running_gateway(overrides, config=place.config) as made, administered(made) as operator:
            yield Steered(made.port, made.desk, place.config, operator, tmp_path)


async def test_sessions_are_listed_shown_and_ended(steered: Steered) -> None:
    desks = [steered.desk(agent_id) for agent_id in (101, 102, 103)]
    for desk in desks:
        await desk.sign_in()
        await desk.status()
    listed = await steered.json("sessions", "list", "--address", "127.0.0.1")
    assert [(line["agent"], line["node"], line["state"]) for line in listed] == [
        (agent_id, "NodeA", "current") for agent_id in (101, 102, 103)
    ]
    ended = [await steered.command("sessions", "end", "101"), await steered.command("sessions", "end", "101")]
    rest = await steered.command("sessions", "end", "--node", "NodeA", typed="2\n")
    assert [done.exit_code for done in (*ended, rest)] == [0, 3, 0]
    assert [(await desk.status()).retcode for desk in desks] == ["100-006"] * 3
    shown = await steered.json("sessions", "show", "103")
    assert (shown["signed_in"], shown["former"][0]["reason"]) == (False, "FORCED")


@pytest.mark.parametrize(
    ("body", "named"),
    [
        (b"", "body"),
        (b"[]", "body"),
        (b"{}", "body"),
        (b'{"all":false}', "body"),
        (b'{"all":true,"node":"NodeA"}', "body"),
        (b'{"agents":"101"}', "body"),
        (b'{"node":null}', "node"),
        (b'{"state":"ill"}', "state"),
        (b'{"agent":"x"}', "agent"),
        (b'{"all":true,"before":"yesterday"}', "before"),
        (b'{"all":true,"before":"2026-01-01T08:00:00"}', "before"),
        (b'{"all":true,"after":"-1"}', "after"),
        (b'{"all":true,"most":0}', "most"),
        (b'{"all":true,"most":501}', "most"),
        (b'{"after":101}', "body"),
    ],
)
async def test_whose_sessions_to_end_must_be_plain(tmp_path: Path, body: bytes, named: str) -> None:
    overrides = {"ADMIN_TOKEN_FILE": str(token_file(tmp_path)), "ADMIN_PORT": "1"}
    async with running_gateway(overrides, jobs=False) as made, administered(made) as operator:
        await made.desk(101).sign_in()
        said = await operator.post("/sessions/end", body=body)
        left = (await operator.get("/sessions")).json["total"]
    assert (said.status, said.json["error"].partition(":")[0], left) == (400, named, 1)


async def test_who_is_locked_out_is_listed_and_unlocked(steered: Steered) -> None:
    desk = steered.desk(101)
    wrong = [(await desk.sign_in(password="Wrong-Desk7")).retcode for _ in range(PAIR_LIMIT)]
    assert wrong == ["100-004"] * PAIR_LIMIT
    assert (await desk.sign_in()).retcode == "110-016"
    [lock] = await steered.json("lockouts", "list")
    assert (lock["agent"], lock["address"], lock["failures"]) == (101, "127.0.0.1", PAIR_LIMIT)
    unlocked = await steered.command("lockouts", "unlock", "--agent", "101")
    assert unlocked.stdout == "unlocked: agent 101 from 127.0.0.1\n"
    assert (await desk.sign_in()).retcode == "0"


async def held_poll(steered: Steered, desk: Desk, line: Line) -> asyncio.Task[Answer]:
    """A poll for which there is no event: it is still there after some looks of the operator, each with its trips."""
    while True:
        poll, seen = asyncio.create_task(desk.poll(line=line)), 0
        while not poll.done() and seen < LOOKS:
            seen += (await steered.operator.get("/drain")).json["polls"]
        if not poll.done():
            return poll
        assert "event" in (await poll).json


async def test_a_drained_node_takes_no_sign_in_and_lets_everybody_go(steered: Steered) -> None:
    desk, late = steered.desk(101), steered.desk(102)
    await desk.sign_in()
    line = await Line.open(steered.port)
    poll = await held_poll(steered, desk, line)
    drained = await steered.command("drain")
    held = await poll
    await line.close()
    refused = await late.sign_in()
    ready = await ask_once(steered.port, "GET", "/gateway/ready")
    again = await desk.poll()
    assert (drained.exit_code, drained.stdout) == (0, "NodeA is drained: nobody is connected\n")
    assert (held.body, again.body) == (b'{"message":"","retcode":"0"}',) * 2
    assert (held.headers["Connection"], again.headers["Connection"]) == ("close", "close")
    assert (refused.status, refused.retcode, refused.headers["Retry-After"]) == (503, "100-007", "1")
    assert (ready.status, ready.json["drain"][:14]) == (503, "draining since")


async def test_a_node_taken_back_serves_as_before(steered: Steered) -> None:
    await steered.command("drain", "--no-wait")
    await steered.command("undrain")
    line, desk = await Line.open(steered.port), steered.desk(101)
    assert (await desk.sign_in()).retcode == "0"
    assert "Connection" not in (await line.ask("GET", "/gateway/ready")).headers
    assert (await line.ask("GET", "/gateway/ready")).status == 200
    await line.close()


async def test_whoever_is_connected_keeps_a_drain_from_being_over(steered: Steered) -> None:
    line = await Line.open(steered.port)
    await until_async(lambda: one_is_connected(steered))
    late = await steered.command("drain", "--timeout", "0s")
    assert (late.exit_code, late.stdout) == (4, "NodeA drains: 1 connections, 0 requests, 0 polls\n")
    await line.close()
    assert (await steered.command("drain")).exit_code == 0


async def one_is_connected(steered: Steered) -> bool:
    return bool((await steered.operator.get("/drain")).json["connections"] == 1)


async def test_settings_are_read_again_and_listed(steered: Steered) -> None:
    former = steered.config.read_text()
    steered.config.write_text(f"{former}MAXTIME = 123000\n")
    done = [await steered.command("settings", "reload")]
    told = await steered.json("settings", "list", "MAXTIME", "NODE_NAME")
    steered.config.write_text(f"{former}MAXTIME = never\n")
    done.append(await steered.command("settings", "reload"))
    assert [each.exit_code for each in done] == [0, 1]
    assert "MAXTIME = never" in done[1].stderr
    assert {each["key"]: (each["value"], each["source"]) for each in told} == {
        "MAXTIME": ("123000", "file"),
        "NODE_NAME": ("NodeA", "--set"),
    }


async def test_store_and_nodes_are_told(steered: Steered, store: Mapping[str, str]) -> None:
    found, nodes = await steered.json("store"), await steered.json("nodes")
    assert (found["reachable"], found["outage_since"], found["kind"]) == (True, None, "redis" if store else "memory")
    assert [(node["node"], node["this"], len(node["workers"])) for node in nodes] == [("NodeA", True, 1)]


async def test_a_reader_may_look_and_change_nothing(tmp_path: Path) -> None:
    named = tmp_path / "admin.tokens"
    named.touch(0o600)
    named.write_text("rita read a-token-of-role-read\n")
    admin = {"ADMIN_TOKEN_FILE": str(token_file(tmp_path)), "ADMIN_TOKENS_FILE": str(named), "ADMIN_PORT": "1"}
    async with running_gateway(admin, jobs=False) as made, administered(made) as operator:
        reader = Operator(operator.port, "a-token-of-role-read")
        looks = ("/sessions", "/sessions/101", "/lockouts", "/nodes", "/drain", "/settings", "/store")
        changes = ("/sessions/end", "/sessions/101/end", "/lockouts/unlock", "/drain", "/undrain", "/settings/reload")
        assert [(await reader.get(path)).status for path in looks] == [200] * len(looks)
        assert [(await reader.post(path)).status for path in changes] == [403] * len(changes)


async def test_what_is_done_on_a_started_node_is_in_its_trail_with_who_did_it(
    store: Mapping[str, str], tmp_path: Path
) -> None:
    port = free_port()
    admin = {"ADMIN_PORT": str(port), "ADMIN_TOKEN_FILE": str(token_file(tmp_path))}
    async with site(tmp_path) as place:
        node = await place.start("NodeA", {**admin, **store})
        steered = Steered(node.port, node.desk, CONFIG, Operator(port, TOKEN), tmp_path)
        desk = node.desk(101)
        await desk.sign_in()
        shown = await steered.operator.get("/sessions/101")
        drained = await steered.command("drain")
        await steered.command("undrain")
        await steered.command("sessions", "end", "--all", "--yes")
        trail = (await steered.operator.get("/audit")).json
    told = {line["kind"]: line for line in trail}
    assert [(kind, told[kind]["by"]) for kind in ("drain", "undrain", "sign-out")] == [
        ("drain", "operator"),
        ("undrain", "operator"),
        ("sign-out", "operator"),
    ]
    assert shown.json["session"]["session"] == told["sign-in"]["session"] == told["sign-out"]["session"]
    assert desk.guid.partition(".")[0].encode() not in shown.body
    lost = "sessions are in the memory of this node: a stop signs 1 agents out: 101\n"
    assert drained.stderr == ("" if store else lost)
