"""Which answers acknowledge a pushed event, and what is logged of the others (docs/protocol.md, Push)."""

import json

import pytest

from gateway.events.push_message import LONGEST_WORDS, plain, refusal

CHINESE = '{"message":"成功","retcode":"0"}'
TRAIL_BYTES = '{"message":"誠功許蓋\\"","retcode":"0"}'
"""In Big5 some of these letters end in the byte of a backslash."""


@pytest.mark.parametrize(
    ("body", "charset"),
    [
        (CHINESE.encode("gbk"), "GBK"),
        (CHINESE.encode("gbk"), None),
        (CHINESE.encode("gbk"), "UTF-8"),
        (CHINESE.encode(), "GBK"),
        (TRAIL_BYTES.encode("big5"), "Big5"),
        (CHINESE.encode("utf-8-sig"), "utf-8"),
        (CHINESE.encode("utf-16"), None),
        (b'{"message":"re\xe7u","retcode":"0"}', "ISO-8859-1"),
        (b'{"message":"re\xe7u","retcode":"0"}', None),
        (b'{"retcode":0}', "no-such-charset"),
        (b'{"retcode":"0"}', "zip"),
        (json.dumps('{"message":"success","retcode":"0"}').encode(), None),
    ],
)
@pytest.mark.parametrize("older", [True, False])
def test_retcode_0_acknowledges_in_whatever_charset(body: bytes, charset: str | None, older: bool) -> None:
    assert refusal(body, charset, older=older) == ""


@pytest.mark.parametrize(
    "body", [b"", b" \r\n", b"\xef\xbb\xbf", b"{}", b'{"message":"ok"}', b'{"retcode":null}', b"[]"]
)
def test_in_the_older_form_an_empty_answer_and_json_without_retcode_do_so_too(body: bytes) -> None:
    assert refusal(body, None, older=True) == ""


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "an empty answer"),
        (b"{}", "no retcode"),
        (b'"0"', "no retcode"),
    ],
)
def test_in_the_newer_form_they_do_not(body: bytes, words: str) -> None:
    assert refusal(body, None, older=False) == words


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"message":"unknown member eventGenTime","retcode":"1"}', "retcode 1: unknown member eventGenTime"),
        (b'{"retcode":100006}', "retcode 100006"),
        (b'{"retcode":false}', "retcode False"),
        (b"OK", "no JSON: OK"),
        (b"<html><title>Sign in</title></html>", "no JSON: <html><title>Sign in</title></html>"),
        ('{"message":"失败","retcode":"9"}'.encode("gbk"), "retcode 9: 失败"),
        (json.dumps('{"retcode":"5"}').encode(), "retcode 5"),
    ],
)
@pytest.mark.parametrize("older", [True, False])
def test_anything_else_is_no_acknowledgement_and_says_what_it_is(body: bytes, words: str, older: bool) -> None:
    assert refusal(body, "gbk", older=older) == words


def test_what_is_logged_is_one_short_line() -> None:
    words = plain("retcode 1: a\r\n\tb\x1b[31m\u202e c\x00" + "x" * 500, ())
    assert words.startswith("retcode 1: a b [31m c xxx")
    assert len(words) == LONGEST_WORDS


def test_what_is_logged_holds_no_secret() -> None:
    guid = "6f621449-7a16-61ca-c290-18c79a3eb4a1.AgentGateway0"
    words = plain(f"wrong token-123 for {guid}, {guid.upper()} or token-12", {"token-12", "token-123", "a"})
    assert words == "wrong *** for ***, *** or ***"


def test_a_secret_is_not_left_in_part_where_the_line_ends() -> None:
    assert "secret" not in plain("x" * (LONGEST_WORDS - 10) + "secret-token-1", {"secret-token-1"})


@pytest.mark.parametrize("charset", ["punycode", "Punycode", "idna", "no-such-charset", "utf\0"])
def test_a_label_that_is_no_charset_of_a_body_counts_for_nothing(charset: str) -> None:
    assert refusal(b'{"retcode":"0"}', charset, older=False) == ""
    assert refusal(b"a-b", charset, older=False) == "no JSON: a-b"
