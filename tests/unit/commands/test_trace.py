"""How `agentgateway trace` shows lines, and how it knows that some are missing."""

from gateway.commands.trace import Gaps, shown


def line(number: int, node: str = "n1") -> dict[str, object]:
    return {"time": "t", "node": node, "worker": 0, "number": number, "agent": 101, "kind": "answer", "status": 200}


def test_lines_in_a_row_have_no_gap() -> None:
    gaps = Gaps()
    assert [gaps.before(line(number)) for number in (5, 6, 7)] == [0, 0, 0]


def test_a_gap_is_told() -> None:
    gaps = Gaps()
    assert [gaps.before(line(number)) for number in (1, 4)] == [0, 2]


def test_each_process_counts_for_itself() -> None:
    gaps = Gaps()
    assert [gaps.before(line(number, node)) for number, node in ((1, "n1"), (9, "n2"), (2, "n1"))] == [0, 0, 0]


def test_a_line_is_for_people() -> None:
    assert shown(line(1)) == "t  n1/0  answer   status=200"
