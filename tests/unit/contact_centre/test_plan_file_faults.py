"""A contact centre file that makes no sense is refused with a reason, whatever it is."""

from pathlib import Path

import pytest

from gateway.contact_centre.plan_file import PlanFileError, read
from tests.support.faulty_files import GONE, KINDS, MARK, TOML, Spoil

FAULTS = {**KINDS, **GONE, **TOML}
RIGHT = b'[vdn]\nname = "Desk"\n'


@pytest.mark.parametrize("spoil", FAULTS.values(), ids=FAULTS)
def test_a_faulty_file_is_refused_and_named(tmp_path: Path, spoil: Spoil) -> None:
    path = tmp_path / "centre.toml"
    path.write_bytes(RIGHT)
    spoil(path)
    with pytest.raises(PlanFileError) as refused:
        read(path)
    assert str(refused.value).startswith(f"{path}: ")
    assert str(refused.value).isprintable()


def test_a_mark_before_the_text_means_nothing(tmp_path: Path) -> None:
    path = tmp_path / "centre.toml"
    path.write_bytes(MARK + RIGHT)
    assert read(path).vdn_name == "Desk"
