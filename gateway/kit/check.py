"""One rule of the interface, how it is tried, and what came of it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum

from gateway.kit.probe import ProbeDesk
from gateway.kit.target import Target


class Verdict(StrEnum):
    """What a check found. UNTESTED: something that the rule needs did not happen. SKIPPED: it was not asked for."""

    KEPT = "kept"
    BROKEN = "broken"
    UNTESTED = "untested"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class Bench:
    """What a check works with: the target and agents of its own, who have not signed in."""

    target: Target
    desks: tuple[ProbeDesk, ...]

    async def signed_in(self) -> ProbeDesk:
        """The first agent with a new session."""
        await self.desks[0].surely_signed_in()
        return self.desks[0]

    async def both_signed_in(self) -> tuple[ProbeDesk, ProbeDesk]:
        """Two agents with new sessions."""
        one, other = self.desks
        await one.surely_signed_in()
        await other.surely_signed_in()
        return one, other


@dataclass(frozen=True)
class Check:
    """`name` is what `--only` and reports call it, `rule` one sentence, `agents` how many it takes.

    `play` tries it and raises BrokenRuleError or UntestedError. `rotates`: it is a rule of AUTHMODE 2.
    """

    name: str
    rule: str
    play: Callable[[Bench], Awaitable[None]]
    agents: int = 1
    rotates: bool = False


@dataclass(frozen=True)
class Finding:
    """`reason` tells what was seen instead, or why nothing was; `took_s` how long it took."""

    check: Check
    verdict: Verdict
    reason: str = ""
    took_s: float = 0.0
