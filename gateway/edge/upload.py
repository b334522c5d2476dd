"""Operations that bring a file: who sends it is known before it is read, and few are read at a time.

A file is in memory until it is answered or passed on, so that it can be sent again to a contact centre that has just
replaced its GUID.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from gateway.backends.base import File
from gateway.edge import perform, relay
from gateway.edge.ask import Ask
from gateway.edge.reply import Reply
from gateway.edge.services import Services
from gateway.wire.body import read_body
from gateway.wire.multipart import read_file

AT_ONCE: Final = 8
TIMES_LONGER: Final = 6
"""A file may take so many times as long as another request (REQUEST_TIMEOUT)."""


class Uploads:
    """Answers uploads, a number of them at a time; the others wait."""

    def __init__(self) -> None:
        self._places = asyncio.Semaphore(AT_ONCE)

    async def answer(self, services: Services, ask: Ask) -> Reply:
        """For the embedded centre."""

        async def act(whole: Ask) -> Reply:
            part = read_file(whole.raw_body, ask.request.headers.get("Content-Type", ""))
            return await perform.answer(services, whole, File(*part))

        return await self._read(services, ask, act)

    async def relay(self, services: Services, ask: Ask) -> Reply:
        """With BACKEND = upstream: the body goes on as it came."""
        return await self._read(services, ask, lambda whole: relay.perform(services, whole))

    async def _read(self, services: Services, ask: Ask, act: Callable[[Ask], Awaitable[Reply]]) -> Reply:
        settings = services.settings()
        await services.sessions.call(ask.agent_id, ask.guid)
        async with self._places:
            time_ms = settings.request_timeout_ms * TIMES_LONGER
            return await act(ask._replace(raw_body=await read_body(ask.request, settings.file_max_bytes, time_ms)))
