"""Parameters, bodies and results of recordings (contract recordplay.yaml, record.yaml, video.yaml)."""

from typing import Annotated

from pydantic import Field

from gateway.operations.calldata_models import When
from gateway.operations.fields import INT_MAX, AgentId, Body, OptionalCallId, Ordinal, Parameters, one_of
from gateway.operations.results import Result

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
