"""What queries tell of a call: while it goes on, and when it is over."""

from gateway.contact_centre.floor.calls import Call, Feature
from gateway.contact_centre.floor.world import World
from gateway.contact_centre.operations.calldata.views import CallViews

NOW_MS = 1_760_000_000_000
VIEWS = CallViews(World(skills=lambda: {1: "sales"}))


def call(**more: object) -> Call:
    made = Call("1760000000-1", Feature.INBOUND, "138", "60001", NOW_MS, 1, data="order 7", original_called="60001")
    for name, value in more.items():
        setattr(made, name, value)
    return made


def test_a_queue_is_told_by_its_name_and_one_that_is_gone_by_none() -> None:
    assert [VIEWS.brief(call(skill_id=skill)).callskill for skill in (1, 99)] == ["sales", ""]


def test_times_that_have_not_come_are_null() -> None:
    shown = VIEWS.held(call())
    assert (shown.begintime, shown.endtime) == (None, None)
    shown = VIEWS.held(call(answered_ms=NOW_MS + 1, ended_ms=NOW_MS + 2))
    assert (shown.begintime, shown.endtime) == (NOW_MS + 1, NOW_MS + 2)


def test_a_call_counts_its_seconds_until_now_or_until_it_was_over() -> None:
    later = NOW_MS + 90_500
    assert VIEWS.info(call(), later).logontimes == 90
    assert VIEWS.info(call(ended_ms=NOW_MS + 30_000), later).logontimes == 30


def test_a_waiting_call_tells_its_medium() -> None:
    assert VIEWS.waiting(call(media_type=19), NOW_MS).media_type == 19


def test_the_record_of_a_call_that_nobody_answered_begins_with_the_call() -> None:
    records = [VIEWS.record(call(answered_ms=at, ended_ms=NOW_MS + 9), 101) for at in (0, NOW_MS + 5)]
    assert [(record.workno, record.begintime) for record in records] == [("101", NOW_MS), ("101", NOW_MS + 5)]
