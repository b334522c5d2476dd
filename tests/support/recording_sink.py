"""A sink that keeps what a contact centre tells it, for tests of contact centres."""

from collections.abc import Callable, Sequence

from gateway.backend import EndReason
from gateway.wire.envelope import Event


class RecordingSink:
    """`told` has one line for each call, in order."""

    under_way = ()

    def __init__(self) -> None:
        self.told: list[tuple[object, ...]] = []

    def tell(
        self,
        agent_id: int,
        session_id: str,
        events: Sequence[Event] = (),
        note: Callable[[], bytes] | None = None,
    ) -> None:
        self.told.append(("tell", agent_id, session_id, tuple(events), note() if note else b""))

    def forget_events(self, agent_id: int, session_id: str) -> None:
        self.told.append(("forget events", agent_id, session_id))

    def ended(self, agent_id: int, session_id: str, reason: EndReason, by: int = 0) -> None:
        self.told.append(("ended", agent_id, session_id, reason, by))

    def may_be_silent(self, agent_id: int, session_id: str, silent: bool) -> None:
        self.told.append(("may be silent", agent_id, session_id, silent))

    async def settled(self) -> None:
        """All is here at once."""
