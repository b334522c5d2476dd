"""What the store holds of the service's GUIDs tells nothing without the gateway's secret."""

import pytest

from gateway.backends.relay import Keys
from gateway.backends.upstream.seal import Sealer
from gateway.sessions.guid import KeyRing
from gateway.wire.errors import Unavailable

KEYS = Keys("1f2e-77.AgentGateway0", "route=a1; x=y")
OLD = {"k0": bytes(range(32))}
RING = KeyRing("k1", {"k1": bytes(range(32, 64)), **OLD})
SESSION = "a" * 32


def test_what_was_sealed_comes_back() -> None:
    assert Sealer(RING).unseal(SESSION, Sealer(RING).seal(SESSION, KEYS)) == KEYS


def test_no_part_of_it_shows() -> None:
    sealed = Sealer(RING).seal(SESSION, KEYS)
    assert "1f2e" not in sealed
    assert "route" not in sealed


def test_the_same_is_sealed_differently_each_time() -> None:
    sealer = Sealer(RING)
    assert sealer.seal(SESSION, KEYS) != sealer.seal(SESSION, KEYS)


def test_it_belongs_to_its_session() -> None:
    sealer = Sealer(RING)
    with pytest.raises(Unavailable):
        sealer.unseal("b" * 32, sealer.seal(SESSION, KEYS))


def test_a_former_secret_of_the_ring_still_opens() -> None:
    sealed = Sealer(KeyRing("k0", OLD)).seal(SESSION, KEYS)
    assert Sealer(RING).unseal(SESSION, sealed) == KEYS


@pytest.mark.parametrize("text", ["", "k1", "k1.", "k1.AAAA", "k1.####", "k9.AAAA"])
def test_rubbish_and_unknown_secrets_are_refused(text: str) -> None:
    with pytest.raises(Unavailable):
        Sealer(RING).unseal(SESSION, text)


def test_another_secret_of_the_same_name_does_not_open() -> None:
    sealed = Sealer(KeyRing("k1", {"k1": bytes(32)})).seal(SESSION, KEYS)
    with pytest.raises(Unavailable):
        Sealer(RING).unseal(SESSION, sealed)


def test_keys_do_not_show_in_messages() -> None:
    assert "1f2e" not in repr(KEYS)
