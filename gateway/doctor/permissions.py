"""May the user of REDIS_URL run what the gateway runs? Asked of the server, which runs nothing of it."""

from collections.abc import Sequence
from importlib.resources import files
from typing import Final

from hiredis import ReplyError

from gateway.doctor.asking import Asker
from gateway.redis_link.packing import Argument
from gateway.redis_link.replies import code

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

_SCRIPT: Final = files("gateway.doctor").joinpath("permissions.lua").read_text("utf-8")


async def denied_commands(asker: Asker, tags: Sequence[str]) -> tuple[str, ...] | None:
    """The needed commands that this user may not run on keys and channels of these tags, in the table's order.

    None where the server cannot tell (before Redis 7.0, or while it is busy). Raises TroubleError.
    """
    asked: list[tuple[Argument, ...]] = [("EVAL", _SCRIPT, 0, *_calls(tag)) for tag in tags]
    replies = await asker.ask(*asked)
    denied: set[str] = set()
    for reply in replies:
        if isinstance(reply, ReplyError):
            return ("EVAL",) if code(reply) == "NOPERM" else None
        denied |= {name.decode() for name in reply}
    names = dict.fromkeys(call.partition(" ")[0] for call in NEEDED)
    return tuple(name for name in names if name in denied)


def _calls(tag: str) -> list[str]:
    places = {"key": f"{{{tag}}}:agent:0", "channel": f"{{{tag}}}:wake", "sha": "0" * 40}
    return [call.format(**places) for call in NEEDED]
