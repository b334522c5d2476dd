"""Files that are played: there are none here, only their length and whether their form can be played."""

from typing import Final

from gateway.backends.embedded.core.world import World

FORMS: Final = (".v3", ".wav", ".vox")


def length_s(world: World, path: str) -> float | None:
    """How long a file plays, in s; None for one whose form cannot be played.

    Recordings that were made here last as long as they were recorded, every other file as long as the plan says.
    """
    if not path.lower().endswith(FORMS):
        return None
    return world.besides.recorded.get(path, world.plan.timing.voice_s)
