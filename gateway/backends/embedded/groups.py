"""Every group of performers. A new group is a file in `performers` and a line here."""

from typing import Final

from gateway.backends.embedded.parts import Group, Parts, Performer
from gateway.backends.embedded.performers import calldata, notes, onlineagent, voicecall

GROUPS: Final[tuple[Group, ...]] = (onlineagent.performers, voicecall.performers, calldata.performers, notes.performers)


def all_performers(parts: Parts) -> dict[str, Performer]:
    """By operation name. Raises ValueError when two groups perform one operation."""
    found: dict[str, Performer] = {}
    for group in GROUPS:
        for name, performer in group(parts).items():
            if name in found:
                raise ValueError(f"two performers for {name}")
            found[name] = performer
    return found
