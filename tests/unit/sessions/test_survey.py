"""What the adoption report tells of live sessions and of former ones (docs/dynamic_guids.md)."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from gateway.audit import trail
from gateway.audit.audit_file import Found, Question
from gateway.sessions.live import READ_TOGETHER
from gateway.sessions.model import Session
from gateway.sessions.policy import Policy
from gateway.sessions.service import SessionService
from gateway.sessions.stages import Following
from gateway.sessions.survey import MOST_CLIENTS, OTHERS, ReportQuestion, Survey, asked_for
from gateway.settings.schema import Settings
from gateway.wire.errors import Malformed, StoreUnavailable
from tests.unit.sessions.node_pairs import START_MS, NodePair, opening, session
from tests.unit.sessions.samples import RING, guid

EVERYBODY = ReportQuestion(states=frozenset(Following))
LATE_MS = 12_001
"""A hold and 2 s after the hand-out."""


class Site:
    """Sessions in a store, and the survey of a node with these settings."""

    def __init__(self, pair: NodePair, settings: Mapping[str, object] | None = None, read: Any = None) -> None:
        self.pair = pair
        policy = Policy(Settings().model_copy(update=settings or {}))
        self.service = SessionService(pair.one.store, RING, lambda: policy)
        self.survey = Survey(self.service, lambda: policy, read)

    async def sign_in(self, *sessions: Session) -> None:
        """As agents from 101 on."""
        for agent_id, opened in enumerate(sessions, 101):
            await self.pair.one.store.apply(agent_id, opening(opened))

    def calls(self, after_ms: int, agent_id: int, opened: Session) -> None:
        """A request of this session was accepted."""
        self.pair.world.now_ms = START_MS + after_ms
        self.pair.one.store.note_seen(agent_id, opened.id, push=False)

    async def states(self, asked: ReportQuestion = EVERYBODY) -> dict[int, str]:
        return {line.agent: str(line.state) for line in (await self.survey.report(asked)).agents}


def handed_out(client: str = "", *, adopted: bool = False, number: int = 1) -> Session:
    return replace(session(), number=number, adopted_ms=START_MS if adopted else 0, client=client)


async def test_a_call_with_an_old_guid_a_hold_and_2_s_after_the_hand_out_shows_who_does_not_follow(
    pair: NodePair,
) -> None:
    site, lagging, adopting = Site(pair), handed_out(), handed_out(adopted=True)
    await site.sign_in(lagging, adopting)
    for agent_id, opened in ((101, lagging), (102, adopting)):
        site.calls(LATE_MS, agent_id, opened)
    assert await site.states() == {101: "ignores", 102: "follows"}


async def test_who_fell_silent_after_the_first_hand_out_is_not_blamed(pair: NodePair) -> None:
    site = Site(pair)
    await site.sign_in(handed_out())
    pair.world.now_ms += 60_000
    assert await site.states() == {101: "pending"}


async def test_who_has_used_a_new_guid_before_follows_while_the_newest_is_not_used(pair: NodePair) -> None:
    site = Site(pair)
    await site.sign_in(handed_out(number=2))
    assert await site.states() == {101: "follows"}


async def test_a_session_that_has_only_the_guid_of_sign_in_tells_nothing(pair: NodePair) -> None:
    site, opened = Site(pair), session()
    await site.sign_in(opened)
    site.calls(60_000, 101, opened)
    assert await site.states() == {101: "untried"}


async def test_one_that_was_refused_for_it_does_not_follow(pair: NodePair) -> None:
    site, opened = Site(pair), handed_out()
    await site.sign_in(opened)
    site.service.adoption.note_refused(101, opened, guid(opened, 0), RING.derive, START_MS + 60_000)
    assert await site.states() == {101: "ignores"}


@pytest.mark.parametrize("found", ["in a rehearsal", "refused", "theft sign"])
async def test_an_old_guid_beside_the_new_one_is_told(pair: NodePair, found: str) -> None:
    site, opened = Site(pair), handed_out(adopted=True)
    await site.sign_in(opened)
    book, now = site.service.adoption, START_MS + 60_000
    match found:
        case "in a rehearsal":
            book.note_refused_in_earnest(101, opened, now)
        case "refused":
            book.note_refused(101, opened, guid(opened, 0), RING.derive, now)
        case _:
            book.note_reuse(101, opened, now)
    assert await site.states() == {101: "divided"}


async def test_a_stranger_s_guid_tells_nothing_of_the_session(pair: NodePair) -> None:
    site, opened = Site(pair), handed_out(adopted=True)
    await site.sign_in(opened)
    site.service.adoption.note_refused(101, opened, guid(session(), 0), RING.derive, START_MS)
    assert await site.states() == {101: "follows"}


async def test_a_session_that_is_over_is_told_until_the_agent_has_one_that_follows(pair: NodePair) -> None:
    site, former = Site(pair), handed_out("Desk/1")
    site.service.adoption.note_not_adopting(101, former, START_MS)
    [line] = (await site.survey.report(ReportQuestion())).agents
    assert (line.agent, line.client, line.state, line.signed_in) == (101, "Desk/1", "ignores", False)
    await site.sign_in(session())
    assert [line.signed_in for line in (await site.survey.report(EVERYBODY)).agents] == [True, False]
    await site.sign_in(handed_out(adopted=True))
    assert await site.states(ReportQuestion()) == {}


async def test_of_sessions_that_are_over_the_last_one_is_told_and_of_that_the_worst(pair: NodePair) -> None:
    site, former, last = Site(pair), handed_out("Desk/1"), handed_out("Desk/2")
    book = site.service.adoption
    book.note_not_adopting(101, former, START_MS)
    book.note_not_adopting(101, last, START_MS + 1000)
    book.note_refused_in_earnest(101, last, START_MS + 2000)
    book.note_refused_in_earnest(102, former, START_MS)
    found = (await site.survey.report(ReportQuestion())).agents
    assert [(line.agent, line.client, line.state) for line in found] == [
        (101, "Desk/2", "ignores"),
        (102, "Desk/1", "divided"),
    ]


async def test_a_session_that_is_over_stays_on_the_page_of_the_live_one(pair: NodePair) -> None:
    site = Site(pair)
    await site.sign_in(session(), session())
    site.service.adoption.note_not_adopting(101, handed_out(), START_MS)
    pages = [await site.survey.report(replace(EVERYBODY, after=after, limit=1)) for after in (0, 101)]
    assert [[line.agent for line in page.agents] for page in pages] == [[101, 101], [102]]
    assert [page.next for page in pages] == [101, None]


async def test_one_program_can_be_asked_for(pair: NodePair) -> None:
    site = Site(pair)
    await site.sign_in(handed_out("Desk/1"), handed_out("Desk/2"), handed_out("Desk/10"))
    assert await site.states(replace(EVERYBODY, client="Desk/1")) == {101: "pending"}


async def test_sessions_are_summed_up_by_client(pair: NodePair) -> None:
    site, lagging = Site(pair), handed_out("Desk/1")
    await site.sign_in(lagging, handed_out("Desk/1", adopted=True), handed_out("Desk/2", adopted=True))
    site.calls(20_000, 101, lagging)
    found = (await site.survey.report(ReportQuestion())).clients
    assert [(each.client, each.sessions, each.not_adopting) for each in found] == [("Desk/1", 2, 1), ("Desk/2", 1, 0)]
    assert {state: count for state, count in found[0].states.items() if count} == {"follows": 1, "ignores": 1}


async def test_beyond_the_most_frequent_clients_the_rest_are_one(pair: NodePair) -> None:
    site = Site(pair)
    await site.sign_in(*(handed_out(f"Desk/{number}") for number in range(MOST_CLIENTS + 3)))
    found = (await site.survey.report(ReportQuestion())).clients
    assert (len(found), found[-1].client, found[-1].sessions) == (MOST_CLIENTS + 1, OTHERS, 3)


async def test_pages_follow_each_other_by_agent(pair: NodePair) -> None:
    site = Site(pair)
    count = READ_TOGETHER + 1
    await site.sign_in(*(session() for _ in range(count)))
    seen: list[int] = []
    after: int | None = 0
    while after is not None:
        report = await site.survey.report(replace(EVERYBODY, after=after, limit=100))
        assert report.sessions == count
        seen += [line.agent for line in report.agents]
        after = report.next
    assert seen == list(range(101, 101 + count))


async def test_the_steps_tell_who_is_to_be_listed(pair: NodePair) -> None:
    site, lagging = Site(pair, {"auth_mode": 1}), handed_out()
    await site.sign_in(lagging, handed_out(adopted=True), session())
    site.calls(LATE_MS, 101, lagging)
    site.service.adoption.note_not_adopting(104, handed_out(), START_MS)
    steps = {step.step: step for step in (await site.survey.report(ReportQuestion(percent=60))).steps}
    counts = {name: (step.dynamic, step.refused, step.unknown, step.to_list) for name, step in steps.items()}
    # Of 101 to 104 those at the places 54 and 40 are among the first 60.
    assert counts == {
        "now": (0, 0, 0, ""),
        "rehearsal": (0, 0, 0, ""),
        "percent": (2, 1, 1, "101"),
        "all": (3, 1, 1, "101;104"),
    }


@pytest.mark.parametrize(
    ("beside", "expected"),
    [
        ([handed_out("Desk/1", adopted=True)], 1),
        ([handed_out("Desk/1", adopted=True), handed_out("Desk/1")], 0),
        ([handed_out("Desk/2", adopted=True)], 0),
    ],
)
async def test_who_uses_a_program_that_always_follows_is_expected_to(
    pair: NodePair, beside: Sequence[Session], expected: int
) -> None:
    site = Site(pair)
    await site.sign_in(replace(session(), client="Desk/1"), *beside)
    for agent_id, opened in enumerate(beside, 102):
        site.calls(LATE_MS, agent_id, opened)
    now = (await site.survey.report(ReportQuestion())).steps[0]
    assert (now.expected, now.unknown) == (expected, 1 - expected)


async def test_a_client_that_says_nothing_of_itself_is_no_program(pair: NodePair) -> None:
    site = Site(pair)
    await site.sign_in(session(), handed_out(adopted=True))
    now = (await site.survey.report(ReportQuestion())).steps[0]
    assert (now.expected, now.unknown) == (0, 1)


class Trail:
    """The lines of other nodes, as the stream of the store has them."""

    def __init__(self, *lines: Found) -> None:
        self.lines: Sequence[Found] = lines
        self.asked: list[Question] = []
        self.away = False

    async def read(self, question: Question) -> list[Found]:
        self.asked.append(question)
        if self.away:
            raise StoreUnavailable
        return [line for line in self.lines if question.fits(line)]


def line(kind: str, session_id: str, agent_id: int = 101) -> Found:
    at = {"time": "2023-11-14T22:13:21.000Z", "node": "AgentGateway1"}
    return {**at, "kind": kind, "agent": agent_id, "session": trail.session_hash(session_id), "client": "Desk/1"}


@pytest.fixture
def installed() -> Any:
    with trail.installed(trail.Trail("AgentGateway0", bytes(32), [], lambda: START_MS)) as made:
        yield made


@pytest.mark.parametrize(("kind", "state"), [("guid-not-adopted", "ignores"), ("guid-refused-in-earnest", "divided")])
async def test_what_another_node_found_out_counts(
    pair: NodePair, installed: trail.Trail, kind: str, state: str
) -> None:
    opened = handed_out(adopted=state == "divided")
    site = Site(pair, read=Trail(line(kind, opened.id)).read)
    await site.sign_in(opened)
    assert await site.states() == {101: state}


async def test_a_former_session_on_another_node_is_told_and_lines_without_an_agent_are_not(
    pair: NodePair, installed: trail.Trail
) -> None:
    gathered = {"time": "2023-11-14T22:13:21.000Z", "kind": "guid-reuse", "agents": [102], "count": 3}
    site = Site(pair, read=Trail(line("guid-not-adopted", "gone"), gathered).read)
    assert await site.states() == {101: "ignores"}


async def test_the_trail_is_read_on_from_where_it_was_read_last(pair: NodePair, installed: trail.Trail) -> None:
    others = Trail()
    site = Site(pair, read=others.read)
    for later_ms in (0, 600_000):
        pair.world.now_ms = START_MS + later_ms
        await site.survey.report(ReportQuestion())
    assert [question.since_ms for question in others.asked] == [START_MS - 86_400_000, START_MS - 60_000]


async def test_without_the_trail_the_report_says_that_it_is_of_this_node_alone(
    pair: NodePair, installed: trail.Trail
) -> None:
    others = Trail()
    site = Site(pair, read=others.read)
    assert (await site.survey.report(ReportQuestion())).all_nodes
    others.away = True
    assert not (await site.survey.report(ReportQuestion())).all_nodes


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, ReportQuestion()),
        ({"percent": "0"}, ReportQuestion(percent=0)),
        ({"state": "all", "after": "5", "limit": "10000"}, ReportQuestion(None, frozenset(Following), None, 5, 10_000)),
        (
            {"state": "pending,untried", "client": "A"},
            ReportQuestion(None, frozenset({Following.PENDING, Following.UNTRIED}), "A"),
        ),
    ],
)
def test_what_is_asked_for(query: Mapping[str, str], expected: ReportQuestion) -> None:
    assert asked_for(query) == expected


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ({"percent": "101"}, "percent: must be a whole number from 0 to 100"),
        ({"percent": "x"}, "percent: must be a whole number from 0 to 100"),
        ({"limit": "0"}, "limit: must be a whole number from 1 to 10000"),
        ({"after": "-1"}, "after: must be a whole number from 0 to 999999"),
        ({"state": "deaf"}, "state: must be all, or some of follows, ignores, divided, pending, untried with commas"),
    ],
)
def test_what_is_not_understood_is_named(query: Mapping[str, str], says: str) -> None:
    with pytest.raises(Malformed) as refused:
        asked_for(query)
    assert says in refused.value.message


async def test_the_loop_goes_round_while_many_are_looked_at(pair: NodePair) -> None:
    """Nobody waits for the whole of a long report."""
    site = Site(pair)
    await site.sign_in(*(session() for _ in range(3 * READ_TOGETHER)))
    rounds = 0

    async def others() -> None:
        nonlocal rounds
        while True:
            rounds += 1
            await asyncio.sleep(0)

    busy = asyncio.create_task(others())
    await site.survey.report(ReportQuestion())
    busy.cancel()
    assert rounds >= 3
