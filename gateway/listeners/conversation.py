"""The requests of one connection, answered one after the other in one task.

Stands in for `start()` of `aiohttp.web_protocol`, which gives every request a task of its own: a seventh of a call.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp.http import RawRequestMessage
from aiohttp.http_writer import StreamWriter
from aiohttp.streams import StreamReader
from aiohttp.web import BaseRequest, RequestHandler
from aiohttp.web_protocol import ERROR

from gateway.listeners.framing import refused_with

Handler = Callable[[BaseRequest], Awaitable[object]]


class Conversation(RequestHandler):
    """Takes messages from the queue of the parser. What `finish` does with the answers is for the class below."""

    __slots__ = ()

    async def start(self) -> None:
        """Runs until the last answer, and closes the transport."""
        try:
            while not self._force_close and await self._converse():
                if self._messages:
                    await asyncio.sleep(0)  # Whoever sends requests ahead lets others have their turn.
        except asyncio.CancelledError:
            if not self._close:  # Else an end was sent already, and the client has its time to read it.
                self.force_close()
            raise
        except Exception as problem:
            self.log_exception("connection", exc_info=problem)
            self.force_close()
        if not self._force_close:
            self._task_handler = None
            if self.transport is not None:
                self.transport.close()

    async def _converse(self) -> bool:
        """Answers the next request; False when it was the last one."""
        message, payload = await self._next()
        handler: Handler | None = self._request_handler
        if not isinstance(message, RawRequestMessage):
            handler, message = self._make_error_handler(message), ERROR
        elif status := refused_with(message):
            handler = self._refusing(status)
        factory, task = self._request_factory, self._task_handler
        if handler is None or factory is None or task is None:
            return False
        request = factory(message, payload, self, StreamWriter(self, self._loop), task)
        if not await self._answer(request, handler):
            return False
        if not payload.is_eof():
            await self._drop_rest(payload)
        if self._close or self._force_close:
            return False
        self._next_keepalive_close_time = self._loop.time() + self._keepalive_timeout
        if self._keepalive_handle is None:
            self._keepalive_handle = self._loop.call_at(self._next_keepalive_close_time, self._process_keepalive)
        return True

    async def _next(self) -> tuple[Any, StreamReader]:
        if not self._messages:
            self._waiter = self._loop.create_future()
            try:
                await self._waiter
            finally:
                self._waiter = None
        taken = self._messages.popleft()
        if self._parser is not None:
            self._parser.message_consumed()
        if self._buffer_paused and len(self._messages) <= self._msg_queue_resume_size:
            self._resume_reading_if_drained()
        return taken

    async def _answer(self, request: BaseRequest, handler: Handler) -> bool:
        """Whether another answer may follow."""
        self._current_request, self._request_in_progress = request, True
        try:
            try:
                answer = await handler(request)
            except Exception as problem:
                answer = problem
            self._current_request = None
            if self._upgraded and not self._messages:
                self._stay_with_http()
            return await self.finish(request, answer)
        except ConnectionError:
            return False
        finally:
            self._current_request, self._request_in_progress = None, False

    def _refusing(self, status: int) -> Handler:
        async def refuse(request: BaseRequest) -> object:
            return self.handle_error(request, status)

        return refuse

    def _stay_with_http(self) -> None:
        """What came behind a request that offered another protocol is the next request."""
        if self._parser is not None:
            self._parser.set_upgraded(False)
        self._upgraded = False
        tail, self._message_tail = self._message_tail, b""
        if tail:
            self.data_received(tail)
        if self._buffer_paused:
            self._resume_reading_if_drained()

    async def finish(self, request: BaseRequest, answer: object) -> bool:
        """Writes what the handler returned or raised; whether the connection stays open. May raise ConnectionError."""
        raise NotImplementedError

    async def _drop_rest(self, payload: StreamReader) -> None:
        """Reads what still comes of a body that nobody wanted, for as long as a connection lingers."""
        try:
            async with asyncio.timeout(self._lingering_time):
                while not self._force_close and not payload.is_eof():
                    await payload.readany()
        except TimeoutError:
            self.close()
