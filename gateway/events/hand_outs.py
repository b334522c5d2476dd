"""Whether a GUID that was handed out has arrived: the grace of the one before begins with that.

See docs/protocol.md, Rotation.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from gateway.events.delivery import LOOK_AFTER_S
from gateway.ops.jobs import Job
from gateway.sessions.service import Caller
from gateway.wire.http import PeerConnection

Note = Callable[[Caller], Awaitable[None]]
"""As `SessionService.note_hand_out`."""


@dataclass(eq=False, slots=True)
class _HandOut:
    caller: Caller
    peer: PeerConnection
    answer: int
    over: bool = False
    forget: Callable[[], None] = lambda: None


class HandOuts:
    """Asks the kernel after each answer with a new GUID, until it has arrived or nobody can tell any more.

    Where the system does not tell what has arrived, an answer counts as arrived once it is written.
    """

    def __init__(self, note: Note) -> None:
        self._note = note
        self._tasks: set[asyncio.Task[None]] = set()
        self._noting = Job("note-hand-out")

    def sent(self, caller: Caller, peer: PeerConnection) -> None:
        """The answer under way on `peer` hands out what `caller` says, if anything."""
        if not caller.to_note:
            return
        handed = _HandOut(caller, peer, peer.current_answer)
        handed.forget = peer.on_close(lambda: self._look(handed, len(LOOK_AFTER_S)))
        self._look_later(handed, 0)

    def _look_later(self, handed: _HandOut, tries: int) -> None:
        asyncio.get_running_loop().call_later(LOOK_AFTER_S[tries], self._look, handed, tries + 1)

    def _look(self, handed: _HandOut, tries: int) -> None:
        if handed.over:
            return
        arrived = not handed.peer.tells_arrival or handed.peer.all_bytes_acknowledged(handed.answer)
        if not arrived and tries < len(LOOK_AFTER_S):
            self._look_later(handed, tries)
            return
        handed.over = True
        handed.forget()
        if arrived:
            task = asyncio.get_running_loop().create_task(self._try_note(handed))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _try_note(self, handed: _HandOut) -> None:
        """Where it fails, the GUID before lives on until the next hand-out or the first use of the new one."""
        await self._noting.attempt(lambda: self._note(handed.caller))
