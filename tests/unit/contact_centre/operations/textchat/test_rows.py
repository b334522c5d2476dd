"""Limits of what is written and asked about chats, and what older clients send instead."""

from typing import Any

import pytest
from pydantic import BaseModel

from gateway.contact_centre.operations.textchat import rows
from tests.unit.contact_centre.operations.limits import ABSENT, Limit, outside, takes, within
from tests.unit.contact_centre.operations.samples import sample

LIMITS: tuple[Limit, ...] = (
    (rows.MessageWithoutCallBody, "chatReceiver", ("1" * 4000,), ("", "1" * 4001, ABSENT)),
    (rows.MessageWithoutCallBody, "content", ("", "a" * 6144), ("a" * 6145, ABSENT)),
    (rows.ContentParameters, "pageSize", (1, 500, "", "0"), (501, -1)),
    (rows.ContentParameters, "pageNo", (1, 1_000_000, ""), (1_000_001, -1)),
    (rows.UploadParameters, "msgType", ("22", "1" * 8, ABSENT), ("1" * 9,)),
    (rows.FilePathParameters, "filePath", ("a/1.png", "a" * 255), ("", "a" * 256, ABSENT)),
    (rows.HistoryBody, "startTime", (0, "", 10**14), (-1, 10**14 + 1)),
)


@within(*LIMITS)
def test_a_value_within_the_limits_is_taken(model: type[BaseModel], member: str, value: Any) -> None:
    assert takes(model, member, value)


@outside(*LIMITS)
def test_a_value_outside_the_limits_is_refused(model: type[BaseModel], member: str, value: Any) -> None:
    assert not takes(model, member, value)


def test_a_page_that_is_left_empty_is_the_first_of_ten_entries() -> None:
    asked = rows.ContentParameters.model_validate({"callId": "1-1", "pageNo": "", "pageSize": "0"})
    assert (asked.page_no, asked.page_size) == (1, 10)


@pytest.mark.parametrize(("older", "device"), [("1", rows.AGENT), (10, rows.QUEUE), (None, rows.AGENT)])
def test_older_clients_name_the_kind_of_target_in_their_own_way(older: object, device: int) -> None:
    given = {**sample(rows.ChatTransferBody), "addesstype": older}
    assert rows.ChatTransferBody.model_validate(given).devicetype == device
