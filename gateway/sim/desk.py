"""An agent desktop over HTTP: keeps its GUID and adopts every one that it is handed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import aiohttp
from pydantic_core import from_json, to_json

PREFIX: Final = "/agentgateway/resource/"
ACCEPTED: Final = "0"
TIMEOUT_S: Final = 15
_GUID_MARK: Final = "JSESSIONID="
NO_ANSWER: Final = (aiohttp.ClientError, OSError, TimeoutError, ValueError)
"""What a request raises that got no answer, or none that can be read."""


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer; `event` is that of a poll."""

    retcode: str
    message: str
    event: Mapping[str, Any] | None = None

    @property
    def accepted(self) -> bool:
        """Whether the gateway did what it was asked."""
        return self.retcode == ACCEPTED


class SimulatedDesk:
    """One agent's requests. `base` is the URL of the listener. Polls have a connection of their own."""

    def __init__(self, link: aiohttp.ClientSession, base: str, agent_id: int) -> None:
        self.agent_id = agent_id
        self._link = link
        self._polls = session(1)
        self._base = base.rstrip("/") + PREFIX
        self._guid = ""

    async def call(self, method: str, path: str, body: Mapping[str, object] | None = None) -> Reply:
        """One request below the prefix, `{id}` standing for the agent. Raises NO_ANSWER."""
        return await self._ask(self._link, method, path, body)

    async def _ask(
        self, link: aiohttp.ClientSession, method: str, path: str, body: Mapping[str, object] | None = None
    ) -> Reply:
        headers = {"guid": self._guid} if self._guid else {}
        if body is not None:
            headers["Content-Type"] = "application/json"
        url = self._base + path.replace("{id}", str(self.agent_id))
        data = None if body is None else to_json(body)
        async with link.request(method, url, data=data, headers=headers) as answer:
            said = from_json(await answer.read())
            handed = answer.headers.get("Set-GUID", "").removeprefix(_GUID_MARK)
        self._guid = handed or self._guid
        return Reply(str(said["retcode"]), str(said["message"]), said.get("event"))

    async def sign_in(self, password: str) -> Reply:
        """Signs in: answers by hand, and wraps up after calls."""
        self._guid = ""
        body = {"password": password, "phonenum": "6001", "autoanswer": False, "autoenteridle": False}
        return await self.call("PUT", "onlineagent/{id}", body)

    async def poll(self) -> Reply:
        """Waits for the next event."""
        return await self._ask(self._polls, "GET", "agentevent/{id}")

    async def close(self) -> None:
        """Ends the connection of the polls."""
        await self._polls.close()


def session(connections: int = 0) -> aiohttp.ClientSession:
    """At most so many connections, 0 for as many as it takes."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=connections),
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(total=TIMEOUT_S),
    )
