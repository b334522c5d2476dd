from gateway.wire.envelope import Event, age_s


def test_an_event_is_as_old_as_its_body_says_and_never_of_the_future() -> None:
    event = Event("id", b'{"eventType":"AgentEvent_Ringing","eventGenTime":1000,"workNo":"101"}')
    assert [age_s(event, now_ms) for now_ms in (3500, 400)] == [2.5, 0]


def test_one_that_does_not_say_it_has_no_age() -> None:
    assert age_s(Event("id", b'{"eventType":"x"}'), 3500) == 0
