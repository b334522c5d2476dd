"""Load: agents sign in one after the other, poll, ask, change their state and wait for its event, and sign out."""

import asyncio
import random
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from gateway.client import Agent, AgentGatewayError, Gateway
from gateway.client.refusals import NotSignedIn
from gateway.kit.load_tally import Kind, LoadTally
from gateway.kit.probe_desk import BUSY, NOT_BUSY
from gateway.kit.target import Target

TELL_EVERY_S: Final = 1.0
EVENT_WITHIN_S: Final = 10.0
CHANGES: Final = 0.25
"""The share of an agent's operations that change its state; the others ask for it."""

Tell = Callable[[str], None]
T = TypeVar("T")


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
