"""What drives the gateway in the model: clients, their requests, and the sessions service on two nodes."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Final

from gateway.backend import BackendAnswer, EndReason, Entered
from gateway.events.delivery import Deliveries, HandOuts
from gateway.events.parking import Parking
from gateway.events.poll import PollService
from gateway.listeners.signals import Once
from gateway.sessions.model import Record, Session
from gateway.sessions.rules import Bearer
from gateway.sessions.service import Caller, SessionService
from gateway.sessions.signing import Terms, sign_in
from gateway.sessions.store import EventQueue, Looking
from gateway.settings.schema import Settings
from gateway.wire import retcodes
from gateway.wire.envelope import WANTED
from gateway.wire.errors import Refused, Unavailable
from tests.model.gates import Fault, Run
from tests.model.oracle import Agent
from tests.model.scripts import UNAVAILABLE, Script, done

NOT_HELD: Final = Settings().model_copy(update={"poll_wait_flag": False})


@dataclass(eq=False)
class Client:
    """A desktop, in polling or push mode. One that follows adopts every GUID it receives, others keep that of sign-in.

    It waits for one answer that may bring a GUID at a time: `waits_for` is that request, an older one is given up.
    `receipt` is the last event that it got.
    """

    agent: Agent
    follows: bool
    push: bool
    guid: str = ""
    waits_for: int = 0
    receipt: str = WANTED

    @property
    def session(self) -> str:
        """The session of its GUID."""
        return self.agent.issued.get(self.guid, ("", -1))[0]


@dataclass(eq=False)
class Request:
    """One request: the run that the gateway makes of it and the script of what it should answer.

    `event` is what a poll brought, `brings` what it should bring; `access` is what it last wanted of the store.
    """

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
    receipt: str = WANTED
    event: str = ""
    brings: str = ""
    access: str = ""
    _parts: tuple[Run, Script] | None = None

    @property
    def run(self) -> Run:
        assert self._parts is not None
        return self._parts[0]

    @property
    def script(self) -> Script:
        assert self._parts is not None
        return self._parts[1]

    @property
    def turned_away(self) -> bool:
        """As `Run.turned_away`."""
        return self.run.turned_away

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
    if not hands_out:
        await service.check(request.agent.number, request.guid)
        return done("")
    request.caller = await service.call(request.agent.number, request.guid, hands_out=True)
    return done(request.caller.hand_out)


class Peer:
    """A connection that never ends and of which nothing is known."""

    current_answer = 1
    tells_arrival = False
    asked_ahead = False
    silent = closed = Once()

    def on_close(self, callback: Callable[[], None]) -> Callable[[], None]:
        return lambda: None


class NotNoted(HandOuts):
    """The model decides itself when a client has got a GUID."""

    def __init__(self) -> None: ...

    def sent(self, caller: Caller, peer: object) -> None: ...


async def poll(service: SessionService, queue: EventQueue, request: Request) -> str:
    """A poll that is not held; what its hold brings are polls that look again."""
    parking = Parking(lambda: 0.0)
    parking.drain()  # Nobody rests.
    polls = PollService(service, parking, Deliveries(queue, service.store), NotNoted(), lambda: NOT_HELD)
    peer: Any = Peer()
    answer = await polls.poll(request.agent.number, request.guid, peer, request.receipt)
    request.caller = answer.caller
    request.event = answer.event.id if answer.event is not None else ""
    return done(answer.hand_out)


async def look_again(service: SessionService, parked: Caller) -> str:
    """As a poll that was held looks: by what it knew when it came, then by what it finds."""
    bearer, session_id = Bearer(parked.session, parked.number), parked.session.id
    caller = await service.use(parked.record, bearer, hands_out=True)
    while (record := (await service.store.look(caller.record, Looking(session_id))).record) is not None:
        caller = await service.use(await service.surely_over(record, session_id), bearer, hands_out=True)
    service.accepted(caller)
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
    session = await service.check(request.agent.number, request.guid)
    await service.end(request.agent.number, session.id, EndReason.SIGNED_OUT)
    return done("")


async def enter(service: SessionService, request: Request, terms: Terms) -> str:
    async def admit(session_id: str, _login_time_ms: int) -> Entered:
        request.session_id = session_id
        if await Run.gate("centre") in {Fault.BEFORE, Fault.AFTER}:
            raise Unavailable
        return Entered(BackendAnswer(b""))

    return done((await sign_in(service, terms, admit)).guid)
