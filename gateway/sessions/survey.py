"""Who follows new GUIDs, who does not, with which client, and what the next step to AUTHMODE 2 would do.

The report of `GET /adoption` and its route (docs/dynamic_guids.md). Nothing here shows a GUID or anything that leads to
one.
"""

from collections import Counter, OrderedDict, defaultdict
from collections.abc import Awaitable, Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from gateway.admin.route import AdminCall, AdminRoute
from gateway.audit import trail
from gateway.audit.audit_file import Found, Question, time_ms
from gateway.sessions import stages
from gateway.sessions.adoption import KINDS, NOT_ADOPTED, REMEMBERED, Noted, lags
from gateway.sessions.live import read_live
from gateway.sessions.model import Session
from gateway.sessions.policy import Policy
from gateway.sessions.service import SessionService
from gateway.sessions.stages import BREAKS, Following, Forecast, Tally
from gateway.sessions.store import Seen
from gateway.wire.errors import Malformed, StoreUnavailable
from gateway.wire.text import iso, whole_number

SHARED_MS: Final = 86_400_000
"""How far back the notes of other nodes are read."""
LATE_MS: Final = 60_000
"""So late a line may come into the stream that other nodes read."""
MOST_A_PAGE: Final = 10_000
MOST_AGENT: Final = 999_999
MOST_CLIENTS: Final = 200
OTHERS: Final = "(others)"
"""All client programs but the MOST_CLIENTS with the most sessions."""
_SIZE: Final = "1000"

Read = Callable[[Question], Awaitable[list[Found]]]


@dataclass(frozen=True, slots=True)
class AdoptionLine:
    """One session. `at` is when its last request was seen, or when its old GUID was, if the session is over.

    `signed_in` is False for a session that is over. `keeps_guid`: the agent is listed, or not among the first
    AUTHMODE_PERCENT.
    """

    agent: int
    client: str
    node: str
    state: Following
    at: str
    signed_in: bool
    keeps_guid: bool


@dataclass(frozen=True, slots=True)
class ClientAdoption:
    """Live sessions of one client program, `not_adopting` those whose requests AUTHMODE 2 refuses."""

    client: str
    sessions: int
    not_adopting: int
    states: Mapping[Following, int]


@dataclass(frozen=True, slots=True)
class AdoptionReport:
    """The answer. `all_nodes` is False while only what this node found out is known.

    `agents` is a page, by agent; `next` is the agent to go on after, None at the end.
    """

    at: str
    stage: str
    settings: Mapping[str, str]
    all_nodes: bool
    sessions: int
    states: Mapping[Following, int]
    clients: Sequence[ClientAdoption]
    steps: Sequence[Forecast]
    agents: Sequence[AdoptionLine]
    next: int | None


@dataclass(frozen=True, slots=True)
class ReportQuestion:
    """What a report is asked for: a percentage to tell about, and which sessions to list."""

    percent: int | None = None
    states: frozenset[Following] = BREAKS
    client: str | None = None
    after: int = 0
    limit: int = int(_SIZE)

    def wants(self, agent_id: int, client: str, state: Following) -> bool:
        """Whether a session is on this page or a later one."""
        return agent_id > self.after and state in self.states and self.client in {None, client}


class SharedNotes:
    """What other nodes found out, by kind and hash of the session, from the audit trail of all nodes (`read`)."""

    def __init__(self, read: Read | None) -> None:
        self._read = read
        self._since_ms = 0
        self._notes: OrderedDict[tuple[str, str], Noted] = OrderedDict()

    async def refresh(self, now_ms: int) -> bool:
        """Reads what came since the last time; False when that is not to be had."""
        if self._read is None:
            return True
        since_ms = max(self._since_ms, now_ms - SHARED_MS)
        try:
            lines = await self._read(Question(since_ms, None, REMEMBERED, frozenset(KINDS)))
        except StoreUnavailable:
            return False
        for line in filter(_names_session, lines):
            noted = Noted(
                line["session"], line["agent"], line.get("client", ""), str(line.get("node", "")), time_ms(line)
            )
            self._notes[line["kind"], noted.session_id] = noted
        while len(self._notes) > REMEMBERED:
            self._notes.popitem(last=False)
        self._since_ms = now_ms - LATE_MS
        return True

    def noted(self, kind: str, session_hash: str) -> int:
        """When it was found out, in ms, 0 for never."""
        found = self._notes.get((kind, session_hash))
        return found.at_ms if found else 0

    def all(self) -> Iterable[tuple[str, Noted]]:
        """Every kind and note."""
        return ((kind, noted) for (kind, _), noted in self._notes.items())


def _names_session(line: Found) -> bool:
    return isinstance(line.get("session"), str) and isinstance(line.get("agent"), int)


class Survey:
    """Looks at all sessions of all nodes. `policy` gives the settings of the moment; `read` as in `SharedNotes`."""

    def __init__(self, service: SessionService, policy: Callable[[], Policy], read: Read | None = None) -> None:
        self._service = service
        self._policy = policy
        self._shared = SharedNotes(read)

    async def report(self, asked: ReportQuestion) -> AdoptionReport:
        """The report, made while the event loop goes round. Raises StoreUnavailable."""
        store, policy = self._service.store, self._policy()
        now_ms, settings = store.now_ms(), policy.settings
        all_nodes = await self._shared.refresh(now_ms)
        sheet = _Sheet(asked, policy, [Tally(step) for step in stages.steps(settings, asked.percent)])
        async for seen, record, session in read_live(store, await store.live()):
            sheet.add(seen, session, self._state(record.agent_id, session, seen))
        for past, state in self._past(sheet):
            sheet.add_past(past, state)
        agents, after = sheet.page()
        return AdoptionReport(
            iso(now_ms),
            stages.stage(settings),
            stages.settings_shown(settings),
            all_nodes,
            sheet.states.total(),
            _counts(sheet.states),
            _by_client(sheet.clients),
            [tally.forecast(sheet.proven_clients()) for tally in sheet.tallies],
            agents,
            after,
        )

    def _state(self, agent_id: int, session: Session, seen: Seen) -> Following:
        """By the record, and by what any node has noted of the session."""
        if not session.number:
            return Following.UNTRIED
        if not session.adopted_ms and (
            lags(session, self._service.limits(agent_id), seen.seen_ms)
            or self._noted_ms(NOT_ADOPTED, session.id) >= session.issued_ms
        ):
            return Following.IGNORES
        if any(self._noted_ms(kind, session.id) for kind in KINDS if kind != NOT_ADOPTED):
            return Following.DIVIDED
        return Following.FOLLOWS if session.last_adopted else Following.PENDING

    def _noted_ms(self, kind: str, session_id: str) -> int:
        here = self._service.adoption.noted(kind, session_id)
        return max(here, self._shared.noted(kind, trail.session_hash(session_id)))

    def _past(self, sheet: "_Sheet") -> Iterable[tuple[Noted, Following]]:
        """The last session, now over, of agents of whom no live one tells more, and how its desktop followed."""
        last: dict[int, tuple[Noted, Following]] = {}
        notes = (*self._service.adoption.all(), *self._shared.all())
        for kind, noted in sorted(notes, key=lambda note: note[1].at_ms):
            if noted.session_id in sheet.known or noted.agent_id in sheet.proven:
                continue
            before = last.get(noted.agent_id)
            ignored = kind == NOT_ADOPTED or (
                before is not None and before[0].session_id == noted.session_id and before[1] == Following.IGNORES
            )
            last[noted.agent_id] = noted, Following.IGNORES if ignored else Following.DIVIDED
        return last.values()


class _Sheet:
    """What one look at all sessions adds up to."""

    def __init__(self, asked: ReportQuestion, policy: Policy, tallies: Sequence[Tally]) -> None:
        self.tallies = tallies
        self.states = Counter[Following]()
        self.clients = defaultdict[str, Counter[Following]](Counter)
        self.known = set[str]()
        """Live sessions, by their ids and hashes."""
        self.proven = set[int]()
        """Agents whose live session tells how its desktop follows."""
        self._broken = set[str]()
        """Clients that do not follow in some session."""
        self._asked = asked
        self._policy = policy
        self._lines: list[AdoptionLine] = []

    def add(self, seen: Seen, session: Session, state: Following) -> None:
        """A live session."""
        agent_id = seen.agent_id
        self.known |= {session.id, trail.session_hash(session.id)}
        if state not in stages.UNKNOWN:
            self.proven.add(agent_id)
        self.states[state] += 1
        self.clients[session.client][state] += 1
        if state in BREAKS:
            self._broken.add(session.client)
        for tally in self.tallies:
            tally.add(agent_id, session.client, state)
        self._list(agent_id, session.client, session.node, state, seen.seen_ms, signed_in=True)

    def add_past(self, noted: Noted, state: Following) -> None:
        """A session that is over."""
        self._broken.add(noted.client)
        for tally in self.tallies:
            tally.add_broken(noted.agent_id, state)
        self._list(noted.agent_id, noted.client, noted.node, state, noted.at_ms, signed_in=False)

    def _list(self, agent_id: int, client: str, node: str, state: Following, at_ms: int, *, signed_in: bool) -> None:
        if self._asked.wants(agent_id, client, state):
            keeps_guid = self._policy.keeps_guid(agent_id)
            self._lines.append(AdoptionLine(agent_id, client, node, state, iso(at_ms), signed_in, keeps_guid))

    def proven_clients(self) -> Container[str]:
        """Those that follow wherever that is known; of one that says nothing of itself that would mean nothing."""
        follow = {client for client, states in self.clients.items() if states[Following.FOLLOWS]}
        return follow - self._broken - {""}

    def page(self) -> tuple[Sequence[AdoptionLine], int | None]:
        """The sessions asked for, and the agent to go on after, if there are more."""
        self._lines.sort(key=lambda line: line.agent)
        shown, rest = self._lines[: self._asked.limit], self._lines[self._asked.limit :]
        if rest and rest[0].agent == shown[-1].agent:  # Of one agent there are at most two, and they stay together.
            shown.append(rest.pop(0))
        return shown, shown[-1].agent if rest else None


def _counts(states: Counter[Following]) -> Mapping[Following, int]:
    return {state: states[state] for state in Following}


def _by_client(clients: Mapping[str, Counter[Following]]) -> list[ClientAdoption]:
    """By name; those beyond the most frequent ones together."""
    ranked = sorted(clients, key=lambda client: (-clients[client].total(), client))
    found = {client: clients[client] for client in sorted(ranked[:MOST_CLIENTS])}
    rest = sum((clients[client] for client in ranked[MOST_CLIENTS:]), Counter[Following]())
    if rest:
        found[OTHERS] = rest
    return [
        ClientAdoption(client, states.total(), sum(states[state] for state in BREAKS), _counts(states))
        for client, states in found.items()
    ]


def adoption_route(survey: Survey) -> AdminRoute:
    """`?percent=` for a step to tell about, `?state=` (with commas, or `all`), `?client=`, `?after=`, `?limit=`."""

    async def answer(call: AdminCall) -> object:
        return await survey.report(asked_for(call.query))

    return AdminRoute("GET", "/adoption", answer)


def asked_for(query: Mapping[str, str]) -> ReportQuestion:
    """Raises Malformed."""
    return ReportQuestion(
        _whole(query, "percent", 0, stages.ALL) if "percent" in query else None,
        _states(query.get("state", "")),
        query.get("client"),
        _whole(query, "after", 0, MOST_AGENT) if "after" in query else 0,
        _whole({"limit": _SIZE, **query}, "limit", 1, MOST_A_PAGE),
    )


def _states(text: str) -> frozenset[Following]:
    if not text:
        return BREAKS
    if text == "all":
        return frozenset(Following)
    try:
        return frozenset(Following(word) for word in text.split(","))
    except ValueError:
        raise Malformed(f"state: must be all, or some of {', '.join(Following)} with commas between") from None


def _whole(query: Mapping[str, str], name: str, least: int, most: int) -> int:
    number = whole_number(query[name], least, most)
    if number is None:
        raise Malformed(f"{name}: must be a whole number from {least} to {most}")
    return number
