"""Simulated customers who write."""

import pytest

from gateway.contact_centre.customers.callers import NoSuchCallError
from tests.support.floor import open_floor


@pytest.mark.parametrize("skill", [1, 77], ids=["for calls", "unknown"])
async def test_a_chat_needs_a_queue_for_text(skill: int) -> None:
    async with open_floor() as floor:
        with pytest.raises(NoSuchCallError):
            await floor.centre.chat_customers.start(skill, "13800000000")


async def test_chats_between_agents_have_no_customer() -> None:
    async with open_floor(None, 101, 102) as floor:
        await floor.do(101, "chatInternalCall", destno=102)
        with pytest.raises(NoSuchCallError):
            await floor.centre.chat_customers.say(floor.result, "hello")


async def test_what_a_waiting_customer_writes_is_kept_for_the_agent() -> None:
    async with open_floor() as floor:
        chat_id = await floor.centre.chat_customers.start(4, "13800000000", text="hello")
        await floor.centre.chat_customers.say(chat_id, "anybody there?")
        await floor.sign_in(111)
        await floor.do(111, "chatAnswer", callid=chat_id)
        texts = [content["chatContent"] for kind, content in await floor.told(111) if kind == "AgentChat_DataRecved"]
        assert texts == ["hello", "anybody there?"]
