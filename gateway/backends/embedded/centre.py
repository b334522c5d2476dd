"""The embedded contact centre as the gateway sees it: `Backend` over a table of performers."""

import asyncio
from contextlib import suppress
from typing import Final

from gateway.agents.authentication import Authentication
from gateway.agents.registry import AgentRegistry
from gateway.backends.base import Call, SignInCall
from gateway.backends.embedded import state_machine
from gateway.backends.embedded.core.plan import Plan
from gateway.backends.embedded.core.world import World
from gateway.backends.embedded.courier import Courier
from gateway.backends.embedded.groups import all_performers
from gateway.backends.embedded.orphans import Orphans
from gateway.backends.embedded.parts import Parts
from gateway.backends.embedded.performers import rights
from gateway.backends.embedded.records import Records
from gateway.backends.embedded.scheduler import LoopScheduler, Scheduler
from gateway.backends.embedded.simulated import Customers
from gateway.backends.embedded.simulated_chats import ChatCustomers
from gateway.backends.embedded.simulated_phones import Phones
from gateway.backends.embedded.switchboard import Switchboard
from gateway.backends.embedded.watching import Watch
from gateway.events.event import make_event
from gateway.events.push_nodes import OneProcess, PushNodes
from gateway.ops.jobs import for_each
from gateway.sessions.agent_state import AgentState, State
from gateway.sessions.model import End
from gateway.sessions.service import SessionService
from gateway.sessions.signing import Admission
from gateway.sessions.store import EventQueue, Seen, SessionStore
from gateway.wire import retcodes
from gateway.wire.errors import Refused, Unreadable

CLOSE_S: Final = 2.0
PHONE_WITH_VIDEO: Final = 11
"""`agenttype` of a sign-in."""


class EmbeddedCentre:
    """A contact centre whose agent states live in the session records, so that they are right on every node.

    Its calls live in this process, one of `nodes`; `node` names it in records. `cluster` is the name of all gateways
    together; `customers` plays the parties outside, `chat_customers` those who write, `phones` those who use agents'
    phones.
    """

    def __init__(
        self,
        service: SessionService,
        registry: AgentRegistry,
        authentication: Authentication,
        queue: EventQueue,
        *,
        node: str = "",
        nodes: PushNodes | None = None,
        cluster: str = "AgentGateway",
        plan: Plan | None = None,
        scheduler: Scheduler | None = None,
    ) -> None:
        self._service = service
        self.orphans = Orphans(
            node,
            nodes or OneProcess(),
            service.store,
            self._end_calls,
            freed=self._route,
            regained=self._doubt,
        )
        self._scheduler = scheduler or LoopScheduler()
        self.world = World(
            plan=plan or Plan(), skills=lambda: {skill.id: skill.name for skill in registry.skills().values()}
        )
        self._records = Records(service, self.world, self._scheduler, self.orphans.process)
        self._courier = Courier(self._records, queue, self._scheduler, self.world.plan.timing.wrap_up_s)
        self.board = Switchboard(self.world, self._records, self._courier, self._scheduler)
        self.customers = Customers(self.board, self._scheduler)
        self.chat_customers = ChatCustomers(self.board, registry)
        self.phones = Phones(self.board)
        self._watch = Watch(self._records, self._courier, self._scheduler)
        self.parts = Parts(
            service, queue, registry, authentication, self.world, self._records, self.board, self.customers, self._watch
        )
        self._performers = all_performers(self.parts, cluster)

    async def start(self, store: SessionStore) -> None:
        """Says that this process is alive, and learns who of a shard is signed in. Raises StoreUnavailable."""
        await self.orphans.say()

        async def note(seen: Seen) -> None:
            with suppress(Unreadable):
                self._records.note_record(await store.read(seen.agent_id))

        await for_each(await store.live(), note)

    async def run(self) -> None:
        """Frees agents of processes that are gone, until cancelled."""
        await self.orphans.run()

    async def close(self) -> None:
        """Ends the calls of this process, tells their agents, and cancels all timers.

        What the store does not take within CLOSE_S is left to other processes.
        """
        ending = (self._records.end_calls_of(*who, self.orphans.process) for who in self.world.sessions())
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_S):
                await asyncio.gather(*ending, return_exceptions=True)
        await self.orphans.close()
        self._scheduler.close()

    async def _route(self) -> None:
        await self.board.route()

    def _doubt(self) -> None:
        self.board.doubt()

    async def _end_calls(self, agent_id: int, session_id: str, centre: str) -> bool:
        if centre == self.orphans.process:
            return await self.board.free_stray(agent_id, session_id)
        return await self._records.end_calls_of(agent_id, session_id, centre)

    async def sign_in(self, call: SignInCall) -> Admission:
        """See `Backend.sign_in`: the first state and events follow from `status`. Raises Refused `100-014`."""
        body = call.body
        if body.phonenum and not self.world.plan.takes_phone(body.phonenum):
            raise Refused(retcodes.PHONE_OUT_OF_RANGE)
        first, events = state_machine.SIGN_IN[body.status]
        state = AgentState(
            state=first,
            since_ms=call.now_ms,
            phone=body.phonenum,
            media=call.agent.media,
            auto_answer=body.autoanswer,
            auto_enter_idle=body.autoenteridle,
            release_phone=body.releasephone,
            linkage=body.phonelinkage,
            video=body.agenttype == PHONE_WITH_VIDEO,
        )
        self._records.note(call.agent.id, call.session_id, state)
        if body.listen_status and rights.INSPECTOR in call.agent.roles:
            self._watch.everyone(call.agent.id, call.session_id)
        made = tuple(make_event(kind, call.agent.id, content, call.now_ms) for kind, content in events)
        return Admission(state, made)

    async def sign_out(self, end: End) -> None:
        """See `Backend.sign_out`: the state went with the session's record; the agent's calls end here."""
        await self.board.gone(end.agent_id, end.session_id)

    async def perform(self, call: Call) -> object:
        """See `Backend.perform`."""
        if call.operation.relayed_only:
            raise Refused(call.operation.relayed_only)
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
        await self._records.come_due(agent_id, session_id)
