"""Operations that the contact centre performs: the GUID is checked here, all else is the centre's to judge."""

import asyncio
from contextlib import AsyncExitStack
from typing import Final

from gateway.backend import BackendAnswer, OperationRequest
from gateway.edge.agent_request import AgentRequest, Services, understood
from gateway.interface.operation import Operation, Upload
from gateway.ops.deadline import paused_deadline
from gateway.sessions.model import Session
from gateway.wire.body import read_body

AT_ONCE: Final = 8
TIMES_LONGER: Final = 6
"""A file may take so many times as long as another request (REQUEST_TIMEOUT)."""


async def perform(services: Services, request: AgentRequest[Operation]) -> BackendAnswer:
    """The GUID comes first: who has no right learns nothing of what would be valid."""
    caller = await services.sessions.call(request.agent_id, request.guid)
    body = request.raw_body
    return await services.backend.perform(to_centre(request, caller.session, understood(body) if body else body))


def to_centre(request: AgentRequest[Operation], session: Session, body: bytes) -> OperationRequest:
    """The request as the contact centre gets it."""
    return OperationRequest(
        request.operation, request.agent_id, session.id, request.values, body, request.message, session.upstream
    )


class Uploads:
    """Operations that bring a file: who sends it is known before it is read, and few are read at a time.

    A file is in memory until it is answered or passed on, so that it can be sent again to a contact centre that has
    just replaced its GUID. It is passed on as it came.
    """

    def __init__(self) -> None:
        self._places = asyncio.Semaphore(AT_ONCE)

    async def perform(self, services: Services, request: AgentRequest[Upload]) -> BackendAnswer:
        """As `perform`; reading may take a while, so that the GUID is checked once more behind it."""
        settings = services.settings()
        await services.sessions.call(request.agent_id, request.guid)
        async with AsyncExitStack() as place:
            with paused_deadline():
                await place.enter_async_context(self._places)
                time_ms = settings.request_timeout_ms * TIMES_LONGER
                body = await read_body(request.http, settings.file_max_bytes, time_ms)
            caller = await services.sessions.call(request.agent_id, request.guid)
            return await services.backend.perform(to_centre(request, caller.session, body))
