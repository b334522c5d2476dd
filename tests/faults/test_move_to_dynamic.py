"""The move of a site from AUTHMODE 1 to 2 and back, as docs/dynamic_guids.md has it: it signs nobody out.

Three desktops walk along: one follows, one never takes a new GUID, and one agent has two windows of which one follows.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from gateway.redis_store.fence import StoreClock
from gateway.sessions.stages import Following
from gateway.sessions.survey import Asked
from tests.conftest import Shared
from tests.support.desk import Desk
from tests.support.gateway import Gateway, running_gateway
from tests.support.site import Site, site

INTERVAL_MS, TIMEOUT_MS = 1_000, 2_000
FOLLOWS, DEAF, WINDOWS = 101, 102, 103
BEGIN = {
    "AUTHMODE": "1",
    "GUIDREHEARSAL": "OFF",
    "AUTHMODE_STATIC_AGENTS": "",
    "GUIDINTERVAL": str(INTERVAL_MS),
    "GUIDTIMEOUT": str(TIMEOUT_MS),
    "AGENT_POLL_WAIT_FLAG": "OFF",
    "TIMEOUT_FLAG": "OFF",
}


@dataclass
class Walk:
    """A gateway whose settings an operator edits while the desktops work."""

    place: Site
    gateway: Gateway
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

    async def works(self, rounds: int = 3) -> None:
        """Everybody polls and calls for longer than a GUID lives."""
        for _ in range(rounds):
            for desk in (*self.desks.values(), self.window):
                for answer in (await desk.poll(), await desk.status()):
                    if answer.retcode != "0":
                        self.refused.append((desk.agent_id, answer.retcode))
                    if answer.set_guid:
                        self.handed.add(desk.agent_id)
            self.later(TIMEOUT_MS - INTERVAL_MS + 50)

    async def retcodes(self) -> list[str]:
        return [(await desk.status()).retcode for desk in (*self.desks.values(), self.window)]


@pytest.fixture(params=["memory", "valkey"])
async def walk(
    request: pytest.FixtureRequest, tmp_path: Path, shared_server: Shared, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Walk]:
    """Time is the test's own."""
    now = [1_800_000_000_000]
    shared = {}
    if request.param != "memory":
        shared = {"REDIS_URL": shared_server(request.param).url, "STORE_TAG": tmp_path.name}
        monkeypatch.setattr(StoreClock, "now_ms", lambda _clock: now[0])

    async with AsyncExitStack() as stack:
        place = await stack.enter_async_context(site(tmp_path, {**BEGIN, **shared}))
        gateway = await stack.enter_async_context(
            running_gateway(config=place.config, clock=lambda: now[0], jobs=False)
        )
        desks = {agent: gateway.desk(agent) for agent in (FOLLOWS, DEAF, WINDOWS)}
        for desk in desks.values():
            assert (await desk.sign_in()).retcode == "0"
            desk.adopts = desk.agent_id != DEAF
            await desk.drain_events()
        window = gateway.desk(WINDOWS)
        window.guid, window.adopts = desks[WINDOWS].guid, False
        yield Walk(place, gateway, now, desks, window)


async def test_the_whole_guide_signs_nobody_out_there_and_back(walk: Walk) -> None:
    await walk.works(1)
    assert not walk.handed
    await walk.edit(GUIDREHEARSAL="ON")
    await walk.works()
    assert walk.handed == {FOLLOWS, DEAF, WINDOWS}
    await walk.edit(AUTHMODE_STATIC_AGENTS=f"{DEAF};{WINDOWS}", GUIDREHEARSAL="OFF", AUTHMODE="2")
    walk.handed.clear()
    await walk.works()
    assert walk.handed == {FOLLOWS}
    await walk.edit(AUTHMODE="1", AUTHMODE_STATIC_AGENTS="")
    await walk.works()
    assert (walk.refused, await walk.retcodes()) == ([], ["0"] * 4)


async def test_whoever_authmode_2_refuses_is_let_in_again_when_the_site_goes_back(walk: Walk) -> None:
    await walk.edit(AUTHMODE="2")
    walk.later(INTERVAL_MS)
    await walk.works(4)
    assert set(walk.refused) == {(DEAF, "000-003"), (WINDOWS, "000-003")}
    walk.refused.clear()
    await walk.edit(AUTHMODE="1")
    await walk.works()
    assert set(walk.refused) == {(WINDOWS, "000-003")}, "a second window is no session of its own"


async def test_a_rehearsal_tells_who_does_not_follow(walk: Walk) -> None:
    await walk.edit(GUIDREHEARSAL="ON", AGENT_POLL_WAIT_FLAG="OFF")
    for _ in range(4):
        await walk.works(1)
        walk.later(INTERVAL_MS)
    lagging = await walk.gateway.app.survey.report(Asked())
    found = [(line.agent, line.state) for line in lagging.agents]
    assert found == [(DEAF, Following.IGNORES), (WINDOWS, Following.DIVIDED)]
