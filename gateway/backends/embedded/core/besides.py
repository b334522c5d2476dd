"""What agents do besides calls, and that no leg of a call shows. Times are ms since the epoch, 0 = never."""

from dataclasses import dataclass, field
from enum import IntEnum


class Mode(IntEnum):
    """How an inspector inspects; the value is `qcType` of the events (contract qualitycontrol.yaml)."""

    LISTEN = 8
    INSERT = 9
    WHISPER = 20172


@dataclass(slots=True, eq=False)
class Inspection:
    """An inspector with an agent, in whatever call that agent is."""

    agent_id: int
    session_id: str
    target_id: int
    target_session: str
    mode: Mode
    since_ms: int


@dataclass(slots=True)
class Besides:
    """`inspections` by the inspector's session."""

    inspections: dict[str, Inspection] = field(default_factory=dict)

    def sessions(self) -> set[tuple[int, str]]:
        """Agent and session of everyone in here."""
        found = {(one.agent_id, one.session_id) for one in self.inspections.values()}
        return found | {(one.target_id, one.target_session) for one in self.inspections.values()}

    def inspection_of(self, target_session: str) -> Inspection | None:
        """The inspection of an agent, by the session of that agent."""
        return next((one for one in self.inspections.values() if one.target_session == target_session), None)
