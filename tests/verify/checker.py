"""Judges a history afterwards: pure, no I/O.

See docs/protocol.md, Sessions; docs/design/optimistic_swap.md; docs/design/events.md; docs/design/failure.md.

Only what is sure counts. Where the history leaves room for an innocent reading, nothing is said.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import combinations, pairwise

from tests.failover import history as sessions
from tests.failover.history import Fact, Kind, Outcome
from tests.verify.history import History, Op, Result, What

ONE = "an agent has one session"
EXPIRED = "no GUID is accepted after its time"
REVOKED = "no GUID is accepted after its session ended"
REFUSED = "no valid GUID is refused"
SIGNED_OUT = "nobody is signed out without having asked for it"
LOST = "no acknowledged sign-in is lost"
UNDONE = "no acknowledged sign-out is undone"
EVENTS = "no acknowledged event is lost"
ORDER = "events come in order"
PROMISES = (ONE, EXPIRED, REVOKED, REFUSED, SIGNED_OUT, LOST, UNDONE, EVENTS, ORDER)

SAFETY_S = 0.25
"""An expired GUID counts only so long after the latest time at which it can have expired."""
WRONG, OVER, TAKEN, BUSY = "000-003", "100-006", "100-002", "100-021"

_KINDS = {What.SIGN_IN: Kind.SIGN_IN, What.TAKE_OVER: Kind.TAKE_OVER, What.SIGN_OUT: Kind.SIGN_OUT}
_BROKEN = {
    sessions.LOST: LOST,
    sessions.SIGNED_OUT: SIGNED_OUT,
    sessions.REFUSED: REFUSED,
    sessions.UNDONE: UNDONE,
    sessions.VICTIMS: REVOKED,
    sessions.REVIVED: REVOKED,
}


@dataclass(frozen=True, slots=True)
class Violation:
    """A promise that was broken, by this operation."""

    promise: str
    op: Op


@dataclass
class Judgement:
    """What was found in one history, and how often each promise was put to the test."""

    play: str
    violations: list[Violation] = field(default_factory=list)
    tested: Counter[str] = field(default_factory=Counter)


def judge(history: History) -> Judgement:
    """Judges one play."""
    found = Judgement(history.play)
    of_agents: dict[int, list[Op]] = defaultdict(list)
    for op in sorted(history.ops, key=lambda op: op.sent_s):
        of_agents[op.agent].append(op)
    for ops in of_agents.values():
        _judge_agent(ops, history, found)
    _judge_events(history.ops, found)
    return found


def _judge_agent(ops: list[Op], history: History, found: Judgement) -> None:
    lives = _guids(ops, history)
    made = [_fact(op, lives) for op in ops]
    by_fact = dict(zip(map(id, made), ops, strict=True))
    for fault in sessions.faults(made, lambda fact: _excused(by_fact[id(fact)], history)):
        found.violations.append(Violation(_BROKEN[fault.name], by_fact[id(fault.fact)]))
    for op in ops:
        if op.what in _KINDS:
            continue
        if op.sent_s > lives[op.session, op.guid].dead_from_s:
            found.tested[EXPIRED] += 1
            if op.result is Result.OK:
                found.violations.append(Violation(EXPIRED, op))
    found.violations += [Violation(ONE, op) for op in _two_sessions(ops, history)]
    found.violations += [Violation(LOST, op) for op in _nobody_left(ops)]
    found.tested.update(_tested(ops))


def _tested(ops: list[Op]) -> Iterator[str]:
    for op in ops:
        if op.result is Result.OK and op.begins:
            yield from (ONE, LOST)
        elif op.result is Result.OK and op.what is What.SIGN_OUT:
            yield UNDONE
        elif op.result is Result.OK:
            yield from (REFUSED, SIGNED_OUT)
        elif op.said.startswith(OVER):
            yield REVOKED


def _excused(op: Op, history: History) -> bool:
    """A node that is cut off with the former primary may accept for as long as it may take until it knows."""
    return any(t.node == op.node and t.from_s <= op.sent_s <= t.to_s for t in history.troubles if t.node >= 0)


# -- Sessions ----------------------------------------------------------------------------------------------------------


def _fact(op: Op, lives: "dict[tuple[int, int], _Guid]") -> Fact:
    outcome = _outcome(op)
    if outcome is Outcome.WRONG and op.done_s >= lives[op.session, op.guid].good_until_s:
        outcome = Outcome.DOUBT
    session = op.session if not op.begins or op.result is Result.OK else 0
    kind = _KINDS.get(op.what, Kind.CALL)
    return Fact(op.agent, kind, session, op.node, op.sent_s, op.done_s, outcome, op.said)


def _outcome(op: Op) -> Outcome:
    if op.result is Result.UNKNOWN:
        return Outcome.DOUBT
    if op.result is Result.OK:
        return Outcome.ACCEPTED
    if op.said.startswith(OVER):
        return Outcome.ENDED if op.said != OVER else Outcome.UNKNOWN_SESSION
    known = {WRONG: Outcome.WRONG, TAKEN: Outcome.TAKEN}
    return known.get(op.said, Outcome.DOUBT if op.begins or op.what is What.SIGN_OUT else Outcome.ACCEPTED)


def _two_sessions(ops: list[Op], history: History) -> Iterator[Op]:
    """Acceptances of two sessions after both were there; and a sign-in without force beside one that is used later."""
    begun = {op.session: op for op in ops if op.begins and op.result is Result.OK}
    used: dict[int, list[Op]] = defaultdict(list)
    for op in ops:
        if op.result is Result.OK and not op.begins and op.what is not What.SIGN_OUT and not _excused(op, history):
            used[op.session].append(op)
    for one, other in combinations(sorted(begun), 2):
        both_s = max(begun[one].done_s, begun[other].done_s)
        late = [next((op for op in used[session] if op.sent_s > both_s), None) for session in (one, other)]
        if late[0] is not None and late[1] is not None:
            yield max(late[0], late[1], key=lambda op: op.sent_s)


def _nobody_left(ops: list[Op]) -> Iterator[Op]:
    """Of simultaneous sign-ins that were acknowledged one must be left: all are refused although nobody left."""
    begun = [op for op in ops if op.begins and op.result is Result.OK]
    for group in _groups(begun):
        if len(group) < 2:
            continue
        from_s, until_s = group[0].sent_s, max(op.done_s for op in group)
        mine = {op.session for op in group}
        next_s = min((op.sent_s for op in ops if _may_end(op, mine) and op.sent_s >= until_s), default=math.inf)
        meanwhile = [op for op in ops if _may_end(op, mine) and from_s <= op.sent_s < until_s and op not in group]
        if any(op.result is not Result.FAIL for op in meanwhile):
            continue
        refused = {
            op.session: op
            for op in ops
            if op.session in mine and until_s < op.sent_s and op.done_s < next_s and op.said.startswith(OVER)
        }
        if set(refused) == mine:
            yield max(refused.values(), key=lambda op: op.sent_s)


def _may_end(op: Op, mine: set[int]) -> bool:
    return op.begins or (op.what is What.SIGN_OUT and op.session in mine)


def _groups(begun: list[Op]) -> Iterator[list[Op]]:
    """Sign-ins that overlap, one by another."""
    group: list[Op] = []
    for op in sorted(begun, key=lambda op: op.sent_s):
        if group and op.sent_s > max(each.done_s for each in group):
            yield group
            group = []
        group.append(op)
    if group:
        yield group


# -- GUIDs -------------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Guid:
    """Accepted for certain until `good_until_s`, refused for certain from `dead_from_s`."""

    good_until_s: float = math.inf
    dead_from_s: float = math.inf


def _guids(ops: list[Op], history: History) -> "dict[tuple[int, int], _Guid]":
    """By session and number. A GUID is replaced no earlier than the poll left that may have done it.

    It dies a grace after a later one was used, at the latest; where the site was in trouble meanwhile, which may have
    lost the note of that, a grace after the first use that followed.
    """
    found: dict[tuple[int, int], _Guid] = defaultdict(_Guid)
    of_sessions: dict[int, list[Op]] = defaultdict(list)
    for op in ops:
        of_sessions[op.session].append(op)
    for session, mine in of_sessions.items():
        doubts = _doubts(mine) if ops[0].agent not in history.lenient else {}
        for number, doubt_s in doubts.items():
            found[session, number].good_until_s = doubt_s + history.grace_s
        for number, used_s in _successors_used(mine).items():
            found[session, number].dead_from_s = _dies_s(used_s, history) + SAFETY_S
    return found


def _doubts(ops: list[Op]) -> dict[int, float]:
    """From when on each GUID may have been replaced."""
    steps = sorted([(op.sent_s, 0, op) for op in ops if op.what is What.POLL], key=lambda step: step[0])
    steps += [(op.done_s, 1, op) for op in ops if op.what is What.POLL and op.result is Result.OK and op.kept]
    since: dict[int, float] = {}
    newest = 0
    for at_s, done, op in sorted(steps, key=lambda step: step[:2]):
        if not done and op.guid == newest:
            since[newest] = min(since.get(newest, math.inf), at_s)
        elif done and op.handed > newest:
            newest = op.handed
        elif done and op.guid == newest:
            since.pop(newest, None)
    return since


def _successors_used(ops: list[Op]) -> dict[int, list[float]]:
    """When later GUIDs than each were used, in order."""
    used = sorted((op.done_s, op.guid) for op in ops if op.result is Result.OK and not op.begins)
    newest = max((guid for _, guid in used), default=0)
    return {number: [done_s for done_s, guid in used if guid > number] for number in range(newest)}


def _dies_s(used_s: list[float], history: History) -> float:
    until_s = used_s[0] + history.grace_s
    for trouble in sorted(history.troubles, key=lambda trouble: trouble.from_s):
        if trouble.from_s < until_s and trouble.to_s > used_s[0]:
            noted_s = next((at_s for at_s in used_s if at_s >= trouble.to_s), math.inf)
            until_s = max(until_s, noted_s + history.grace_s)
    return until_s


# -- Events ------------------------------------------------------------------------------------------------------------


def _judge_events(ops: Iterable[Op], found: Judgement) -> None:
    """Whoever gets notes stays signed in to the end, and takes what waits then."""
    ops = list(ops)
    first: dict[tuple[int, str], Op] = {}
    for op in sorted(ops, key=lambda op: op.done_s):
        if op.read:
            first.setdefault((op.agent, op.read), op)
    of_pairs: dict[tuple[int, int], list[Op]] = defaultdict(list)
    for op in sorted(ops, key=lambda op: op.sent_s):
        if op.what is What.NOTE and op.result is Result.OK:
            found.tested[EVENTS] += 1
            if (op.to, op.note) in first:
                of_pairs[op.agent, op.to].append(op)
            else:
                found.violations.append(Violation(EVENTS, op))
    for notes in of_pairs.values():
        for before, after in pairwise(notes):
            if before.done_s < after.sent_s:
                found.tested[ORDER] += 1
                if first[after.to, after.note].done_s < first[before.to, before.note].done_s:
                    found.violations.append(Violation(ORDER, after))
