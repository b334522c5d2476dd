"""Of random days, `explain` names what an agent met last, or says that it does not know."""

import random
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any, Final

import pytest

from gateway.audit import diagnosis
from gateway.audit.diagnosis import NODE_KINDS, Cause, Diagnosis, concerns
from gateway.audit.explain import explain
from tests.model.day import AGENTS, Day, Line, played

DAYS: Final = 200
MANY: Final = 1000
LONG_DAYS: Final = 2000
KNOWS_OF_TEN: Final = 8
"""Of ten agents whose whole history is there, so many must be explained at least."""

Cut = Callable[[random.Random, list[Line]], list[Line]]


def whole(_random: random.Random, lines: list[Line]) -> list[Line]:
    return lines


def late(chance: random.Random, lines: list[Line]) -> list[Line]:
    """Older lines are gone: the stream is bounded, files are deleted."""
    return lines[chance.randrange(len(lines)) :]


def holed(chance: random.Random, lines: list[Line]) -> list[Line]:
    """Lines were dropped, and one says so in their place."""
    start = chance.randrange(len(lines))
    end = min(len(lines), start + chance.randrange(1, 8))
    marker = {
        "time": max(line["time"] for line in lines[start:end]),
        "node": "n1",
        "kind": "lines-missing",
        "count": end - start,
    }
    return [*lines[:start], marker, *lines[end:]]


CUTS: Final = (whole, late, holed)


def asked(day: Day, number: int, lines: Sequence[Line]) -> Cause:
    """As the command asks: the agent's lines, and those of nodes."""
    mine = [line for line in lines if concerns(number, line) or line["kind"] in NODE_KINDS]
    return explain(number, mine).cause


PLAYED: Final = lru_cache(maxsize=200)(played)


def wrong(days: Iterable[int], cut: Cut) -> tuple[list[Any], int]:
    """Agents of whom something untrue is said, and of how many the cause is named."""
    found, named = [], 0
    for seed in days:
        day = PLAYED(seed)
        lines = cut(random.Random(seed), day.lines)
        for number in AGENTS:
            said, truths = asked(day, number, lines), day.truths(number)
            named += said is not Cause.UNKNOWN
            if len(lines) < len(day.lines):  # Of what is left it may be all that there is to tell.
                truths |= {*day.standing(number), Cause.NOTHING}
            if said not in {*truths, Cause.UNKNOWN}:
                found.append((seed, number, str(said), " or ".join(map(str, truths))))
    return found, named


@pytest.mark.parametrize("cut", CUTS)
def test_the_cause_is_named_or_not_known(cut: Cut) -> None:
    found, _ = wrong(range(DAYS), cut)
    assert found == []


def test_with_the_whole_history_the_cause_is_mostly_named() -> None:
    _, named = wrong(range(DAYS), whole)
    assert named * 10 >= DAYS * len(AGENTS) * KNOWS_OF_TEN


Wrong = Callable[[pytest.MonkeyPatch], None]


def everybody_was_in(patch: pytest.MonkeyPatch) -> None:
    """An outage is blamed also on behalf of who was not there."""
    patch.setattr(diagnosis._Story, "is_in", lambda *_: True)


def nothing_is_ever_missing(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(diagnosis._Story, "missing", lambda *_: False)


def the_last_end_explains_every_refusal(patch: pytest.MonkeyPatch) -> None:
    def told(story: Any, line: Line, before: Sequence[Line]) -> Diagnosis:
        ends = [each for each in before if each["kind"] in {"sign-out", "take-over"}]
        return Diagnosis(diagnosis._cause_of(ends[-1]) if ends else Cause.UNKNOWN, line)

    patch.setattr(diagnosis._Story, "_not_signed_in", told)


def every_wrong_guid_is_an_old_one(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(diagnosis._Story, "_wrong_guid", lambda _story, line, _before: Diagnosis(Cause.IGNORES_GUIDS, line))


def a_lock_is_not_seen_behind_its_last_password(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        diagnosis._Story, "_wrong_password", lambda _story, line, _before: Diagnosis(Cause.WRONG_PASSWORD, line)
    )


def outages_of_before_count(patch: pytest.MonkeyPatch) -> None:
    genuine = diagnosis._Story._outage
    patch.setattr(diagnosis._Story, "_outage", lambda story, _since: genuine(story, 0))


def what_was_never_met_is_no_trouble(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(diagnosis._Story, "met_since", lambda *_: None)


def a_warning_is_a_trouble(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(diagnosis, "_FOREBODINGS", ())
    patch.setattr(diagnosis, "_TROUBLES", {**diagnosis._TROUBLES, "guid-not-adopted": Cause.IGNORES_GUIDS})


@pytest.mark.parametrize(
    "plant",
    [
        everybody_was_in,
        nothing_is_ever_missing,
        the_last_end_explains_every_refusal,
        every_wrong_guid_is_an_old_one,
        a_lock_is_not_seen_behind_its_last_password,
        outages_of_before_count,
        what_was_never_met_is_no_trouble,
        a_warning_is_a_trouble,
    ],
)
def test_a_wrong_explanation_is_found(plant: Wrong, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch)
    assert any(wrong([seed], cut)[0] for seed in range(MANY) for cut in CUTS)


@pytest.mark.slow
@pytest.mark.parametrize("cut", CUTS)
def test_the_cause_is_named_or_not_known_in_many_days(cut: Cut) -> None:
    found, _ = wrong(range(DAYS, LONG_DAYS), cut)
    assert found == []
