"""Passwords that agents chose, kept in Redis over the agents file: the same on every node."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from gateway.agents.agents_file import FORMER_PASSWORDS
from gateway.agents.password_book import Password, PasswordBook, of_file
from gateway.agents.registry import Agent
from gateway.redis_store.link import RedisLink
from gateway.redis_store.scripts import load_script
from gateway.redis_store.shards import shard_of

REPLACE: Final = load_script("password_replace")
CARRY: Final = load_script("password_carry")
REPLACED: Final = 8
"""How many hashes of the file are remembered as replaced."""
_OURS: Final = re.compile(rb":[1-9][0-9]{0,5}\Z")
SCANNED: Final = 1000
"""How many keys Redis looks at in one go."""


@dataclass(frozen=True, slots=True)
class _Stored:
    """A chosen password; `replaced` are fingerprints of the hashes in the file that it stands for, newest first."""

    hash: str
    former: tuple[str, ...]
    replaced: tuple[str, ...]


NOTHING: Final = _Stored("", (), ())


class RedisPasswordBook:
    """`PasswordBook` in Redis. When Redis loses its data, the passwords of the agents file are in force again."""

    def __init__(self, link: RedisLink) -> None:
        self._link = link
        self._key = link.keys("password")

    async def password(self, agent: Agent) -> Password:
        """See PasswordBook."""
        return _in_force(agent, await self._read(agent.id))

    async def replace(self, agent: Agent, seen: Password, new_hash: str) -> bool:
        """See PasswordBook."""
        stored = await self._read(agent.id)
        if _in_force(agent, stored).current != seen.current:
            return False
        former = (seen.current, *seen.former)[:FORMER_PASSWORDS]
        replaced = tuple(dict.fromkeys((_fingerprint(agent.password_hash), *stored.replaced)))[:REPLACED]
        values = (stored.hash, new_hash, " ".join(former), " ".join(replaced))
        return bool(await self._link.durable(REPLACE, (self._key(agent.id),), values) == 1)

    async def _read(self, agent_id: int) -> _Stored:
        found = await self._link.command("HMGET", self._key(agent_id), "hash", "former", "replaced")
        if not isinstance(found, list) or not isinstance(found[0], bytes):
            return NOTHING
        current, former, replaced = ((value or b"").decode("ascii", "replace") for value in found)
        return _Stored(current, tuple(former.split()), tuple(replaced.split()))


def _in_force(agent: Agent, stored: _Stored) -> Password:
    if _fingerprint(agent.password_hash) in stored.replaced:
        return Password(stored.hash, stored.former)
    given = of_file(agent)
    chosen = (stored.hash, *stored.former) if stored.hash else ()
    former = tuple(dict.fromkeys((*chosen, *given.former)))[:FORMER_PASSWORDS]
    return Password(given.current, former, given.must_change)


def _fingerprint(password_hash: str) -> str:
    return sha256(password_hash.encode()).hexdigest()[:32]


async def carry_passwords(before: Sequence[RedisLink], after: Sequence[RedisLink]) -> None:
    """Copies every chosen password from the shards of a former number to those of a new one. Raises StoreUnavailable.

    What lies there already was left behind by an earlier change of the number, or was chosen just now, where another
    node was faster: only that stays. All of it is safe then, as after `RedisLink.durable`.
    """
    for link in before:
        cursor = b"0"
        while True:
            pattern = link.key("password", "*")
            cursor, keys = await link.command("SCAN", cursor, "MATCH", pattern, "COUNT", SCANNED)
            await asyncio.gather(*(_carry(link, key.decode(), after) for key in keys if _OURS.search(key)))
            if cursor == b"0":
                break


async def _carry(link: RedisLink, key: str, after: Sequence[RedisLink]) -> None:
    agent_id = int(key.rpartition(":")[2])
    to = after[shard_of(agent_id, len(after))]
    if to is not link:
        values = await link.command("HMGET", key, "hash", "former", "replaced")
        await to.durable(CARRY, (to.key("password", agent_id),), values)


class ShardedPasswordBook:
    """`PasswordBook` over two shards or more; a password lies where its agent does."""

    def __init__(self, shards: Sequence[PasswordBook]) -> None:
        self._shards = tuple(shards)

    def _of(self, agent: Agent) -> PasswordBook:
        return self._shards[shard_of(agent.id, len(self._shards))]

    async def password(self, agent: Agent) -> Password:
        """See `PasswordBook.password`."""
        return await self._of(agent).password(agent)

    async def replace(self, agent: Agent, seen: Password, new_hash: str) -> bool:
        """See `PasswordBook.replace`."""
        return await self._of(agent).replace(agent, seen, new_hash)
