"""The demo agents: with a password that everybody knows, for trying things out."""

import logging
import time
from collections.abc import Callable, Iterable, Sequence
from ipaddress import ip_address
from typing import Final, Protocol

from prometheus_client import Counter

from gateway.agents.registry import Agent
from gateway.ops.metrics import REGISTRY

_REFUSED_DEMO: Final = Counter(
    "agentgateway_demo_sign_ins_refused", "Sign-ins of demo agents refused", registry=REGISTRY
)

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


class DemoAdmission:
    """Whether demo agents may sign in. `settings` returns those in force, `clock` gives s."""

    def __init__(self, settings: Callable[[], DemoSettings], clock: Callable[[], float] = time.monotonic) -> None:
        self._settings = settings
        self._clock = clock
        self._told_s: float | None = None
        self._unlogged = 0

    def admits(self, agent: Agent, address: str, *, forwarded: bool) -> bool:
        """Whether this demo agent may sign in from `address`; one who may not is counted, and told in the log.

        `forwarded`: the request carried a forwarding header.
        """
        reasons = (
            (not_admitted(self._settings()), True),
            ("the request came through a proxy", forwarded),
            ("the client is not on this machine", not on_this_machine(address)),
        )
        reason = next((reason for reason, applies in reasons if reason and applies), "")
        if reason:
            self._refused(agent, reason)
        return not reason

    def _refused(self, agent: Agent, reason: str) -> None:
        _REFUSED_DEMO.inc()
        now_s = self._clock()
        if self._told_s is not None and now_s - self._told_s < TELL_EVERY_S:
            self._unlogged += 1
            return
        others = f" (and {self._unlogged} more before)" if self._unlogged else ""
        log.warning("demo agent %d refused: %s%s", agent.id, reason, others)
        self._told_s, self._unlogged = now_s, 0


def not_admitted(settings: DemoSettings) -> str:
    """Why demo agents may not sign in at all by these settings, "" where they may from this machine."""
    reasons = (
        (not settings.demo_agents, "DEMO_AGENTS is OFF"),
        (bool(settings.trusted_proxies), "TRUSTED_PROXIES is set"),
        (not on_this_machine(settings.bind_address), "BIND_ADDRESS is not a loopback address"),
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


def on_this_machine(address: str) -> bool:
    """Whether an address, or the name localhost, is one of loopback."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address == "localhost"
    return (getattr(parsed, "ipv4_mapped", None) or parsed).is_loopback
