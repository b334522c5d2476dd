"""What a pushed event looks like on the wire (docs/protocol.md, Push)."""

import base64

from gateway.events.push_message import push_message, shown_key, signature
from gateway.sessions.model import PushWay
from gateway.wire.envelope import Event

EVENT = Event("0123456789abcdef", b'{"eventType":"AgentState_Ready","eventGenTime":1,"workNo":"101","content":null}')
THREE_MEMBERS = b'{"eventType":"AgentState_Ready","workNo":"101","content":null}'
KEYS = (b"k" * 32, b"l" * 32)
NEWER = PushWay("https://crm.example.com/events", "token-1")
OLDER = PushWay("https://crm.example.com/events?token=k", older=True)
NOW_MS = 1_614_265_330_999


def test_the_body_lists_the_event_under_the_agent() -> None:
    message = push_message(101, NEWER, "guid", EVENT, KEYS, NOW_MS)
    assert message.body == b'{"workNo":"101","eventList":[' + EVENT.body + b"]}"


def test_the_headers_are_those_of_the_vendor_and_of_standard_webhooks() -> None:
    message = push_message(101, NEWER, "guid", EVENT, KEYS, NOW_MS)
    assert message.headers == {
        "Content-Type": "application/json; charset=UTF-8",
        "Guid": "guid",
        "service_token": "token-1",
        **signature("msg_0123456789abcdef", 1_614_265_330, message.body, KEYS),
    }


def test_the_older_form_is_a_poll_answer_and_carries_neither_guid_nor_token() -> None:
    message = push_message(101, OLDER, "guid", EVENT, KEYS, NOW_MS)
    assert message.body == b'{"message":"","retcode":"0","event":' + THREE_MEMBERS + b"}"
    assert message.headers.keys() & {"Guid", "service_token"} == set()


def test_the_older_form_keeps_the_letters_of_an_event_of_a_centre_behind() -> None:
    event = Event("a", b'{ "content" : {"eventGenTime":1.50} , "workNo":"101","eventGenTime" : 7 }')
    message = push_message(101, OLDER, "guid", event, KEYS, NOW_MS)
    assert message.body == b'{"message":"","retcode":"0","event":{"content" : {"eventGenTime":1.50},"workNo":"101"}}'


def test_the_signature_is_that_of_the_published_example() -> None:
    key = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    headers = signature("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, b'{"test": 2432232314}', [key])
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_each_key_signs_so_that_receivers_can_follow_a_change() -> None:
    alone = [signature("id", 1, b"body", [key])["webhook-signature"] for key in KEYS]
    assert signature("id", 1, b"body", KEYS)["webhook-signature"] == " ".join(alone)


def test_a_key_is_shown_as_libraries_take_it() -> None:
    shown = shown_key(KEYS[0])
    assert (shown[:6], base64.b64decode(shown[6:])) == ("whsec_", KEYS[0])


def test_nothing_secret_is_in_what_could_be_printed() -> None:
    shown = f"{push_message(101, OLDER, 'guid-1', EVENT, KEYS, NOW_MS)!r}{NEWER!r}{OLDER!r}"
    assert not [secret for secret in ("token-1", "guid-1", "token=k") if secret in shown]
