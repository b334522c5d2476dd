"""Random days of a few agents at one store, whose audit trail is recorded and whose troubles are known.

Sessions are those of the real service over the store in memory, lines those of the real trail; what a desktop met, and
why, the day notes for itself.
"""

import asyncio
import math
import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from gateway.audit import trail
from gateway.audit.diagnosis import Cause
from gateway.backend import BackendAnswer, EndReason, Entered
from gateway.nodes.health import OutageWatch
from gateway.ops import request_context
from gateway.sessions.guid import KeyRing
from gateway.sessions.memory_store import MemoryEventQueue, MemorySessionStore
from gateway.sessions.policy import Policy
from gateway.sessions.service import SessionService
from gateway.sessions.signing import Terms, sign_in
from gateway.sessions.store import Bounds
from gateway.sessions.sweep import Sweeper
from gateway.settings.schema import Settings
from gateway.wire import retcodes
from gateway.wire.errors import GatewayError, Refused, StoreUnavailable, Unavailable

Line = dict[str, Any]
AGENTS: Final = (101, 102, 103)
NODES: Final = ("n1", "n2")
STEPS: Final = 40
GRACE_MS: Final = 60_000
LOCKS_AFTER: Final = 5
LOCK_MS: Final = 300_000
OLD_SESSION: Final = "a session that is long over"
"""A cause that no line can tell."""


@dataclass
class Sent:
    """A request as the trail asks for it."""

    remote: str
    id: str | None = None
    answer_by_s: float = math.inf
    answered_by: asyncio.Task[Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Desktop:
    """One program of an agent; a deaf one never takes a new GUID."""

    agent: int
    name: str
    address: str
    node: str
    deaf: bool
    guid: str = ""
    former: str = ""
    session: str = ""


@dataclass
class Agent:
    """What its desktops met last, by the time; `left` since it signed itself out."""

    number: int
    met: str = Cause.UNKNOWN
    left: bool = False
    known: bool = False
    live: str = ""
    last_end: str = ""
    wrong: int = 0
    wrong_ms: int = 0


class Day:
    """Plays `steps` by the random numbers of a seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.now_ms = 1_800_000_000_000
        self.lines: list[Line] = []
        self.trails = {node: trail.Trail(node, b"key", [self._keep], lambda: self.now_ms) for node in NODES}
        self.settings = Settings(guid_reuse=self.random.choice(["OBSERVE", "SIGNOUT"]))
        self.away: dict[str, str | None] = dict.fromkeys(NODES)
        self.watches = {node: OutageWatch(self._reason(node), lambda: self.now_ms / 1000) for node in NODES}
        self.drained = dict.fromkeys(NODES, False)
        self.refused = dict.fromkeys(NODES, False)
        self.ended: dict[str, str] = {}
        """Session -> why it ended."""
        self.agents = {number: Agent(number) for number in AGENTS}
        self.desktops = [
            Desktop(number, f"Desk/{which}", f"192.0.2.{number % 100 * 10 + which}", self._any_node(), which == 1)
            for number in AGENTS
            for which in (0, 1)
        ]
        self._new_store()

    def _keep(self, line: trail.Line) -> None:
        self.lines.append(dict(line))

    def _any_node(self) -> str:
        return self.random.choice(NODES)

    def _reason(self, node: str) -> Callable[[], Any]:
        async def reason() -> str | None:
            return self.away[node]

        return reason

    def _new_store(self) -> None:
        queue = MemoryEventQueue(lambda: Bounds(100, 100_000))
        store = MemorySessionStore(queue, lambda: self.now_ms)
        ring = KeyRing("k1", {"k1": bytes(range(32))})
        self.service = SessionService(store, ring, lambda: Policy(self.settings))

        async def leave(_end: object) -> None:
            """The centre hears of it."""

        self.sweeper = Sweeper(self.service, lambda: Policy(self.settings), leave)

    @contextmanager
    def _at(self, node: str, address: str = "") -> Iterator[None]:
        token = request_context.CURRENT.set(Sent(address) if address else None)
        trail._installed.append(self.trails[node])
        try:
            yield
        finally:
            trail._installed.pop()
            request_context.CURRENT.reset(token)

    async def play(self) -> None:
        """The whole day."""
        for node in NODES:
            self._node_line(node, "node-start", store="redis")
        acts = [
            *[self.enter] * 6,
            *[self.poll] * 12,
            *[self.later] * 3,
            self.leave,
            self.end,
            self.wrong_password,
            self.sweep,
            self.outage,
            self.lose_all,
            self.drain,
            self.refuse_settings,
            self.long_later,
        ]
        for _ in range(STEPS):
            self.now_ms += self.random.randrange(1, 3000)
            await self.random.choice(acts)()
            self.now_ms += 1
        for made in self.trails.values():
            made.gather(at_once=True)

    def _node_line(self, node: str, kind: str, **facts: object) -> None:
        with self._at(node):
            trail.tell(kind, facts)

    def truths(self, number: int) -> set[str]:
        """What may be told of an agent: its last trouble; the outage that goes on, which keeps everybody out."""
        agent = self.agents[number]
        found = {Cause.STORE_OUTAGE.value} if any(self.away.values()) else set()
        if agent.left:
            return {*found, Cause.SIGNED_OUT}
        if agent.met == Cause.UNKNOWN and agent.known:
            return {*found, *self.standing(number)}
        old = {Cause.OLD_GUID.value} if agent.met == Cause.IGNORES_GUIDS else set()
        return {*found, *old, agent.met}

    def standing(self, number: int) -> set[str]:
        """What is so, and was no trouble of the agent yet."""
        lags = any(desktop.deaf and desktop.session == self.agents[number].live for desktop in self.desktops)
        refused = any(self.refused.values())
        is_so = {Cause.IGNORES_GUIDS: lags, Cause.SETTINGS_REFUSED: refused, Cause.NOTHING: not refused}
        return {cause for cause, holds in is_so.items() if holds}

    def _meets(self, number: int, cause: str) -> None:
        agent = self.agents[number]
        agent.left = cause == Cause.SIGNED_OUT  # It was asked for: no trouble, once somebody has signed in again.
        agent.met = agent.met if agent.left else cause

    # What desktops do

    def _refuse(self, desktop: Desktop, operation: str, problem: GatewayError) -> None:
        signs_in = operation == "login"
        trail.record_refusal(operation, desktop.agent, problem, signs_in=signs_in)

    async def enter(self) -> None:
        """Somebody signs in, by force where there is a session."""
        desktop = self.random.choice(self.desktops)
        agent = self.agents[desktop.agent]
        with self._at(desktop.node, desktop.address):
            if self.away[desktop.node] or self.drained[desktop.node]:
                self._refuse(
                    desktop, "login", StoreUnavailable() if self.away[desktop.node] else Unavailable("drained")
                )
                self._meets(agent.number, Cause.STORE_OUTAGE if self.away[desktop.node] else Cause.DRAINING)
                return
            if agent.wrong >= LOCKS_AFTER:
                self._refuse(desktop, "login", Refused(retcodes.LOCKED))
                self._meets(agent.number, Cause.LOCKED_OUT)
                return

            async def admit(_session: str, _at: int) -> Entered:
                return Entered(BackendAnswer(b""))

            terms = Terms(agent.number, desktop.node, force=True, may_be_forced=True, client=desktop.name)
            former = agent.live
            opened = await sign_in(self.service, terms, admit)
            if former:
                self._over(agent, Cause.TAKEN_OVER)
                self._meets(agent.number, Cause.TAKEN_OVER)
            agent.left = False
            agent.live, agent.known = opened.session.id, True
            desktop.guid, desktop.former, desktop.session = opened.guid, "", opened.session.id

    async def poll(self) -> None:
        """A desktop polls, or (seldom) somebody with its former GUID."""
        held = [desktop for desktop in self.desktops if desktop.guid]
        if not held:
            return
        desktop = self.random.choice(held)
        guid = desktop.former if desktop.former and self.random.random() < 0.1 else desktop.guid
        if self.away[desktop.node]:
            return
        with self._at(desktop.node, desktop.address):
            try:
                caller = await self.service.call(desktop.agent, guid, hands_out=True)
            except Refused as problem:
                self._refuse(desktop, "getAgentEvent", problem)
                await self._told(desktop)
                return
            if caller.hand_out:
                await self.service.note_hand_out(caller)
            if caller.hand_out and not desktop.deaf:
                desktop.former, desktop.guid = guid, caller.hand_out

    async def _told(self, desktop: Desktop) -> None:
        """Why it was refused."""
        await self._note_ends()
        agent = self.agents[desktop.agent]
        if desktop.session == agent.live:  # Also who sends a former GUID does not take the new one.
            self._meets(agent.number, Cause.IGNORES_GUIDS)
        elif self._is_remembered(desktop):
            self._meets(agent.number, self.ended[desktop.session])
        else:
            self._meets(agent.number, OLD_SESSION if agent.live else agent.last_end)

    def _is_remembered(self, desktop: Desktop) -> bool:
        record = self.service.store._records.get(desktop.agent)  # type: ignore[attr-defined]
        kept = record.tombstones if record is not None else ()
        return any(old.id == desktop.session and self.now_ms < old.ended_ms + 600_000 for old in kept)

    async def leave(self) -> None:
        """A desktop signs its agent out."""
        desktop = self.random.choice(self.desktops)
        agent = self.agents[desktop.agent]
        if desktop.session == agent.live != "" and not self.away[desktop.node]:
            await self._end(desktop.node, agent, EndReason.SIGNED_OUT, desktop.address)
            agent.left = True

    async def end(self) -> None:
        """The operator ends a session."""
        agent = self.agents[self.random.choice(AGENTS)]
        node = self._any_node()
        if agent.live and not self.away[node]:
            await self._end(node, agent, EndReason.FORCED)
            self._meets(agent.number, Cause.FORCED)

    async def _end(self, node: str, agent: Agent, reason: EndReason, address: str = "") -> None:
        with self._at(node, address):
            await self.service.end(agent.number, agent.live, reason)
            trail.record("sign-out", agent.number, session=agent.live, reason=reason.name)
        self._over(agent, Cause.SIGNED_OUT if reason is EndReason.SIGNED_OUT else Cause.FORCED)

    def _over(self, agent: Agent, cause: str) -> None:
        self.ended[agent.live] = agent.last_end = cause
        agent.live = ""

    async def wrong_password(self) -> None:
        """Somebody tries passwords."""
        desktop = self.random.choice(self.desktops)
        agent = self.agents[desktop.agent]
        if self.away[desktop.node] or self.drained[desktop.node]:
            return
        with self._at(desktop.node, desktop.address):
            for _ in range(self.random.choice([1, LOCKS_AFTER])):
                if agent.wrong < LOCKS_AFTER:
                    agent.wrong, agent.wrong_ms = agent.wrong + 1, self.now_ms
                    self._refuse(desktop, "login", Refused(retcodes.WRONG_CREDENTIALS))
                    self._meets(agent.number, Cause.WRONG_PASSWORD)
                    if agent.wrong == LOCKS_AFTER:
                        trail.record("sign-in-locked", agent.number, address=desktop.address)
                        self._meets(agent.number, Cause.LOCKED_OUT)
                self.now_ms += 1

    # What happens to nodes

    async def later(self) -> None:
        """Time passes, less than makes a session idle."""
        self.now_ms += self.random.choice([1000, 20_000, GRACE_MS + 1000])
        for agent in self.agents.values():
            agent.wrong = 0 if self.now_ms - agent.wrong_ms > LOCK_MS else agent.wrong
        await self.sweep()

    async def long_later(self) -> None:
        """Tombstones are forgotten."""
        self.now_ms += 700_000
        await self.sweep()

    async def sweep(self) -> None:
        """Silent sessions end."""
        if any(self.away.values()):
            return
        with self._at("n1"):
            await self.sweeper.end_silent()
        await self._note_ends()

    async def _note_ends(self) -> None:
        """Sessions that ended by themselves, and why."""
        for agent in self.agents.values():
            record = await self.service.store.read(agent.number)
            if agent.live and record.session is None:
                reused = bool(record.tombstones) and record.tombstones[0].reason is EndReason.REUSED_GUID
                self._over(agent, Cause.REUSED_GUID if reused else Cause.IDLE)
                self._meets(agent.number, agent.last_end)

    async def outage(self) -> None:
        """The store goes away, or comes back, for all nodes."""
        gone = not any(self.away.values())
        if any(self.drained.values()):
            return
        for node in NODES:
            self.away[node] = "timeout" if gone else None
            with self._at(node):
                await self.watches[node].look()
        if gone:
            for agent in self.agents.values():
                if agent.live:
                    self._meets(agent.number, Cause.STORE_OUTAGE)
        self.now_ms += 6000

    async def lose_all(self) -> None:
        """The store is emptied."""
        if any(self.away.values()) or self.random.random() < 0.5:
            return
        self._new_store()
        self._node_line("n1", "store-emptied")
        for agent in self.agents.values():
            if agent.live:
                self._over(agent, Cause.STORE_EMPTIED)
                self._meets(agent.number, Cause.STORE_EMPTIED)

    async def drain(self) -> None:
        """A node is drained, or no longer; not while the store is away, so that there is one cause at a time."""
        node = self._any_node()
        if any(self.away.values()):
            return
        self.drained[node] = not self.drained[node]
        self._node_line("n1", "drain" if self.drained[node] else "undrain", target=node)

    async def refuse_settings(self) -> None:
        """A settings file is refused, or mended."""
        node = self._any_node()
        self.refused[node] = not self.refused[node]
        kind = "settings-refused" if self.refused[node] else "settings-restored"
        self._node_line(node, kind, problems=["GUIDINTERVAL = x: must be a number"])


def played(seed: int) -> Day:
    """The day of a seed."""
    day = Day(seed)
    asyncio.run(day.play())
    return day
