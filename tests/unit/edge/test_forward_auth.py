"""What a reverse proxy is told of a request that somebody else serves."""

import pytest

from gateway.edge import forward_auth
from gateway.interface.operation import OperationTable
from gateway.rows import ALL_OPERATIONS
from gateway.wire.errors import StoreUnavailable
from tests.support.requests import made_request
from tests.unit.edge.entrance import AGENT, PREFIX, Entrance, Said
from tests.unit.sessions.samples import FRESH

CALL = f"{PREFIX}/onlineagent/{AGENT}/agentstatus"


class Proxy(Entrance):
    """An entrance that a proxy asks."""

    async def check(self, guid: str, target: str = CALL) -> Said:
        [page] = forward_auth.pages(self.services, OperationTable(ALL_OPERATIONS)).values()
        headers = {"guid": guid, **({"X-Original-URI": target} if target else {})}
        return Said(await page(made_request("GET", forward_auth.PATH, headers)))


async def test_the_right_guid_passes_and_nothing_reaches_the_centre() -> None:
    place = Proxy()
    said = await place.check(**await place.hold(FRESH))
    assert (said.status, said.header("X-Agent-Id"), place.backend.calls) == (204, "101", [])


async def test_a_refusal_is_401_with_the_body_in_a_header_too() -> None:
    place = Proxy()
    await place.hold(FRESH)
    said = await place.check("wrong")
    assert (said.status, said.retcode, said.header("X-Retcode")) == (401, "000-003", "000-003")
    assert said.header("X-Refusal") == said.body.decode()
    assert said.header("WWW-Authenticate") == 'Guid realm="agents"'


async def test_without_a_target_it_is_400() -> None:
    assert (await Proxy().check("wrong", "")).status == 400


async def test_without_the_store_it_is_503(monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(_agent_id: int, *, sure: bool = False) -> None:
        raise StoreUnavailable

    place = Proxy()
    monkeypatch.setattr(place.store, "read", away)
    said = await place.check("any")
    assert (said.status, said.header("Retry-After"), said.header("X-Retcode")) == (503, "1", "100-007")
