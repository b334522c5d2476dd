"""Operations of the group textchat, with and without await.

Written by scripts/docs.py from the rows of the server; not to be edited.
"""

from typing import Literal, TypedDict

from gateway.client.request import Group, Wait


class StoredFile(TypedDict):
    """Where an uploaded file is now."""

    filePath: str
    fileName: str
    chatId: str


class ContentLine(TypedDict):
    """A text or a file of a chat. `reciver` is spelt so. `contentType` 1 is a text; else `content` is a path."""

    id: str
    callId: str
    subMediaType: str
    sender: str
    reciver: str
    contentType: str
    content: str
    direction: str
    createTime: str
    confirmFlag: str
    status: str
    result: str


class ContentPage(TypedDict):
    """`callcontent`: oldest first."""

    totalPageNo: str
    totalCount: str
    pageNo: str
    pageSize: str
    weccCallContentList: list[ContentLine]


class Bill(TypedDict):
    """A chat in the history. Times are ms since the epoch, empty for what has not happened."""

    id: str
    ccId: str
    vdnId: str
    callId: str
    innerCall: str
    mediaType: str
    subMediaType: str
    accessType: str
    caller: str
    called: str
    accessCode: str
    skillId: str
    realCaller: str
    callerName: str
    beginTime: str
    connectTime: str
    endTime: str
    releaseCause: str
    platformReleaseCause: str
    logDate: str
    callidNum: str
    remark: str
    receiveMsgNum: str
    sendMsgNum: str


class BillPage(TypedDict):
    """`callsession`: newest first."""

    totalPageNo: str
    totalCount: str
    pageNo: str
    pageSize: str
    weccCallBillList: list[Bill]


class Textchat(Group):
    """Operations of `textchat`."""

    async def chat_internal_call(self, destno: int) -> str:
        """Chat with another agent (`chatInternalCall`). May be refused with WrongState, CalledNumber,
        TooManySessions.
        """
        result: str = await self._ask(
            "chatInternalCall", "PUT", "textchat/{agentid}/internalcall/{destno}", {"destno": destno}
        )
        return result

    async def chat_answer(self, callid: str) -> str:
        """Answer a chat (`chatAnswer`). May be refused with AnswerNoCall."""
        result: str = await self._ask("chatAnswer", "PUT", "textchat/{agentid}/answer/{callid}", {"callid": callid})
        return result

    async def chat_reject(self, callid: str) -> None:
        """Reject a chat (`chatReject`). May be refused with AnswerNoCall."""
        await self._ask("chatReject", "DELETE", "textchat/{agentid}/reject/{callid}", {"callid": callid})

    async def chat_message(self, callid: str, content: str, *, chat_id: str | None = None) -> str:
        """Say something in a chat (`chatMessage`). May be refused with DropNoCall, EmptyMessage, ForbiddenWord."""
        result: str = await self._ask(
            "chatMessage",
            "PUT",
            "textchat/{agentid}/chatmessage",
            body={"callid": callid, "content": content, "chatId": chat_id},
        )
        return result

    async def chat_transfer(
        self,
        callid: str,
        address: str,
        *,
        devicetype: Literal[1, 2] | None = None,
        mode: Literal[0, 2] | None = None,
        attachdata: str | None = None,
    ) -> None:
        """Hand a chat to an agent or a skill queue (`chatTransfer`). May be refused with TransferNoCall,
        WrongTargetType, CalledNumber.
        """
        await self._ask(
            "chatTransfer",
            "POST",
            "textchat/{agentid}/transfer",
            body={
                "callid": callid,
                "devicetype": devicetype,
                "mode": mode,
                "address": address,
                "attachdata": attachdata,
            },
        )

    async def chat_drop(self, callid: str) -> str:
        """End a chat (`chatDrop`). May be refused with DropNoCall."""
        result: str = await self._ask("chatDrop", "DELETE", "textchat/{agentid}/drop/{callid}", {"callid": callid})
        return result

    async def send_message_without_call(
        self,
        skill_id: int,
        chat_id: str,
        chat_receiver: str,
        content: str,
        *,
        jau_ip: str | None = None,
        jau_port: int | None = None,
    ) -> None:
        """Write to customers who are in no chat (`sendMessageWithoutCall`). May be refused with MultimediaOff,
        EmptyMessage, NoQueueOfMedia, ForbiddenWord.
        """
        await self._ask(
            "sendMessageWithoutCall",
            "POST",
            "textchat/{agentid}/sendmessagewithoutcall",
            body={
                "skillId": skill_id,
                "chatId": chat_id,
                "chatReceiver": chat_receiver,
                "content": content,
                "jauIP": jau_ip,
                "jauPort": jau_port,
            },
        )

    async def confirm_message(
        self, *, callid: str | None = None, chat_id: str | None = None, **members: object
    ) -> None:
        """Say that messages were read (`confirmMessage`). May be refused with DropNoCall."""
        await self._ask(
            "confirmMessage",
            "PUT",
            "textchat/{agentid}/confirmmessage",
            body={"callId": callid, "chatId": chat_id, **members},
        )

    async def upload_media_file(
        self,
        call_id: str,
        file_name: str,
        content: bytes,
        *,
        is_need_confirm: bool | None = None,
        chat_id: str | None = None,
        msg_type: str | None = None,
        remark: str | None = None,
    ) -> StoredFile:
        """Send a file in a chat (`uploadMediaFile`). May be refused with DropNoCall, EmptyMessage,
        ForbiddenWord.
        """
        result: StoredFile = await self._ask(
            "uploadMediaFile",
            "POST",
            "textchat/{agentid}/mediafile",
            {
                "callId": call_id,
                "isNeedConfirm": is_need_confirm,
                "chatId": chat_id,
                "msgType": msg_type,
                "remark": remark,
            },
            file=(file_name, content),
        )
        return result

    async def download_media_file(self, file_path: str) -> bytes:
        """A file of an own chat (`downloadMediaFile`)."""
        result: bytes = await self._ask(
            "downloadMediaFile", "GET", "textchat/{agentid}/mediafile", {"filePath": file_path}, brings_file=True
        )
        return result

    async def query_call_content(
        self, call_id: str, *, page_no: int | None = None, page_size: int | None = None
    ) -> ContentPage:
        """What was written in a chat (`queryCallContent`)."""
        result: ContentPage = await self._ask(
            "queryCallContent",
            "GET",
            "textchat/{agentid}/callcontent",
            {"callId": call_id, "pageNo": page_no, "pageSize": page_size},
        )
        return result

    async def query_call_session(
        self,
        *,
        start_time: int | None = None,
        end_time: int | None = None,
        page_no: int | None = None,
        page_size: int | None = None,
        call_type: str | None = None,
        caller: str | None = None,
        called: str | None = None,
        real_caller: str | None = None,
        caller_name: str | None = None,
        media_type: str | None = None,
        sub_media_type: str | None = None,
    ) -> BillPage:
        """Own chats of a time span (`queryCallSession`)."""
        result: BillPage = await self._ask(
            "queryCallSession",
            "POST",
            "textchat/{agentid}/callsession",
            body={
                "startTime": start_time,
                "endTime": end_time,
                "pageNo": page_no,
                "pageSize": page_size,
                "callType": call_type,
                "caller": caller,
                "called": called,
                "realCaller": real_caller,
                "callerName": caller_name,
                "mediaType": media_type,
                "subMediaType": sub_media_type,
            },
        )
        return result


class BlockingTextchat:
    """Operations of `textchat`, without await."""

    def __init__(self, group: Textchat, wait: Wait) -> None:
        self._group = group
        self._wait = wait

    def chat_internal_call(self, destno: int) -> str:
        """Chat with another agent (`chatInternalCall`). May be refused with WrongState, CalledNumber,
        TooManySessions.
        """
        return self._wait(self._group.chat_internal_call(destno))

    def chat_answer(self, callid: str) -> str:
        """Answer a chat (`chatAnswer`). May be refused with AnswerNoCall."""
        return self._wait(self._group.chat_answer(callid))

    def chat_reject(self, callid: str) -> None:
        """Reject a chat (`chatReject`). May be refused with AnswerNoCall."""
        self._wait(self._group.chat_reject(callid))

    def chat_message(self, callid: str, content: str, *, chat_id: str | None = None) -> str:
        """Say something in a chat (`chatMessage`). May be refused with DropNoCall, EmptyMessage, ForbiddenWord."""
        return self._wait(self._group.chat_message(callid, content, chat_id=chat_id))

    def chat_transfer(
        self,
        callid: str,
        address: str,
        *,
        devicetype: Literal[1, 2] | None = None,
        mode: Literal[0, 2] | None = None,
        attachdata: str | None = None,
    ) -> None:
        """Hand a chat to an agent or a skill queue (`chatTransfer`). May be refused with TransferNoCall,
        WrongTargetType, CalledNumber.
        """
        self._wait(self._group.chat_transfer(callid, address, devicetype=devicetype, mode=mode, attachdata=attachdata))

    def chat_drop(self, callid: str) -> str:
        """End a chat (`chatDrop`). May be refused with DropNoCall."""
        return self._wait(self._group.chat_drop(callid))

    def send_message_without_call(
        self,
        skill_id: int,
        chat_id: str,
        chat_receiver: str,
        content: str,
        *,
        jau_ip: str | None = None,
        jau_port: int | None = None,
    ) -> None:
        """Write to customers who are in no chat (`sendMessageWithoutCall`). May be refused with MultimediaOff,
        EmptyMessage, NoQueueOfMedia, ForbiddenWord.
        """
        self._wait(
            self._group.send_message_without_call(
                skill_id, chat_id, chat_receiver, content, jau_ip=jau_ip, jau_port=jau_port
            )
        )

    def confirm_message(self, *, callid: str | None = None, chat_id: str | None = None, **members: object) -> None:
        """Say that messages were read (`confirmMessage`). May be refused with DropNoCall."""
        self._wait(self._group.confirm_message(callid=callid, chat_id=chat_id, **members))

    def upload_media_file(
        self,
        call_id: str,
        file_name: str,
        content: bytes,
        *,
        is_need_confirm: bool | None = None,
        chat_id: str | None = None,
        msg_type: str | None = None,
        remark: str | None = None,
    ) -> StoredFile:
        """Send a file in a chat (`uploadMediaFile`). May be refused with DropNoCall, EmptyMessage,
        ForbiddenWord.
        """
        return self._wait(
            self._group.upload_media_file(
                call_id,
                file_name,
                content,
                is_need_confirm=is_need_confirm,
                chat_id=chat_id,
                msg_type=msg_type,
                remark=remark,
            )
        )

    def download_media_file(self, file_path: str) -> bytes:
        """A file of an own chat (`downloadMediaFile`)."""
        return self._wait(self._group.download_media_file(file_path))

    def query_call_content(
        self, call_id: str, *, page_no: int | None = None, page_size: int | None = None
    ) -> ContentPage:
        """What was written in a chat (`queryCallContent`)."""
        return self._wait(self._group.query_call_content(call_id, page_no=page_no, page_size=page_size))

    def query_call_session(
        self,
        *,
        start_time: int | None = None,
        end_time: int | None = None,
        page_no: int | None = None,
        page_size: int | None = None,
        call_type: str | None = None,
        caller: str | None = None,
        called: str | None = None,
        real_caller: str | None = None,
        caller_name: str | None = None,
        media_type: str | None = None,
        sub_media_type: str | None = None,
    ) -> BillPage:
        """Own chats of a time span (`queryCallSession`)."""
        return self._wait(
            self._group.query_call_session(
                start_time=start_time,
                end_time=end_time,
                page_no=page_no,
                page_size=page_size,
                call_type=call_type,
                caller=caller,
                called=called,
                real_caller=real_caller,
                caller_name=caller_name,
                media_type=media_type,
                sub_media_type=sub_media_type,
            )
        )
