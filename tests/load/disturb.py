"""What happens to the site while agents work: AUTHMODE flips, nodes are killed, nodes are restarted one by one."""

import asyncio
import random
import signal
from dataclasses import dataclass, field

from tests.load.tally import Tally
from tests.support.gateway import GatewayProcess
from tests.support.site import Site

FLIPS = ("1", "2", "1", "2")
GONE_S = 0.5
"""How long a killed node stays away."""
QUIET_S = (0.2, 1.0)
"""Between two disturbances."""


@dataclass
class Nodes:
    """The gateway processes of a site, each with a name and a port of its own for good."""

    place: Site
    tally: Tally
    running: dict[str, GatewayProcess] = field(default_factory=dict)

    async def start(self, count: int) -> list[int]:
        """Their ports. Raises RuntimeError with the log of one that does not start."""
        names = [f"Node{number}" for number in range(count)]
        self.running = dict(zip(names, await asyncio.gather(*map(self.place.start, names)), strict=True))
        return [node.port for node in self.running.values()]

    async def kill(self, name: str) -> None:
        """Without a goodbye; it comes back after a while."""
        node = self.running[name]
        await node.end(signal.SIGKILL)
        self.tally.kills += 1
        await asyncio.sleep(GONE_S)
        self.running[name] = await self.place.start(name, port=node.port)

    async def restart(self, name: str) -> None:
        """As a service manager does it."""
        node = self.running[name]
        await node.end(signal.SIGTERM)
        self.running[name] = await self.place.start(name, port=node.port)
        self.tally.restarts += 1


async def flip(place: Site, seconds: float, tally: Tally) -> None:
    """AUTHMODE 1-2-1-2, each for a quarter of the time."""
    for mode in FLIPS[1:]:
        await asyncio.sleep(seconds / len(FLIPS))
        place.edit(AUTHMODE=mode)
        tally.flips += 1


async def disturb(nodes: Nodes, until_s: float, *, kill: bool, roll: bool) -> None:
    """Rounds until the time of the loop is `until_s`, one at least: any node is killed, then all restarted in turn."""
    loop, chance = asyncio.get_running_loop(), random.Random()
    while True:
        if kill:
            await asyncio.sleep(chance.uniform(*QUIET_S))
            await nodes.kill(chance.choice(list(nodes.running)))
        for name in list(nodes.running) if roll else ():
            await asyncio.sleep(chance.uniform(*QUIET_S))
            await nodes.restart(name)
        if loop.time() >= until_s or not (kill or roll):
            return
