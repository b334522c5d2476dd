"""Operations of the group voicecall, with and without await.

Written by scripts/docs.py from the rows of the server; not to be edited.
"""

from typing import Literal

from gateway.client.request import Group, Wait


class Voicecall(Group):
    """Operations of `voicecall`."""

    async def callout(
        self,
        called: str,
        *,
        caller: str | None = None,
        skillid: int | None = None,
        callappdata: str | None = None,
        mediaability: int | None = None,
        user_video_direction: int | None = None,
    ) -> str:
        """Call a number (`callout`). May be refused with WrongState, CalledNumber."""
        result: str = await self._ask(
            "callout",
            "PUT",
            "voicecall/{agentid}/callout",
            body={
                "called": called,
                "caller": caller,
                "skillid": skillid,
                "callappdata": callappdata,
                "mediaability": mediaability,
                "userVideoDirection": user_video_direction,
            },
        )
        return result

    async def preview_call_out(self, called: str, callcontrolid: int) -> str:
        """Call a number of an offered preview call (`previewCallOut`). May be refused with WrongState,
        CalledNumber.
        """
        result: str = await self._ask(
            "previewCallOut",
            "PUT",
            "voicecall/{agentid}/previewcallout",
            body={"called": called, "callcontrolid": callcontrolid},
        )
        return result

    async def cancel_preview_callout(self, callcontrolid: int) -> None:
        """Decline an offered preview call (`cancelPreviewCallout`). May be refused with WrongState."""
        await self._ask(
            "cancelPreviewCallout",
            "PUT",
            "voicecall/{agentid}/cancelPreviewCallout",
            body={"callcontrolid": callcontrolid},
        )

    async def call_inner(
        self,
        called: str,
        *,
        caller: str | None = None,
        skillid: int | None = None,
        callappdata: str | None = None,
        mediaability: int | None = None,
    ) -> str:
        """Call another agent (`callInner`). May be refused with WrongState, CalledNumber."""
        result: str = await self._ask(
            "callInner",
            "PUT",
            "voicecall/{agentid}/callinner",
            body={
                "called": called,
                "caller": caller,
                "skillid": skillid,
                "callappdata": callappdata,
                "mediaability": mediaability,
            },
        )
        return result

    async def call_inner_skill(self, skill_id: int) -> str:
        """Call an idle agent of a skill queue (`callInnerSkill`). May be refused with WrongState."""
        result: str = await self._ask(
            "callInnerSkill", "PUT", "voicecall/{agentid}/callinnerskill", body={"skillId": skill_id}
        )
        return result

    async def request_appointed_call(self, callid: str, skilltype: int, *, skill_id: int | None = None) -> None:
        """Take a chosen call out of a queue (`requestAppointedCall`). May be refused with WrongState."""
        await self._ask(
            "requestAppointedCall",
            "POST",
            "voicecall/{agentid}/requestcall/{callid}/{skilltype}",
            {"callid": callid, "skilltype": skilltype, "skillId": skill_id},
        )

    async def answer(self, *, callid: str | None = None) -> None:
        """Answer the ringing call (`answer`). May be refused with AnswerNoCall."""
        await self._ask("answer", "PUT", "voicecall/{agentid}/answer", {"callid": callid})

    async def reject(self, mode: int, *, callid: str | None = None) -> None:
        """Reject the ringing call (`reject`). May be refused with AnswerNoCall, RejectState."""
        await self._ask("reject", "POST", "voicecall/{agentid}/reject", body={"callid": callid, "mode": mode})

    async def snatch_pickup(self, dest_work_no: int) -> None:
        """Answer a call that rings at another agent of the group (`snatchPickup`). May be refused with
        WrongState.
        """
        await self._ask("snatchPickup", "PUT", "voicecall/{agentid}/snatchpickup", {"destWorkNo": dest_work_no})

    async def phone_pickup(self) -> None:
        """Lift the linked desk phone (`phonePickup`). May be refused with WrongState."""
        await self._ask("phonePickup", "POST", "voicecall/{agentid}/phonepickup")

    async def phone_hang_up(self) -> None:
        """Reject a call on the linked desk phone (`phoneHangUp`). May be refused with WrongState."""
        await self._ask("phoneHangUp", "POST", "voicecall/{agentid}/phonehangup")

    async def begin_mute(self) -> None:
        """Mute the call (`beginMute`). May be refused with MuteNoCall, MuteState."""
        await self._ask("beginMute", "POST", "voicecall/{agentid}/beginmute")

    async def end_mute(self) -> None:
        """Unmute the call (`endMute`). May be refused with UnmuteNoCall, UnmuteState."""
        await self._ask("endMute", "POST", "voicecall/{agentid}/endmute")

    async def begin_mute_video(self) -> None:
        """Stop the own picture (`beginMuteVideo`). May be refused with MuteNoCall, MuteState."""
        await self._ask("beginMuteVideo", "POST", "voicecall/{agentid}/beginmutevideo")

    async def end_mute_video(self) -> None:
        """Show the own picture (`endMuteVideo`). May be refused with UnmuteNoCall, UnmuteState."""
        await self._ask("endMuteVideo", "POST", "voicecall/{agentid}/endmutevideo")

    async def hold(self) -> None:
        """Hold the call (`hold`). May be refused with HoldNoCall, HoldState."""
        await self._ask("hold", "POST", "voicecall/{agentid}/hold")

    async def get_hold(self, *, callid: str | None = None) -> None:
        """Take a held call back (`getHold`). May be refused with UnholdNoHeld, UnholdState."""
        await self._ask("getHold", "POST", "voicecall/{agentid}/gethold", {"callid": callid})

    async def connect_hold(self, callid: str) -> None:
        """Connect the held call with the present one and leave (`connectHold`). May be refused with
        ConnectNoCall, ConnectNoHeld, HoldNoCall, HoldState.
        """
        await self._ask("connectHold", "POST", "voicecall/{agentid}/connecthold/{callid}", {"callid": callid})

    async def transfer(
        self,
        devicetype: Literal[1, 2, 3, 4, 5],
        address: str,
        mode: Literal[0, 1, 2, 3, 4],
        *,
        callappdata: str | None = None,
        caller: str | None = None,
        mediaability: int | None = None,
        holdflag: bool | None = None,
    ) -> None:
        """Transfer the call (`transfer`). May be refused with TransferNoCall, WrongState, CalledNumber."""
        await self._ask(
            "transfer",
            "POST",
            "voicecall/{agentid}/transfer",
            body={
                "devicetype": devicetype,
                "address": address,
                "mode": mode,
                "callappdata": callappdata,
                "caller": caller,
                "mediaability": mediaability,
                "holdflag": holdflag,
            },
        )

    async def cancel_transfer(self) -> None:
        """Take a transferred call back (`cancelTransfer`). May be refused with TransferNoCall, WrongState."""
        await self._ask("cancelTransfer", "POST", "voicecall/{agentid}/canceltransfer")

    async def inner_help(
        self,
        dstaddress: str,
        *,
        devicetype: int | None = None,
        mode: int | None = None,
        callappdata: str | None = None,
        holdflag: bool | None = None,
    ) -> str:
        """Ask another agent for help in the call (`innerHelp`). May be refused with HelpNoCall, WrongState,
        CalledNumber.
        """
        result: str = await self._ask(
            "innerHelp",
            "POST",
            "voicecall/{agentid}/innerhelp",
            body={
                "dstaddress": dstaddress,
                "devicetype": devicetype,
                "mode": mode,
                "callappdata": callappdata,
                "holdflag": holdflag,
            },
        )
        return result

    async def conf_join(self, callid: str, *, callappdata: str | None = None) -> None:
        """Join a held call to a three-party call (`confJoin`). May be refused with JoinNoCall, JoinNoHeld."""
        await self._ask(
            "confJoin", "POST", "voicecall/{agentid}/confjoin", body={"callid": callid, "callappdata": callappdata}
        )

    async def second_dial_ex(self, number: str) -> None:
        """Send digits (`secondDialEx`). May be refused with WrongState."""
        await self._ask("secondDialEx", "POST", "voicecall/{agentid}/seconddialex", {"number": number})

    async def second_dial(self, number: str) -> None:
        """Send digits, older form (`secondDial`). May be refused with WrongState."""
        await self._ask("secondDial", "POST", "voicecall/{agentid}/seconddial/{number}", {"number": number})

    async def report_sound(self, **members: object) -> None:
        """Announce a number in the call (`reportSound`). May be refused with ReportNoCall."""
        await self._ask("reportSound", "POST", "voicecall/{agentid}/reportsound", body={**members})

    async def release(self) -> None:
        """Hang up the present call (`release`). May be refused with ReleaseNoCall."""
        await self._ask("release", "DELETE", "voicecall/{agentid}/release")

    async def drop_call(self, callid: str) -> None:
        """Hang up a call by its id (`dropCall`). May be refused with DropNoCall."""
        await self._ask("dropCall", "POST", "voicecall/{agentid}/dropcall/{callid}", {"callid": callid})

    async def disconnect(self, number: str) -> None:
        """Release one party of the call (`disconnect`). May be refused with NoSuchParty, PartyStays."""
        await self._ask("disconnect", "POST", "voicecall/{agentid}/disconnect/{number}", {"number": number})

    async def release_phone(self) -> None:
        """Hang up the phone (`releasePhone`). May be refused with WrongState."""
        await self._ask("releasePhone", "DELETE", "voicecall/{agentid}/releasephone")


class BlockingVoicecall:
    """Operations of `voicecall`, without await."""

    def __init__(self, group: Voicecall, wait: Wait) -> None:
        self._group = group
        self._wait = wait

    def callout(
        self,
        called: str,
        *,
        caller: str | None = None,
        skillid: int | None = None,
        callappdata: str | None = None,
        mediaability: int | None = None,
        user_video_direction: int | None = None,
    ) -> str:
        """Call a number (`callout`). May be refused with WrongState, CalledNumber."""
        return self._wait(
            self._group.callout(
                called,
                caller=caller,
                skillid=skillid,
                callappdata=callappdata,
                mediaability=mediaability,
                user_video_direction=user_video_direction,
            )
        )

    def preview_call_out(self, called: str, callcontrolid: int) -> str:
        """Call a number of an offered preview call (`previewCallOut`). May be refused with WrongState,
        CalledNumber.
        """
        return self._wait(self._group.preview_call_out(called, callcontrolid))

    def cancel_preview_callout(self, callcontrolid: int) -> None:
        """Decline an offered preview call (`cancelPreviewCallout`). May be refused with WrongState."""
        self._wait(self._group.cancel_preview_callout(callcontrolid))

    def call_inner(
        self,
        called: str,
        *,
        caller: str | None = None,
        skillid: int | None = None,
        callappdata: str | None = None,
        mediaability: int | None = None,
    ) -> str:
        """Call another agent (`callInner`). May be refused with WrongState, CalledNumber."""
        return self._wait(
            self._group.call_inner(
                called, caller=caller, skillid=skillid, callappdata=callappdata, mediaability=mediaability
            )
        )

    def call_inner_skill(self, skill_id: int) -> str:
        """Call an idle agent of a skill queue (`callInnerSkill`). May be refused with WrongState."""
        return self._wait(self._group.call_inner_skill(skill_id))

    def request_appointed_call(self, callid: str, skilltype: int, *, skill_id: int | None = None) -> None:
        """Take a chosen call out of a queue (`requestAppointedCall`). May be refused with WrongState."""
        self._wait(self._group.request_appointed_call(callid, skilltype, skill_id=skill_id))

    def answer(self, *, callid: str | None = None) -> None:
        """Answer the ringing call (`answer`). May be refused with AnswerNoCall."""
        self._wait(self._group.answer(callid=callid))

    def reject(self, mode: int, *, callid: str | None = None) -> None:
        """Reject the ringing call (`reject`). May be refused with AnswerNoCall, RejectState."""
        self._wait(self._group.reject(mode, callid=callid))

    def snatch_pickup(self, dest_work_no: int) -> None:
        """Answer a call that rings at another agent of the group (`snatchPickup`). May be refused with
        WrongState.
        """
        self._wait(self._group.snatch_pickup(dest_work_no))

    def phone_pickup(self) -> None:
        """Lift the linked desk phone (`phonePickup`). May be refused with WrongState."""
        self._wait(self._group.phone_pickup())

    def phone_hang_up(self) -> None:
        """Reject a call on the linked desk phone (`phoneHangUp`). May be refused with WrongState."""
        self._wait(self._group.phone_hang_up())

    def begin_mute(self) -> None:
        """Mute the call (`beginMute`). May be refused with MuteNoCall, MuteState."""
        self._wait(self._group.begin_mute())

    def end_mute(self) -> None:
        """Unmute the call (`endMute`). May be refused with UnmuteNoCall, UnmuteState."""
        self._wait(self._group.end_mute())

    def begin_mute_video(self) -> None:
        """Stop the own picture (`beginMuteVideo`). May be refused with MuteNoCall, MuteState."""
        self._wait(self._group.begin_mute_video())

    def end_mute_video(self) -> None:
        """Show the own picture (`endMuteVideo`). May be refused with UnmuteNoCall, UnmuteState."""
        self._wait(self._group.end_mute_video())

    def hold(self) -> None:
        """Hold the call (`hold`). May be refused with HoldNoCall, HoldState."""
        self._wait(self._group.hold())

    def get_hold(self, *, callid: str | None = None) -> None:
        """Take a held call back (`getHold`). May be refused with UnholdNoHeld, UnholdState."""
        self._wait(self._group.get_hold(callid=callid))

    def connect_hold(self, callid: str) -> None:
        """Connect the held call with the present one and leave (`connectHold`). May be refused with
        ConnectNoCall, ConnectNoHeld, HoldNoCall, HoldState.
        """
        self._wait(self._group.connect_hold(callid))

    def transfer(
        self,
        devicetype: Literal[1, 2, 3, 4, 5],
        address: str,
        mode: Literal[0, 1, 2, 3, 4],
        *,
        callappdata: str | None = None,
        caller: str | None = None,
        mediaability: int | None = None,
        holdflag: bool | None = None,
    ) -> None:
        """Transfer the call (`transfer`). May be refused with TransferNoCall, WrongState, CalledNumber."""
        self._wait(
            self._group.transfer(
                devicetype,
                address,
                mode,
                callappdata=callappdata,
                caller=caller,
                mediaability=mediaability,
                holdflag=holdflag,
            )
        )

    def cancel_transfer(self) -> None:
        """Take a transferred call back (`cancelTransfer`). May be refused with TransferNoCall, WrongState."""
        self._wait(self._group.cancel_transfer())

    def inner_help(
        self,
        dstaddress: str,
        *,
        devicetype: int | None = None,
        mode: int | None = None,
        callappdata: str | None = None,
        holdflag: bool | None = None,
    ) -> str:
        """Ask another agent for help in the call (`innerHelp`). May be refused with HelpNoCall, WrongState,
        CalledNumber.
        """
        return self._wait(
            self._group.inner_help(
                dstaddress, devicetype=devicetype, mode=mode, callappdata=callappdata, holdflag=holdflag
            )
        )

    def conf_join(self, callid: str, *, callappdata: str | None = None) -> None:
        """Join a held call to a three-party call (`confJoin`). May be refused with JoinNoCall, JoinNoHeld."""
        self._wait(self._group.conf_join(callid, callappdata=callappdata))

    def second_dial_ex(self, number: str) -> None:
        """Send digits (`secondDialEx`). May be refused with WrongState."""
        self._wait(self._group.second_dial_ex(number))

    def second_dial(self, number: str) -> None:
        """Send digits, older form (`secondDial`). May be refused with WrongState."""
        self._wait(self._group.second_dial(number))

    def report_sound(self, **members: object) -> None:
        """Announce a number in the call (`reportSound`). May be refused with ReportNoCall."""
        self._wait(self._group.report_sound(**members))

    def release(self) -> None:
        """Hang up the present call (`release`). May be refused with ReleaseNoCall."""
        self._wait(self._group.release())

    def drop_call(self, callid: str) -> None:
        """Hang up a call by its id (`dropCall`). May be refused with DropNoCall."""
        self._wait(self._group.drop_call(callid))

    def disconnect(self, number: str) -> None:
        """Release one party of the call (`disconnect`). May be refused with NoSuchParty, PartyStays."""
        self._wait(self._group.disconnect(number))

    def release_phone(self) -> None:
        """Hang up the phone (`releasePhone`). May be refused with WrongState."""
        self._wait(self._group.release_phone())
