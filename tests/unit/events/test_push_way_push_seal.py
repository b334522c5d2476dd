"""What the store holds of a receiver tells none of its secrets."""

from dataclasses import replace

import pytest

from gateway.events.push_way import PushSeal
from gateway.sessions.model import PushWay
from gateway.wire.errors import Unavailable
from tests.unit.sessions.samples import RING

SEAL = PushSeal(RING)
NEWER = PushWay("https://crm.example.com/events?key=query-of-the-crm", "token-of-the-crm", holder="one", failing_ms=5)
OLDER = PushWay("https://crm.example.com/events?token=query-of-the-crm", older=True, holder="one")
BARE = PushWay("https://crm.example.com/events", "token-of-the-crm", holder="one")


@pytest.mark.parametrize("way", [NEWER, OLDER, BARE])
def test_what_was_sealed_comes_back(way: PushWay) -> None:
    assert SEAL.unsealed(SEAL.sealed(way)) == way


@pytest.mark.parametrize("way", [NEWER, OLDER, BARE])
def test_only_the_address_stays_to_be_read(way: PushWay) -> None:
    sealed = SEAL.sealed(way)
    assert sealed.url == "https://crm.example.com/events"
    assert "of-the-crm" not in sealed.token


@pytest.mark.parametrize("way", [NEWER, OLDER])
def test_what_was_kept_before_anything_was_sealed_is_as_it_is(way: PushWay) -> None:
    assert SEAL.unsealed(way) == way


def test_it_opens_for_no_other_address() -> None:
    with pytest.raises(Unavailable):
        SEAL.unsealed(replace(SEAL.sealed(NEWER), url="https://elsewhere.example.com/events"))
