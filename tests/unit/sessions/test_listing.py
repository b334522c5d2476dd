"""Who is signed in, as operators see it: over both kinds of store."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from gateway.sessions.admin_routes import end_sessions
from gateway.sessions.listing import SessionFilter, agent_view, chosen, session_page, state_of, view
from gateway.sessions.live import READ_TOGETHER
from gateway.sessions.model import Session, Superseded
from gateway.sessions.policy import Policy
from gateway.sessions.service import SessionService
from gateway.sessions.store import Seen
from gateway.settings.schema import Settings
from gateway.wire.errors import StoreUnavailable
from tests.unit.sessions.node_pairs import START_MS, NodePair, memory_pair, opening, session
from tests.unit.sessions.samples import AGENT, GRACE, INTERVAL, RING, ROTATING


def service(pair: NodePair, **settings: str) -> SessionService:
    return SessionService(pair.one.store, RING, lambda: Policy(Settings.model_validate(settings)))


async def signed_in(pair: NodePair, *sessions: Session, first: int = 101) -> None:
    for agent_id, opened in enumerate(sessions, first):
        await pair.one.store.apply(agent_id, opening(opened))


def agents(found: list[Seen]) -> list[int]:
    return [seen.agent_id for seen in found]


async def test_a_page_is_by_agent_and_tells_how_many_there_are(pair: NodePair) -> None:
    await signed_in(pair, *(session() for _ in range(5)))
    page = await session_page(service(pair), SessionFilter(), 2, 2)
    assert ([each.agent for each in page.sessions], page.total, page.page, page.pages) == ([103, 104], 5, 2, 3)


async def test_behind_the_last_page_comes_the_last_one(pair: NodePair) -> None:
    await signed_in(pair, session())
    page = await session_page(service(pair), SessionFilter(), 9, 2)
    assert (page.page, page.pages, len(page.sessions)) == (1, 1, 1)


async def test_without_sessions_there_is_one_empty_page(pair: NodePair) -> None:
    page = await session_page(service(pair), SessionFilter(), 1, 50)
    assert (page.total, page.page, page.pages, list(page.sessions)) == (0, 1, 1, [])


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (SessionFilter(find="10"), [101, 102, 103]),
        (SessionFilter(find="103"), [103]),
        (SessionFilter(find="9"), []),
        (SessionFilter(find="SOFT"), [101]),
        (SessionFilter(find="192.0.2."), [101, 102]),
        (SessionFilter(find="nodeb"), [103]),
        (SessionFilter(client="phone/2"), [102]),
        (SessionFilter(address="192.0.2.7"), [101]),
        (SessionFilter(address="192.0.2."), []),
        (SessionFilter(node="NodeB"), [103]),
        (SessionFilter(agents=frozenset({102, 900})), [102]),
        (SessionFilter(find="10", node="NodeA"), [101, 102]),
        (SessionFilter(before_ms=START_MS), [101, 102, 103]),
        (SessionFilter(before_ms=START_MS - 1), []),
    ],
)
async def test_sessions_are_sought(pair: NodePair, wanted: SessionFilter, found: list[int]) -> None:
    some = [
        replace(session(), node="NodeA", client="Soft 1", address="192.0.2.7"),
        replace(session(), node="NodeA", client="Phone/2", address="192.0.2.8"),
        replace(session(), node="NodeB"),
    ]
    await signed_in(pair, *some)
    assert agents(await chosen(service(pair), wanted)) == found


def rotated(adopted_ms: int = 0, **more: object) -> Session:
    """Generation 1, made when 0 was of age."""
    left = Superseded(0, START_MS + INTERVAL, adopted_ms)
    made = replace(session(), number=1, issued_ms=START_MS + INTERVAL, adopted_ms=adopted_ms, superseded=(left,))
    return replace(made, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("opened", "seen_after_ms", "state"),
    [
        (session(), 0, "unused"),
        (replace(session(), adopted_ms=START_MS), 0, "current"),
        (rotated(), INTERVAL + 1000, "handed-out"),
        (rotated(), INTERVAL + 12_001, "lagging"),
        (rotated(START_MS + INTERVAL + 5), INTERVAL + 12_001, "current"),
    ],
)
def test_how_a_session_stands_with_its_newest_guid(opened: Session, seen_after_ms: int, state: str) -> None:
    assert state_of(opened, ROTATING, START_MS + seen_after_ms) == state


async def test_generations_tell_their_grace(pair: NodePair) -> None:
    opened = rotated(START_MS + INTERVAL + 5)
    await signed_in(pair, opened)
    pair.world.now_ms = START_MS + INTERVAL + 1000
    shown = view(service(pair), Seen(101, opened.id, pair.world.now_ms, False), opened)
    told = [(each.number, each.standing, each.adopted, each.made, each.until) for each in shown.generations]
    assert told == [
        (1, "current", True, "2023-11-14T22:14:20.000Z", None),
        (0, "grace", True, "2023-11-14T22:13:20.000Z", "2023-11-14T22:15:20.000Z"),
    ]


@pytest.mark.parametrize(
    ("settings", "opened", "after_ms", "standing"),
    [
        ({}, rotated(START_MS + INTERVAL), INTERVAL + GRACE, "over"),
        ({}, rotated(superseded=(Superseded(0, START_MS + INTERVAL, waiting=True),)), 10 * INTERVAL, "grace"),
        ({"AUTHMODE": "1"}, rotated(), 10 * INTERVAL, "kept"),
    ],
)
async def test_the_former_generation(
    pair: NodePair, settings: dict[str, str], opened: Session, after_ms: int, standing: str
) -> None:
    await signed_in(pair, opened)
    pair.world.now_ms = START_MS + after_ms
    shown = view(service(pair, **settings), Seen(101, opened.id, START_MS, False), opened)
    assert shown.generations[-1].standing == standing


@pytest.mark.parametrize(
    ("settings", "mode"),
    [
        ({}, "dynamic"),
        ({"AUTHMODE": "1"}, "static"),
        ({"AUTHMODE_STATIC_AGENTS": "101"}, "static"),
        ({"GUIDREHEARSAL": "ON"}, "rehearsal"),
    ],
)
async def test_the_mode_of_the_agent_is_told(pair: NodePair, settings: dict[str, str], mode: str) -> None:
    await signed_in(pair, session())
    page = await session_page(service(pair, **settings), SessionFilter(), 1, 10)
    assert page.sessions[0].mode == mode


async def test_an_agent_who_is_not_signed_in_has_no_session(pair: NodePair) -> None:
    shown = await agent_view(service(pair), AGENT)
    assert (shown.signed_in, shown.session, list(shown.former)) == (False, None, [])


async def test_ends_go_on_where_the_request_before_stopped(pair: NodePair) -> None:
    await signed_in(pair, *(session() for _ in range(5)))
    first = await end_sessions(service(pair), SessionFilter(), most=3)
    assert (first.ended, first.left, agents(await chosen(service(pair), SessionFilter()))) == (3, 2, [104, 105])


async def test_who_signs_in_again_meanwhile_stays(pair: NodePair) -> None:
    await signed_in(pair, session(), session())
    await end_sessions(service(pair), SessionFilter(before_ms=START_MS), most=1)
    await signed_in(pair, replace(session(), started_ms=START_MS + 1))
    rest = await end_sessions(service(pair), SessionFilter(before_ms=START_MS))
    assert (rest.ended, rest.left, agents(await chosen(service(pair), SessionFilter()))) == (1, 0, [101])


async def test_further_ends_go_on_behind_the_agents_of_those_before(pair: NodePair) -> None:
    await signed_in(pair, *(session() for _ in range(5)))
    first = await end_sessions(service(pair), SessionFilter(before_ms=START_MS), most=2)
    await signed_in(pair, session())
    rest = await end_sessions(service(pair), SessionFilter(before_ms=START_MS, after=first.after))
    assert (first.after, rest.after, rest.ended, rest.left) == (102, 105, 3, 0)
    assert agents(await chosen(service(pair), SessionFilter())) == [101]


async def test_whose_store_does_not_answer_is_named_and_the_others_end(
    pair: NodePair, monkeypatch: pytest.MonkeyPatch
) -> None:
    await signed_in(pair, *(session() for _ in range(3)))
    made, apply = service(pair), pair.one.store.apply

    async def failing(agent_id: int, *given: Any, **named: Any) -> Any:
        if agent_id == 102:
            raise StoreUnavailable("away")
        return await apply(agent_id, *given, **named)

    monkeypatch.setattr(pair.one.store, "apply", failing)
    told = await end_sessions(made, SessionFilter())
    assert (told.ended, told.left, list(told.not_ended)) == (2, 0, [102])
    with pytest.raises(StoreUnavailable):
        await end_sessions(made, SessionFilter())


class CountedTurns:
    """How much is read between two turns of the event loop."""

    def __init__(self, pair: NodePair) -> None:
        self.most = self._since = 0
        self._turning = True
        store = pair.one.store
        read = store.read

        async def counted(agent_id: int, *, sure: bool = False) -> object:
            self._since += 1
            self.most = max(self.most, self._since)
            return await read(agent_id, sure=sure)

        store.read = counted  # type: ignore[method-assign, assignment]
        asyncio.get_running_loop().call_soon(self._turn)

    def _turn(self) -> None:
        self._since = 0
        if self._turning:
            asyncio.get_running_loop().call_soon(self._turn)

    def stop(self) -> None:
        self._turning = False


@pytest.mark.parametrize("wanted", [SessionFilter(), SessionFilter(state="lagging"), SessionFilter(find="softphone")])
async def test_of_many_sessions_no_more_are_read_in_a_turn_of_the_loop_than_together(wanted: SessionFilter) -> None:
    async with memory_pair() as pair:
        await signed_in(pair, *(session() for _ in range(3 * READ_TOGETHER)), first=1000)
        turns = CountedTurns(pair)
        await session_page(service(pair), wanted, 1, 1000)
        turns.stop()
    assert 0 < turns.most <= READ_TOGETHER


async def test_without_a_filter_only_the_page_is_read() -> None:
    async with memory_pair() as pair:
        await signed_in(pair, *(session() for _ in range(1000)), first=1000)
        store, asked = pair.one.store, list[int]()
        read = store.read

        async def counted(agent_id: int, *, sure: bool = False) -> object:
            asked.append(agent_id)
            return await read(agent_id, sure=sure)

        store.read = counted  # type: ignore[method-assign, assignment]
        await session_page(service(pair), SessionFilter(find="1"), 2, 50)
    assert asked == list(range(1050, 1100))
