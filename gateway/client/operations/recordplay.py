"""Operations of the group recordplay, with and without await.

Written by scripts/docs.py from the rows of the server; not to be edited.
"""

from typing import Any, Literal, TypedDict

from gateway.client.request import Group, Wait


class ConnectToken(TypedDict):
    """`getconnecttoken`: what a player of its own shows the recording server."""

    token: str


class Recordplay(Group):
    """Operations of `recordplay`."""

    async def begin_play(
        self,
        voicepath: str,
        *,
        startpostion: int | None = None,
        times: int | None = None,
        codeformat: Literal[0] | None = None,
        location_id: int | None = None,
        volumechange: str | None = None,
        speedchange: str | None = None,
    ) -> None:
        """Play a file (`beginPlay`). May be refused with PlayState."""
        await self._ask(
            "beginPlay",
            "PUT",
            "recordplay/{agentid}/play",
            body={
                "voicepath": voicepath,
                "startpostion": startpostion,
                "times": times,
                "codeformat": codeformat,
                "locationId": location_id,
                "volumechange": volumechange,
                "speedchange": speedchange,
            },
        )

    async def begin_net_play(
        self,
        file_name: str,
        cc_id: int,
        *,
        position: int | None = None,
        play_time: int | None = None,
        file_format: int | None = None,
        location_id: int | None = None,
    ) -> None:
        """Play a file of another node (`beginNetPlay`). May be refused with PlayState."""
        await self._ask(
            "beginNetPlay",
            "POST",
            "recordplay/{agentid}/netplay",
            body={
                "fileName": file_name,
                "position": position,
                "playTime": play_time,
                "fileFormat": file_format,
                "ccId": cc_id,
                "locationId": location_id,
            },
        )

    async def pause_play(self) -> None:
        """Pause playing (`pausePlay`). May be refused with PausePlayState."""
        await self._ask("pausePlay", "POST", "recordplay/{agentid}/pauseplay")

    async def resume_play(self) -> None:
        """Go on playing (`resumePlay`). May be refused with ResumePlayState."""
        await self._ask("resumePlay", "POST", "recordplay/{agentid}/resumeplay")

    async def fore_fast_play(self, time: int) -> None:
        """Jump forward (`foreFastPlay`). May be refused with ForwardState."""
        await self._ask("foreFastPlay", "POST", "recordplay/{agentid}/forefast/{time}", {"time": time})

    async def back_fast_play(self, time: int) -> None:
        """Jump back (`backFastPlay`). May be refused with RewindState."""
        await self._ask("backFastPlay", "POST", "recordplay/{agentid}/backfast/{time}", {"time": time})

    async def stop_play(self) -> None:
        """Stop playing (`stopPlay`). May be refused with StopPlayState."""
        await self._ask("stopPlay", "DELETE", "recordplay/{agentid}/stopplay")

    async def begin_record(self, *, filename: str | None = None) -> None:
        """Record the own call (`beginRecord`). May be refused with RecordState."""
        await self._ask("beginRecord", "PUT", "recordplay/{agentid}/record", {"filename": filename})

    async def begin_record_without_filename(self) -> None:
        """Record the own call, the name is made (`beginRecordWithoutFilename`). May be refused with RecordState."""
        await self._ask("beginRecordWithoutFilename", "PUT", "recordplay/{agentid}/recordwithoutfilename")

    async def pause_record(self) -> None:
        """Pause recording (`pauseRecord`). May be refused with PauseRecordState."""
        await self._ask("pauseRecord", "POST", "recordplay/{agentid}/pauserecord")

    async def resume_record(self) -> None:
        """Go on recording (`resumeRecord`). May be refused with ResumeRecordState."""
        await self._ask("resumeRecord", "POST", "recordplay/{agentid}/resumerecord")

    async def stop_record(self) -> None:
        """Stop recording (`stopRecord`). May be refused with RecordState."""
        await self._ask("stopRecord", "DELETE", "recordplay/{agentid}/stoprecord")

    async def query_voice_record_score(
        self, *, workno: int | None = None, recordstartdate: str | None = None, recordenddate: str | None = None
    ) -> list[dict[str, Any]]:
        """Scores of recordings (`queryVoiceRecordScore`)."""
        result: list[dict[str, Any]] = await self._ask(
            "queryVoiceRecordScore",
            "GET",
            "recordplay/{agentid}/queryrecordscore",
            {"workno": workno, "recordstartdate": recordstartdate, "recordenddate": recordenddate},
        )
        return result

    async def start_record_screen(self) -> None:
        """Record the own screen (`startRecordScreen`). May be refused with RecordState."""
        await self._ask("startRecordScreen", "PUT", "recordplay/{agentid}/startrecordscreen")

    async def stop_record_screen(self) -> None:
        """Stop recording the screen (`stopRecordScreen`). May be refused with RecordState."""
        await self._ask("stopRecordScreen", "DELETE", "recordplay/{agentid}/stoprecordscreen")

    async def query_record_file(
        self,
        *,
        skillid: int | None = None,
        startdate: str | None = None,
        enddate: str | None = None,
        startposition: int | None = None,
        endposition: int | None = None,
        workno: int | None = None,
    ) -> list[dict[str, Any]]:
        """Recordings of a time span (`queryRecordFile`). May be refused with DownloadOff."""
        result: list[dict[str, Any]] = await self._ask(
            "queryRecordFile",
            "GET",
            "recordplay/{agentid}/recordfile",
            {
                "skillid": skillid,
                "startdate": startdate,
                "enddate": enddate,
                "startposition": startposition,
                "endposition": endposition,
                "workno": workno,
            },
        )
        return result

    async def query_self_record_file(
        self,
        *,
        skillid: int | None = None,
        startdate: str | None = None,
        enddate: str | None = None,
        startposition: int | None = None,
        endposition: int | None = None,
    ) -> list[dict[str, Any]]:
        """Own recordings of a time span (`querySelfRecordFile`). May be refused with DownloadOff."""
        result: list[dict[str, Any]] = await self._ask(
            "querySelfRecordFile",
            "GET",
            "recordplay/{agentid}/queryselfrecordfile",
            {
                "skillid": skillid,
                "startdate": startdate,
                "enddate": enddate,
                "startposition": startposition,
                "endposition": endposition,
            },
        )
        return result

    async def query_record_file_by_call_id(
        self, *, workno: int | None = None, callid: str | None = None, calltime: str | None = None
    ) -> list[dict[str, Any]]:
        """Recordings of a call (`queryRecordFileByCallId`). May be refused with DownloadOff."""
        result: list[dict[str, Any]] = await self._ask(
            "queryRecordFileByCallId",
            "GET",
            "recordplay/{agentid}/queryrecordfilebycallid",
            {"workno": workno, "callid": callid, "calltime": calltime},
        )
        return result

    async def query_record_file_from_record_id(self, recordid: str) -> list[dict[str, Any]]:
        """A recording by its id (`queryRecordFileFromRecordID`). May be refused with DownloadOff."""
        result: list[dict[str, Any]] = await self._ask(
            "queryRecordFileFromRecordID", "GET", "recordplay/{agentid}/recordfilefromrecordid", {"recordid": recordid}
        )
        return result

    async def query_record_file_url(self, filepath: str) -> str:
        """Address of a recording (`queryRecordFileURL`). May be refused with DownloadOff."""
        result: str = await self._ask(
            "queryRecordFileURL", "GET", "recordplay/{agentid}/recordfileurl", {"filepath": filepath}
        )
        return result

    async def query_record_zip_file_url(self, filepath: str) -> str:
        """Address of a zipped recording (`queryRecordZipFileURL`). May be refused with DownloadOff."""
        result: str = await self._ask(
            "queryRecordZipFileURL", "GET", "recordplay/{agentid}/recordzipfileurl", {"filepath": filepath}
        )
        return result

    async def query_batch_record_zip_file_url(self, filepath: str) -> str:
        """Address of several, zipped (`queryBatchRecordZipFileURL`). May be refused with DownloadOff."""
        result: str = await self._ask(
            "queryBatchRecordZipFileURL", "GET", "recordplay/{agentid}/batchrecordzipfileurl", {"filepath": filepath}
        )
        return result

    async def get_connect_token(self) -> ConnectToken:
        """Token for a player of the recording server (`getConnectToken`). May be refused with DownloadOff."""
        result: ConnectToken = await self._ask("getConnectToken", "GET", "recordplay/{agentid}/getconnecttoken")
        return result


class BlockingRecordplay:
    """Operations of `recordplay`, without await."""

    def __init__(self, group: Recordplay, wait: Wait) -> None:
        self._group = group
        self._wait = wait

    def begin_play(
        self,
        voicepath: str,
        *,
        startpostion: int | None = None,
        times: int | None = None,
        codeformat: Literal[0] | None = None,
        location_id: int | None = None,
        volumechange: str | None = None,
        speedchange: str | None = None,
    ) -> None:
        """Play a file (`beginPlay`). May be refused with PlayState."""
        self._wait(
            self._group.begin_play(
                voicepath,
                startpostion=startpostion,
                times=times,
                codeformat=codeformat,
                location_id=location_id,
                volumechange=volumechange,
                speedchange=speedchange,
            )
        )

    def begin_net_play(
        self,
        file_name: str,
        cc_id: int,
        *,
        position: int | None = None,
        play_time: int | None = None,
        file_format: int | None = None,
        location_id: int | None = None,
    ) -> None:
        """Play a file of another node (`beginNetPlay`). May be refused with PlayState."""
        self._wait(
            self._group.begin_net_play(
                file_name,
                cc_id,
                position=position,
                play_time=play_time,
                file_format=file_format,
                location_id=location_id,
            )
        )

    def pause_play(self) -> None:
        """Pause playing (`pausePlay`). May be refused with PausePlayState."""
        self._wait(self._group.pause_play())

    def resume_play(self) -> None:
        """Go on playing (`resumePlay`). May be refused with ResumePlayState."""
        self._wait(self._group.resume_play())

    def fore_fast_play(self, time: int) -> None:
        """Jump forward (`foreFastPlay`). May be refused with ForwardState."""
        self._wait(self._group.fore_fast_play(time))

    def back_fast_play(self, time: int) -> None:
        """Jump back (`backFastPlay`). May be refused with RewindState."""
        self._wait(self._group.back_fast_play(time))

    def stop_play(self) -> None:
        """Stop playing (`stopPlay`). May be refused with StopPlayState."""
        self._wait(self._group.stop_play())

    def begin_record(self, *, filename: str | None = None) -> None:
        """Record the own call (`beginRecord`). May be refused with RecordState."""
        self._wait(self._group.begin_record(filename=filename))

    def begin_record_without_filename(self) -> None:
        """Record the own call, the name is made (`beginRecordWithoutFilename`). May be refused with RecordState."""
        self._wait(self._group.begin_record_without_filename())

    def pause_record(self) -> None:
        """Pause recording (`pauseRecord`). May be refused with PauseRecordState."""
        self._wait(self._group.pause_record())

    def resume_record(self) -> None:
        """Go on recording (`resumeRecord`). May be refused with ResumeRecordState."""
        self._wait(self._group.resume_record())

    def stop_record(self) -> None:
        """Stop recording (`stopRecord`). May be refused with RecordState."""
        self._wait(self._group.stop_record())

    def query_voice_record_score(
        self, *, workno: int | None = None, recordstartdate: str | None = None, recordenddate: str | None = None
    ) -> list[dict[str, Any]]:
        """Scores of recordings (`queryVoiceRecordScore`)."""
        return self._wait(
            self._group.query_voice_record_score(
                workno=workno, recordstartdate=recordstartdate, recordenddate=recordenddate
            )
        )

    def start_record_screen(self) -> None:
        """Record the own screen (`startRecordScreen`). May be refused with RecordState."""
        self._wait(self._group.start_record_screen())

    def stop_record_screen(self) -> None:
        """Stop recording the screen (`stopRecordScreen`). May be refused with RecordState."""
        self._wait(self._group.stop_record_screen())

    def query_record_file(
        self,
        *,
        skillid: int | None = None,
        startdate: str | None = None,
        enddate: str | None = None,
        startposition: int | None = None,
        endposition: int | None = None,
        workno: int | None = None,
    ) -> list[dict[str, Any]]:
        """Recordings of a time span (`queryRecordFile`). May be refused with DownloadOff."""
        return self._wait(
            self._group.query_record_file(
                skillid=skillid,
                startdate=startdate,
                enddate=enddate,
                startposition=startposition,
                endposition=endposition,
                workno=workno,
            )
        )

    def query_self_record_file(
        self,
        *,
        skillid: int | None = None,
        startdate: str | None = None,
        enddate: str | None = None,
        startposition: int | None = None,
        endposition: int | None = None,
    ) -> list[dict[str, Any]]:
        """Own recordings of a time span (`querySelfRecordFile`). May be refused with DownloadOff."""
        return self._wait(
            self._group.query_self_record_file(
                skillid=skillid,
                startdate=startdate,
                enddate=enddate,
                startposition=startposition,
                endposition=endposition,
            )
        )

    def query_record_file_by_call_id(
        self, *, workno: int | None = None, callid: str | None = None, calltime: str | None = None
    ) -> list[dict[str, Any]]:
        """Recordings of a call (`queryRecordFileByCallId`). May be refused with DownloadOff."""
        return self._wait(self._group.query_record_file_by_call_id(workno=workno, callid=callid, calltime=calltime))

    def query_record_file_from_record_id(self, recordid: str) -> list[dict[str, Any]]:
        """A recording by its id (`queryRecordFileFromRecordID`). May be refused with DownloadOff."""
        return self._wait(self._group.query_record_file_from_record_id(recordid))

    def query_record_file_url(self, filepath: str) -> str:
        """Address of a recording (`queryRecordFileURL`). May be refused with DownloadOff."""
        return self._wait(self._group.query_record_file_url(filepath))

    def query_record_zip_file_url(self, filepath: str) -> str:
        """Address of a zipped recording (`queryRecordZipFileURL`). May be refused with DownloadOff."""
        return self._wait(self._group.query_record_zip_file_url(filepath))

    def query_batch_record_zip_file_url(self, filepath: str) -> str:
        """Address of several, zipped (`queryBatchRecordZipFileURL`). May be refused with DownloadOff."""
        return self._wait(self._group.query_batch_record_zip_file_url(filepath))

    def get_connect_token(self) -> ConnectToken:
        """Token for a player of the recording server (`getConnectToken`). May be refused with DownloadOff."""
        return self._wait(self._group.get_connect_token())
