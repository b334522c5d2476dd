"""What the user of REDIS_URL needs to be allowed, and whether it is: asked of the server, which runs nothing of it."""

import asyncio
import math
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

from hiredis import ReplyError

from gateway.redis_store.replies import denied_commands, denied_place, is_denial
from gateway.redis_store.scripts import Argument, Script, load_script, pack

NEEDED: Final = (
    "EVAL return 0",
    "EVALSHA {sha} 0",
    "SCRIPT LOAD text",
    "SUBSCRIBE {channel}",
    "PUBLISH {channel} message",
    "ROLE",
    "TIME",
    "WAIT 1 100",
    "GET {key}",
    "SET {key} value",
    "DEL {key}",
    "EXISTS {key}",
    "TYPE {key}",
    "RENAME {key} {key}",
    "PEXPIRE {key} 1000",
    "INCR {key}",
    "SCAN 0 COUNT 1",
    "HGET {key} field",
    "HMGET {key} field",
    "HGETALL {key}",
    "HSET {key} field value",
    "HSETNX {key} field value",
    "HDEL {key} field",
    "HINCRBY {key} field 1",
    "LINDEX {key} 0",
    "LLEN {key}",
    "LPOS {key} value",
    "LRANGE {key} 0 63",
    "LREM {key} 1 value",
    "LPUSH {key} value",
    "LPOP {key}",
    "RPUSH {key} value",
    "RPOP {key}",
    "ZADD {key} 1 member",
    "ZCARD {key}",
    "ZCOUNT {key} 0 1",
    "ZRANGE {key} 0 -1",
    "ZREM {key} member",
    "ZREMRANGEBYSCORE {key} 0 1",
    "ZSCORE {key} member",
)
"""One call of each command that the gateway and its scripts use."""

ASKED_AGAIN_S: Final = 60.0
OPTIONAL: Final = ("XADD {key} * name value", "XREVRANGE {key} + - COUNT 1", "INFO memory")
"""The same of commands that it can do without.

Then other nodes do not see the audit lines of this one, or operators the memory of the store.
"""

_TRIED_ON: Final = {"key": frozenset({"get", "set"}), "channel": frozenset({"publish", "subscribe"})}
"""What stands for all commands where not the command was refused but what it was meant for."""
_SCRIPT: Final[Script] = load_script("rights")


def question(tag: str, calls: Sequence[str]) -> tuple[Argument, ...]:
    """The command that answers which of these calls the user may not make on keys and channels of this tag."""
    places = {"key": f"{{{tag}}}:agent:0", "channel": f"{{{tag}}}:wake", "sha": "0" * 40}
    return ("EVAL", _SCRIPT.text, 0, *(call.format(**places) for call in calls))


class Rights:
    """What the user of one link was refused, until the server says that it is allowed again.

    A store that refuses one command refuses all: half of what belongs together must not be done.
    """

    def __init__(self, tag: str) -> None:
        self._tag = tag
        self._refused: set[str] = set()

    def note(self, error: Exception) -> None:
        """This was answered."""
        if isinstance(error, ReplyError) and is_denial(error):
            self._refused |= denied_commands(error) | _TRIED_ON.get(denied_place(error), frozenset())

    def question(self) -> list[bytes]:
        """What to ask before the next connection is used, packed: at most one command."""
        calls = [call for call in NEEDED if _name(call) in self._refused]
        return [pack(question(self._tag, calls))] if calls else []

    def answered(self, replies: Sequence[Any]) -> None:
        """Takes over the replies to `question`. Raises ReplyError while something of it is refused."""
        # A server that cannot tell is tried.
        denied = sorted({name.decode().lower() for reply in replies if isinstance(reply, list) for name in reply})
        if denied:
            named = " ".join(f"'{name}'" for name in denied)
            raise ReplyError(f"NOPERM no permissions to run the {named} command")
        self._refused.clear()


class Permits:
    """Which of the OPTIONAL commands the user of one link may run, asked before one is sent, now and then.

    A command that is refused would cost the link its connection. `ask` sends a command, `clock` gives s.
    """

    def __init__(
        self, tag: str, ask: Callable[..., Awaitable[Any]], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._tag = tag
        self._ask = ask
        self._clock = clock
        self._known: dict[str, tuple[float, bool]] = {}
        self._one_at_a_time = asyncio.Lock()

    async def need(self, name: str) -> None:
        """Raises ReplyError where it is not allowed, and StoreUnavailable."""
        async with self._one_at_a_time:
            until_s, allowed = self._known.get(name, (-math.inf, False))
            if self._clock() >= until_s:
                calls = [call for call in OPTIONAL if _name(call) == name.lower()]
                denied = await self._ask(*question(self._tag, calls))
                allowed = not (isinstance(denied, list) and denied)  # A server that cannot tell is tried.
                self._known[name] = self._clock() + ASKED_AGAIN_S, allowed
        if not allowed:
            raise ReplyError(f"NOPERM no permissions to run the '{name.lower()}' command")


def _name(call: str) -> str:
    return call.partition(" ")[0].lower()
