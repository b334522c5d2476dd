"""Recordings of agents' talk: by the plan, by the agent's own wish, or as asked for."""

from datetime import UTC, datetime
from typing import Final

from gateway.contact_centre.floor.calls import Call, Leg, Recording, Stage
from gateway.contact_centre.floor.effects import Content, Effects
from gateway.contact_centre.floor.world import World
from gateway.wire import retcodes
from gateway.wire.errors import Refused

LOCATION: Final = "1"
AUDIO: Final = "1"
KEPT: Final = 2000
FORMS: Final = (".v3", ".wav", ".vox")


def begin_if_wanted(out: Effects, world: World, call: Call, leg: Leg) -> None:
    """An agent talks: recording begins where all calls are recorded, or those of this agent."""
    desk = world.desk(leg)
    if desk is not None and leg.recording is None and (world.plan.record or desk.state.self_record):
        _begin(out, world, call, leg, "")


def begin_early(out: Effects, world: World, call: Call, leg: Leg) -> None:
    """An agent is asked to talk, or calls: recording begins where the agent wants even that recorded."""
    desk = world.desk(leg)
    if desk is not None and leg.recording is None and desk.state.self_record and desk.state.record_early:
        _begin(out, world, call, leg, "")


def talking(world: World, session_id: str) -> tuple[Call, Leg] | None:
    """The call or conference that the agent talks in."""
    found = world.active(session_id)
    if found is not None:
        return found if found[1].stage is Stage.TALKING else None
    there = world.activities.conference_of(session_id)
    return (there[0].call, there[1].leg) if there is not None and there[1].joined_ms else None


def begin(out: Effects, world: World, session_id: str, file_name: str = "") -> None:
    """`record`: while the agent talks, is not recorded and not inspected. Raises Refused `500-008`.

    A file name of a form that cannot be played later brings the event of a recording that failed.
    """
    found = talking(world, session_id)
    if found is None or found[1].recording is not None:
        raise Refused(retcodes.RECORD_STATE)
    if world.activities.inspection_of(session_id) is not None:
        raise Refused(retcodes.RECORD_STATE, "not while an inspector is with the agent")
    call, leg = found
    if file_name and not file_name.lower().endswith(FORMS):
        _tell(out, call, leg, "AgentMediaEvent_Record_Fail", Recording(next(world.numbers), out.now_ms, file_name))
        return
    _begin(out, world, call, leg, file_name)


def _begin(out: Effects, world: World, call: Call, leg: Leg, file_name: str) -> None:
    task_id = next(world.numbers)
    day = datetime.fromtimestamp(out.now_ms / 1000, UTC).strftime("%Y%m%d")
    made = f"Y:/{world.plan.vdn_id}/0/{day}/{leg.agent_id}/{task_id}.V3"
    leg.recording = Recording(task_id, out.now_ms, file_name or made)
    _tell(out, call, leg, "AgentMediaEvent_Record", leg.recording)


def _tell(out: Effects, call: Call, leg: Leg, event_type: str, recording: Recording) -> None:
    content: Content = {
        "taskId": recording.task_id,
        "caller": call.caller,
        "called": call.called,
        "locationId": LOCATION,
        "recordID": f"{call.id}-{recording.task_id}",
        "fileName": recording.file_name,
        "fileMediaType": AUDIO,
        "callId": call.id,
    }
    out.tell(leg, event_type, content)


def _running(world: World, session_id: str, code: str) -> tuple[Leg, Recording]:
    found = talking(world, session_id)
    if found is None or found[1].recording is None:
        raise Refused(code)
    return found[1], found[1].recording


def pause(out: Effects, world: World, session_id: str) -> None:
    """`pauserecord`; there is no event. Raises Refused `500-004` unless a recording is running."""
    _leg, recording = _running(world, session_id, retcodes.PAUSE_RECORD_STATE)
    if recording.paused_since_ms:
        raise Refused(retcodes.PAUSE_RECORD_STATE)
    recording.paused_since_ms = out.now_ms


def resume(out: Effects, world: World, session_id: str) -> None:
    """`resumerecord`; there is no event. Raises Refused `500-006` unless a recording is paused."""
    _leg, recording = _running(world, session_id, retcodes.RESUME_RECORD_STATE)
    if not recording.paused_since_ms:
        raise Refused(retcodes.RESUME_RECORD_STATE)
    recording.paused_ms += out.now_ms - recording.paused_since_ms
    recording.paused_since_ms = 0


def stop(out: Effects, world: World, session_id: str) -> None:
    """`stoprecord`, also of a paused one. Raises Refused `500-008` when there is none."""
    leg, _recording = _running(world, session_id, retcodes.RECORD_STATE)
    end(out, world, leg)


def end(out: Effects, world: World, leg: Leg) -> None:
    """The recording of this leg is over, if there is one; it can be played from now on."""
    recording, leg.recording = leg.recording, None
    if recording is None:
        return
    content: Content = {
        "beginTime": recording.began_ms,
        "endTime": out.now_ms,
        "fileMediaType": AUDIO,
        "taskId": recording.task_id,
        "jsonKey": ["beginTime", "endTime", "fileMediaType", "taskId"],
    }
    out.tell(leg, "AgentMediaEvent_StopRecordDone", content)
    _keep(world, recording, out.now_ms)


def _keep(world: World, recording: Recording, now_ms: int) -> None:
    until = recording.paused_since_ms or now_ms
    kept = world.activities.recorded
    kept[recording.file_name] = max(0, until - recording.began_ms - recording.paused_ms) / 1000
    if len(kept) > KEPT:
        del kept[next(iter(kept))]


def start_screen(world: World, session_id: str) -> None:
    """`startrecordscreen`: there is no event. Raises Refused `500-008` while the screen is recorded already."""
    if session_id in world.activities.screens:
        raise Refused(retcodes.RECORD_STATE, "the screen is recorded already")
    world.activities.screens.add(session_id)


def stop_screen(world: World, session_id: str) -> None:
    """`stoprecordscreen`. Raises Refused `500-008` unless the screen is recorded."""
    if session_id not in world.activities.screens:
        raise Refused(retcodes.RECORD_STATE, "the screen is not recorded")
    world.activities.screens.remove(session_id)


def forget_screens(_out: Effects, world: World) -> None:
    """A screen is recorded as long as its agent is signed in."""
    if world.activities.screens:
        world.activities.screens &= {desk.session_id for desk in world.desks.values()}


def length_s(world: World, path: str) -> float | None:
    """How long a file plays, in s; None for one whose form cannot be played.

    Recordings that were made here last as long as they were recorded, every other file as long as the plan says.
    """
    if not path.lower().endswith(FORMS):
        return None
    return world.activities.recorded.get(path, world.plan.timing.voice_s)
