"""Files played to agents, one at a time, while they are in no call."""

from typing import Final

from gateway.contact_centre.floor import phones, recording
from gateway.contact_centre.floor.activities import Playback
from gateway.contact_centre.floor.calls import AgentDesk
from gateway.contact_centre.floor.effects import CallEnding, Effects, Free, Timer, TimerKey
from gateway.contact_centre.floor.world import World
from gateway.wire import retcodes
from gateway.wire.errors import Refused

PLAY: Final = "play"
TO_THE_END, BY_AGENT = 0, 1

LEGAL: Final[dict[str, tuple[frozenset[bool], str]]] = {
    "pausePlay": (frozenset({False}), retcodes.PAUSE_PLAY_STATE),
    "resumePlay": (frozenset({True}), retcodes.RESUME_PLAY_STATE),
    "foreFastPlay": (frozenset({False}), retcodes.FORWARD_STATE),
    "backFastPlay": (frozenset({False}), retcodes.REWIND_STATE),
    "stopPlay": (frozenset({False, True}), retcodes.STOP_PLAY_STATE),
}
"""Operation -> whether playing must be paused for it (either, where both are there), and the code if it is not so."""


def running(world: World, session_id: str, operation: str) -> Playback:
    """What is played to the agent. Raises Refused as the table says."""
    allowed, code = LEGAL[operation]
    found = world.activities.playing.get(session_id)
    if found is None or found.paused not in allowed:
        raise Refused(code)
    return found


def fails(out: Effects, world: World, desk: AgentDesk, path: str, position_s: float) -> bool:
    """Whether the file cannot be played from there; then the one event says so."""
    length_s = recording.length_s(world, path)
    if length_s is not None and position_s < length_s:
        return False
    out.tell_desk(desk, "AgentMediaEvent_Play_Fail")
    return True


def begin(out: Effects, world: World, desk: AgentDesk, path: str, position_s: float, *, endless: bool = False) -> None:
    """The occupied agent hears the file with its phone."""
    length_s = recording.length_s(world, path) or 0.0
    made = Playback(desk.agent_id, desk.session_id, length_s, position_s, out.now_ms, endless=endless)
    world.activities.playing[desk.session_id] = made
    out.tell_desk(desk, "AgentState_Busy")
    phones.ring(out, desk)
    phones.lift(out, desk)
    out.tell_desk(desk, "AgentMediaEvent_Play")
    out.tell_desk(desk, "AgentMediaEvent_Play_Succ")
    _set_timer(out, made)


def pause(out: Effects, world: World, playback: Playback) -> None:
    """Playing pauses where it is."""
    playback.position_s = _position(playback, out.now_ms)
    playback.paused = True
    _say(out, world, playback, "AgentMediaEvent_PausePlayDone")
    _set_timer(out, playback)


def resume(out: Effects, world: World, playback: Playback) -> None:
    """Playing goes on."""
    playback.paused, playback.since_ms = False, out.now_ms
    _say(out, world, playback, "AgentMediaEvent_ResumePlayDone")
    _set_timer(out, playback)


def jump(out: Effects, world: World, playback: Playback, by_s: float) -> None:
    """Playing goes on so many seconds further on, or back; past the end it is over."""
    playback.position_s = max(0.0, _position(playback, out.now_ms) + by_s)
    playback.since_ms = out.now_ms
    _say(out, world, playback, "AgentMediaEvent_JumpPlayDone")
    if playback.position_s >= playback.length_s and not playback.endless:
        end(out, world, playback, TO_THE_END)
    else:
        _set_timer(out, playback)


def end(out: Effects, world: World, playback: Playback, cause: int) -> None:
    """Playing is over, and the agent free again."""
    del world.activities.playing[playback.session_id]
    out.add(Timer(TimerKey(PLAY, playback.session_id), None))
    desk = world.desk_of(playback.agent_id, playback.session_id)
    if desk is not None:
        out.tell_desk(desk, "AgentMediaEvent_StopPlayDone", {"cause": cause})
        phones.drop(out, desk)
        out.add(Free(desk.agent_id, desk.session_id, CallEnding.NOT_TALKED))


def look_after(out: Effects, world: World) -> None:
    """Ends what is played to agents who hung up or are signed out."""
    for playback in list(world.activities.playing.values()):
        desk = world.desk_of(playback.agent_id, playback.session_id)
        if desk is None or not phones.in_use(desk):
            end(out, world, playback, BY_AGENT)


def runs_out(out: Effects, world: World, key: TimerKey) -> None:
    """The file has come to its end; an endless one begins anew."""
    playback = world.activities.playing.get(key.call_id)
    if playback is None:
        return
    if playback.endless:
        playback.position_s, playback.since_ms = 0.0, out.now_ms
        _set_timer(out, playback)
    else:
        end(out, world, playback, TO_THE_END)


def _set_timer(out: Effects, playback: Playback) -> None:
    left_s = None if playback.paused else max(0.0, playback.length_s - playback.position_s)
    out.add(Timer(TimerKey(PLAY, playback.session_id), left_s))


def _position(playback: Playback, now_ms: int) -> float:
    return playback.position_s + (0.0 if playback.paused else (now_ms - playback.since_ms) / 1000)


def _say(out: Effects, world: World, playback: Playback, event_type: str) -> None:
    desk = world.desk_of(playback.agent_id, playback.session_id)
    if desk is not None:
        out.tell_desk(desk, event_type)
