"""A random site: clients, thieves, two nodes, lost answers, fail-overs; the gateway must do what the oracle says."""

import copy
from collections.abc import Mapping, Sequence
from typing import ClassVar, Final

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from gateway.sessions.policy import Policy
from gateway.sessions.store import Change
from gateway.sessions.sweep import Sweeper
from gateway.wire.envelope import Event
from tests.model import desk, scripts
from tests.model.desk import Client, Request
from tests.model.gates import Fault
from tests.model.oracle import IDLE, TOO_OLD, Agent
from tests.model.world import TO_THE_END, UNDISTURBED, How, World

MOST_OUTAGES: Final = 8
WHEN_DUE: Final = -1

SETTINGS: Final[tuple[Mapping[str, object], ...]] = (
    {"auth_mode": 1},
    {"auth_mode": 2},
    {"guid_interval_ms": 60_000, "guid_timeout_ms": 120_000},
    {"guid_interval_ms": 10_000, "guid_timeout_ms": 150_000},
    {"guid_interval_ms": 1_000, "guid_timeout_ms": 4_000},
    {"guid_interval_ms": 60_000, "guid_timeout_ms": 61_000},
    {"guid_rehearsal": True},
    {"guid_rehearsal": False},
    {"guid_reuse": "SIGNOUT"},
    {"guid_reuse": "OBSERVE"},
    {"static_agents": frozenset({102})},
    {"static_agents": frozenset()},
    {"auth_mode_percent": 0},
    {"auth_mode_percent": 60},
    {"auth_mode_percent": 100},
    {"poll_wait_flag": False},
    {"poll_wait_flag": True},
    {"max_time_ms": 30_000},
    {"max_time_ms": 120_000},
    {"handshake_max_time_ms": 60_000},
    {"session_max_time_ms": 300_000},
    {"session_max_time_ms": 0},
)

Modes = Mapping[str, object]
MODES: Final[tuple[Modes, ...]] = tuple(
    {"auth_mode": mode, "auth_mode_percent": percent, "guid_rehearsal": rehearsal, "static_agents": frozenset(listed)}
    for mode, percent, rehearsal, listed in (
        (1, 100, False, ()),
        (2, 100, False, ()),
        (2, 60, False, ()),
        (2, 100, True, ()),
        (1, 100, True, ()),
        (2, 100, False, {101, 102}),
    )
)
"""What decides whether an old GUID lives."""

WAITING: Final[Mapping[int, set[int]]] = {0: {101, 102}, 60: {102}, 100: set()}
"""By AUTHMODE_PERCENT the agents whose turn has not come."""

N, T, B, A = Fault.NONE, Fault.TWICE, Fault.BEFORE, Fault.AFTER
pick = st.integers(0, 63)
hows: st.SearchStrategy[How] = st.sampled_from(
    [
        *[UNDISTURBED] * 5,
        *[((), left) for left in (0, 0, 1, 1, 1, 2)],
        *[(faults, TO_THE_END) for faults in ((B,), (T, T, T), (N, A), (N, B), (N, N, A), (N, N, B), (N, N, A, B))],
    ]
)
fates = st.sampled_from(["delivered", "delivered", "lost", "late"])
pauses = st.sampled_from([0, 0, 200, 10_000, WHEN_DUE, WHEN_DUE, WHEN_DUE])
faults = st.sampled_from([N, N, T, B, A])
thefts = st.sampled_from(["poll", "poll", "poll", "call", "update"])
lateness = st.sampled_from([None, None, 0, 0, 1])
"""ms past the last moment at which a poll is no theft sign; None: at once."""


class Sessions(World):
    """What may happen, in any order. `judges_time`: the store knows no other time than that of the site."""

    judges_time: ClassVar = True

    @initialize(first=pick, second=pick)
    def begin_the_day(self, first: int, second: int) -> None:
        for agent, which in zip(self.agents, (first, second), strict=True):
            self.start(self.of(agent, which), "sign-in", which, "delivered", UNDISTURBED)

    def of(self, agent: Agent, which: int) -> Client:
        mine = [client for client in self.clients if client.agent is agent]
        return mine[which % len(mine)]

    def at_work(self, which: int) -> Client:
        """A client, mostly one with a live session; without any, one signs in."""
        signed_in = [client for client in self.clients if client.guid] or self.clients
        alive = [client for client in signed_in if client.agent.alive(client.session)]
        choice = [*alive, *alive, *alive, *signed_in]
        client = choice[which % len(choice)]
        if not alive:
            self.start(client, "force", which, "delivered", UNDISTURBED)
        return client

    def pause(self, agent: Agent, pause: int) -> None:
        """Waits some ms, or until a new GUID is due."""
        live = agent.facts.live
        if pause == WHEN_DUE:
            due = live.generations[live.current].made + self.site.interval if live is not None else 0
            pause = max(0, due - self.site.now)
        self.move_on(pause)

    # Clients

    @rule(
        who=pick,
        node=pick,
        kind=st.sampled_from(["sign-in", "force"]),
        fate=fates,
        how=hows,
        after=st.sampled_from([0, 0, 200, 10_000, 15_000, 15_001]),
    )
    def sign_in(self, who: int, node: int, kind: str, fate: str, how: How, after: int) -> None:
        self.move_on(after)
        self.start(self.clients[who % len(self.clients)], kind, node, fate, how)

    @rule(who=pick, node=pick, fate=fates, how=hows, after=pauses)
    def poll(self, who: int, node: int, fate: str, how: How, after: int) -> None:
        client = self.at_work(who)
        self.pause(client.agent, after)
        self.start(client, "poll", node, fate, how)

    @rule(
        who=pick,
        node=pick,
        kind=st.sampled_from(["call", "call", "update", "update", "sign-out"]),
        fate=fates,
        how=hows,
        after=pauses,
    )
    def call(self, who: int, node: int, kind: str, fate: str, how: How, after: int) -> None:
        client = self.at_work(who)
        self.pause(client.agent, after)
        self.start(client, kind, node, fate, how)

    @rule(
        who=pick,
        node=pick,
        polls=st.integers(2, 4),
        calls=st.booleans(),
        theft=st.none() | thefts,
        late=lateness,
    )
    def work(self, who: int, node: int, polls: int, calls: bool, theft: str | None, late: int | None) -> None:
        """A client polls and calls for a while, undisturbed but for a thief of its last GUID."""
        client = self.at_work(who)
        for count in range(polls):
            self.pause(client.agent, WHEN_DUE)
            self.start(client, "poll", node + count, "delivered", UNDISTURBED)
            if calls:
                self.start(client, "call", node, "delivered", UNDISTURBED)
            if theft is not None:
                self.use_stolen(client.agent, 0, node, theft, UNDISTURBED, late)

    @rule(
        who=pick,
        node=pick,
        first=st.sampled_from(["poll", "poll", "update", "call", "sign-in", "force", "sign-out"]),
        left=st.integers(1, 2),
        after=st.sampled_from([0, 0, 200, 9_999, 10_000, WHEN_DUE]),
        second=st.sampled_from(["poll", "poll", "update", "sign-in", "force", "sign-out"]),
        fault=faults,
    )
    def overtake(self, who: int, node: int, first: str, left: int, after: int, second: str, fault: Fault) -> None:
        """A second request of the agent, on the other node, comes between two steps of the first."""
        client = self.at_work(who)
        slow = self.start(client, first, node, "delivered", ((), left))
        self.pause(client.agent, after)
        other = self.of(client.agent, who + 1) if second in {"sign-in", "force"} else client
        self.start(other, second, node + 1, "delivered", UNDISTURBED)
        self.complete(slow, (fault,))

    @precondition(lambda self: self.under_way)
    @rule(which=pick, fault=faults)
    def one_step(self, which: int, fault: Fault) -> None:
        self.go_on(self.under_way[which % len(self.under_way)], fault)

    @precondition(lambda self: self.under_way)
    @rule(which=pick, node=pick, how=hows)
    def repeat(self, which: int, node: int, how: How) -> None:
        """The network brings a request twice; nobody reads the second answer."""
        first = self.under_way[which % len(self.under_way)]
        if first.kind in {"poll", "call", "update"} and first.client is not None:
            again = Request(0, first.kind, first.agent, first.began, first.guid, first.client, "lost")
            self.send(again, node, how)

    @precondition(lambda self: self.parked)
    @rule(which=pick, node=pick, how=hows)
    def look_again(self, which: int, node: int, how: How) -> None:
        """A parked poll was woken, or came to the end of its hold."""
        parked = self.parked.pop(which % len(self.parked))
        assert parked.caller is not None
        session, number = parked.agent.issued[parked.guid]
        again = copy.copy(parked)
        work = desk.look_again(self.services[node % 2], parked.caller)
        self.run(again, work, scripts.look_again(parked.agent, session, number, again), how)

    @precondition(lambda self: self.late)
    @rule(which=pick)
    def arrive_late(self, which: int) -> None:
        self.deliver(*self.late.pop(which % len(self.late)))

    @rule(
        who=pick,
        node=pick,
        before=st.sampled_from(MODES),
        after=st.sampled_from(MODES),
        past=st.sampled_from([-1, 0, 1, 200_000]),
        kinds=st.lists(st.sampled_from(["poll", "call"]), min_size=1, max_size=3),
    )
    def stay_deaf(self, who: int, node: int, before: Modes, after: Modes, past: int, kinds: Sequence[str]) -> None:
        """A client has got a new GUID and goes on with the old one, while the site is moved to other modes."""
        self.edit_settings(before)
        client = self.at_work(who)
        self.pause(client.agent, WHEN_DUE)
        self.start(client, "poll", node, "lost", UNDISTURBED)
        if self.handed and self.handed[-1][0] is client.agent:
            self.acknowledge(0, node, UNDISTURBED)
        self.edit_settings(after)
        self.move_on(max(0, self.site.timeout - self.site.interval + past))
        for kind in kinds:
            self.start(client, kind, node, "delivered", UNDISTURBED)
            self.edit_settings(before)
            self.start(client, kind, node + 1, "delivered", UNDISTURBED)
            self.edit_settings(after)

    def rotate(self, client: Client, node: int, grace: int) -> str:
        """The site is in AUTHMODE 2, and the client has moved on from the GUID that is given back, if it ever does."""
        self.edit_settings(MODES[1])
        self.edit_settings({"guid_interval_ms": 60_000, "guid_timeout_ms": 60_000 + grace})
        former = client.guid
        for kind in ("update", "call"):
            self.start(client, kind, node, "delivered", UNDISTURBED)
        return former

    @precondition(lambda self: self.judges_time)
    @rule(who=pick, node=pick, grace=st.sampled_from([1_000, 10_000]), past=st.sampled_from([-1, 0, 1]))
    def run_out(self, who: int, node: int, grace: int, past: int) -> None:
        """The grace of a GUID ends between the arrival of a poll with it and what that asks of the store."""
        client = self.at_work(who)
        former, agent = self.rotate(client, node, grace), client.agent
        session, number = agent.issued.get(former, ("", -1))
        live = agent.alive(session)
        replaced = live.generations.get(number) if live is not None else None
        if replaced is None or replaced.handed is None or not agent.moved_on(former):
            return
        self.move_on(max(0, agent.grace_ends(replaced.handed) - 1 - self.site.now))
        slow = Request(0, "poll", agent, self.site.now, former)
        self.send(slow, node, ((), 0))
        self.move_on(1 + past)
        self.complete(slow)

    @rule(who=pick, node=pick)
    def outdate(self, who: int, node: int) -> None:
        """A node knows nothing of newer GUIDs, and gets a poll with one that is over, which confirms an event."""
        client = self.at_work(who)
        self.tell(who, node, 1)
        self.start(client, "poll", node, "delivered", UNDISTURBED)
        receipt, former = client.receipt, self.rotate(client, node + 1, 1_000)
        self.rotate(client, node + 1, 1_000)
        self.move_on(1_001)
        if client.agent.moved_on(former):
            outdated = Request(0, "poll", client.agent, self.site.now, former, receipt=receipt)
            self.send(outdated, node, UNDISTURBED)

    @rule(who=pick, node=pick, count=st.integers(1, 3))
    def tell(self, who: int, node: int, count: int) -> None:
        """Events happen."""
        client = self.at_work(who)
        for _ in range(count):
            self.events += 1
            told = f"{self.events:016x}"
            session, live = client.session, client.agent.alive(client.session)
            append = self.queues[node % 2].append(client.agent.number, session, [Event(told, b"{}")])
            assert self.loop.run_until_complete(append) == (live is not None)
            if live is not None:
                live.events.append(told)

    @precondition(lambda self: self.handed)
    @rule(which=pick, node=pick, how=hows)
    def acknowledge(self, which: int, node: int, how: How) -> None:
        """The client's kernel, or a proxy before it, has got an answer with a new GUID."""
        agent, guid = self.handed[-1 - which % len(self.handed)]
        self.send(Request(0, "note", agent, self.site.now, guid), node, how)

    # Thieves

    @rule(who=pick, which=st.sampled_from([0, 0, 0, 1, 2, 4]), node=pick, kind=thefts, how=hows, late=lateness)
    def steal(self, who: int, which: int, node: int, kind: str, how: How, late: int | None) -> None:
        self.use_stolen(self.agents[who % len(self.agents)], which, node, kind, how, late)

    def use_stolen(self, agent: Agent, which: int, node: int, kind: str, how: How, late: int | None) -> None:
        """Someone has got one of the agent's GUIDs that its owner moved on from."""
        left = [guid for guid in reversed(agent.issued) if agent.moved_on(guid)]
        if which >= len(left):
            return
        session, number = agent.issued[left[which]]
        live = agent.alive(session)
        adopted = live and agent.left(live, number)
        if adopted and late is not None:
            self.move_on(max(0, adopted + self.site.hold + 2_000 + late - self.site.now))
        if agent.moved_on(left[which]):
            self.send(Request(0, kind, agent, self.site.now, left[which]), node, how)

    # Time, settings, failures

    @rule(which=pick, off=st.sampled_from([-1, 0, 1]))
    def wait_for_a_boundary(self, which: int, off: int) -> None:
        moments = sorted({moment for agent in self.agents for moment in self.moments(agent)})
        ahead = [moment + off for moment in moments if moment + off > self.site.now]
        if ahead:
            self.move_on(ahead[which % len(ahead)] - self.site.now)

    def moments(self, agent: Agent) -> list[int]:
        """When something runs out or comes of age."""
        facts, site = agent.facts, self.site
        moments = [ended.at + 600_000 for ended in facts.ended[:4]]
        if facts.signing_in is not None:
            moments.append(facts.signing_in[1])
        live = facts.live
        if live is not None:
            newest = live.generations[live.current]
            moments += [agent.idle_ends(live), newest.made + 15_000, newest.made + site.interval]
            for generation in live.generations.values():
                moments += [agent.grace_ends(generation.handed)] if generation.handed else []
        return moments

    @rule(change=st.sampled_from(SETTINGS))
    def edit_settings(self, change: Mapping[str, object]) -> None:
        self.settings = self.settings.model_copy(update=change)
        settings, site = self.settings, self.site
        site.rotating = settings.auth_mode == 2
        site.interval, site.timeout = settings.guid_interval_ms, settings.guid_timeout_ms
        site.hold = 10_000 if settings.poll_wait_flag else 0
        site.rehearsal = settings.guid_rehearsal
        site.reuse_signs_out = settings.guid_reuse == "SIGNOUT"
        site.max_time, site.push_time = settings.max_time_ms, settings.handshake_max_time_ms
        site.longest = settings.session_max_time_ms
        site.waiting_agents = WAITING[settings.auth_mode_percent]
        site.static_agents = {number for number in self.agent_numbers if number in settings.static_agents}

    @rule(who=pick, depth=st.sampled_from([1, 1, 2, 3, 4]))
    def fail_over(self, who: int, depth: int) -> None:
        """The new primary never got the last writes of an agent that nobody waited for."""
        agent = self.agents[who % len(self.agents)]
        history = self.history[agent.number]
        if len(history) < depth:
            return
        record, facts = history[-depth]
        history.clear()
        self.fail_overs += 1
        self.loop.run_until_complete(self.stores[0].apply(agent.number, lambda _: Change(None, record)))
        live = facts.live
        if live is not None:
            still = agent.alive(live.id)
            live.seen = still.seen if still is not None else self.site.now
            live.events = still.events if still is not None else []
        agent.facts = facts

    @precondition(lambda self: len(self.site.outages) < MOST_OUTAGES)
    @rule(length=st.sampled_from([1, 5_000, 60_000, 200_000]))
    def outage(self, length: int) -> None:
        """The store is out of reach of every node; requests under way get through before."""
        for request in list(self.under_way):
            self.complete(request)
        begin = self.site.now
        self.move_on(length)
        self.site.outages.append((begin, self.site.now))

    @rule(who=pick, node=pick, kind=st.sampled_from(["call", "update", "poll"]), past=st.sampled_from([0, 1, 5_000]))
    def fall_silent(self, who: int, node: int, kind: str, past: int) -> None:
        """A last request, then none until `past` ms after the time limit."""
        client = self.at_work(who)
        self.move_on(200)
        self.start(client, kind, node, "delivered", UNDISTURBED)
        live = client.agent.facts.live
        self.move_on(max(0, client.agent.idle_ends(live) + past - self.site.now) if live is not None else 0)
        self.sweep()

    @rule()
    def sweep(self) -> None:
        """Sessions over their limits end. What each node noted in the last half second is written by then."""
        for store in self.stores:
            self.loop.run_until_complete(store.silent(0, 0, 1))
        self.before = {agent.number: copy.deepcopy(agent.facts) for agent in self.agents}
        sweeper = Sweeper(self.services[0], lambda: Policy(self.settings), tell)
        self.loop.run_until_complete(sweeper.end_silent())
        self.loop.run_until_complete(sweeper.end_old())
        for agent in self.agents:
            live = agent.facts.live
            if live is not None and agent.idle_ends(live) < self.site.now:
                agent.end(live.id, IDLE)
            elif live is not None and agent.is_too_old(live):
                agent.end(live.id, TOO_OLD)
            self.over |= {live.id} if live is not None and agent.facts.live is None else set()

    @invariant()
    def gateway_and_oracle_agree(self) -> None:
        for agent in self.agents:
            record = self.record(agent)
            self.compare(agent, record)
            self.probe(agent, record)
        for client in self.clients:
            self.follow(client)


async def tell(_: object) -> None:
    """The backend confirms nothing: every end stays owed."""
