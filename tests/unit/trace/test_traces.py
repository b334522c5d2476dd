"""Traces begin, end by themselves, and lose lines rather than hold anybody up."""

from collections.abc import Mapping, Sequence

import pytest

from gateway.admin.route import AdminCall
from gateway.trace import traces as tracing
from gateway.trace.trace_board import MemoryTraceBoard
from gateway.trace.traces import MOST_WAITING, Traces
from gateway.wire.envelope import Event
from gateway.wire.errors import Malformed, Refused, StoreUnavailable

AGENT = 101


class Board(MemoryTraceBoard):
    """One that can be out of reach."""

    away = False

    async def write(self, agent_id: int, lines: Sequence[Mapping[str, object]]) -> None:
        if self.away:
            raise StoreUnavailable("away")
        await super().write(agent_id, lines)

    async def traced(self) -> Mapping[int, int]:
        if self.away:
            raise StoreUnavailable("away")
        return await super().traced()


class World:
    """A board that nodes share, and their clock."""

    def __init__(self) -> None:
        self.now_ms = 1_000_000
        self.board = Board()

    def node(self, name: str = "n1") -> Traces:
        return Traces(self.board, name, b"key", lambda: self.now_ms)

    async def numbers(self) -> list[object]:
        return [line["number"] for line in (await self.board.read(AGENT, "")).lines]


@pytest.fixture
def world() -> World:
    return World()


async def ask(traces: Traces, method: str, body: bytes = b"", agent: str = str(AGENT), after: str = "") -> object:
    route = next(each for each in traces.routes() if each.method == method and "{agent}" in each.path)
    return await route.answer(AdminCall({"agent": agent}, {"after": after} if after else {}, body))


async def test_a_trace_reaches_every_node_and_ends_by_itself(world: World) -> None:
    asked, other = world.node(), world.node("n2")
    await ask(asked, "POST", b'{"for_s":60}')
    await other.look()
    before = dict(other.agents)
    world.now_ms += 60_000
    await other.look()
    assert (list(before), other.agents) == ([AGENT], {})


async def test_the_end_that_is_asked_for_reaches_every_node(world: World) -> None:
    asked, other = world.node(), world.node("n2")
    await ask(asked, "POST", b'{"for_s":60}')
    await other.look()
    await ask(asked, "DELETE")
    await other.look()
    assert not other.agents


async def test_who_is_traced_stays_so_until_its_time_while_the_store_is_away(world: World) -> None:
    traces = world.node()
    await ask(traces, "POST", b'{"for_s":60}')
    world.board.away = True
    await traces.look()
    before = dict(traces.agents)
    world.now_ms += 60_000
    await traces.look()
    assert (list(before), traces.agents) == ([AGENT], {})


async def test_what_waits_for_the_store_is_bounded_and_a_gap_is_seen(world: World) -> None:
    traces = world.node()
    await ask(traces, "POST", b'{"for_s":60}')
    for _ in range(MOST_WAITING + 5):
        traces.put(AGENT, "request")
    await traces.look()
    assert (await world.numbers())[0] == 6


async def test_events_are_told_masked(world: World) -> None:
    traces = world.node()
    traces.events(AGENT, [Event("id", b'{"eventType":"AgentOther_Note","content":{"context":"hello"}}')])
    await traces.look()
    [line] = (await world.board.read(AGENT, "")).lines
    assert (line["kind"], "hello" in str(line)) == ("event", False)


async def test_lines_are_read_on_from_where_the_last_answer_ended(world: World) -> None:
    traces = world.node()
    traces.put(AGENT, "request")
    await traces.look()
    first = await world.board.read(AGENT, "")
    traces.put(AGENT, "answer")
    await traces.look()
    assert [line["kind"] for line in (await world.board.read(AGENT, first.after)).lines] == ["answer"]


@pytest.mark.parametrize("body", [b"", b"{}", b'{"for_s":0}', b'{"for_s":3601}', b'{"for_s":true}', b'{"for_s":"60"}'])
async def test_a_time_that_is_none_is_refused_by_name(world: World, body: bytes) -> None:
    with pytest.raises(Malformed, match="for_s"):
        await ask(world.node(), "POST", body)


@pytest.mark.parametrize("agent", ["0", "x", "1000000", "-1"])
async def test_an_agent_that_is_none_is_refused_by_name(world: World, agent: str) -> None:
    with pytest.raises(Malformed, match="agent"):
        await ask(world.node(), "POST", b'{"for_s":60}', agent)


async def test_a_place_that_is_none_is_refused_by_name(world: World) -> None:
    with pytest.raises(Malformed, match="after"):
        await ask(world.node(), "GET", after="+ COUNT")


async def test_not_everybody_is_traced_at_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracing, "MOST_AGENTS", 1)
    traces = world.node()
    await ask(traces, "POST", b'{"for_s":60}')
    with pytest.raises(Refused):
        await ask(traces, "POST", b'{"for_s":60}', "102")
