"""How long storms last: everybody signs in, everybody polls again, and how soon an event reaches a desk meanwhile.

`scripts/bench-storm [--agents N] [--events N]`: on a Valkey of its own, with the shipped settings. Printed are

- sign-ins: how long N of them take, 32 at once, by a hash that costs next to nothing, and what each takes of the loop;
- after kill -9: how long it takes until the polls of all are parked again at the process that was started anew, from
  its ready line on, each agent on a new connection and 256 at once (polls are held for 60 s here);
- another node: the time from a change of state that is asked at one of two nodes to its event at a poll that is parked
  at the other one, of 1,000 agents, 10 of them at once, behind ten that warm the nodes up; the contact centre is a
  process of its own.

Times are those of the clock: on a machine that does much else they are longer. Exit code 1 when somebody was refused.
"""

import argparse
import asyncio
import re
import signal
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final

import aiohttp
from argon2 import PasswordHasher
from raw_agents import FIRST_AGENT, RawAgent, usage, write_agents_file

from gateway.ops import process
from gateway.sessions.guid import new_secret_line
from tests.support.gateway import FRESH, PASSWORD, GatewayProcess, gateway_process
from tests.support.one_centre import before, centre_process
from tests.support.servers import Servers, free_port

SIGN_INS_AT_ONCE: Final = 32
POLLS_AT_ONCE: Final = 256
EVENTS_AT_ONCE: Final = 10
ELSEWHERE: Final = 1_000
HOLD_S: Final = 60
OPEN_FILES: Final = 65_536
TOKEN: Final = "a-token-of-the-benchmark"
LOOK_S: Final = 0.02
GIVE_UP_S: Final = 120.0


def cheap_agents_file(folder: Path, count: int) -> Path:
    """As the file of any benchmark, with a hash that is quick to verify."""
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    file = write_agents_file(folder, count)
    file.write_text(
        re.sub('(?m)^password_hash = ".*"$', f'password_hash = "{cheap}"', file.read_text("utf-8")), "utf-8"
    )
    return file


async def each(agents: Sequence[RawAgent], at_once: int, work: Callable[[RawAgent], Awaitable[object]]) -> None:
    """All of them do it, so many at once."""
    turns = asyncio.Semaphore(at_once)

    async def one(agent: RawAgent) -> None:
        async with turns:
            await work(agent)

    await asyncio.gather(*map(one, agents))


async def sign_in(agents: Sequence[RawAgent], port: int) -> None:
    """Each on a connection of its own."""

    async def one(agent: RawAgent) -> None:
        await agent.connect(port)
        await agent.sign_in()

    await each(agents, SIGN_INS_AT_ONCE, one)


async def no_events_left(agents: Sequence[RawAgent]) -> None:
    """Fetches the events of the sign-in."""

    async def one(agent: RawAgent) -> None:
        while b'"event"' in await agent.poll():
            pass

    await each(agents, len(agents), one)


async def poll_on(agent: RawAgent) -> None:
    """Polls until cancelled: the first ones bring what the gateway tells after its start."""
    while True:
        _expect(await agent.poll(), b'"retcode":"0"')


class Parked:
    """How many polls a gateway holds, by its metrics."""

    def __init__(self, port: int) -> None:
        self._page = f"http://127.0.0.1:{port}/metrics"

    async def reach(self, count: int) -> None:
        """Returns once it holds so many. Raises TimeoutError."""
        async with asyncio.timeout(GIVE_UP_S), aiohttp.ClientSession() as session:
            async for now in self._looks(session):
                if now >= count:
                    return

    async def _looks(self, session: aiohttp.ClientSession) -> AsyncIterator[float]:
        while True:
            yield await self._now(session)
            await asyncio.sleep(LOOK_S)

    async def _now(self, session: aiohttp.ClientSession) -> float:
        async with session.get(self._page, headers={"Authorization": f"Bearer {TOKEN}"}) as answer:
            found = re.search(r"(?m)^agentgateway_polls_parked (\S+)$", await answer.text())
        return float(found[1]) if found else 0.0


async def storms(stack: AsyncExitStack, folder: Path, wanted: Mapping[str, str], count: int) -> list[str]:
    """Everybody signs in and polls; the gateway is killed and started anew; everybody polls."""
    agents = [RawAgent(FIRST_AGENT + number) for number in range(count)]
    admin_port = free_port()
    wanted = {**wanted, "AGENT_POLL_WAIT_TIMES": str(HOLD_S * 10), "ADMIN_PORT": str(admin_port)}
    first = await stack.enter_async_context(gateway_process(folder, wanted, before=FRESH))
    cpu, began_s = usage([first.process.pid]), time.monotonic()
    await sign_in(agents, first.port)
    took_s, loop_s = time.monotonic() - began_s, usage([first.process.pid]).loop_s - cpu.loop_s
    lines = [f"sign-ins: {count} in {took_s:.1f} s, {loop_s / count * 1e6:.0f} us of the loop each"]
    polls = [asyncio.create_task(poll_on(agent)) for agent in agents]
    await Parked(admin_port).reach(count)
    await first.end(signal.SIGKILL)
    await all_off(agents, polls)
    again = await stack.enter_async_context(gateway_process(folder, wanted, before=FRESH))
    polls, began_s = [], time.monotonic()

    async def poll_again(agent: RawAgent) -> None:
        await agent.connect(again.port)
        polls.append(asyncio.create_task(poll_on(agent)))

    await each(agents, POLLS_AT_ONCE, poll_again)
    await Parked(admin_port).reach(count)
    lines.append(f"after kill -9: {count} polls parked again in {time.monotonic() - began_s:.1f} s")
    await all_off(agents, polls)
    await again.end(signal.SIGKILL)
    return lines


async def all_off(agents: Sequence[RawAgent], polls: Sequence["asyncio.Task[None]"]) -> None:
    """Every desk is cut off."""
    for poll in polls:
        poll.cancel()
    await asyncio.gather(*polls, return_exceptions=True)
    for agent in agents:
        agent.close()


async def across_nodes(stack: AsyncExitStack, folder: Path, wanted: Mapping[str, str], events: int) -> list[str]:
    """Agents poll at one node, and change their state at another."""
    agents = [RawAgent(FIRST_AGENT + number) for number in range(EVENTS_AT_ONCE + ELSEWHERE)]
    centre = await stack.enter_async_context(centre_process({"AGENTS_FILE": wanted["AGENTS_FILE"]}))
    here, there = [
        await stack.enter_async_context(
            gateway_process(folder, {**wanted, **before(centre), "NODE_NAME": name}, before=FRESH)
        )
        for name in ("Here", "There")
    ]
    await sign_in(agents, here.port)
    await no_events_left(agents)
    took: list[float] = []

    async def change(agent: RawAgent) -> None:
        other = await _as_elsewhere(agent, there)
        for operation in ("saybusy", "sayfree")[: max(1, events // ELSEWHERE)]:
            polling = asyncio.create_task(agent.poll())
            await asyncio.sleep(LOOK_S)
            began_s = time.monotonic()
            _expect(await other.ask("POST", f"onlineagent/{agent.agent_id}/{operation}"), b'"retcode":"0"')
            _expect(await polling, b'"event":')
            took.append(time.monotonic() - began_s)
        other.close()

    await each(agents[:EVENTS_AT_ONCE], EVENTS_AT_ONCE, change)
    took.clear()  # With its first calls a node opens its connections to the centre.
    await each(agents[EVENTS_AT_ONCE:], EVENTS_AT_ONCE, change)
    took.sort()
    median, p99 = took[len(took) // 2], took[int(len(took) * 0.99)]
    return [f"another node: {len(took)} events, median {median * 1000:.1f} ms, p99 {p99 * 1000:.1f} ms"]


async def _as_elsewhere(agent: RawAgent, node: GatewayProcess) -> RawAgent:
    other = RawAgent(agent.agent_id)
    other.guid = agent.guid
    await other.connect(node.port)
    return other


def _expect(answer: bytes, part: bytes) -> None:
    if part not in answer:
        raise RuntimeError(answer.decode())


async def main(options: argparse.Namespace) -> int:
    process.allow_open_files(OPEN_FILES)
    with tempfile.TemporaryDirectory(prefix="gateway-bench-") as name:
        folder, servers = Path(name), Servers(Path(name))
        secret, token = folder / "guid.keys", folder / "admin.token"
        for file, content in ((secret, new_secret_line("k1")), (token, TOKEN)):
            file.touch(0o600)
            file.write_text(content, "ascii")
        wanted = {
            "GUID_SECRET_FILE": str(secret),
            "ADMIN_TOKEN_FILE": str(token),
            "AGENTS_FILE": str(cheap_agents_file(folder, max(options.agents, EVENTS_AT_ONCE + ELSEWHERE))),
            "CONNECTIONS_MAX_ADDRESS": str(options.agents + 2 * (EVENTS_AT_ONCE + ELSEWHERE)),  # All have one here.
            "LOG_LEVEL": "WARNING",
        }
        async with AsyncExitStack() as stack:
            stack.callback(servers.end)
            for tag, told in (("storms", storms), ("nodes", across_nodes)):
                settings = {**wanted, "REDIS_URL": servers.start("valkey").url, "STORE_TAG": tag}
                count = options.agents if told is storms else options.events
                print(*await told(stack, folder, settings, count), sep="\n", flush=True)
    return 0


parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--agents", type=int, default=9000)
parser.add_argument("--events", type=int, default=1000)
sys.exit(process.run_on_event_loop(main(parser.parse_args())))
