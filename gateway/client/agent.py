"""An agent who is signed in, for programs with asyncio; `gateway.client.blocking` is the same for scripts."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Sequence
from typing import Any, Final, Self, Unpack, cast

from gateway.client.errors import AgentGatewayError, NoAnswer, Refused
from gateway.client.event import Ended, Event, Inbox
from gateway.client.link import Gateway, Link, Retry
from gateway.client.listening import Polls, keep_alive
from gateway.client.operations import Operations
from gateway.client.operations.onlineagent import SignInOptions, SignInResult
from gateway.client.push import PushReceiver, Subscription
from gateway.client.refusals import AlreadySignedIn, NotSignedIn, SignInInProgress, Unavailable
from gateway.client.request import Request

_LOG: Final = logging.getLogger("gateway.client")
_SIGNED_OUT: Final = frozenset({NotSignedIn.retcode, "100-008"})
_ACTIONS: Final = {
    (False, False): "",
    (True, False): "/forcelogin",
    (False, True): "/loginex",
    (True, True): "/forceloginex",
}
"""By whether the sign-in is forced, and whether it is one without media server."""


class Agent(Operations):
    """One session. From the sign-in on it polls by itself, or sends heartbeats in push mode, until the sign-out.

    Every GUID that an answer hands out is used from then on. `events` gives what happens; the attributes of the groups
    (`agent.onlineagent`, `agent.voicecall`, ...) do something. A method raises the class of its retcode when the
    gateway refuses, and NoAnswer or Unavailable when it cannot be reached within `Gateway.patience_s`. `info` is what
    the sign-in answered.
    """

    def __init__(self, link: Link, inbox: Inbox, info: SignInResult, push: tuple[PushReceiver, Subscription] | None):
        super().__init__(self._content)
        self.info = info
        self.agent_id = int(link.agent)
        self._link = link
        self._inbox = inbox
        self._push = push
        self._leaving = self._closed = False
        running = keep_alive(link) if push else Polls(link, inbox).run()
        self._task = asyncio.create_task(self._listen(running), name=f"agent {link.agent}")

    def __repr__(self) -> str:
        return f"<Agent {self.agent_id}>"

    @classmethod
    async def sign_in(
        cls,
        gateway: Gateway | str | Sequence[str],
        agent: int | str,
        *,
        password: str = "",
        token: str = "",
        phone: str = "",
        force: bool = False,
        light: bool = False,
        push: PushReceiver | None = None,
        **options: Unpack[SignInOptions],
    ) -> Self:
        """Signs in. `agent` is the id, or as a text that is no number the account.

        `token` in place of a password where the gateway takes tokens. `force` takes over a session that is alive
        (AlreadySignedIn without it); an account cannot be forced. `light` is sign-in without media server. With `push`
        the events come to that receiver, without it by polls.
        """
        if push and light:
            raise ValueError("push needs a sign-in with media server: light cannot have it")
        there = gateway if isinstance(gateway, Gateway) else Gateway(gateway)
        name = str(agent)
        link, inbox = Link(there, name), Inbox(there.events_kept)
        way = (push, push.subscribe(inbox)) if push else None
        body: dict[str, object] = {_wire_name(option): value for option, value in options.items()}
        body |= {"password": token or password, "phonenum": phone or None}
        if way:
            body |= {"callBackUri": way[0].url, "serviceToken": way[1].token}
        try:
            info = await _signed_in(link, _sign_in_request(name, body, force=force, light=light))
        except BaseException:
            if way:
                way[0].unsubscribe(way[1])
            await link.close()
            raise
        link.agent = str(info["workno"])
        _LOG.info("agent %s: signed in", link.agent)
        return cls(link, inbox, info, way)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        """Signs out. Where that is refused, as in a call, the session is left to itself."""
        try:
            if not self._closed:
                await self.sign_out()
        except AgentGatewayError as problem:
            _LOG.warning("agent %s: could not sign out: %s", self.agent_id, problem)
        finally:
            await self.close()

    async def events(self) -> AsyncIterator[Event]:
        """Every event once, in order, until the own sign-out. Raises what ended the session otherwise."""
        with contextlib.suppress(Ended):
            while True:
                yield await self._inbox.take()

    async def next_event(self, within_s: float | None = None) -> Event:
        """The next event. Raises TimeoutError when there is none in time, else as `events`; Ended after a sign-out."""
        async with asyncio.timeout(within_s):
            return await self._inbox.take()

    async def sign_out(self, *, force: bool = False, reason: int | None = None) -> None:
        """Signs out and stops. `force` does so in every state, also in a call; `reason` (1 to 255) with it is recorded.

        Raises Refused where it is not possible now; then everything goes on.
        """
        self._leaving = True
        try:
            await self._link.ask(_sign_out_request(self._link.agent, force=force, reason=reason))
        except Refused as refused:
            if refused.retcode not in _SIGNED_OUT:
                self._leaving = False
                raise
        except BaseException:
            self._leaving = False
            raise
        _LOG.info("agent %s: signed out", self.agent_id)
        await self.close()

    async def close(self) -> None:
        """Stops without a sign-out: the gateway ends the session when it has been silent for long."""
        self._closed = True
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        await self._inbox.end()
        if self._push:
            self._push[0].unsubscribe(self._push[1])
        await self._link.close()

    async def _content(self, request: Request) -> Any:
        if self._closed:
            raise NotSignedIn("this agent has signed out")
        values = {"agentid": self._link.agent, **request.values}
        sent = Request(**{**vars(request), "values": values})
        return (await self._link.ask(sent)).content

    async def _listen(self, running: Any) -> None:
        try:
            await running
        except Exception as problem:
            if self._leaving:
                return
            _LOG.warning("agent %s: the session is over: %s", self.agent_id, problem)
            await self._inbox.end(problem)


async def _signed_in(link: Link, request: Request) -> SignInResult:
    """Tries again while the gateway is away, and after an answer that got lost until its session may be replaced."""
    retry, lost = Retry(link.gateway), False
    while True:
        try:
            return cast("SignInResult", (await link.once(request)).content)
        except NoAnswer as problem:
            lost = lost or problem.heard
            await retry.after(problem)
        except (Unavailable, SignInInProgress) as problem:
            await retry.after(problem)
        except AlreadySignedIn as problem:
            if not lost:
                raise
            await retry.after(problem)


def _sign_in_request(name: str, body: dict[str, object], *, force: bool, light: bool) -> Request:
    if name.isdigit():
        path = f"onlineagent/{name}{_ACTIONS[force, light]}"
        return Request("login", "PUT", path, body=body, needs_guid=False)
    if force or light:
        raise ValueError("force and light need the agent id: the interface knows no such sign-in by account")
    path = "onlineagent/loginbyaccount"
    return Request("loginByAccount", "PUT", path, body={**body, "account": name}, needs_guid=False)


def _wire_name(name: str) -> str:
    """check_in_webm is checkInWebm."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def _sign_out_request(agent: str, *, force: bool, reason: int | None) -> Request:
    action = "logout"
    if force or reason is not None:
        action = "forcelogout" if reason is None else f"forcelogoutwithreason/{reason}"
    return Request("logout", "DELETE", f"onlineagent/{agent}/{action}", repeatable=True)
