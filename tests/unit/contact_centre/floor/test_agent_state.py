"""How a session keeps what an agent is, for the case that the contact centre starts anew."""

import json

import pytest

from gateway.contact_centre.floor.agent_state import AgentState, State, read_note, write_note

RESTS = AgentState(State.REST, 2, 1_000, (1, 3), "6101", rest_until_ms=9_000, previous=State.IDLE, max_chats=2)


@pytest.mark.parametrize(
    ("state", "calls"),
    [
        (AgentState(), ()),
        (RESTS, ()),
        (RESTS._replace(deferred=State.BUSY, deferred_reason=4, linkage=True, talk_right=False), ("1-2", "1-3")),
        (AgentState(State.TALKING, forwarding='{"a":["ä"]}'), ("7-1",)),
    ],
)
def test_what_was_written_is_read(state: AgentState, calls: tuple[str, ...]) -> None:
    assert read_note(write_note(state, calls)) == (state, calls)


def test_what_is_as_ever_takes_no_room() -> None:
    assert write_note(AgentState(), ()) == b"{}"


def test_states_are_kept_by_name_so_that_a_reader_of_the_store_understands_them() -> None:
    kept = json.loads(write_note(RESTS, ()))
    assert (kept["state"], kept["previous"]) == ("REST", "IDLE")


def test_who_is_signed_in_without_a_note_is_idle() -> None:
    assert read_note(b"") == (AgentState(), ())


def test_what_a_newer_version_wrote_besides_means_nothing() -> None:
    note = json.dumps({"state": "BUSY", "mood": "good", "reason": 3}).encode()
    assert read_note(note) == (AgentState(State.BUSY, 3), ())


@pytest.mark.parametrize(
    "note",
    [
        b"no json",
        b"[]",
        b'"BUSY"',
        b'{"state":"ASLEEP"}',
        b'{"state":99}',
        b'{"skills":"all"}',
        b'{"reason":"late"}',
        b'{"calls":7}',
    ],
)
def test_what_no_version_writes_is_said_to_be_wrong_without_showing_it(note: bytes) -> None:
    with pytest.raises(ValueError) as wrong:  # noqa: PT011 - any
        read_note(note)
    assert "ASLEEP" not in str(wrong.value)


@pytest.mark.parametrize(
    ("media", "voice", "text"),
    [("TTF", True, True), ("TFF", True, False), ("FTF", False, True), ("FFT", False, False), ("T", True, False)],
)
def test_calls_and_chats_need_the_media_that_the_agent_signed_in_to(media: str, voice: bool, text: bool) -> None:
    state = AgentState(media=media)
    assert (state.has_voice, state.has_text) == (voice, text)
