"""Servers that break one rule of the interface each: this gateway with one thing changed.

What is changed is planted once for all of them; which server runs it is told by a context variable, which connections
take over from the start of their listener. So all can run at the same time in one process.
"""

import asyncio
import contextlib
import json
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any, Final, cast
from unittest import mock

from argon2 import PasswordHasher
from multidict import CIMultiDict, CIMultiDictProxy

from gateway.events.parking import Parked
from gateway.sessions import rules
from gateway.sessions.memory_store import MemoryEventQueue, _Queue
from gateway.sessions.model import Session
from gateway.sessions.policy import Limits
from gateway.wire.http import AnyResponse, Request, Response
from tests.support.gateway import PASSWORD, Gateway, running_gateway

Handler = Callable[[Request], Awaitable[AnyResponse]]
Wrap = Callable[[Handler], Handler]
Change = Callable[[Request, Response], Response]

FIRST_AGENT: Final = 301
AGENTS: Final = 24
HOLD_S, INTERVAL_S, TIMEOUT_S = 3.0, 4.0, 6.5
SETTINGS: Final = {
    "AGENT_POLL_WAIT_TIMES": "30",
    "AGENT_POLL_WAIT_INTERVAL": "100",
    "GUIDINTERVAL": "4000",
    "GUIDTIMEOUT": "6500",
    "MAXTIME": "5500",
}
"""Who is silent for as long as a GUID lives is signed out, as by the default settings."""
FAULT: ContextVar[str] = ContextVar("FAULT", default="")
NOT_SIGNED_IN, NO_RIGHT = "100-006", "000-003"
ZERO: Final = "00000000-0000"


@dataclass(frozen=True)
class Fault:
    """What is wrong: `wrap` changes requests and answers, `plant` functions by `module:name`, `settings` the rest.

    `untests` are rules that nothing can be said of, because what they need never happens there.
    """

    wrap: Wrap | None = None
    plant: Mapping[str, Callable[[Any], Any]] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)
    untests: frozenset[str] = frozenset()


@contextlib.contextmanager
def planted(faults: Mapping[str, Fault]) -> Iterator[None]:
    """Plants the changes of all of them; a server has those of the name in FAULT."""
    with contextlib.ExitStack() as stack:
        targets = {target for fault in faults.values() for target in fault.plant}
        for target in sorted(targets):
            owner, _, name = target.rpartition(":")
            place = _owner(owner)
            original = getattr(place, name)
            ways = {fault: made.plant[target](original) for fault, made in faults.items() if target in made.plant}
            stack.enter_context(mock.patch.object(place, name, _chosen(original, ways)))
        yield


def _owner(path: str) -> Any:
    module, _, kind = path.partition(":")
    found = import_module(module)
    return getattr(found, kind) if kind else found


def _chosen(original: Callable[..., Any], ways: Mapping[str, Callable[..., Any]]) -> Callable[..., Any]:
    def choose(*given: Any, **named: Any) -> Any:
        return ways.get(FAULT.get(), original)(*given, **named)

    return choose


@contextlib.asynccontextmanager
async def wrong_server(folder: Path, name: str, fault: Fault) -> AsyncIterator[Gateway]:
    """A server with this fault, none of `Fault()`; its agents share the usual password."""
    FAULT.set(name)
    settings = {**SETTINGS, **fault.settings, "AGENTS_FILE": str(agents_file(folder)), "CONTACT_CENTER_FILE": ""}
    async with running_gateway(settings, wrap=fault.wrap) as gateway:
        yield gateway


def agents_file(folder: Path) -> Path:
    """Agents whose password costs next to nothing to verify."""
    path = folder / "agents.toml"
    if not path.exists():
        hashed = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
        rows = (
            f'[[agents]]\nid = {number}\naccount = "kit{number}"\npassword_hash = "{hashed}"\nskills = []\n'
            for number in range(FIRST_AGENT, FIRST_AGENT + AGENTS)
        )
        path.write_text("\n".join(rows), "utf-8")
    return path


def _answers(change: Change) -> Wrap:
    """Another answer."""

    def wrap(handle: Handler) -> Handler:
        async def changed(request: Request) -> AnyResponse:
            answer = await handle(request)
            return change(request, answer) if isinstance(answer, Response) else answer

        return changed

    return wrap


def _like(answer: Response, *, body: bytes | None = None, lines: str | None = None, status: int = 0) -> Response:
    return Response(
        answer.body if body is None else body, status or answer.status, lines=answer.lines if lines is None else lines
    )


def _guids(request: Request) -> list[str]:
    return cast("list[str]", request.headers.getall("guid", []))


def _is_poll(request: Request) -> bool:
    return "/agentevent/" in request.raw_path


def _agent(request: Request) -> str:
    return next(iter(re.findall(r"/(\d+)", request.raw_path)), "")


def _handed(answer: Response) -> str:
    return next(iter(re.findall(r"Set-GUID: JSESSIONID=(\S+)", answer.lines)), "")


def _in_lines(pattern: str, into: str, where: Callable[[Request], bool] = lambda _: True) -> Wrap:
    def change(request: Request, answer: Response) -> Response:
        return _like(answer, lines=re.sub(pattern, into, answer.lines)) if where(request) else answer

    return _answers(change)


def _in_body(pattern: bytes, into: bytes, where: Callable[[Request], bool] = lambda _: True) -> Wrap:
    def change(request: Request, answer: Response) -> Response:
        return _like(answer, body=re.sub(pattern, into, answer.body)) if where(request) else answer

    return _answers(change)


def _other_code(former: str, code: str, where: Callable[[Request], bool], message: str = "") -> Wrap:
    """Another retcode, where the message of the refusal has these words."""
    pattern = f'("message":"[^"]*{message}[^"]*","retcode":)"{former}"'.encode()
    return _in_body(pattern, rb'\1"' + code.encode() + b'"', where)


def _error(answer: Response, retcode: str, status: int = 200) -> Response:
    return _like(answer, body=b'{"message":"no","retcode":"%b"}' % retcode.encode(), status=status)


def _retcode_first(request: Request, answer: Response) -> Response:
    found = json.loads(answer.body)
    if not request.raw_path.endswith("/agentstatus"):
        return answer
    return _like(answer, body=json.dumps(dict(sorted(found.items(), reverse=True)), separators=(",", ":")).encode())


def _takes_others(handle: Handler) -> Handler:
    """Remembers who was handed what, and takes the GUID of another agent."""
    book: dict[str, str] = {}

    async def changed(request: Request) -> AnyResponse:
        answer = await handle(request)
        assert isinstance(answer, Response)
        guids, agent = _guids(request), _agent(request)
        if _handed(answer):
            book[_handed(answer)] = agent
        if guids and book.get(guids[0], agent) != agent:
            return _error(answer, "0")
        return answer

    return changed


def _other_case(request: Request, answer: Response) -> Response:
    names = [name for name in request.headers if name.lower() == "guid"]
    return _error(answer, NO_RIGHT) if names not in ([], ["guid"]) and len(set(names)) == 1 else answer


def _twice(request: Request, answer: Response) -> Response:
    parts = [part.strip() for value in _guids(request) for part in value.split(",")]
    return _error(answer, "000-006", 400) if len(parts) > 1 else answer


def _first_of_two(handle: Handler) -> Handler:
    async def changed(request: Request) -> AnyResponse:
        guids = _guids(request)
        if len(guids) > 1:
            headers = CIMultiDict(request.headers)
            headers["guid"] = guids[0]
            request.headers = CIMultiDictProxy(headers)
        return await handle(request)

    return changed


def _always_forces(handle: Handler) -> Handler:
    async def changed(request: Request) -> AnyResponse:
        if request.method == "PUT" and re.search(r"/onlineagent/\d+$", request.raw_path):
            request.raw_path += "/forcelogin"
        return await handle(request)

    return changed


def _hands_out_again(request: Request, answer: Response) -> Response:
    if not request.raw_path.endswith("/agentstatus") or not _guids(request):
        return answer
    return _like(answer, lines=f"{answer.lines}Set-GUID: JSESSIONID={_guids(request)[0]}\r\n")


def _makes_two(handle: Handler) -> Handler:
    """Polls that come within 0.3 s get GUIDs of their own."""
    came_s: dict[str, float] = {}

    async def changed(request: Request) -> AnyResponse:
        guid = next(iter(_guids(request)), "")
        together = _is_poll(request) and time.monotonic() - came_s.get(guid, 0) < 0.3
        if _is_poll(request):
            came_s[guid] = time.monotonic()
        answer = await handle(request)
        assert isinstance(answer, Response)
        return _like(answer, lines=answer.lines.replace("JSESSIONID=", "JSESSIONID=f")) if together else answer

    return changed


def _slow_first_poll(handle: Handler) -> Handler:
    fresh: set[str] = set()

    async def changed(request: Request) -> AnyResponse:
        agent = _agent(request)
        if request.method == "PUT" and "forcelogin" in request.raw_path:
            fresh.add(agent)
        elif _is_poll(request) and agent in fresh:
            fresh.discard(agent)
            await asyncio.sleep(1.3)
        return await handle(request)

    return changed


def _repeats_notes(handle: Handler) -> Handler:
    kept: dict[str, Response] = {}

    async def changed(request: Request) -> AnyResponse:
        agent = _agent(request)
        if _is_poll(request) and agent in kept:
            return kept.pop(agent)
        answer = await handle(request)
        if isinstance(answer, Response) and _is_poll(request) and b"Note" in answer.body:
            kept[agent] = answer
        return answer

    return changed


def _young_too(use: Callable[..., rules.Use]) -> Callable[..., rules.Use]:
    def changed(session: Session, number: int, limits: Limits, now_ms: int, *, hands_out: bool) -> rules.Use:
        if number == session.number == 0 and hands_out:
            made = rules._make_next(rules._adopt(session, now_ms), limits, now_ms)
            return rules.Use(made, made.number, made=True)
        return use(session, number, limits, now_ms, hands_out=hands_out)

    return changed


def _newer_for_left(use: Callable[..., rules.Use]) -> Callable[..., rules.Use]:
    def changed(session: Session, number: int, limits: Limits, now_ms: int, *, hands_out: bool) -> rules.Use:
        found = use(session, number, limits, now_ms, hands_out=hands_out)
        return found._replace(hand_out=session.number) if number < session.number and hands_out else found

    return changed


def _not_of_parent(renew: Callable[..., rules.Use | None]) -> Callable[..., rules.Use | None]:
    def changed(session: Session, number: int, limits: Limits, now_ms: int) -> rules.Use | None:
        return renew(session, number, limits, now_ms) if number >= session.number else None

    return changed


def _newest_dies(handle: Handler) -> Handler:
    """Remembers when an agent was handed its newest GUID, and refuses that too when it is old."""
    newest: dict[str, tuple[str, float]] = {}

    async def changed(request: Request) -> AnyResponse:
        answer = await handle(request)
        assert isinstance(answer, Response)
        guid, since_s = newest.get(_agent(request), ("", 0.0))
        if _handed(answer):
            newest[_agent(request)] = (_handed(answer), time.monotonic())
        too_old = guid in _guids(request) and time.monotonic() - since_s > TIMEOUT_S
        return _error(answer, NO_RIGHT) if too_old and request.raw_path.endswith("/agentstatus") else answer

    return changed


def _quiet_add(add: Callable[..., bool]) -> Callable[..., bool]:
    def changed(queue: MemoryEventQueue, *given: Any) -> bool:
        wakes, queue._wakes = queue._wakes, []
        try:
            return add(queue, *given)
        finally:
            queue._wakes = wakes

    return changed


def _two_polls(enter: Callable[..., Parked]) -> Callable[..., Parked]:
    def changed(parking: Any, agent_id: int, session_id: str = "") -> Parked:
        parking._parked.pop(agent_id, None)
        return enter(parking, agent_id, session_id)

    return changed


def _no_rest(_rest: object) -> Callable[..., Awaitable[None]]:
    async def changed(_hold: object) -> None:
        return None

    return changed


def _newest_state(add: Callable[..., bool]) -> Callable[..., bool]:
    """Only the newest change between busy and not busy is kept."""

    def changed(queue: MemoryEventQueue, agent_id: int, session_id: str, events: Any, note: Any = None) -> bool:
        there = queue._queues.get(agent_id)
        if there is not None and any(b"NotReady" in event.body for event in events):
            for old in [one for one in there.events if b"NotReady" in one.body]:
                there.events.remove(old)
        return add(queue, agent_id, session_id, events, note)

    return changed


def _swapped(add: Callable[..., bool]) -> Callable[..., bool]:
    def changed(queue: MemoryEventQueue, agent_id: int, session_id: str, events: Any, note: Any = None) -> bool:
        done = add(queue, agent_id, session_id, events, note)
        there = queue._queues.get(agent_id)
        if there is not None and sum(b"Note" in event.body for event in there.events) > 1:
            last = there.events.pop()
            there.events.insert(len(there.events) - 1, last)
        return done

    return changed


def _dropped(add: Callable[..., bool]) -> Callable[..., bool]:
    """The third note of each session is."""
    seen: dict[str, int] = {}

    def changed(queue: MemoryEventQueue, agent_id: int, session_id: str, events: Any, note: Any = None) -> bool:
        kept = []
        for event in events:
            seen[session_id] = seen.get(session_id, 0) + (b"Note" in event.body)
            if b"Note" not in event.body or seen[session_id] != 3:
                kept.append(event)
        return add(queue, agent_id, session_id, kept, note)

    return changed


def _hands_down(_open: object) -> Callable[..., None]:
    def changed(queue: MemoryEventQueue, agent_id: int, session_id: str) -> None:
        former = queue._queues.get(agent_id)
        queue._queues[agent_id] = _Queue(session_id)
        if former is not None:
            queue._queues[agent_id].events = former.events
        queue.wake(agent_id)

    return changed


def _always(value: object) -> Callable[[Any], Callable[..., object]]:
    return lambda _original: lambda *_given, **_named: value


def _late(due_in_s: Callable[..., float]) -> Callable[..., float]:
    return lambda *given: due_in_s(*given) + 60


RULES: Final = "gateway.sessions.rules"
QUEUE: Final = "gateway.sessions.memory_store:MemoryEventQueue"
POLL: Final = "gateway.events.poll"
ROTATION: Final = frozenset({"guid-ends-poll", "guid-again", "guid-once", "guid-grace", "guid-dies", "guid-left"})

FAULTS: Final[Mapping[str, Fault]] = {
    "set-guid-header": Fault(_in_lines("Set-GUID", "Set-Guid")),
    "guid-header": Fault(_in_lines("(?m)^Guid: .*\n", "")),
    "envelope": Fault(_answers(_retcode_first)),
    "content-type": Fault(_in_lines(";charset=UTF-8", "")),
    "doubled-slash": Fault(
        _answers(lambda asked, answer: _error(answer, "000-002", 404) if "//" in asked.raw_path else answer)
    ),
    "unknown-path": Fault(_answers(lambda _, answer: _like(answer, status=200) if answer.status == 404 else answer)),
    "guid-required": Fault(_other_code(NO_RIGHT, NOT_SIGNED_IN, lambda asked: not _guids(asked))),
    "guid-unknown": Fault(_other_code(NO_RIGHT, NOT_SIGNED_IN, lambda asked: ZERO in "".join(_guids(asked)))),
    "guid-of-another": Fault(_takes_others),
    "guid-any-case": Fault(_answers(_other_case)),
    "guid-twice": Fault(_answers(_twice)),
    "guid-two": Fault(_first_of_two),
    "guid-signed-out": Fault(_other_code(NOT_SIGNED_IN, NO_RIGHT, lambda _: True, "the agent signed out")),
    "already-signed-in": Fault(_always_forces),
    "take-over": Fault(_other_code(NOT_SIGNED_IN, NO_RIGHT, lambda _: True, "by force")),
    "guid-young": Fault(plant={f"{RULES}:use": _young_too}),
    "guid-polls-only": Fault(_answers(_hands_out_again)),
    "update-guid": Fault(_in_body(b'"guid":"', b'"guid":"JSESSIONID=')),
    "update-guid-retry": Fault(plant={f"{RULES}:renew": _not_of_parent}),
    "guid-rotates": Fault(_in_lines("Set-GUID: .*\r\n", "", _is_poll), untests=ROTATION),
    "guid-ends-poll": Fault(plant={f"{POLL}:_Poll:_due_in_s": _late}, settings={"MAXTIME": "120000"}),
    "guid-again": Fault(plant={f"{RULES}:_is_handed_again": _always(False)}),
    "guid-once": Fault(_makes_two),
    "guid-grace": Fault(plant={f"{RULES}:_in_grace": lambda _: lambda former, *_given: not former.left_ms}),
    "guid-dies": Fault(plant={f"{RULES}:_in_grace": _always(True)}),
    "guid-left": Fault(plant={f"{RULES}:use": _newer_for_left}),
    "heartbeat-guid": Fault(_in_lines("Set-GUID: .*\r\n", "", lambda asked: "handshake" in asked.raw_path)),
    "guid-current": Fault(_newest_dies),
    "poll-empty": Fault(_in_body(rb'^{"message":"","retcode":"0"}$', b'{"message": "", "retcode": "0"}')),
    "poll-held": Fault(settings={"AGENT_POLL_WAIT_TIMES": "18"}),
    "poll-woken": Fault(plant={f"{QUEUE}:add": _quiet_add}),
    "poll-newer": Fault(plant={"gateway.events.parking:Parking:enter": _two_polls}),
    "poll-refused-rests": Fault(plant={"gateway.events.parking:Hold:rest": _no_rest}),
    "poll-backlog": Fault(_slow_first_poll),
    "poll-event": Fault(_in_body(rb'"eventGenTime":(\d+)', rb'"eventGenTime":"\1"')),
    "poll-displaced": Fault(plant={f"{POLL}:_was_displaced": _always(False)}),
    "poll-one-by-one": Fault(plant={f"{QUEUE}:add": _newest_state}),
    "event-order": Fault(plant={f"{QUEUE}:add": _swapped}),
    "event-once": Fault(_repeats_notes),
    "event-lost": Fault(plant={f"{QUEUE}:add": _dropped}),
    "event-cut": Fault(
        plant={
            "gateway.events.parking:Parked:leave_alone": _always(None),
            "gateway.events.delivery:Sent:has_arrived": _always(True),
        }
    ),
    "event-session": Fault(plant={f"{QUEUE}:open_session": _hands_down}),
    "event-agent": Fault(_in_body(rb'"workNo":"\d+"', b'"workNo":"1"')),
}
"""The rule that each breaks, and how."""
