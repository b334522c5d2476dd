from collections import Counter

from gateway.sim.tally import LOST, DayTally


def test_the_live_line_tells_agents_calls_and_delays() -> None:
    tally = DayTally(answered=3, abandoned=1)
    tally.event(7)
    line = tally.line(61.2, 600.0, Counter(idle=2, talking=1), Counter(waiting=4, talking=1, held=1))
    assert line == (
        "   61 of 600 s | agents: idle 2 talking 1 | calls: waiting 4 talking 2 answered 3 abandoned 1"
        " | events p50 7 ms p99 7 ms | faults 0"
    )


def test_a_fault_is_a_failure_and_its_example_is_told() -> None:
    tally = DayTally(answered=1)
    tally.fault(LOST, "agent 101: AgentEvent_Talking")
    assert tally.failures() == ["events lost: 1"]
    assert tally.summary()[-1].strip() == "events lost: agent 101: AgentEvent_Talking"


def test_a_day_on_which_nobody_talked_is_no_pass() -> None:
    assert DayTally().failures() == ["no call was answered"]
