"""Chosen passwords over several shards (design section 8, STORE_SHARDS)."""

from collections.abc import Sequence

from gateway.agents.password_book import Password, PasswordBook
from gateway.agents.registry import Agent
from gateway.redis_link.shards import shard_of


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
