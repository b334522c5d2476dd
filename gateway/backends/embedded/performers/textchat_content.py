"""What was written and sent in text chats (rows `CONTENT` of `operations/textchat.py`)."""

from typing import Final, cast

from gateway.backends.base import Call, File
from gateway.backends.embedded.core import chat_content, chat_moving
from gateway.backends.embedded.core.besides import TEXT_MEDIA, Chat
from gateway.backends.embedded.core.outcome import NOTHING
from gateway.backends.embedded.parts import Parts, Performer
from gateway.backends.embedded.performers import chat_views, rights
from gateway.operations import textchat_models as models
from gateway.wire import retcodes
from gateway.wire.errors import Refused

_IN_MS: Final = 10**11
"""From here on a time is one in ms: in s it would be one after the year 5000."""


def performers(parts: Parts) -> dict[str, Performer]:
    """By operation name."""
    group = _Content(parts)
    return {
        "sendMessageWithoutCall": group.write,
        "confirmMessage": group.confirm,
        "uploadMediaFile": group.upload,
        "downloadMediaFile": group.download,
        "queryCallContent": group.lines,
        "queryCallSession": group.history,
    }


class _Content:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._world = parts.world

    async def write(self, call: Call) -> object:
        """What the customers do with it is nobody's business here; `/sim/messages` shows it."""
        body = cast(models.MessageWithoutCallBody, call.body)
        skill = self._parts.registry.skills().get(body.skill_id)
        async with self._parts.board.turn() as turn:
            if not chat_moving.has_text(turn.desk(call)):
                raise Refused(retcodes.MULTIMEDIA_OFF, "this agent is signed in without text chat (mediatype)")
            if skill is None or skill.mediatype not in TEXT_MEDIA:
                raise Refused(retcodes.NO_QUEUE_OF_MEDIA, "skillId: no skill queue for text has this id")
            chat_content.write_without_call(
                turn.out,
                turn.world,
                call.record.agent_id,
                body.skill_id,
                body.chat_id,
                body.chat_receiver,
                body.content,
            )
        return NOTHING

    async def confirm(self, call: Call) -> object:
        body = cast(models.ConfirmBody, call.body)
        chat_content.confirm(self._world, call.session_id, body.callid, body.chat_id)
        return NOTHING

    async def upload(self, call: Call) -> object:
        asked, file = cast(models.UploadParameters, call.parameters), cast(File, call.file)
        async with self._parts.board.turn() as turn:
            path = chat_content.send_file(
                turn.out,
                turn.world,
                call.session_id,
                asked.call_id,
                file.name,
                file.data,
                asked.msg_type,
                asked.chat_id,
            )
        return models.StoredFile(file_path=path, file_name=file.name, chat_id=asked.chat_id)

    async def download(self, call: Call) -> object:
        """For who was in the chat; for everybody else it is as if there were no such file."""
        found = self._world.besides.files.get(cast(models.FilePathParameters, call.parameters).file_path)
        if found is None or not self._may_read(call, found.agents):
            raise Refused(retcodes.BAD_PARAMETER, "filePath: there is no such file, or no more")
        return File(found.name, found.data)

    def _may_read(self, call: Call, agents: set[int]) -> bool:
        return call.record.agent_id in agents or rights.has(self._parts, call.record.agent_id, rights.INSPECTOR)

    async def lines(self, call: Call) -> object:
        """An agent reads its own chats, an inspector all; any other chat is an empty one."""
        asked = cast(models.ContentParameters, call.parameters)
        chat = chat_content.find(self._world, asked.call_id)
        said = list(chat.said) if chat is not None and self._may_read(call, chat.agents) else []
        shown = chat_views.of_page(list(enumerate(said, 1)), asked.page_no, asked.page_size)
        return models.ContentPage(
            **chat_views.page(len(said), asked.page_no, asked.page_size),
            wecc_call_content_list=[
                chat_views.line(chat, number, one, call.record.agent_id) for number, one in shown if chat is not None
            ],
        )

    async def history(self, call: Call) -> object:
        asked, agent_id = cast(models.HistoryBody, call.body), call.record.agent_id
        found = [chat for chat in chat_content.chats_of_agent(self._world, agent_id) if _fits(asked, chat)]
        found.sort(key=lambda chat: chat.call.created_ms, reverse=True)
        shown = chat_views.of_page(found, asked.page_no, asked.page_size)
        return models.BillPage(
            **chat_views.page(len(found), asked.page_no, asked.page_size),
            wecc_call_bill_list=[chat_views.bill(self._world.plan, chat, agent_id) for chat in shown],
        )


def _ms(time: int) -> int:
    return time if time >= _IN_MS else time * 1000


def _fits(asked: models.HistoryBody, chat: Chat) -> bool:
    """Whether a chat began in the time asked about, between these parties, and is of these media."""
    call = chat.call
    until = _ms(asked.end_time) or call.created_ms
    wanted = (
        (asked.caller, call.caller),
        (asked.called, call.called),
        (asked.real_caller, call.caller),
        (asked.caller_name, ""),
        (asked.media_type, chat_views.MEDIA),
        (asked.sub_media_type, chat_views.WEB),
    )
    return _ms(asked.start_time) <= call.created_ms <= until and all(want in ("", has) for want, has in wanted)
