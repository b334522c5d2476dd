"""The enterprise's users behind an HTTP service."""

import json

import pytest

from gateway.tokens.calling import TokenCaller
from gateway.tokens.users import HttpDirectory, UserStanding
from gateway.wire.errors import Unavailable
from gateway.wire.trust import client_context
from tests.support.tokens import ADA
from tests.unit.tokens.services import Service, running


async def standing(service: Service) -> UserStanding:
    async with running(service):
        caller = TokenCaller(service.url, client_context(None), 5000)
        try:
            return await HttpDirectory(caller).standing(ADA)
        finally:
            await caller.close()


async def test_the_service_is_asked_by_tenant_and_id_and_not_told_the_name() -> None:
    service = Service(body=b'{"userName":"Ada Lovelace"}')
    assert await standing(service) is UserStanding.KNOWN
    assert json.loads(service.requests[0][2]) == {"tenantSpaceId": "acme", "userId": "customer01"}


@pytest.mark.parametrize("name", ["Ada", "", "ada lovelace", "\ud800"])
async def test_another_name_is_another_user(name: str) -> None:
    assert await standing(Service(body=json.dumps({"userName": name}).encode())) is UserStanding.OTHER_NAME


async def test_404_is_an_unknown_user() -> None:
    assert await standing(Service(status=404, body=b"")) is UserStanding.UNKNOWN


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, b'{"userName":"Ada Lovelace"}'),
        (302, b'{"userName":"Ada Lovelace"}'),
        (401, b""),
        (200, b""),
        (200, b"[]"),
        (200, b'{"userName":1}'),
    ],
)
async def test_any_other_answer_is_no_verdict(status: int, body: bytes) -> None:
    with pytest.raises(Unavailable):
        await standing(Service(status=status, body=body))


async def test_a_service_out_of_reach_is_no_verdict() -> None:
    with pytest.raises(Unavailable):
        await standing(Service(cut=2))
