"""A file is played to an agent: where it stands, when it is over, and which operation fits when."""

import pytest

from gateway.contact_centre.floor import playing
from gateway.contact_centre.floor.activities import Playback
from gateway.contact_centre.floor.calls import Phone
from gateway.contact_centre.floor.effects import Effects, TimerKey
from gateway.contact_centre.floor.world import World
from gateway.wire.errors import Refused
from tests.unit.contact_centre.floor.pieces import NOW_MS, contents, freed, new_world, out_now, session, timers, told

PATH = "y:/hello.wav"
"""A file of 10 s."""


def begun(position_s: float = 0.0, *, endless: bool = False) -> tuple[World, Playback]:
    """101 hears PATH from there on."""
    world = new_world(None, 101)
    playing.begin(out_now(), world, world.desks[101], PATH, position_s, endless=endless)
    return world, world.activities.playing[session(101)]


def later(seconds: float) -> Effects:
    """So many seconds after it began."""
    return Effects(NOW_MS + round(seconds * 1000))


def test_the_phone_is_lifted_and_the_file_plays() -> None:
    world, out = new_world(None, 101), out_now()
    playing.begin(out, world, world.desks[101], PATH, 0)
    assert told(out, 101) == [
        "AgentState_Busy",
        "AgentOther_PhoneAlerting",
        "AgentOther_PhoneOffhook",
        "AgentMediaEvent_Play",
        "AgentMediaEvent_Play_Succ",
    ]
    assert timers(out) == {"play": 10.0}


@pytest.mark.parametrize(("path", "position_s", "fails"), [(PATH, 9, False), (PATH, 10, True), ("a.mp3", 0, True)])
def test_a_file_of_another_form_and_a_place_past_its_end_cannot_be_played(
    path: str, position_s: int, fails: bool
) -> None:
    world, out = new_world(None, 101), out_now()
    assert playing.fails(out, world, world.desks[101], path, position_s) is fails
    assert told(out, 101) == (["AgentMediaEvent_Play_Fail"] if fails else [])


@pytest.mark.parametrize(
    ("operation", "while_playing", "while_paused"),
    [
        ("pausePlay", True, False),
        ("resumePlay", False, True),
        ("foreFastPlay", True, False),
        ("backFastPlay", True, False),
        ("stopPlay", True, True),
    ],
)
@pytest.mark.parametrize("paused", [False, True])
def test_an_operation_fits_while_it_plays_or_while_it_is_paused(
    operation: str, while_playing: bool, while_paused: bool, paused: bool
) -> None:
    world, playback = begun()
    playback.paused = paused
    if while_paused if paused else while_playing:
        assert playing.running(world, session(101), operation) is playback
    else:
        with pytest.raises(Refused) as refused:
            playing.running(world, session(101), operation)
        assert refused.value.retcode == playing.LEGAL[operation][1]


def test_nothing_fits_while_nothing_is_played() -> None:
    with pytest.raises(Refused):
        playing.running(new_world(None, 101), session(101), "stopPlay")


def test_after_a_pause_it_goes_on_where_it_was() -> None:
    world, playback = begun()
    paused, resumed = later(4), later(60)
    playing.pause(paused, world, playback)
    playing.resume(resumed, world, playback)
    assert (timers(paused), timers(resumed)) == ({"play": None}, {"play": 6.0})


@pytest.mark.parametrize(("by_s", "left_s"), [(3, 3.0), (-2, 8.0), (-60, 10.0)])
def test_it_is_wound_on_or_back_to_its_beginning_at_most(by_s: float, left_s: float) -> None:
    world, playback = begun()
    out = later(4)
    playing.jump(out, world, playback, by_s)
    assert (told(out, 101), timers(out)) == (["AgentMediaEvent_JumpPlayDone"], {"play": left_s})


def test_wound_past_its_end_it_is_over() -> None:
    world, playback = begun()
    out = later(4)
    playing.jump(out, world, playback, 6)
    assert contents(out, "AgentMediaEvent_StopPlayDone") == [{"cause": 0}]
    assert (freed(out), world.activities.playing) == ({101: "NOT_TALKED"}, {})


def test_an_endless_file_is_wound_past_its_end_and_begins_anew_at_it() -> None:
    world, playback = begun(endless=True)
    playing.jump(later(4), world, playback, 6)
    out = later(10)
    playing.runs_out(out, world, TimerKey(playing.PLAY, session(101)))
    assert (timers(out), freed(out)) == ({"play": 10.0}, {})


def test_at_its_end_the_agent_is_free() -> None:
    world, _playback = begun(4)
    out = later(6)
    playing.runs_out(out, world, TimerKey(playing.PLAY, session(101)))
    assert (freed(out), world.desks[101].phone) == ({101: "NOT_TALKED"}, Phone.ON_HOOK)


def test_a_file_that_is_over_does_not_end_again() -> None:
    world, playback = begun()
    playing.end(out_now(), world, playback, playing.BY_AGENT)
    out = later(10)
    playing.runs_out(out, world, TimerKey(playing.PLAY, session(101)))
    assert out.effects == []


@pytest.mark.parametrize("gone", ["signed out", "hung up"])
def test_it_ends_with_the_agent_and_its_phone(gone: str) -> None:
    world, _playback = begun()
    if gone == "hung up":
        world.desks[101].phone = Phone.ON_HOOK
    else:
        del world.desks[101]
    out = out_now()
    playing.look_after(out, world)
    assert world.activities.playing == {}
    assert told(out, 101) == (["AgentMediaEvent_StopPlayDone"] if gone == "hung up" else [])
