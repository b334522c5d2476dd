"""When limits run out, and that none runs while the store is out of reach (docs/protocol.md, Time limits)."""

from dataclasses import replace

import pytest

from gateway.sessions.policy import Outage, runs_out
from tests.unit.sessions.samples import HOLD, ROTATING

LIFE = 60_000


@pytest.mark.parametrize(
    ("outages", "expected"),
    [
        ([], 61_000),
        ([Outage(0, 500)], 61_000),
        ([Outage(0, 1_000)], 61_000),
        ([Outage(0, 1_001)], 61_001),
        ([Outage(1_000, 5_000)], 65_000),
        ([Outage(30_000, 31_000)], 91_000),
        ([Outage(60_999, 200_000)], 260_000),
        ([Outage(61_000, 200_000)], 61_000),
        ([Outage(70_000, 200_000)], 61_000),
        ([Outage(30_000, 31_000), Outage(90_999, 95_000)], 155_000),
        ([Outage(30_000, 31_000), Outage(91_000, 95_000)], 91_000),
        ([Outage(0, 900), Outage(50_000, 51_000), Outage(200_000, 300_000)], 111_000),
    ],
    ids=[
        "no outage",
        "over before the limit began",
        "over as the limit began",
        "over just after the limit began",
        "began with the limit",
        "while the limit ran",
        "in the last ms of the limit",
        "after the limit had run out, to the ms",
        "long after the limit had run out",
        "twice, the second while the restarted limit ran",
        "twice, the second after the restarted limit had run out",
        "only those that the limit met count",
    ],
)
def test_a_limit_starts_again_at_the_return_of_the_store(outages: list[Outage], expected: int) -> None:
    assert runs_out(1_000, LIFE, tuple(outages)) == expected


def test_an_outage_never_shortens_a_limit() -> None:
    assert runs_out(1_000, LIFE, (Outage(500, 1_001),)) >= runs_out(1_000, LIFE, ())


@pytest.mark.parametrize("hold", [0, 500, HOLD])
def test_a_late_poll_may_be_one_hold_and_two_seconds_late(hold: int) -> None:
    assert replace(ROTATING, hold_ms=hold).reuse_after_ms == hold + 2_000
