"""What was written and sent in chats, also in those that are over, and what is written to customers without a chat."""

from collections.abc import Iterator
from typing import Final

from gateway.backends.embedded.core import chatting
from gateway.backends.embedded.core.besides import Chat, ChatFile, SentMessage
from gateway.backends.embedded.core.outcome import Outcome
from gateway.backends.embedded.core.world import World
from gateway.wire import retcodes
from gateway.wire.errors import Refused

LONGEST_SUFFIX: Final = 10
NO_SUFFIX: Final = "dat"
"""Of files whose name has none: a client cuts the path at its last full stop."""


def send_file(
    out: Outcome, world: World, session_id: str, call_id: str, name: str, data: bytes, kind: str, chat_id: str
) -> str:
    """An agent sends a file to the others in the chat, who are told its path, as is the sender.

    The path holds nothing that a URL would have to encode: clients do not. Raises Refused: `200-025`, `106-002`.
    """
    chat, leg = chatting.in_chat(world, session_id, call_id)
    if not data:
        raise Refused(retcodes.EMPTY_MESSAGE, "file: is empty")
    path = f"{call_id}/{next(world.numbers)}.{_suffix(name)}"
    world.besides.files.keep(path, ChatFile(chat.agents, name, data), len(data))
    chatting.write(out, world, chat, leg, path, file_kind=kind, chat_id=chat_id)
    return path


def _suffix(name: str) -> str:
    suffix = name.rpartition(".")[2].lower() if "." in name else ""
    fits = suffix.isascii() and suffix.isalnum() and len(suffix) <= LONGEST_SUFFIX
    return suffix if fits else NO_SUFFIX


def confirm(world: World, session_id: str, call_id: str, chat_id: str) -> None:
    """An agent has read what it received, in one chat or in all, all of it or one message. Raises Refused `200-025`."""
    chats = [chatting.in_chat(world, session_id, call_id)[0]] if call_id else world.besides.chats_of(session_id)
    for chat in chats:
        leg = chat.leg_of(session_id)
        for said in chat.said:
            if leg is not None and said.sender != leg.number and chat_id in ("", said.chat_id):
                said.confirmed = True


def write_without_call(
    out: Outcome, world: World, agent_id: int, skill_id: int, chat_id: str, receivers: str, text: str
) -> None:
    """An agent writes to customers who are in no chat. Raises Refused: `106-002`, `700-016`."""
    chatting.check_text(world, text)
    world.besides.sent.append(SentMessage(agent_id, skill_id, chat_id, receivers, text, out.now_ms))


def chats_of_agent(world: World, agent_id: int) -> Iterator[Chat]:
    """The chats that the agent is or was in, in whatever session, oldest first; those that are over come before."""
    for chats in (world.besides.past_chats, world.besides.chats.values()):
        yield from (chat for chat in chats if agent_id in chat.agents)


def find(world: World, call_id: str) -> Chat | None:
    """A chat, also one that is over."""
    return world.besides.chats.get(call_id) or world.besides.past_chats.get(call_id)
