"""A site is sized from costs by plain arithmetic."""

from dataclasses import replace
from pathlib import Path

import capacity
import docs_capacity
import pytest
from capacity_measure import beyond
from capacity_model import KINDS, Cost, Costs, Measured, Site, load, most_agents, plan, save

COSTS = Costs(
    {kind: Cost(cpu_us=1000, redis_us=100, redis_commands=10, wire_bytes=500, loop_us=1000) for kind in KINDS},
    process_bytes=80e6,
    agent_bytes=20e3,
    redis_bytes=1500,
)
SITE = Site(3600, reads=1, changes=1, hold_s=10, rotation_s=60, shift_start_s=900)


def test_cores_are_the_sum_of_what_all_agents_do_in_a_second() -> None:
    # 1 read, 1 change, 360 polls and 60 rotations a second, 1 ms each
    assert plan(SITE, COSTS).cores == pytest.approx(0.422)


def test_shift_start_adds_the_sign_ins() -> None:
    assert plan(SITE, COSTS).shift_cores == pytest.approx(0.426)


def test_no_guid_changes_in_mode_1() -> None:
    assert plan(replace(SITE, rotation_s=0), COSTS).cores == pytest.approx(0.362)


def test_every_number_of_agents_has_a_worker_and_a_node_to_spare() -> None:
    small = plan(replace(SITE, agents=1), COSTS)
    assert (small.workers, small.nodes, small.shards) == (1, 2, 1)


def test_workers_follow_the_waiting_polls_where_calls_cost_next_to_nothing() -> None:
    free = replace(COSTS, kinds={kind: Cost(0, 0, 0, 0, 0) for kind in KINDS})
    assert plan(Site(100_001), free).workers == 6


@pytest.mark.parametrize("more", ["agents", "reads", "changes"])
def test_more_of_anything_never_needs_less(more: str) -> None:
    busier = replace(SITE, **{more: 50 * getattr(SITE, more)})
    few, many = plan(SITE, COSTS), plan(busier, COSTS)
    assert many.workers >= few.workers
    assert many.shards >= few.shards
    assert many.redis_commands > few.redis_commands


def test_memory_of_a_node_is_its_processes_and_its_agents() -> None:
    assert plan(SITE, COSTS).node_bytes == pytest.approx(80e6 + 3600 * 20e3)


def test_a_part_may_be_measured_larger_than_the_whole() -> None:
    assert beyond(Cost(1, 2, 3, 4, 5), Cost(2, 2, 2, 2, 2)) == Cost(0, 0, 1, 2, 3)


def test_costs_come_back_as_they_were_kept(tmp_path: Path) -> None:
    measured = Measured("2 cores", "2026-11-22", 400, {"embedded": COSTS})
    save(measured, tmp_path / "costs.json")
    assert load(tmp_path / "costs.json") == measured


def test_an_embedded_contact_centre_serves_what_one_worker_carries() -> None:
    most = most_agents(SITE, COSTS)
    assert plan(replace(SITE, agents=most), COSTS).workers == 1
    assert plan(replace(SITE, agents=most + 1), COSTS).workers == 2


@pytest.mark.parametrize(
    ("asked", "backend"),
    [(["--agents", "1000"], "embedded"), (["--agents", "1000", "--upstream"], "upstream"), (["--agents", "99999"], "")],
)
def test_a_plan_is_of_many_nodes_only_where_they_can_serve(
    asked: list[str], backend: str, capsys: pytest.CaptureFixture[str]
) -> None:
    capacity.plan(capacity.parser().parse_args(["plan", *asked]))
    told = capsys.readouterr().out
    assert ("on one node" in told) == (backend == "embedded")
    assert told.startswith("An embedded contact centre lives in one process") == (not backend)


def test_page_shows_the_plan_of_every_example() -> None:
    page = docs_capacity.page(Measured("2 cores", "2026-11-22", 400, {"embedded": COSTS, "upstream": COSTS}))
    for agents in docs_capacity.EXAMPLES:
        made = plan(Site(agents), COSTS)
        assert f"| {agents:,} | {made.cores:.2f} | {made.shift_cores:.2f} | {made.workers} | {made.nodes} |" in page


@pytest.mark.parametrize(
    ("count", "text"),
    [(900, "900 B"), (15_700, "15.7 kB"), (254e6, "254 MB"), (81.5e6, "81.5 MB"), (3.2e10, "32.0 GB")],
)
def test_bytes_are_told_as_people_read_them(count: float, text: str) -> None:
    assert docs_capacity.size(count) == text
