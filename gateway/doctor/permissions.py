"""May the user of REDIS_URL run what the gateway runs? Asked of the server, which runs nothing of it."""

from collections.abc import Sequence

from hiredis import ReplyError

from gateway.doctor.asking import Asker
from gateway.redis_link.replies import code
from gateway.redis_link.rights import NEEDED, question


async def denied_commands(asker: Asker, tags: Sequence[str]) -> tuple[str, ...] | None:
    """The needed commands that this user may not run on keys and channels of these tags, in the table's order.

    None where the server cannot tell (before Redis 7.0, or while it is busy). Raises TroubleError.
    """
    replies = await asker.ask(*(question(tag, NEEDED) for tag in tags))
    denied: set[str] = set()
    for reply in replies:
        if isinstance(reply, ReplyError):
            return ("EVAL",) if code(reply) == "NOPERM" else None
        denied |= {name.decode() for name in reply}
    names = dict.fromkeys(call.partition(" ")[0] for call in NEEDED)
    return tuple(name for name in names if name in denied)
