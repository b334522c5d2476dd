"""What the store holds of the service's GUIDs; how it is sealed: tests/unit/sessions/test_guid_sealing.py."""

import tracemalloc

import pytest

from gateway.upstream.counterpart import LONGEST_REMEMBERED, MOST_UNSEALED, Keys, Sealer
from gateway.wire.errors import Unavailable
from tests.unit.sessions.samples import RING

KEYS = Keys("1f2e-77.AgentGateway0", "route=a1; x=y")
SESSION = "a" * 32


def test_what_was_sealed_comes_back() -> None:
    assert Sealer(RING).unseal(SESSION, Sealer(RING).seal(SESSION, KEYS)) == KEYS


def test_no_part_of_it_shows() -> None:
    sealed = Sealer(RING).seal(SESSION, KEYS)
    assert "AgentGateway0" not in sealed
    assert "route" not in sealed


def test_it_belongs_to_its_session() -> None:
    sealer = Sealer(RING)
    with pytest.raises(Unavailable):
        sealer.unseal("b" * 32, sealer.seal(SESSION, KEYS))


def test_keys_do_not_show_in_messages() -> None:
    assert "1f2e" not in repr(KEYS)


def test_what_is_remembered_has_a_bound_in_bytes() -> None:
    sealer, kept = Sealer(RING), Sealer(RING)
    sealed = [kept.seal(SESSION, Keys(f"{number}-{'g' * 300}", "c" * 300)) for number in range(MOST_UNSEALED + 500)]
    long = kept.seal(SESSION, Keys("g", "c" * LONGEST_REMEMBERED))
    tracemalloc.start()
    try:
        for text in sealed:
            assert sealer.unseal(SESSION, text).cookie == "c" * 300
        full, _ = tracemalloc.get_traced_memory()
        assert sealer.unseal(SESSION, long).guid == "g"
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (full < 16 * 1024 * 1024, after - full < LONGEST_REMEMBERED) == (True, True)
