"""The pages about lock-outs on the admin listener: `/lockouts`, and their end."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pydantic_core import from_json

from gateway.admin.route import AdminCall, AdminRoute
from gateway.agents.lockout import Attempts, Lock
from gateway.audit import trail
from gateway.wire.addresses import network
from gateway.wire.errors import Malformed, NotFound
from gateway.wire.text import iso

AGENT: Final = "agent"
ADDRESS: Final = "address"
ALL: Final = "all"


@dataclass(frozen=True, slots=True)
class LockView:
    """A lock as operators see it: `kind` is `agent` (from that address) or `address` (whoever signs in from there).

    `agent` is a number, or the text that somebody signed in by; None for an address. Times are in ISO 8601 (UTC).
    """

    kind: str
    agent: int | str | None
    address: str
    failures: int
    last: str
    until: str


@dataclass(frozen=True, slots=True)
class LockList:
    """The lock-outs in force, over all nodes."""

    total: int
    lockouts: Sequence[LockView]


@dataclass(frozen=True, slots=True)
class Unlocked:
    """The lock-outs that were in force until now."""

    total: int
    unlocked: Sequence[LockView]


def lockout_routes(attempts: Attempts, address_limit: Callable[[], int], now_ms: Callable[[], int]) -> list[AdminRoute]:
    """The routes; `address_limit` returns LOGIN_ADDRESS_LIMIT, `now_ms` the store's time."""

    async def found() -> Sequence[Lock]:
        return await attempts.locks(address_limit=address_limit(), now_ms=now_ms())

    async def listed(_call: AdminCall) -> object:
        locks = await found()
        return LockList(len(locks), [view(lock) for lock in locks])

    async def unlock(call: AdminCall) -> object:
        """Body: `{"agent": 101}`, `{"address": "192.0.2.7"}`, both, or `{"all": true}`."""
        who, address = _meant(call.body)
        locks = [lock for lock in await found() if is_meant(lock, who, address)]
        if not locks:
            raise NotFound("there is no such lock-out")
        await attempts.unlock(locks)
        for lock in locks:
            agent_id = int(lock.who) if lock.who.isdigit() else None
            trail.record("unlock", agent_id, who=lock.who, address=lock.address)
        return Unlocked(len(locks), [view(lock) for lock in locks])

    return [AdminRoute("GET", "/lockouts", listed), AdminRoute("POST", "/lockouts/unlock", unlock)]


def view(lock: Lock) -> LockView:
    """A lock as operators see it."""
    agent = int(lock.who) if lock.who.isascii() and lock.who.isdigit() else lock.who or None
    kind = AGENT if lock.who else ADDRESS
    return LockView(kind, agent, lock.address, lock.failures, iso(lock.last_ms), iso(lock.until_ms))


def is_meant(lock: Lock, who: str, address: str) -> bool:
    """Whether a lock is of this agent and this address, "" for any. An address stands for its network too."""
    if who and lock.who != who:
        return False
    return not address or network(lock.address) == network(address)


def _meant(body: bytes) -> tuple[str, str]:
    """Agent and address, "" for any. Raises Malformed."""
    try:
        given = from_json(body)
    except ValueError:
        given = None
    wrong = Malformed('body: must be {"agent": ...}, {"address": ...}, both of them, or {"all": true}')
    if not isinstance(given, Mapping) or not given or set(given) - {AGENT, ADDRESS, ALL}:
        raise wrong
    who, address = given.get(AGENT, ""), given.get(ADDRESS, "")
    plain = isinstance(who, int | str) and not isinstance(who, bool) and isinstance(address, str)
    if not plain or (given.get(ALL) is not True) == (not who and not address):
        raise wrong
    return str(who), address
