"""The embedded contact centre as the gateway sees it: `Backend` over a table of performers."""

from collections.abc import Awaitable, Callable

from gateway.agents.authentication import Authentication
from gateway.agents.registry import AgentRegistry
from gateway.backends.base import Call, SignInCall
from gateway.backends.embedded import state_machine
from gateway.backends.embedded.agent_operations import AgentOperations
from gateway.events.event import make_event
from gateway.sessions.agent_state import AgentState, State
from gateway.sessions.model import End, Event
from gateway.sessions.service import SessionService
from gateway.sessions.signing import Admission, change_state
from gateway.wire import retcodes
from gateway.wire.errors import Refused

Performer = Callable[[Call], Awaitable[object]]


class EmbeddedCentre:
    """A contact centre whose agent states live in the session records, so that they are right on every node."""

    def __init__(self, service: SessionService, registry: AgentRegistry, authentication: Authentication) -> None:
        self._service = service
        self._performers: dict[str, Performer] = AgentOperations(service, registry, authentication).performers()

    async def sign_in(self, call: SignInCall) -> Admission:
        """See `Backend.sign_in`: the first state and events follow from `status`."""
        body = call.body
        first, events = state_machine.SIGN_IN[body.status]
        state = AgentState(
            state=first,
            since_ms=call.now_ms,
            phone=body.phonenum,
            media=call.agent.media,
            auto_answer=body.autoanswer,
            auto_enter_idle=body.autoenteridle,
            release_phone=body.releasephone,
        )
        made = tuple(make_event(kind, call.agent.id, content, call.now_ms) for kind, content in events)
        return Admission(state, made)

    async def sign_out(self, end: End) -> None:
        """See `Backend.sign_out`: the state went with the session's record."""

    async def perform(self, call: Call) -> object:
        """See `Backend.perform`."""
        performer = self._performers.get(call.operation.name)
        if performer is None:
            raise Refused(retcodes.UNAVAILABLE, "this interface is not served by the embedded contact centre")
        return await performer(call)

    def may_sign_out(self, state: AgentState) -> bool:
        """See `Backend.may_sign_out`: not while talking (contract onlineagent.yaml, logout)."""
        return state.state is not State.TALKING

    def due_ms(self, state: AgentState) -> int | None:
        """See `Backend.due_ms`."""
        return state_machine.due_ms(state)

    async def come_due(self, agent_id: int, session_id: str) -> None:
        """See `Backend.come_due`."""

        def remind(state: AgentState, now_ms: int) -> tuple[AgentState, tuple[Event, ...]] | None:
            step = state_machine.rest_runs_out(state, now_ms)
            if step is None or step.event is None:
                return None
            return step.state, (make_event(step.event, agent_id, None, now_ms),)

        await change_state(self._service, agent_id, session_id, remind)
