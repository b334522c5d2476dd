"""Operations of the group agentconf, with and without await.

Written by scripts/docs.py from the rows of the server; not to be edited.
"""

from collections.abc import Sequence
from typing import Literal, TypedDict

from gateway.client.request import Group, Wait


class Prolonged(TypedDict):
    """Minutes really added, spelt so by the interface."""

    applyedTime: int


class ParticipantBody(TypedDict):
    """A participant: a phone number or an agent."""

    addressType: str
    address: str


class Participant(TypedDict):
    """A participant as it was named."""

    addressType: str
    address: str


class NotRemoved(TypedDict):
    """Those that were not in the conference."""

    noExistParticipants: list[Participant]


class ParticipantInfo(TypedDict):
    """`channelAttrib`: 1 listens, 2 speaks, 3 both. `channelState`: 0 normal, 1 held, 2 hears a file. `role` is
    1 for the chair, `enterTime` is ms since the epoch.
    """

    addressType: str
    address: str
    deviceCallType: int
    deviceType: int
    channelAttrib: int
    channelState: int
    role: int
    enterTime: int


class ConferenceInfo(TypedDict):
    """`confState`: 1 while a file is played to all. `startTime` in ms since the epoch, the others in minutes."""

    confId: int
    confState: int
    startTime: int
    applyConfTime: int
    confHaveBeenTime: int
    addresses: list[ParticipantInfo]


class Agentconf(Group):
    """Operations of `agentconf`."""

    async def request_agent_conf(
        self,
        member_num: int,
        *,
        conf_caller_no: str | None = None,
        time: int | None = None,
        prompt_time: int | None = None,
        beep_tone: bool | None = None,
        play_mode: Literal[2] | None = None,
        voice_path: str | None = None,
    ) -> None:
        """Ask for a conference (`requestAgentConf`). May be refused with InConference, WrongState."""
        await self._ask(
            "requestAgentConf",
            "POST",
            "agentconf/{agentid}/requestagentconf",
            body={
                "memberNum": member_num,
                "confCallerNo": conf_caller_no,
                "time": time,
                "promptTime": prompt_time,
                "beepTone": beep_tone,
                "playMode": play_mode,
                "voicePath": voice_path,
            },
        )

    async def answer_agent_conf(self) -> None:
        """Accept an invitation (`answerAgentConf`). May be refused with NoConference."""
        await self._ask("answerAgentConf", "POST", "agentconf/{agentid}/answeragentconf")

    async def reject_agent_conf(self) -> None:
        """Decline an invitation (`rejectAgentConf`). May be refused with NoConference."""
        await self._ask("rejectAgentConf", "POST", "agentconf/{agentid}/rejectagentconf")

    async def request_leave_agent_conf(self) -> None:
        """Leave the conference (`requestLeaveAgentConf`). May be refused with NoConference, ChairLeaves."""
        await self._ask("requestLeaveAgentConf", "POST", "agentconf/{agentid}/requestleaveagentconf")

    async def release_agent_conf(self) -> None:
        """End the conference (`releaseAgentConf`). May be refused with NoConference, NotChairperson."""
        await self._ask("releaseAgentConf", "POST", "agentconf/{agentid}/releaseagentconf")

    async def hold_participant(
        self, address_type: str, address: str, voice_path: str, *, play_mode: Literal[2] | None = None
    ) -> None:
        """Hold a participant (`holdParticipant`). May be refused with NoConference, NotChairperson."""
        await self._ask(
            "holdParticipant",
            "POST",
            "agentconf/{agentid}/holdparticipant",
            body={"addressType": address_type, "address": address, "playMode": play_mode, "voicePath": voice_path},
        )

    async def unhold_participant(self, address_type: str, address: str) -> None:
        """Take a participant off hold (`unholdParticipant`). May be refused with NoConference, NotChairperson."""
        await self._ask(
            "unholdParticipant",
            "POST",
            "agentconf/{agentid}/unholdparticipant",
            body={"addressType": address_type, "address": address},
        )

    async def prolong_time(self, prolong_time: int) -> Prolonged:
        """Ask for more time (`prolongTime`). May be refused with NoConference, NotChairperson."""
        result: Prolonged = await self._ask(
            "prolongTime", "POST", "agentconf/{agentid}/prolongtime", body={"prolongTime": prolong_time}
        )
        return result

    async def apply_to_shift_president(self, dest_agent_no: int) -> None:
        """Give the chair to another agent (`applyToShiftPresident`). May be refused with NoConference,
        NotChairperson, ChairToItself.
        """
        await self._ask(
            "applyToShiftPresident",
            "POST",
            "agentconf/{agentid}/applytoshiftpresident",
            body={"destAgentNo": dest_agent_no},
        )

    async def batch_add_participant(
        self,
        addresses: Sequence[ParticipantBody],
        *,
        beep_tone: bool | None = None,
        play_mode: Literal[2] | None = None,
        voice_path: str | None = None,
        caller: str | None = None,
    ) -> None:
        """Invite participants (`batchAddParticipant`). May be refused with NoConference, NotChairperson."""
        await self._ask(
            "batchAddParticipant",
            "POST",
            "agentconf/{agentid}/batchaddparticipant",
            body={
                "addresses": addresses,
                "beepTone": beep_tone,
                "playMode": play_mode,
                "voicePath": voice_path,
                "caller": caller,
            },
        )

    async def batch_remove_participant(self, addresses: Sequence[ParticipantBody]) -> NotRemoved:
        """Remove participants (`batchRemoveParticipant`). May be refused with NoConference, NotChairperson,
        ChairRemovesItself.
        """
        result: NotRemoved = await self._ask(
            "batchRemoveParticipant",
            "POST",
            "agentconf/{agentid}/batchremoveparticipant",
            body={"addresses": addresses},
        )
        return result

    async def change_participant_mode(self, address_type: str, address: str, attribute: int) -> None:
        """Let a participant listen or speak (`changeParticipantMode`). May be refused with NoConference,
        NotChairperson.
        """
        await self._ask(
            "changeParticipantMode",
            "POST",
            "agentconf/{agentid}/changeparticipantmode",
            body={"addressType": address_type, "address": address, "attribute": attribute},
        )

    async def play_voice_to_conf(self, voice_path: str, *, play_mode: Literal[2] | None = None) -> None:
        """Play a file to all (`playVoiceToConf`). May be refused with NoConference, NotChairperson."""
        await self._ask(
            "playVoiceToConf",
            "POST",
            "agentconf/{agentid}/playvoicetoconf",
            body={"playMode": play_mode, "voicePath": voice_path},
        )

    async def stop_voice_to_conf(self) -> None:
        """Stop playing to all (`stopVoiceToConf`). May be refused with NoConference, NotChairperson."""
        await self._ask("stopVoiceToConf", "POST", "agentconf/{agentid}/stopvoicetoconf")

    async def play_voice_to_participant(
        self, address_type: str, address: str, voice_path: str, *, play_mode: Literal[2] | None = None
    ) -> None:
        """Play a file to one (`playVoiceToParticipant`). May be refused with NoConference, NotChairperson."""
        await self._ask(
            "playVoiceToParticipant",
            "POST",
            "agentconf/{agentid}/playvoicetoparticipant",
            body={"addressType": address_type, "address": address, "playMode": play_mode, "voicePath": voice_path},
        )

    async def stop_voice_to_participant(self, address_type: str, address: str) -> None:
        """Stop playing to one (`stopVoiceToParticipant`). May be refused with NoConference, NotChairperson."""
        await self._ask(
            "stopVoiceToParticipant",
            "POST",
            "agentconf/{agentid}/stopvoicetoparticipant",
            body={"addressType": address_type, "address": address},
        )

    async def modify_conf_resource(self, modify_type: int, modify_num: int) -> None:
        """Change the number of seats (`modifyConfResource`). May be refused with NoConference, NotChairperson."""
        await self._ask(
            "modifyConfResource",
            "POST",
            "agentconf/{agentid}/modifyconfresource",
            body={"modifyType": modify_type, "modifyNum": modify_num},
        )

    async def query_conf_infos(self, **members: object) -> list[ConferenceInfo]:
        """Conferences: own, or all of the VDN for an inspector (`queryConfInfos`)."""
        result: list[ConferenceInfo] = await self._ask(
            "queryConfInfos", "POST", "agentconf/{agentid}/queryconfinfos", body={**members}
        )
        return result

    async def query_all_conf_ids(self) -> list[int]:
        """Ids of the conferences of the VDN, for inspectors (`queryAllConfIds`). May be refused with
        NotInspectorOfConferences.
        """
        result: list[int] = await self._ask("queryAllConfIds", "GET", "agentconf/{agentid}/queryvdnconfid")
        return result


class BlockingAgentconf:
    """Operations of `agentconf`, without await."""

    def __init__(self, group: Agentconf, wait: Wait) -> None:
        self._group = group
        self._wait = wait

    def request_agent_conf(
        self,
        member_num: int,
        *,
        conf_caller_no: str | None = None,
        time: int | None = None,
        prompt_time: int | None = None,
        beep_tone: bool | None = None,
        play_mode: Literal[2] | None = None,
        voice_path: str | None = None,
    ) -> None:
        """Ask for a conference (`requestAgentConf`). May be refused with InConference, WrongState."""
        self._wait(
            self._group.request_agent_conf(
                member_num,
                conf_caller_no=conf_caller_no,
                time=time,
                prompt_time=prompt_time,
                beep_tone=beep_tone,
                play_mode=play_mode,
                voice_path=voice_path,
            )
        )

    def answer_agent_conf(self) -> None:
        """Accept an invitation (`answerAgentConf`). May be refused with NoConference."""
        self._wait(self._group.answer_agent_conf())

    def reject_agent_conf(self) -> None:
        """Decline an invitation (`rejectAgentConf`). May be refused with NoConference."""
        self._wait(self._group.reject_agent_conf())

    def request_leave_agent_conf(self) -> None:
        """Leave the conference (`requestLeaveAgentConf`). May be refused with NoConference, ChairLeaves."""
        self._wait(self._group.request_leave_agent_conf())

    def release_agent_conf(self) -> None:
        """End the conference (`releaseAgentConf`). May be refused with NoConference, NotChairperson."""
        self._wait(self._group.release_agent_conf())

    def hold_participant(
        self, address_type: str, address: str, voice_path: str, *, play_mode: Literal[2] | None = None
    ) -> None:
        """Hold a participant (`holdParticipant`). May be refused with NoConference, NotChairperson."""
        self._wait(self._group.hold_participant(address_type, address, voice_path, play_mode=play_mode))

    def unhold_participant(self, address_type: str, address: str) -> None:
        """Take a participant off hold (`unholdParticipant`). May be refused with NoConference, NotChairperson."""
        self._wait(self._group.unhold_participant(address_type, address))

    def prolong_time(self, prolong_time: int) -> Prolonged:
        """Ask for more time (`prolongTime`). May be refused with NoConference, NotChairperson."""
        return self._wait(self._group.prolong_time(prolong_time))

    def apply_to_shift_president(self, dest_agent_no: int) -> None:
        """Give the chair to another agent (`applyToShiftPresident`). May be refused with NoConference,
        NotChairperson, ChairToItself.
        """
        self._wait(self._group.apply_to_shift_president(dest_agent_no))

    def batch_add_participant(
        self,
        addresses: Sequence[ParticipantBody],
        *,
        beep_tone: bool | None = None,
        play_mode: Literal[2] | None = None,
        voice_path: str | None = None,
        caller: str | None = None,
    ) -> None:
        """Invite participants (`batchAddParticipant`). May be refused with NoConference, NotChairperson."""
        self._wait(
            self._group.batch_add_participant(
                addresses, beep_tone=beep_tone, play_mode=play_mode, voice_path=voice_path, caller=caller
            )
        )

    def batch_remove_participant(self, addresses: Sequence[ParticipantBody]) -> NotRemoved:
        """Remove participants (`batchRemoveParticipant`). May be refused with NoConference, NotChairperson,
        ChairRemovesItself.
        """
        return self._wait(self._group.batch_remove_participant(addresses))

    def change_participant_mode(self, address_type: str, address: str, attribute: int) -> None:
        """Let a participant listen or speak (`changeParticipantMode`). May be refused with NoConference,
        NotChairperson.
        """
        self._wait(self._group.change_participant_mode(address_type, address, attribute))

    def play_voice_to_conf(self, voice_path: str, *, play_mode: Literal[2] | None = None) -> None:
        """Play a file to all (`playVoiceToConf`). May be refused with NoConference, NotChairperson."""
        self._wait(self._group.play_voice_to_conf(voice_path, play_mode=play_mode))

    def stop_voice_to_conf(self) -> None:
        """Stop playing to all (`stopVoiceToConf`). May be refused with NoConference, NotChairperson."""
        self._wait(self._group.stop_voice_to_conf())

    def play_voice_to_participant(
        self, address_type: str, address: str, voice_path: str, *, play_mode: Literal[2] | None = None
    ) -> None:
        """Play a file to one (`playVoiceToParticipant`). May be refused with NoConference, NotChairperson."""
        self._wait(self._group.play_voice_to_participant(address_type, address, voice_path, play_mode=play_mode))

    def stop_voice_to_participant(self, address_type: str, address: str) -> None:
        """Stop playing to one (`stopVoiceToParticipant`). May be refused with NoConference, NotChairperson."""
        self._wait(self._group.stop_voice_to_participant(address_type, address))

    def modify_conf_resource(self, modify_type: int, modify_num: int) -> None:
        """Change the number of seats (`modifyConfResource`). May be refused with NoConference, NotChairperson."""
        self._wait(self._group.modify_conf_resource(modify_type, modify_num))

    def query_conf_infos(self, **members: object) -> list[ConferenceInfo]:
        """Conferences: own, or all of the VDN for an inspector (`queryConfInfos`)."""
        return self._wait(self._group.query_conf_infos(**members))

    def query_all_conf_ids(self) -> list[int]:
        """Ids of the conferences of the VDN, for inspectors (`queryAllConfIds`). May be refused with
        NotInspectorOfConferences.
        """
        return self._wait(self._group.query_all_conf_ids())
