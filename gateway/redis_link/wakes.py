"""Wakes of parked polls, over all nodes: one channel, messages `agent:token` (design section 9)."""

import asyncio
from collections.abc import Callable
from typing import Any, Final

_LONGEST_ID: Final = 6
Wake = Callable[[int, str], None]
"""An agent id (0: any agent) and the token of a newer poll ("": none)."""


class Wakes:
    """Who listens on this node."""

    def __init__(self, channel: str) -> None:
        self.channel = channel
        self._listeners: list[Wake] = []

    def add(self, wake: Wake) -> None:
        """Calls `wake` for every message from now on."""
        self._listeners.append(wake)

    def wake(self, agent_id: int, token: str) -> None:
        """Tells the listeners of this node, each in a step of its own."""
        loop = asyncio.get_running_loop()
        for listener in self._listeners:
            loop.call_soon(listener, agent_id, token)

    def everyone(self) -> None:
        """Messages may have been lost: every parked poll looks again."""
        self.wake(0, "")

    def pushed(self, push: list[Any]) -> None:
        """Takes what the subscription brought."""
        if push[0] == b"message":
            agent, _, token = push[2].decode("ascii", "replace").partition(":")
            if agent.isdigit() and len(agent) <= _LONGEST_ID:
                self.wake(int(agent), token)
