"""Documents made from the tables of the gateway."""

import runpy
from pathlib import Path
from typing import Any

import docs_check
import docs_retcodes
import docs_runbook
import docs_settings
import pytest

from gateway.settings.load import interpret
from gateway.settings.schema import ROWS
from gateway.wire.retcodes import MESSAGES, SUCCESS

DOCS: Any = runpy.run_path(str(Path(__file__).parents[2] / "scripts" / "docs.py"))


def test_the_configuration_file_has_the_vendor_s_line_as_it_stands() -> None:
    assert "\nGUIDINTERVAL = 60000 //GUID update interval\n" in DOCS["properties"]()


def test_the_configuration_file_gives_every_setting_its_default() -> None:
    loaded = interpret(DOCS["properties"]().encode(), Path("basic.properties"), {})

    assert {row.key: loaded.given[row.key].text for row in ROWS} == {row.key: row.default for row in ROWS}


def test_the_page_of_settings_has_a_line_for_each() -> None:
    text = docs_settings.page()

    assert [row.key for row in ROWS if text.count(f"\n| `{row.key}` |") != 1] == []


def test_the_page_of_retcodes_has_a_line_for_each_but_success() -> None:
    text = docs_retcodes.page()

    assert [
        code for code in MESSAGES if code != SUCCESS and text.count(f"\n| `{code}` | {MESSAGES[code]} |") != 1
    ] == []
    assert f"\n| `{SUCCESS}` |" not in text


def test_a_retcode_is_shown_with_the_operations_that_answer_it() -> None:
    assert "| `101-003` | the agent is in a conference already | requestAgentConf |" in docs_retcodes.page()


def test_the_check_names_stale_files_and_writes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    main = DOCS["main"]
    monkeypatch.setitem(main.__globals__, "ROOT", tmp_path)
    monkeypatch.setitem(main.__globals__, "print", lambda text, **_: said.append(text))
    monkeypatch.setattr(docs_check, "problems", lambda _: ["a link leads nowhere"])
    monkeypatch.setattr(docs_runbook, "problems", lambda _: ["no row for a line"])

    assert main(["--check"]) == 1
    assert "docs/settings.md is stale: run scripts/docs.py\n" in said[0]
    assert said[0].endswith("\na link leads nowhere\nno row for a line")
    assert list(tmp_path.iterdir()) == []


def test_the_readme_stays_short() -> None:
    assert len((Path(__file__).parents[2] / "README.md").read_bytes()) < 10_000
