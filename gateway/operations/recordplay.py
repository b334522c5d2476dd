"""The recordplay group: playing and own recording (contract recordplay.yaml).

Files are an upstream's business, and so is the token for a player of them.
"""

from typing import Any

from gateway.operations import recordplay_models as models
from gateway.operations.calldata_models import OwnRecordsParameters, RecordsParameters
from gateway.operations.fields import Parameters
from gateway.operations.operation import Operation
from gateway.wire import retcodes

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
    Operation("beginPlay", "PUT", "recordplay/{agentid}/play", "play a file", body=models.PlayBody, retcodes=_PLAY),
    Operation(
        "beginNetPlay",
        "POST",
        "recordplay/{agentid}/netplay",
        "play a file of another node",
        body=models.NetPlayBody,
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
        parameters=models.JumpParameters,
        retcodes=(retcodes.FORWARD_STATE,),
    ),
    Operation(
        "backFastPlay",
        "POST",
        "recordplay/{agentid}/backfast/{time}",
        "jump back",
        parameters=models.JumpParameters,
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
        parameters=models.RecordParameters,
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
        parameters=models.ScoreParameters,
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
    _files("queryRecordFileByCallId", "queryrecordfilebycallid", "recordings of a call", models.CallRecordParameters),
    _files("queryRecordFileFromRecordID", "recordfilefromrecordid", "a recording by its id", models.RecordIdParameters),
    _files("queryRecordFileURL", "recordfileurl", "address of a recording", models.FileParameters, str),
    _files("queryRecordZipFileURL", "recordzipfileurl", "address of a zipped recording", models.FileParameters, str),
    _files(
        "queryBatchRecordZipFileURL", "batchrecordzipfileurl", "address of several, zipped", models.FileParameters, str
    ),
    _files(
        "getConnectToken",
        "getconnecttoken",
        "token for a player of the recording server",
        Parameters,
        models.ConnectToken,
    ),
)

OPERATIONS: tuple[Operation, ...] = (*PLAYING, *RECORDING, *SCREEN, *FILES)
