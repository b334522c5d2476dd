"""What a turn brings with it for all that is not a call: one rule for each kind, run at the end of every turn."""

from collections.abc import Callable
from typing import Final

from gateway.backends.embedded.core import chat_moving, chatting, conferring, inspecting, playing, recording
from gateway.backends.embedded.core.outcome import Outcome
from gateway.backends.embedded.core.world import World

RULES: Final[tuple[Callable[[Outcome, World], None], ...]] = (
    inspecting.look_after,
    conferring.look_after,
    playing.look_after,
    chatting.look_after,
    chat_moving.forget_limits,
    chat_moving.route,
    recording.forget_screens,
)


def follow(out: Outcome, world: World) -> None:
    """Adds to the turn what follows from it."""
    for rule in RULES:
        rule(out, world)
