"""What is sent to Redis: packed commands, and Lua scripts, known there by the SHA-1 of their text."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any, Final, cast

import hiredis

Argument = str | int | float | bytes

pack: Final[Callable[[tuple[Argument, ...]], bytes]] = cast(Any, hiredis.pack_command)
"""One command, with its arguments, in the protocol of Redis."""


@dataclass(frozen=True, slots=True)
class Script:
    """A script. All keys that it touches are passed as keys and carry the store's tag, so it runs in a Cluster."""

    name: str
    text: str
    sha: str = field(init=False)

    def __post_init__(self) -> None:
        digest = hashlib.sha1(self.text.encode(), usedforsecurity=False).hexdigest()
        object.__setattr__(self, "sha", digest)


def load_script(*names: str) -> Script:
    """The Lua files `names` (without `.lua`) of this room, one after the other, named as the last one."""
    folder = files("gateway.redis_store") / "lua"
    return Script(names[-1], "\n".join(folder.joinpath(f"{name}.lua").read_text("utf-8") for name in names))
