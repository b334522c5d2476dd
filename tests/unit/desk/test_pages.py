"""The pages of the desk without a server: what is shown, and who may ask for the customer."""

import json
from typing import cast
from unittest.mock import AsyncMock, Mock

import pytest

from gateway.agents.registry import AgentRegistry
from gateway.contact_centre.customers.callers import Customers
from gateway.contact_centre.floor.calls import Call, Feature, Leg, Purpose, Stage
from gateway.desk.customer import DeskCustomers, customer_page
from gateway.desk.pages import PATH, pages
from gateway.settings.load import load
from gateway.wire import retcodes
from gateway.wire.errors import Refused
from gateway.wire.http import Response
from tests.support.gateway import CONFIG
from tests.support.requests import made_request

SETTINGS = load(CONFIG, {"DEMO_AGENTS": "ON"}).settings
HOST = {"Host": "127.0.0.1"}
CUSTOMER = f"{PATH}/customer"


class Outside:
    """Customers who call and hang up at once."""

    def __init__(self) -> None:
        self.leg = Leg("138", Stage.TALKING, Purpose.ORIGIN, 0)
        self.placed: list[tuple[int, str, str]] = []
        self.left: list[tuple[str, str]] = []

    async def place_for(self, agent_id: int, caller: str, *, data: str, behaviour: object) -> str:
        self.placed.append((agent_id, caller, data))
        self.leg.call = Call("7", Feature.INBOUND, caller, str(agent_id), 0)
        return "7"

    def who(self, _call_id: str) -> Leg:
        return self.leg

    async def hang_up(self, call_id: str, number: str) -> None:
        self.left.append((call_id, number))
        self.leg.call = None


class Place:
    """The pages, with sessions that accept whom the test says."""

    def __init__(self) -> None:
        self.sessions = Mock(check=AsyncMock())
        self.outside = Outside()
        assert SETTINGS.agents_file is not None
        self.registry = AgentRegistry(SETTINGS.agents_file)
        customers = DeskCustomers(cast(Customers, self.outside))
        customer = customer_page(lambda: SETTINGS, self.sessions, self.registry, customers)
        self.pages = {**pages(lambda: SETTINGS, self.registry), **customer}

    async def ask(self, method: str, target: str, body: bytes | None = None, **headers: str) -> Response:
        request = made_request(method, target, {**HOST, **headers}, body=body)
        answer = await self.pages[target.partition("?")[0]](request)
        assert isinstance(answer, Response)
        return answer


def told(answer: Response) -> tuple[int, str]:
    return answer.status, json.loads(answer.body)["retcode"]


async def test_facts_tell_of_demo_agents_and_guids() -> None:
    facts = json.loads((await Place().ask("GET", f"{PATH}/facts")).body)
    assert facts["agents"][0] == {"id": 101, "name": "Ana Silva"}
    assert (facts["authMode"], facts["guidInterval"], facts["guidTimeout"]) == (2, 60_000, 120_000)
    assert {"id": 1, "name": "Service"} in facts["queues"]
    assert {"id": 1, "name": "Lunch"} in facts["restReasons"]


async def test_a_page_is_only_looked_at() -> None:
    place = Place()
    assert (await place.ask("HEAD", PATH)).status == 200
    assert (await place.ask("PUT", PATH, b"{}")).status == 405
    assert (await place.ask("GET", PATH, Via="1.1 proxy")).status == 404


async def test_the_customer_calls_and_hangs_up() -> None:
    place = Place()
    body = b'{"caller":"139","data":"order"}'
    placed = await place.ask("POST", f"{CUSTOMER}?agentid=101", body, guid="g")
    assert json.loads(placed.body)["result"] == {"call": "7"}
    place.sessions.check.assert_awaited_once_with(101, "g")
    assert place.outside.placed == [(101, "139", "order")]
    assert told(await place.ask("POST", f"{CUSTOMER}?agentid=101", guid="g")) == (200, retcodes.WRONG_STATE)
    assert told(await place.ask("DELETE", f"{CUSTOMER}?agentid=102", guid="g")) == (200, retcodes.WRONG_STATE)
    assert told(await place.ask("DELETE", f"{CUSTOMER}?agentid=101", guid="g")) == (200, retcodes.SUCCESS)
    assert place.outside.left == [("7", "138")]
    assert told(await place.ask("DELETE", f"{CUSTOMER}?agentid=101", guid="g")) == (200, retcodes.WRONG_STATE)


@pytest.mark.parametrize(("code", "status"), [(retcodes.NO_RIGHT, 401), (retcodes.NOT_SIGNED_IN, 401)])
async def test_whose_guid_is_not_accepted_has_no_customer(code: str, status: int) -> None:
    place = Place()
    place.sessions.check.side_effect = Refused(code)
    assert told(await place.ask("POST", f"{CUSTOMER}?agentid=101", guid="g")) == (status, code)
    assert place.outside.placed == []


@pytest.mark.parametrize("target", [CUSTOMER, f"{CUSTOMER}?agentid=0", f"{CUSTOMER}?agentid=x"])
async def test_an_agent_must_be_named(target: str) -> None:
    assert told(await Place().ask("POST", target, guid="g")) == (400, retcodes.BAD_PARAMETER)


async def test_other_ways_to_ask() -> None:
    place = Place()
    assert (await place.ask("GET", f"{CUSTOMER}?agentid=101", guid="g")).status == 405
    assert (await place.ask("POST", f"{CUSTOMER}?agentid=101", b'{"skill":1}', guid="g")).status == 400
    assert (await place.ask("POST", f"{CUSTOMER}?agentid=101", guid="g", Origin="http://desk.example")).status == 403
    assert (await place.ask("POST", f"{CUSTOMER}?agentid=999", guid="g")).status == 403
    assert place.outside.placed == []
