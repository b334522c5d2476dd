"""The simulated customer of the desk page: calls the agent who asks, and hangs up (docs/desk.md).

`POST /desk/customer?agentid=101` has one call this agent, `DELETE` has it hang up. Who asks carries the GUID of that
agent, a demo agent; nothing else of the simulated customers can be asked for here.
"""

from collections.abc import Awaitable, Callable
from typing import Final

from gateway.agents.registry import AgentRegistry
from gateway.contact_centre.customers.callers import Customers
from gateway.contact_centre.floor.calls import Call, Leg
from gateway.contact_centre.floor.plan import Behaviour
from gateway.desk.pages import Forbidden, admit
from gateway.edge.agent_request import Reply, error_response, to_response
from gateway.edge.dispatch import Page
from gateway.interface import validate
from gateway.interface.operation import Operation
from gateway.ops import metrics
from gateway.ops.request_context import CALL_S, answer_within
from gateway.sessions.service import SessionService
from gateway.settings.schema import Settings
from gateway.sim_pages.bodies import Data, Number, SimBody, read
from gateway.wire import envelope, retcodes
from gateway.wire.body import read_body
from gateway.wire.errors import GatewayError, MethodNotAllowed, Refused
from gateway.wire.headers import REQUEST_HEADER, read_guid
from gateway.wire.http import AnyResponse, Request

PATH: Final = "/desk/customer"
NAME: Final = "deskCustomer"
"""Of these requests in the metrics."""
BODY_MAX_BYTES: Final = 32_768
PATIENCE_S: Final = 300.0
"""A customer whom nobody answers or tells to hang up goes by itself."""
_UNKNOWN_GUID: Final = frozenset({retcodes.NO_RIGHT, retcodes.NOT_SIGNED_IN})
_ROW: Final = Operation(NAME, "POST", "{agentid}")


class NewCustomer(SimBody):
    """Who calls, and with what call data."""

    caller: Number = "13800000000"
    data: Data = ""


class Conflict(GatewayError):
    """Not as it stands with this agent's customer: as all outcomes of the business, HTTP 200 with a retcode."""

    retcode = retcodes.WRONG_STATE


class DeskCustomers:
    """One customer at most for each agent, so that a page in a loop fills nothing."""

    def __init__(self, customers: Customers) -> None:
        self._customers = customers
        self._theirs: dict[int, Leg] = {}

    async def place(self, agent_id: int, wanted: NewCustomer) -> str:
        """Has a customer call this agent; the call's id. Raises Conflict while one is in a call."""
        if self._call(agent_id) is not None:
            raise Conflict("the simulated customer is in a call already: it must hang up first")
        behaviour = Behaviour(patience_s=PATIENCE_S)
        call_id = await self._customers.place_for(agent_id, wanted.caller, data=wanted.data, behaviour=behaviour)
        customer = self._customers.who(call_id)
        if customer is not None:
            self._theirs[agent_id] = customer
        return call_id

    async def hang_up(self, agent_id: int) -> str:
        """Has it leave the call that it is in by now, which conferences change; its id. Raises Conflict for none."""
        call = self._call(agent_id)
        if call is None:
            raise Conflict("no simulated customer of this agent is in a call")
        await self._customers.hang_up(call.id, self._theirs.pop(agent_id).number)
        return call.id

    def _call(self, agent_id: int) -> Call | None:
        """The call that the agent's customer is in."""
        customer = self._theirs.get(agent_id)
        return customer.call if customer is not None else None


def customer_page(
    settings: Callable[[], Settings], sessions: SessionService, registry: AgentRegistry, customers: DeskCustomers
) -> dict[str, Page]:
    """The page by path. Refusals have a retcode, and 401 for the GUID, 403 for who asks, 400 for the rest."""

    async def place(agent_id: int, body: bytes) -> str:
        return await customers.place(agent_id, read(NewCustomer, body))

    async def hang_up(agent_id: int, _body: bytes) -> str:
        return await customers.hang_up(agent_id)

    acts: dict[str, Callable[[int, bytes], Awaitable[str]]] = {"DELETE": hang_up, "POST": place}

    async def act(request: Request) -> AnyResponse:
        now = settings()
        try:
            admit(request, now)
            wanted = acts.get(request.method)
            if wanted is None:
                raise MethodNotAllowed(tuple(acts))
            body = await read_body(request, BODY_MAX_BYTES, now.request_timeout_ms)
            agent_id = await _asking(request, sessions, registry)
            call_id = await wanted(agent_id, body)
        except Refused as problem:
            metrics.CALLS.answered(NAME, problem.retcode)
            return _refusal(problem)
        except GatewayError as problem:
            metrics.CALLS.answered(NAME, problem.retcode)
            return error_response(problem)
        metrics.CALLS.answered(NAME, retcodes.SUCCESS)
        return to_response(Reply(envelope.result({"call": call_id})), {})

    return {PATH: act}


def _refusal(problem: Refused) -> AnyResponse:
    unknown = problem.retcode in _UNKNOWN_GUID
    headers = {"WWW-Authenticate": 'Guid realm="agents"'} if unknown else {}
    return to_response(Reply(envelope.error(problem), problem.retcode, headers), {}, 401 if unknown else 400)


async def _asking(request: Request, sessions: SessionService, registry: AgentRegistry) -> int:
    """The demo agent whose GUID the request carries. Raises Refused, Forbidden and StoreUnavailable."""
    agent_id = validate.agent_id(request.query.get("agentid", ""), _ROW)
    with answer_within(request, CALL_S):
        await sessions.check(agent_id, read_guid(request.headers.getall(REQUEST_HEADER, ())))
    agent = registry.get(agent_id)
    if agent is None or not agent.demo:
        raise Forbidden("for demo agents only", retcode=retcodes.NO_RIGHT)
    return agent_id
