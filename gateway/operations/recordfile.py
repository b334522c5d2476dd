"""Files of recordings and videos (contract record.yaml, video.yaml): relayed to an upstream, never served here."""

from gateway.operations import recordplay_models as models
from gateway.operations.fields import Parameters
from gateway.operations.operation import Answer, Operation
from gateway.wire import retcodes


def _file(name: str, path: str, summary: str, parameters: type[Parameters]) -> Operation:
    away = retcodes.DOWNLOAD_OFF
    return Operation(
        name, "GET", path, summary, parameters=parameters, answer=Answer.FILE, retcodes=(away,), relayed_only=away
    )


OPERATIONS: tuple[Operation, ...] = (
    _file("downloadRecordFile", "recordfile/{agentid}", "a recording", models.DownloadParameters),
    _file(
        "recordfiledownloadEx",
        "recordfile/{agentid}/recordfiledownloadEx",
        "a recording of another recording server",
        models.OtherServerParameters,
    ),
    _file(
        "downloadVideoFile",
        "recordfile/{agentid}/videofiledownload",
        "the video of a call",
        models.VideoFileParameters,
    ),
)
