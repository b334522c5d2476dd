"""How one setting is written in the table."""

from typing import Annotated

import pytest

from gateway.settings.kinds import number
from gateway.settings.setting_rows import Section, ours, row_of, vendor


class Sample(Section):
    """Sample"""

    first: Annotated[int, number(1, 9)] = vendor(
        "FIRST", "5", "The first.", unit="ms", note="in front", other_key="1ST"
    )
    second: Annotated[int, number(1, 9)] = ours("SECOND", "6", "The second.", restart=True, shows="nothing")


def test_a_row_has_what_was_written() -> None:
    row = row_of("first", Sample.model_fields["first"])

    assert (row.key, row.default, row.unit, row.note, row.other_key) == ("FIRST", "5", "ms", "in front", "1ST")
    assert (row.live, row.vendor, row.secret) == (True, True, False)


def test_a_row_of_ours_may_need_a_restart_and_be_secret() -> None:
    row = row_of("second", Sample.model_fields["second"])

    assert (row.live, row.vendor, row.secret) == (False, False, True)


def test_defaults_are_read_like_the_text_of_a_file() -> None:
    assert Sample().first == 5


def test_settings_never_change_in_place() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Sample.__setattr__(Sample(), "first", 7)
