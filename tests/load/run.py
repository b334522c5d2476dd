"""Sets up nodes, agents and a Redis, and puts them under load."""

import asyncio
import secrets
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import redis

from gateway.agents.passwords import hasher
from tests.load.agent import CannotBeginError, LoadAgent
from tests.load.tally import Tally
from tests.support.servers import Servers
from tests.support.site import Site, site

INTERVAL_MS, TIMEOUT_MS = 1000, 4000
TIMES = {
    "GUIDINTERVAL": str(INTERVAL_MS),
    "GUIDTIMEOUT": str(TIMEOUT_MS),
    "AGENT_POLL_WAIT_TIMES": "5",
    "AGENT_POLL_WAIT_INTERVAL": "100",
    "LOG_LEVEL": "WARNING",
}
FLIPS = ("1", "2", "1", "2")
FIRST_AGENT = 1001
SIGN_INS_AT_ONCE = 20
TELL_EVERY_S = 1.0


@dataclass(frozen=True)
class Plan:
    """What to do: how many agents on how many nodes, for how long, the share of poll answers to drop (0 to 1).

    `flip` changes AUTHMODE 1-2-1-2 in the file, a quarter of the time each. An empty `redis_url` starts a server.
    """

    agents: int = 50
    seconds: float = 60
    drop: float = 0.05
    flip: bool = False
    redis_url: str = ""
    nodes: int = 2


async def run(plan: Plan, tell: Callable[[str], None]) -> Tally:
    """Runs the load; `tell` hears a line each second. Raises CannotBeginError."""
    tally, password = Tally(), secrets.token_urlsafe(12)
    async with _site(plan, password) as place:
        try:
            nodes = [await place.start(f"Node{number}") for number in range(plan.nodes)]
        except RuntimeError as problem:
            raise CannotBeginError(str(problem)) from None
        ports = [node.port for node in nodes]
        grace_s = (TIMEOUT_MS - INTERVAL_MS) / 1000
        numbers = range(FIRST_AGENT, FIRST_AGENT + plan.agents)
        agents = [LoadAgent(number, password, ports, plan.drop, grace_s, tally) for number in numbers]
        await _sign_in(agents)
        stop = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            for agent in agents:
                group.create_task(agent.work(stop))
            if plan.flip:
                group.create_task(_flip(place, plan.seconds, tally))
            await _watch(plan.seconds, tally, tell)
            stop.set()
    return tally


async def _sign_in(agents: list[LoadAgent]) -> None:
    for start in range(0, len(agents), SIGN_INS_AT_ONCE):
        await asyncio.gather(*(agent.sign_in() for agent in agents[start : start + SIGN_INS_AT_ONCE]))


async def _flip(place: Site, seconds: float, tally: Tally) -> None:
    for mode in FLIPS[1:]:
        await asyncio.sleep(seconds / len(FLIPS))
        place.edit(AUTHMODE=mode)
        tally.flips += 1


async def _watch(seconds: float, tally: Tally, tell: Callable[[str], None]) -> None:
    began_s = time.monotonic()
    while (elapsed_s := time.monotonic() - began_s) < seconds:
        await asyncio.sleep(min(TELL_EVERY_S, seconds - elapsed_s))
        tell(tally.line(time.monotonic() - began_s))


@asynccontextmanager
async def _site(plan: Plan, password: str) -> AsyncIterator[Site]:
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="gateway-load-")))
        tag = f"load-{secrets.token_hex(4)}"
        url = plan.redis_url or _own_server(stack, folder)
        if plan.redis_url:
            stack.callback(_forget, url, tag)
        agents_file = folder / "agents.toml"
        agents_file.write_text(_agents(plan.agents, password), "utf-8")
        settings = {
            "CONTACT_CENTER_FILE": "",
            **TIMES,
            "AUTHMODE": FLIPS[0] if plan.flip else "2",
            "AGENTS_FILE": str(agents_file),
            "REDIS_URL": url,
            "STORE_TAG": tag,
        }
        yield await stack.enter_async_context(site(folder, settings))


def _own_server(stack: AsyncExitStack, folder: Path) -> str:
    servers = Servers(folder)
    stack.callback(servers.end)
    return servers.start("valkey").url


def _forget(url: str, tag: str) -> None:
    """Leaves nothing behind in a Redis that is not ours."""
    with redis.Redis.from_url(url) as client, suppress(redis.RedisError):
        for key in client.scan_iter(f"{{{tag}}}:*", count=1000):
            client.delete(key)


def _agents(count: int, password: str) -> str:
    """An agents file; one hash serves all, because they share the password."""
    skill = '[[skills]]\nid = 1\nname = "Service"\n'
    hashed = hasher().hash(password)
    rows = (
        f'\n[[agents]]\nid = {number}\naccount = "load{number}"\nname = "Agent {number}"\n'
        f'password_hash = "{hashed}"\nskills = [1]\n'
        for number in range(FIRST_AGENT, FIRST_AGENT + count)
    )
    return skill + "".join(rows)
