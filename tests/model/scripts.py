"""What each request should answer, step by step: one `yield` for each access to the store, sent what happens to it."""

from collections.abc import Generator
from typing import Protocol

from tests.model.gates import Fault
from tests.model.oracle import NO_RIGHT, NOT_SIGNED_IN, REPLACED, REUSED, SIGNED_OUT, TOO_OLD, Agent, Life

DONE, UNAVAILABLE = "0", "503"
LOST = {Fault.BEFORE, Fault.AFTER}

Script = Generator[None, Fault, str]


def done(guid: str) -> str:
    """Success, with the GUID that is handed out, if any."""
    return f"{DONE} {guid}" if guid else DONE


def call(agent: Agent, guid: str, *, hands_out: bool) -> Script:
    """Any call of an agent; `hands_out` for a poll or heartbeat."""
    if (yield) in LOST:
        return UNAVAILABLE
    number, live = agent.check(guid), agent.facts.live
    if isinstance(number, str):
        return number
    assert live is not None
    if agent.is_too_old(live):
        return (yield from end(agent, live.id, TOO_OLD, f"{NOT_SIGNED_IN} {TOO_OLD}"))
    if hands_out and agent.is_reuse(live, number):
        agent.reuses += 1
        if agent.site.reuse_signs_out and not agent.site.rehearsal:
            return (yield from end(agent, live.id, REUSED, f"{NOT_SIGNED_IN} {REUSED}"))
    agent.see(live, heartbeat=hands_out)
    return (yield from use(agent, live.id, number, hands_out=hands_out))


def look_again(agent: Agent, session: str, number: int) -> Script:
    """A parked poll, accepted when it arrived, looks whether there is something for it now."""
    if (yield) in LOST:
        return UNAVAILABLE
    return (yield from use(agent, session, number, hands_out=True))


def use(agent: Agent, session: str, number: int, *, hands_out: bool) -> Script:
    live = agent.alive(session)
    if live is None:
        return refusal(agent, session)
    if changes(agent, live, number, hands_out=hands_out):
        fault = yield
        if fault is Fault.BEFORE:
            return UNAVAILABLE
        live = agent.alive(session)
        if live is None:
            return refusal(agent, session)
        handed = agent.use(live, number, hands_out=hands_out)
        return UNAVAILABLE if fault is Fault.AFTER else done(handed)
    return done(agent.use(live, number, hands_out=hands_out))


def changes(agent: Agent, live: Life, number: int, *, hands_out: bool) -> bool:
    """Whether a use of this generation changes anything, so that the store must be written."""
    if agent.settles(live, number):
        return True
    current = live.generations[live.current]
    if number == live.current:
        return current.adopted is None or (hands_out and agent.comes_of_age(current))
    return number > live.current


def note(agent: Agent, guid: str) -> Script:
    """The client is known to have got this GUID."""
    fault = yield
    if fault is not Fault.BEFORE:
        agent.note(*agent.issued[guid])
    return UNAVAILABLE if fault in LOST else DONE


def refusal(agent: Agent, session: str) -> str:
    """How a request ends whose session is over by now."""
    reason = next((ended.reason for ended in agent.facts.ended[:4] if ended.id == session), "")
    if reason:
        return f"{NOT_SIGNED_IN} {reason}"
    return NO_RIGHT if agent.facts.live is not None else NOT_SIGNED_IN


def update_guid(agent: Agent, guid: str) -> Script:
    if (yield) in LOST:
        return UNAVAILABLE
    number, live = agent.check(guid), agent.facts.live
    if isinstance(number, str):
        return number
    assert live is not None
    if agent.is_too_old(live):
        return (yield from end(agent, live.id, TOO_OLD, f"{NOT_SIGNED_IN} {TOO_OLD}"))
    return (yield from renew(agent, live.id, number))


def renew(agent: Agent, session: str, number: int) -> Script:
    fault = yield
    if fault is Fault.BEFORE:
        return UNAVAILABLE
    live = agent.alive(session)
    if live is None:
        return refusal(agent, session)
    handed = agent.update_guid(live, number)
    if fault is Fault.AFTER and handed != NO_RIGHT:
        return UNAVAILABLE
    if handed == NO_RIGHT:
        return NO_RIGHT
    agent.see(live, heartbeat=False)
    return done(handed)


def sign_out(agent: Agent, guid: str) -> Script:
    answer = yield from call(agent, guid, hands_out=False)
    if answer != DONE:
        return answer
    return (yield from end(agent, agent.issued[guid][0], SIGNED_OUT, DONE))


def end(agent: Agent, session: str, reason: str, answer: str) -> Script:
    """The end of this very session, then `answer`."""
    fault = yield
    if fault is not Fault.BEFORE:
        agent.end(session, reason)
    return UNAVAILABLE if fault in LOST else answer


class SignIn(Protocol):
    """A sign-in: its number, and the id of its session once the backend was asked."""

    number: int
    session_id: str


def give_up(agent: Agent, asked: SignIn, answer: str) -> Script:
    """A sign-in that fails lets go of the agent, then `answer`."""
    if (yield) is not Fault.BEFORE:
        agent.abandon(asked.number)
    return answer


def sign_in(agent: Agent, asked: SignIn, node: str, *, force: bool, push: bool) -> Script:
    """Reserve, ask the backend, open."""
    fault = yield
    refused = "" if fault is Fault.BEFORE else agent.reserve(asked.number, force=force)
    if refused:
        return refused
    if fault in LOST:
        return (yield from give_up(agent, asked, UNAVAILABLE))
    if (yield) in LOST:
        return (yield from give_up(agent, asked, UNAVAILABLE))
    fault = yield
    guid = ""
    if fault is not Fault.BEFORE and not force and agent.in_use:
        return (yield from give_up(agent, asked, "100-002"))
    if fault is not Fault.BEFORE and agent.holds(asked.number):
        guid = agent.open(asked.session_id, node, force=force, push=push)
    if fault in LOST:
        if (yield) is not Fault.BEFORE:
            agent.end(asked.session_id, REPLACED)
            agent.abandon(asked.number)
        return UNAVAILABLE
    return done(guid) if guid else UNAVAILABLE
