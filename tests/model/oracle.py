"""What docs/protocol.md says of one agent's sessions, written from its text alone: it shares no code with the gateway.

Where the text leaves a choice, the oracle makes the one of the gateway: a rotation forgets superseded generations whose
grace is over; the end of a session is told to bearers of its last 9 generations; a sign-in of a dead node holds the
agent for 10 s; what a rehearsal keeps is noted with the first request in it that changes anything else or is a call or
poll. Times are in ms.
"""

import hashlib
import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

TEN_MINUTES = 600_000
SIGN_IN_HELD = 10_000
NO_RIGHT, NOT_SIGNED_IN = "000-003", "100-006"


@dataclass
class Site:
    """Time, settings and outages, the same for all agents."""

    now: int
    secret: bytes
    rotating: bool = True
    interval: int = 60_000
    timeout: int = 120_000
    hold: int = 10_000
    rehearsal: bool = False
    reuse_signs_out: bool = False
    max_time: int = 120_000
    push_time: int = 120_000
    longest: int = 0
    static_agents: set[int] = field(default_factory=set)
    waiting_agents: set[int] = field(default_factory=set)
    """Those whose turn AUTHMODE_PERCENT has not come to: they follow AUTHMODE 1."""
    outages: list[tuple[int, int]] = field(default_factory=list)

    def end_of(self, start: int, life: int) -> int:
        """When a limit begun at `start` runs out; each return of the store within it starts it again."""
        for begin, back in self.outages:
            if back > start and begin - start < life:
                start = back
        return start + life

    def as_now(self) -> "Site":
        """What is so at this moment, to be asked later."""
        return replace(self, outages=list(self.outages))

    def spelled(self, life: "Life", number: int) -> str:
        """The GUID of a generation."""
        digest = hmac.new(self.secret, f"{life.id}:{number}".encode(), hashlib.sha256).hexdigest()
        parts = [digest[begin:end] for begin, end in ((0, 8), (8, 12), (12, 16), (16, 20), (20, 32))]
        return "-".join(parts) + "." + life.node


@dataclass
class Generation:
    """One GUID of a session; each of the times is None until it happens.

    `replaced`: its successor was made. `handed`: its client is known to have got that, and the grace begins.
    `lived_on`: a rehearsal has let it live, so that whoever holds it is no thief.
    """

    made: int
    adopted: int | None = None
    replaced: int | None = None
    handed: int | None = None
    lived_on: bool = False


@dataclass
class Life:
    """A live session; its newest generation is the current one."""

    id: str
    node: str
    started: int
    seen: int
    push: bool
    generations: dict[int, Generation]
    rehearsed: int | None = None
    """The first generation that was good when the rehearsal began."""
    events: list[str] = field(default_factory=list)
    """Those that have not arrived yet, oldest first."""

    @property
    def current(self) -> int:
        return max(self.generations)

    @property
    def last_adopted(self) -> int:
        unused = self.current > 0 and self.generations[self.current].adopted is None
        return self.current - 1 if unused else self.current

    @property
    def used(self) -> bool:
        return self.current > 0 or self.generations[0].adopted is not None


@dataclass
class Ended:
    """A former session."""

    id: str
    last: int
    at: int
    reason: str


@dataclass
class Facts:
    """What is so of an agent at one moment; a fail-over brings a former moment back."""

    live: Life | None = None
    ended: list[Ended] = field(default_factory=list)
    signing_in: tuple[int, int] | None = None
    """Which sign-in holds the agent, and until when."""


@dataclass
class Agent:
    """One agent as the text says it should be. `issued` outlives every fail-over: GUID -> session id and number."""

    site: Site
    number: int
    may_be_forced: bool = True
    facts: Facts = field(default_factory=Facts)
    issued: dict[str, tuple[str, int]] = field(default_factory=dict)
    reuses: int = 0
    """How many theft signs there were."""
    pushed: dict[str, bool] = field(default_factory=dict)
    """Whether the events of a session are pushed."""

    @contextmanager
    def by(self, site: Site) -> Iterator[None]:
        """What was so at an earlier moment decides."""
        now, self.site = self.site, site
        try:
            yield
        finally:
            self.site = now

    def alive(self, session: str) -> Life | None:
        """The live session, if it is this one."""
        live = self.facts.live
        return live if live is not None and live.id == session else None

    # Check

    def check(self, guid: str) -> int | str:
        """The generation that `guid` stands for, or how its bearer is refused."""
        session, number = self.issued.get(guid, ("", -1))
        live = self.alive(session)
        if live is not None and self.is_good(live, number):
            return number
        for ended in self.facts.ended[:4]:
            if ended.id == session and self.site.now < ended.at + TEN_MINUTES and -8 <= number - ended.last <= 2:
                return f"{NOT_SIGNED_IN} {ended.reason}"
        return NO_RIGHT if self.facts.live is not None else NOT_SIGNED_IN

    def is_good(self, live: Life, number: int) -> bool:
        if number >= live.current:
            return number <= live.current + 2
        if self.lives_on(live, number):
            return True
        former = live.generations.get(number)
        return former is not None and self.in_grace(former)

    def lives_on(self, live: Life, number: int) -> bool:
        """Whether AUTHMODE or a rehearsal lets a superseded generation live, whatever became of its grace."""
        if not self.lenient:
            return False
        rehearsed = live.rehearsed is not None and live.rehearsed <= number and live.current - number <= 1_500
        return number == live.last_adopted or rehearsed

    @property
    def lenient(self) -> bool:
        return self.site.rehearsal or not self.is_dynamic or self.number in self.site.static_agents

    @property
    def rotates(self) -> bool:
        return (self.is_dynamic or self.site.rehearsal) and self.number not in self.site.static_agents

    @property
    def is_dynamic(self) -> bool:
        """Whether AUTHMODE 2 is in force for the agent, but for the list and a rehearsal."""
        return self.site.rotating and self.number not in self.site.waiting_agents

    def in_grace(self, former: Generation) -> bool:
        return former.handed is None or self.site.now < self.grace_ends(former.handed)

    def grace_ends(self, handed: int) -> int:
        return self.site.end_of(handed, self.site.timeout - self.site.interval)

    # Rotation

    def use(self, live: Life, number: int, *, hands_out: bool) -> str:
        """A request of this generation; the GUID that its answer hands out, or ""."""
        self.settle(live, number)
        self.catch_up(live, number)
        current = live.generations[live.current]
        if number == live.current:
            self.adopt(live)
            if hands_out and self.comes_of_age(current):
                return self.make_next(live)
        elif number == live.current - 1 and current.adopted is None and hands_out and self.rotates:
            return self.site.spelled(live, live.current)
        return ""

    def settles(self, live: Life, number: int) -> bool:
        """Whether a use of this generation notes the begin of a rehearsal, or takes back a hand-out."""
        begins = self.site.rehearsal and live.rehearsed is None
        return begins or (self.lenient and self.was_handed(live, number))

    def was_handed(self, live: Life, number: int) -> bool:
        """Whether this is the last adopted one and its successor is known to have been handed out."""
        return number == live.last_adopted != live.current and live.generations[number].handed is not None

    def settle(self, live: Life, number: int) -> None:
        if self.site.rehearsal and live.rehearsed is None:
            good = [old for old in live.generations if old < live.current and self.is_good(live, old)]
            live.rehearsed = min([*good, live.last_adopted])
        if self.lenient and self.was_handed(live, number):
            live.generations[number].handed = None

    def note(self, session: str, number: int) -> None:
        """The client is known to have got an answer that handed out this generation."""
        live = self.alive(session)
        if live is not None and number == live.current > 0 and not self.lenient:
            self.hand(live)

    def hand(self, live: Life) -> None:
        """What is superseded and does not know its hand-out yet knows it from now."""
        for number, former in live.generations.items():
            if number != live.current and former.handed is None:
                former.handed = self.site.now

    def update_guid(self, live: Life, number: int) -> str:
        """updateGuid: the next GUID, the same again for a retry, or NO_RIGHT."""
        if number >= live.current:
            self.settle(live, number)
            self.catch_up(live, number)
            self.adopt(live)
            return self.make_next(live)
        if number == live.current - 1 and live.generations[live.current].adopted is None:
            return self.site.spelled(live, live.current)
        return NO_RIGHT

    def comes_of_age(self, current: Generation) -> bool:
        return self.rotates and self.site.now >= current.made + self.site.interval

    def adopt(self, live: Life) -> None:
        current = live.generations[live.current]
        if current.adopted is None:
            current.adopted = self.site.now
            self.hand(live)

    def make_next(self, live: Life) -> str:
        now, current = self.site.now, live.current
        if live.rehearsed is not None and not self.lenient:
            for number, former in live.generations.items():
                if live.rehearsed <= number < current:
                    former.handed, former.lived_on = now, True
            live.rehearsed = None
        for number in list(live.generations):
            if number != current and not self.is_good(live, number):
                del live.generations[number]
        live.generations[current].replaced = now
        self.add(live, current + 1, Generation(now))
        return self.site.spelled(live, live.current)

    def catch_up(self, live: Life, number: int) -> None:
        now = self.site.now
        while live.current < number:
            live.generations[live.current].replaced = now
            self.add(live, live.current + 1, Generation(now, adopted=now))
            self.hand(live)

    def add(self, live: Life, number: int, made: Generation) -> None:
        live.generations[number] = made
        self.issued[self.site.spelled(live, number)] = (live.id, number)
        for oldest in sorted(live.generations)[:-9]:
            del live.generations[oldest]

    # Theft sign

    def is_reuse(self, live: Life, number: int) -> bool:
        """A superseded GUID on a poll that begins now, too long after its successor was adopted."""
        if not self.site.rehearsal and live.rehearsed is not None and live.rehearsed <= number and self.lenient:
            return False
        adopted = self.left(live, number)
        return adopted is not None and self.site.now > adopted + self.site.hold + 2_000

    def left(self, live: Life, number: int) -> int | None:
        """When the owner moved on from this superseded generation, so far as is known."""
        former, successor = live.generations.get(number), live.generations.get(number + 1)
        if former is None or successor is None or former.lived_on:
            return None
        return successor.adopted

    def moved_on(self, guid: str) -> bool:
        """Whether the owner of this GUID uses a newer one, or the session is over."""
        session, number = self.issued[guid]
        live = self.alive(session)
        if live is None or number < live.current - 1:
            return True
        return number == live.current - 1 and live.generations[live.current].adopted is not None

    # Session

    def reserve(self, sign_in: int, *, force: bool) -> str:
        """ "" when the sign-in may go on, else its retcode."""
        held, live, now = self.facts.signing_in, self.facts.live, self.site.now
        if held is not None and held[0] != sign_in and now < held[1]:
            return "100-021"
        if live is not None and (live.used or now <= live.generations[0].made + 15_000):
            if not force:
                return "100-002"
            if not self.may_be_forced:
                return "100-015"
        self.facts.signing_in = (sign_in, now + SIGN_IN_HELD)
        return ""

    @property
    def in_use(self) -> bool:
        """Whether a session lives that somebody has used."""
        return self.facts.live is not None and self.facts.live.used

    def holds(self, sign_in: int) -> bool:
        return self.facts.signing_in is not None and self.facts.signing_in[0] == sign_in

    def abandon(self, sign_in: int) -> None:
        if self.holds(sign_in):
            self.facts.signing_in = None

    def open(self, session: str, node: str, began: int, *, force: bool, push: bool) -> str:
        """The reserved sign-in opens its session, which counts from when that began; its first GUID."""
        now = self.site.now
        if self.facts.live is not None:
            self.end(self.facts.live.id, TAKEN_OVER if force else REPLACED)
        live = Life(session, node, began, now, push, {})
        self.pushed[session] = push
        self.add(live, 0, Generation(now))
        self.facts.live, self.facts.signing_in = live, None
        return self.site.spelled(live, 0)

    def end(self, session: str, reason: str) -> bool:
        """Ends this very session, if it lives."""
        live = self.alive(session)
        if live is None:
            return False
        self.facts.live = None
        self.facts.ended.insert(0, Ended(live.id, live.current, self.site.now, reason))
        return True

    def is_too_old(self, live: Life) -> bool:
        return 0 < self.site.longest <= self.site.now - live.started

    def idle_ends(self, live: Life) -> int:
        return self.site.end_of(live.seen, self.site.push_time if live.push else self.site.max_time)

    def see(self, live: Life, *, heartbeat: bool) -> None:
        """An authenticated request: any counts in polling mode, only a heartbeat in push mode."""
        if heartbeat or not live.push:
            live.seen = self.site.now

    def take(self, live: Life, receipt: str) -> str:
        """A poll whose client has got this event; the next one, if any."""
        if live.events[:1] == [receipt]:
            del live.events[0]
        return live.events[0] if live.events else ""


SIGNED_OUT = "the agent signed out"
TAKEN_OVER = "the agent signed in elsewhere by force"
REPLACED = "the agent signed in again before this session was used"
IDLE = "signed out: no request of the agent within the time limit"
TOO_OLD = "signed out: the session reached its longest duration"
REUSED = "signed out: a GUID was used again after its replacement"
