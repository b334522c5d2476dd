"""A key of another type than the gateway gives it is put aside: no command on it would ever work."""

import logging
import re
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

from hiredis import Reader

from gateway.redis_store.scripts import Argument, Script, load_script

MOST_ENTRIES: Final = 100
"""Of the list `{tag}:aside`."""
TYPES: Final = (
    (r"agent:\d+|poll:\d+|token-rate:.*|token-used:.*|sign-in:turn:.*|seal|backend|format|drain:.*", "string"),
    (r"events:\d+|aside|sign-in:(?:of|from|everywhere):.*", "list"),
    (r"queue:\d+|owed:ends|keys|password:\d+|fence|floor|nodes|traced", "hash"),
    (r"owed|seen:(?:poll|push)|sign-in:(?:begun|known):.*|sign-in:(?:failing|locked)|[a-z]+:alive", "zset"),
    (r"audit|trace:\d+", "stream"),
)
"""What the names of keys look like after the tag, and the type of those keys."""

_TYPES: Final = tuple((re.compile(pattern.encode(), re.DOTALL), type_) for pattern, type_ in TYPES)
_RETYPE: Final[Script] = load_script("retype")
_LOG = logging.getLogger(__name__)

Run = Callable[[Script, Sequence[str], Sequence[Argument]], Awaitable[Any]]


def type_of(tag: str, key: bytes) -> str:
    """The type that the gateway gives this key; "" for one that it does not know."""
    prefix = f"{{{tag}}}:".encode()
    name = key.removeprefix(prefix)
    found = (type_ for pattern, type_ in _TYPES if pattern.fullmatch(name))
    return next(found, "") if key.startswith(prefix) else ""


def keys_of(packed: bytes) -> list[bytes]:
    """The keys of a packed command: those of a script, or else its first argument."""
    reader = Reader()
    reader.feed(packed)
    name, *arguments = reader.gets()
    if name in {b"EVALSHA", b"EVAL"}:
        return list(arguments[2 : 2 + int(arguments[1])])
    return list(arguments[:1])


async def put_aside(tag: str, packed: bytes, run: Run) -> None:
    """Looks at the keys of a command that was answered WRONGTYPE, by `run`. Raises what that does."""
    known = {key.decode(): type_ for key in keys_of(packed) if (type_ := type_of(tag, key))}
    if not known:
        return
    aside = f"{{{tag}}}:aside"
    places = {key: f"{aside}:{key.partition(':')[2]}" for key in known}
    keys = [aside, *(each for pair in places.items() for each in pair)]
    found = await run(_RETYPE, keys, [MOST_ENTRIES, *known.values()])
    for (key, right), type_ in zip(known.items(), found, strict=True):
        if type_:
            wrong = type_.decode()
            _LOG.error("in redis %s is a %s, not a %s: put aside as %s", key, wrong, right, places[key])
