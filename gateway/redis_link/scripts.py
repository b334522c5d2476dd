"""Lua scripts that run inside Redis, known there by the SHA-1 of their text."""

import hashlib
from dataclasses import dataclass, field
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Script:
    """A script. All keys that it touches are passed as keys and carry the store's tag, so it runs in a Cluster."""

    name: str
    text: str
    sha: str = field(init=False)

    def __post_init__(self) -> None:
        digest = hashlib.sha1(self.text.encode(), usedforsecurity=False).hexdigest()
        object.__setattr__(self, "sha", digest)


def load_script(package: str, *names: str) -> Script:
    """The Lua files `names` (without `.lua`) of a package, one after the other, named as the last one."""
    folder = files(package)
    return Script(names[-1], "\n".join(folder.joinpath(f"{name}.lua").read_text("utf-8") for name in names))
