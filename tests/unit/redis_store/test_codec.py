import json
from dataclasses import replace

import pytest

from gateway.backend import End, EndReason
from gateway.redis_store.codec import read_end, read_record, write_end, write_record
from gateway.sessions.model import PushWay, Record, Reservation, Session, Superseded, Tombstone

FULL = Record(
    101,
    Session("a" * 32, "Node1", "k1", 10, 3, 30, 40, (Superseded(2, 30, 40), Superseded(1, 20)), True, "desk \u4e2d"),
    Reservation("token", 70),
    (Tombstone("b" * 32, "Node0", "k0", 7, 80, EndReason.IDLE),),
)
KEPT = (
    b'{"a":101,"s":{"id":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","node":"Node1","k":"k1","b":10,"n":3,"m":30,"u":40,'
    b'"f":[{"n":2,"p":30,"l":40},{"n":1,"p":20}],"push":true,"client":"desk \xe4\xb8\xad"},'
    b'"h":{"token":"token","until_ms":70},'
    b'"t":[{"id":"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb","node":"Node0","k":"k0","n":7,"e":80,"r":"IDLE"}]}'
)
END = End(101, "c" * 32, EndReason.TAKEN_OVER, 90, 5)


def changed(path: list[str | int], value: object) -> bytes:
    """KEPT with one value replaced."""
    kept = json.loads(KEPT)
    inner = kept
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    return json.dumps(kept).encode()


def test_what_is_kept_stays_readable_in_later_versions() -> None:
    assert read_record(KEPT) == FULL


def test_a_record_is_kept_in_this_form() -> None:
    assert json.loads(write_record(FULL)) == json.loads(KEPT)


def test_defaults_take_no_room() -> None:
    assert write_record(Record(101)) == b'{"a":101}'


@pytest.mark.parametrize("record", [FULL, Record(101), replace(FULL, session=None), replace(FULL, reservation=None)])
def test_a_record_comes_back_as_it_was(record: Record) -> None:
    assert read_record(write_record(record)) == record


def test_where_events_are_pushed_to_comes_back_as_it_was() -> None:
    session = Session("a" * 32, "Node1", "k1", 10, push=True, way=PushWay("https://crm.example/cb", "t", True, "p", 5))
    assert read_record(write_record(Record(101, session))) == Record(101, session)


def test_an_end_comes_back_as_it_was() -> None:
    assert read_end(write_end(END)) == END


@pytest.mark.parametrize("path", [["new"], ["s", "new"], ["t", 0, "new"]])
def test_what_a_newer_node_adds_is_ignored(path: list[str | int]) -> None:
    assert read_record(changed(path, {"x": 1})) == FULL


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        (["a"], "101", "agent_id: Input should be a valid integer"),
        (["s", "n"], True, "session: number: Input should be a valid integer"),
        (["s", "push"], 1, "session: push: Input should be a valid boolean"),
        (["s", "f"], {}, "session: superseded: Input should be a valid array"),
        (["s", "f", 0], 1, "session: superseded: Input should be an object"),
        (["t", 0, "r"], "WHIM", "tombstones: reason: Input should be 'SIGNED_OUT', "),
        (["t", 0, "r"], [], "tombstones: reason: Input should be 'SIGNED_OUT', "),
        (["state"], [], "state: not an object"),
    ],
)
def test_a_value_of_another_kind_is_refused_by_name(path: list[str | int], value: object, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        read_record(changed(path, value))


def test_a_missing_value_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="session: key_id: Field required"):
        read_record(b'{"a":101,"s":{"id":"x","node":"y","b":1}}')


@pytest.mark.parametrize("kept", [b"", b"{", b"[]", b"null", b"\xff"])
def test_what_is_no_record_is_refused(kept: bytes) -> None:
    with pytest.raises(ValueError, match=r"Invalid JSON|should be an object"):
        read_record(kept)
