import logging
import ssl

import pytest

from gateway.listeners.tls import MOST_KEPT, TELL_EVERY_S, FailedHandshakes

NOW_S = [0.0]


@pytest.fixture
def failed() -> FailedHandshakes:
    NOW_S[0] = 0.0
    return FailedHandshakes(lambda: NOW_S[0])


def refused(reason: str) -> ssl.SSLError:
    problem = ssl.SSLError(1, reason)
    problem.reason = reason
    return problem


def test_the_first_of_an_address_is_told_with_its_reason(
    failed: FailedHandshakes, caplog: pytest.LogCaptureFixture
) -> None:
    failed.note("192.0.2.1", refused("UNSUPPORTED_PROTOCOL"))
    assert caplog.messages == ["no TLS with 192.0.2.1: it speaks no TLS as new as TLS_MIN_VERSION"]


def test_more_of_it_are_counted_for_a_minute(failed: FailedHandshakes, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(5):
        failed.note("192.0.2.1", refused("HTTP_REQUEST"))
    NOW_S[0] = TELL_EVERY_S
    failed.note("192.0.2.1", refused("HTTP_REQUEST"))
    assert len(caplog.messages) == 2
    assert caplog.messages[1].endswith("(4 more like it before)")


def test_other_reasons_and_addresses_are_told_too(failed: FailedHandshakes, caplog: pytest.LogCaptureFixture) -> None:
    failed.note("192.0.2.1", refused("HTTP_REQUEST"))
    failed.note("192.0.2.1", TimeoutError())
    failed.note("192.0.2.2", refused("HTTP_REQUEST"))
    assert len(caplog.messages) == 3


def test_addresses_of_one_ipv6_network_are_one(failed: FailedHandshakes, caplog: pytest.LogCaptureFixture) -> None:
    for last in range(9):
        failed.note(f"2001:db8::{last}", refused("NO_SHARED_CIPHER"))
    assert len(caplog.messages) == 1


def test_a_client_that_goes_away_is_not_told(failed: FailedHandshakes, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    failed.note("192.0.2.1", ConnectionResetError())
    assert caplog.messages == []


def test_what_is_not_known_is_told_in_the_words_of_openssl(
    failed: FailedHandshakes, caplog: pytest.LogCaptureFixture
) -> None:
    failed.note("192.0.2.1", refused("BAD_PACKET"))
    assert caplog.messages == ["no TLS with 192.0.2.1: BAD_PACKET"]


def test_a_bounded_number_is_remembered(failed: FailedHandshakes, caplog: pytest.LogCaptureFixture) -> None:
    for number in range(MOST_KEPT + 1):
        failed.note(f"10.0.{number >> 8}.{number & 255}", TimeoutError())
    failed.note("10.0.0.0", TimeoutError())
    assert len(caplog.messages) == MOST_KEPT + 2
