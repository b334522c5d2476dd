"""Watching goes on while a shard of the store is out of reach."""

import pytest

from gateway.sessions.store import Seen
from gateway.wire.errors import StoreUnavailable
from tests.support.hall import Hall

INSPECTOR, AWAY, THERE = 119, 101, 103


class Lost:
    """The shard of an agent is out of reach until `over`."""

    def __init__(self, hall: Hall, agent_id: int, monkeypatch: pytest.MonkeyPatch) -> None:
        self._patch = monkeypatch
        shard = hall.store.shard_of(agent_id)
        monkeypatch.setattr(shard, "in_reach", lambda: False)
        monkeypatch.setattr(shard, "live", self._live)

    async def _live(self) -> list[Seen]:
        raise StoreUnavailable

    def over(self) -> None:
        self._patch.undo()


async def watching() -> Hall:
    """An inspector who watches two agents; its own shard stays in reach."""
    hall = Hall(shards=2)
    assert hall.store.shard_of(INSPECTOR) is hall.store.shard_of(THERE) is not hall.store.shard_of(AWAY)
    for agent_id in (INSPECTOR, AWAY, THERE):
        await hall.enter(agent_id)
    await hall.do(INSPECTOR, "beginMonitor", {"agents": f"{AWAY};{THERE}"})
    await hall.told(INSPECTOR)
    return hall


async def told(hall: Hall) -> list[str]:
    await hall.time.pass_s(1)
    return [f"{event.content['subtype']} {event.content['monitoredagent']}" for event in await hall.told(INSPECTOR)]


async def test_what_agents_of_other_shards_do_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    hall = await watching()
    Lost(hall, AWAY, monkeypatch)
    await hall.leave(THERE)
    assert await told(hall) == [f"QC_AgentState_Logout {THERE}"]


async def test_agents_of_a_shard_that_comes_and_goes_neither_sign_out_nor_in(monkeypatch: pytest.MonkeyPatch) -> None:
    hall = await watching()
    lost = Lost(hall, AWAY, monkeypatch)
    during = await told(hall)
    lost.over()
    assert during + await told(hall) == []
