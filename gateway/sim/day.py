"""A whole day: agents come, customers call, everybody leaves, everything is counted; and a gateway for it alone.

That gateway is in this process: free ports, its own agents, the rest as the settings file says.
"""

import asyncio
import contextlib
import secrets
import socket
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import aiohttp

from gateway import server
from gateway.admin.admin_tokens import read_admin_token
from gateway.agents.registry import AgentRegistry
from gateway.contact_centre.floor.plan import Arrivals
from gateway.listeners.errors import ListenError
from gateway.settings.load import load
from gateway.sim.played_agent import SimAgent
from gateway.sim.played_customers import NO_ANSWER, TIMEOUT_S, Operator, SimCustomers
from gateway.sim.scenario import CannotPlayError, GatewayPlace, Habits, agents_file
from gateway.sim.tally import BROKEN, DayTally
from gateway.supervisor.node_sockets import NodeSockets

SIGN_INS_AT_ONCE: Final = 20
LOOK_EVERY_S: Final = 1.0
SETTLE_WITHIN_S: Final = 30.0
FIRST_AGENT: Final = 1001
_LOOPBACK: Final = "127.0.0.1"
_OWN: Final = {
    "BIND_ADDRESS": _LOOPBACK,
    "HTTPS_PORT": "0",
    "REDIS_URL": "",
    "WORKERS": "1",
    "BACKEND": "embedded",
    "AGENT_AUTH": "password",
    "DRAIN_TIME": "0",
}


@dataclass(frozen=True)
class DayPlan:
    """`minutes` are those of the day: at `speed` 10, ten of them take one. `load` multiplies the calls of `pattern`."""

    minutes: float
    pattern: Sequence[Arrivals]
    speed: float = 1.0
    load: float = 1.0
    seed: int = 1
    habits: Habits = field(default_factory=Habits)


@dataclass
class _Floor:
    """Everybody who takes part. `answered` are the calls that an agent has answered."""

    operator: Operator
    customers: SimCustomers
    agents: list[SimAgent]
    answered: set[str]


async def play(
    place: GatewayPlace, plan: DayPlan, tell: Callable[[str], None], stop: asyncio.Event, tally: DayTally
) -> None:
    """Plays a day into `tally`, or the part before `stop`; `tell` hears who has come, then the live line each second.

    Latency is that of events between sign-ins and closing time. Raises CannotPlayError.
    """
    if not plan.pattern:
        raise CannotPlayError("the contact centre file has no [[arrivals]]: nobody would call")
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT_S)) as link:
        floor = _floor(link, place, plan, tally)
        try:
            tally.measures = False
            await _come(floor, place, tell)
            tally.measures = True
            async with _calling(floor, plan):
                await _watch(floor, plan, tell, stop, tally)
            tally.measures = False
            await _close(floor, tally)
        finally:
            await asyncio.gather(*(agent.close() for agent in floor.agents))


def _floor(link: aiohttp.ClientSession, place: GatewayPlace, plan: DayPlan, tally: DayTally) -> _Floor:
    operator = Operator(link, place)
    customers = SimCustomers(operator, tally, seed=plan.seed, speed=plan.speed, load=plan.load)
    answered: set[str] = set()
    queues = sorted({entry.skill_id for entry in plan.pattern})
    agents = [SimAgent(number, plan.habits, tally, queues, answered) for number in place.agents]
    return _Floor(operator, customers, agents, answered)


async def _come(floor: _Floor, place: GatewayPlace, tell: Callable[[str], None]) -> None:
    try:
        await floor.operator.agents()
    except NO_ANSWER as problem:
        raise CannotPlayError(f"no admin listener answers at {place.admin_url}: {type(problem).__name__}") from None
    everybody = len(floor.agents)
    for start in range(0, everybody, SIGN_INS_AT_ONCE):
        tell(f"{start} of {everybody} agents have signed in")
        coming = floor.agents[start : start + SIGN_INS_AT_ONCE]
        # All of them have come or failed before the day is given up: each is closed then.
        ends = await asyncio.gather(*(agent.come(place) for agent in coming), return_exceptions=True)
        for failed in filter(None, ends):
            raise failed
    tell(f"{everybody} of {everybody} agents have signed in: customers call")


@contextlib.asynccontextmanager
async def _calling(floor: _Floor, plan: DayPlan) -> AsyncIterator[None]:
    """Customers call for as long as the block runs."""
    calling = asyncio.create_task(floor.customers.come(plan.pattern))
    try:
        yield
    finally:
        calling.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await calling


async def _watch(
    floor: _Floor, plan: DayPlan, tell: Callable[[str], None], stop: asyncio.Event, tally: DayTally
) -> None:
    began_s = time.monotonic()
    ends_s = began_s + plan.minutes * 60 / plan.speed
    while not stop.is_set() and (left_s := ends_s - time.monotonic()) > 0:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(min(LOOK_EVERY_S, left_s)):
                await stop.wait()
        try:
            agents, calls = await floor.operator.agents(), await floor.operator.calls()
        except NO_ANSWER as problem:
            tally.fault(BROKEN, f"admin listener: {type(problem).__name__}")
            continue
        tally.abandoned = len(floor.customers.placed - floor.answered - calls.keys())
        tell(tally.line(time.monotonic() - began_s, ends_s - began_s, agents, Counter(calls.values())))


async def _close(floor: _Floor, tally: DayTally) -> None:
    """Customers who are still there hang up; agents take their last events and leave."""
    for agent in floor.agents:
        agent.hurry()
    still: set[str] = set()
    try:
        still = floor.customers.placed & (await floor.operator.calls()).keys()
        await asyncio.gather(*(floor.operator.hang_up(call) for call in still))
    except NO_ANSWER as problem:
        tally.fault(BROKEN, f"closing time: {type(problem).__name__}")
    await asyncio.gather(*(agent.settle(SETTLE_WITHIN_S) for agent in floor.agents))
    unanswered = floor.customers.placed - floor.answered
    tally.left_waiting = len(unanswered & still)
    tally.abandoned = len(unanswered - still)
    await asyncio.gather(*(agent.leave() for agent in floor.agents))


def own_settings(
    folder: Path, config: Path, overrides: Mapping[str, str], agents: int, skills: list[int], password: str
) -> dict[str, str]:
    """What such a gateway has of its own; its agents file and its token will be in `folder`. Raises SettingsError."""
    settings = load(config, overrides).settings
    if settings.agents_file is None:
        raise CannotPlayError("AGENTS_FILE is empty: it tells the skill queues")
    known = AgentRegistry(settings.agents_file).skills()
    file = folder / "agents.toml"
    numbers = range(FIRST_AGENT, FIRST_AGENT + agents)
    file.write_text(agents_file(numbers, password, known.values(), skills), "utf-8")
    token = folder / "admin.token"
    return {**overrides, **_OWN, "AGENTS_FILE": str(file), "ADMIN_TOKEN_FILE": str(token), "VAR_DIR": str(folder)}


@contextlib.asynccontextmanager
async def own_gateway(
    config: Path, overrides: Mapping[str, str], agents: int, skills: list[int]
) -> AsyncIterator[GatewayPlace]:
    """The gateway runs as long as the block. Raises CannotPlayError, SettingsError and as `server.running`."""
    password = secrets.token_urlsafe(12)
    with tempfile.TemporaryDirectory(prefix="agentgateway-day-") as name:
        folder = Path(name)
        own = own_settings(folder, config, overrides, agents, skills, password)
        sockets = [socket.create_server((_LOOPBACK, 0)) for _ in range(2)]
        loaded = load(config, {**own, "ADMIN_PORT": str(sockets[1].getsockname()[1])})
        try:
            async with server.running(loaded, NodeSockets(http=sockets[0], admin={0: sockets[1]})) as gateway:
                if gateway.admin is None:
                    raise CannotPlayError("the gateway has no admin listener")
                numbers = range(FIRST_AGENT, FIRST_AGENT + agents)
                token = read_admin_token(folder / "admin.token")
                yield GatewayPlace(gateway.listeners.urls[0], gateway.admin_url, token, numbers, password)
        except ListenError as problem:
            raise CannotPlayError(str(problem)) from None
