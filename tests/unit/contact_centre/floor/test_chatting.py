"""Text chats: who may answer, write and end one, who gets what was written before it came, and what is kept."""

import pytest

from gateway.contact_centre.floor import chatting
from gateway.contact_centre.floor.activities import TEXT_CHAT, Chat
from gateway.contact_centre.floor.calls import Feature, Leg, Purpose, Stage
from gateway.contact_centre.floor.effects import TimerKey
from gateway.contact_centre.floor.plan import Plan, Queue
from gateway.wire.errors import Refused
from tests.unit.contact_centre.floor.pieces import (
    CUSTOMER,
    NOW_MS,
    contents,
    new_world,
    out_now,
    session,
    timers,
    told,
)

MULTIMEDIA = 51


class Talk:
    """Agents 101 to 103 are signed in; `start` makes a chat of a customer, which nobody has taken yet."""

    def __init__(self, plan: Plan | None = None, **state: object) -> None:
        self.world = new_world(plan, 101, 102, 103, **{"auto_answer": False, **state})
        self.out = out_now()

    def start(self, media_type: int = TEXT_CHAT, skill_id: int = 2) -> Chat:
        chat = chatting.open_chat(self.out, self.world, Feature.INBOUND, CUSTOMER, "60002", media_type)
        chat.call.legs.append(Leg(CUSTOMER, Stage.TALKING, Purpose.ORIGIN, NOW_MS))
        chat.call.skill_id = skill_id
        return chat

    def offered(self, agent_id: int = 101, media_type: int = TEXT_CHAT) -> Chat:
        chat = self.start(media_type)
        chatting.ask(self.out, self.world, chat, self.world.desks[agent_id], Purpose.ROUTED, queued=True)
        return chat

    def taken(self, agent_id: int = 101, media_type: int = TEXT_CHAT) -> Chat:
        chat = self.offered(agent_id, media_type)
        chatting.answer(self.out, self.world, session(agent_id), chat.call.id)
        return chat

    def say(self, agent_id: int, chat: Chat, text: str) -> None:
        chatting.say(self.out, self.world, session(agent_id), chat.call.id, text)

    def seen(self, agent_id: int) -> list[object]:
        """What this agent has been shown of what was written."""
        told_of = [one for one in self.out.effects if getattr(one, "agent_id", 0) == agent_id]
        contents_of = [getattr(one, "content", None) for one in told_of]
        return [one["chatContent"] for one in contents_of if isinstance(one, dict) and "chatContent" in one]


@pytest.fixture
def talk() -> Talk:
    return Talk()


def code(refused: pytest.ExceptionInfo[Refused]) -> str:
    return refused.value.retcode


def test_an_agent_who_is_not_there_fails_the_chat_at_once(talk: Talk) -> None:
    chatting.call_agent(talk.out, talk.world, talk.world.desks[101], "102", None)
    assert told(talk.out, 101) == ["AgentChat_CallOutCreated", "AgentChat_CalloutFailed"]
    assert talk.world.activities.chats == {}


def test_the_older_interface_knows_no_automatic_answer(talk: Talk) -> None:
    for media_type, stage in ((TEXT_CHAT, Stage.RINGING), (MULTIMEDIA, Stage.TALKING)):
        chat = Talk(auto_answer=True).offered(media_type=media_type)
        assert chat.call.legs[1].stage is stage


def test_an_offer_lasts_as_long_as_a_call_rings(talk: Talk) -> None:
    talk.offered()
    assert timers(talk.out) == {"chat offer": 20.0}


@pytest.mark.parametrize("agent", [101, 102])
def test_only_who_is_offered_a_chat_may_take_it_and_only_once(talk: Talk, agent: int) -> None:
    chat = talk.taken(101)
    with pytest.raises(Refused) as refused:
        chatting.answer(talk.out, talk.world, session(agent), chat.call.id)
    assert code(refused) == "200-002"


def test_what_the_customer_wrote_before_reaches_who_comes(talk: Talk) -> None:
    chat = talk.start()
    chatting.customer_says(talk.out, talk.world, chat, "hello")
    assert not chat.said[0].delivered
    chatting.ask(talk.out, talk.world, chat, talk.world.desks[101], Purpose.ROUTED)
    chatting.answer(talk.out, talk.world, session(101), chat.call.id)
    assert (talk.seen(101), chat.said[0].delivered, list(chat.unread)) == (["hello"], True, [])


def test_a_text_reaches_everybody_but_its_sender(talk: Talk) -> None:
    chat = talk.taken(101)
    chatting.ask(talk.out, talk.world, chat, talk.world.desks[102], Purpose.INTERNAL, chat.call.legs[1])
    chatting.answer(talk.out, talk.world, session(102), chat.call.id)
    talk.say(101, chat, "who are you?")
    assert (talk.seen(101), talk.seen(102)) == ([], ["who are you?"])


@pytest.mark.parametrize(("text", "wrong"), [("", "106-002"), ("Buy GOLD now", "700-016")])
def test_nothing_and_forbidden_words_are_refused(text: str, wrong: str) -> None:
    talk = Talk(Plan(forbidden_words=("gold",)))
    chat = talk.taken()
    with pytest.raises(Refused) as refused:
        talk.say(101, chat, text)
    assert (code(refused), list(chat.said)) == (wrong, [])


def test_who_is_in_no_such_chat_writes_nothing_and_ends_nothing(talk: Talk) -> None:
    chat = talk.offered(101)
    with pytest.raises(Refused) as refused:
        talk.say(101, chat, "hello")
    assert code(refused) == "200-025"
    with pytest.raises(Refused) as refused:
        chatting.drop(talk.out, talk.world, session(102), chat.call.id)
    assert code(refused) == "200-025"


@pytest.mark.parametrize(("mode", "waits"), [(1, True), (2, False)])
def test_who_does_not_take_a_chat_leaves_it_to_others_or_sends_the_customer_away(mode: int, waits: bool) -> None:
    talk = Talk()
    chat = talk.offered()
    chatting.reject(talk.out, talk.world, session(101), mode, chat.call.id)
    assert (chat.call.waiting is not None, chat.call.id in talk.world.activities.chats) == (waits, waits)
    assert session(101) in chat.passed_over


def test_a_chat_that_was_not_taken_is_the_first_of_its_queue(talk: Talk) -> None:
    other, chat = talk.start(), talk.offered()
    chatting.wait(talk.out, talk.world, other, 2)
    chatting.offer_runs_out(talk.out, talk.world, TimerKey(chatting.OFFER, chat.call.id, session(101)))
    assert [place.call for place in talk.world.queues[2]] == [chat.call, other.call]


def test_an_offer_that_was_taken_does_not_run_out(talk: Talk) -> None:
    chat = talk.taken()
    chatting.offer_runs_out(talk.out, talk.world, TimerKey(chatting.OFFER, chat.call.id, session(101)))
    assert (chat.call.waiting, len(chat.call.legs)) == (None, 2)


def test_an_agent_who_does_not_take_the_chat_of_a_colleague_fails_it(talk: Talk) -> None:
    chat = chatting.call_agent(talk.out, talk.world, talk.world.desks[101], "102", talk.world.desks[102])
    chatting.reject(talk.out, talk.world, session(102), 1, chat.call.id)
    assert told(talk.out, 101)[-1] == "AgentChat_CalloutFailed"
    assert talk.world.activities.chats == {}


def test_a_chat_waits_no_longer_than_its_queue_allows() -> None:
    talk = Talk(Plan(queues={2: Queue(2, max_wait_s=30)}))
    chat = talk.start()
    chatting.wait(talk.out, talk.world, chat, 2)
    assert timers(talk.out) == {"chat wait": 30}
    chatting.wait_runs_out(talk.out, talk.world, TimerKey(chatting.WAIT, chat.call.id))
    assert (talk.world.activities.chats, talk.world.queues) == ({}, {})


def test_who_keeps_a_chat_that_found_nobody_in_time_is_told_and_keeps_it(talk: Talk) -> None:
    chat = talk.taken()
    chatting.wait(talk.out, talk.world, chat, 2, Purpose.SUCCESS, chat.call.legs[1])
    talk.out.effects.clear()
    chatting.wait_runs_out(talk.out, talk.world, TimerKey(chatting.WAIT, chat.call.id))
    assert contents(talk.out, "AgentEvent_SuccTransResult") == [{"result": 1, "callId": chat.call.id}]
    assert chat.call.id in talk.world.activities.chats


def test_a_chat_that_nobody_waits_in_any_more_does_not_run_out(talk: Talk) -> None:
    chat = talk.taken()
    chatting.wait_runs_out(talk.out, talk.world, TimerKey(chatting.WAIT, chat.call.id))
    chatting.wait_runs_out(talk.out, talk.world, TimerKey(chatting.WAIT, "none"))
    assert chat.call.id in talk.world.activities.chats


def test_other_media_are_told_by_the_events_of_calls(talk: Talk) -> None:
    chat = talk.taken(media_type=MULTIMEDIA)
    chatting.customer_says(talk.out, talk.world, chat, "hello")
    assert told(talk.out, 101)[-2:] == ["AgentEvent_Talking", "AgentEvent_MessageData"]
    chatting.customer_leaves(talk.out, talk.world, chat)
    assert told(talk.out, 101)[-2:] == ["AgentEvent_Customer_Release", "AgentEvent_Call_Release"]


def test_the_older_interface_tells_of_a_customer_who_left_only_that_it_is_over(talk: Talk) -> None:
    chat = talk.taken()
    talk.out.effects.clear()
    chatting.customer_leaves(talk.out, talk.world, chat)
    assert told(talk.out, 101) == ["AgentChat_Disconnected"]


def test_a_chat_is_over_with_the_session_of_who_was_in_it_an_offer_goes_on(talk: Talk) -> None:
    taken, offered = talk.taken(101), talk.offered(101)
    del talk.world.desks[101]
    chatting.look_after(talk.out, talk.world)
    assert list(talk.world.activities.chats) == [offered.call.id]
    assert offered.call.waiting is not None
    assert talk.world.activities.past_chats.get(taken.call.id) is taken


@pytest.mark.parametrize(
    ("name", "suffix"),
    [("a.PNG", "png"), ("archive.tar.gz", "gz"), ("readme", "dat"), ("a.b c", "dat"), ("a." + "x" * 11, "dat")],
)
def test_the_path_of_a_file_needs_no_encoding_in_a_url(talk: Talk, name: str, suffix: str) -> None:
    chat = talk.taken()
    path = chatting.send_file(talk.out, talk.world, session(101), chat.call.id, name, b"1", "22", "")
    assert (path.rpartition(".")[2], path.startswith(f"{chat.call.id}/")) == (suffix, True)
    assert (chat.said[-1].is_file, chat.said[-1].text) == (True, path)


def test_an_empty_file_is_not_sent(talk: Talk) -> None:
    chat = talk.taken()
    with pytest.raises(Refused) as refused:
        chatting.send_file(talk.out, talk.world, session(101), chat.call.id, "a.png", b"", "22", "")
    assert code(refused) == "106-002"


@pytest.mark.parametrize(("chat_id", "confirmed"), [("", [False, True, True]), ("2", [False, False, True])])
def test_an_agent_confirms_what_it_received_not_what_it_wrote(chat_id: str, confirmed: list[bool]) -> None:
    talk = Talk()
    chat = talk.taken()
    chatting.say(talk.out, talk.world, session(101), chat.call.id, "mine", "2")
    for number in ("1", "2"):
        chatting.write(talk.out, talk.world, chat, chat.call.legs[0], "yours", chat_id=number)
    chatting.confirm(talk.world, session(101), "", chat_id)
    assert [said.confirmed for said in chat.said] == confirmed


def test_an_automatic_answer_is_told_as_one() -> None:
    talk = Talk(auto_answer=True)
    talk.offered(media_type=MULTIMEDIA)
    assert told(talk.out, 101) == ["AgentEvent_Incoming_CallInfo", "AgentEvent_Auto_Answer", "AgentEvent_Talking"]


def test_a_chat_that_was_taken_is_offered_no_longer(talk: Talk) -> None:
    talk.taken()
    assert timers(talk.out) == {"chat offer": None}


def test_who_transferred_a_chat_leaves_it_when_the_other_takes_it(talk: Talk) -> None:
    chat = talk.taken(101)
    chatting.ask(talk.out, talk.world, chat, talk.world.desks[102], Purpose.SUCCESS, chat.call.legs[1])
    talk.out.effects.clear()
    chatting.answer(talk.out, talk.world, session(102), chat.call.id)
    assert [leg.number for leg in chat.call.legs] == [CUSTOMER, "102"]
    assert told(talk.out, 101) == ["AgentEvent_SuccTransResult", "AgentChat_Disconnected"]


def test_who_left_a_chat_before_the_other_took_it_is_not_told_of_it(talk: Talk) -> None:
    chat = talk.taken(101)
    own = chat.call.legs[1]
    chatting.ask(talk.out, talk.world, chat, talk.world.desks[102], Purpose.SUCCESS, own)
    chatting.leave(talk.out, talk.world, chat, own)
    talk.out.effects.clear()
    chatting.answer(talk.out, talk.world, session(102), chat.call.id)
    assert (told(talk.out, 101), told(talk.out, 102)) == ([], ["AgentChat_Connected"])


def test_a_transferred_chat_that_is_not_taken_stays_with_who_transferred_it(talk: Talk) -> None:
    chat = talk.taken(101)
    chatting.ask(talk.out, talk.world, chat, talk.world.desks[102], Purpose.SUCCESS, chat.call.legs[1])
    chatting.reject(talk.out, talk.world, session(102), 1, chat.call.id)
    assert ([leg.number for leg in chat.call.legs], chat.call.waiting) == ([CUSTOMER, "101"], None)


def test_the_customer_ends_a_chat_for_everybody(talk: Talk) -> None:
    chat = talk.taken()
    chatting.customer_leaves(talk.out, talk.world, chat)
    assert talk.world.activities.chats == {}
    assert talk.world.activities.past_chats.get(chat.call.id) is chat


@pytest.mark.parametrize(
    ("feature", "last"),
    [(Feature.INBOUND, "AgentEvent_Customer_Release"), (Feature.INTERNAL, "AgentEvent_Call_Release")],
)
def test_who_ends_a_chat_is_told_that_the_customer_is_released_where_there_is_one(feature: Feature, last: str) -> None:
    talk = Talk()
    chat = talk.taken(media_type=MULTIMEDIA)
    if feature is Feature.INTERNAL:
        del chat.call.legs[0]
    chatting.drop(talk.out, talk.world, session(101), chat.call.id)
    assert told(talk.out, 101)[-1] == last
