"""Who looks whether ADMIN_PORT is open, and goes again, leaves no connection behind; on either event loop."""

import socket

import pytest
from aiohttp import web

from tests.support.admin import serving
from tests.support.waiting import until

LOOKS = 20


async def test_a_connection_that_ends_before_a_word_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[web.RequestHandler] = []
    lost = web.RequestHandler.connection_lost

    def told(connection: web.RequestHandler, why: BaseException | None) -> None:
        ended.append(connection)
        lost(connection, why)

    monkeypatch.setattr(web.RequestHandler, "connection_lost", told)
    async with serving([]) as operator:
        for _ in range(LOOKS):
            socket.create_connection(("127.0.0.1", operator.port)).close()
        await until(lambda: len(ended) == LOOKS)
