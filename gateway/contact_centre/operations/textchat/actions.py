"""Text chats of older clients; who chats by `mediacall` may use these as well."""

from typing import Any, Final

from gateway.contact_centre.floor import chat_routing, chatting
from gateway.contact_centre.floor.activities import TEXT_CHAT, TEXT_MEDIA, Chat
from gateway.contact_centre.floor.effects import NOTHING
from gateway.contact_centre.floor.roster import Transaction
from gateway.contact_centre.invocation import Action, CentreServices, File, Invocation
from gateway.contact_centre.operations import directory, roles
from gateway.contact_centre.operations.textchat import rows, views
from gateway.contact_centre.operations.textchat.rows import ChatBody, ChatTransferBody, PartnerParameters
from gateway.interface.fields import CallParameters
from gateway.wire import retcodes
from gateway.wire.errors import Refused

QUEUE, AGENT, ACCESS = 1, 2, 4
_IN_MS: Final = 10**11
"""From here on a time is one in ms: in s it would be one after the year 5000."""


def actions(services: CentreServices) -> dict[str, Action]:
    """By operation name."""
    group, content = _TextChat(services), _ChatContent(services)
    return {
        "chatInternalCall": group.call_agent,
        "chatAnswer": group.answer,
        "chatReject": group.reject,
        "chatMessage": group.say,
        "chatTransfer": group.transfer,
        "chatDrop": group.drop,
        "sendMessageWithoutCall": content.write,
        "confirmMessage": content.confirm,
        "uploadMediaFile": content.upload,
        "downloadMediaFile": content.download,
        "queryCallContent": content.lines,
        "queryCallSession": content.history,
    }


def transfer(
    services: CentreServices,
    transaction: Transaction,
    invocation: Invocation,
    call_id: str,
    device: int,
    mode: int,
    address: str,
    data: str,
) -> None:
    """Transfers a chat of who asks, with this data if there is any. Raises Refused: `200-012`, `200-001`, `106-004`."""
    desk = invocation.desk
    chat, leg = chat_routing.to_transfer(transaction.world, desk.session_id, call_id)
    if device == AGENT:
        target = services.world.desks.get(directory.other_agent(services, address, desk))
        chat.call.data = data or chat.call.data
        chat_routing.to_agent(transaction.out, transaction.world, chat, leg, target, mode)
        return
    skill_id = (
        transaction.world.plan.access.get(address, 0) if device == ACCESS else int(address) if address.isdigit() else 0
    )
    skill = services.registry.skills().get(skill_id)
    if skill is None:
        raise Refused(retcodes.CALLED_NUMBER, "address: there is no such skill queue")
    if skill.mediatype not in TEXT_MEDIA:
        raise Refused(retcodes.WRONG_TARGET_TYPE, "address: this skill queue takes no chats")
    chat_routing.check_queue(chat)
    chat.call.data = data or chat.call.data
    chat_routing.to_queue(transaction.out, transaction.world, chat, leg, skill_id, mode)


def _call_id(invocation: Invocation[CallParameters]) -> str:
    return invocation.parameters.callid


class _TextChat:
    def __init__(self, services: CentreServices) -> None:
        self._services = services

    async def call_agent(self, invocation: Invocation[PartnerParameters]) -> object:
        """The agent called; the chat's id comes with the event, as that an agent cannot be reached."""
        number = str(invocation.parameters.destno)
        with self._services.board.transaction() as transaction:
            desk = invocation.desk
            other = directory.other_agent(self._services, number, desk)
            if not desk.state.has_text:
                raise Refused(retcodes.WRONG_STATE, "this agent is signed in without text chat (mediatype)")
            if not chat_routing.has_room(transaction.world, desk, TEXT_CHAT):
                raise Refused(retcodes.TOO_MANY_SESSIONS)
            target = self._services.world.desks.get(other)
            able = target is not None and target.state.has_text
            if target is None or not able or not chat_routing.has_room(transaction.world, target, TEXT_CHAT):
                target = None
            chatting.call_agent(transaction.out, transaction.world, desk, number, target)
        return number

    async def answer(self, invocation: Invocation) -> object:
        with self._services.board.transaction() as transaction:
            chatting.answer(transaction.out, transaction.world, invocation.desk.session_id, _call_id(invocation))
        return _call_id(invocation)

    async def reject(self, invocation: Invocation) -> object:
        """Somebody else of the queue may take it."""
        with self._services.board.transaction() as transaction:
            chatting.reject(
                transaction.out,
                transaction.world,
                invocation.desk.session_id,
                chatting.REJECT_TO_QUEUE,
                _call_id(invocation),
            )
        return NOTHING

    async def say(self, invocation: Invocation[Any, ChatBody]) -> object:
        body = invocation.body
        with self._services.board.transaction() as transaction:
            chatting.say(
                transaction.out, transaction.world, invocation.desk.session_id, body.callid, body.content, body.chat_id
            )
        return body.callid

    async def transfer(self, invocation: Invocation[Any, ChatTransferBody]) -> object:
        body = invocation.body
        with self._services.board.transaction() as transaction:
            transfer(
                self._services,
                transaction,
                invocation,
                body.callid,
                body.devicetype,
                body.mode,
                body.address,
                body.attachdata,
            )
        return NOTHING

    async def drop(self, invocation: Invocation) -> object:
        with self._services.board.transaction() as transaction:
            chatting.drop(transaction.out, transaction.world, invocation.desk.session_id, _call_id(invocation))
        return _call_id(invocation)


class _ChatContent:
    def __init__(self, services: CentreServices) -> None:
        self._services = services
        self._world = services.world

    async def write(self, invocation: Invocation[Any, rows.MessageWithoutCallBody]) -> object:
        """What the customers do with it is nobody's business here; `/sim/messages` shows it."""
        body = invocation.body
        skill = self._services.registry.skills().get(body.skill_id)
        with self._services.board.transaction() as transaction:
            if not invocation.desk.state.has_text:
                raise Refused(retcodes.MULTIMEDIA_OFF, "this agent is signed in without text chat (mediatype)")
            if skill is None or skill.mediatype not in TEXT_MEDIA:
                raise Refused(retcodes.NO_QUEUE_OF_MEDIA, "skillId: no skill queue for text has this id")
            chatting.write_without_call(
                transaction.out,
                transaction.world,
                invocation.desk.agent_id,
                body.skill_id,
                body.chat_id,
                body.chat_receiver,
                body.content,
            )
        return NOTHING

    async def confirm(self, invocation: Invocation[Any, rows.ConfirmBody]) -> object:
        body = invocation.body
        chatting.confirm(self._world, invocation.desk.session_id, body.callid, body.chat_id)
        return NOTHING

    async def upload(self, invocation: Invocation[rows.UploadParameters]) -> object:
        asked, file = invocation.parameters, invocation.file
        with self._services.board.transaction() as transaction:
            path = chatting.send_file(
                transaction.out,
                transaction.world,
                invocation.desk.session_id,
                asked.call_id,
                file.name,
                file.data,
                asked.msg_type,
                asked.chat_id,
            )
        return rows.StoredFile(file_path=path, file_name=file.name, chat_id=asked.chat_id)

    async def download(self, invocation: Invocation[rows.FilePathParameters]) -> object:
        """For who was in the chat; for everybody else it is as if there were no such file."""
        found = self._world.activities.files.get(invocation.parameters.file_path)
        if found is None or not self._may_read(invocation, found.agents):
            raise Refused(retcodes.BAD_PARAMETER, "filePath: there is no such file, or no more")
        return File(found.name, found.data)

    def _may_read(self, invocation: Invocation, agents: set[int]) -> bool:
        return invocation.desk.agent_id in agents or roles.has(
            self._services, invocation.desk.agent_id, roles.INSPECTOR
        )

    async def lines(self, invocation: Invocation[rows.ContentParameters]) -> object:
        """An agent reads its own chats, an inspector all; any other chat is an empty one."""
        asked = invocation.parameters
        chat = chatting.find(self._world, asked.call_id)
        said = list(chat.said) if chat is not None and self._may_read(invocation, chat.agents) else []
        shown = views.of_page(list(enumerate(said, 1)), asked.page_no, asked.page_size)
        return rows.ContentPage(
            **views.page(len(said), asked.page_no, asked.page_size),
            wecc_call_content_list=[
                views.line(chat, number, one, invocation.desk.agent_id) for number, one in shown if chat is not None
            ],
        )

    async def history(self, invocation: Invocation[Any, rows.HistoryBody]) -> object:
        asked, agent_id = invocation.body, invocation.desk.agent_id
        found = [chat for chat in chatting.chats_of_agent(self._world, agent_id) if _fits(asked, chat)]
        found.sort(key=lambda chat: chat.call.created_ms, reverse=True)
        shown = views.of_page(found, asked.page_no, asked.page_size)
        return rows.BillPage(
            **views.page(len(found), asked.page_no, asked.page_size),
            wecc_call_bill_list=[views.bill(self._world.plan, chat, agent_id) for chat in shown],
        )


def _ms(time: int) -> int:
    return time if time >= _IN_MS else time * 1000


def _fits(asked: rows.HistoryBody, chat: Chat) -> bool:
    """Whether a chat began in the time asked about, between these parties, and is of these media."""
    call = chat.call
    until = _ms(asked.end_time) or call.created_ms
    wanted = (
        (asked.caller, call.caller),
        (asked.called, call.called),
        (asked.real_caller, call.caller),
        (asked.caller_name, ""),
        (asked.media_type, views.MEDIA),
        (asked.sub_media_type, views.WEB),
    )
    return _ms(asked.start_time) <= call.created_ms <= until and all(want in ("", has) for want, has in wanted)
