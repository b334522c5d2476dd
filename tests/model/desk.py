"""What drives the gateway in the model: clients, their requests, and the sessions service on two nodes."""

from collections.abc import Coroutine
from dataclasses import dataclass

from gateway.sessions.agent_state import AgentState
from gateway.sessions.model import EndReason, Record, Session
from gateway.sessions.rules import Bearer
from gateway.sessions.service import Caller, SessionService
from gateway.sessions.signing import Admission, Terms, sign_in
from gateway.wire import retcodes
from gateway.wire.errors import Refused, Unavailable
from tests.model.gates import Fault, Run
from tests.model.oracle import Agent
from tests.model.scripts import UNAVAILABLE, Script, done


@dataclass(eq=False)
class Client:
    """A desktop, in polling or push mode. One that follows adopts every GUID it receives, others keep that of sign-in.

    It waits for one answer that may bring a GUID at a time: `waits_for` is that request, an older one is given up.
    """

    agent: Agent
    follows: bool
    push: bool
    guid: str = ""
    waits_for: int = 0

    @property
    def session(self) -> str:
        """The session of its GUID."""
        return self.agent.issued.get(self.guid, ("", -1))[0]


@dataclass(eq=False)
class Request:
    """One request: the run that the gateway makes of it and the script of what it should answer."""

    number: int
    kind: str
    agent: Agent
    began: int
    guid: str = ""
    client: Client | None = None
    fate: str = "delivered"
    fail_overs: int = 0
    caller: Caller | None = None
    session_id: str = ""
    _parts: tuple[Run, Script] | None = None

    @property
    def run(self) -> Run:
        assert self._parts is not None
        return self._parts[0]

    @property
    def script(self) -> Script:
        assert self._parts is not None
        return self._parts[1]

    def begin(self, run: Run, script: Script) -> None:
        """It is under way."""
        self._parts = run, script


async def answered(work: Coroutine[object, object, str]) -> str:
    """What the client is told: the retcode, with the reason of an end, or `503`."""
    try:
        return await work
    except Refused as refused:
        told = refused.message != retcodes.MESSAGES[refused.retcode]
        return f"{refused.retcode} {refused.message}" if told else refused.retcode
    except Unavailable:
        return UNAVAILABLE


async def call(service: SessionService, request: Request, *, hands_out: bool) -> str:
    request.caller = await service.call(request.agent.number, request.guid, hands_out=hands_out)
    return done(request.caller.hand_out)


async def look_again(service: SessionService, agent_id: int, parked: Caller) -> str:
    record = await service.store.read(agent_id)
    caller = await service.use(record, Bearer(parked.session, parked.number), hands_out=True)
    return done(caller.hand_out)


async def note(service: SessionService, request: Request) -> str:
    """It may be about a session that is over, or a generation that was replaced since."""
    session_id, number = request.agent.issued[request.guid]
    session = Session(session_id, "", "", 0, number=number)
    await service.note_hand_out(Caller(Record(request.agent.number), session, number))
    return done("")


async def update_guid(service: SessionService, request: Request) -> str:
    return done((await service.renew(request.agent.number, request.guid)).hand_out)


async def sign_out(service: SessionService, request: Request) -> str:
    caller = await service.call(request.agent.number, request.guid)
    await service.end(request.agent.number, caller.session.id, EndReason.SIGNED_OUT)
    return done("")


async def enter(service: SessionService, request: Request, terms: Terms) -> str:
    async def admit(session_id: str) -> Admission:
        request.session_id = session_id
        if await Run.gate() in {Fault.BEFORE, Fault.AFTER}:
            raise Unavailable
        return Admission(AgentState())

    _, guid = await sign_in(service, terms, admit)
    return done(guid)
