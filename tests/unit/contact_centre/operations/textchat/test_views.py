"""What queries tell of a chat, and which page of it."""

import pytest

from gateway.contact_centre.floor.activities import Chat, ChatLine
from gateway.contact_centre.floor.calls import Call, Feature
from gateway.contact_centre.floor.plan import Plan
from gateway.contact_centre.operations.textchat import views

NOW_MS = 1_760_000_000_000


def chat(feature: Feature = Feature.INBOUND, **more: object) -> Chat:
    """A chat in which 101 wrote once and the customer twice."""
    call = Call("1760000000-7", feature, "138", "60002", NOW_MS, 2, original_called="60002")
    for name, value in more.items():
        setattr(call, name, value)
    made = Chat(call)
    made.said.extend(ChatLine(sender, "hello", NOW_MS + 1) for sender in ("101", "138", "138"))
    return made


def test_a_line_tells_whether_this_agent_wrote_it() -> None:
    lines = [views.line(chat(), number, said, 101) for number, said in enumerate(chat().said, 1)]
    assert [(line.id, line.direction) for line in lines] == [("1", "1"), ("2", "0"), ("3", "0")]


@pytest.mark.parametrize(("delivered", "confirmed"), [(True, False), (False, True)])
def test_a_line_tells_whether_it_arrived_and_was_read(delivered: bool, confirmed: bool) -> None:
    line = views.line(chat(), 1, ChatLine("101", "hello", NOW_MS, delivered=delivered, confirmed=confirmed), 101)
    assert (line.status, line.confirm_flag) == (str(int(delivered)), str(int(confirmed)))


def test_a_bill_counts_what_the_agent_wrote_and_what_it_received() -> None:
    bill = views.bill(Plan(), chat(), 101)
    assert (bill.send_msg_num, bill.receive_msg_num, bill.callid_num) == ("1", "2", "7")


def test_times_that_have_not_come_are_empty() -> None:
    bill = views.bill(Plan(), chat(answered_ms=NOW_MS + 5), 101)
    assert (bill.begin_time, bill.connect_time, bill.end_time) == (str(NOW_MS), str(NOW_MS + 5), "")


@pytest.mark.parametrize(("feature", "inner", "access"), [(Feature.INBOUND, "0", "60002"), (Feature.INTERNAL, "1", "")])
def test_a_chat_between_agents_has_no_access_code(feature: Feature, inner: str, access: str) -> None:
    bill = views.bill(Plan(), chat(feature), 101)
    assert (bill.inner_call, bill.access_code) == (inner, access)


@pytest.mark.parametrize(("total", "pages"), [(0, "0"), (1, "1"), (10, "1"), (11, "2")])
def test_the_last_page_may_be_short(total: int, pages: str) -> None:
    assert views.page(total, 1, 10)["totalPageNo"] == pages


@pytest.mark.parametrize(("number", "shown"), [(1, [1, 2]), (2, [3]), (3, [])])
def test_pages_count_from_one(number: int, shown: list[int]) -> None:
    assert views.of_page([1, 2, 3], number, 2) == shown
