"""What one session is still to get, kept within bounds."""

from gateway.sessions.outbox import OutboxLine, Silent
from gateway.sessions.store import Bounds
from gateway.wire.envelope import make_event


def test_texts_of_other_agents_are_dropped_before_anything_of_a_call() -> None:
    line = OutboxLine(101, "s")
    calls = [make_event("AgentEvent_Ringing", 101, number, 0) for number in range(2)]
    notes = [make_event("AgentOther_Note", 101, number, 0) for number in range(5)]
    line.add([calls[0], *notes[:2], Silent(True), *notes[2:], calls[1]])
    assert line.drop_oldest(Bounds(3, 1_000_000)) == 4
    first, silent, rest = line.take(), line.take(), line.take()
    assert first.steps == (calls[0],) or first.events == [calls[0]]
    assert silent.steps == (Silent(True),) or silent.events == []
    assert rest.events == [notes[4], calls[1]]
