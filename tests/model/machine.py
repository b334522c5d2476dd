"""A random site: clients, thieves, two nodes, lost answers, fail-overs; the gateway must do what the oracle says."""

import asyncio
import copy
from collections.abc import Coroutine, Sequence
from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from gateway.ops import metrics
from gateway.sessions import rules
from gateway.sessions.guid import KeyRing
from gateway.sessions.limits import Outage
from gateway.sessions.model import Record
from gateway.sessions.policy import Policy
from gateway.sessions.service import SessionService
from gateway.sessions.signing import Terms
from gateway.sessions.store import Change, SessionStore
from gateway.sessions.sweep import Sweeper
from gateway.settings.schema import Settings
from tests.model import desk, scripts
from tests.model.desk import Client, Request
from tests.model.gates import Fault, GatedStore, Run
from tests.model.oracle import IDLE, NO_RIGHT, TOO_OLD, Agent, Facts, Site

NODES = ("AgentGateway0", "AgentGateway1")
SECRET = bytes(range(32))
LONGEST_REQUEST = 60_000
MOST_OUTAGES = 8

pick = st.integers(0, 63)
N, T, B, A = Fault.NONE, Fault.TWICE, Fault.BEFORE, Fault.AFTER
How = tuple[tuple[Fault, ...], int]
"""How a request runs: the faults of its first accesses to the store, and after how many it is left for later."""
TO_THE_END = 9
UNDISTURBED: How = ((), TO_THE_END)
hows: st.SearchStrategy[How] = st.sampled_from(
    [
        *[UNDISTURBED] * 5,
        *[((), left) for left in (0, 0, 1, 1, 1, 2)],
        *[(faults, TO_THE_END) for faults in ((B,), (T, T, T), (N, A), (N, B), (N, N, A), (N, N, B), (N, N, A, B))],
    ]
)
fates = st.sampled_from(["delivered", "delivered", "lost", "late"])
pauses = st.sampled_from([0, 0, 200, 10_000, -1, -1, -1])
faults = st.sampled_from([Fault.NONE, Fault.NONE, Fault.TWICE, Fault.BEFORE, Fault.AFTER])


class Sessions(RuleBasedStateMachine):
    """Drives the service over a real store; a subclass says which one."""

    agent_numbers: ClassVar = (101, 102)

    def open_stores(self) -> list[SessionStore]:
        """The store as each node of NODES sees it. Its time is `self.site.now`."""
        raise NotImplementedError

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.site = Site(1_700_000_000_000, SECRET)
        self.settings = Settings()
        self.agents = [Agent(self.site, number, may_be_forced=number != 102) for number in self.agent_numbers]
        self.clients = [Client(agent, follows=follows) for agent in self.agents for follows in (True, True, False)]
        self.history: dict[int, list[tuple[Record, Facts]]] = {agent.number: [] for agent in self.agents}
        self.before: dict[int, Facts] = {}
        self.stores = self.open_stores()
        ring = KeyRing("k1", {"k1": SECRET})
        self.services = [
            SessionService(GatedStore(store, self.outages, self.written), ring, lambda: Policy(self.settings))
            for store in self.stores
        ]
        self.count = 0
        self.fail_overs = 0
        self.reuses_before = self.counted_reuses()
        self.under_way: list[Request] = []
        self.parked: list[Request] = []
        self.late: list[tuple[Request, str]] = []
        self.ended_sessions: set[str] = set()

    def outages(self) -> tuple[Outage, ...]:
        return tuple(Outage(begin, back) for begin, back in self.site.outages)

    def written(self, before: Record, durable: bool) -> None:
        history = self.history[before.agent_id]
        history.append((before, self.before[before.agent_id]))
        if durable:
            history.clear()

    @staticmethod
    def counted_reuses() -> float:
        return metrics.REGISTRY.get_sample_value("gateway_guid_reuse_total") or 0.0

    # Requests

    def ask(self, request: Request, work: Coroutine[object, object, str], script: scripts.Script, how: How) -> None:
        """Sends a request; `how` says how far it gets for now."""
        next(script)

        async def start() -> Run:
            run = Run(desk.answered(work))
            await run.settle()
            return run

        request.start(self.loop.run_until_complete(start()), script)
        self.under_way.append(request)
        self.complete(request, *how)

    def go_on(self, request: Request, fault: Fault) -> None:
        """One access to the store, by the gateway and by the oracle; at the end they must answer alike."""
        self.before = {agent.number: copy.deepcopy(agent.facts) for agent in self.agents}
        live_before, reuses_before = request.agent.facts.live, request.agent.reuses
        expected = None
        self.loop.run_until_complete(request.run.go_on(fault))
        try:
            request.script.send(fault)
        except StopIteration as stop:
            expected = stop.value
        live = request.agent.facts.live
        if live_before is not None and (live is None or live.id != live_before.id):
            self.ended_sessions.add(live_before.id)
        if request.agent.reuses > reuses_before and request.client is not None and request.client.follows:
            assert self.site.now - request.began > self.site.hold + 2_000, "no thief: an owner's request under way"
        task = request.run.task
        assert task.done() == (expected is not None), (request.kind, expected, task)
        if expected is not None:
            self.under_way.remove(request)
            answer = task.result()
            assert answer == expected, (request.kind, answer, expected)
            self.finish(request, answer)

    def finish(self, request: Request, answer: str) -> None:
        client = request.client
        if client is None:
            self.judge_thief(request, answer)
            return
        if request.kind == "poll" and answer == scripts.DONE:
            self.parked.append(request)
        if client.follows and request.number == client.waits_for:
            self.judge_refusal(request, answer)
        if request.fate == "delivered":
            self.deliver(request, answer)
        elif request.fate == "late":
            self.late.append((request, answer))

    def deliver(self, request: Request, answer: str) -> None:
        client = request.client
        assert client is not None
        _, _, guid = answer.partition(" ")
        if not answer.startswith(f"{scripts.DONE} ") or request.number != client.waits_for:
            return
        if client.follows or request.kind == "sign-in":
            client.guid = guid

    def judge_thief(self, request: Request, answer: str) -> None:
        """A bearer of an old GUID never gets a newer one once its owner moved on."""
        if request.fail_overs == self.fail_overs:
            assert answer in {scripts.DONE, scripts.UNAVAILABLE} or not answer.startswith("0 "), answer

    def judge_refusal(self, request: Request, answer: str) -> None:
        """A client that follows is refused only when its session is over or it was away for longer than the grace."""
        session, number = request.agent.issued.get(request.guid, ("", -1))
        live = request.agent.alive(session)
        if live is None or not answer.startswith((NO_RIGHT, "100-006")):
            return
        former = live.generations.get(number)
        lost_in_fail_overs = number > live.current + 2
        assert lost_in_fail_overs or former is None or (former.replaced and not request.agent.in_grace(former)), answer

    def request_of(self, client: Client, kind: str, fate: str) -> Request:
        self.count += 1
        if kind != "call":
            client.waits_for = self.count
        return Request(self.count, kind, client.agent, self.site.now, client.guid, client, fate, self.fail_overs)

    def send(self, request: Request, node: int, how: How) -> None:
        service, agent, guid = self.services[node % 2], request.agent, request.guid
        kinds = {
            "call": lambda: (desk.call(service, request, hands_out=False), scripts.call(agent, guid, hands_out=False)),
            "poll": lambda: (desk.call(service, request, hands_out=True), scripts.call(agent, guid, hands_out=True)),
            "update": lambda: (desk.update_guid(service, request), scripts.update_guid(agent, guid)),
            "sign-out": lambda: (desk.sign_out(service, request), scripts.sign_out(agent, guid)),
        }
        work, script = kinds[request.kind]()
        self.ask(request, work, script, how)

    @initialize(first=pick, second=pick)
    def begin_the_day(self, first: int, second: int) -> None:
        for agent, which in zip(self.agents, (first, second), strict=True):
            mine = [client for client in self.clients if client.agent is agent]
            self.enter(mine[which % len(mine)], which, force=False, fate="delivered", how=UNDISTURBED)

    @rule(
        who=pick,
        node=pick,
        force=st.booleans(),
        fate=fates,
        how=hows,
        after=st.sampled_from([0, 0, 200, 10_000, 15_000, 15_001]),
    )
    def sign_in(self, who: int, node: int, force: bool, fate: str, how: How, after: int) -> None:
        self.move_on(after)
        self.enter(self.clients[who % len(self.clients)], node, force=force, fate=fate, how=how)

    def enter(self, client: Client, node: int, *, force: bool, fate: str, how: How) -> None:
        request = self.request_of(client, "sign-in", fate)
        agent, name = client.agent, NODES[node % 2]
        terms = Terms(agent.number, name, force=force, may_be_forced=agent.may_be_forced)
        work = desk.enter(self.services[node % 2], request, terms)
        script = scripts.sign_in(agent, request.number, name, lambda: request.session_id, force=force)
        self.ask(request, work, script, how)

    @rule(who=pick, node=pick, fate=fates, how=hows, after=pauses)
    def poll(self, who: int, node: int, fate: str, how: How, after: int) -> None:
        self.use(who, node, "poll", fate, how, after)

    @rule(who=pick, node=pick, polls=st.integers(2, 4))
    def work(self, who: int, node: int, polls: int) -> None:
        """A client that polls and calls for a while, undisturbed."""
        for count in range(polls):
            self.use(who, node + count, "poll", "delivered", UNDISTURBED, -1)
            self.use(who, node, "call", "delivered", UNDISTURBED, 100)

    @rule(
        who=pick,
        node=pick,
        kind=st.sampled_from(["call", "call", "update", "update", "sign-out"]),
        fate=fates,
        how=hows,
        after=pauses,
    )
    def call(self, who: int, node: int, kind: str, fate: str, how: How, after: int) -> None:
        self.use(who, node, kind, fate, how, after)

    def use(self, who: int, node: int, kind: str, fate: str, how: How, after: int) -> None:
        """A request some ms after the last; -1: as soon as a new GUID is due. Without a session it signs in first."""
        signed_in = [client for client in self.clients if client.guid] or self.clients
        alive = [client for client in signed_in if client.agent.alive(client.session)]
        choice = [*alive, *alive, *alive, *signed_in]
        client = choice[who % len(choice)]
        if not alive:
            self.enter(client, node, force=True, fate="delivered", how=UNDISTURBED)
        live = client.agent.facts.live
        if after < 0 and live is not None:
            after = max(0, live.generations[live.current].made + self.site.interval - self.site.now)
        self.move_on(max(0, after))
        self.send(self.request_of(client, kind, fate), node, how)

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
        parked = self.parked.pop(which % len(self.parked))
        assert parked.caller is not None
        session, number = parked.agent.issued[parked.guid]
        again = Request(parked.number, "poll", parked.agent, self.site.now, parked.guid, parked.client, parked.fate)
        again.caller = parked.caller
        work = desk.look_again(self.services[node % 2], again, parked.caller)
        self.ask(again, work, scripts.look_again(parked.agent, session, number), how)

    @precondition(lambda self: self.late)
    @rule(which=pick)
    def arrive_late(self, which: int) -> None:
        self.deliver(*self.late.pop(which % len(self.late)))

    # Thieves

    @rule(
        who=pick,
        which=st.sampled_from([0, 0, 0, 1, 2, 4]),
        node=pick,
        kind=st.sampled_from(["poll", "poll", "poll", "call", "update"]),
        how=hows,
        past=st.sampled_from([None, None, 0, 0, 1]),
    )
    def use_stolen(self, who: int, which: int, node: int, kind: str, how: How, past: int | None) -> None:
        """Someone has got one of the agent's GUIDs that its owner left; `past`: ms past the last moment before reuse."""
        agent = self.agents[who % len(self.agents)]
        left = [guid for guid in reversed(agent.issued) if agent.moved_on(guid)]
        if which >= len(left):
            return
        session, number = agent.issued[left[which]]
        live = agent.alive(session)
        adopted = live and agent.left(live, number)
        if adopted and past is not None:
            self.move_on(max(0, adopted + self.site.hold + 2_000 + past - self.site.now))
        self.send(Request(0, kind, agent, self.site.now, left[which], fail_overs=self.fail_overs), node, how)

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
        if facts.live is not None:
            live = facts.live
            moments += [
                agent.idle_ends(live),
                live.started + 15_000,
                live.generations[live.current].made + site.interval,
            ]
            for generation in live.generations.values():
                moments += [agent.grace_ends(generation.replaced)] if generation.replaced else []
                moments += [generation.adopted + site.hold + 2_000] if generation.adopted else []
        return moments

    def move_on(self, later: int) -> None:
        self.site.now += later
        for request in list(self.under_way):
            if self.site.now - request.began > LONGEST_REQUEST:
                self.site.now -= later
                self.complete(request)
                self.site.now += later
        self.parked = [request for request in self.parked if self.site.now - request.began <= LONGEST_REQUEST]
        self.late = [(request, answer) for request, answer in self.late if self.site.now - request.began <= 11_000]

    def complete(self, request: Request, faults: Sequence[Fault] = (), left: int = TO_THE_END) -> None:
        """Runs a request to its answer, or until it is left."""
        for fault in [*faults, *[Fault.NONE] * TO_THE_END][:left]:
            if request in self.under_way:
                self.go_on(request, fault)

    @rule(
        change=st.sampled_from(
            [
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
                {"poll_wait_flag": False},
                {"poll_wait_flag": True},
                {"max_time_ms": 30_000},
                {"max_time_ms": 120_000},
                {"session_max_time_ms": 300_000},
                {"session_max_time_ms": 0},
            ]
        )
    )
    def edit_settings(self, change: dict[str, object]) -> None:
        self.change_settings(**change)

    def change_settings(self, **change: object) -> None:
        self.settings = self.settings.model_copy(update=change)
        settings, site = self.settings, self.site
        site.rotating = settings.auth_mode == 2
        site.interval, site.timeout = settings.guid_interval_ms, settings.guid_timeout_ms
        site.hold = 10_000 if settings.poll_wait_flag else 0
        site.rehearsal = settings.guid_rehearsal
        site.reuse_signs_out = settings.guid_reuse == "SIGNOUT"
        site.max_time, site.longest = settings.max_time_ms, settings.session_max_time_ms
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
        now_live = agent.facts.live
        agent.facts = facts
        if facts.live is not None:
            same = now_live is not None and now_live.id == facts.live.id
            facts.live.seen = now_live.seen if same and now_live is not None else self.site.now

    @precondition(lambda self: len(self.site.outages) < MOST_OUTAGES)
    @rule(length=st.sampled_from([1, 5_000, 60_000, 200_000]))
    def outage(self, length: int) -> None:
        """The store is out of reach of every node; requests under way get through before."""
        for request in list(self.under_way):
            self.complete(request)
        begin = self.site.now
        self.move_on(length)
        self.site.outages.append((begin, self.site.now))

    @rule()
    def sweep(self) -> None:
        sweeper = Sweeper(self.services[0], lambda: Policy(self.settings), self.tell)
        self.before = {agent.number: copy.deepcopy(agent.facts) for agent in self.agents}
        self.loop.run_until_complete(sweeper.end_silent())
        self.loop.run_until_complete(sweeper.end_old())
        for agent in self.agents:
            live = agent.facts.live
            if live is None:
                continue
            if agent.idle_ends(live) < self.site.now:
                agent.end(live.id, IDLE)
            elif agent.is_too_old(live):
                agent.end(live.id, TOO_OLD)
            if agent.facts.live is None:
                self.ended_sessions.add(live.id)

    async def tell(self, _: object) -> None:
        """The backend confirms nothing: every end stays owed."""

    # What must hold at all times

    @invariant()
    def gateway_and_oracle_agree(self) -> None:
        for agent in self.agents:
            record = self.record(agent)
            self.compare(agent, record)
            self.probe(agent, record)

    def record(self, agent: Agent) -> Record:
        return self.loop.run_until_complete(self.stores[1].read(agent.number))

    def compare(self, agent: Agent, record: Record) -> None:
        session, live, now = record.session, agent.facts.live, self.site.now
        assert (session and session.id) == (live and live.id)
        if session is not None and live is not None:
            assert session.number == live.current
            assert (session.adopted_ms or None) == live.generations[live.current].adopted
            assert [old.number for old in session.superseded] == sorted(set(live.generations) - {live.current})
        held, signing_in = record.reservation, agent.facts.signing_in
        assert (held is not None and held.until_ms > now) == (signing_in is not None and signing_in[1] > now)
        told = [(old.id, old.reason.value) for old in record.tombstones if now < old.ended_ms + 600_000]
        assert told == [(old.id, old.reason) for old in agent.facts.ended[:4] if now < old.at + 600_000]

    def probe(self, agent: Agent, record: Record) -> None:
        """Every GUID ever handed out is worth just what the oracle says; those of one session at most are accepted."""
        limits = self.services[0].limits(agent.number)
        accepted = set()
        for guid in list(agent.issued)[-40:]:
            verdict = rules.check(record, guid, self.services[0].derive, limits, self.site.now)
            good = isinstance(verdict, rules.Bearer)
            assert good == isinstance(agent.check(guid), int), (agent.issued[guid], verdict)
            accepted |= {agent.issued[guid][0]} if good else set()
        assert len(accepted) <= 1

    @invariant()
    def who_follows_is_never_left_behind(self) -> None:
        for client in self.clients:
            session, number = client.agent.issued.get(client.guid, ("", -1))
            live = client.agent.alive(session)
            if client.follows and live is not None:
                current = live.generations[live.current]
                assert number >= live.current or (number == live.current - 1 and current.adopted is None)

    @invariant()
    def theft_signs_are_counted(self) -> None:
        assert self.counted_reuses() - self.reuses_before == sum(agent.reuses for agent in self.agents)

    def teardown(self) -> None:
        try:
            for request in list(self.under_way):
                self.complete(request)
            owed = self.loop.run_until_complete(self.stores[0].owed(10_000))
            assert self.ended_sessions <= {end.session_id for end in owed}
        finally:
            self.close()

    def close(self) -> None:
        async def stop() -> None:
            left = [request.run.task for request in self.under_way]
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)

        self.loop.run_until_complete(stop())
        self.loop.close()
