"""What the page of the audit trail takes."""

import pytest

from gateway.admin.audit_routes import audit_route
from gateway.admin.route import AdminCall
from gateway.audit.audit_file import MOST_LINES, Found, Question
from gateway.wire.errors import Malformed


class Asked:
    """Keeps the question that a page came to."""

    def __init__(self) -> None:
        self.question = Question()

    async def read(self, question: Question) -> list[Found]:
        self.question = question
        return []


@pytest.mark.parametrize(
    ("query", "question"),
    [
        ({}, Question(0, None, MOST_LINES, frozenset())),
        ({"agent": "101", "since": "5", "limit": "2"}, Question(5, 101, 2, frozenset())),
        ({"agent": "0", "kind": "sign-in,,refused"}, Question(0, None, MOST_LINES, frozenset({"sign-in", "refused"}))),
    ],
)
async def test_the_page_asks_for_what_its_query_says(query: dict[str, str], question: Question) -> None:
    asked = Asked()
    assert await audit_route(asked.read).answer(AdminCall(query=query)) == []
    assert asked.question == question


@pytest.mark.parametrize(
    "query",
    [
        {"agent": "x"},
        {"agent": "1000000"},
        {"agent": "0" * 5000},
        {"since": "-1"},
        {"limit": str(MOST_LINES + 1)},
        {"limit": "\u0661"},
    ],
)
async def test_a_wrong_number_is_told_by_its_name(query: dict[str, str]) -> None:
    [name] = query
    with pytest.raises(Malformed, match=f"{name}: must be a whole number"):
        await audit_route(Asked().read).answer(AdminCall(query=query))
