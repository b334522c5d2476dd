"""Operations of the group qualitycontrol, with and without await.

Written by scripts/docs.py from the rows of the server; not to be edited.
"""

from collections.abc import Sequence
from typing import Any, TypedDict

from gateway.client.operations.shared import AgentBrief
from gateway.client.request import Group, Wait


class QcTask(TypedDict):
    """An inspection task; no source shows the members besides those that delete it."""

    taskdsn: str
    begintime: str


class Qualitycontrol(Group):
    """Operations of `qualitycontrol`."""

    async def add_supervise(self, work_no: int, *, media_type: int | None = None) -> None:
        """Listen to an agent unnoticed (`addSupervise`). May be refused with SelfInspection,
        InspectionUnavailable, NotInspector, InspectionResource, InspectedUnknown, InspectionState.
        """
        await self._ask(
            "addSupervise",
            "PUT",
            "qualitycontrol/{agentid}/addsupervise/{workNo}",
            {"workNo": work_no, "mediaType": media_type},
        )

    async def add_insert(self, work_no: int, *, media_type: int | None = None) -> None:
        """Join the call of an agent (`addInsert`). May be refused with SelfInspection, InspectionUnavailable,
        NotInspector, InspectionResource, InspectedUnknown, InspectionState.
        """
        await self._ask(
            "addInsert",
            "PUT",
            "qualitycontrol/{agentid}/addinsert/{workNo}",
            {"workNo": work_no, "mediaType": media_type},
        )

    async def switch_supervise_or_insert(self, work_no: int) -> None:
        """Change between listening and inserting (`switchSuperviseOrInsert`). May be refused with
        SelfInspection, InspectionUnavailable, NotInspector, InspectionResource, InspectedUnknown,
        InspectionState.
        """
        await self._ask(
            "switchSuperviseOrInsert", "POST", "qualitycontrol/{agentid}/switch/{workNo}", {"workNo": work_no}
        )

    async def stop_supervise_or_insert(self, work_no: int) -> None:
        """Stop listening or inserting (`stopSuperviseOrInsert`). May be refused with SelfInspection,
        InspectionUnavailable, NotInspector, InspectionResource, InspectedUnknown, InspectionState.
        """
        await self._ask("stopSuperviseOrInsert", "DELETE", "qualitycontrol/{agentid}/{workNo}", {"workNo": work_no})

    async def intercept(self, work_no: int, *, call_id: str | None = None) -> None:
        """Take the customer over from an inspected agent (`intercept`). May be refused with SelfInspection,
        InspectionUnavailable, NotInspector, InspectionResource, InspectedUnknown, InspectionState.
        """
        await self._ask(
            "intercept", "PUT", "qualitycontrol/{agentid}/intercept/{workNo}", {"workNo": work_no, "callId": call_id}
        )

    async def request_whisper_agent(self, whisperagentid: int) -> None:
        """Whisper to an agent (`requestWhisperAgent`). May be refused with SelfInspection,
        InspectionUnavailable, NotInspector, InspectionResource, InspectedUnknown, InspectionState.
        """
        await self._ask(
            "requestWhisperAgent",
            "POST",
            "qualitycontrol/{agentid}/requestwhisperagent",
            {"whisperagentid": whisperagentid},
        )

    async def request_stop_whisper_agent(self, whisperagentid: int) -> None:
        """Stop whispering (`requestStopWhisperAgent`). May be refused with SelfInspection,
        InspectionUnavailable, NotInspector, InspectionResource, InspectedUnknown, InspectionState.
        """
        await self._ask(
            "requestStopWhisperAgent",
            "POST",
            "qualitycontrol/{agentid}/requeststopwhisperagent",
            {"whisperagentid": whisperagentid},
        )

    async def request_switch_insert_whisper_agent(self, switchtype: int, *, whisperagentid: int | None = None) -> None:
        """Change among listening, inserting, whispering (`requestSwitchInsertWhisperAgent`). May be refused with
        SelfInspection, InspectionUnavailable, NotInspector, InspectionResource, InspectedUnknown,
        InspectionState.
        """
        await self._ask(
            "requestSwitchInsertWhisperAgent",
            "POST",
            "qualitycontrol/{agentid}/requestswitchinsertwhisperagent",
            {"whisperagentid": whisperagentid, "switchtype": switchtype},
        )

    async def force_busy(self, work_no: int) -> None:
        """Make an agent busy (`forceBusy`). May be refused with SelfInspection, InspectionUnavailable,
        NotInspector, InspectionResource, InspectedUnknown, InspectionState.
        """
        await self._ask("forceBusy", "POST", "qualitycontrol/{agentid}/forcebusy/{workNo}", {"workNo": work_no})

    async def force_idle(self, work_no: int) -> None:
        """Make an agent idle (`forceIdle`). May be refused with SelfInspection, InspectionUnavailable,
        NotInspector, InspectionResource, InspectedUnknown, InspectionState.
        """
        await self._ask("forceIdle", "POST", "qualitycontrol/{agentid}/forceidle/{workNo}", {"workNo": work_no})

    async def force_rest(self, work_no: int, time: int, reason: int) -> None:
        """Send an agent to rest (`forceRest`). May be refused with SelfInspection, InspectionUnavailable,
        NotInspector, InspectionResource, InspectedUnknown, InspectionState.
        """
        await self._ask(
            "forceRest",
            "POST",
            "qualitycontrol/{agentid}/forcerest/{workNo}/{time}/{reason}",
            {"workNo": work_no, "time": time, "reason": reason},
        )

    async def force_log_out_agent(self, work_no: int) -> None:
        """Sign an agent out (`forceLogOutAgent`). May be refused with SelfInspection, InspectionUnavailable,
        NotInspector, InspectionResource, InspectedUnknown.
        """
        await self._ask(
            "forceLogOutAgent", "POST", "qualitycontrol/{agentid}/forcelogout/{workNo}", {"workNo": work_no}
        )

    async def force_drop_call(self, callid: str) -> None:
        """Release a call (`forceDropCall`). May be refused with SelfInspection, InspectionUnavailable,
        NotInspector, InspectionResource, InspectedUnknown, DropNoCall.
        """
        await self._ask("forceDropCall", "POST", "qualitycontrol/{agentid}/forcedropcall/{callid}", {"callid": callid})

    async def adjust_skill(self, *, work_no: int | None = None, skills: Sequence[int] | None = None) -> None:
        """Change the skill queues of an agent (`adjustSkill`). May be refused with BadSignIn, SelfInspection,
        InspectionUnavailable, NotInspector, InspectionResource, InspectedUnknown.
        """
        await self._ask(
            "adjustSkill", "POST", "qualitycontrol/{agentid}/adjustskill", body={"workNo": work_no, "skills": skills}
        )

    async def begin_monitor(self, agents: Sequence[int]) -> None:
        """Watch agents: their events come too (`beginMonitor`). May be refused with SelfInspection,
        InspectionUnavailable, NotInspector, InspectionResource, InspectedUnknown.
        """
        await self._ask("beginMonitor", "POST", "qualitycontrol/{agentid}/beginmonitor", {"agents": agents})

    async def end_monitor(self, agents: Sequence[int]) -> None:
        """Stop watching agents (`endMonitor`). May be refused with SelfInspection, InspectionUnavailable,
        NotInspector, InspectionResource, InspectedUnknown.
        """
        await self._ask("endMonitor", "POST", "qualitycontrol/{agentid}/endmonitor", {"agents": agents})

    async def query_all_monitored_agents(self) -> list[AgentBrief]:
        """Agents being watched (`queryAllMonitoredAgents`). May be refused with SelfInspection,
        InspectionUnavailable, NotInspector, InspectionResource, InspectedUnknown.
        """
        result: list[AgentBrief] = await self._ask(
            "queryAllMonitoredAgents", "GET", "qualitycontrol/{agentid}/allagent"
        )
        return result

    async def qc_set_agent_self_record(self, agents: Sequence[int], recordflag: int, recordbeforetalking: int) -> None:
        """Record the calls of agents or not (`qcSetAgentSelfRecord`). May be refused with SelfInspection,
        InspectionUnavailable, NotInspector, InspectionResource, InspectedUnknown.
        """
        await self._ask(
            "qcSetAgentSelfRecord",
            "POST",
            "qualitycontrol/{agentid}/setselfrecord/{recordflag}/{recordbeforetalking}",
            {"agents": agents, "recordflag": recordflag, "recordbeforetalking": recordbeforetalking},
        )

    async def qc_cancel_agent_self_record(self, agents: Sequence[int]) -> None:
        """End that (`qcCancelAgentSelfRecord`). May be refused with SelfInspection, InspectionUnavailable,
        NotInspector, InspectionResource, InspectedUnknown.
        """
        await self._ask(
            "qcCancelAgentSelfRecord", "POST", "qualitycontrol/{agentid}/cancelselfrecord", {"agents": agents}
        )

    async def query_qc_tasks(self) -> list[QcTask]:
        """Inspection tasks (`queryQcTasks`). May be refused with SelfInspection, InspectionUnavailable,
        NotInspector, InspectionResource, InspectedUnknown.
        """
        result: list[QcTask] = await self._ask("queryQcTasks", "GET", "qualitycontrol/{agentid}/queryqctasks")
        return result

    async def delete_qc_task(self, taskdsn: str, begintime: str) -> None:
        """Delete an inspection task (`deleteQcTask`). May be refused with SelfInspection, InspectionUnavailable,
        NotInspector, InspectionResource, InspectedUnknown.
        """
        await self._ask(
            "deleteQcTask",
            "DELETE",
            "qualitycontrol/{agentid}/deleteqctask",
            {"taskdsn": taskdsn, "begintime": begintime},
        )

    async def query_url_info(self, urlname: str) -> str:
        """An address by its name, empty for an unknown one (`queryUrlInfo`)."""
        result: str = await self._ask(
            "queryUrlInfo", "GET", "qualitycontrol/{agentid}/queryurlinfo", {"urlname": urlname}
        )
        return result

    async def register_data_to_server(self, port: int) -> None:
        """Name the own data port (`registerDataToServer`). May be refused with SelfInspection,
        InspectionUnavailable, NotInspector, InspectionResource, InspectedUnknown.
        """
        await self._ask("registerDataToServer", "POST", "qualitycontrol/{agentid}/registerDataToServer", {"port": port})

    async def start_video_monitor(self, **members: object) -> None:
        """Watch the screen of an agent (`startVideoMonitor`). May be refused with SelfInspection,
        InspectionUnavailable, NotInspector, InspectionResource, InspectedUnknown.
        """
        await self._ask("startVideoMonitor", "POST", "qualitycontrol/{agentid}/startVideoMonitor", body={**members})

    async def stop_video_monitor(self, **members: object) -> None:
        """Stop watching a screen (`stopVideoMonitor`). May be refused with SelfInspection,
        InspectionUnavailable, NotInspector, InspectionResource, InspectedUnknown.
        """
        await self._ask("stopVideoMonitor", "POST", "qualitycontrol/{agentid}/stopVideoMonitor", body={**members})

    async def start_video_operation(self, monitoragent: int, result: int) -> None:
        """Answer a request to be watched (`startVideoOperation`). May be refused with SelfInspection,
        InspectionUnavailable, NotInspector, InspectionResource, InspectedUnknown.
        """
        await self._ask(
            "startVideoOperation",
            "POST",
            "qualitycontrol/{agentid}/startVideoOperation",
            {"monitoragent": monitoragent, "result": result},
        )

    async def start_or_stop_video_play(self, monitoragent: int, isstart: bool) -> None:
        """Start or stop playing (`startOrStopVideoPlay`). May be refused with SelfInspection,
        InspectionUnavailable, NotInspector, InspectionResource, InspectedUnknown.
        """
        await self._ask(
            "startOrStopVideoPlay",
            "POST",
            "qualitycontrol/{agentid}/startOrStopVideoPlay",
            {"monitoragent": monitoragent, "isstart": isstart},
        )

    async def delete_video_task(self, monitoragent: int) -> None:
        """Delete a task of watching (`deleteVideoTask`). May be refused with SelfInspection,
        InspectionUnavailable, NotInspector, InspectionResource, InspectedUnknown.
        """
        await self._ask(
            "deleteVideoTask", "POST", "qualitycontrol/{agentid}/deleteVideoTask", {"monitoragent": monitoragent}
        )

    async def query_video_record_file(
        self, workno: int, startdate: str, enddate: str, startposition: int, endposition: int
    ) -> list[dict[str, Any]]:
        """Recorded screens of an agent (`queryVideoRecordFile`). May be refused with DownloadOff."""
        result: list[dict[str, Any]] = await self._ask(
            "queryVideoRecordFile",
            "GET",
            "qualitycontrol/{agentid}/queryvideorecordfile",
            {
                "workno": workno,
                "startdate": startdate,
                "enddate": enddate,
                "startposition": startposition,
                "endposition": endposition,
            },
        )
        return result


class BlockingQualitycontrol:
    """Operations of `qualitycontrol`, without await."""

    def __init__(self, group: Qualitycontrol, wait: Wait) -> None:
        self._group = group
        self._wait = wait

    def add_supervise(self, work_no: int, *, media_type: int | None = None) -> None:
        """Listen to an agent unnoticed (`addSupervise`). May be refused with SelfInspection,
        InspectionUnavailable, NotInspector, InspectionResource, InspectedUnknown, InspectionState.
        """
        self._wait(self._group.add_supervise(work_no, media_type=media_type))

    def add_insert(self, work_no: int, *, media_type: int | None = None) -> None:
        """Join the call of an agent (`addInsert`). May be refused with SelfInspection, InspectionUnavailable,
        NotInspector, InspectionResource, InspectedUnknown, InspectionState.
        """
        self._wait(self._group.add_insert(work_no, media_type=media_type))

    def switch_supervise_or_insert(self, work_no: int) -> None:
        """Change between listening and inserting (`switchSuperviseOrInsert`). May be refused with
        SelfInspection, InspectionUnavailable, NotInspector, InspectionResource, InspectedUnknown,
        InspectionState.
        """
        self._wait(self._group.switch_supervise_or_insert(work_no))

    def stop_supervise_or_insert(self, work_no: int) -> None:
        """Stop listening or inserting (`stopSuperviseOrInsert`). May be refused with SelfInspection,
        InspectionUnavailable, NotInspector, InspectionResource, InspectedUnknown, InspectionState.
        """
        self._wait(self._group.stop_supervise_or_insert(work_no))

    def intercept(self, work_no: int, *, call_id: str | None = None) -> None:
        """Take the customer over from an inspected agent (`intercept`). May be refused with SelfInspection,
        InspectionUnavailable, NotInspector, InspectionResource, InspectedUnknown, InspectionState.
        """
        self._wait(self._group.intercept(work_no, call_id=call_id))

    def request_whisper_agent(self, whisperagentid: int) -> None:
        """Whisper to an agent (`requestWhisperAgent`). May be refused with SelfInspection,
        InspectionUnavailable, NotInspector, InspectionResource, InspectedUnknown, InspectionState.
        """
        self._wait(self._group.request_whisper_agent(whisperagentid))

    def request_stop_whisper_agent(self, whisperagentid: int) -> None:
        """Stop whispering (`requestStopWhisperAgent`). May be refused with SelfInspection,
        InspectionUnavailable, NotInspector, InspectionResource, InspectedUnknown, InspectionState.
        """
        self._wait(self._group.request_stop_whisper_agent(whisperagentid))

    def request_switch_insert_whisper_agent(self, switchtype: int, *, whisperagentid: int | None = None) -> None:
        """Change among listening, inserting, whispering (`requestSwitchInsertWhisperAgent`). May be refused with
        SelfInspection, InspectionUnavailable, NotInspector, InspectionResource, InspectedUnknown,
        InspectionState.
        """
        self._wait(self._group.request_switch_insert_whisper_agent(switchtype, whisperagentid=whisperagentid))

    def force_busy(self, work_no: int) -> None:
        """Make an agent busy (`forceBusy`). May be refused with SelfInspection, InspectionUnavailable,
        NotInspector, InspectionResource, InspectedUnknown, InspectionState.
        """
        self._wait(self._group.force_busy(work_no))

    def force_idle(self, work_no: int) -> None:
        """Make an agent idle (`forceIdle`). May be refused with SelfInspection, InspectionUnavailable,
        NotInspector, InspectionResource, InspectedUnknown, InspectionState.
        """
        self._wait(self._group.force_idle(work_no))

    def force_rest(self, work_no: int, time: int, reason: int) -> None:
        """Send an agent to rest (`forceRest`). May be refused with SelfInspection, InspectionUnavailable,
        NotInspector, InspectionResource, InspectedUnknown, InspectionState.
        """
        self._wait(self._group.force_rest(work_no, time, reason))

    def force_log_out_agent(self, work_no: int) -> None:
        """Sign an agent out (`forceLogOutAgent`). May be refused with SelfInspection, InspectionUnavailable,
        NotInspector, InspectionResource, InspectedUnknown.
        """
        self._wait(self._group.force_log_out_agent(work_no))

    def force_drop_call(self, callid: str) -> None:
        """Release a call (`forceDropCall`). May be refused with SelfInspection, InspectionUnavailable,
        NotInspector, InspectionResource, InspectedUnknown, DropNoCall.
        """
        self._wait(self._group.force_drop_call(callid))

    def adjust_skill(self, *, work_no: int | None = None, skills: Sequence[int] | None = None) -> None:
        """Change the skill queues of an agent (`adjustSkill`). May be refused with BadSignIn, SelfInspection,
        InspectionUnavailable, NotInspector, InspectionResource, InspectedUnknown.
        """
        self._wait(self._group.adjust_skill(work_no=work_no, skills=skills))

    def begin_monitor(self, agents: Sequence[int]) -> None:
        """Watch agents: their events come too (`beginMonitor`). May be refused with SelfInspection,
        InspectionUnavailable, NotInspector, InspectionResource, InspectedUnknown.
        """
        self._wait(self._group.begin_monitor(agents))

    def end_monitor(self, agents: Sequence[int]) -> None:
        """Stop watching agents (`endMonitor`). May be refused with SelfInspection, InspectionUnavailable,
        NotInspector, InspectionResource, InspectedUnknown.
        """
        self._wait(self._group.end_monitor(agents))

    def query_all_monitored_agents(self) -> list[AgentBrief]:
        """Agents being watched (`queryAllMonitoredAgents`). May be refused with SelfInspection,
        InspectionUnavailable, NotInspector, InspectionResource, InspectedUnknown.
        """
        return self._wait(self._group.query_all_monitored_agents())

    def qc_set_agent_self_record(self, agents: Sequence[int], recordflag: int, recordbeforetalking: int) -> None:
        """Record the calls of agents or not (`qcSetAgentSelfRecord`). May be refused with SelfInspection,
        InspectionUnavailable, NotInspector, InspectionResource, InspectedUnknown.
        """
        self._wait(self._group.qc_set_agent_self_record(agents, recordflag, recordbeforetalking))

    def qc_cancel_agent_self_record(self, agents: Sequence[int]) -> None:
        """End that (`qcCancelAgentSelfRecord`). May be refused with SelfInspection, InspectionUnavailable,
        NotInspector, InspectionResource, InspectedUnknown.
        """
        self._wait(self._group.qc_cancel_agent_self_record(agents))

    def query_qc_tasks(self) -> list[QcTask]:
        """Inspection tasks (`queryQcTasks`). May be refused with SelfInspection, InspectionUnavailable,
        NotInspector, InspectionResource, InspectedUnknown.
        """
        return self._wait(self._group.query_qc_tasks())

    def delete_qc_task(self, taskdsn: str, begintime: str) -> None:
        """Delete an inspection task (`deleteQcTask`). May be refused with SelfInspection, InspectionUnavailable,
        NotInspector, InspectionResource, InspectedUnknown.
        """
        self._wait(self._group.delete_qc_task(taskdsn, begintime))

    def query_url_info(self, urlname: str) -> str:
        """An address by its name, empty for an unknown one (`queryUrlInfo`)."""
        return self._wait(self._group.query_url_info(urlname))

    def register_data_to_server(self, port: int) -> None:
        """Name the own data port (`registerDataToServer`). May be refused with SelfInspection,
        InspectionUnavailable, NotInspector, InspectionResource, InspectedUnknown.
        """
        self._wait(self._group.register_data_to_server(port))

    def start_video_monitor(self, **members: object) -> None:
        """Watch the screen of an agent (`startVideoMonitor`). May be refused with SelfInspection,
        InspectionUnavailable, NotInspector, InspectionResource, InspectedUnknown.
        """
        self._wait(self._group.start_video_monitor(**members))

    def stop_video_monitor(self, **members: object) -> None:
        """Stop watching a screen (`stopVideoMonitor`). May be refused with SelfInspection,
        InspectionUnavailable, NotInspector, InspectionResource, InspectedUnknown.
        """
        self._wait(self._group.stop_video_monitor(**members))

    def start_video_operation(self, monitoragent: int, result: int) -> None:
        """Answer a request to be watched (`startVideoOperation`). May be refused with SelfInspection,
        InspectionUnavailable, NotInspector, InspectionResource, InspectedUnknown.
        """
        self._wait(self._group.start_video_operation(monitoragent, result))

    def start_or_stop_video_play(self, monitoragent: int, isstart: bool) -> None:
        """Start or stop playing (`startOrStopVideoPlay`). May be refused with SelfInspection,
        InspectionUnavailable, NotInspector, InspectionResource, InspectedUnknown.
        """
        self._wait(self._group.start_or_stop_video_play(monitoragent, isstart))

    def delete_video_task(self, monitoragent: int) -> None:
        """Delete a task of watching (`deleteVideoTask`). May be refused with SelfInspection,
        InspectionUnavailable, NotInspector, InspectionResource, InspectedUnknown.
        """
        self._wait(self._group.delete_video_task(monitoragent))

    def query_video_record_file(
        self, workno: int, startdate: str, enddate: str, startposition: int, endposition: int
    ) -> list[dict[str, Any]]:
        """Recorded screens of an agent (`queryVideoRecordFile`). May be refused with DownloadOff."""
        return self._wait(self._group.query_video_record_file(workno, startdate, enddate, startposition, endposition))
