"""Records of versions that kept the agent's state in them are read: their agents stay signed in, with what they were.

Both records of each version were written by its own code.
"""

import json

import pytest

from gateway.backend import EndReason
from gateway.contact_centre.floor.agent_state import AgentState, State, read_note
from gateway.redis_store.codec import read_record, write_record
from gateway.sessions.lifecycle import end_session
from gateway.sessions.model import Session, Superseded

_BUSY = (
    b'"client":"desk"},"state":{"state":"TALKING","r":3,"since_ms":1700000060000,"skills":[1,2],"phone":"70101",'
    b'"auto_enter_idle":false,"deferred":"REST","deferred_reason":4,"deferred_rest_s":600,'
    b'"centre":"AgentGateway0-0011223344556677","calls":["1700000060-7","1700000061-8"],"custom_state":7,'
    b'"previous":"BUSY","forwarding":"{\\"type\\":1,\\"number\\":\\"\xe4\xb8\xad\\"}","max_chats":2}}'
)
_SILENT = b'"client":"desk"},"state":{"since_ms":1700000000000,"runs_out":false}}'
_SESSION = (
    b'"s":{"id":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","node":"AgentGateway0","k":"k1","b":1700000000000,"n":2,'
    b'"m":1700000120000,"f":[{"n":1,"p":1700000120000'
)
RECORDS = {
    "the version before": (_SESSION + b',"waiting":true}],', True),
    "an older version": (_SESSION + b"}],", False),
}


def session(waiting: bool, *, silent: bool = False) -> Session:
    return Session(
        "a" * 32,
        "AgentGateway0",
        "k1",
        1_700_000_000_000,
        number=2,
        issued_ms=1_700_000_120_000,
        superseded=(Superseded(1, 1_700_000_120_000, waiting=waiting),),
        client="desk",
        silent=silent,
    )


@pytest.mark.parametrize("version", RECORDS)
def test_an_agent_of_a_former_record_is_signed_in_with_what_it_was(version: str) -> None:
    kept, waiting = RECORDS[version]
    record = read_record(b'{"a":101,' + kept + _BUSY)
    assert record.session == session(waiting)
    state, calls = read_note(record.former_note.encode())
    assert calls == ("1700000060-7", "1700000061-8")
    assert state == AgentState(
        State.TALKING,
        3,
        1_700_000_060_000,
        (1, 2),
        "70101",
        auto_enter_idle=False,
        deferred=State.REST,
        deferred_reason=4,
        deferred_rest_s=600,
        custom_state=7,
        previous=State.BUSY,
        forwarding='{"type":1,"number":"\u4e2d"}',
        max_chats=2,
    )


@pytest.mark.parametrize("version", RECORDS)
def test_who_might_be_silent_for_ever_still_may(version: str) -> None:
    kept, waiting = RECORDS[version]
    record = read_record(b'{"a":102,' + kept + _SILENT)
    assert record.session == session(waiting, silent=True)
    assert json.loads(record.former_note) == {"since_ms": 1_700_000_000_000}


def test_the_former_state_outlives_a_change_of_the_record_and_goes_with_the_session() -> None:
    record = read_record(b'{"a":101,' + RECORDS["the version before"][0] + _BUSY)
    assert read_record(write_record(record)) == record
    ended = end_session(record, "a" * 32, EndReason.SIGNED_OUT, 1_700_000_200_000)
    assert ended is not None
    assert ended.record.former_note == ""


def test_an_agent_who_was_signed_out_leaves_no_note() -> None:
    record = read_record(b'{"a":101,"state":{"since_ms":1}}')
    assert (record.session, record.former_note) == (None, "")
