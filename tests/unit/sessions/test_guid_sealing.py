"""What records keep of other services tells nothing without the gateway's secret."""

import pytest

from gateway.sessions.guid import KeyRing, Sealing
from gateway.wire.errors import Unavailable

OLD = {"k0": bytes(range(32))}
RING = KeyRing("k1", {"k1": bytes(range(32, 64)), **OLD})
SEALING = Sealing(RING, "a purpose")
TEXT, PLACE = "a key of another service", "session 1"


def test_the_same_is_sealed_differently_each_time() -> None:
    assert SEALING.seal(TEXT, PLACE) != SEALING.seal(TEXT, PLACE)


def test_it_opens_at_its_own_place_alone() -> None:
    sealed = SEALING.seal(TEXT, PLACE)
    assert SEALING.unseal(sealed, PLACE) == TEXT
    with pytest.raises(Unavailable):
        SEALING.unseal(sealed, "session 2")


def test_it_opens_for_its_own_purpose_alone() -> None:
    with pytest.raises(Unavailable):
        Sealing(RING, "another").unseal(SEALING.seal(TEXT, PLACE), PLACE)


def test_a_former_secret_of_the_ring_still_opens() -> None:
    sealed = Sealing(KeyRing("k0", OLD), "a purpose").seal(TEXT, PLACE)
    assert SEALING.unseal(sealed, PLACE) == TEXT


@pytest.mark.parametrize("text", ["", "k1", "k1.", "k1.AAAA", "k1.####", "k9.AAAA"])
def test_rubbish_and_unknown_secrets_are_refused(text: str) -> None:
    with pytest.raises(Unavailable):
        SEALING.unseal(text, PLACE)


def test_another_secret_of_the_same_name_does_not_open() -> None:
    sealed = Sealing(KeyRing("k1", {"k1": bytes(32)}), "a purpose").seal(TEXT, PLACE)
    with pytest.raises(Unavailable):
        SEALING.unseal(sealed, PLACE)
