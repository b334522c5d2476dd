"""Customers on a simulated day: they call by the arrival pattern of the contact centre file, at random times.

They come by the `/sim` pages of the admin listener.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import aiohttp
from pydantic_core import from_json, to_json

from gateway.contact_centre.floor.plan import Arrivals
from gateway.sim.scenario import CannotPlayError, GatewayPlace
from gateway.sim.tally import BROKEN, REFUSED, DayTally

TIMEOUT_S: Final = 15
NO_ANSWER: Final = (aiohttp.ClientError, OSError, TimeoutError, ValueError)
"""What a request raises that got no answer, or none that can be read."""
_OK: Final = 200
_NOT_FOUND: Final = 404
_DIGITS = 8


class Operator:
    """Places customer calls and looks at the contact centre."""

    def __init__(self, session: aiohttp.ClientSession, place: GatewayPlace) -> None:
        self._session = session
        self._base = place.admin_url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {place.token}"}

    async def place_call(self, **body: object) -> str:
        """A customer calls; the call's id. Raises CannotPlayError and NO_ANSWER."""
        status, said = await self._ask("POST", "/sim/calls", body)
        return str(self._wanted(status, said)["call"])

    async def hang_up(self, call_id: str) -> None:
        """The customer leaves; nothing for a call that is over. Raises as `place_call`."""
        status, said = await self._ask("POST", f"/sim/calls/{call_id}/hangup", {})
        if status != _NOT_FOUND:
            self._wanted(status, said)

    async def calls(self) -> dict[str, str]:
        """The stage of every call by id. Raises as `place_call`."""
        lines = self._wanted(*await self._ask("GET", "/sim/calls"))
        return {str(line["call"]): str(line["stage"]) for line in lines}

    async def agents(self) -> Counter[str]:
        """How many agents are in which state. Raises as `place_call`."""
        return Counter(self._wanted(*await self._ask("GET", "/sim"))["agents"])

    async def _ask(self, method: str, path: str, body: Mapping[str, object] | None = None) -> tuple[int, Any]:
        data = None if body is None else to_json(body)
        async with self._session.request(method, self._base + path, data=data, headers=self._headers) as answer:
            return answer.status, from_json(await answer.read())

    @staticmethod
    def _wanted(status: int, said: Any) -> Any:
        if status != _OK:
            raise CannotPlayError(f"the admin listener answers {status}: {said.get('error', '')}")
        return said


class SimCustomers:
    """`placed` are the ids of all calls. `speed` divides times, `load` multiplies the number of calls."""

    def __init__(self, operator: Operator, tally: DayTally, *, seed: int, speed: float, load: float) -> None:
        self.placed: set[str] = set()
        self._operator = operator
        self._tally = tally
        self._seed = seed
        self._speed = speed
        self._load = load
        self._calls: set[asyncio.Task[None]] = set()

    async def come(self, pattern: Sequence[Arrivals]) -> None:
        """Calls until cancelled; calls that are under way then are made. What goes wrong with one is counted."""
        try:
            async with asyncio.TaskGroup() as group:
                for entry in pattern:
                    group.create_task(self._come(entry))
        finally:
            await asyncio.gather(*self._calls)

    async def _come(self, entry: Arrivals) -> None:
        chance = random.Random(f"{self._seed} {entry.skill_id} {entry.prefix}")
        loop = asyncio.get_running_loop()
        at_s = loop.time()
        for pause_s in pauses(chance, entry.per_minute / 60 * self._speed * self._load):
            at_s += pause_s
            # Times are those of the pattern, also when this process was late for the last call.
            await asyncio.sleep(at_s - loop.time())
            task = loop.create_task(self._call(entry, chance))
            self._calls.add(task)
            task.add_done_callback(self._calls.discard)

    async def _call(self, entry: Arrivals, chance: random.Random) -> None:
        caller = entry.prefix + "".join(chance.choices("0123456789", k=_DIGITS))
        talk_s, patience_s = (
            chance.expovariate(1 / mean_s) / self._speed if mean_s else 0.0
            for mean_s in (entry.talk_s, entry.patience_s)
        )
        try:
            made = await self._operator.place_call(
                skill=entry.skill_id, caller=caller[:24], talk=talk_s, patience=patience_s
            )
        except NO_ANSWER as problem:
            self._tally.fault(BROKEN, f"a customer's call: {type(problem).__name__}")
            return
        except CannotPlayError as problem:
            self._tally.fault(REFUSED, f"a customer's call: {problem}")
            return
        self.placed.add(made)
        self._tally.placed += 1


def pauses(chance: random.Random, per_second: float) -> Iterator[float]:
    """Pauses in s between arrivals that do not know of each other (a Poisson process)."""
    while True:
        yield chance.expovariate(per_second)
