"""The world of the model: agents, clients, two nodes, and the judgement of every answer by the oracle."""

import asyncio
import copy
from collections.abc import Coroutine, Sequence
from typing import ClassVar

from hypothesis.stateful import RuleBasedStateMachine

from gateway.ops import metrics
from gateway.sessions import rules
from gateway.sessions.guid import KeyRing
from gateway.sessions.model import PushWay, Record
from gateway.sessions.policy import Outage, Policy
from gateway.sessions.service import SessionService
from gateway.sessions.signing import Terms
from gateway.sessions.store import EventQueue, SessionStore
from gateway.settings.schema import Settings
from tests.model import desk, scripts
from tests.model.desk import Client, Request
from tests.model.gates import Fault, GatedStore, Run
from tests.model.oracle import NO_RIGHT, NOT_SIGNED_IN, Agent, Facts, Site

NODES = ("AgentGateway0", "AgentGateway1")
SECRET = bytes(range(32))
LONGEST_REQUEST = 60_000
CLIENTS_GIVE_UP = 11_000
PROBED = 40
DESKTOPS = ((True, False), (True, True), (False, False))
"""Those of each agent: whether it follows, whether its events are pushed."""
WAY = PushWay("https://desktop.example/events")

How = tuple[tuple[Fault, ...], int]
"""How a request runs: the faults of its first accesses to the store, and after how many it is left for later."""
TO_THE_END = 9
UNDISTURBED: How = ((), TO_THE_END)


class World(RuleBasedStateMachine):
    """Drives the service over a real store; a subclass says which one."""

    agent_numbers: ClassVar = (101, 102)
    forced_out: ClassVar = {101: True, 102: False}

    def open_stores(self) -> Sequence[tuple[SessionStore, EventQueue]]:
        """The store as each node of NODES sees it, and as the test does. Its time is `self.site.now`."""
        raise NotImplementedError

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.site = Site(1_700_000_000_000, SECRET)
        self.settings = Settings()
        self.agents = [Agent(self.site, number, self.forced_out[number]) for number in self.agent_numbers]
        self.clients = [Client(agent, follows, push) for agent in self.agents for follows, push in DESKTOPS]
        self.history: dict[int, list[tuple[Record, Facts]]] = {agent.number: [] for agent in self.agents}
        self.before: dict[int, Facts] = {}
        *opened, (self.watched, self.queue) = self.open_stores()
        self.stores = [store for store, _ in opened]
        self.queues = [queue for _, queue in opened]
        ring = KeyRing("k1", {"k1": SECRET})
        self.services = [
            SessionService(GatedStore(store, self.outages, self.written), ring, lambda: Policy(self.settings))
            for store in self.stores
        ]
        self.count = 0
        self.fail_overs = 0
        self.events = 0
        self.reuses_before = counted_reuses()
        self.under_way: list[Request] = []
        self.parked: list[Request] = []
        self.late: list[tuple[Request, str]] = []
        self.handed: list[tuple[Agent, str]] = []
        self.over: set[str] = set()

    def outages(self) -> tuple[Outage, ...]:
        return tuple(Outage(begin, back) for begin, back in self.site.outages)

    def written(self, before: Record, durable: bool) -> None:
        """A write that a fail-over may lose, unless somebody waited for a replica since."""
        history = self.history[before.agent_id]
        history.append((before, self.before[before.agent_id]))
        if durable:
            history.clear()

    def move_on(self, later: int) -> None:
        """Time passes; requests older than a minute are answered before."""
        for request in list(self.under_way):
            if self.site.now + later - request.began > LONGEST_REQUEST:
                self.complete(request)
        self.site.now += later
        now = self.site.now
        self.parked = [request for request in self.parked if now - request.began <= LONGEST_REQUEST]
        self.late = [(request, answer) for request, answer in self.late if now - request.began <= CLIENTS_GIVE_UP]

    # Requests

    def start(self, client: Client, kind: str, node: int, fate: str, how: How) -> Request:
        """A client sends a request of this kind to a node."""
        self.count += 1
        if kind != "call":
            client.waits_for = self.count
        request = Request(
            self.count, kind, client.agent, self.site.now, client.guid, client, fate, receipt=client.receipt
        )
        self.send(request, node, how)
        return request

    def send(self, request: Request, node: int, how: How) -> None:
        service, agent, guid = self.services[node % 2], request.agent, request.guid
        request.fail_overs = self.fail_overs
        work: Coroutine[object, object, str]
        match request.kind:
            case "poll" if not agent.pushed.get(agent.issued.get(guid, ("", 0))[0]):
                work = desk.poll(service, self.queues[node % 2], request)
                script = scripts.poll(agent, guid, request)
            case "poll" | "call":  # In push mode a poll is a heartbeat.
                hands_out = request.kind == "poll"
                work = desk.call(service, request, hands_out=hands_out)
                script = scripts.call(agent, guid, hands_out=hands_out)
            case "note":
                work, script = desk.note(service, request), scripts.note(agent, guid)
            case "update":
                work, script = desk.update_guid(service, request), scripts.update_guid(agent, guid)
            case "sign-out":
                work, script = desk.sign_out(service, request), scripts.sign_out(agent, guid)
            case _:
                force, name = request.kind == "force", NODES[node % 2]
                push = request.client is not None and request.client.push
                way = WAY if push else None
                terms = Terms(agent.number, name, force=force, may_be_forced=agent.may_be_forced, way=way)
                work = desk.enter(service, request, terms)
                script = scripts.sign_in(agent, request, name, force=force, push=push)
        self.run(request, work, script, how)

    def run(self, request: Request, work: Coroutine[object, object, str], script: scripts.Script, how: How) -> None:
        """Begins a request; `how` says how far it gets for now."""
        next(script)

        async def begin() -> Run:
            run = Run(desk.answered(work))
            await run.settle()
            return run

        request.begin(self.loop.run_until_complete(begin()), script)
        self.under_way.append(request)
        self.complete(request, *how)

    def complete(self, request: Request, faults: Sequence[Fault] = (), left: int = TO_THE_END) -> None:
        """Runs a request to its answer, or until it is left."""
        for fault in [*faults, *[Fault.NONE] * TO_THE_END][:left]:
            if request in self.under_way:
                self.go_on(request, fault)

    def go_on(self, request: Request, fault: Fault) -> None:
        """One access to the store, by the gateway and by the oracle; at the end they must answer alike."""
        agent = request.agent
        self.before[agent.number] = copy.deepcopy(agent.facts)
        live_before, reuses_before = agent.facts.live, agent.reuses
        expected, request.access = None, request.run.access
        self.loop.run_until_complete(request.run.go_on(fault))
        try:
            request.script.send(fault)
        except StopIteration as stop:
            expected = stop.value
        if live_before is not None and agent.alive(live_before.id) is None:
            self.over.add(live_before.id)
        if agent.reuses > reuses_before:
            self.judge_reuse(request)
        task = request.run.task
        if task.done():
            task.result()
        assert task.done() == (expected is not None), (request.kind, expected, task)
        if expected is not None:
            self.under_way.remove(request)
            answer = task.result()
            assert answer == expected, (request.kind, answer, expected)
            assert request.event == (request.brings if scripts.is_done(answer) else ""), request
            self.finish(request, answer)

    # Answers

    def finish(self, request: Request, answer: str) -> None:
        client = request.client
        if request.kind == "note":
            return
        if client is None:
            self.judge_thief(request, answer)
            return
        if request.kind == "poll" and answer == scripts.DONE and request.caller is not None and not request.event:
            self.parked.append(request)
        if client.follows and request.number == client.waits_for:
            self.judge_refusal(request, answer)
        if request.kind in {"poll", "update"} and answer.startswith(f"{scripts.DONE} "):
            self.handed = [*self.handed[-7:], (request.agent, answer.removeprefix(f"{scripts.DONE} "))]
        if request.fate == "delivered":
            self.deliver(request, answer)
        elif request.fate == "late":
            self.late.append((request, answer))

    def deliver(self, request: Request, answer: str) -> None:
        client = request.client
        assert client is not None
        adopts = client.follows or request.kind in {"sign-in", "force"}
        if adopts and answer.startswith(f"{scripts.DONE} ") and request.number == client.waits_for:
            client.guid = answer.removeprefix(f"{scripts.DONE} ")
        client.receipt = request.event or client.receipt

    def judge_thief(self, request: Request, answer: str) -> None:
        """A bearer of an old GUID never gets a newer one once its owner moved on."""
        unmoved = request.fail_overs != self.fail_overs
        assert unmoved or not answer.startswith(f"{scripts.DONE} ")

    def judge_refusal(self, request: Request, answer: str) -> None:
        """A client that follows is refused only when its session is over or it was away for longer than the grace."""
        session, number = request.agent.issued.get(request.guid, ("", -1))
        live = request.agent.alive(session)
        if live is None or not answer.startswith((NO_RIGHT, NOT_SIGNED_IN)):
            return
        former = live.generations.get(number)
        lost_in_fail_overs = number > live.current + 2
        refusable = former is None or not (request.agent.in_grace(former) or request.agent.lives_on(live, number))
        assert lost_in_fail_overs or refusable, answer

    def judge_reuse(self, request: Request) -> None:
        """Lost, delayed and duplicated requests of an owner are never taken for a theft."""
        if request.client is not None and request.client.follows:
            assert self.site.now - request.began > self.site.hold + 2_000

    # What must hold at all times

    def record(self, agent: Agent) -> Record:
        """The agent's record as another node reads it, so that the nodes of the test know only what they asked for."""
        return self.loop.run_until_complete(self.watched.read(agent.number))

    def compare(self, agent: Agent, record: Record) -> None:
        """The record says what the oracle says."""
        session, live, now = record.session, agent.facts.live, self.site.now
        depth = self.loop.run_until_complete(self.queue.depth(agent.number))
        assert depth == (len(live.events) if live is not None else 0)
        assert (session and session.id) == (live and live.id)
        if session is not None and live is not None:
            assert session.number == live.current
            assert (session.adopted_ms or None) == live.generations[live.current].adopted
            former = {old.number: None if old.waiting else old.replaced_ms for old in session.superseded}
            handed = {number: old.handed for number, old in live.generations.items() if number != live.current}
            assert former == handed
            assert session.rehearsed_from == (-1 if live.rehearsed is None else live.rehearsed)
        held, signing_in = record.reservation, agent.facts.signing_in
        assert (held is not None and held.until_ms > now) == (signing_in is not None and signing_in[1] > now)
        told = [(old.id, old.reason.value) for old in record.tombstones if now < old.ended_ms + 600_000]
        assert told == [(old.id, old.reason) for old in agent.facts.ended[:4] if now < old.at + 600_000]

    def probe(self, agent: Agent, record: Record) -> None:
        """Every GUID ever handed out is worth just what the oracle says; those of one session at most are accepted."""
        limits = self.services[0].limits(agent.number)
        accepted = set()
        for guid in list(agent.issued)[-PROBED:]:
            derive = self.services[0].derive
            verdict = rules.check(record, guid, derive, limits, self.site.now)
            found = rules.search(record.session, guid, derive, limits) if record.session is not None else None
            good = isinstance(verdict, rules.Bearer) or found is not None
            assert good == isinstance(agent.check(guid), int), (agent.issued[guid], verdict)
            accepted |= {agent.issued[guid][0]} if good else set()
        assert len(accepted) <= 1

    def follow(self, client: Client) -> None:
        """A client that follows holds the current GUID, its parent while nobody uses the current one, or one ahead."""
        session, number = client.agent.issued.get(client.guid, ("", -1))
        live = client.agent.alive(session)
        if client.follows and live is not None:
            current = live.generations[live.current]
            assert number >= live.current or (number == live.current - 1 and current.adopted is None)

    def teardown(self) -> None:
        try:
            for request in list(self.under_way):
                self.complete(request)
            owed = self.loop.run_until_complete(self.stores[0].owed(10_000))
            assert self.over <= {end.session_id for end in owed}, "the backend is told of every end"
            assert counted_reuses() - self.reuses_before == sum(agent.reuses for agent in self.agents)
        finally:
            self.loop.run_until_complete(self.stop())
            self.close()

    async def stop(self) -> None:
        """Ends requests that a failed test left behind."""
        left = [request.run.task for request in self.under_way]
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    def close(self) -> None:
        """Lets go of the stores and the loop."""
        self.loop.close()


def counted_reuses() -> float:
    """The theft signs that the gateway counted since it started."""
    return metrics.REGISTRY.get_sample_value("agentgateway_guid_reuse_total") or 0.0
