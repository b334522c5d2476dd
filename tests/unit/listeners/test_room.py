"""How many connections there may be, in all and by address."""

from gateway.listeners.room import Room
from gateway.settings.schema import Settings


def room(most: int) -> Room:
    settings = Settings().model_copy(update={"connections_max_address": most})
    return Room(lambda: settings)


def test_addresses_of_one_ipv6_network_count_together() -> None:
    hall = room(2)
    assert hall.enter("2001:db8::1")
    assert hall.enter("2001:db8::2")
    assert hall.enter("2001:db8::3") is None
    assert hall.enter("2001:db8:0:1::1")


def test_an_ipv4_address_inside_ipv6_is_itself() -> None:
    hall = room(1)
    assert hall.enter("::ffff:192.0.2.1")
    assert hall.enter("192.0.2.1") is None
    assert hall.enter("::ffff:192.0.2.2")


def test_nothing_is_kept_of_who_has_left() -> None:
    hall = room(1)
    for number in range(1000):
        leave = hall.enter(f"192.0.{number % 250}.{number // 250}")
        assert leave
        leave()
    assert not hall._held
