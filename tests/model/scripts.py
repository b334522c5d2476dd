"""What each request should answer, step by step: one `yield` for each access to the store, sent what happens to it."""

from collections.abc import Generator
from dataclasses import replace
from typing import Protocol

from tests.model.gates import Fault
from tests.model.oracle import (
    NO_RIGHT,
    NOT_SIGNED_IN,
    REPLACED,
    REUSED,
    SIGNED_OUT,
    TAKEN_OVER,
    TOO_OLD,
    Agent,
    Life,
    Site,
)

DONE, UNAVAILABLE = "0", "503"
LOST = {Fault.BEFORE, Fault.AFTER}
SAME_TIME = 20
"""ms"""

Script = Generator[None, Fault, str]


def done(guid: str) -> str:
    """Success, with the GUID that is handed out, if any."""
    return f"{DONE} {guid}" if guid else DONE


def call(agent: Agent, guid: str, *, hands_out: bool) -> Script:
    """Any call of an agent; `hands_out` for a poll or heartbeat."""
    if (yield) in LOST:
        return UNAVAILABLE
    return (yield from judged(agent, guid, hands_out=hands_out))


def judged(agent: Agent, guid: str, *, hands_out: bool) -> Script:
    """What becomes of a request by the record as it is now."""
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


class Polling(Protocol):
    """A poll: the event that its client has got, what it should bring.

    How it looks at the store is the gateway's choice; the answer must be right whatever it chose.
    """

    receipt: str
    brings: str
    access: str

    @property
    def turned_away(self) -> bool: ...


def poll(agent: Agent, guid: str, asked: Polling) -> Script:
    """One that begins with a look was judged by what its node knew when it came."""
    came = agent.site.as_now()
    session, number = agent.issued.get(guid, ("", -1))
    accepted = False
    if (fault := (yield)) in LOST:
        if asked.access == "look" and fault is Fault.AFTER:
            confirm(agent, session, asked)
        return UNAVAILABLE
    if asked.access == "look" and not asked.turned_away:
        return presumed(agent, guid, came, asked)
    answer = yield from judged(agent, guid, hands_out=True)
    if is_done(answer):
        accepted = True
        answer = yield from looks(agent, session, number, asked, answer)
    return held(agent, session, answer, came, accepted=accepted)


def presumed(agent: Agent, guid: str, came: Site, asked: Polling) -> str:
    """The settings and the age of its generation are those of when it came, its grace is that of now."""
    with agent.by(replace(came, now=agent.site.now)):
        number, live = agent.check(guid), agent.facts.live
    if isinstance(number, str):
        return number
    assert live is not None
    with agent.by(came):
        if agent.is_too_old(live) or agent.is_reuse(live, number) or changes(agent, live, number, hands_out=True):
            return "it may not be presumed"
        handed = agent.use(live, number, hands_out=True)
    agent.see(live, heartbeat=True)
    asked.brings = agent.take(live, asked.receipt)
    return done(handed)


def confirm(agent: Agent, session: str, asked: Polling) -> None:
    """The look arrived, its answer did not."""
    live = agent.alive(session)
    if live is not None and not asked.turned_away:
        agent.take(live, asked.receipt)


def looks(agent: Agent, session: str, number: int, asked: Polling, answer: str) -> Script:
    """Looks of a poll that was accepted, until one finds the record that it knows."""
    while True:
        if (fault := (yield)) in LOST:
            if fault is Fault.AFTER:
                confirm(agent, session, asked)
            return UNAVAILABLE
        live = agent.alive(session)
        if not asked.turned_away and live is not None:
            agent.see(live, heartbeat=True)
            asked.brings = agent.take(live, asked.receipt)
            return answer
        answer = yield from use(agent, session, number, hands_out=True)
        if not is_done(answer):
            return answer


def is_done(answer: str) -> bool:
    """Whether the request is accepted."""
    return answer == DONE or answer.startswith(f"{DONE} ")


def held(agent: Agent, session: str, answer: str, came: Site, *, accepted: bool) -> str:
    """A poll that came before another session took the place of its own ends empty."""
    over = next((over for over in agent.facts.ended[:4] if over.id == session), None)
    if over is None or over.reason not in {TAKEN_OVER, REPLACED} or answer != f"{NOT_SIGNED_IN} {over.reason}":
        return answer
    return DONE if accepted or over.at - came.now > SAME_TIME else answer


def look_again(agent: Agent, session: str, number: int, asked: Polling) -> Script:
    """A parked poll, accepted when it arrived, looks whether there is something for it now.

    By what it knew it may find something to write; what is written is right for the record as it is now.
    """
    came, answer = agent.site.as_now(), ""
    while True:
        fault = yield
        if fault is Fault.BEFORE or (fault is Fault.AFTER and asked.access == "look"):
            return UNAVAILABLE
        live = agent.alive(session)
        if live is None:
            return refusal(agent, session)
        if asked.access == "write":
            answer = done(agent.use(live, number, hands_out=True))
            if fault is Fault.AFTER:
                return UNAVAILABLE
        elif not asked.turned_away:
            agent.see(live, heartbeat=True)
            return answer or known_before(agent, live, number, came)
        elif not changes(agent, live, number, hands_out=True):
            answer = done(agent.use(live, number, hands_out=True))


def known_before(agent: Agent, live: Life, number: int, came: Site) -> str:
    """What a poll answers that knew all when it began to look again."""
    with agent.by(came):
        if changes(agent, live, number, hands_out=True):
            return "it had something to write"
        return done(agent.use(live, number, hands_out=True))


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
    """A sign-in: its number, when it began, and the id of its session once the backend was asked."""

    number: int
    began: int
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
        guid = agent.open(asked.session_id, node, asked.began, force=force, push=push)
    if fault in LOST:
        if (yield) is not Fault.BEFORE:
            agent.end(asked.session_id, REPLACED)
            agent.abandon(asked.number)
        return UNAVAILABLE
    return done(guid) if guid else UNAVAILABLE
