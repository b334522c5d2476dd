from pathlib import Path

from gateway.ops.metrics import SHARED_DIR
from gateway.supervisor.worker_pool import SharedMetrics


def test_a_worker_that_ended_leaves_its_counters_and_takes_its_gauges() -> None:
    shared = SharedMetrics()
    folder = Path(shared.environ[SHARED_DIR])
    for name in ("counter_7.db", "gauge_livesum_7.db", "gauge_livesum_8.db"):
        (folder / name).touch()
    shared.ended(7)
    assert sorted(path.name for path in folder.iterdir()) == ["counter_7.db", "gauge_livesum_8.db"]
    shared.close()
    assert not folder.exists()


def test_a_worker_may_end_after_all_is_over() -> None:
    shared = SharedMetrics()
    shared.close()
    shared.ended(7)
