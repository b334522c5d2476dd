"""Tokens of agents, validated elsewhere."""

import json

import pytest

from gateway.tokens.calling import TokenCaller
from gateway.tokens.token_service import ThirdPartyCheck
from gateway.wire.errors import Unavailable
from gateway.wire.trust import client_context
from tests.unit.tokens.services import Service, running


async def verified(service: Service, token: str = "t.o.k") -> bool:
    async with running(service):
        check = ThirdPartyCheck(TokenCaller(service.url, client_context(None), 5000), "acme")
        try:
            return await check.verify_token("101", "demo101", token)
        finally:
            await check.close()


async def test_the_interface_is_called_as_the_contact_centre_calls_it() -> None:
    service = Service(body=b'{"retCode":0,"message":"validate success"}')
    assert await verified(service)
    assert json.loads(service.requests[0][2]) == {
        "Token": "t.o.k",
        "userName": "demo101",
        "userId": "101",
        "tenantSpaceId": "acme",
    }


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, b'{"retCode":1,"message":"no"}'),
        (200, b'{"retCode":-1}'),
        (400, b'{"retCode":2,"message":"Token: must have 1 to 1024 characters"}'),
        (400, b'{"retCode":0,"message":"odd"}'),
        (413, b'{"retCode":2,"message":"body"}'),
    ],
)
async def test_a_verdict_other_than_0_is_a_refusal(status: int, body: bytes) -> None:
    assert not await verified(Service(status=status, body=body))


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, b""),
        (200, b"{}"),
        (200, b'{"retCode":"0"}'),
        (200, b'{"retCode":false}'),
        (302, b'{"retCode":0}'),
        (404, b"<html>"),
        (404, b'{"retCode":0}'),
        (429, b'{"retCode":3}'),
        (500, b'{"retCode":0}'),
        (503, b'{"retCode":3}'),
    ],
)
async def test_any_other_answer_is_no_verdict(status: int, body: bytes) -> None:
    with pytest.raises(Unavailable):
        await verified(Service(status=status, body=body))


async def test_an_interface_out_of_reach_is_no_verdict() -> None:
    with pytest.raises(Unavailable):
        await verified(Service(cut=2))


@pytest.mark.parametrize("token", ["", "x" * 1025])
async def test_what_is_no_token_is_not_sent(token: str) -> None:
    service = Service()
    assert not await verified(service, token)
    assert service.requests == []
