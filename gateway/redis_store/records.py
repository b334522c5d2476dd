"""Records as Redis keeps them: a random version, then the bytes of `codec`."""

import logging
import secrets
from typing import Final

from gateway.redis_store.codec import Rubbish, read_record, write_record
from gateway.sessions.model import Record
from gateway.wire.errors import Unreadable

VERSION_SIZE: Final = 16
REMEMBERED: Final = 20_000
UNREADABLE: Final = 100
"""Of so many agents it is remembered that the log names them."""

_LOG = logging.getLogger(__name__)


class RedisRecords:
    """Remembers what bytes mean, never whether they are still the ones in Redis.

    A version is random, not a count: after a fail-over that lost writes, a count could come up twice.
    """

    def __init__(self) -> None:
        self._parsed: dict[int, tuple[bytes, Record]] = {}
        self._unreadable: dict[int, bytes] = {}

    def read(self, agent_id: int, kept: bytes) -> Record:
        """The record in `kept`, empty where there is none.

        Raises Rubbish, and Unreadable for what another version may have written; that is said once.
        """
        parsed = self._parsed.get(agent_id)
        if parsed is not None and parsed[0] == kept:
            return parsed[1]
        try:
            record = read_record(kept[VERSION_SIZE:]) if kept else Record(agent_id)
            if record.agent_id != agent_id:
                raise ValueError(f"it is that of agent {record.agent_id}")
        except Rubbish:
            raise
        except ValueError as error:
            self._say(agent_id, kept, error)
            raise Unreadable from error
        self.remember(agent_id, kept, record)
        return record

    def _say(self, agent_id: int, kept: bytes, error: ValueError) -> None:
        if self._unreadable.get(agent_id) != kept:
            _LOG.error("the record of agent %d cannot be read: %s: the agent is answered 503", agent_id, error)
            self._unreadable.pop(agent_id, None)
            self._unreadable[agent_id] = kept
            if len(self._unreadable) > UNREADABLE:
                del self._unreadable[next(iter(self._unreadable))]

    def remember(self, agent_id: int, kept: bytes, record: Record) -> None:
        """Notes that `kept` are the bytes of `record`."""
        self._parsed.pop(agent_id, None)
        self._parsed[agent_id] = (kept, record)
        if len(self._parsed) > REMEMBERED:
            del self._parsed[next(iter(self._parsed))]

    def known(self, agent_id: int) -> Record | None:
        """What was last read or written here."""
        parsed = self._parsed.get(agent_id)
        return parsed[1] if parsed is not None else None

    def bytes_of(self, record: Record) -> bytes | None:
        """The bytes that this very record was read from, if remembered."""
        parsed = self._parsed.get(record.agent_id)
        return parsed[0] if parsed is not None and parsed[1] is record else None


def version(kept: bytes) -> bytes:
    """The version in the bytes of a record; empty where there is none."""
    return kept[:VERSION_SIZE]


def write(record: Record) -> bytes:
    """The bytes of a record under a new version."""
    return secrets.token_hex(VERSION_SIZE // 2).encode() + write_record(record)
