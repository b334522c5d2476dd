"""The recordplay group: playing and own recording.

Files are an upstream's business, and so is the token for a player of them.
"""

from typing import Annotated, Any

from pydantic import Field

from gateway.contact_centre.operations.calldata.rows import OwnRecordsParameters, RecordsParameters, When
from gateway.interface.fields import INT_MAX, AgentId, Body, OptionalCallId, Ordinal, Parameters, one_of
from gateway.interface.operation import Operation
from gateway.interface.results import Result
from gateway.wire import retcodes

FilePath = Annotated[str, Field(min_length=1, max_length=255, examples=["y:/1/0/20251121/102/1000000.V3"])]
VoicePath = Annotated[str, Field(min_length=1, max_length=100, examples=["y:/1/0/20251121/102/1000000.V3"])]
Uuid = Annotated[str, Field(max_length=64, examples=["00000000-0000-0000-0000-000000000000"])]


class JumpParameters(Parameters):
    """`forefast`, `backfast`: by how many s."""

    time: int = Field(ge=1, le=INT_MAX)


class RecordParameters(Parameters):
    """`record`: an older client names the file."""

    filename: str = Field("", max_length=255)


class CallRecordParameters(Parameters):
    """`queryrecordfilebycallid`."""

    workno: AgentId | None = None
    callid: OptionalCallId = ""
    calltime: When = ""


class RecordIdParameters(Parameters):
    """`recordfilefromrecordid`."""

    recordid: FilePath


class FileParameters(Parameters):
    """`recordfileurl` and the like: a file, or several."""

    filepath: str = Field(min_length=1, max_length=4000, examples=["y:/1/0/20251121/102/1000000.V3"])


class ScoreParameters(Parameters):
    """`queryrecordscore`."""

    workno: AgentId | None = None
    recordstartdate: When = ""
    recordenddate: When = ""


class PlayBody(Body):
    """`play`: from `startpostion` (spelt so) in s; once, whatever `times` says; the changes come from older clients."""

    voicepath: VoicePath
    startpostion: Ordinal = 0
    times: int = 1
    codeformat: Annotated[int, one_of(0)] = 0
    location_id: Ordinal | None = None
    volumechange: str = Field("50", max_length=8)
    speedchange: str = Field("50", max_length=8)


class NetPlayBody(Body):
    """`netplay`: from `position` in s; `play_time` 1 once, 0 endless; `file_format` 0 default, 1 24K VOX, 2 32K VOX."""

    file_name: VoicePath
    position: Ordinal = 0
    play_time: int = Field(1, ge=0, le=1)
    file_format: int = Field(0, ge=0, le=2)
    cc_id: Ordinal
    location_id: int | None = Field(None, ge=0, le=65_535)


class DownloadParameters(Parameters):
    """`recordfile`: `filetype` 1 a call of an agent, 2 a message left with an IVR."""

    record_id: FilePath
    filetype: int = Field(1, ge=1, le=2)
    location_id: Ordinal | None = None


class OtherServerParameters(Parameters):
    """`recordfiledownloadEx`: a file of another recording server."""

    call_id: str = Field(min_length=1, max_length=128, examples=["1455885056-1095"])
    hw_file_name: FilePath


class VideoFileParameters(Parameters):
    """`videofiledownload`: `file_type` 0 HD, 1 SD, 2 second stream; the first recording where none is named."""

    conference_id: Annotated[Uuid, Field(min_length=1)]
    record_id: Uuid = ""
    file_type: int = Field(ge=0, le=2)


class ConnectToken(Result):
    """`getconnecttoken`: what a player of its own shows the recording server."""

    token: str


_PLAY = (retcodes.PLAY_STATE,)
_RECORD = (retcodes.RECORD_STATE,)
_FILES = list[dict[str, object]]


def _files(name: str, action: str, summary: str, parameters: type[Parameters], result: Any = _FILES) -> Operation:
    """A question about files of recordings."""
    path = f"recordplay/{{agentid}}/{action}"
    away = retcodes.DOWNLOAD_OFF
    return Operation(
        name, "GET", path, summary, parameters=parameters, retcodes=(away,), result=result, relayed_only=away
    )


PLAYING: tuple[Operation, ...] = (
    Operation("beginPlay", "PUT", "recordplay/{agentid}/play", "play a file", body=PlayBody, retcodes=_PLAY),
    Operation(
        "beginNetPlay",
        "POST",
        "recordplay/{agentid}/netplay",
        "play a file of another node",
        body=NetPlayBody,
        retcodes=_PLAY,
    ),
    Operation(
        "pausePlay",
        "POST",
        "recordplay/{agentid}/pauseplay",
        "pause playing",
        retcodes=(retcodes.PAUSE_PLAY_STATE,),
    ),
    Operation(
        "resumePlay",
        "POST",
        "recordplay/{agentid}/resumeplay",
        "go on playing",
        retcodes=(retcodes.RESUME_PLAY_STATE,),
    ),
    Operation(
        "foreFastPlay",
        "POST",
        "recordplay/{agentid}/forefast/{time}",
        "jump forward",
        parameters=JumpParameters,
        retcodes=(retcodes.FORWARD_STATE,),
    ),
    Operation(
        "backFastPlay",
        "POST",
        "recordplay/{agentid}/backfast/{time}",
        "jump back",
        parameters=JumpParameters,
        retcodes=(retcodes.REWIND_STATE,),
    ),
    Operation(
        "stopPlay", "DELETE", "recordplay/{agentid}/stopplay", "stop playing", retcodes=(retcodes.STOP_PLAY_STATE,)
    ),
)

RECORDING: tuple[Operation, ...] = (
    Operation(
        "beginRecord",
        "PUT",
        "recordplay/{agentid}/record",
        "record the own call",
        parameters=RecordParameters,
        retcodes=_RECORD,
    ),
    Operation(
        "beginRecordWithoutFilename",
        "PUT",
        "recordplay/{agentid}/recordwithoutfilename",
        "record the own call, the name is made",
        retcodes=_RECORD,
    ),
    Operation(
        "pauseRecord",
        "POST",
        "recordplay/{agentid}/pauserecord",
        "pause recording",
        retcodes=(retcodes.PAUSE_RECORD_STATE,),
    ),
    Operation(
        "resumeRecord",
        "POST",
        "recordplay/{agentid}/resumerecord",
        "go on recording",
        retcodes=(retcodes.RESUME_RECORD_STATE,),
    ),
    Operation("stopRecord", "DELETE", "recordplay/{agentid}/stoprecord", "stop recording", retcodes=_RECORD),
    Operation(
        "queryVoiceRecordScore",
        "GET",
        "recordplay/{agentid}/queryrecordscore",
        "scores of recordings",
        parameters=ScoreParameters,
        result=_FILES,
    ),
)

SCREEN: tuple[Operation, ...] = (
    Operation(
        "startRecordScreen",
        "PUT",
        "recordplay/{agentid}/startrecordscreen",
        "record the own screen",
        retcodes=_RECORD,
    ),
    Operation(
        "stopRecordScreen",
        "DELETE",
        "recordplay/{agentid}/stoprecordscreen",
        "stop recording the screen",
        retcodes=_RECORD,
    ),
)

FILES: tuple[Operation, ...] = (
    _files("queryRecordFile", "recordfile", "recordings of a time span", RecordsParameters),
    _files("querySelfRecordFile", "queryselfrecordfile", "own recordings of a time span", OwnRecordsParameters),
    _files("queryRecordFileByCallId", "queryrecordfilebycallid", "recordings of a call", CallRecordParameters),
    _files("queryRecordFileFromRecordID", "recordfilefromrecordid", "a recording by its id", RecordIdParameters),
    _files("queryRecordFileURL", "recordfileurl", "address of a recording", FileParameters, str),
    _files("queryRecordZipFileURL", "recordzipfileurl", "address of a zipped recording", FileParameters, str),
    _files("queryBatchRecordZipFileURL", "batchrecordzipfileurl", "address of several, zipped", FileParameters, str),
    _files(
        "getConnectToken",
        "getconnecttoken",
        "token for a player of the recording server",
        Parameters,
        ConnectToken,
    ),
)

OPERATIONS: tuple[Operation, ...] = (*PLAYING, *RECORDING, *SCREEN, *FILES)
