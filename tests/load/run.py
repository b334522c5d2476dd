"""Sets up nodes and agents and puts them under load."""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from tests.load.agent import CannotBeginError, LoadAgent
from tests.load.disturb import FLIPS, Nodes, disturb, flip
from tests.load.place import FIRST_AGENT, place
from tests.load.tally import Tally
from tests.support.balancer import balancer
from tests.support.waiting import lost_time

INTERVAL_MS = 1000
TIMES = {
    "GUIDINTERVAL": str(INTERVAL_MS),
    "AGENT_POLL_WAIT_TIMES": "5",
    "AGENT_POLL_WAIT_INTERVAL": "100",
    "LOG_LEVEL": "WARNING",
}
GRACE_MS, LONG_GRACE_MS = 3000, 5000
"""The long one outlasts the time that a desk may stand still while nodes go and come."""
SIGN_INS_AT_ONCE = 20
TELL_EVERY_S = 1.0


@dataclass(frozen=True)
class Plan:
    """What to do: how many agents on how many nodes, for how long, the share of poll answers to drop (0 to 1).

    `flip` changes AUTHMODE 1-2-1-2 in the file, a quarter of the time each. An empty `redis_url` starts a server.
    `haproxy` puts that before the nodes; then `kill` kills nodes and `roll` restarts all of them, again and again.
    Several nodes have one contact centre behind them, a single one has it in itself.
    """

    agents: int = 50
    seconds: float = 60
    drop: float = 0.05
    flip: bool = False
    redis_url: str = ""
    nodes: int = 2
    haproxy: bool = False
    kill: bool = False
    roll: bool = False

    @property
    def grace_ms(self) -> int:
        """GUIDTIMEOUT - GUIDINTERVAL."""
        return LONG_GRACE_MS if self.kill or self.roll else GRACE_MS

    def settings(self) -> dict[str, str]:
        """Of every node."""
        timeout = str(INTERVAL_MS + self.grace_ms)
        return {**TIMES, "GUIDTIMEOUT": timeout, "AUTHMODE": FLIPS[0] if self.flip else "2"}


async def run(plan: Plan, tell: Callable[[str], None]) -> Tally:
    """Runs the load; `tell` hears a line each second. Raises CannotBeginError."""
    password = secrets.token_urlsafe(12)
    async with (
        lost_time() as lost,
        place(plan.agents, password, plan.settings(), plan.redis_url, has_centre=plan.nodes == 1) as site,
    ):
        tally = Tally(lost=lost)
        nodes = Nodes(site, tally)
        try:
            async with _ports(plan, nodes) as ports:
                numbers = range(FIRST_AGENT, FIRST_AGENT + plan.agents)
                agents = [_agent(number, password, ports, plan, tally) for number in numbers]
                await _work(agents, plan, nodes, tell)
        except (RuntimeError, FileNotFoundError) as problem:
            raise CannotBeginError(str(problem)) from None
    return tally


@asynccontextmanager
async def _ports(plan: Plan, nodes: Nodes) -> AsyncIterator[list[int]]:
    """Where agents connect to."""
    ports = await nodes.start(plan.nodes)
    if not plan.haproxy:
        yield ports
        return
    async with balancer(nodes.place.folder, ports) as port:
        yield [port]


def _agent(number: int, password: str, ports: list[int], plan: Plan, tally: Tally) -> LoadAgent:
    breaks = plan.kill or plan.roll
    return LoadAgent(number, password, ports, plan.drop, plan.grace_ms / 1000, tally, breaks=breaks)


async def _work(agents: list[LoadAgent], plan: Plan, nodes: Nodes, tell: Callable[[str], None]) -> None:
    for start in range(0, len(agents), SIGN_INS_AT_ONCE):
        await asyncio.gather(*(agent.sign_in() for agent in agents[start : start + SIGN_INS_AT_ONCE]))
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        for agent in agents:
            group.create_task(agent.work(stop))
        watching = group.create_task(_watch(nodes.tally, tell))
        await _happen(plan, nodes)
        watching.cancel()
        stop.set()


async def _happen(plan: Plan, nodes: Nodes) -> None:
    """Returns when the time is over and nothing else is going on."""
    until_s = asyncio.get_running_loop().time() + plan.seconds
    async with asyncio.TaskGroup() as group:
        group.create_task(asyncio.sleep(plan.seconds))
        group.create_task(disturb(nodes, until_s, kill=plan.kill, roll=plan.roll))
        if plan.flip:
            group.create_task(flip(nodes.place, plan.seconds, nodes.tally))


async def _watch(tally: Tally, tell: Callable[[str], None]) -> None:
    began_s = time.monotonic()
    while True:
        await asyncio.sleep(TELL_EVERY_S)
        tell(tally.line(time.monotonic() - began_s))
