"""Documents made from the settings table."""

import runpy
from pathlib import Path
from typing import Any

from gateway.settings.load import interpret
from gateway.settings.schema import ROWS

DOCS: Any = runpy.run_path(str(Path(__file__).parents[2] / "scripts" / "docs.py"))


def test_the_configuration_file_has_the_vendor_s_line_as_it_stands() -> None:
    assert "\nGUIDINTERVAL = 60000 //GUID update interval\n" in DOCS["properties"]()


def test_the_configuration_file_gives_every_setting_its_default() -> None:
    loaded = interpret(DOCS["properties"]().encode(), Path("basic.properties"), {})

    assert {row.key: loaded.given[row.key].text for row in ROWS} == {row.key: row.default for row in ROWS}


def test_the_readme_has_a_line_for_each_setting_between_its_marks() -> None:
    text = DOCS["readme"]("before\n<!-- settings -->\nstale\n<!-- /settings -->\nafter\n")

    assert text.startswith("before\n<!-- settings -->\n| setting |")
    assert text.endswith("|\n<!-- /settings -->\nafter\n")
    assert [row.key for row in ROWS if f"\n| `{row.key}` |" not in text] == []


def test_a_readme_without_marks_stays_as_it_is() -> None:
    assert DOCS["readme"]("# Title\n") == "# Title\n"
