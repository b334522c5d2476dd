"""The contact centre file: the one that comes with the gateway, and every problem of a wrong one."""

from pathlib import Path

import pytest

from gateway.contact_centre.floor.plan import Plan
from gateway.contact_centre.plan_file import PlanFileError, read

SHIPPED = Path(__file__).parents[3] / "config" / "contact_center.toml"


def _read(folder: Path, text: str) -> Plan:
    path = folder / "contact_center.toml"
    path.write_text(text, encoding="utf-8")
    return read(path, {1, 2})


def test_the_shipped_file_fits_the_shipped_skill_queues() -> None:
    plan = read(SHIPPED, range(1, 7))
    assert plan.access_code(1) in plan.access
    assert plan.behaviour("13800000000").answer_s == 2


def test_an_empty_file_is_a_centre_without_numbers(tmp_path: Path) -> None:
    assert _read(tmp_path, "") == Plan()


def test_phones_are_those_of_the_ranges_and_any_where_there_is_none(tmp_path: Path) -> None:
    plan = _read(tmp_path, '[vdn]\nphones = ["6000-6099", "70000-70000"]')
    numbers = ("5999", "6000", "6099", "6100", "60000", "70000")
    assert [number for number in numbers if plan.takes_phone(number)] == ["6000", "6099", "70000"]
    assert Plan().takes_phone("1")


def test_the_behaviour_with_the_longest_prefix_counts(tmp_path: Path) -> None:
    text = '[[customers]]\nprefix = "13"\nanswer = 7\n[[customers]]\nprefix = "139"\nnever_answers = true\n'
    plan = _read(tmp_path, text)
    assert [plan.behaviour(number).answer_s for number in ("138", "139", "20")] == [7, None, 2]


def test_a_team_may_have_an_agent_who_leads_it(tmp_path: Path) -> None:
    plan = _read(tmp_path, '[[groups]]\nid = 1\nname = "a"\nmonitor = 119\n[[groups]]\nid = 2\nname = "b"')
    assert [group.monitor for group in plan.groups] == [119, 0]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[vdn", "is not TOML"),
        ("[vdn]\nnumbre = 1", "vdn numbre"),
        ("[timing]\nno_answer = 0", "timing no_answer"),
        ('[vdn]\nphones = ["6099-6000"]', "two numbers of one length"),
        ('[vdn]\nphones = ["600-6000"]', "two numbers of one length"),
        ('[vdn]\nphones = ["6000"]', "vdn phones"),
        ("[[queues]]\nskill = 9", "queues skill 9: no skill queue with this id in the agents file"),
        ('[[ivrs]]\naccess = "7"\nid = 1\nthen_skill = 8', "ivrs then_skill 8"),
        ("[[queues]]\nskill = 1\n[[queues]]\nskill = 1", "queues skill 1: given twice"),
        ('[[queues]]\nskill = 1\naccess = ["5"]\n[[queues]]\nskill = 2\naccess = ["5"]', "access code 5: given twice"),
        ('[[groups]]\nid=1\nname="a"\nagents=[101]\n[[groups]]\nid=2\nname="b"\nagents=[101]', "agent of a group 101"),
    ],
)
def test_a_wrong_file_is_refused_with_its_problem(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(PlanFileError) as refusal:
        _read(tmp_path, text)
    assert problem in " ".join(refusal.value.problems)


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(PlanFileError) as refusal:
        _read(tmp_path, "[timing]\nno_answer = 0\ndial = -1")
    assert len(refusal.value.problems) == 2


def test_problems_of_all_kinds_are_told_at_once(tmp_path: Path) -> None:
    twice = "[[queues]]\nskill = 77\n[[queues]]\nskill = 77\nmax_wait = -1"
    with pytest.raises(PlanFileError) as refusal:
        _read(tmp_path, f"[vdn]\nfoo = 2\n{twice}\n[[ivrs]]\nthen_skill = 0")
    assert [problem.partition(":")[0] for problem in refusal.value.problems] == [
        "vdn foo",
        "queues[1] max_wait",
        "ivrs[0] access",
        "ivrs[0] id",
        "queues skill 77",
        "queues skill 77",
    ]


@pytest.mark.parametrize("text", ["queues = 5", "queues = [5]", "[queues]\nskill = 1", "[[queues]]\nskill = [[1]]"])
def test_tables_that_are_none_are_told(tmp_path: Path, text: str) -> None:
    with pytest.raises(PlanFileError, match="queues"):
        _read(tmp_path, text)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(PlanFileError, match="cannot be read"):
        read(tmp_path / "none.toml")
