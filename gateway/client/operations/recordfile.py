"""Operations of the group recordfile, with and without await.

Written by scripts/docs.py from the rows of the server; not to be edited.
"""

from gateway.client.request import Group, Wait


class Recordfile(Group):
    """Operations of `recordfile`."""

    async def download_record_file(
        self, record_id: str, *, filetype: int | None = None, location_id: int | None = None
    ) -> bytes:
        """A recording (`downloadRecordFile`). May be refused with DownloadOff."""
        result: bytes = await self._ask(
            "downloadRecordFile",
            "GET",
            "recordfile/{agentid}",
            {"recordId": record_id, "filetype": filetype, "locationId": location_id},
            brings_file=True,
        )
        return result

    async def recordfiledownload_ex(self, call_id: str, hw_file_name: str) -> bytes:
        """A recording of another recording server (`recordfiledownloadEx`). May be refused with DownloadOff."""
        result: bytes = await self._ask(
            "recordfiledownloadEx",
            "GET",
            "recordfile/{agentid}/recordfiledownloadEx",
            {"callId": call_id, "hwFileName": hw_file_name},
            brings_file=True,
        )
        return result

    async def download_video_file(self, conference_id: str, file_type: int, *, record_id: str | None = None) -> bytes:
        """The video of a call (`downloadVideoFile`). May be refused with DownloadOff."""
        result: bytes = await self._ask(
            "downloadVideoFile",
            "GET",
            "recordfile/{agentid}/videofiledownload",
            {"conferenceId": conference_id, "recordId": record_id, "fileType": file_type},
            brings_file=True,
        )
        return result


class BlockingRecordfile:
    """Operations of `recordfile`, without await."""

    def __init__(self, group: Recordfile, wait: Wait) -> None:
        self._group = group
        self._wait = wait

    def download_record_file(
        self, record_id: str, *, filetype: int | None = None, location_id: int | None = None
    ) -> bytes:
        """A recording (`downloadRecordFile`). May be refused with DownloadOff."""
        return self._wait(self._group.download_record_file(record_id, filetype=filetype, location_id=location_id))

    def recordfiledownload_ex(self, call_id: str, hw_file_name: str) -> bytes:
        """A recording of another recording server (`recordfiledownloadEx`). May be refused with DownloadOff."""
        return self._wait(self._group.recordfiledownload_ex(call_id, hw_file_name))

    def download_video_file(self, conference_id: str, file_type: int, *, record_id: str | None = None) -> bytes:
        """The video of a call (`downloadVideoFile`). May be refused with DownloadOff."""
        return self._wait(self._group.download_video_file(conference_id, file_type, record_id=record_id))
