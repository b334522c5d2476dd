"""Into which shard an agent falls, and which tag a shard has (docs/design/shards.md). Fixed for ever.

All nodes must come to the same result, and what is stored must be found again: nothing here may change.
"""

from binascii import crc_hqx
from typing import Final

SLOTS: Final = 16_384
"""Of a Cluster."""

_GOLDEN: Final = 2_654_435_769
"""2^32 over the golden ratio."""
_CLOSE: Final = 16
"""A tag hits its place on the circle of slots to within this part of the way between two shards."""


def shard_of(agent_id: int, count: int) -> int:
    """The shard of an agent, 0 to `count` - 1.

    A multiple of the golden ratio spreads consecutive numbers as evenly as a plain remainder does, and unlike it also
    numbers in steps of 10, 100 or 16, by which sites like to number their teams.
    """
    return (agent_id * _GOLDEN & 0xFFFFFFFF) * count >> 32


def slot(tag: str) -> int:
    """The slot of keys with this tag in a Cluster."""
    return crc_hqx(tag.encode(), 0) % SLOTS


def shard_tags(tag: str, count: int) -> tuple[str, ...]:
    """The tags of all shards. The first is `tag` itself, so that what is kept there stays when the number changes.

    The others are `tag.number`, their numbers such that the slots lie evenly around the circle: then they are spread
    evenly over the primaries of a Cluster. No STORE_TAG has a dot, so no site gets the tag of another one's shard.
    """
    first, found, number = slot(tag), {0: tag}, 0
    while len(found) < count:
        number += 1
        place, beyond = divmod((slot(f"{tag}.{number}") - first) % SLOTS * count, SLOTS)
        if beyond < SLOTS // _CLOSE:
            found.setdefault(place, f"{tag}.{number}")
    return tuple(found[place] for place in range(count))
