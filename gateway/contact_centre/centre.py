"""The embedded contact centre as the gateway sees it: `Backend` over a table of operations."""

import asyncio
from collections.abc import Callable
from typing import Final

from gateway.agents.authentication import Authentication
from gateway.agents.registry import Agent, AgentRegistry
from gateway.backend import (
    Admitted,
    BackendAnswer,
    End,
    Entered,
    Leave,
    LiveSession,
    OperationRequest,
    SignInRequest,
    Sink,
    Upstream,
)
from gateway.contact_centre.customers.callers import ChatCustomers, Customers
from gateway.contact_centre.customers.desk_phones import DeskPhones
from gateway.contact_centre.floor.plan import Plan
from gateway.contact_centre.floor.roster import Roster
from gateway.contact_centre.floor.switchboard import Switchboard
from gateway.contact_centre.floor.world import World
from gateway.contact_centre.invocation import NO_FILE, Action, CentreServices, File, GroupActions, Invocation
from gateway.contact_centre.operations import roles
from gateway.contact_centre.operations.agentconf import actions as agentconf
from gateway.contact_centre.operations.agentgroup import actions as agentgroup
from gateway.contact_centre.operations.calldata import actions as calldata
from gateway.contact_centre.operations.eccconfig import actions as eccconfig
from gateway.contact_centre.operations.mediacall import actions as mediacall
from gateway.contact_centre.operations.onlineagent import actions as onlineagent
from gateway.contact_centre.operations.onlineagent import notes
from gateway.contact_centre.operations.onlineagent import own_settings as onlineagent_settings
from gateway.contact_centre.operations.qualitycontrol import actions as qualitycontrol
from gateway.contact_centre.operations.querymonitor import actions as querymonitor
from gateway.contact_centre.operations.queuedevice import actions as queuedevice
from gateway.contact_centre.operations.recordplay import actions as recordplay
from gateway.contact_centre.operations.textchat import actions as textchat
from gateway.contact_centre.operations.voicecall import actions as voicecall
from gateway.contact_centre.presence import Presence, Watchers
from gateway.contact_centre.scheduler import LoopScheduler, Scheduler
from gateway.interface import validate
from gateway.interface.fields import Parameters
from gateway.interface.operation import AnswerKind, Upload
from gateway.interface.sign_in_models import TOKEN_SIGN_IN, AccountSignInBody, LightSignInBody
from gateway.wire import envelope, retcodes
from gateway.wire.errors import Refused, Unavailable
from gateway.wire.headers import file_headers

GROUPS: Final[tuple[GroupActions, ...]] = (
    onlineagent.actions,
    onlineagent_settings.actions,
    voicecall.actions,
    calldata.actions,
    agentgroup.actions,
    queuedevice.actions,
    notes.actions,
    textchat.actions,
    eccconfig.actions,
    agentconf.actions,
    mediacall.actions,
    recordplay.actions,
    qualitycontrol.actions,
    querymonitor.actions,
)
"""What every operation does; a new group is a folder and a line here."""
NO_PARAMETERS: Final = Parameters()
_DONE: Final = BackendAnswer(envelope.DONE)
ReadFile = Callable[[bytes, str], tuple[str, bytes]]
"""Name and data of the file in a form: its body and content type. Raises Refused (`000-006`) where it has none."""


class ContactCentre:
    """A contact centre in this process, in memory: its agents, calls, queues and chats.

    `node` is the name of this gateway and `cluster` that of all together. `clock` gives ms since the epoch.
    `read_file` knows how a file is sent. `token_sign_in`: agents sign in by a token, which is longer than a password.
    `customers` plays the parties outside, `chat_customers` those who write, `phones` those who use agents' phones by
    hand.
    """

    def __init__(
        self,
        registry: AgentRegistry,
        authentication: Authentication,
        sink: Sink,
        clock: Callable[[], int],
        read_file: ReadFile,
        *,
        node: str = "",
        cluster: str = "AgentGateway",
        plan: Plan | None = None,
        scheduler: Scheduler | None = None,
        token_sign_in: bool = False,
    ) -> None:
        self._authentication = authentication
        self._sink = sink
        self._read_file = read_file
        self._scheduler = scheduler or LoopScheduler()
        self._context = TOKEN_SIGN_IN if token_sign_in else None
        self.world = World(
            plan=plan or Plan(), skills=lambda: {skill.id: skill.name for skill in registry.skills().values()}
        )
        self.roster = Roster(self.world, sink, self._scheduler, clock)
        self.board = Switchboard(self.world, self.roster, self._scheduler)
        self.customers = Customers(self.board, self._scheduler)
        self.chat_customers = ChatCustomers(self.board, registry)
        self.phones = DeskPhones(self.board)
        watchers = Watchers(self.roster)
        self._presence = Presence(self.roster, self.board, watchers)
        self.services = CentreServices(
            registry,
            authentication,
            self.world,
            self.roster,
            self._presence,
            self.board,
            self.customers,
            watchers,
            sink,
            node,
            cluster,
        )
        self._actions = all_actions(self.services)
        self.resume = self._presence.resume
        self.compare = self._presence.compare

    async def admit(self, request: SignInRequest) -> Admitted:
        """See `Backend.admit`: the password, or the token, is judged here."""
        message = request.message
        body = validate.body(request.operation, message.body, context=self._context)
        if not isinstance(body, LightSignInBody):
            raise TypeError("a row of a sign-in must have the body of one")
        address, forwarded, now_ms = message.address(), message.forwarded, self.roster.now_ms()
        if isinstance(body, AccountSignInBody):
            verified = self._authentication.verify_account(
                body.account, body.password, address, forwarded=forwarded, now_ms=now_ms, known=request.known
            )
        else:
            verified = self._authentication.verify(
                request.agent_id, body.password, address, forwarded=forwarded, now_ms=now_ms
            )
        agent = await verified
        return Admitted(agent.id, may_be_forced=agent.may_be_forced_out, proof=(agent, body))

    async def enter(self, admitted: Admitted, session_id: str, login_time_ms: int) -> Entered:
        """See `Backend.enter`: the first state and events follow from `status`. Raises Refused `100-014`."""
        agent, body = _proven(admitted)
        watches = body.listen_status and roles.INSPECTOR in agent.roles
        events, note = self._presence.enter(agent, session_id, body, login_time_ms, watches=watches)
        return Entered(BackendAnswer(envelope.result(self._sign_in_result(agent, login_time_ms))), events, note=note)

    def _sign_in_result(self, agent: Agent, login_time_ms: int) -> dict[str, object]:
        return {
            "vdnid": self.world.plan.vdn_id,
            "workno": str(agent.id),
            "mediatype": agent.media,
            "loginTime": str(login_time_ms),
            "isForceChange": "true" if agent.must_change_password else "false",
            "serverName": self.services.cluster,
            "timeRemaining": "",
        }

    async def withdraw(self, admitted: Admitted) -> None:
        """See `Backend.withdraw`: whoever was let in leaves by `leave`."""

    def opened(self, agent_id: int, session_id: str, upstream: Upstream | None) -> None:
        """See `Backend.opened`."""
        self._presence.open(agent_id, session_id)

    async def perform(self, request: OperationRequest) -> BackendAnswer:
        """See `Backend.perform`. All that it does is in the sink when it is answered."""
        row = request.operation
        parameters = validate.parameters(row, request.values) if row.parameters is not Parameters else NO_PARAMETERS
        body = validate.body(row, request.body, request.values) if row.body is not None else None
        if row.relayed_only:
            raise Refused(row.relayed_only)
        desk = self.world.desks.get(request.agent_id)
        if desk is None or desk.session_id != request.session_id:
            # The session was alive a moment ago: it ends just now, or this process has only just started.
            raise Unavailable("the contact centre does not know this session yet: try again")
        file = self._file(request) if isinstance(row, Upload) else NO_FILE
        invocation = Invocation(request, desk, parameters, body, file)
        try:
            result = await self._actions[row.name](invocation)
        finally:
            if self._sink.under_way:
                await self._sink.settled()
        if type(result) is BackendAnswer:
            return result
        if isinstance(result, File):
            return BackendAnswer(result.data, headers=file_headers(result.name))
        return BackendAnswer(envelope.result(result)) if row.answer is AnswerKind.RESULT else _DONE

    def _file(self, request: OperationRequest) -> File:
        return File(*self._read_file(request.body, request.message.content_type))

    async def ask_to_leave(self, live: LiveSession, request: OperationRequest | None = None) -> Leave:
        """See `Backend.ask_to_leave`: not while talking."""
        desk = self.world.desk_of(live.agent_id, live.session_id)
        if desk is not None:
            if desk.in_call:
                raise Refused(retcodes.WRONG_SIGN_OUT_STATE)
            self.roster.hold_back(desk)
        return Leave()

    def stay(self, agent_id: int, session_id: str) -> None:
        """See `Backend.stay`."""
        desk = self.world.desk_of(agent_id, session_id)
        if desk is not None:
            self.roster.stay(desk)

    async def leave(self, end: End) -> None:
        """See `Backend.leave`: the agent's calls end here."""
        self._presence.leave(end.agent_id, end.session_id)

    async def run(self) -> None:
        """See `Backend.run`: all that the centre does by itself, its timers do."""
        await asyncio.Event().wait()

    async def close(self) -> None:
        """Cancels all timers."""
        self._scheduler.close()


def _proven(admitted: Admitted) -> tuple[Agent, LightSignInBody]:
    """What `admit` found. Raises TypeError for what it did not make."""
    match admitted.proof:
        case (Agent() as agent, LightSignInBody() as body):
            return agent, body
    raise TypeError("not admitted by this contact centre")


def all_actions(services: CentreServices) -> dict[str, Action]:
    """By operation name. Raises ValueError when two groups perform one operation."""
    found: dict[str, Action] = {}
    for group in GROUPS:
        for name, action in group(services).items():
            if name in found:
                raise ValueError(f"two actions for {name}")
            found[name] = action
    return found
