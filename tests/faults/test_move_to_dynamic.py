"""The move of a site from AUTHMODE 1 to 2 and back, as docs/dynamic_guids.md has it: it signs nobody out.

Desktops of all kinds walk along: two follow, two never take a new GUID, and one agent has two windows of which one
follows. At each step the operator does what the report says.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from gateway.audit import trail
from gateway.redis_store.fence_and_seal import StoreClock
from tests.conftest import Shared
from tests.support.admin import Operator, administered, token_file
from tests.support.desk import Desk
from tests.support.gateway import Gateway, running_gateway
from tests.support.site import Site, site

INTERVAL_MS, TIMEOUT_MS = 1_000, 2_000
FOLLOWS, DEAF, WINDOWS = 101, 102, 103
FOLLOWS_LATER, DEAF_EARLY = 104, 110
"""Of these five 101, 103 and 110 are among the first PERCENT."""
PERCENT = 60
AGENTS = (FOLLOWS, DEAF, WINDOWS, FOLLOWS_LATER, DEAF_EARLY)
IGNORE = {DEAF, DEAF_EARLY}
BEGIN = {
    "AUTHMODE": "1",
    "AUTHMODE_PERCENT": "100",
    "GUIDREHEARSAL": "OFF",
    "AUTHMODE_STATIC_AGENTS": "",
    "GUIDINTERVAL": str(INTERVAL_MS),
    "GUIDTIMEOUT": str(TIMEOUT_MS),
    "AGENT_POLL_WAIT_FLAG": "OFF",
    "TIMEOUT_FLAG": "OFF",
    "ADMIN_PORT": "1",
}


@dataclass
class Walk:
    """A gateway whose settings an operator edits while the desktops work."""

    place: Site
    gateway: Gateway
    operator: Operator
    now: list[int]
    desks: Mapping[int, Desk]
    window: Desk
    refused: list[tuple[int, str]] = field(default_factory=list)
    handed: set[int] = field(default_factory=set)

    def later(self, ms: int) -> None:
        self.now[0] += ms

    async def edit(self, **changes: str) -> None:
        """Changes the settings file and has it taken over."""
        self.place.edit(**changes)
        await self.gateway.app.live.reload("the operator")
        assert not self.gateway.app.live.last_error

    async def take(self, step: Any, rounds: int = 4) -> None:
        """Sets what a step of the report is made by, and has everybody work."""
        self.handed.clear()
        self.refused.clear()
        await self.edit(**step["settings"])
        await self.works(rounds)

    async def works(self, rounds: int = 4, agents: Collection[int] = AGENTS) -> None:
        """These poll and call for longer than a GUID lives, and than it takes to tell who does not follow."""
        for _ in range(rounds):
            await asyncio.gather(*map(self._works, agents))
            self.later(TIMEOUT_MS - INTERVAL_MS + 50)

    async def _works(self, agent_id: int) -> None:
        """The desktop of one agent, then the second window, if there is one."""
        for desk in (self.desks[agent_id], *([self.window] if agent_id == WINDOWS else [])):
            for answer in (await desk.poll(), await desk.status()):
                if answer.retcode != "0":
                    self.refused.append((desk.agent_id, answer.retcode))
                if answer.set_guid:
                    self.handed.add(desk.agent_id)

    async def retcodes(self) -> list[str]:
        return [(await desk.status()).retcode for desk in (*self.desks.values(), self.window)]

    async def report(self, percent: int = PERCENT) -> "Report":
        said = await self.operator.get(f"/adoption?percent={percent}")
        return Report(said.json)


@dataclass(frozen=True)
class Report:
    """What `GET /adoption` says."""

    found: Any

    @property
    def stage(self) -> str:
        stage: str = self.found["stage"]
        return stage

    @property
    def states(self) -> dict[str, int]:
        """Those that any session is in."""
        return {state: count for state, count in self.found["states"].items() if count}

    @property
    def named(self) -> dict[int, str]:
        """Who does not follow."""
        return {line["agent"]: line["state"] for line in self.found["agents"]}

    def step(self, name: str) -> Any:
        return next(step for step in self.found["steps"] if step["step"] == name)

    def refuses(self, name: str) -> tuple[int, str]:
        """How many sessions a step would refuse, and whom to list before."""
        step = self.step(name)
        return step["refused"], step["to_list"]


Start = Callable[..., AbstractAsyncContextManager[Walk]]


@pytest.fixture(params=["memory", "valkey"])
def start(
    request: pytest.FixtureRequest, tmp_path: Path, shared_server: Shared, monkeypatch: pytest.MonkeyPatch
) -> Start:
    """Time is the test's own."""

    @contextlib.asynccontextmanager
    async def started(now: list[int]) -> AsyncIterator[Walk]:
        shared = {}
        if request.param != "memory":
            shared = {"REDIS_URL": shared_server(request.param).url, "STORE_TAG": tmp_path.name}
            monkeypatch.setattr(StoreClock, "now_ms", lambda _clock: now[0])
        token = {"ADMIN_TOKEN_FILE": str(token_file(tmp_path))}
        async with AsyncExitStack() as stack:
            place = await stack.enter_async_context(site(tmp_path, {**BEGIN, **shared, **token}))
            gateway = await stack.enter_async_context(
                running_gateway(config=place.config, clock=lambda: now[0], jobs=False)
            )
            if gateway.app.stores.floor is not None:
                keeping = asyncio.create_task(gateway.app.stores.floor.run())
                stack.callback(keeping.cancel)
            operator = await stack.enter_async_context(administered(gateway))
            desks = {agent: gateway.desk(agent) for agent in AGENTS}
            for desk in desks.values():
                assert (await desk.sign_in()).retcode == "0"
                desk.adopts = desk.agent_id not in IGNORE
                await desk.drain_events()
            window = gateway.desk(WINDOWS)
            window.guid, window.adopts = desks[WINDOWS].guid, False
            yield Walk(place, gateway, operator, now, desks, window)

    return started


@pytest.fixture
async def walk(start: Start) -> AsyncIterator[Walk]:
    async with start([1_800_000_000_000]) as made:
        yield made


async def test_the_whole_guide_signs_nobody_out_there_and_back(walk: Walk) -> None:
    report = await walk.report()
    assert (report.stage, report.states) == ("static", {"untried": 5})
    assert [report.step(name)["unknown"] for name in ("rehearsal", "percent", "all")] == [0, 3, 5]

    await walk.take(report.step("rehearsal"))
    report = await walk.report()
    assert (report.stage, report.states) == ("rehearsal", {"follows": 2, "ignores": 2, "divided": 1})
    assert report.named == {DEAF: "ignores", WINDOWS: "divided", DEAF_EARLY: "ignores"}
    assert (report.refuses("now"), report.refuses("percent")) == ((0, ""), (2, "103;110"))
    assert (report.refuses("all"), report.refuses("back")) == ((3, "102-103;110"), (0, ""))
    assert walk.refused == []

    await walk.edit(AUTHMODE_STATIC_AGENTS=report.step("all")["static_agents"])
    await walk.works()
    report = await walk.report()
    assert [report.refuses(name) for name in ("percent", "all")] == [(0, ""), (0, "")]
    assert report.named == {DEAF: "ignores", WINDOWS: "divided", DEAF_EARLY: "ignores"}

    await walk.take(report.step("percent"))
    report = await walk.report()
    assert (report.stage, report.step("now")["dynamic"], walk.handed) == ("staged", 1, {FOLLOWS})
    assert (report.refuses("now"), report.refuses("all"), walk.refused) == ((0, ""), (0, ""), [])

    await walk.take(report.step("all"))
    report = await walk.report()
    assert (report.stage, report.step("now")["dynamic"]) == ("dynamic", 2)
    assert walk.handed == {FOLLOWS, FOLLOWS_LATER}
    assert (report.refuses("now"), walk.refused) == ((0, ""), [])

    await walk.take(report.step("back"))
    assert ((await walk.report()).stage, walk.handed, walk.refused) == ("static", set(), [])
    assert await walk.retcodes() == ["0"] * 6


async def test_a_percentage_refuses_those_whom_the_report_names_and_nobody_else(walk: Walk) -> None:
    await walk.edit(GUIDREHEARSAL="ON")
    await walk.works()
    step = (await walk.report()).step("percent")
    await walk.take(step)
    assert {agent for agent, _ in walk.refused} == {WINDOWS, DEAF_EARLY}
    now = (await walk.report()).step("now")
    assert (now["refused"], now["to_list"]) == (2, step["to_list"])
    walk.refused.clear()
    await walk.edit(AUTHMODE_STATIC_AGENTS=now["static_agents"])
    await walk.works(2)
    assert set(walk.refused) == {(WINDOWS, "000-003")}, "of the others each goes on with the GUID that it has"
    assert (await walk.report()).refuses("now") == (0, "")


async def test_a_higher_percentage_and_a_lower_one_refuse_nobody_who_follows(walk: Walk) -> None:
    rotating = []
    for percent in (0, 60, 100, 54, 55, 100):
        await walk.edit(AUTHMODE="2", AUTHMODE_PERCENT=str(percent))
        walk.handed.clear()
        await walk.works(3, (FOLLOWS, FOLLOWS_LATER))
        rotating.append(len(walk.handed))
    assert (rotating, walk.refused) == ([0, 1, 2, 0, 1, 2], [])


async def test_whoever_authmode_2_refuses_is_named_and_let_in_again_when_the_site_goes_back(walk: Walk) -> None:
    await walk.edit(AUTHMODE="2")
    walk.later(INTERVAL_MS)
    await walk.works(3)
    assert {agent for agent, _ in walk.refused} == {DEAF, WINDOWS, DEAF_EARLY}
    report = await walk.report()
    assert report.named == {DEAF: "ignores", WINDOWS: "divided", DEAF_EARLY: "ignores"}
    assert report.refuses("now") == (3, "102-103;110")
    await walk.take(report.step("back"), rounds=2)
    assert set(walk.refused) == {(WINDOWS, "000-003")}, "a second window is no session of its own"


@pytest.mark.parametrize("start", ["valkey"], indirect=True)
async def test_what_a_node_found_out_its_successor_tells(start: Start) -> None:
    """What only the node knows that refused or accepted a request is in the audit trail of all nodes."""
    now = [time.time_ns() // 1_000_000]
    async with start(now) as walk:
        stream = walk.gateway.app.stores.audit
        assert stream is not None
        key = walk.gateway.app.audit_key()
        with trail.installed(trail.Trail("NodeA", key, [stream.put], lambda: now[0])):
            await walk.edit(GUIDREHEARSAL="ON")
            await walk.works()
            await walk.desks[DEAF].call("DELETE", "onlineagent/{id}/logout")
            await stream.flush()
    async with running_gateway(config=walk.place.config, jobs=False) as other, administered(other) as operator:
        with trail.installed(trail.Trail("NodeB", key, [], lambda: now[0])):
            found = Report((await operator.get("/adoption")).json)
    assert found.named == {DEAF: "ignores", WINDOWS: "divided", DEAF_EARLY: "ignores"}
    assert [line["signed_in"] for line in found.found["agents"]] == [False, True, True]
