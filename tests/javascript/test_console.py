"""The console's modules in node: the last hour as it grows, minutes, numbers."""

from functools import partial

from gateway.console.history import History, Reading, columns
from tests.support.node import answer_of, needs_node

pytestmark = needs_node
MINUTE_MS = 60_000


console = partial(answer_of, "tests/javascript/console.mjs")


def told(*readings: tuple[int, Reading]) -> tuple[list[dict[str, object]], History]:
    """What the gateway tells after each of these, asked for what is new."""
    history, answers, last_ms = History({"login"}, {"poll"}), [], 0
    for at_ms, reading in readings:
        history.take(reading, at_ms)
        answers.append(columns(history.since(last_ms)))
        last_ms = at_ms
    return answers, history


def readings(*counts: dict[str, int]) -> list[tuple[int, Reading]]:
    sums: dict[str, int] = {}
    found = [(0, Reading())]
    for number, new in enumerate(counts, 1):
        sums = {name: sums.get(name, 0) + new.get(name, 0) for name in {*sums, *new}}
        found.append((number * 10_000, Reading({("login", name): count for name, count in sums.items()})))
    return found


async def test_what_is_new_is_put_behind_what_is_known() -> None:
    answers, history = told(*readings({"0": 1}, {"100-004": 2}, {"000-003": 1, "100-004": 1}))
    whole = await console("hour", [columns(history.since(0))])
    assert await console("hour", answers) == whole
    assert whole["at"] == [10_000, 20_000, 30_000]
    assert whole["signedIn"] == [1, 0, 0]


async def test_refusals_are_ranked_and_explained_and_the_rest_is_one() -> None:
    answers, _ = told(*readings({"100-004": 5, "000-003": 3, "9-9": 2, "8-8": 1}))
    found = (await console("hour", answers, 2))["refusals"]
    assert [(one["label"], one["total"], one["values"]) for one in found] == [
        ("100-004 wrong agent or password", 5, [5]),
        ("000-003 no right to call this interface", 3, [3]),
        ("2 other reasons", 3, [3]),
    ]


async def test_what_is_older_than_an_hour_is_forgotten() -> None:
    first, second = (columns([]) for _ in range(2))
    for answer, at in ((first, [1000, 2000]), (second, [3_601_500])):
        empty = {name: [0] * len(at) for name, values in answer.items() if isinstance(values, list)}
        answer |= {**empty, "at": at}
    first["refused"] = {"000-003": [1, 2]}
    found = await console("hour", [first, second])
    assert found["at"] == [2000, 3_601_500]
    assert found["refusals"][0]["values"] == [2, 0]


async def test_minutes_are_sums_or_the_most_and_gaps_stay() -> None:
    times = [10_000, 60_000, 70_000, 130_000]
    assert await console("minutes", times, [1, 2, 3, 4], True) == [[0, 3], [MINUTE_MS, 3], [2 * MINUTE_MS, 4]]
    assert await console("minutes", times, [5, 2, None, None], False) == [
        [0, 5],
        [MINUTE_MS, None],
        [2 * MINUTE_MS, None],
    ]


async def test_numbers_are_short_and_scales_end_at_one_that_reads_well() -> None:
    assert await console("numbers", [0, 1, 0.034, 7.256, 37, 12_345]) == [
        [1, "0", "0 polls"],
        [1, "1", "1 poll"],
        [0.04, "0.03", "0.034 polls"],
        [8, "7.26", "7.256 polls"],
        [40, "37", "37 polls"],
        [15_000, "12,345", "12,345 polls"],
    ]


async def test_how_many_ended_is_told_with_what_became_of_the_others() -> None:
    whole = {"total": 1200, "ended": 1200, "left": 0, "notEnded": [], "trouble": ""}
    assert await console("ended", whole) == "1,200 of 1,200 sessions ended."
    part = {"total": 312, "ended": 200, "left": 100, "notEnded": [117, 118], "trouble": "the store is out of reach"}
    assert await console("ended", part) == (
        "200 of 312 sessions ended. 2 not, since the store did not answer for them. "
        "10 had ended or changed by themselves. 100 left as they were: the store is out of reach"
    )
    stopped = {"total": 1, "ended": 0, "left": 1, "notEnded": [], "trouble": ""}
    assert await console("ended", stopped) == "0 of 1 session ended. 1 left as they were, as you stopped it."
