"""The demo agents: with a password that everybody knows, for trying things out (design section 2)."""

import logging
import time
from collections.abc import Callable, Iterable, Sequence
from ipaddress import ip_address
from typing import Final, Protocol

from gateway.agents import counts
from gateway.agents.registry import Agent

TELL_EVERY_S: Final = 1.0
"""Who is refused is told in one line in so long; the next line says how many there were besides."""

log = logging.getLogger(__name__)


class DemoSettings(Protocol):
    """The settings that matter here; `Settings` has them."""

    @property
    def demo_agents(self) -> bool:
        """DEMO_AGENTS."""

    @property
    def trusted_proxies(self) -> Sequence[object]:
        """TRUSTED_PROXIES; only whether there are any is asked."""

    @property
    def bind_address(self) -> str:
        """BIND_ADDRESS."""


class DemoDoor:
    """Whether demo agents may sign in. `settings` returns those in force, `clock` gives s."""

    def __init__(self, settings: Callable[[], DemoSettings], clock: Callable[[], float] = time.monotonic) -> None:
        self._settings = settings
        self._clock = clock
        self._told_s: float | None = None
        self._besides = 0

    def admits(self, agent: Agent, address: str, *, forwarded: bool) -> bool:
        """Whether this demo agent may sign in from `address`; one who may not is counted, and told in the log.

        `forwarded`: the request carried a forwarding header.
        """
        reasons = (
            (not_admitted(self._settings()), True),
            ("the request came through a proxy", forwarded),
            ("the client is not on this machine", not _loopback(address)),
        )
        reason = next((reason for reason, applies in reasons if reason and applies), "")
        if reason:
            self._refused(agent, reason)
        return not reason

    def _refused(self, agent: Agent, reason: str) -> None:
        counts.REFUSED_DEMO.inc()
        now_s = self._clock()
        if self._told_s is not None and now_s - self._told_s < TELL_EVERY_S:
            self._besides += 1
            return
        besides = f" (and {self._besides} more before)" if self._besides else ""
        log.warning("demo agent %d refused: %s%s", agent.id, reason, besides)
        self._told_s, self._besides = now_s, 0


def not_admitted(settings: DemoSettings) -> str:
    """Why demo agents may not sign in at all by these settings, "" where they may from this machine."""
    reasons = (
        (not settings.demo_agents, "DEMO_AGENTS is OFF"),
        (bool(settings.trusted_proxies), "TRUSTED_PROXIES is set"),
        (not _loopback(settings.bind_address), "BIND_ADDRESS is not a loopback address"),
    )
    return next((reason for applies, reason in reasons if applies), "")


def tell(agents: Iterable[Agent], settings: DemoSettings) -> None:
    """Names the demo agents in the log, at the start: a warning where they may sign in."""
    ids = [agent.id for agent in agents if agent.demo]
    if not ids:
        return
    reason = not_admitted(settings)
    if reason:
        log.info("demo agents %s may not sign in: %s", spans(ids), reason)
        return
    log.warning(
        "demo agents %s may sign in, with a password that everybody knows: who reaches this port on this machine, also"
        " through a proxy that sends no forwarding header (DEMO_AGENTS is ON)",
        spans(ids),
    )


def spans(ids: Sequence[int]) -> str:
    """Ascending ids, those that follow each other as a range: `101-120, 200`."""
    found: list[list[int]] = []
    for each in ids:
        if found and found[-1][-1] == each - 1:
            found[-1].append(each)
        else:
            found.append([each])
    return ", ".join(str(span[0]) if len(span) == 1 else f"{span[0]}-{span[-1]}" for span in found)


def _loopback(address: str) -> bool:
    try:
        parsed = ip_address(address)
    except ValueError:
        return address == "localhost"
    return (getattr(parsed, "ipv4_mapped", None) or parsed).is_loopback
