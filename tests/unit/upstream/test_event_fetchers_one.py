"""Events in the answers of the service behind, and those that are sent again."""

import json

import pytest

from gateway.upstream.event_fetchers import PollReader
from gateway.upstream.service_answers import ServiceAnswer

NOW = 1_800_000_000_000
SESSION = "a" * 32


def bodies(body: bytes) -> list[bytes]:
    return [event.body for event in PollReader(SESSION).read(ServiceAnswer("0", "", body), NOW)]


def test_an_event_with_its_time_stays_as_it_is_byte_for_byte() -> None:
    event = b'{ "eventType" : "A", "eventGenTime":1.50e3 , "workNo":"101","content": "\\u00e4" }'
    assert bodies(b'{"retcode":"0", "x":{"event":1}, "event" : ' + event + b'\n,"message":""}') == [event]


def test_the_time_is_put_into_an_event_without() -> None:
    [body] = bodies(b'{"retcode":"0","event":{"eventType":"A","workNo":"101","content":null }}')
    assert body == b'{"eventType":"A","workNo":"101","content":null,"eventGenTime":1800000000000}'


@pytest.mark.parametrize("event", [b"", b',"event":null', b',"event":""', b',"event":{}', b',"event":[]'])
def test_a_missing_null_or_empty_event_is_none(event: bytes) -> None:
    assert bodies(b'{"message":"","retcode":"0"' + event + b"}") == []


def test_an_array_of_events_is_taken_in_its_order() -> None:
    found = bodies(b'{"retcode":"0","event":[{"eventType":"A"},null,{"eventType":"B"}]}')
    assert [json.loads(body)["eventType"] for body in found] == ["A", "B"]


def answer(*events: tuple[str, int]) -> bytes:
    """Types and times; several come as an array."""
    told = [{"eventType": kind, "eventGenTime": time} for kind, time in events]
    return json.dumps({"retcode": "0", "event": told[0] if len(told) == 1 else told}).encode()


def ids(fetched: PollReader, *bodies: bytes) -> list[str]:
    return [event.id for body in bodies for event in fetched.read(ServiceAnswer("0", "", body), NOW)]


def ids_by_receipt(fetched: PollReader, *receipts: str) -> list[str]:
    """Of events that all read the same."""
    answers = [ServiceAnswer("0", "", answer(("A", 1)), receipt=receipt) for receipt in receipts]
    return [event.id for said in answers for event in fetched.read(said, NOW)]


@pytest.mark.parametrize("body", [answer(("A", 1)), answer(("A", 1), ("B", 1), ("A", 1))])
def test_what_is_sent_again_has_the_ids_that_it_had(body: bytes) -> None:
    fetched = PollReader(SESSION)
    first = ids(fetched, body)
    assert ids(fetched, b'{"retcode":"0"}', body) == first


def test_what_reads_the_same_after_something_else_is_another_event() -> None:
    found = ids(PollReader(SESSION), *(answer((kind, 1)) for kind in "ABAB"))
    assert len(set(found)) == 4


def test_two_that_read_the_same_in_one_answer_are_two_events() -> None:
    assert len(set(ids(PollReader(SESSION), answer(("A", 1), ("A", 1))))) == 2


def test_a_process_that_takes_over_knows_what_the_one_before_fetched_last() -> None:
    former = ids(PollReader(SESSION), answer(("A", 1)), answer(("B", 2)))
    assert ids(PollReader(SESSION), answer(("B", 2))) == former[1:]


def test_events_of_another_session_are_others() -> None:
    assert ids(PollReader(SESSION), answer(("A", 1))) != ids(PollReader("b" * 32), answer(("A", 1)))


def test_events_without_time_are_never_taken_for_one() -> None:
    body = b'{"retcode":"0","event":{"eventType":"A"}}'
    assert len(set(ids(PollReader(SESSION), body, body))) == 2


def test_an_event_with_a_receipt_is_known_by_that_alone() -> None:
    first, again, other = ids_by_receipt(PollReader(SESSION), "r1", "r1", "r2")
    assert first == again != other
    assert ids_by_receipt(PollReader(SESSION), "r2") == [other]
