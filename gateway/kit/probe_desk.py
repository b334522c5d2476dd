"""A desktop that holds its GUID itself: a request says which one it carries, every byte of an answer is kept."""

import asyncio
import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final, Self

import aiohttp
from yarl import URL

from gateway.client.refusals import NoRight, NotSignedIn
from gateway.client.request import PREFIX, Request
from gateway.kit.target import BrokenRuleError, Target, UntestedError, needs

DONE: Final = "0"
NO_RIGHT: Final = NoRight.retcode
NOT_SIGNED_IN: Final = NotSignedIn.retcode
ANSWER_S: Final = 15.0
"""How long an answer may take, besides the hold of a poll."""
ON_ITS_WAY_S: Final = 0.3
"""By then a poll that was begun has come to the server."""
LIMIT: Final = 20
_JSON: Final = "application/json; charset=UTF-8"

Headers = Iterable[tuple[str, str]]


@dataclass(frozen=True)
class ProbeAnswer:
    """`headers` are as they were sent, `took_s` is from the request to the last byte."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    took_s: float

    def header(self, name: str) -> str:
        """Its value, "" where it is missing; the name in any case."""
        return next((value for given, value in self.headers if given.lower() == name.lower()), "")

    @property
    def handed(self) -> str:
        """The GUID that it hands out, "" for none."""
        return self.header("Set-GUID").partition("=")[2].strip()

    @property
    def envelope(self) -> dict[str, Any]:
        """The body as an object. Raises BrokenRuleError for anything else."""
        with suppress(ValueError):
            found = json.loads(self.body)
            if isinstance(found, dict):
                return found
        raise BrokenRuleError(f"status {self.status} with a body that is no JSON object")

    @property
    def retcode(self) -> str:
        """Its retcode."""
        return str(self.envelope.get("retcode"))

    @property
    def event(self) -> dict[str, Any]:
        """The event of a poll, empty for none."""
        found = self.envelope.get("event")
        return found if isinstance(found, dict) else {}

    @property
    def kind(self) -> str:
        """The type of its event, "" for none."""
        return str(self.event.get("eventType", ""))


class ProbeConnection:
    """Connections that are kept alive: one, or with `most` 0 as many as requests at a time."""

    def __init__(self, target: Target, most: int = 1) -> None:
        connector = aiohttp.TCPConnector(limit=most, ssl=target.tls if target.tls is not None else True)
        self.session = aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.session.close()


class ProbeDesk:
    """One agent. A GUID that an answer hands out is adopted where the request carried the desk's own.

    Made where a loop runs, and closed in the end.
    """

    def __init__(self, target: Target, agent_id: int) -> None:
        self.target = target
        self.agent_id = agent_id
        self.guid = ""
        self.guid_since_s = 0.0
        self._lines = ProbeConnection(target, 0)
        self._polls: list[asyncio.Task[ProbeAnswer]] = []

    async def close(self) -> None:
        """Ends its polls and connections."""
        for poll in self._polls:
            poll.cancel()
        await asyncio.gather(*self._polls, return_exceptions=True)
        await self._lines.session.close()

    async def ask(
        self,
        method: str,
        path: str,
        body: Mapping[str, object] | None = None,
        *,
        guid: str | None = None,
        line: ProbeConnection | None = None,
        headers: Headers | None = None,
        within_s: float = ANSWER_S,
    ) -> ProbeAnswer:
        """One request below the prefix, `{agentid}` standing for the agent, with the own GUID unless told otherwise.

        `headers` stand in place of that of the GUID. Raises UntestedError where no answer comes.
        """
        request = Request(path, method, path, {"agentid": self.agent_id}, body)
        carried = self.guid if guid is None else guid
        given = list(headers) if headers is not None else [("guid", carried)] * bool(carried)
        if body is not None:
            given.append(("Content-Type", _JSON))
        url = URL(self.target.url + PREFIX + request.target().removeprefix(PREFIX), encoded=True)
        answer = await self._send(request, url, given, line or self._lines, within_s)
        if guid is None and headers is None and answer.handed:
            self._adopt(answer)
        return answer

    def _adopt(self, answer: ProbeAnswer) -> None:
        self.guid = answer.handed
        self.guid_since_s = asyncio.get_running_loop().time()

    async def _send(
        self, request: Request, url: URL, headers: list[tuple[str, str]], line: ProbeConnection, within_s: float
    ) -> ProbeAnswer:
        loop = asyncio.get_running_loop()
        began_s = loop.time()
        try:
            async with line.session.request(
                request.method,
                url,
                data=request.data(),
                headers=headers,
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(total=within_s),
            ) as answer:
                body = await answer.read()
        except (aiohttp.ClientError, OSError, TimeoutError) as problem:
            raise UntestedError(f"no answer to {request.method} {request.path}: {type(problem).__name__}") from None
        sent = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in answer.raw_headers)
        return ProbeAnswer(answer.status, sent, body, loop.time() - began_s)

    async def sign_in(self, *, force: bool = True, **members: object) -> ProbeAnswer:
        """login or forcelogin; an accepted one's GUID is the desk's from then on."""
        path = "onlineagent/{agentid}/forcelogin" if force else "onlineagent/{agentid}"
        body = {"password": self.target.password, "phonenum": self.target.phone, **members}
        answer = await self.ask("PUT", path, body, guid="")
        if answer.retcode == DONE and answer.handed:
            self._adopt(answer)
        return answer

    async def surely_signed_in(self) -> None:
        """Signs in by force. Raises UntestedError where that fails."""
        answer = await self.sign_in()
        needs(answer.retcode == DONE and self.guid, f"agent {self.agent_id} cannot sign in: {answer.retcode}")

    async def sign_out(self) -> ProbeAnswer:
        """In every state."""
        return await self.ask("DELETE", "onlineagent/{agentid}/forcelogout")

    async def status(self, guid: str | None = None, headers: Headers | None = None) -> ProbeAnswer:
        """An operation that changes nothing."""
        return await self.ask("GET", "onlineagent/{agentid}/agentstatus", guid=guid, headers=headers)

    async def heartbeat(self, guid: str | None = None) -> ProbeAnswer:
        """The sign of life of push mode, which polling agents may send too."""
        return await self.ask("POST", "onlineagent/{agentid}/handshake", guid=guid)

    async def update(self, guid: str | None = None) -> ProbeAnswer:
        """Asks for a new GUID; it is not adopted."""
        return await self.ask("PUT", "onlineagent/{agentid}/updateGuid", guid=guid if guid is not None else self.guid)

    async def poll(self, guid: str | None = None, line: ProbeConnection | None = None) -> ProbeAnswer:
        """One poll, held by the server."""
        within_s = 2 * self.target.hold_s + ANSWER_S
        return await self.ask("GET", "agentevent/{agentid}", guid=guid, line=line, within_s=within_s)

    async def begun_poll(
        self, guid: str | None = None, line: ProbeConnection | None = None
    ) -> "asyncio.Task[ProbeAnswer]":
        """A poll that has come to the server by now."""
        poll = asyncio.create_task(self.poll(guid, line))
        self._polls.append(poll)
        await asyncio.sleep(ON_ITS_WAY_S)
        return poll

    async def set_busy(self, *, busy: bool) -> ProbeAnswer:
        """Each change brings an event. Raises UntestedError where it is refused."""
        answer = await self.ask("POST", f"onlineagent/{{agentid}}/{'saybusy' if busy else 'cancelbusy'}")
        needs(answer.retcode == DONE, f"a change of state is refused: {answer.retcode}")
        return answer

    async def note(self, to: "ProbeDesk", text: str) -> None:
        """Sends a note, which is an event for the other agent. Raises UntestedError where it is refused."""
        body = {"agentIds": [to.agent_id], "content": text}
        answer = await self.ask("POST", "onlineagent/{agentid}/sendnoteletex", body)
        needs(answer.retcode == DONE, f"a note is refused: {answer.retcode}")

    async def drained(self, line: ProbeConnection | None = None) -> None:
        """Busy, with no event left: takes those of the sign-in and that of the change."""
        await self.set_busy(busy=True)
        for _ in range(LIMIT):
            if (await self.poll(line=line)).kind == BUSY:
                return
        raise UntestedError(f"no {BUSY} came")

    async def until_age(self, seconds: float) -> None:
        """Waits until the own GUID is so old."""
        await self.stay(self.guid, self.guid_since_s + seconds - asyncio.get_running_loop().time())

    async def stay(self, guid: str, seconds: float) -> None:
        """Waits, with an operation now and then: who is silent for long may be signed out."""
        loop = asyncio.get_running_loop()
        ends_s = loop.time() + seconds
        while (left_s := ends_s - loop.time()) > 0:
            await asyncio.sleep(min(left_s, self.target.silent_s))
            if left_s > self.target.silent_s:
                await self.status(guid)


BUSY: Final = "AgentState_SetNotReady_Success"
NOT_BUSY: Final = "AgentState_CancelNotReady_Success"
