"""What holds for every row."""

import re
from itertools import groupby

import pytest
from pydantic import TypeAdapter

from gateway.interface.operation import AnswerKind, Operation, Unsupported
from gateway.interface.results import Nothing
from gateway.rows import ALL_OPERATIONS
from gateway.wire import retcodes
from tests.unit.contact_centre.operations import samples

EVERY_ROW = pytest.mark.parametrize("row", ALL_OPERATIONS, ids=lambda row: f"{row.method} {row.path}")
CALLERS = {"agentid", "workno", ""}
RELAYED = re.compile(r"video|record(file|zipfile)|recordfile|connecttoken|multimediaconf", re.IGNORECASE)
RELAYED_CODES = {retcodes.DOWNLOAD_OFF, retcodes.INSPECTION_RESOURCE, retcodes.MULTIMEDIA_OFF}


def test_the_calling_agent_is_the_first_path_parameter() -> None:
    for row in ALL_OPERATIONS:
        assert row.caller in CALLERS, row.path
        assert not row.caller or row.path.split("/")[1] == f"{{{row.caller}}}", row.path


def test_every_other_path_parameter_is_a_field() -> None:
    for row in ALL_OPERATIONS:
        fields = set(row.parameters.model_json_schema().get("properties", {}))
        assert set(samples.path_names(row)[1:]) <= fields, row.path


@EVERY_ROW
def test_the_smallest_request_is_valid(row: Operation) -> None:
    row.parameters.model_validate({name: str(value) for name, value in samples.values(row).items()})
    if row.body is not None:
        row.body.model_validate(samples.sample(row.body))


def test_every_retcode_has_a_text() -> None:
    for row in ALL_OPERATIONS:
        assert set(row.retcodes) <= retcodes.MESSAGES.keys(), row.path


def test_a_row_says_what_it_does() -> None:
    for row in ALL_OPERATIONS:
        assert row.summary.rstrip("."), row.path


def test_the_result_is_a_type() -> None:
    for row in ALL_OPERATIONS:
        assert TypeAdapter(row.result).json_schema(), row.path


def test_an_answer_without_result_member_has_no_result_type() -> None:
    for row in ALL_OPERATIONS:
        assert row.answer is AnswerKind.RESULT or row.result is Nothing, row.path


def test_rows_of_one_name_are_spellings_of_one_operation() -> None:
    for name, rows in groupby(sorted(ALL_OPERATIONS, key=lambda row: row.name), key=lambda row: row.name):
        shapes = {(type(row), row.parameters, row.body, row.answer, str(row.result), row.retcodes) for row in rows}
        assert len(shapes) == 1, name


def test_only_video_recording_files_downloads_and_multimedia_conferences_are_merely_relayed() -> None:
    for row in ALL_OPERATIONS:
        assert not row.relayed_only or RELAYED.search(f"{row.name} {row.path}"), row.path
        assert not row.relayed_only or row.relayed_only in RELAYED_CODES, row.path


def test_the_refusal_of_a_relayed_row_is_among_its_retcodes() -> None:
    assert all(row.relayed_only in row.retcodes for row in ALL_OPERATIONS if row.relayed_only)


def test_files_are_merely_relayed_but_for_those_of_chats() -> None:
    served = {row.name for row in ALL_OPERATIONS if row.answer is AnswerKind.FILE and not row.relayed_only}
    assert served == {"downloadMediaFile"}


def test_an_unsupported_row_has_the_one_retcode_it_answers() -> None:
    assert all(len(row.retcodes) == 1 for row in ALL_OPERATIONS if isinstance(row, Unsupported))


def test_the_group_is_the_first_word_of_the_path() -> None:
    assert Operation("x", "GET", "voicecall/{agentid}/hold").group == "voicecall"
