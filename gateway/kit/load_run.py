"""Load: agents sign in one after the other, poll, ask, change their state and wait for its event, and sign out.

What that counted, and whether it stayed within its limits.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, TypeVar

from gateway.client import Agent, AgentGatewayError, Gateway
from gateway.client.refusals import NotSignedIn
from gateway.kit.probe_desk import BUSY, NOT_BUSY
from gateway.kit.target import Target

_LONGEST_MS: Final = 10_000
_EXAMPLES: Final = 5
_PERCENTS: Final = (50, 90, 99, 100)
TELL_EVERY_S: Final = 1.0
EVENT_WITHIN_S: Final = 10.0
CHANGES: Final = 0.25
"""The share of an agent's operations that change its state; the others ask for it."""

Tell = Callable[[str], None]
T = TypeVar("T")


class Latencies:
    """Times in whole ms, counted one by one up to 10 s, so that a percentile costs the same on a long day."""

    def __init__(self) -> None:
        self.count = 0
        self._by_ms = [0] * (_LONGEST_MS + 1)

    def add(self, ms: float) -> None:
        """One more; what is longer than 10 s counts as 10 s."""
        self.count += 1
        self._by_ms[min(_LONGEST_MS, max(0, int(ms)))] += 1

    def percentile(self, percent: float) -> int:
        """The ms that `percent` of all do not exceed; 0 where there are none."""
        wanted, seen = self.count * percent / 100, 0
        for ms, count in enumerate(self._by_ms):
            seen += count
            if count and seen >= wanted:
                return ms
        return 0


class Kind(StrEnum):
    """What is timed: the answers of sign-in, query, change and sign-out; an event, from the request that brings it."""

    SIGN_IN = "sign-in"
    QUERY = "query"
    CHANGE = "change"
    EVENT = "event"
    SIGN_OUT = "sign-out"


@dataclass(frozen=True)
class LoadLimits:
    """`most_ms` bounds the time that 99 of 100 of a kind do not exceed; `failures_percent` is of all that was done."""

    most_ms: Mapping[Kind, float]
    failures_percent: float = 0.0


@dataclass
class LoadTally:
    """`signed_in` agents are there now. `examples` are the first failures; they hold no GUID."""

    signed_in: int = 0
    times: dict[Kind, Latencies] = field(default_factory=lambda: {kind: Latencies() for kind in Kind})
    failed: Counter[Kind] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)

    @property
    def done(self) -> int:
        """How many requests and events there were, failures included."""
        return sum(times.count for times in self.times.values()) + self.failed.total()

    def fail(self, kind: Kind, example: str) -> None:
        """One of a kind failed."""
        self.failed[kind] += 1
        if len(self.examples) < _EXAMPLES:
            self.examples.append(f"{kind}: {example}")

    def line(self, elapsed_s: float, whole_s: float, agents: int) -> str:
        """The live line."""
        query, event = (self.times[kind].percentile(99) for kind in (Kind.QUERY, Kind.EVENT))
        return (
            f"{elapsed_s:5.0f} of {whole_s:.0f} s | agents {self.signed_in} of {agents}"
            f" | done {self.done} | p99 of queries {query} ms, of events {event} ms | failures {self.failed.total()}"
        )

    def rows(self) -> list[tuple[str, ...]]:
        """The table of latencies, its head first; ms."""
        head = ("KIND", "COUNT", "FAILED", *(f"P{percent}" if percent < 100 else "LONGEST" for percent in _PERCENTS))
        rows = [
            (kind, str(times.count), str(self.failed[kind]), *(str(times.percentile(percent)) for percent in _PERCENTS))
            for kind, times in self.times.items()
        ]
        return [head, *rows]

    def exceeded(self, limits: LoadLimits) -> list[str]:
        """Why this is no pass; a kind that never happened is a reason."""
        found = [
            f"{kind}: {self.times[kind].percentile(99)} ms, at most {most_ms:g} are allowed"
            for kind, most_ms in limits.most_ms.items()
            if self.times[kind].percentile(99) > most_ms
        ]
        found += [f"no {kind} succeeded" for kind in (Kind.SIGN_IN, Kind.QUERY) if not self.times[kind].count]
        share = 100 * self.failed.total() / self.done if self.done else 0.0
        if share > limits.failures_percent:
            found.append(f"{share:.2f} % failed, at most {limits.failures_percent:g} are allowed")
        return found

    def as_json(self, limits: LoadLimits) -> dict[str, Any]:
        """The object that `--json` prints; times in ms."""
        kinds = {
            kind.value: {
                "count": times.count,
                "failed": self.failed[kind],
                **{f"p{percent}": times.percentile(percent) for percent in _PERCENTS},
            }
            for kind, times in self.times.items()
        }
        exceeded = self.exceeded(limits)
        return {"passed": not exceeded, "exceeded": exceeded, "kinds": kinds, "examples": self.examples}


@dataclass(frozen=True)
class LoadPlan:
    """`per_s` agents sign in each second; it all lasts `seconds`. An agent pauses `pause_s` between two operations."""

    target: Target
    per_s: float
    seconds: float
    pause_s: float


async def run(plan: LoadPlan, tell: Tell, stop: asyncio.Event, tally: LoadTally) -> None:
    """Puts the target under load until the time is over or `stop` is set; `tell` hears a line each second."""
    target = plan.target
    gateway = Gateway(target.url, tls=target.tls, hold_s=target.hold_s)
    loop = asyncio.get_running_loop()
    began_s = loop.time()
    ends_s = began_s + plan.seconds
    ending = loop.call_at(ends_s, stop.set)
    telling = loop.create_task(_tell(plan, tell, tally, began_s))
    try:
        async with asyncio.TaskGroup() as group:
            for number, agent_id in enumerate(target.agents):
                if await _set_within(stop, began_s + number / plan.per_s - loop.time()):
                    break
                group.create_task(_LoadAgent(gateway, plan, agent_id, tally).work(stop))
    finally:
        ending.cancel()
        telling.cancel()
        with suppress(asyncio.CancelledError):
            await telling


async def _tell(plan: LoadPlan, tell: Tell, tally: LoadTally, began_s: float) -> None:
    while True:
        await asyncio.sleep(TELL_EVERY_S)
        elapsed_s = asyncio.get_running_loop().time() - began_s
        tell(tally.line(elapsed_s, plan.seconds, len(plan.target.agents)))


async def _set_within(stop: asyncio.Event, seconds: float) -> bool:
    with suppress(TimeoutError):
        async with asyncio.timeout(max(0.0, seconds)):
            await stop.wait()
    return stop.is_set()


class _LoadAgent:
    """One agent. A failure is counted, and the agent goes on unless its session is over."""

    def __init__(self, gateway: Gateway, plan: LoadPlan, agent_id: int, tally: LoadTally) -> None:
        self._gateway = gateway
        self._plan = plan
        self._agent_id = agent_id
        self._tally = tally
        self._busy = False
        self._out = False

    async def work(self, stop: asyncio.Event) -> None:
        """From sign-in to sign-out."""
        target = self._plan.target
        agent = await self._timed(
            Kind.SIGN_IN,
            Agent.sign_in(self._gateway, self._agent_id, password=target.password, phone=target.phone, force=True),
        )
        if agent is None:
            return
        self._tally.signed_in += 1
        try:
            while not self._out and not await _set_within(stop, self._plan.pause_s * random.uniform(0.5, 1.5)):
                await (self._change(agent) if random.random() < CHANGES else self._ask(agent))
            if not self._out:
                await self._timed(Kind.SIGN_OUT, agent.sign_out(force=True))
        finally:
            self._tally.signed_in -= 1
            await agent.close()

    async def _timed(self, kind: Kind, work: Coroutine[Any, Any, T]) -> T | None:
        """What it returns; None where it failed."""
        loop = asyncio.get_running_loop()
        began_s = loop.time()
        try:
            done = await work
        except (AgentGatewayError, TimeoutError) as problem:
            self._out = self._out or isinstance(problem, NotSignedIn)
            self._tally.fail(kind, f"agent {self._agent_id}: {problem or 'it did not come'}")
            return None
        self._tally.times[kind].add((loop.time() - began_s) * 1000)
        return done

    async def _ask(self, agent: Agent) -> None:
        await self._timed(Kind.QUERY, agent.onlineagent.get_agent_status())

    async def _change(self, agent: Agent) -> None:
        """The event may come before the answer, so both are waited for at the same time."""
        operations = agent.onlineagent
        heard = asyncio.create_task(self._timed(Kind.EVENT, _event(agent, NOT_BUSY if self._busy else BUSY)))
        await self._timed(Kind.CHANGE, operations.cancel_busy() if self._busy else operations.say_busy())
        self._busy = not self._busy
        await asyncio.wait([heard])


async def _event(agent: Agent, kind: str) -> None:
    """Waits for one of this type. Raises TimeoutError when it does not come."""
    async with asyncio.timeout(EVENT_WITHIN_S):
        while (await agent.next_event()).type != kind:
            pass
