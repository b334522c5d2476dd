from gateway.sessions.memory_store import MemoryEventQueue, MemorySessionStore, wall_clock
from gateway.sessions.store import Bounds


def test_without_a_clock_it_is_the_time_of_this_machine_and_never_goes_back() -> None:
    clock = wall_clock()
    store = MemorySessionStore(MemoryEventQueue(lambda: Bounds(1, 1)))
    times = [clock(), clock(), clock()]
    assert times == sorted(times)
    assert abs(store.now_ms() - times[0]) < 1000
