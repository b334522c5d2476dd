"""Java properties with the vendor's `//` comments."""

import pytest

from gateway.settings.properties import PropertyEntry, decode, read_properties


def pairs(text: str) -> dict[str, str]:
    return {entry.key: entry.value for entry in read_properties(text).entries.values()}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("GUIDINTERVAL = 60000 //GUID update interval", {"GUIDINTERVAL": "60000"}),
        ("A = 1\t// tab before", {"A": "1"}),
        ("A = https://desk.example.com:8443/x//y", {"A": "https://desk.example.com:8443/x//y"}),
        ("A = https://one;https://two // both", {"A": "https://one;https://two"}),
        ("A = // nothing", {"A": ""}),
        ("A =//nothing", {"A": ""}),
        ("A //nothing", {"A": ""}),
        ("// B = 1", {}),
        ("  //B = 1\nA=1", {"A": "1"}),
        ("A = a \\//b", {"A": "a //b"}),
        ("A = 1 // ends in C:\\\nB = 2", {"A": "1", "B": "2"}),
        ("// ends in C:\\\nB = 2", {"B": "2"}),
        ("# A = 1 // no\n! B = 2\n", {}),
        ("# ends in C:\\\nB = 2", {"B": "2"}),
    ],
)
def test_two_slashes_begin_a_comment_except_inside_a_word(text: str, expected: dict[str, str]) -> None:
    assert pairs(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A=1", {"A": "1"}),
        ("A:1", {"A": "1"}),
        ("A 1", {"A": "1"}),
        ("A", {"A": ""}),
        ("A = 1 \t ", {"A": "1"}),
        ("A = x = y", {"A": "x = y"}),
        ("A = 1;\\\n    2;\\\n    3\nB = 4", {"A": "1;2;3", "B": "4"}),
        ("A = 1;\\\n    2 // two\nB = 4", {"A": "1;2", "B": "4"}),
        ("A = \\u00e9\\t.", {"A": "é\t."}),
        ("A = 1\r\nB = 2\rC = 3\n", {"A": "1", "B": "2", "C": "3"}),
        ("A = 1\\", {"A": "1"}),
        ("", {}),
    ],
)
def test_the_rest_is_as_java_reads_it(text: str, expected: dict[str, str]) -> None:
    assert pairs(text) == expected


def test_lines_count_from_1_and_a_continued_one_counts_where_it_begins() -> None:
    entries = read_properties("# head\r\n\nA = 1;\\\n  2\nB = 3").entries

    assert [(entry.key, entry.line) for entry in entries.values()] == [("A", 3), ("B", 5)]


def test_of_a_repeated_key_the_last_wins_and_both_are_named() -> None:
    properties = read_properties("A = 1\nB = 2\nA = 3")

    assert properties.entries["A"] == PropertyEntry("A", "3", 3)
    assert properties.repeated == ((PropertyEntry("A", "1", 1), PropertyEntry("A", "3", 3)),)


def test_a_broken_escape_costs_its_line_alone() -> None:
    properties = read_properties("A = 1\nB = \\u12\nC = 3")

    assert properties.malformed == (2,)
    assert list(properties.entries) == ["A", "C"]


@pytest.mark.parametrize(
    ("raw", "text"),
    [("é".encode(), "é"), ("é".encode("latin-1"), "é"), ("A=é".encode("utf-8-sig"), "A=é"), (b"\xff\xfe", "ÿþ")],
)
def test_bytes_are_utf_8_or_else_latin_1(raw: bytes, text: str) -> None:
    assert decode(raw) == text
