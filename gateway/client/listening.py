"""What runs while an agent is signed in: the event poll, or in push mode the heartbeat."""

import asyncio
import logging
from collections.abc import Mapping
from typing import Any, Final

from gateway.client.errors import AgentGatewayError, BadAnswer, NoAnswer, Refused
from gateway.client.event import Event, Inbox
from gateway.client.event_types import event_class
from gateway.client.link import RECEIPT, Backoff, Link
from gateway.client.refusals import NotSignedIn, Unavailable
from gateway.client.request import Answer, Request

WANTED: Final = "wanted"
SOONEST_S: Final = 0.5
"""From the beginning of a poll to the next one, where it brought nothing: a gateway may be set not to hold polls."""
MOST_REFUSALS: Final = 5
OVER: Final = frozenset({NotSignedIn.retcode, "100-008", "105-005", "105-006", "105-007"})
"""Retcodes after which there is no session: signed out, or lost in a switch to another site."""
SWITCHING: Final = frozenset({Unavailable.retcode, "000-004", "000-007", "105-002", "105-003", "105-004"})
"""Retcodes that say: later. Out of reach, or in the middle of a switch to another site."""
_LOG: Final = logging.getLogger("gateway.client")


class Troubles:
    """Failures in a row of one loop: the pause after each, and the end when the session is over."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._backoff = Backoff(link.gateway.first_pause_s, link.gateway.longest_pause_s)
        self._since_s = 0.0
        self._refusals = 0

    async def after(self, problem: AgentGatewayError) -> None:
        """Waits before the next attempt; raises the refusal when there will be none."""
        if isinstance(problem, Refused) and problem.retcode not in SWITCHING:
            self._refusals += 1
            if problem.retcode in OVER or self._refusals > MOST_REFUSALS:
                raise problem
        if not self._since_s:
            self._since_s = asyncio.get_running_loop().time()
            _LOG.warning("agent %s: interrupted: %s", self._link.agent, problem)
        if self._link.gateway.on_trouble is not None:
            self._link.gateway.on_trouble(problem)
        await asyncio.sleep(self._backoff.next_s(problem.retry_after_s if isinstance(problem, Refused) else 0))

    def over(self) -> None:
        """It worked."""
        if self._since_s:
            away_s = asyncio.get_running_loop().time() - self._since_s
            _LOG.info("agent %s: resumed after %.1f s", self._link.agent, away_s)
        self._backoff.reset()
        self._since_s = self._refusals = 0


async def heartbeat(link: Link) -> None:
    """One sign of life, which may hand out a GUID."""
    await link.once(Request("handShake", "POST", f"onlineagent/{link.agent}/handshake"))


async def keep_alive(link: Link) -> None:
    """Heartbeats without an end. Raises Refused when the session is over."""
    troubles = Troubles(link)
    while True:
        try:
            await heartbeat(link)
        except AgentGatewayError as problem:
            await troubles.after(problem)
            continue
        troubles.over()
        await asyncio.sleep(link.gateway.heartbeat_s)


class Polls:
    """Polls one after the other into the inbox.

    An event is confirmed by the next poll: by its receipt where the gateway gives one, else by the connection that the
    poll comes on. What the gateway sends once more, because it could not know that it had arrived, is left out.
    """

    def __init__(self, link: Link, inbox: Inbox) -> None:
        self._link = link
        self._inbox = inbox
        self._receipt = WANTED
        self._last: Mapping[str, Any] | None = None
        self._in_doubt = False

    async def run(self) -> None:
        """Without an end. Raises Refused when the session is over."""
        troubles = Troubles(self._link)
        while True:
            try:
                await self._room()
                began_s = asyncio.get_running_loop().time()
                answer = await self._link.poll(self._request())
                brought = await self._take(answer)
            except AgentGatewayError as problem:
                self._in_doubt = self._in_doubt or isinstance(problem, (NoAnswer, BadAnswer, Unavailable))
                await troubles.after(problem)
                continue
            troubles.over()
            if not brought:
                await asyncio.sleep(began_s + SOONEST_S - asyncio.get_running_loop().time())

    def _request(self) -> Request:
        path = f"agentevent/{self._link.agent}"
        return Request("getAgentEvent", "GET", path, headers={RECEIPT: self._receipt}, repeatable=True)

    async def _room(self) -> None:
        """While the program takes no events, the gateway keeps the next ones, and heartbeats keep the session."""
        while not await self._inbox.has_room(self._link.gateway.heartbeat_s):
            await heartbeat(self._link)

    async def _take(self, answer: Answer) -> bool:
        """Whether it brought an event that is new."""
        afresh = self._in_doubt or self._link.polled_afresh
        self._in_doubt = False
        found = answer.content
        if not isinstance(found, Mapping) or not found:
            return False
        again = answer.receipt == self._receipt if answer.receipt else afresh and found == self._last
        self._receipt = answer.receipt or WANTED
        self._last = found
        if again:
            _LOG.debug("agent %s: the gateway sent %s once more", self._link.agent, found.get("eventType"))
            return False
        await self._inbox.put(made_of(found))
        return True


def made_of(found: Mapping[str, Any]) -> Event:
    """The event as one of its type."""
    generated = str(found.get("eventGenTime", ""))
    generated_ms = int(generated) if generated.isascii() and generated.isdigit() else 0
    name = str(found.get("eventType", ""))
    return event_class(name)(name, str(found.get("workNo", "")), generated_ms, found.get("content"))
