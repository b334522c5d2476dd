"""Every check, and how they are played: as many at once as there are agents for."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Final

from gateway.kit import answer_checks, event_checks, guid_checks, poll_checks
from gateway.kit.check import Bench, Check, Finding, Verdict
from gateway.kit.probe_desk import ProbeDesk
from gateway.kit.target import BrokenRuleError, CannotBeginError, Target, UntestedError

CHECKS: Final[tuple[Check, ...]] = (
    *answer_checks.CHECKS,
    *guid_checks.CHECKS,
    *guid_checks.ROTATION,
    *poll_checks.CHECKS,
    *event_checks.CHECKS,
)
NAMES: Final = tuple(check.name for check in CHECKS)
MOST_AGENTS: Final = max(check.agents for check in CHECKS)
STATIC: Final = "a rule of AUTHMODE 2"

Tell = Callable[[Finding], None]


class _Agents:
    """Agents that are free. One check at a time waits for several, so that two never wait for each other's."""

    def __init__(self, agents: Sequence[int]) -> None:
        self._free: asyncio.Queue[int] = asyncio.Queue()
        for agent in agents:
            self._free.put_nowait(agent)
        self._taking = asyncio.Lock()

    @asynccontextmanager
    async def take(self, count: int) -> AsyncIterator[list[int]]:
        async with self._taking:
            taken = [await self._free.get() for _ in range(count)]
        try:
            yield taken
        finally:
            for agent in taken:
                self._free.put_nowait(agent)


async def play(target: Target, tell: Tell, only: Collection[str] = (), skip: Collection[str] = ()) -> list[Finding]:
    """Plays the checks of these names, all without `only`, but for those in `skip`.

    `tell` hears each finding as it is made; they are returned in the order of the table. Raises CannotBeginError.
    """
    if len(target.agents) < MOST_AGENTS:
        raise CannotBeginError(f"some rules need {MOST_AGENTS} agents")
    await _let_in(target)
    agents = _Agents(target.agents)
    chosen = [check for check in CHECKS if (not only or check.name in only) and check.name not in skip]
    return list(await asyncio.gather(*(_played(target, check, agents, tell) for check in chosen)))


async def _let_in(target: Target) -> None:
    """Raises CannotBeginError where one of the agents cannot sign in."""
    for number in target.agents:
        desk = ProbeDesk(target, number)
        try:
            await desk.surely_signed_in()
        except (UntestedError, BrokenRuleError) as problem:
            raise CannotBeginError(str(problem)) from None
        finally:
            await _left(desk)


async def _played(target: Target, check: Check, agents: _Agents, tell: Tell) -> Finding:
    if check.rotates and not target.rotates:
        return _told(Finding(check, Verdict.SKIPPED, STATIC), tell)
    async with agents.take(check.agents) as numbers:
        bench = Bench(target, tuple(ProbeDesk(target, number) for number in numbers))
        loop = asyncio.get_running_loop()
        began_s = loop.time()
        verdict, reason = await _tried(check, bench)
        took_s = loop.time() - began_s
        for desk in bench.desks:
            await _left(desk)
    return _told(Finding(check, verdict, reason, took_s), tell)


async def _tried(check: Check, bench: Bench) -> tuple[Verdict, str]:
    try:
        await check.play(bench)
    except BrokenRuleError as broken:
        return Verdict.BROKEN, str(broken)
    except UntestedError as untested:
        return Verdict.UNTESTED, str(untested)
    return Verdict.KEPT, ""


async def _left(desk: ProbeDesk) -> None:
    """Signs out, as far as that goes: the next check takes the agent over anyway."""
    with suppress(UntestedError, BrokenRuleError):
        if desk.guid:
            await desk.sign_out()
    await desk.close()


def _told(finding: Finding, tell: Tell) -> Finding:
    tell(finding)
    return finding
