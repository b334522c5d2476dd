"""Simulated customers who write: they wait in a skill queue for text, are told nothing, and leave when they like."""

from gateway.agents.registry import AgentRegistry
from gateway.backends.embedded.core import chatting
from gateway.backends.embedded.core.besides import TEXT_MEDIA, Chat, Said
from gateway.backends.embedded.core.model import Feature, Leg, Purpose, Stage
from gateway.backends.embedded.simulated import NoSuchCallError
from gateway.backends.embedded.switchboard import Switchboard


class ChatCustomers:
    """Everyone outside who writes. A control interface or a load script calls these methods."""

    def __init__(self, board: Switchboard, registry: AgentRegistry) -> None:
        self._board = board
        self._registry = registry

    async def start(self, skill_id: int, caller: str, *, text: str = "", data: str = "") -> str:
        """A customer asks for a chat; its id. Raises NoSuchCallError for a queue that is not one for text."""
        skill = self._registry.skills().get(skill_id)
        if skill is None or skill.mediatype not in TEXT_MEDIA:
            raise NoSuchCallError(f"no skill queue {skill_id} for text")
        async with self._board.turn() as turn:
            called = turn.world.plan.access_code(skill_id)
            chat = chatting.open_chat(turn.out, turn.world, Feature.INBOUND, caller, called, skill.mediatype, data)
            chat.call.legs.append(Leg(caller, Stage.TALKING, Purpose.ORIGIN, turn.out.now_ms))
            if text:
                chatting.customer_says(turn.out, turn.world, chat, text)
            chatting.wait(turn.out, turn.world, chat, skill_id)
        return chat.call.id

    async def say(self, chat_id: str, text: str) -> None:
        """The customer writes. Raises NoSuchCallError."""
        async with self._board.turn() as turn:
            chatting.customer_says(turn.out, turn.world, self._chat(chat_id), text)

    async def leave(self, chat_id: str) -> None:
        """The customer is gone. Raises NoSuchCallError."""
        async with self._board.turn() as turn:
            chatting.customer_leaves(turn.out, turn.world, self._chat(chat_id))

    def said(self, chat_id: str) -> list[Said]:
        """What was written last, oldest first. Raises NoSuchCallError."""
        return list(self._chat(chat_id).said)

    def _chat(self, chat_id: str) -> Chat:
        chat = self._board.world.besides.chats.get(chat_id)
        if chat is None or chat.internal:
            raise NoSuchCallError(f"no chat {chat_id} with a customer")
        return chat
