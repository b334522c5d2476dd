"""How many connections there may be, in all and by address."""

from gateway.listeners.accepting import ConnectionLimits
from gateway.settings.schema import Settings


def limits(most: int) -> ConnectionLimits:
    settings = Settings().model_copy(update={"connections_max_address": most})
    return ConnectionLimits(lambda: settings)


def test_addresses_of_one_ipv6_network_count_together() -> None:
    made = limits(2)
    assert made.enter("2001:db8::1")
    assert made.enter("2001:db8::2")
    assert made.enter("2001:db8::3") is None
    assert made.enter("2001:db8:0:1::1")


def test_an_ipv4_address_inside_ipv6_is_itself() -> None:
    made = limits(1)
    assert made.enter("::ffff:192.0.2.1")
    assert made.enter("192.0.2.1") is None
    assert made.enter("::ffff:192.0.2.2")


def test_nothing_is_kept_of_who_has_left() -> None:
    made = limits(1)
    for number in range(1000):
        leave = made.enter(f"192.0.{number % 250}.{number // 250}")
        assert leave
        leave()
    assert not made._held
